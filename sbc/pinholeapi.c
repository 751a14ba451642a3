/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinholeapi.h"

#include <stdlib.h>

#include "sbc/apireply.h"
#include "sbc/relayports.h"
#include "sbc/report.h"

/* One list being made. */
struct listing {
	struct apiwait wait;
	struct engine *engine;
	json_t *rows;
	uint32_t limit;
	bool more;
	bool relay_silent;
	char call[128];
};

static void listing_drop(struct apiwait *w)
{
	struct listing *l = (struct listing *)w;

	json_decref(l->rows);
	free(l);
}

static void listing_done(struct listing *l)
{
	struct evhttp_request *req = apiwait_end(&l->wait);
	json_t *j = json_pack("{s:O, s:b}", "pinholes", l->rows, "more", (int)l->more);

	if (l->relay_silent)
		json_object_set_new(j, "warning",
				    json_string("The media relay does not answer: its ports are missing."));
	apireply_ok(req, j);
	listing_drop(&l->wait);
}

/* ----- the relay's own ----- */

/* A port of the relay's flow table: closed for all but its call, and once it has learnt, for all but one peer. */
static json_t *flow_row(const struct engine *e, const struct relayport *p)
{
	json_t *j = json_object();

	json_object_set_new(j, "id", json_sprintf("flow-%s-%u", e->core.conf->realms[p->realm].name, p->ours.port));
	json_object_set_new(j, "backend", json_string("flow"));
	json_object_set_new(j, "owner", report_text(p->call_id));
	json_object_set_new(j, "direction", json_string("in"));
	json_object_set_new(j, "protocol", json_string("udp"));
	json_object_set_new(j, "realm", json_string(e->core.conf->realms[p->realm].name));
	json_object_set_new(j, "kind", json_string(p->rtcp ? "RTCP" : "RTP"));
	json_object_set_new(j, "ours", report_address(&p->ours));
	json_object_set_new(j, "peer", report_address(&p->latched));
	json_object_set_new(j, "said", report_address(&p->said));
	json_object_set_new(j, "state",
			    json_string(p->ended                   ? "closing"
					: addr_is_set(&p->latched) ? "pinned"
								   : "learning"));
	json_object_set_new(j, "packets", json_integer((json_int_t)p->packets));
	json_object_set_new(j, "bytes", json_integer((json_int_t)p->bytes));
	json_object_set_new(j, "refused_packets", json_integer((json_int_t)p->refused));
	json_object_set_new(j, "last_packet", p->last_packet ? json_integer(p->last_packet) : json_null());
	json_object_set_new(j, "expires_s", json_null());
	return j;
}

static void on_port(void *ctx, const struct relayport *p)
{
	struct listing *l = ctx;

	if (json_array_size(l->rows) >= l->limit)
		l->more = true;
	else
		json_array_append_new(l->rows, flow_row(l->engine, p));
}

static bool ask_relay(struct listing *l, uint32_t after);

static void on_page(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct listing *l = wait->user;
	uint32_t next = 0;

	(void)env;
	l->relay_silent = !answer;
	if (answer)
		next = relayports_read(l->engine->core.conf, answer->body, on_port, l);
	if (next && json_array_size(l->rows) >= l->limit)
		l->more = true;
	else if (next && ask_relay(l, next))
		return;
	listing_done(l);
}

static bool ask_relay(struct listing *l, uint32_t after)
{
	const struct relayports_question q = { .call_id = span_str(l->call), .after = after };

	return relayports_ask(&l->engine->relay, &q, on_page, l, &l->wait.asked);
}

/* ----- all of them ----- */

/* 0, or -1: it is told what is wrong. */
static int read_parameters(struct evhttp_request *req, struct listing *l)
{
	char text[16];
	struct span limit = apireply_parameter(req, "limit", text, sizeof(text));

	l->limit = PINHOLEAPI_LIMIT;
	apireply_parameter(req, "call", l->call, sizeof(l->call));
	if (span_is_set(limit) && (span_u32(limit, &l->limit) || l->limit == 0 || l->limit > PINHOLEAPI_MOST)) {
		apireply_problem(req, HTTP_BADREQUEST, "Bad limit", "limit is a number from 1 to 100000.");
		return -1;
	}
	return 0;
}

void pinholeapi_list(struct engine *e, struct apiwait **waits, struct evhttp_request *req)
{
	struct listing *l = calloc(1, sizeof(*l));

	if (!l || !(l->rows = json_array())) {
		free(l);
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	l->engine = e;
	if (read_parameters(req, l)) {
		listing_drop(&l->wait);
		return;
	}
	apiwait_begin(waits, &l->wait, req, listing_drop);
	if (ask_relay(l, 0))
		return;
	l->relay_silent = true;
	listing_done(l);
}
