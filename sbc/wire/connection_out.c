/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "sbc/base/room.h"
#include "sbc/wire/connection.h"
#include "sbc/wire/sockio.h"

/* -1: no room for it; the connection is ended then. */
int connection_queue(struct streams *s, struct connection *c, struct span bytes)
{
	if (c->out_from && c->out_n + bytes.n > c->out_cap) {
		memmove(c->out, c->out + c->out_from, c->out_n - c->out_from);
		c->out_n -= c->out_from;
		c->out_from = 0;
	}
	if (bytes.n > CONNECTION_OUT_MAX - c->out_n ||
	    room_grow(&c->out, &c->out_cap, c->out_n + bytes.n, CONNECTION_OUT_MAX)) {
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

void connection_queue_frame(void *ref, struct span bytes)
{
	struct connection_ref *r = ref;

	if (r->c->state != CONNECTION_ENDED)
		connection_queue(r->s, r->c, bytes);
}

int connection_send(struct streams *s, struct connection *c, struct span message)
{
	struct connection_ref ref = { s, c };
	struct websocket_sink sink = { .ctx = &ref, .send = connection_queue_frame };

	if (c->state == CONNECTION_ENDED)
		return -1;
	if (!c->ws)
		return connection_queue(s, c, message);
	if (websocket_send(message, &sink))
		connection_end(s, c, STREAM_END_MEMORY);
	return c->state == CONNECTION_ENDED ? -1 : 0;
}

static void blocked_set(struct streams *s, struct connection *c, bool blocked)
{
	if (c->blocked == blocked)
		return;
	c->blocked = blocked;
	c->stalled = s->setup.clock();
	connection_poll(s, c, EPOLLIN | (blocked ? EPOLLOUT : 0));
	connection_arm(s, c);
}

void connection_write(struct streams *s, struct connection *c)
{
	/* The answer to an upgrade goes out before it is OPEN. */
	while (c->state >= CONNECTION_UPGRADING && c->state != CONNECTION_ENDED && c->out_from < c->out_n) {
		uint32_t put = 0;
		enum sockio io = sockio_write(c->fd, c->ssl, c->out + c->out_from, c->out_n - c->out_from, &put);

		c->out_from += put;
		if (put)
			c->stalled = s->setup.clock();
		if (io == SOCKIO_LATER) {
			blocked_set(s, c, true);
			return;
		}
		if (io != SOCKIO_DONE) {
			connection_end(s, c, sockio_end(c->ssl));
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
