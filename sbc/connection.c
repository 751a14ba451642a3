/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "alg/sip/frame.h"
#include "sbc/tls.h"

enum {
	ROOM_FIRST = 2048,
	READ_TURN = 65536, /* bytes of one connection before others have their turn */
};

static uint64_t clock_now(const struct streams *s)
{
	return s->setup.clock();
}

/* ----- deadlines: one timer, set late, that looks for itself what it is about ----- */

struct deadline {
	uint64_t due;
	enum stream_end why;
};

static void deadline_take(struct deadline *d, uint64_t due, enum stream_end why)
{
	if (due < d->due)
		*d = (struct deadline){ due, why };
}

static bool message_is_begun(const struct connection *c)
{
	return c->in_n || (c->ws && websocket_is_inside(c->ws));
}

static struct deadline deadline_of(const struct connection *c)
{
	static const struct {
		uint32_t ms;
		enum stream_end why;
	} opening[] = {
		[CONNECTION_CONNECTING] = { CONNECTION_CONNECT_MS, STREAM_END_CONNECT_TIMEOUT },
		[CONNECTION_SECURING] = { CONNECTION_HANDSHAKE_MS, STREAM_END_TLS_TIMEOUT },
		[CONNECTION_UPGRADING] = { CONNECTION_HANDSHAKE_MS, STREAM_END_UPGRADE_TIMEOUT },
	};
	struct deadline d = { UINT64_MAX, STREAM_END_IDLE };

	if (c->state < CONNECTION_OPEN)
		return (struct deadline){ c->heard + opening[c->state].ms, opening[c->state].why };
	deadline_take(&d, c->heard + (c->proven ? CONNECTION_IDLE_MS : CONNECTION_SILENT_MS), STREAM_END_IDLE);
	if (message_is_begun(c))
		deadline_take(&d, c->begun + CONNECTION_MESSAGE_MS, STREAM_END_MESSAGE_TIMEOUT);
	if (c->blocked)
		deadline_take(&d, c->stalled + CONNECTION_WRITE_MS, STREAM_END_READS_SLOWLY);
	return d;
}

static void on_timer(struct timer *t, void *ctx, uint64_t now)
{
	struct connection *c = (struct connection *)((char *)t - offsetof(struct connection, timer));
	struct deadline d = deadline_of(c);
	struct streams *s = ctx;

	if (d.due <= now)
		connection_end(s, c, d.why);
	else
		wheel_add(&s->wheel, t, d.due, on_timer);
}

/* After a deadline came nearer; one that moved away is found out when the timer fires. */
static void arm(struct streams *s, struct connection *c)
{
	uint64_t due = deadline_of(c).due;

	if (!timer_runs(&c->timer) || due < c->timer.due)
		wheel_add(&s->wheel, &c->timer, due, on_timer);
}

void connection_enter(struct streams *s, struct connection *c, enum connection_state state)
{
	s->securing -= c->state == CONNECTION_SECURING;
	s->securing += state == CONNECTION_SECURING;
	c->state = (uint8_t)state;
	c->heard = clock_now(s);
	arm(s, c);
}

/* ----- from socket to socket ----- */

enum io { IO_DONE, IO_LATER, IO_EOF, IO_FAILED };

static enum io io_of_errno(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? IO_LATER : IO_FAILED;
}

static enum io io_of_tls(SSL *ssl, int returned)
{
	switch (SSL_get_error(ssl, returned)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return IO_LATER;
	case SSL_ERROR_ZERO_RETURN:
		return IO_EOF;
	default:
		return IO_FAILED;
	}
}

static enum io io_read(struct connection *c, char *to, uint32_t room, uint32_t *got)
{
	ssize_t n;

	if (c->ssl) {
		n = tls_read(c->ssl, to, room);
		*got = n > 0 ? (uint32_t)n : 0;
		return n > 0 ? IO_DONE : io_of_tls(c->ssl, (int)n);
	}
	n = recv(c->fd, to, room, 0);
	*got = n > 0 ? (uint32_t)n : 0;
	return n > 0 ? IO_DONE : n == 0 ? IO_EOF : io_of_errno();
}

