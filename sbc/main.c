/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alg/os/configfile.h"
#include "alg/os/hostaddr.h"
#include "sbc/api/api.h"
#include "sbc/loop/loop.h"
#include "sbc/pinhole/publicaddr.h"
#include "sbc/privilege.h"
#include "sbc/sandbox.h"
#include "sbc/store/store.h"
#include "sbc/wire/tlscheck.h"

enum { EXIT_FAILED = 1, EXIT_WRONG = 2, FILES_BESIDE = 4096, ERROR_MAX = 512 };

static const char usage[] =
	"usage: sbc -c FILE            run the control plane in the foreground\n"
	"       sbc --check -c FILE    check a configuration and say what is wrong with it\n"
	"       sbc --help | --version\n"
	"\n"
	"sbc is the SIP side of natsbc, a NAT-traversal session border controller: it registers phones, joins the two\n"
	"legs of each call and hides one side from the other. Media goes through rtpproxy, which reads the same file.\n"
	"\n"
	"  -c, --config FILE   the configuration (JSON); default /etc/natsbc/sbc.json\n"
	"                      \"sbcctl config keys\" lists all its keys\n"
	"      --check         only check it, with the files that it names: no socket is opened, no\n"
	"                      other program is needed\n"
	"  -u, --user USER     who it becomes once its sockets are open, where root starts it: a name or a\n"
	"                      number, instead of node.user\n"
	"  -v, --verbose       log more; twice: everything\n"
	"  -h, --help          this text\n"
	"      --version       the version\n"
	"\n"
	"signals: TERM, INT end its calls and stop it; QUIT stops it and leaves its calls, whose media goes on, to the "
	"next\n"
	"one; HUP reads certificates and the passwords of trunks again\n"
	"exit status: 0 stopped by a signal, or the configuration is sound; 1 failed while starting or running, as "
	"where\n"
	"an address is not there; 2 wrong command line or configuration\n"
	"\n"
	"files: /run/natsbc/api.sock    where sbcctl asks; set by api.socket\n"
	"       users.json              beside the configuration: phones and their passwords; set by phones.users\n";

struct options {
	const char *config, *user;
	bool check;
	int verbose;
};

/* 0 go on, else exit with *status. */
static int parse_options(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "user", required_argument, NULL, 'u' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:u:vh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'u':
			o->user = optarg;
			break;
		case 'k':
			o->check = true;
			break;
		case 'v':
			o->verbose++;
			break;
		case 'h':
			fputs(usage, stdout);
			*status = 0;
			return -1;
		case 'V':
			puts("sbc (natsbc) " NATSBC_VERSION);
			*status = 0;
			return -1;
		default:
			fputs("try: sbc --help\n", stderr);
			*status = EXIT_WRONG;
			return -1;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "sbc: unexpected argument \"%s\"; try: sbc --help\n", argv[optind]);
		*status = EXIT_WRONG;
		return -1;
	}
	return 0;
}

struct findings {
	const char *file;
	unsigned count;
};

static void print_problem(void *ctx, const struct conf_problem *p)
{
	struct findings *f = ctx;
	char line[1024];
	struct writer w = writer_over(line, sizeof(line));

	conf_problem_write(&w, f->file, p);
	fprintf(stderr, "%.*s\n", SPAN_ARG(span_of(w.p, w.n)));
	f->count++;
}

static void print_count(const struct findings *f)
{
	if (f->count)
		fprintf(stderr, "%s: %u error%s\n", f->file, f->count, f->count == 1 ? "" : "s");
}

static struct config *load_config(const char *path)
{
	struct findings f = { .file = path };
	struct config *conf;
	size_t n = 0;
	char *text = configfile_read(path, &n);

	if (!text) {
		fprintf(stderr, "sbc: cannot read %s: %s\n", path, strerror(errno));
		return NULL;
	}
	conf = conf_load(span_of(text, n), path, print_problem, &f);
	print_count(&f);
	free(text);
	return conf;
}

static void fill_random(void *ctx, void *bytes, uint32_t n)
{
	(void)ctx;
	for (uint32_t got = 0; got < n;) {
		ssize_t k = getrandom((char *)bytes + got, n - got, 0);

		if (k > 0)
			got += (uint32_t)k;
		else if (errno != EINTR)
			abort(); /* without randomness every identifier could be guessed */
	}
}

/* The users of a file that the configuration names at path. NULL: what is wrong was told. Caller frees with
 * users_free(). */
static struct users *users_open(const char *path, const char *file, struct findings *f)
{
	static const char make[] = ". Make it, mode 600: {\"users\": [{\"name\": \"1001\", \"password\": \"…\"}]}";
	struct findings own = { .file = file };
	char says[ERROR_MAX];
	struct hash_key key;
	struct users *users;
	struct span text;
	const char *why;

	if (users_file_read(file, &text, &why)) {
		snprintf(says, sizeof(says), "%.300s: %s%s", file, why, access(file, F_OK) ? make : "");
		print_problem(f, &(struct conf_problem){ .path = path, .text = says });
		return NULL;
	}
	fill_random(NULL, &key, sizeof(key));
	users = users_load(text, &key, print_problem, &own);
	f->count += own.count;
	explicit_bzero((char *)(uintptr_t)text.p, text.n);
	free((char *)(uintptr_t)text.p);
	return users;
}

/* Those of all realms whose phones register here; they have one file. NULL: there are none, or what is wrong was told.
 * Caller frees with users_free(). */
static struct users *load_users(const struct config *conf, struct findings *f)
{
	char path[96];

