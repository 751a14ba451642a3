/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c: starts the media relay, runs it, ends it.
 * It may: open raw access to the interfaces named in the configuration (AF_XDP, packet sockets, BPF programs), set two
 * switches of lo, and listen for commands on unix sockets and loopback. It writes no file but its command sockets,
 * captures that it is told to make, and, while it runs, what those switches were. Once all that is open it is an
 * ordinary user with CAP_NET_ADMIN and a list of system calls (rights.h, confine.h). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "alg/os/configfile.h"
#include "rtpproxy/confine.h"
#include "rtpproxy/control.h"
#include "rtpproxy/options.h"
#include "rtpproxy/rights.h"

enum { EXIT_WRONG = 2, ERROR_MAX = 256 };

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
		fprintf(stderr, "rtpproxy: %s\n", line);
}

static uint64_t clock_read(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* What getrandom gives without being interrupted, in advance: a session takes some ten numbers. */
struct random_store {
	uint64_t v[32];
	unsigned left;
};

static uint64_t random_u64(void *store)
{
	struct random_store *r = store;
	uint64_t v;

	/* Port numbers must not be guessed: without random bytes there is nothing safe to do. */
	if (r->left == 0 && getrandom(r->v, sizeof(r->v), 0) != sizeof(r->v))
		abort();
	if (r->left == 0)
		r->left = sizeof(r->v) / sizeof(r->v[0]);
	v = r->v[--r->left];
	r->v[r->left] = 0;
	return v;
}

/* --- running ----------------------------------------------------------------------------------------------- */

static int relay_run(struct plane *plane, struct relay *relay, struct server *server, struct log *log)
{
	struct control control;
	char line[64];
	int end;

	if (control_open(&control, plane, relay, server) < 0) {
		log_line(log, 0, strerror(errno));
		return EXIT_FAILURE;
	}
	end = control_run(&control);
	control_close(&control); /* keeps errno */
	if (end < 0) {
		log_line(log, 0, strerror(errno));
		return EXIT_FAILURE;
	}
	snprintf(line, sizeof(line), "ended by SIG%s", sigabbrev_np(end));
	log_line(log, 2, line);
	return EXIT_SUCCESS;
}

/* What root is for is done: interfaces and sockets are open. No command is read before this is over. */
static int rights_end(const struct config *c, const struct options *o, struct log *log)
{
	char why[ERROR_MAX];

	rights_share(c, o->user);
	if (rights_drop(c, o->user, log_line, log, why, sizeof(why)) == 0 && confine_enter(c->sandbox, why) == 0)
		return 0;
	log_line(log, 0, why);
	return -1;
}

static int server_start(const struct config *c, const struct options *o, struct plane *plane, struct log *log)
{
	const struct datapath path = plane_datapath(plane);
	char error[ERROR_MAX], line[ERROR_MAX];
	struct random_store random = { .left = 0 };
	const struct hash_key key = { random_u64(&random), random_u64(&random) };
	struct server *server;
	struct relay relay;
	int status;

	if (relay_init(&relay, c, &path, random_u64, &random, &key, clock_read(CLOCK_MONOTONIC)) < 0) {
		log_line(log, 0, "no memory for so many sessions");
		return EXIT_FAILURE;
	}
	relay.wall_ms = clock_read(CLOCK_REALTIME) - clock_read(CLOCK_MONOTONIC);
	relay.log = log_line;
	relay.log_ctx = log;
	server = server_open(c, &relay, error, sizeof(error));
	if (!server) {
		snprintf(line, sizeof(line), "relay.ng: %.*s", (int)sizeof(line) - 16, error);
		log_line(log, 0, line);
		relay_fini(&relay);
		return EXIT_FAILURE;
	}
	relay.event = server_event_send;
	relay.event_ctx = server;
	for (unsigned i = 0; i < c->relay.nng; i++) {
		snprintf(line, sizeof(line), "commands: %.200s", c->relay.ng[i]);
		log_line(log, 2, line);
	}
	status = rights_end(c, o, log) ? EXIT_FAILURE : relay_run(plane, &relay, server, log);
	server_close(server);
	relay_fini(&relay);
	return status;
}

static int run(const struct config *c, const struct options *o)
{
	struct log log = { .level = c->log.level, .journal = getenv("JOURNAL_STREAM") != NULL };
	char error[ERROR_MAX];
	struct plane *plane;
	sigset_t ends;
	int status;

	/* Blocked before any thread begins, so that all of them inherit it. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	if (!rights_suffice())
		log_line(&log, 1, "it may not open interfaces for media: start it as root");
	plane = plane_open(c, log_line, &log, error, sizeof(error));
	if (!plane) {
		log_line(&log, 0, error);
		return EXIT_FAILURE;
	}
	status = server_start(c, o, plane, &log);
	plane_close(plane);
	return status;
}

int main(int argc, char **argv)
{
	const struct options o = options_parse(argc, argv);
	struct config *c;
	int status;

	switch (o.task) {
	case OPTIONS_WRONG:
		return EXIT_WRONG;
	case OPTIONS_VERSION:
		puts("rtpproxy " NATSBC_VERSION);
		return EXIT_SUCCESS;
	case OPTIONS_HELP:
		fputs(options_help, stdout);
		return EXIT_SUCCESS;
	case OPTIONS_RUN:
	case OPTIONS_CHECK:
		break;
	}
	c = configfile_load("rtpproxy", o.file);
	if (!c)
		return EXIT_WRONG;
	if (o.task == OPTIONS_CHECK)
		printf("%s: fine\n", o.file);
	status = o.task == OPTIONS_CHECK ? EXIT_SUCCESS : run(c, &o);
	conf_free(c);
	return status;
}
