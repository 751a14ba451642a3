/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sbc/wire/dscp.h"
#include "sbc/wire/listener.h"
#include "sbc/wire/tls.h"

enum {
	DAY_MS = 86400000,
	READY_TURN = 16, /* a TLS handshake takes a millisecond: others must have their turn */
};

const char *stream_end_name(enum stream_end why)
{
	static const char *const names[STREAM_END_N] = {
#define X(id, name) [STREAM_END_##id] = name,
		STREAM_END_TABLE(X)
#undef X
	};

	return names[why];
}

/* ----- opening and closing ----- */

static unsigned count_listeners(const struct config *conf)
{
	unsigned n = 0;

	for (unsigned r = 0; r < conf->nrealm; r++)
		for (unsigned l = 0; l < conf->realms[r].nlisten; l++)
			n += conf->realms[r].listen[l].transport != CONF_UDP;
	return n;
}

static int open_listeners(struct streams *s, char *error, uint32_t error_size)
{
	const struct config *conf = s->setup.conf;

	for (unsigned r = 0; r < conf->nrealm; r++)
		for (unsigned l = 0; l < conf->realms[r].nlisten; l++) {
			if (conf->realms[r].listen[l].transport == CONF_UDP)
				continue;
			if (listener_open(s, &s->listeners[s->nlistener], r, l, error, error_size))
				return -1;
			s->nlistener++;
		}
	return 0;
}

/* Without a listener nothing is ever asked of the tables. */
static int open_tables(struct streams *s, unsigned listeners)
{
	uint32_t most = listeners ? s->setup.conf->limits.connections : 1;

	s->listeners = calloc(listeners ? listeners : 1, sizeof(*s->listeners));
	return s->listeners && table_init(&s->by_number, most, &s->setup.key) == 0 &&
			       places_init(&s->places, most, &s->setup.key) == 0
		       ? 0
		       : -1;
}

static void on_day(struct timer *t, void *ctx, uint64_t now)
{
	struct streams *s = ctx;

	tls_remind(s->tls);
	wheel_add(&s->wheel, t, now + DAY_MS, on_day);
}

struct streams *stream_open(const struct stream_setup *setup, char *error, uint32_t error_size)
{
	struct streams *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(error, error_size, "no memory for connections");
		return NULL;
	}
	s->setup = *setup;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	wheel_init(&s->wheel, setup->clock(), s);
	if (s->epoll < 0 || s->spare < 0 || open_tables(s, count_listeners(setup->conf))) {
		snprintf(error, error_size, "no memory or descriptors for connections");
		stream_close(s);
		return NULL;
	}
	s->tls = tls_open(setup->conf, &s->setup.log, error, error_size);
	if (!s->tls || open_listeners(s, error, error_size)) {
		stream_close(s);
		return NULL;
	}
	wheel_add(&s->wheel, &s->daily, setup->clock() + DAY_MS, on_day);
	return s;
}

static void free_ended(struct streams *s)
{
	while (s->ended) {
		struct connection *c = s->ended;

		s->ended = c->ended_next;
		connection_free(s, c);
	}
}

void stream_close(struct streams *s)
{
	if (!s)
		return;
	free_ended(s);
	while (s->all)
		connection_free(s, s->all);
	for (unsigned i = 0; i < s->nlistener; i++)
		listener_close(s, &s->listeners[i]);
	free(s->listeners);
	table_fini(&s->by_number);
	places_fini(&s->places);
	tls_close(s->tls);
	if (s->spare >= 0)
		close(s->spare);
	if (s->epoll >= 0)
		close(s->epoll);
	free(s);
}

/* ----- turns ----- */

int stream_fd(const struct streams *s)
{
	return s->epoll;
}

void stream_ready(struct streams *s)
{
	struct epoll_event ready[READY_TURN];
	int n = epoll_wait(s->epoll, ready, READY_TURN, 0);

	for (int i = 0; i < n; i++) {
		void *p = ready[i].data.ptr;

		/* One that ended meanwhile is still there: it goes at the end of the turn. */
		if (*(const uint8_t *)p == POLLABLE_LISTENER)
			listener_ready(s, p);
		else if (((struct connection *)p)->state != CONNECTION_ENDED)
			connection_ready(s, p, ready[i].events);
	}
}

void stream_advance(struct streams *s)
{
	wheel_advance(&s->wheel, s->setup.clock());
}

