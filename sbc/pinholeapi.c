/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinholeapi.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "alg/conf/duration.h"
#include "sbc/apireply.h"
#include "sbc/relayports.h"
#include "sbc/report.h"
#include "sbc/why.h"

/* One list being made. */
struct listing {
	struct apiwait wait;
	struct engine *engine;
	json_t *rows;
	struct firewalllink_list nft;
	uint32_t number; /* of the list */
	uint32_t limit;
	bool more;
	bool relay_silent;
	char call[128];
};

static void listing_drop(struct apiwait *w)
{
	struct listing *l = (struct listing *)w;

	firewalllink_forget_list(&l->engine->firewall, &l->nft);
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

static bool has_room(struct listing *l)
{
	l->more |= json_array_size(l->rows) >= l->limit;
	return !l->more;
}

static void on_port(void *ctx, const struct relayport *p)
{
	struct listing *l = ctx;

	if (has_room(l))
		json_array_append_new(l->rows, flow_row(l->engine, p));
}

/* ----- those in nftables ----- */

static json_t *nft_row(const struct engine *e, const struct firewall_hole *h, const char *state)
{
	json_t *j = json_object();

	json_object_set_new(j, "id", json_sprintf("%llx", (unsigned long long)h->id));
	json_object_set_new(j, "backend", json_string("nft"));
	json_object_set_new(j, "owner", report_text(h->owner));
	json_object_set_new(j, "direction", json_string(h->direction == FIREWALL_FORWARD ? "forward" : "in"));
	json_object_set_new(j, "protocol", json_string(h->protocol == IPPROTO_TCP ? "tcp" : "udp"));
	for (unsigned i = 0; i < e->core.conf->nrealm; i++)
		if (addr_same_host(&e->core.conf->realms[i].address, &h->ours))
			json_object_set_new(j, "realm", json_string(e->core.conf->realms[i].name));
	json_object_set_new(j, "ours", report_address(&h->ours));
	json_object_set_new(j, "peer", report_address(&h->peer));
	json_object_set_new(j, "state", json_string(state));
	return j;
}

static bool is_wanted(const struct listing *l, const struct firewall_hole *h)
{
	return !l->call[0] || span_eq(h->owner, span_str(l->call));
}

static void on_hole(void *ctx, const struct firewall_answer *row)
{
	struct listing *l = ctx;
	struct pinhole *h = pinholes_find(&l->engine->pinholes, row->hole.id);
	json_t *j;

	if (h)
		h->listed = l->number;
	if (!is_wanted(l, &row->hole) || !has_room(l))
		return;
	j = nft_row(l->engine, &row->hole, h ? pinhole_state_name(h->state) : "closing");
	json_object_set_new(j, "packets", json_integer((json_int_t)row->packets));
	json_object_set_new(j, "bytes", json_integer((json_int_t)row->bytes));
	json_object_set_new(j, "expires_s", json_integer(row->expires_s));
	json_array_append_new(l->rows, j);
}

/* What we want open, and the firewall has not, or not any more. */
static void on_holes_done(void *ctx, bool complete)
{
	struct listing *l = ctx;
	const struct pinholes *all = &l->engine->pinholes;

	for (const struct pinhole *h = all->first; h; h = h->next) {
		bool silent = complete && h->state == PINHOLE_OPEN;

		if (h->listed == l->number || h->state == PINHOLE_CLOSING || !is_wanted(l, &h->hole) || !has_room(l))
			continue;
		json_array_append_new(l->rows, nft_row(l->engine, &h->hole,
						       silent ? "closed by silence" : pinhole_state_name(h->state)));
	}
	listing_done(l);
}

static void ask_firewall(struct listing *l)
{
	struct pinholes *all = &l->engine->pinholes;

	l->number = ++all->lists;
	l->nft = (struct firewalllink_list){ .each = on_hole, .done = on_holes_done, .ctx = l };
	if (!firewalllink_ask_list(&l->engine->firewall, &l->nft))
		on_holes_done(l, false);
}

/* ----- page by page ----- */

static bool ask_relay(struct listing *l, uint32_t after);

static void on_page(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct listing *l = wait->user;
	uint32_t next = 0;

	(void)env;
	l->relay_silent = !answer;
	if (answer)
		next = relayports_read(l->engine->core.conf, answer->body, on_port, l);
	if (next && has_room(l) && ask_relay(l, next))
		return;
	ask_firewall(l);
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
	ask_firewall(l);
}

/* ----- by hand ----- */

/* One word of the request; false: it is told what is wrong with it. */
static bool read_address(struct evhttp_request *req, const char *name, bool port_needed, struct addr *out)
{
	char text[ADDR_TEXT_MAX + 1], detail[160];
	struct span s = apireply_parameter(req, name, text, sizeof(text));

	*out = (struct addr){ 0 };
	if (!port_needed && !span_is_set(s))
		return true;
	if (span_is_set(s) && addr_parse(s, 0, out) == 0 && addr_is_unicast(out) && (out->port || !port_needed))
		return true;
	snprintf(detail, sizeof(detail), "%s is %s, as 198.51.100.5:9000 or [2001:db8::5]:9000.", name,
		 port_needed ? "an address and a port" : "an address, and a port where only that one may send");
	apireply_problem(req, HTTP_BADREQUEST, "Bad address", detail);
	return false;
}

static bool read_for(struct evhttp_request *req, uint32_t *seconds)
{
	char text[16];
	struct span s = apireply_parameter(req, "for", text, sizeof(text));
	uint64_t us;

	if (span_is_set(s) && duration_parse(s, &us) == 0 && us >= 1000000 && us / 1000000 <= FIREWALL_SECONDS_MAX) {
		*seconds = (uint32_t)(us / 1000000);
		return true;
	}
	apireply_problem(req, HTTP_BADREQUEST, "Bad duration",
			 "for says how long it is open: from 1s to 30d, as 10m. Nothing stays open for ever.");
	return false;
}

/* The value that stands at the word, or -1: it is told what is wrong. */
static int read_word(struct evhttp_request *req, const char *name, const char *const words[2])
{
	char text[16], detail[96];
	struct span s = apireply_parameter(req, name, text, sizeof(text));

	for (int i = 0; i < 2; i++)
		if (span_eq(s, span_str(words[i])) || (i == 0 && !span_is_set(s)))
			return i;
	snprintf(detail, sizeof(detail), "%s is %s or %s.", name, words[0], words[1]);
	apireply_problem(req, HTTP_BADREQUEST, "Unknown word", detail);
	return -1;
}

/* What is advertised stands for what is bound. */
static bool is_of_realm(const struct config *conf, struct addr *a)
{
	for (unsigned i = 0; i < conf->nrealm; i++) {
		uint16_t port = a->port;

		if (!addr_same_host(a, &conf->realms[i].address) && !addr_same_host(a, &conf->realms[i].public))
			continue;
		*a = conf->realms[i].address;
		a->port = port;
		return true;
	}
	return false;
}

static bool read_hole(const struct engine *e, struct evhttp_request *req, struct firewall_hole *h)
{
	static const char *const directions[] = { "in", "forward" }, *const protocols[] = { "udp", "tcp" };
	int direction = read_word(req, "direction", directions);
	int protocol = direction < 0 ? -1 : read_word(req, "protocol", protocols);

	if (protocol < 0 || !read_address(req, "ours", true, &h->ours) || !read_address(req, "peer", false, &h->peer) ||
	    !read_for(req, &h->lifetime_s))
		return false;
	h->direction = (enum firewall_direction)direction;
	h->protocol = protocol ? IPPROTO_TCP : IPPROTO_UDP;
	h->owner = SPAN(PINHOLES_BY_HAND);
	if (direction == FIREWALL_IN && !is_of_realm(e->core.conf, &h->ours)) {
		apireply_problem(req, HTTP_BADREQUEST, "Not ours",
				 "ours is of no realm (GET /api/v1/realms lists them). For a host behind this one: "
				 "direction=forward.");
		return false;
	}
	if (addr_is_set(&h->peer) && h->peer.family != h->ours.family) {
		apireply_problem(req, HTTP_BADREQUEST, "Bad address", "peer and ours are not of one family.");
		return false;
	}
	return true;
}

void pinholeapi_open(struct engine *e, struct evhttp_request *req)
{
	struct firewall_hole with = { 0 };
	struct pinhole *h;
	json_t *j;

	if (!read_hole(e, req, &with))
		return;
	if (e->firewall.state == FIREWALLLINK_OFF) {
		apireply_problem(req, APIREPLY_CONFLICT, "No firewall",
				 "pinholes.nftables is off: nothing is closed there, and nothing can be opened.");
		return;
	}
	h = pinholes_open(&e->pinholes, &with);
	if (!h) {
		apireply_problem(req, HTTP_SERVUNAVAIL, "Too many pinholes", "No more can be open at once.");
		return;
	}
	j = nft_row(e, &h->hole, pinhole_state_name(h->state));
	json_object_set_new(j, "expires_s", json_integer(with.lifetime_s));
	if (e->firewall.state != FIREWALLLINK_UP)
		json_object_set_new(j, "warning", json_string("sbc-firewall is not there: it opens when that comes."));
	apireply_ok(req, j);
}

void pinholeapi_close(struct engine *e, struct evhttp_request *req, struct span id)
{
	char text[24] = "", *end;
	struct pinhole *h = NULL;

	if (span_starts(id, SPAN("flow-"))) {
		apireply_problem(req, APIREPLY_CONFLICT, "Not by hand",
				 "A port of the relay closes with its call: DELETE /api/v1/calls/{id} ends that.");
		return;
	}
	if (id.n < sizeof(text)) {
		memcpy(text, id.p, id.n);
		h = pinholes_find(&e->pinholes, strtoull(text, &end, 16));
		h = *end ? NULL : h;
	}
	if (!h) {
		apireply_problem(req, HTTP_NOTFOUND, "No such pinhole", "GET /api/v1/pinholes lists them.");
		return;
	}
	if (!span_eq(h->hole.owner, SPAN(PINHOLES_BY_HAND))) {
		apireply_problem(req, APIREPLY_CONFLICT, "Not by hand",
				 "It is of a call, and closes with it: DELETE /api/v1/calls/{id} ends that.");
		return;
	}
	pinholes_close(h);
	apireply_ok(req, json_pack("{s:s#, s:s}", "id", id.p, (int)id.n, "state", "closing"));
}

/* ----- why was this packet dropped? ----- */

struct question {
	struct apiwait wait;
	struct why why;
};

static void question_drop(struct apiwait *w)
{
	struct question *q = (struct question *)w;

	json_decref(q->why.findings);
	free(q);
}

static void on_whose(void *env, struct relaylink_wait *wait, const struct ng_answer *answer)
{
	struct question *q = wait->user;
	struct why *w = &q->why;

	(void)env;
	if (answer)
		relayports_read(w->engine->core.conf, answer->body, why_port, w);
	why_relay(w, answer);
	apireply_ok(apiwait_end(&q->wait), why_done(w));
	question_drop(&q->wait);
}

static bool read_question(struct evhttp_request *req, struct why *w)
{
	static const char *const protocols[] = { "udp", "tcp" };
	int protocol = read_word(req, "protocol", protocols);
	char text[ADDR_TEXT_MAX + 1];
	struct span from = apireply_parameter(req, "from", text, sizeof(text));

	w->protocol = protocol == 1 ? IPPROTO_TCP : IPPROTO_UDP;
	if (protocol < 0 || !read_address(req, "to", true, &w->to))
		return false;
	/* Packets may claim to be from anywhere. */
	if (span_is_set(from) && addr_parse(from, 0, &w->from) == 0)
		return true;
	apireply_problem(req, HTTP_BADREQUEST, "Bad address",
			 "from is who sent it: an address, with a port where that is known.");
	return false;
}

void pinholeapi_why(struct engine *e, struct apiwait **waits, struct evhttp_request *req)
{
	struct question *q = calloc(1, sizeof(*q));
	struct relayports_question whose;

	if (!q) {
		evhttp_send_error(req, HTTP_INTERNAL, NULL);
		return;
	}
	q->why.engine = e;
	if (!read_question(req, &q->why)) {
		question_drop(&q->wait);
		return;
	}
	apiwait_begin(waits, &q->wait, req, question_drop);
	whose = (struct relayports_question){ .port = q->why.to.port };
	if (why_begin(&q->why)) {
		if (relayports_ask(&e->relay, &whose, on_whose, q, &q->wait.asked))
			return;
		why_relay(&q->why, false);
	}
	apireply_ok(apiwait_end(&q->wait), why_done(&q->why));
	question_drop(&q->wait);
}
