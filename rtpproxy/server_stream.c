/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/server_stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "alg/ng/ng_frame.h"
#include "rtpproxy/server.h"

enum {
	STREAM_FIRST = 4096, /* bytes of room: most requests fit */
	STREAM_EVENTS = 64,
	STREAM_ACCEPTS = 16, /* of one listening socket in a turn */
	STREAM_LISTEN = CONF_NG_MAX,
	STREAM_COOKIE_MAX = 24,
};

struct connection {
	int fd; /* -1: this place is free */
	uint8_t number;
	bool has_cookies; /* its last request had one */
	bool has_ended;   /* the client sends no more */
	uint64_t id;
	uint64_t moved; /* ms: bytes went one way or the other */
	struct ng_frame frame;
	char *in, *out;            /* owned; out: what the client has yet to take of an answer */
	uint32_t begin, end, room; /* of in: from begin to end is not answered yet */
	uint32_t sent, nout;
};

struct server_stream {
	struct relay *relay;
	int epoll;
	uint64_t last_id, serial; /* of connections; of requests that came without a cookie */
	struct {
		int fd;
		uint8_t number;
	} listening[STREAM_LISTEN];
	unsigned nlistening;
	struct connection connections[SERVER_STREAM_MAX];
	char request[STREAM_COOKIE_MAX + NG_FRAME_MAX];
	char answer[RELAY_ANSWER_MAX];
};

struct server_stream *server_stream_open(struct relay *r)
{
	struct server_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->relay = r;
	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++)
		s->connections[i].fd = -1;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll >= 0)
		return s;
	free(s);
	return NULL;
}

static void connection_close(struct connection *c)
{
	close(c->fd);
	free(c->in);
	free(c->out);
	*c = (struct connection){ .fd = -1 };
}

void server_stream_close(struct server_stream *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++)
		if (s->connections[i].fd >= 0)
			connection_close(&s->connections[i]);
	close(s->epoll);
	free(s);
}

int server_stream_poll_fd(const struct server_stream *s)
{
	return s->epoll;
}

int server_stream_listen(struct server_stream *s, int fd, uint8_t number)
{
	/* Numbered behind the connections. */
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = SERVER_STREAM_MAX + s->nlistening };

	s->listening[s->nlistening].fd = fd;
	s->listening[s->nlistening].number = number;
	s->nlistening++;
	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

/* --- coming and going --- */

static void stream_log(const struct server_stream *s, const char *what)
{
	char line[128];

	if (!s->relay->log)
		return;
	snprintf(line, sizeof(line), "commands: closed a connection: %s", what);
	s->relay->log(s->relay->log_ctx, 1, line);
}

static void connection_drop(struct server_stream *s, struct connection *c, const char *why)
{
	s->relay->counters.clients_closed++;
	stream_log(s, why);
	connection_close(c);
}

/* The connection that was quiet longest makes room for another. */
static void stream_make_room(struct server_stream *s)
{
	struct connection *quiet = NULL;

	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd >= 0 && (!quiet || c->moved < quiet->moved))
			quiet = c;
	}
	if (quiet)
		connection_drop(s, quiet, "too many, it was quiet longest");
}

/* NULL where all are taken. */
static struct connection *place_find(struct server_stream *s)
{
	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++)
		if (s->connections[i].fd < 0)
			return &s->connections[i];
	return NULL;
}

static void connection_watch(struct server_stream *s, const struct connection *c, int how, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.u32 = (uint32_t)(c - s->connections) };

	epoll_ctl(s->epoll, how, c->fd, &e);
}

static void stream_take(struct server_stream *s, int fd, uint8_t number, uint64_t now)
{
	struct connection *c;
	const int on = 1;

	if (!place_find(s))
		stream_make_room(s);
	c = place_find(s);
	/* Fails on unix sockets, which need it not. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	*c = (struct connection){ .fd = fd, .number = number, .id = ++s->last_id, .moved = now };
	connection_watch(s, c, EPOLL_CTL_ADD, EPOLLIN);
}

static void stream_accept(struct server_stream *s, unsigned at, uint64_t now)
{
	for (unsigned i = 0; i < STREAM_ACCEPTS; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		int fd = accept4(s->listening[at].fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		/* Who waits would be announced again and again. */
		if (fd < 0 && (errno == EMFILE || errno == ENFILE))
			stream_make_room(s);
		if (fd < 0)
			return;
		if (server_is_client(s->relay->conf, (const struct sockaddr *)&from)) {
			stream_take(s, fd, s->listening[at].number, now);
			continue;
		}
		s->relay->counters.strangers++;
		close(fd);
	}
}

/* --- answers --- */