uint64_t stream_next(const struct streams *s)
{
	return wheel_next(&s->wheel);
}

void stream_flush(struct streams *s)
{
	struct connection *c;

	for (;;) {
		while ((c = s->dirty)) {
			s->dirty = c->dirty_next;
			c->dirty = false;
			if (!c->blocked)
				connection_write(s, c);
		}
		c = s->ended;
		if (!c)
			return;
		s->ended = c->ended_next;
		s->setup.closed(s->setup.ctx, &c->flow, c->why);
		/* Told of its end, somebody may have queued to others, but no more to this one. */
		connection_free(s, c);
	}
}

/* ----- sending ----- */

static struct connection *by_number(const struct streams *s, uint32_t number)
{
	return table_find(&s->by_number, span_of(&number, sizeof(number)));
}

/* One that leads there. Where the peer must be proven to be a trunk, only one that did. */
static struct connection *by_place(const struct streams *s, const struct flow *to)
{
	for (const struct place *p = place_find(&s->places, to); p; p = p->next)
		if (!to->trunk || p->connection->flow.trunk == to->trunk)
			return p->connection;
	return NULL;
}

/* Begins to connect; where that fails at once, -1. */
static int socket_connect(const struct streams *s, const struct flow *to)
{
	const struct conf_realm *realm = &s->setup.conf->realms[to->realm];
	struct addr local = realm->address;
	struct sockaddr_storage from, sa;
	socklen_t from_len, len = addr_to_sockaddr(&to->peer, &sa);
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1, error;

	if (fd < 0)
		return -1;
	local.port = 0;
	from_len = addr_to_sockaddr(&local, &from);
	listener_tune(fd);
	dscp_set(fd, &local, realm->signalling_dscp);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (local.family == to->peer.family && bind(fd, (struct sockaddr *)&from, from_len) == 0 &&
	    (connect(fd, (struct sockaddr *)&sa, len) == 0 || errno == EINPROGRESS))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool may_connect(const struct streams *s, const struct flow *to)
{
	return s->nlistener && s->stats.open < s->setup.conf->limits.connections && addr_is_set(&to->peer) &&
	       (to->transport == CONF_TCP || (to->transport == CONF_TLS && to->trunk));
}

static struct connection *start(struct streams *s, const struct flow *to)
{
	struct connection *c;
	int fd;

	if (!may_connect(s, to))
		return NULL;
	fd = socket_connect(s, to);
	if (fd < 0) {
		s->stats.ended[errno == EMFILE ? STREAM_END_DESCRIPTORS : STREAM_END_CONNECT_FAILED]++;
		return NULL;
	}
	c = connection_new(s, fd, to, false, NULL);
	if (!c) {
		close(fd);
		return NULL;
	}
	s->stats.started++;
	connection_enter(s, c, CONNECTION_CONNECTING);
	return c;
}

int stream_send(struct streams *s, struct flow *to, struct span bytes)
{
	struct connection *c = to->connection ? by_number(s, to->connection) : by_place(s, to);

	if (!c && !to->connection)
		c = start(s, to);
	if (!c)
		return -1;
	to->connection = c->flow.connection;
	return connection_send(s, c, bytes);
}

bool stream_is_open(const struct streams *s, const struct flow *to)
{
	return by_number(s, to->connection) != NULL;
}

void stream_alias(struct streams *s, const struct flow *flow, const struct addr *to)
{
	struct connection *c = by_number(s, flow->connection);
	struct flow there;

	if (!c || addr_eq(&c->flow.peer, to))
		return;
	there = c->flow;
	there.peer = *to;
	place_del(&s->places, &c->alias);
	place_add(&s->places, &c->alias, &there, c);
}

/* ----- questions ----- */

void stream_reload(struct streams *s)
{
	tls_reload(s->tls);
}

const struct stream_stats *stream_stats(const struct streams *s)
{
	return &s->stats;
}

uint16_t stream_port(const struct streams *s, unsigned realm, unsigned listen)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct addr a;

	for (unsigned i = 0; i < s->nlistener; i++)
		if (s->listeners[i].realm == realm && s->listeners[i].listen == listen &&
		    getsockname(s->listeners[i].fd, (struct sockaddr *)&sa, &len) == 0 &&
		    addr_from_sockaddr((struct sockaddr *)&sa, &a) == 0)
			return a.port;
	return 0;
}
