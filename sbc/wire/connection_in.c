/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "alg/sip/frame.h"
#include "sbc/base/room.h"
#include "sbc/wire/connection.h"
#include "sbc/wire/sockio.h"

enum { READ_TURN = 65536 /* bytes of one connection before others have their turn */ };

static void hand_over(struct streams *s, struct connection *c, struct span message)
{
	if (s->setup.banned && s->setup.banned(s->setup.ctx, &c->flow.peer)) {
		connection_end(s, c, STREAM_END_BANNED);
		return;
	}
	c->proven = true;
	s->setup.received(s->setup.ctx, &c->flow, message);
}

/* CRLF alone means nothing; two with nothing between them, however they come, are a ping: CRLF is the answer (RFC 5626
 * 4.4.1). */
static void take_crlf(struct streams *s, struct connection *c)
{
	c->half_ping = !c->half_ping;
	if (!c->half_ping)
		connection_queue(s, c, SPAN("\r\n"));
}

/* Each of these takes something off the front of what was received: how many bytes it was; 0: not complete yet, or the
 * connection ended. */

static uint32_t take_sip(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	struct frame f = frame_next(span_of(p, n));

	switch (f.kind) {
	case FRAME_MESSAGE:
		c->half_ping = false;
		hand_over(s, c, span_of(p, f.length));
		return f.length;
	case FRAME_CRLF:
		take_crlf(s, c);
		return f.length;
	case FRAME_BROKEN:
		connection_write(s, c); /* what was sound before it is answered */
		connection_end(s, c, STREAM_END_BROKEN);
		return 0;
	case FRAME_MORE:
		break;
	}
	return 0;
}

static void on_websocket_message(void *ctx, struct span message)
{
	struct connection_ref *r = ctx;

	if (r->c->state != CONNECTION_ENDED)
		hand_over(r->s, r->c, message);
}

static uint32_t take_upgrade(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	struct connection_ref ref = { s, c };
	struct websocket_sink sink = { &ref, on_websocket_message, connection_queue_frame };
	struct websocket_upgrade u = websocket_upgrade(c->ws, span_of(p, n), &sink);

	if (c->state == CONNECTION_ENDED)
		return 0;
	if (u.state == WEBSOCKET_UPGRADED)
		connection_enter(s, c, CONNECTION_OPEN);
	if (u.state != WEBSOCKET_REFUSED)
		return u.used;
	connection_write(s, c);
	connection_end(s, c, STREAM_END_UPGRADE_REFUSED);
	return 0;
}

/* What is not complete waits there, not here. */
static uint32_t take_websocket(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	static const enum stream_end ends[] = {
		[WEBSOCKET_CLOSED] = STREAM_END_PEER_CLOSED,
		[WEBSOCKET_BROKEN] = STREAM_END_BROKEN,
		[WEBSOCKET_TOO_LARGE] = STREAM_END_TOO_LARGE,
		[WEBSOCKET_NO_MEMORY] = STREAM_END_MEMORY,
	};
	struct connection_ref ref = { s, c };
	struct websocket_sink sink = { &ref, on_websocket_message, connection_queue_frame };
	enum websocket_state state = websocket_receive(c->ws, span_of(p, n), &sink);

	if (c->state == CONNECTION_ENDED)
		return 0;
	if (state != WEBSOCKET_OPEN) {
		connection_write(s, c); /* the closing handshake: our half of it */
		connection_end(s, c, ends[state]);
		return 0;
	}
	if (websocket_is_inside(c->ws) && websocket_began(c->ws)) {
		c->begun = c->heard;
		connection_arm(s, c);
	}
	return n;
}

static uint32_t take(struct streams *s, struct connection *c, char *p, uint32_t n)
{
	if (!c->ws)
		return take_sip(s, c, p, n);
	return c->state == CONNECTION_UPGRADING ? take_upgrade(s, c, p, n) : take_websocket(s, c, p, n);
}

/* All that is complete of n bytes at p: how many it took. */
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

/* Bytes wait for those that complete their message: since when. */
static void wait_for_rest(struct streams *s, struct connection *c, uint32_t n, bool progress)
{
	bool begins = progress || c->in_n == 0;

	c->in_n = n;
	if (!begins)
		return;
	c->begun = c->heard;
	connection_arm(s, c);
}

/* What could not be taken waits for the rest. progress: it is what is behind something that was taken. */
static void keep_rest(struct streams *s, struct connection *c, const char *p, uint32_t n, bool progress)
{
	if (n == 0) {
		free(c->in);
		c->in = NULL;
		c->in_n = c->in_cap = 0;
		return;
	}
	if (p != c->in && room_grow(&c->in, &c->in_cap, n, CONNECTION_IN_MAX)) {
		connection_end(s, c, STREAM_END_MEMORY);
		return;
	}
	if (p != c->in)
		memmove(c->in, p, n);
	wait_for_rest(s, c, n, progress);
}

/* Where the next bytes go: behind what waits, else into the memory that all share. NULL: there is no room. */
static char *room(struct streams *s, struct connection *c, uint32_t *size)
{
	if (c->in_n == 0) {
		*size = sizeof(s->scratch);
		return s->scratch;
	}
	if (c->in_n == c->in_cap && room_grow(&c->in, &c->in_cap, c->in_n + 1, CONNECTION_IN_MAX))
		return NULL;
	*size = c->in_cap - c->in_n;
	return c->in + c->in_n;
}

/* What the connection had in hand before it was cut is answered still. */
static void end_of_input(struct streams *s, struct connection *c, enum sockio io)
{
	enum stream_end why = io == SOCKIO_EOF ? STREAM_END_PEER_CLOSED : sockio_end(c->ssl);

	if (io == SOCKIO_EOF)
		connection_write(s, c);
	connection_end(s, c, why);
}

void connection_receive(struct streams *s, struct connection *c)
{
	uint32_t turn = 0, size, got, taken;
	char *to, *from;
	enum sockio io;

	do {
		to = room(s, c, &size);
		if (!to) {
			connection_end(s, c, STREAM_END_TOO_LARGE);
			return;
		}
		io = sockio_read(c->fd, c->ssl, to, size, &got);
		if (io == SOCKIO_LATER)
			return;
		if (io != SOCKIO_DONE) {
			end_of_input(s, c, io);
			return;
		}
		c->heard = s->setup.clock();
		turn += got;
		from = to - c->in_n;
		got += c->in_n;
		taken = take_all(s, c, from, got);
		if (c->state == CONNECTION_ENDED)
			return;
		keep_rest(s, c, from + taken, got - taken, taken > 0);
		/* A socket says again that it has more; what the TLS library holds, nobody tells. */
	} while (c->state != CONNECTION_ENDED && c->ssl && (turn < READ_TURN || SSL_pending(c->ssl)));
}