static enum io io_write(struct connection *c, const char *from, uint32_t n, uint32_t *put)
{
	ssize_t k;

	if (c->ssl) {
		k = tls_write(c->ssl, from, n);
		*put = k > 0 ? (uint32_t)k : 0;
		return k > 0 ? IO_DONE : io_of_tls(c->ssl, (int)k);
	}
	k = send(c->fd, from, n, MSG_NOSIGNAL);
	*put = k > 0 ? (uint32_t)k : 0;
	return k >= 0 ? IO_DONE : io_of_errno();
}

/* What the kernel or the TLS library says of a connection that failed. */
static enum stream_end end_of_errno(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return STREAM_END_CONNECT_REFUSED;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return STREAM_END_LOST;
	default:
		return STREAM_END_RESET;
	}
}

/* ----- life ----- */

static void poll_for(struct streams *s, struct connection *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

static uint32_t number_next(struct streams *s)
{
	do
		s->last_number++;
	while (s->last_number == 0 || table_find(&s->by_number, span_of(&s->last_number, sizeof(s->last_number))));
	return s->last_number;
}

struct connection *connection_new(struct streams *s, int fd, const struct flow *flow, bool accepted,
				  struct source *source)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct epoll_event ev = { .events = EPOLLIN | (accepted ? 0 : EPOLLOUT), .data.ptr = c };

	if (!c)
		return NULL;
	c->pollable = POLLABLE_CONNECTION;
	c->accepted = accepted;
	c->fd = fd;
	c->flow = *flow;
	c->flow.connection = number_next(s);
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev)) {
		free(c);
		return NULL;
	}
	if (table_add(&s->by_number, span_of(&c->flow.connection, sizeof(c->flow.connection)), c)) {
		epoll_ctl(s->epoll, EPOLL_CTL_DEL, fd, NULL);
		free(c);
		return NULL;
	}
	place_add(&s->places, &c->place, &c->flow, c);
	c->source = source;
	c->next = s->all;
	if (s->all)
		s->all->prev = c;
	s->all = c;
	s->stats.open++;
	c->state = CONNECTION_ENDED; /* until it enters its first */
	return c;
}

/* Nobody finds it any more. */
static void unlist(struct streams *s, struct connection *c)
{
	if (c->state == CONNECTION_SECURING)
		s->securing--;
	c->state = CONNECTION_ENDED;
	wheel_del(&s->wheel, &c->timer);
	table_del(&s->by_number, span_of(&c->flow.connection, sizeof(c->flow.connection)));
	place_del(&s->places, &c->place);
	place_del(&s->places, &c->alias);
	source_give(&s->places, c->source);
	c->source = NULL;
	if (c->next)
		c->next->prev = c->prev;
	*(c->prev ? &c->prev->next : &s->all) = c->next;
	s->stats.open--;
	if (c->ssl)
		tls_close_connection(c->ssl);
	c->ssl = NULL;
	close(c->fd);
	c->fd = -1;
}

void connection_end(struct streams *s, struct connection *c, enum stream_end why)
{
	char peer[ADDR_TEXT_MAX];

	if (c->state == CONNECTION_ENDED)
		return;
	log_line(&s->setup.log, c->accepted || why <= STREAM_END_IDLE ? LOG_DEBUG : LOG_WARN,
		 "connection %u, %s %s: %s", c->flow.connection, c->accepted ? "from" : "to",
		 addr_text(&c->flow.peer, peer), stream_end_name(why));
	unlist(s, c);
	c->why = (uint8_t)why;
	s->stats.ended[why]++;
	c->ended_next = s->ended;
	s->ended = c;
}