static int connection_write(struct connection *c, struct span text, uint64_t now)
{
	ssize_t n = send(c->fd, text.p, text.n, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	c->moved = now;
	text = span_from(text, n > 0 ? (uint32_t)n : 0);
	if (text.n == 0)
		return 0;
	c->out = malloc(text.n);
	if (!c->out)
		return -1;
	memcpy(c->out, text.p, text.n);
	c->nout = text.n;
	c->sent = 0;
	return 0;
}

/* What the client takes of the answer that waits. */
static int connection_flush(struct connection *c, uint64_t now)
{
	ssize_t n = send(c->fd, c->out + c->sent, c->nout - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	c->moved = now;
	c->sent += (uint32_t)n;
	if (c->sent < c->nout)
		return 0;
	free(c->out);
	c->out = NULL;
	c->sent = c->nout = 0;
	return 0;
}

/* For the sessions, who speaks is the connection: no two of them have the same bytes for an address. */
static struct server_peer connection_peer(const struct connection *c)
{
	struct server_peer p = { .socket = c->number, .len = offsetof(struct sockaddr, sa_data) + sizeof(c->id) };

	memcpy(((struct sockaddr *)(void *)&p.address)->sa_data, &c->id, sizeof(c->id));
	return p;
}

/* One request. What came without a cookie is answered without one; inside it has a number, for no two requests of a
 * connection are the same one sent again. */
static int connection_answer(struct server_stream *s, struct connection *c, uint64_t now)
{
	struct span have = span_of(c->in + c->begin, c->frame.at);
	struct writer request = writer_over(s->request, sizeof(s->request));
	struct writer reply = writer_over(s->answer, sizeof(s->answer));
	struct server_peer from = connection_peer(c);
	struct span cookie = ng_frame_cookie(&c->frame, have), answer;

	c->has_cookies = span_is_set(cookie);
	if (c->has_cookies)
		writer_put(&request, cookie);
	else
		writer_u64(&request, ++s->serial);
	writer_byte(&request, ' ');
	writer_put(&request, span_from(have, c->frame.dict));
	relay_handle(s->relay, writer_done(&request), &from, now, &reply);
	answer = writer_done(&reply);
	if (!c->has_cookies)
		answer = span_from(answer, span_find(answer, ' ') + 1);
	return answer.n ? connection_write(c, answer, now) : 0;
}

/* --- requests --- */

/* All that are there, as long as the client takes the answers. -1: the connection is closed. */
static int connection_serve(struct server_stream *s, struct connection *c, uint64_t now)
{
	while (!c->out) {
		struct span have = span_of(c->in + c->begin, c->end - c->begin);
		enum ng_frame_end end = ng_frame_read(&c->frame, have);

		if (end == NG_FRAME_BROKEN) {
			connection_drop(s, c, "neither bencode nor JSON, or too long");
			return -1;
		}
		if (end == NG_FRAME_MORE)
			break;
		if (connection_answer(s, c, now)) {
			connection_close(c);
			return -1;
		}
		c->begin += c->frame.at;
		c->frame = (struct ng_frame){ 0 };
	}
	if (c->has_ended && !c->out) {
		connection_close(c);
		return -1;
	}
	return 0;
}

/* Room for more behind what is there. */
static int connection_grow(struct connection *c)
{
	uint32_t size = c->room ? 2 * c->room : STREAM_FIRST;
	char *more;

	if (c->begin) {
		memmove(c->in, c->in + c->begin, c->end - c->begin);
		c->end -= c->begin;
		c->begin = 0;
	}
	if (c->end < c->room)
		return 0;
	more = realloc(c->in, size < NG_FRAME_MAX ? size : NG_FRAME_MAX);
	if (!more)
		return -1;
	c->in = more;
	c->room = size < NG_FRAME_MAX ? size : NG_FRAME_MAX;
	return 0;
}

static void connection_read(struct server_stream *s, struct connection *c, uint64_t now)
{
	ssize_t n;

	if (connection_grow(c)) {
		connection_close(c);
		return;
	}
	n = recv(c->fd, c->in + c->end, c->room - c->end, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		connection_close(c);
		return;
	}
	c->has_ended = n == 0;
	c->end += (uint32_t)n;
	c->moved = now;
	connection_serve(s, c, now);
}

/* While an answer waits nothing more is read: who does not take it cannot make us keep more than that. */
static void connection_run(struct server_stream *s, struct connection *c, uint64_t now)
{
	bool waited = c->out != NULL;

	if (!waited) {
		connection_read(s, c, now);
	} else if (connection_flush(c, now)) {
		connection_close(c);
	} else if (!c->out) {
		connection_serve(s, c, now);
	}
	if (c->fd >= 0 && waited != (c->out != NULL))
		connection_watch(s, c, EPOLL_CTL_MOD, c->out ? EPOLLOUT : EPOLLIN);
}

void server_stream_run(struct server_stream *s, uint64_t now)
{
	struct epoll_event events[STREAM_EVENTS];
	int n = epoll_wait(s->epoll, events, STREAM_EVENTS, 0);

	for (int i = 0; i < n; i++) {
		uint32_t at = events[i].data.u32;

		if (at >= SERVER_STREAM_MAX)
			stream_accept(s, at - SERVER_STREAM_MAX, now);
		else if (s->connections[at].fd >= 0)
			connection_run(s, &s->connections[at], now);
	}
}

void server_stream_tick(struct server_stream *s, uint64_t now)
{
	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0 || now - c->moved < SERVER_STREAM_PATIENCE_MS)
			continue;
		if (c->out)
			connection_drop(s, c, "its client does not take the answer");
		else if (c->end > c->begin)
			connection_drop(s, c, "half a request, and no more came");
	}
}

void server_stream_send(struct server_stream *s, const struct server_peer *to, struct span event)
{
	for (unsigned i = 0; i < SERVER_STREAM_MAX; i++) {
		struct connection *c = &s->connections[i];
		struct server_peer p = connection_peer(c);

		if (c->fd < 0 || !c->has_cookies || c->out || !span_eq(server_peer_bytes(to), server_peer_bytes(&p)))
			continue;
		if (connection_write(c, event, c->moved))
			connection_close(c);
		else if (c->out)
			connection_watch(s, c, EPOLL_CTL_MOD, EPOLLOUT);
	}
}
