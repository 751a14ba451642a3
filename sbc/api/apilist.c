/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apilist.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>

#include "sbc/api/apireply.h"
#include "sbc/api/report.h"
#include "sbc/call/calls.h"
#include "sbc/registrar/bindings.h"

typedef char call_id[TOKEN_ID_LEN + 1];

struct apilist {
	struct apiwait wait; /* first, see apiwait.h */
	struct engine *engine;
	struct event *turn;
	struct evbuffer *text;
	uint32_t nrow, at;
	/* The row at that place; NULL: it is no more. */
	json_t *(*row)(struct apilist *l, uint32_t at);
	call_id *ids; /* of calls that there were at the beginning; else NULL */
};

static void list_free(struct apilist *l)
{
	if (l->turn)
		event_free(l->turn);
	if (l->text)
		evbuffer_free(l->text);
	free(l->ids);
	free(l);
}

static void list_drop(struct apiwait *w)
{
	list_free((struct apilist *)w);
}

static bool row_write(struct apilist *l, json_t *j)
{
	char *text = json_dumps(j, 0);
	bool begun = evbuffer_get_length(l->text) > 0;
	bool ok = text && evbuffer_add_printf(l->text, "%s    %s", begun ? ",\n" : "", text) >= 0;

	free(text);
	json_decref(j);
	return ok;
}

static void list_send(struct apilist *l, const char *name)
{
	struct evhttp_request *req = apiwait_end(&l->wait);
	struct evbuffer *all = evhttp_request_get_output_buffer(req);

	evbuffer_add_printf(all, "{\n  \"%s\": [\n", name);
	evbuffer_add_buffer(all, l->text);
	apireply_text(req, HTTP_OK, "application/json", SPAN("\n  ]\n}"));
	list_free(l);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	static const struct timeval at_once = { 0 };
	struct apilist *l = ctx;

	(void)fd, (void)what;
	for (unsigned i = 0; i < APILIST_ROWS && l->at < l->nrow; i++) {
		json_t *j = l->row(l, l->at++);

		if (j && !row_write(l, j)) {
			evhttp_send_error(apiwait_end(&l->wait), HTTP_INTERNAL, NULL);
			list_free(l);
			return;
		}
	}
	if (l->at < l->nrow)
		event_add(l->turn, &at_once);
	else
		list_send(l, l->ids ? "calls" : "registrations");
}

static struct apilist *list_new(struct loop *loop, struct evhttp_request *req)
{
	struct apilist *l = calloc(1, sizeof(*l));

	if (!l) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return NULL;
	}
	l->engine = loop->engine;
	l->text = evbuffer_new();
	l->turn = event_new(loop->base, -1, 0, on_turn, l);
	if (l->text && l->turn)
		return l;
	evhttp_send_error(req, HTTP_INTERNAL, NULL);
	list_free(l);
	return NULL;
}

/* ----- calls ----- */

static bool is_told(const struct call *c)
{
	return c->kind == CALL_INVITE && c->state != CALL_OVER;
}

static json_t *call_row(struct apilist *l, uint32_t at)
{
	const struct call *c = calls_find(l->engine, span_str(l->ids[at]));

	return c && is_told(c) ? report_call_brief(l->engine, c) : NULL;
}

void apilist_calls(struct loop *loop, struct apiwait **waits, struct evhttp_request *req)
{
	struct apilist *l = list_new(loop, req);
	uint32_t n = 0;

	if (!l)
		return;
	for (const struct call *c = l->engine->calls; c; c = c->next)
		n += is_told(c);
	l->ids = calloc(n + 1, sizeof(*l->ids));
	if (!l->ids) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		list_free(l);
		return;
	}
	for (const struct call *c = l->engine->calls; c; c = c->next)
		if (is_told(c))
			memcpy(l->ids[l->nrow++], c->id, sizeof(c->id));
	l->row = call_row;
	apiwait_begin(waits, &l->wait, req, list_drop);
	on_turn(-1, 0, l);
}

/* ----- registrations ----- */

static json_t *registration_row(struct apilist *l, uint32_t at)
{
	const struct binding *b = bindings_at_place(l->engine->bindings, at);

	return b ? report_registration(l->engine, b) : NULL;
}

void apilist_registrations(struct loop *loop, struct apiwait **waits, struct evhttp_request *req)
{
	struct apilist *l = list_new(loop, req);

	if (!l)
		return;
	l->nrow = bindings_capacity(l->engine->bindings);
	l->row = registration_row;
	apiwait_begin(waits, &l->wait, req, list_drop);
	on_turn(-1, 0, l);
}
