/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/pinholelist.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "sbc/api/apiparam.h"
#include "sbc/api/apireply.h"
#include "sbc/api/report.h"
#include "sbc/media/relayports.h"

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

/* ----- those of the router above ----- */

static json_t *mapping_row(const struct engine *e, const struct mapping *p)
{
	static const char *const languages[FIREWALL_ROUTER_N] = {
		[FIREWALL_ROUTER_PCP] = "PCP", [FIREWALL_ROUTER_NATPMP] = "NAT-PMP"
	};
	const char *protocol = p->protocol == IPPROTO_TCP ? "tcp" : "udp", *realm = e->core.conf->realms[p->realm].name;
	uint64_t now = core_now(&e->core);
	bool open = p->state == MAPPING_OPEN;
	json_t *j = json_object();

	json_object_set_new(j, "id", json_sprintf("router-%s-%s-%u", realm, protocol, p->ours.port));
	json_object_set_new(j, "backend", json_string("router"));
	json_object_set_new(j, "owner", json_string(p->listener ? "listener" : p->owner));
	json_object_set_new(j, "direction", json_string("in"));
	json_object_set_new(j, "protocol", json_string(protocol));
	json_object_set_new(j, "realm", json_string(realm));
	json_object_set_new(j, "kind", languages[p->language] ? json_string(languages[p->language]) : json_null());
	json_object_set_new(j, "ours", report_address(&p->ours));
	json_object_set_new(j, "peer", json_null());
	json_object_set_new(j, "router", report_address(&p->router));
	json_object_set_new(j, "outside", open ? report_address(&p->outside) : json_null());
	json_object_set_new(j, "state", json_string(mapping_state_name(p->state)));
	json_object_set_new(j, "expires_s",
			    open ? json_integer(p->until > now ? (json_int_t)((p->until - now) / 1000) : 0)
				 : json_null());
	json_object_set_new(j, "error", p->why[0] ? json_string(p->why) : json_null());
	return j;
}

static void list_mappings(struct listing *l)
{
	for (const struct mapping *p = l->engine->mappings.first; p; p = p->next)
		if ((!l->call[0] || strcmp(p->owner, l->call) == 0) && has_room(l))
			json_array_append_new(l->rows, mapping_row(l->engine, p));
}

/* ----- those in nftables ----- */

json_t *pinholelist_row(const struct engine *e, const struct firewall_hole *h, const char *state)
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
	j = pinholelist_row(l->engine, &row->hole, h ? pinhole_state_name(h->state) : "closing");
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
		json_array_append_new(l->rows,
				      pinholelist_row(l->engine, &h->hole,
						      silent ? "closed by silence" : pinhole_state_name(h->state)));
	}
	list_mappings(l);
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
	const struct span limit = apiparam_text(req, "limit", text, sizeof(text));
	const struct span call = apiparam_text(req, "call", l->call, sizeof(l->call));

	l->limit = PINHOLELIST_LIMIT;
	if (span_is_set(limit) && (span_u32(limit, &l->limit) || l->limit == 0 || l->limit > PINHOLELIST_MOST)) {
		apireply_problem(req, HTTP_BADREQUEST, "Bad limit", "limit is a number from 1 to 100000.");
		return -1;
	}
	if (span_is_set(call) && call.n == 0) {
		apireply_problem(req, HTTP_BADREQUEST, "Bad call",
				 "call is the id of one, as GET /api/v1/calls tells it.");
		return -1;
	}
	return 0;
}

void pinholelist_get(struct engine *e, struct apiwait **waits, struct evhttp_request *req)
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
	/* Who waits for a relay that is known to be down waits for seconds. */
	l->relay_silent = e->relay.missed || !ask_relay(l, 0);
	if (l->relay_silent)
		ask_firewall(l);
}
