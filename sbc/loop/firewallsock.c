/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/firewallsock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

enum { BATCH = 16 /* packets of one turn */ };

struct firewallsock {
	struct event_base *base;
	struct engine *engine;
	const char *path;
	uint64_t (*clock)(void);
	struct event *timer, *readable, *writable;
	int fd; /* -1: not connected */
	char *in;
	char why[320];
};

static void leave(struct firewallsock *s)
{
	if (s->readable)
		event_free(s->readable);
	if (s->writable)
		event_free(s->writable);
	s->readable = s->writable = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void lose(struct firewallsock *s, const char *what, int error)
{
	leave(s);
	snprintf(s->why, sizeof(s->why), "pinholes.socket: %s: %s%s%s", s->path, what, error ? ": " : "",
		 error ? strerror(error) : "");
	firewalllink_lost(&s->engine->firewall, s->why);
}

/* The firewall's end of the connection may go at any time: that is seen when it is read from. */
bool firewallsock_send(struct firewallsock *s, struct span packet)
{
	if (s->fd < 0)
		return false;
	if (send(s->fd, packet.p, packet.n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)packet.n)
		return true;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		event_add(s->writable, NULL);
	return false;
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct firewallsock *s = ctx;

	(void)what;
	engine_advance(s->engine, s->clock());
	for (int i = 0; i < BATCH && s->fd == fd; i++) {
		ssize_t n = recv(fd, s->in, WIRE_ANSWERS_MAX, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			lose(s, n ? "cannot read" : "sbc-firewall has gone", n ? errno : 0);
			return;
		}
		firewalllink_receive(&s->engine->firewall, span_of(s->in, (uint32_t)n));
	}
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
	struct firewallsock *s = ctx;

	(void)fd, (void)what;
	firewalllink_flush(&s->engine->firewall);
}

/* 0, or the error. */
static int try(struct firewallsock *s)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n = strlen(s->path);

	if (n >= sizeof(un.sun_path))
		return ENAMETOOLONG;
	memcpy(un.sun_path, s->path, n + 1);
	s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&un, sizeof(un)))
		return errno;
	s->readable = event_new(s->base, s->fd, EV_READ | EV_PERSIST, on_readable, s);
	s->writable = event_new(s->base, s->fd, EV_WRITE, on_writable, s);
	return s->readable && s->writable && event_add(s->readable, NULL) == 0 ? 0 : ENOMEM;
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct firewallsock *s = ctx;
	struct firewalllink *l = &s->engine->firewall;
	int error;

	(void)fd, (void)what;
	engine_advance(s->engine, s->clock());
	if (s->fd >= 0 && firewalllink_is_stuck(l))
		lose(s, "sbc-firewall does not answer", 0);
	if (s->fd >= 0)
		return;
	error = try(s);
	if (error)
		lose(s, "cannot connect (does sbc-firewall run?)", error);
	else
		firewalllink_connected(l);
}

struct firewallsock *firewallsock_new(struct event_base *base, const char *path, uint64_t (*clock)(void))
{
	struct firewallsock *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->base = base;
	s->path = path;
	s->clock = clock;
	s->fd = -1;
	s->in = malloc(WIRE_ANSWERS_MAX);
	s->timer = event_new(base, -1, EV_PERSIST, on_timer, s);
	if (!s->in || !s->timer) {
		firewallsock_free(s);
		return NULL;
	}
	return s;
}

int firewallsock_start(struct firewallsock *s, struct engine *e)
{
	const struct timeval often = { .tv_sec = FIREWALLSOCK_AGAIN_MS / 1000 };

	s->engine = e;
	on_timer(-1, 0, s);
	return event_add(s->timer, &often);
}

void firewallsock_free(struct firewallsock *s)
{
	if (!s)
		return;
	leave(s);
	if (s->timer)
		event_free(s->timer);
	free(s->in);
	free(s);
}
