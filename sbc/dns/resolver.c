/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/resolver.h"

#include <stdlib.h>

#include <ares.h>

enum {
	CLASS_IN = 1,
	PAYLOAD = 1232, /* bytes over UDP: no fragments on any path of IPv6; more comes over TCP */
	SERVERS_TEXT_MAX = CONF_DNS_SERVER_MAX * (ADDR_TEXT_MAX + 1),
};

/* A socket of c-ares and our event on it. */
struct watch {
	struct resolver *home;
	struct watch *next;
	struct event *event;
	ares_socket_t fd;
};

struct question {
	struct resolver *home;
	uint32_t id;
	bool asking; /* still within resolver_ask(): what fails at once is told by its result */
	bool failed;
};

struct resolver {
	ares_channel channel;
	bool open, closing;
	struct event_base *base;
	struct event *timer;
	struct watch *watches;
	void (*answered)(void *ctx, uint32_t id, enum resolve_status status, struct span raw);
	void *ctx;
};

/* ----- sockets and time ----- */

/* After every call into c-ares: what it waits for may have changed. */
static void arm(struct resolver *r)
{
	struct timeval tv, *left = ares_timeout(r->channel, NULL, &tv);

	if (left)
		event_add(r->timer, left);
	else
		event_del(r->timer);
}

static void on_time(evutil_socket_t fd, short what, void *ctx)
{
	struct resolver *r = ctx;

	(void)fd, (void)what;
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void on_socket(evutil_socket_t fd, short what, void *ctx)
{
	struct resolver *r = ((struct watch *)ctx)->home;

	ares_process_fd(r->channel, what & EV_READ ? fd : ARES_SOCKET_BAD, what & EV_WRITE ? fd : ARES_SOCKET_BAD);
	arm(r);
}

static void unwatch(struct resolver *r, ares_socket_t fd)
{
	for (struct watch **link = &r->watches; *link; link = &(*link)->next) {
		struct watch *w = *link;

		if (w->fd != fd)
			continue;
		*link = w->next;
		event_free(w->event);
		free(w);
		return;
	}
}

/* c-ares tells what it waits for on a socket; nothing: the socket is about to be closed. */
static void on_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
	short what = (short)(EV_PERSIST | (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
	struct resolver *r = ctx;
	struct watch *w;

	unwatch(r, fd);
	if (!readable && !writable)
		return;
	w = calloc(1, sizeof(*w));
	if (!w)
		return; /* the question times out */
	w->home = r;
	w->fd = fd;
	w->event = event_new(r->base, fd, what, on_socket, w);
	if (!w->event || event_add(w->event, NULL)) {
		if (w->event)
			event_free(w->event);
		free(w);
		return;
	}
	w->next = r->watches;
	r->watches = w;
}

/* ----- opening and closing ----- */

static int set_servers(struct resolver *r, const struct conf_dns *dns)
{
	char text[SERVERS_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	for (unsigned i = 0; i < dns->nserver; i++) {
		if (i)
			writer_byte(&w, ',');
		addr_write(&w, &dns->servers[i]);
	}
	writer_byte(&w, '\0');
	return w.failed || ares_set_servers_ports_csv(r->channel, text) != ARES_SUCCESS ? -1 : 0;
}

struct resolver *resolver_new(const struct resolver_setup *s)
{
	struct resolver *r = calloc(1, sizeof(*r));
	struct ares_options options = {
		.flags = ARES_FLAG_EDNS,
		.ednspsz = PAYLOAD,
		.timeout = (int)s->dns->timeout_ms,
		.tries = (int)s->dns->tries,
		.sock_state_cb = on_state,
		.sock_state_cb_data = r,
	};
	int which = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;

	if (!r)
		return NULL;
	r->base = s->base;
	r->answered = s->answered;
	r->ctx = s->ctx;
	r->timer = event_new(s->base, -1, 0, on_time, r);
	r->open = r->timer && ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
	if (!r->open || ares_init_options(&r->channel, &options, which) != ARES_SUCCESS ||
	    (s->dns->nserver && set_servers(r, s->dns))) {
		resolver_free(r);
		return NULL;
	}
	return r;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	r->closing = true;
	if (r->channel)
		ares_destroy(r->channel);
	while (r->watches)
		unwatch(r, r->watches->fd);
	if (r->timer)
		event_free(r->timer);
	if (r->open)
		ares_library_cleanup();
	free(r);
}

/* ----- questions and answers ----- */

static enum resolve_status status_of(int status)
{
	static const struct {
		int ares;
		enum resolve_status status;
	} known[] = {
		{ ARES_SUCCESS, RESOLVE_OK },
		{ ARES_ENODATA, RESOLVE_NO_DATA },
		{ ARES_ENOTFOUND, RESOLVE_NO_NAME },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].ares == status)
			return known[i].status;
	return RESOLVE_FAILED;
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *raw, int n)
{
	struct question *q = arg;
	struct resolver *r = q->home;
	struct span answer = raw && n > 0 ? span_of(raw, (size_t)n) : (struct span){ 0 };

	(void)timeouts;
	if (q->asking) {
		q->failed = true;
		return;
	}
	if (!r->closing)
		r->answered(r->ctx, q->id, status_of(status), answer);
	free(q);
}

int resolver_ask(struct resolver *r, const char *name, uint16_t type, uint32_t id)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		return -1;
	*q = (struct question){ .home = r, .id = id, .asking = true };
	ares_query(r->channel, name, CLASS_IN, type, on_answer, q);
	arm(r);
	if (q->failed) {
		free(q);
		return -1;
	}
	q->asking = false;
	return 0;
}