void connection_free(struct streams *s, struct connection *c)
{
	if (c->state != CONNECTION_ENDED)
		unlist(s, c);
	websocket_free(c->ws);
	free(c->in);
	free(c->out);
	free(c);
}

/* ----- out ----- */

static int room_for(char **buf, uint32_t *cap, uint32_t n, uint32_t max)
{
	uint32_t want = *cap ? *cap : ROOM_FIRST;
	char *p;

	if (n <= *cap)
		return 0;
	if (n > max)
		return -1;
	while (want < n)
		want *= 2;
	if (want > max)
		want = max;
	p = realloc(*buf, want);
	if (!p)
		return -1;
	*buf = p;
	*cap = want;
	return 0;
}

/* -1: no room for it; the connection is ended then. */
static int queue(struct streams *s, struct connection *c, struct span bytes)
{
	if (c->out_from && c->out_n + bytes.n > c->out_cap) {
		memmove(c->out, c->out + c->out_from, c->out_n - c->out_from);
		c->out_n -= c->out_from;
		c->out_from = 0;
	}
	if (bytes.n > CONNECTION_OUT_MAX - c->out_n ||
	    room_for(&c->out, &c->out_cap, c->out_n + bytes.n, CONNECTION_OUT_MAX)) {
		connection_end(s, c, STREAM_END_READS_SLOWLY);
		return -1;
	}
	memcpy(c->out + c->out_n, bytes.p, bytes.n);
	c->out_n += bytes.n;
	if (!c->dirty) {
		c->dirty = true;
		c->dirty_next = s->dirty;
		s->dirty = c;
	}
	return 0;
}

int connection_send(struct streams *s, struct connection *c, struct span message)
{
	char head[WEBSOCKET_HEAD_MAX];

	if (c->state == CONNECTION_ENDED)
		return -1;
	if (!c->ws)
		return queue(s, c, message);
	return queue(s, c, websocket_head(head, message)) || queue(s, c, message) ? -1 : 0;
}

static void blocked_set(struct streams *s, struct connection *c, bool blocked)
{
	if (c->blocked == blocked)
		return;
	c->blocked = blocked;
	c->stalled = clock_now(s);
	poll_for(s, c, EPOLLIN | (blocked ? EPOLLOUT : 0));
	arm(s, c);
}

void connection_write(struct streams *s, struct connection *c)
{
	/* The answer to an upgrade goes out before it is OPEN. */
	while (c->state >= CONNECTION_UPGRADING && c->state != CONNECTION_ENDED && c->out_from < c->out_n) {
		uint32_t put = 0;
		enum io io = io_write(c, c->out + c->out_from, c->out_n - c->out_from, &put);

		c->out_from += put;
		if (put)
			c->stalled = clock_now(s);
		if (io == IO_LATER) {
			blocked_set(s, c, true);
			return;
		}
		if (io != IO_DONE) {
			connection_end(s, c, c->ssl ? STREAM_END_RESET : end_of_errno(errno));
			return;
		}
	}
	if (c->state < CONNECTION_UPGRADING || c->state == CONNECTION_ENDED)
		return;
	free(c->out);
	c->out = NULL;
	c->out_from = c->out_n = c->out_cap = 0;
	blocked_set(s, c, false);
}

/* ----- in ----- */

static void hand_over(struct streams *s, struct connection *c, struct span message)
{
	c->proven = true;
	s->setup.received(s->setup.ctx, &c->flow, message);
}

/* Each of these takes one thing off the front of what was received: how many bytes it was; 0: not complete yet, or the
 * connection ended. */

static uint32_t take_sip(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	struct frame f = frame_next(span_of(p, n));

	switch (f.kind) {
	case FRAME_MESSAGE:
		hand_over(s, c, span_of(p, f.length));
		return f.length;
	case FRAME_PING:
		queue(s, c, SPAN("\r\n"));
		return f.length;
	case FRAME_PONG:
		return f.length;
	case FRAME_BROKEN:
		connection_end(s, c, STREAM_END_BROKEN);
		return 0;
	case FRAME_MORE:
		break;
	}
	return 0;
}