	for (unsigned i = 0; i < conf->nrealm; i++) {
		const struct conf_phones *phones = &conf->realms[i].phones;

		if (!phones->present || !phones->users)
			continue;
		snprintf(path, sizeof(path), "realms.%s.phones.users", conf->realms[i].name);
		return users_open(path, phones->users, f);
	}
	return NULL;
}

/* What its text alone does not tell. */
static int check(const struct config *conf, const char *path)
{
	struct findings f = { .file = path };

	tlscheck(conf, print_problem, &f);
	secrets_check(conf, print_problem, &f);
	users_free(load_users(conf, &f));
	print_count(&f);
	if (f.count)
		return EXIT_WRONG;
	printf("%s: %u realm%s, %u trunk%s, %u route%s: no errors\n", path, conf->nrealm, conf->nrealm == 1 ? "" : "s",
	       conf->ntrunk, conf->ntrunk == 1 ? "" : "s", conf->nroute, conf->nroute == 1 ? "" : "s");
	return 0;
}

/* Users, and the passwords of the trunks: what can't be had was told. */
static int load_files(const struct config *conf, struct engine_setup *setup)
{
	struct findings f = { .file = conf->file };
	struct users *users = load_users(conf, &f);

	setup->secrets = f.count ? NULL : secrets_load(conf, &setup->log);
	if (!setup->secrets || secrets_missing(setup->secrets)) {
		users_free(users);
		return -1;
	}
	for (unsigned i = 0; i < conf->nrealm; i++)
		if (conf->realms[i].phones.present && conf->realms[i].phones.users)
			setup->users[i] = users;
	return 0;
}

/* Registrations of before a restart; without them there are calls, too. */
static void open_store(struct engine_setup *setup)
{
	const struct store_conf conf = { .path = setup->conf->store.local, .log = setup->log, .wall = setup->wall };

	if (conf.path)
		setup->store = store_open(&conf);
}

static void announce(const struct config *conf)
{
	static const char *const transports[] = {
		[CONF_UDP] = "udp", [CONF_TCP] = "tcp", [CONF_TLS] = "tls", [CONF_WS] = "ws", [CONF_WSS] = "wss"
	};

	for (unsigned r = 0; r < conf->nrealm; r++) {
		const struct conf_realm *realm = &conf->realms[r];
		struct addr a = realm->address;
		char text[ADDR_TEXT_MAX];

		for (unsigned l = 0; l < realm->nlisten; l++) {
			a.port = realm->listen[l].port;
			printf("sip: %s %s (realm %s%s)\n", transports[realm->listen[l].transport], addr_text(&a, text),
			       realm->name, realm->phones.present ? ", phones" : "");
		}
	}
	if (conf->api.socket)
		printf("api: %s\n", conf->api.socket);
	if (conf->api.http.port) {
		char text[ADDR_TEXT_MAX];

		printf("api: http://%s/api/v1/status\n", addr_text(&conf->api.http, text));
	}
	fflush(stdout);
}

/* As many descriptors as we may have: each connection takes one. */
static void raise_files(const struct config *conf)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	if (files.rlim_max < conf->limits.connections + FILES_BESIDE) {
		struct rlimit more = { conf->limits.connections + FILES_BESIDE,
				       conf->limits.connections + FILES_BESIDE };

		if (setrlimit(RLIMIT_NOFILE, &more) == 0) /* root may */
			return;
	}
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* What root is for is done: the sockets are open. Nothing from outside is looked at before this is over. */
static int start(struct loop *loop, struct engine_setup *setup, const struct options *o, char error[ERROR_MAX])
{
	if (privilege_drop(setup->conf, o->user, &setup->log, error))
		return -1;
	open_store(setup);
	if (loop_open(loop, setup, error, ERROR_MAX))
		return -1;
	return sandbox_enter(setup->conf->sandbox, error);
}

static int run(struct config *conf, const struct options *o)
{
	struct engine_setup setup = {
		.conf = conf,
		.moving = conf,
		.log = { .level = (enum log_level)(conf->log.level + o->verbose), .write = log_to_stderr },
		.random = fill_random,
		.owns_media = true,
		.wall = loop_wall,
		.now = loop_now(),
	};
	struct api *api = NULL;
	struct loop loop;
	char error[ERROR_MAX] = "";
	int status = EXIT_FAILED;

	signal(SIGPIPE, SIG_IGN);
	raise_files(conf);
	if (load_files(conf, &setup))
		return EXIT_WRONG;
	publicaddr_find(conf, &setup.log);
	if (loop_bind(&loop, &setup, error, sizeof(error)) == 0)
		api = api_open(&loop, &conf->api, error, sizeof(error));
	if (api && start(&loop, &setup, o, error) == 0) {
		announce(conf);
		loop_run(&loop);
		status = 0;
	} else {
		fprintf(stderr, "sbc: %s\n", error);
	}
	api_close(api);
	loop_close(&loop);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { .config = "/etc/natsbc/sbc.json" };
	struct config *conf;
	struct addr main_address;
	int status;

	if (parse_options(argc, argv, &o, &status))
		return status;
	conf = load_config(o.config);
	if (!conf)
		return EXIT_WRONG;
	if (o.check) {
		status = check(conf, o.config);
		conf_free(conf);
		return status;
	}
	hostaddr_find(&main_address);
	if (conf_resolve_auto(conf, &main_address)) {
		fprintf(stderr,
			"sbc: %s: \"auto\" addresses collide with another realm on this machine's address; write them "
			"out\n",
			o.config);
		conf_free(conf);
		return EXIT_WRONG;
	}
	status = run(conf, &o);
	conf_free(conf);
	return status;
}
