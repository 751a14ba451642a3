/* SPDX-License-Identifier: BSD-3-Clause */
/* wires.h: the connections of two realms on loopback (lan 127.0.0.1, internet ::1) with a recorder behind them and a
 * clock of the test's own. */
#ifndef NATSBC_TESTS_WIRES_H
#define NATSBC_TESTS_WIRES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "sbc/wire/connection.h"

enum { WIRES_LISTEN = 1 /* after a UDP listener, so that numbers matter */, WIRES_TEXT = 8192 };

#define WIRES_BYE(id) "BYE sip:a@h SIP/2.0\r\nCall-ID: " id "\r\nContent-Length: 0\r\n\r\n"

struct wires {
	struct config conf;
	struct conf_trunk trunks[2];
	struct streams *s;
	uint64_t now;
	char error[512], log[4096];
	bool echoes, banned; /* each message is answered by itself */
	unsigned nreceived, nclosed;
	struct flow from, closed; /* the last */
	enum stream_end why;
	char text[WIRES_TEXT]; /* all messages */
	uint32_t ntext, last;  /* bytes of all, and of the last */
};

static struct wires wires;

static inline uint64_t wires_clock(void)
{
	return wires.now;
}

static inline void wires_received(void *ctx, const struct flow *from, struct span bytes)
{
	struct flow to = *from;

	assert_ptr_equal(ctx, &wires);
	wires.nreceived++;
	wires.from = *from;
	wires.last = bytes.n;
	if (bytes.n < WIRES_TEXT - wires.ntext) {
		memcpy(wires.text + wires.ntext, bytes.p, bytes.n);
		wires.ntext += bytes.n;
		wires.text[wires.ntext] = '\0';
	}
	if (wires.echoes)
		assert_int_equal(stream_send(wires.s, &to, bytes), 0);
}

static inline void wires_closed(void *ctx, const struct flow *flow, enum stream_end why)
{
	assert_ptr_equal(ctx, &wires);
	wires.nclosed++;
	wires.closed = *flow;
	wires.why = why;
}

static inline bool wires_banned(void *ctx, const struct addr *peer)
{
	(void)ctx, (void)peer;
	return wires.banned;
}

static inline void wires_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx, (void)level;
	if (strlen(wires.log) + strlen(line) + 2 <= sizeof(wires.log)) {
		strcat(wires.log, line);
		strcat(wires.log, "\n");
	}
}

/* A configuration that listens so in both realms; the kernel chooses the ports. */
static inline void wires_conf(enum conf_transport transport)
{
	struct config *c = &wires.conf;

	memset(&wires, 0, sizeof(wires));
	wires.now = 1000000;
	c->nrealm = 2;
	for (unsigned r = 0; r < 2; r++) {
		c->realms[r].name = r ? "internet" : "lan";
		assert_int_equal(addr_parse_host(span_str(r ? "::1" : "127.0.0.1"), &c->realms[r].address), 0);
		c->realms[r].listen[0] = (struct conf_listen){ CONF_UDP, 0 };
		c->realms[r].listen[WIRES_LISTEN] = (struct conf_listen){ transport, 0 };
		c->realms[r].nlisten = 2;
	}
	c->trunks = wires.trunks;
	c->limits.connections = 100;
	c->limits.connections_per_source = 50;
}

static inline bool wires_try(void)
{
	struct stream_setup s = {
		.banned = wires_banned,
		.conf = &wires.conf,
		.log = { .level = LOG_DEBUG, .write = wires_log },
		.key = { 1, 2 },
		.clock = wires_clock,
		.received = wires_received,
		.closed = wires_closed,
		.ctx = &wires,
	};

	wires.s = stream_open(&s, wires.error, sizeof(wires.error));
	return wires.s != NULL;
}

static inline void wires_open(void)
{
	if (!wires_try())
		fail_msg("%s", wires.error);
}

static inline void wires_close(void)
{
	stream_close(wires.s);
}

/* Turns until nothing is to be done for a moment: a longer one as long as nothing has come at all. */
static inline void wires_settle(void)
{
	struct pollfd p = { .fd = stream_fd(wires.s), .events = POLLIN };

	stream_flush(wires.s);
	for (int i = 0; i < 10000 && poll(&p, 1, i ? 5 : 25) == 1; i++) {
		stream_ready(wires.s);
		stream_flush(wires.s);
	}
}

static inline void wires_pass(uint64_t ms)
{
	wires.now += ms;
	stream_advance(wires.s);
	stream_flush(wires.s);
}

/* A socket of a peer that is connected to us. */
static inline int wires_client(unsigned realm)
{
	struct addr a = wires.conf.realms[realm].address;
	struct sockaddr_storage sa;
	int fd, one = 1;
	socklen_t len;

	a.port = stream_port(wires.s, realm, WIRES_LISTEN);
	len = addr_to_sockaddr(&a, &sa);
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, len), 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* small things come at once */
	return fd;
}

/* A peer that listens on loopback. */
static inline int wires_server(struct addr *at)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 10), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&sa, at), 0);
	return fd;
}

static inline struct flow wires_flow(const struct addr *peer)
{
	return (struct flow){ .peer = *peer, .listen = WIRES_LISTEN, .transport = CONF_TCP };
}

static inline void wires_put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
	wires_settle();
}

/* What has come, "" when nothing, "(end)" when the connection was closed. */
static inline const char *wires_get(int fd)
{
	static char text[65536];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n <= 0)
		return n < 0 && errno == EAGAIN ? "" : "(end)";
	text[n] = '\0';
	return text;
}

#endif
