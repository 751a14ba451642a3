/* SPDX-License-Identifier: BSD-3-Clause */
/* apibench.h: the management interface with an engine on fake time behind it, and a client. Its sockets are real, what
 * the engine sends is recorded. */
#ifndef NATSBC_TESTS_APIBENCH_H
#define NATSBC_TESTS_APIBENCH_H

#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sbc/api/api.h"
#include "tests/unit/sbc/bench.h"

enum { TURNS = 1000, TURN_MS = 5 }; /* a test that hangs must end */

/* A test may want others. */
#ifndef APIBENCH_LIMITS
#define APIBENCH_LIMITS BENCH_LIMITS
#endif
#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"127.0.0.1\", \"media\": { \"ports\": \"10000-10099\" }, "           \
	"\"phones\": {"                                                                                                \
	" \"domains\": [\"example.com\"] } }, \"internet\": { \"address\": \"127.0.0.2\", \"media\": { \"ports\":"     \
	" \"10000-10099\" } } }, " BENCH_TRUNK ", " APIBENCH_LIMITS " }"

static struct bench bench;
static struct loop loop;
static struct api *api;
static char folder[32], path[64], error[512];

static inline void listen_at(uint16_t port)
{
	for (unsigned r = 0; r < bench.conf->nrealm; r++)
		for (unsigned i = 0; i < bench.conf->realms[r].nlisten; i++)
			bench.conf->realms[r].listen[i].port = port;
}

/* The loop's clock is real: on a slow machine a question that nobody has answered yet is asked again, which is none of
 * those that a test counts. */
static inline void on_question(void *ctx, struct span datagram)
{
	const struct bench *b = ctx;

	for (unsigned i = 0; i < b->nasked; i++)
		if (span_eq(b->asked[i].text, datagram))
			return;
	bench_on_ask(ctx, datagram);
}

static inline int open_api(void **state)
{
	struct engine_setup s;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/natsbc-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/api.sock", folder);
	memset(&bench, 0, sizeof(bench));
	bench.their_tag = "theirs";
	s = bench_setup(&bench, CONF);
	s.now = loop_now();
	listen_at(0); /* other tests run at the same time */
	bench.conf->api.socket = path;
	bench.conf->api.http.port = 0;
	bench.conf->pinholes.nftables = CONF_NFTABLES_OFF;
	if (loop_bind(&loop, &s, error, sizeof(error)) || loop_open(&loop, &s, error, sizeof(error)))
		return -1;
	listen_at(5060); /* what it says of itself */
	bench.e = loop.engine;
	bench.e->core.out = (struct outside){ .ctx = &bench, .send = bench_on_send, .relay = on_question };
	api = api_open(&loop, &bench.conf->api, error, sizeof(error));
	return api ? 0 : -1;
}

static inline int close_api(void **state)
{
	(void)state;
	api_close(api);
	loop_close(&loop);
	bench.e = NULL;
	bench_close(&bench);
	return rmdir(folder); /* the socket is gone */
}

/* ----- a client ----- */

static inline int client(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(un.sun_path, path, strlen(path) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

static inline void turn(void)
{
	event_base_loop(loop.base, EVLOOP_NONBLOCK);
}

/* The whole answer, until the server closes; NUL-terminated. */
static inline const char *answer(int fd)
{
	static char text[65536];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	for (int i = 0; i < TURNS; i++) {
		ssize_t got;

		turn();
		if (poll(&p, 1, TURN_MS) != 1)
			continue;
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	text[n] = '\0';
	close(fd);
	return text;
}

static inline int ask(const char *method, const char *what)
{
	char text[256];
	int fd = client(),
	    n = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", method, what);

	assert_int_equal(send(fd, text, (size_t)n, 0), n);
	return fd;
}

static inline unsigned status_of(const char *text)
{
	unsigned status = 0;

	sscanf(text, "HTTP/1.1 %u", &status);
	return status;
}

/* The body as JSON; the caller gives the reference back. */
static inline json_t *body_of(const char *text)
{
	const char *body = strstr(text, "\r\n\r\n");
	json_t *j = body ? json_loads(body + 4, 0, NULL) : NULL;

	if (!j)
		fail_msg("no JSON: %s", text);
	return j;
}

#endif