static uint32_t take_upgrade(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	struct websocket_upgrade u = websocket_upgrade(c->ws, span_of(p, n));

	if (u.answer.n && queue(s, c, u.answer))
		return 0;
	if (u.state == WEBSOCKET_UPGRADED)
		connection_enter(s, c, CONNECTION_OPEN);
	if (u.state != WEBSOCKET_REFUSED)
		return u.used;
	connection_write(s, c);
	connection_end(s, c, STREAM_END_UPGRADE_REFUSED);
	return 0;
}

static uint32_t take_websocket(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	bool inside = websocket_is_inside(c->ws);
	struct websocket_event e = websocket_next(c->ws, p, n);

	if (e.answer.n && queue(s, c, e.answer))
		return 0;
	if (e.kind == WEBSOCKET_MESSAGE)
		hand_over(s, c, e.message);
	websocket_forget(c->ws);
	if (e.kind == WEBSOCKET_PING)
		connection_send(s, c, SPAN("\r\n"));
	if (!inside && websocket_is_inside(c->ws)) {
		c->begun = c->heard;
		arm(s, c);
	}
	if (e.kind != WEBSOCKET_CLOSED && e.kind != WEBSOCKET_BROKEN && e.kind != WEBSOCKET_TOO_LARGE)
		return e.used;
	connection_write(s, c); /* the closing handshake: our half of it */
	connection_end(s, c,
		       e.kind == WEBSOCKET_CLOSED   ? STREAM_END_PEER_CLOSED
		       : e.kind == WEBSOCKET_BROKEN ? STREAM_END_BROKEN
						    : STREAM_END_TOO_LARGE);
	return 0;
}

static uint32_t take(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	if (!c->ws)
		return take_sip(s, c, p, n);
	return c->state == CONNECTION_UPGRADING ? take_upgrade(s, c, p, n) : take_websocket(s, c, p, n);
}

/* All that is complete of n bytes at p. What is left: how many bytes at the front it took. */
static uint32_t take_all(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	uint32_t at = 0, taken;

	while (at < n && c->state != CONNECTION_ENDED) {
		taken = take(s, c, p + at, n - at);
		if (taken == 0)
			break;
		at += taken;
	}
	return at;
}

/* What could not be taken waits for the rest. */
static void keep_rest(struct streams *s, struct connection *c, const char *p, uint32_t n, bool progress)
{
	if (n == 0) {
		free(c->in);
		c->in = NULL;
		c->in_n = c->in_cap = 0;
		return;
	}
	if (p != c->in && room_for(&c->in, &c->in_cap, n, CONNECTION_IN_MAX)) {
		connection_end(s, c, STREAM_END_MEMORY);
		return;
	}
	if (p != c->in)
		memmove(c->in, p, n);
	if (progress || c->in_n == 0) {
		c->begun = c->heard;
		c->in_n = n;
		arm(s, c);
	}
	c->in_n = n;
}

/* Where the next bytes go: behind what waits, else into the memory that all share. NULL: there is no room. */
static char *room(struct streams *s, struct connection *c, uint32_t *size)
{
	if (c->in_n == 0) {
		*size = sizeof(s->scratch);
		return s->scratch;
	}
	if (c->in_n == c->in_cap && room_for(&c->in, &c->in_cap, c->in_n + 1, CONNECTION_IN_MAX))
		return NULL;
	*size = c->in_cap - c->in_n;
	return c->in + c->in_n;
}

/* What the connection had in hand before it was cut is answered still. */
static void end_of_input(struct streams *s, struct connection *c, enum io io)
{
	enum stream_end why = io == IO_EOF ? STREAM_END_PEER_CLOSED : c->ssl ? STREAM_END_RESET : end_of_errno(errno);

	if (io == IO_EOF)
		connection_write(s, c);
	connection_end(s, c, why);
}

