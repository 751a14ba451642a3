/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/connection.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sbc/wire/tls.h"

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
		return (struct deadline){ c->entered + opening[c->state].ms, opening[c->state].why };
	deadline_take(&d, c->proven ? c->heard + CONNECTION_IDLE_MS : c->entered + CONNECTION_SILENT_MS,
		      STREAM_END_IDLE);
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
void connection_arm(struct streams *s, struct connection *c)
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
	c->entered = c->heard = s->setup.clock();
	connection_arm(s, c);
}

/* ----- life ----- */

void connection_poll(struct streams *s, struct connection *c, uint32_t events)
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
	c->link = &s->all;
	if (s->all)
		s->all->link = &c->next;
	s->all = c;
	s->stats.open++;
	s->stats.open_of[c->flow.realm][c->flow.transport]++;
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
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	s->stats.open--;
	s->stats.open_of[c->flow.realm][c->flow.transport]--;
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
	log_line(&s->setup.log, c->accepted || why <= STREAM_END_BANNED ? LOG_DEBUG : LOG_WARN,
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

/* ----- opening ----- */

static void secure(struct streams *s, struct connection *c)
{
	static const enum stream_end ends[] = {
		[TLS_FAILED] = STREAM_END_TLS_FAILED,
		[TLS_UNTRUSTED] = STREAM_END_TLS_CHAIN,
		[TLS_OTHER_NAME] = STREAM_END_TLS_NAME,
	};
	enum tls_step step;

	/* Who connects and says nothing costs no more than that. */
	if (!c->ssl)
		c->ssl = c->accepted ? tls_accept(s->tls, c->flow.realm, c->fd)
				     : tls_connect(s->tls, c->flow.trunk, &c->flow.peer, c->fd);
	step = c->ssl ? tls_handshake(s->tls, c->ssl, &c->flow) : TLS_FAILED;
	if (step == TLS_MORE) {
		if (SSL_want_write(c->ssl))
			connection_poll(s, c, EPOLLIN | EPOLLOUT);
		return;
	}
	if (step != TLS_DONE) {
		connection_end(s, c, ends[step]);
		return;
	}
	s->stats.handshakes++;
	connection_poll(s, c, EPOLLIN);
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
	connection_poll(s, c, EPOLLIN);
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
	connection_enter(s, c, tls ? CONNECTION_SECURING : c->ws ? CONNECTION_UPGRADING : CONNECTION_OPEN);
	if (tls && !c->accepted)
		secure(s, c);
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
		connection_receive(s, c);
}
