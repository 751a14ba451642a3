/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sbc/wire/dscp.h"

enum {
	BACKLOG = 4096,
	ACCEPT_TURN = 32,    /* before others have their turn */
	PAUSE_MS = 1000,     /* without descriptors */
	BUSY_PAUSE_MS = 100, /* with all handshakes in use */
	SECURING_MAX = 2048, /* handshakes at once */
};

static const char *const transport_names[] = {
	[CONF_TCP] = "tcp", [CONF_TLS] = "tls", [CONF_WS] = "ws", [CONF_WSS] = "wss"
};

void listener_tune(int fd)
{
	/* A peer that vanished is noticed within four minutes of silence, within 32 seconds when something is sent. */
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },    { SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 120 }, { IPPROTO_TCP, TCP_KEEPINTVL, 30 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 4 },    { IPPROTO_TCP, TCP_USER_TIMEOUT, 32000 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value));
}

static int socket_open(const struct addr *local, uint8_t dscp)
{
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(local, &sa);
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1, error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (local->family == ADDR_V6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	dscp_set(fd, local, dscp);
	if (bind(fd, (struct sockaddr *)&sa, len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int listener_open(struct streams *s, struct listener *l, unsigned realm, unsigned listen, char *error,
		  uint32_t error_size)
{
	const struct conf_realm *r = &s->setup.conf->realms[realm];
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = l };
	struct addr local = r->address;
	char text[ADDR_TEXT_MAX];

	*l = (struct listener){ .pollable = POLLABLE_LISTENER, .realm = (uint8_t)realm, .listen = (uint8_t)listen };
	l->transport = (uint8_t)r->listen[listen].transport;
	local.port = r->listen[listen].port;
	l->fd = socket_open(&local, r->signalling_dscp);
	if (l->fd >= 0 && epoll_ctl(s->epoll, EPOLL_CTL_ADD, l->fd, &ev) == 0)
		return 0;
	snprintf(error, error_size, "realms.%s: cannot listen on %s %s: %s%s", r->name, transport_names[l->transport],
		 addr_text(&local, text), strerror(errno),
		 errno == EADDRINUSE      ? ". Is another server running here?"
		 : errno == EADDRNOTAVAIL ? ". No interface of this machine has that address"
					  : "");
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	return -1;
}

void listener_close(struct streams *s, struct listener *l)
{
	wheel_del(&s->wheel, &l->resume);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* ----- pausing: a listener that can't accept must not be told of those who wait again and again ----- */

static void poll_for(struct streams *s, struct listener *l, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = l };

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, l->fd, &ev);
}

static void on_resume(struct timer *t, void *ctx, uint64_t now)
{
	struct listener *l = (struct listener *)((char *)t - offsetof(struct listener, resume));

	(void)now;
	poll_for(ctx, l, EPOLLIN);
}

static void pause_for(struct streams *s, struct listener *l, uint32_t ms)
{
	poll_for(s, l, 0);
	wheel_add(&s->wheel, &l->resume, s->setup.clock() + ms, on_resume);
}

/* No descriptor is left. The spare one lets us take those who wait and turn them away at once, so that they try
 * elsewhere instead of waiting for us. */
static void turn_away(struct streams *s, struct listener *l)
{
	for (int i = 0; i < ACCEPT_TURN && s->spare >= 0; i++) {
		int fd;

		close(s->spare);
		fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			close(fd);
			s->stats.ended[STREAM_END_DESCRIPTORS]++;
		}
		s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			break;
	}
	pause_for(s, l, PAUSE_MS);
}

/* ----- accepting ----- */

static bool is_allowed(const struct conf_realm *r, const struct addr *peer)
{
	for (unsigned i = 0; i < r->nnetwork; i++)
		if (prefix_has(&r->networks[i], peer))
			return true;
	return r->nnetwork == 0;
}

/* Who may come in: STREAM_END_N, or why not. */
static enum stream_end admit(struct streams *s, const struct flow *flow, struct source **source)
{
	const struct config *conf = s->setup.conf;

	if (!is_allowed(&conf->realms[flow->realm], &flow->peer))
		return STREAM_END_NETWORK;
	if (s->setup.banned && s->setup.banned(s->setup.ctx, &flow->peer))
		return STREAM_END_BANNED;
	if (s->stats.open >= conf->limits.connections)
		return STREAM_END_LIMIT;
	*source = source_take(&s->places, flow->realm, &flow->peer, conf->limits.connections_per_source);
	return *source ? STREAM_END_N : STREAM_END_SOURCE_LIMIT;
}

static void accepted(struct streams *s, const struct listener *l, int fd, const struct sockaddr *from)
{
	struct flow flow = { .realm = l->realm, .listen = l->listen, .transport = l->transport };
	enum stream_end refused = STREAM_END_NETWORK;
	struct source *source = NULL;
	struct connection *c = NULL;

	if (addr_from_sockaddr(from, &flow.peer) == 0)
		refused = admit(s, &flow, &source);
	if (refused == STREAM_END_N) {
		listener_tune(fd);
		c = connection_new(s, fd, &flow, true, source);
		refused = STREAM_END_MEMORY;
	}
	if (c) {
		s->stats.accepted++;
		connection_begin(s, c);
		return;
	}
	source_give(&s->places, source);
	s->stats.ended[refused]++;
	close(fd);
}

static bool is_tls(const struct listener *l)
{
	return l->transport == CONF_TLS || l->transport == CONF_WSS;
}

void listener_ready(struct streams *s, struct listener *l)
{
	struct sockaddr_storage from;
	socklen_t len;
	int fd;

	for (int i = 0; i < ACCEPT_TURN; i++) {
		/* Those who wait are served in turn as handshakes end or time out. */
		if (is_tls(l) && s->securing >= SECURING_MAX) {
			pause_for(s, l, BUSY_PAUSE_MS);
			return;
		}
		len = sizeof(from);
		fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			accepted(s, l, fd, (struct sockaddr *)&from);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE)
			turn_away(s, l);
		else if (errno == ENOBUFS || errno == ENOMEM)
			pause_for(s, l, PAUSE_MS);
		else if (errno == ECONNABORTED)
			continue;
		return;
	}
}