static void receive(struct streams *s, struct connection *c)
{
	uint32_t turn = 0, size, got, taken;
	char *to, *from;
	enum io io;

	do {
		to = room(s, c, &size);
		if (!to) {
			connection_end(s, c, STREAM_END_TOO_LARGE);
			return;
		}
		io = io_read(c, to, size, &got);
		if (io == IO_LATER)
			return;
		if (io != IO_DONE) {
			end_of_input(s, c, io);
			return;
		}
		if (c->state == CONNECTION_OPEN)
			c->heard = clock_now(s);
		from = to - c->in_n;
		got += c->in_n;
		taken = take_all(s, c, from, got);
		if (c->state == CONNECTION_ENDED)
			return;
		keep_rest(s, c, from + taken, got - taken, taken > 0);
		turn += size;
		/* A socket says again that it has more; what the TLS library holds, nobody tells. */
	} while (c->state != CONNECTION_ENDED && c->ssl && (turn < READ_TURN || SSL_pending(c->ssl)));
}

/* ----- opening ----- */

static void secure(struct streams *s, struct connection *c)
{
	static const enum stream_end ends[] = {
		[TLS_FAILED] = STREAM_END_TLS_FAILED,
		[TLS_UNTRUSTED] = STREAM_END_TLS_CHAIN,
		[TLS_OTHER_NAME] = STREAM_END_TLS_NAME,
	};
	enum tls_step step = tls_handshake(s->tls, c->ssl, &c->flow);

	if (step == TLS_MORE) {
		if (SSL_want_write(c->ssl))
			poll_for(s, c, EPOLLIN | EPOLLOUT);
		return;
	}
	if (step != TLS_DONE) {
		connection_end(s, c, ends[step]);
		return;
	}
	s->stats.handshakes++;
	poll_for(s, c, EPOLLIN);
	connection_enter(s, c, c->ws ? CONNECTION_UPGRADING : CONNECTION_OPEN);
	connection_write(s, c);
}

static void connected(struct streams *s, struct connection *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) || error) {
		connection_end(s, c,
			       error == ECONNREFUSED ? STREAM_END_CONNECT_REFUSED
			       : error == ETIMEDOUT  ? STREAM_END_CONNECT_TIMEOUT
						     : STREAM_END_CONNECT_FAILED);
		return;
	}
	poll_for(s, c, EPOLLIN);
	connection_begin(s, c);
}

void connection_begin(struct streams *s, struct connection *c)
{
	bool tls = c->flow.transport == CONF_TLS || c->flow.transport == CONF_WSS;

	if (c->flow.transport == CONF_WS || c->flow.transport == CONF_WSS) {
		c->ws = websocket_new(&s->setup.conf->realms[c->flow.realm]);
		if (!c->ws) {
			connection_end(s, c, STREAM_END_MEMORY);
			return;
		}
	}
	if (tls) {
		c->ssl = c->accepted ? tls_accept(s->tls, c->flow.realm, c->fd)
				     : tls_connect(s->tls, c->flow.trunk, &c->flow.peer, c->fd);
		if (!c->ssl) {
			connection_end(s, c, STREAM_END_MEMORY);
			return;
		}
		connection_enter(s, c, CONNECTION_SECURING);
		secure(s, c);
		return;
	}
	connection_enter(s, c, c->ws ? CONNECTION_UPGRADING : CONNECTION_OPEN);
	connection_write(s, c);
}

void connection_ready(struct streams *s, struct connection *c, uint32_t events)
{
	if (c->state == CONNECTION_CONNECTING)
		connected(s, c);
	else if (c->state == CONNECTION_SECURING)
		secure(s, c);
	if (c->state < CONNECTION_UPGRADING || c->state == CONNECTION_ENDED)
		return;
	if (events & EPOLLOUT)
		connection_write(s, c);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && c->state != CONNECTION_ENDED)
		receive(s, c);
}
