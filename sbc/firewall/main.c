/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c: starts the firewall program, runs it, ends it.
 * It may: change nf_tables, in a table of its own, and listen on one unix socket. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "alg/os/configfile.h"
#include "alg/os/user.h"
#include "sbc/firewall/clients.h"
#include "sbc/firewall/interfaces.h"
#include "sbc/firewall/options.h"
#include "sbc/firewall/privilege.h"
#include "sbc/firewall/sandbox.h"
#include "sbc/firewall/upstream.h"

enum { EXIT_WRONG = 2, CHECK_MS = 1000 };

struct log {
	int level;
	bool journal; /* standard error goes to systemd: it reads a priority before each line */
};

static void log_line(void *ctx, int level, const char *line)
{
	static const char priority[] = { '3', '4', '6', '7' };
	const struct log *log = ctx;

	if (level > log->level || level < 0 || level > 3)
		return;
	if (log->journal)
		fprintf(stderr, "<%c>%s\n", priority[level], line);
	else
		fprintf(stderr, "sbc-firewall: %s\n", line);
}

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- configuration ----------------------------------------------------------------------------------------- */

static int interfaces_find(const struct config *c, struct rules_interfaces *out)
{
	unsigned wrong = interfaces_of_forward(c, out);

	if (!wrong)
		return 0;
	fprintf(stderr, "sbc-firewall: %s: pinholes.forward[%u]: no interface holds the address of realm %s\n", c->file,
		wrong - 1, c->realms[c->pinholes.forward[wrong - 1].realm].name);
	return -1;
}

static int check(const struct config *c, const struct rules_interfaces *interfaces)
{
	char *text = malloc(RULES_MAX);
	struct writer w = writer_over(text, text ? RULES_MAX : 0);

	rules_write(&w, c, interfaces);
	printf("%.*s", SPAN_ARG(writer_done(&w)));
	free(text);
	return w.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- running ----------------------------------------------------------------------------------------------- */

/* Whom sbc becomes: as it finds out itself. Without its usual one it stays root. */
static int client_find(const char *asked, uid_t *out)
{
	struct user u = { 0 };

	if (user_find(asked, "natsbc", &u) == USER_NO_SUCH) {
		fprintf(stderr, "sbc-firewall: --user or node.user: there is no user \"%s\" on this host\n", asked);
		return -1;
	}
	*out = u.uid;
	return 0;
}

static int ends_watch(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGQUIT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	return signalfd(-1, &ends, SFD_CLOEXEC);
}

/* SIGQUIT leaves the table to the next run, as --keep does. */
static bool is_left(int end)
{
	struct signalfd_siginfo which;

	return read(end, &which, sizeof(which)) == sizeof(which) && which.ssi_signo == SIGQUIT;
}

static int serve(struct firewall *f, struct clients *clients, bool *keep)
{
	uint64_t checked = clock_ms();
	int end = ends_watch();

	if (end < 0) {
		firewall_log(f, 0, "cannot wait for signals: %m");
		return EXIT_FAILURE;
	}
	if (firewall_start(f, checked))
		return EXIT_FAILURE;
	firewall_log(f, 2, "requests: %s", clients->path);
	while (!clients_serve(clients, end, CHECK_MS)) {
		uint64_t now = clock_ms();

		if (now < checked + CHECK_MS)
			continue;
		checked = now;
		firewall_check(f, now);
		book_bans_expire(&f->book, now);
	}
	*keep |= is_left(end);
	close(end);
	if (!*keep)
		firewall_remove(f);
	firewall_log(f, 2, *keep ? "ended; its table stays" : "ended");
	return EXIT_SUCCESS;
}

/* The socket comes first: whom it does not let in has no use for the table, and the file needs more rights than stay.
 */
static int listen_and_serve(struct firewall *f, const struct options *o, uid_t user)
{
	struct clients *clients = calloc(1, sizeof(*clients));
	struct turn *turn = calloc(1, sizeof(*turn));
	struct upstream *upstream = calloc(1, sizeof(*upstream));
	const char *path = f->conf->pinholes.socket;
	char why[SYSCALLS_WHY_MAX];
	int status = EXIT_FAILURE;
	bool keep = o->keep;

	if (!clients || !turn || !upstream) {
		firewall_log(f, 0, "no memory");
		goto out;
	}
	turn->firewall = f;
	turn->upstream = upstream;
	if (clients_open(clients, path, user, f, turn)) {
		firewall_log(f, 0,
			     errno == EADDRINUSE ? "pinholes.socket: %s: another sbc-firewall answers there"
						 : "pinholes.socket: cannot listen on %s: %m",
			     path);
		goto out;
	}
	upstream_open(upstream, f, clock_ms());
	if (privilege_drop())
		firewall_log(f, 0, "cannot give up what it does not need: %m");
	else if (sandbox_enter(f->conf->sandbox, why))
		firewall_log(f, 0, "%s", why);
	else
		status = serve(f, clients, &keep);
	upstream_close(upstream, keep, clock_ms());
	clients_close(clients);
out:
	free(upstream);
	free(clients);
	free(turn);
	return status;
}

static int run(const struct config *c, const struct options *o, const struct rules_interfaces *interfaces)
{
	struct log log = { .level = c->log.level, .journal = getenv("JOURNAL_STREAM") != NULL };
	struct firewall f = { .conf = c, .interfaces = *interfaces, .log = log_line, .log_ctx = &log };
	struct hash_key key;
	int status = EXIT_FAILURE;
	uid_t user;

	if (client_find(o->user ? o->user : c->user, &user))
		return EXIT_WRONG;
	if (!privilege_is_there()) {
		firewall_log(&f, 0,
			     "it may not change the firewall: start it as root, or with CAP_NET_ADMIN "
			     "(systemd: AmbientCapabilities=CAP_NET_ADMIN)");
		return EXIT_FAILURE;
	}
	if (getrandom(&key, sizeof(key), 0) != sizeof(key) || book_init(&f.book, &key)) {
		firewall_log(&f, 0, "no memory");
		return EXIT_FAILURE;
	}
	f.nft = nft_open();
	if (f.nft) {
		status = listen_and_serve(&f, o, user);
		nft_close(f.nft);
	} else {
		firewall_log(&f, 0, "libnftables does not start");
	}
	book_fini(&f.book);
	return status;
}

/* What a killed run left, or one that was to keep it. */
static int removed(void)
{
	struct nft *nft = privilege_is_there() ? nft_open() : NULL;
	int failed;

	if (!nft) {
		fputs("sbc-firewall: it may not change the firewall: start it as root, or with CAP_NET_ADMIN\n",
		      stderr);
		return EXIT_FAILURE;
	}
	failed = nft_run(nft, "add table inet natsbc\ndelete table inet natsbc\n");
	if (failed)
		fprintf(stderr, "sbc-firewall: table inet natsbc stays: %s\n", nft_error(nft));
	nft_close(nft);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int configured(const struct options *o)
{
	struct rules_interfaces interfaces = { 0 };
	struct config *c = configfile_load("sbc-firewall", o->file);
	int status = EXIT_WRONG;

	if (!c)
		return EXIT_WRONG;
	if (c->pinholes.nftables == CONF_NFTABLES_OFF) {
		fprintf(stderr, "sbc-firewall: %s: pinholes.nftables is \"off\": there is nothing to do\n", o->file);
		status = EXIT_SUCCESS;
	} else if (interfaces_find(c, &interfaces) == 0) {
		status = o->task == OPTIONS_CHECK ? check(c, &interfaces) : run(c, o, &interfaces);
	}
	conf_free(c);
	return status;
}

int main(int argc, char **argv)
{
	const struct options o = options_parse(argc, argv);

	switch (o.task) {
	case OPTIONS_WRONG:
		return EXIT_WRONG;
	case OPTIONS_VERSION:
		puts("sbc-firewall " NATSBC_VERSION);
		return EXIT_SUCCESS;
	case OPTIONS_HELP:
		fputs(options_help, stdout);
		return EXIT_SUCCESS;
	case OPTIONS_REMOVE:
		return removed();
	case OPTIONS_RUN:
	case OPTIONS_CHECK:
		break;
	}
	return configured(&o);
}
