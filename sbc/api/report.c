/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/report.h"

#include "alg/sip/nameaddr.h"
#include "sbc/engine/hearing.h"
#include "sbc/registrar/edge_name.h"
#include "sbc/store/store.h"
#include "sbc/trunk/trunkregs.h"

static const char *const transports[] = { "udp", "tcp", "tls", "ws", "wss" };

json_t *report_text(struct span s)
{
	json_t *j = json_stringn(s.p ? s.p : "", s.n);
	char ascii[512];
	uint32_t n = s.n < sizeof(ascii) ? s.n : sizeof(ascii);

	if (j)
		return j;
	for (uint32_t i = 0; i < n; i++)
		ascii[i] = (unsigned char)s.p[i] < 0x80 && s.p[i] ? s.p[i] : '?';
	return json_stringn(ascii, n);
}

json_t *report_address(const struct addr *a)
{
	char buf[ADDR_TEXT_MAX];
	struct writer w = writer_over(buf, sizeof(buf));

	if (!addr_is_set(a))
		return json_null();
	if (a->port)
		return json_string(addr_text(a, buf));
	addr_write_host(&w, a, false);
	return report_text(writer_done(&w));
}

static const char *realm_name(const struct engine *e, const struct flow *f)
{
	return e->core.conf->realms[f->realm].name;
}

/* "none": nothing is to be kept. A configured one that could not be opened is down. */
static json_t *store(const struct engine *e)
{
	struct store_state s = { 0 };

	if (e->store)
		s = store_state(e->store);
	return json_pack("{s:s, s:i}", "state",
			 !e->core.conf->store.local ? "none"
			 : s.up                     ? "up"
						    : "down",
			 "waiting", (int)s.waiting);
}

static const char *firewall_state(const struct engine *e)
{
	static const char *const names[] = {
		[FIREWALLLINK_OFF] = "off",
		[FIREWALLLINK_AWAY] = "down",
		[FIREWALLLINK_UP] = "up",
		[FIREWALLLINK_REFUSED] = "refuses us",
	};

	return names[e->firewall.state];
}

/* Calls that a relay which was started again could not take up, the last one first. */
static json_t *not_revived(const struct engine *e)
{
	json_t *list = json_array();
	const struct lostcall *c;

	for (unsigned i = 0; (c = lostcalls_at(&e->lostcalls, i)); i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:o, s:o, s:I, s:o}", "id", c->id, "from",
						report_text(span_str(c->from)), "to", report_text(span_str(c->to)),
						"ended", (json_int_t)c->at, "why", report_text(span_str(c->why))));
	return list;
}

json_t *report_status(const struct engine *e)
{
	const struct core *core = &e->core;
	unsigned calls = 0, up = 0;
	json_t *relay = json_object(), *j;

	for (const struct call *c = e->calls; c; c = c->next) {
		calls += c->kind == CALL_INVITE && c->state != CALL_OVER;
		up += c->kind == CALL_INVITE && c->state == CALL_UP;
	}
	json_object_set_new(relay, "address", json_string(core->conf->relay.ng[0]));
	json_object_set_new(relay, "state",
			    json_string(e->relay.reachable     ? "up"
					: e->relay.last_answer ? "down"
							       : "not asked yet"));
	json_object_set_new(relay, "owner", json_string(e->relay.owner));
	json_object_set_new(relay, "calls_not_set_up_again", not_revived(e));
	json_object_set_new(relay, "calls_that_need_keys", json_integer(e->renewals.ncall));
	j = json_pack("{s:s, s:s, s:I, s:i, s:i, s:I, s:I, s:i, s:i, s:i, s:b}", "version", NATSBC_VERSION, "node",
		      core->conf->node ? core->conf->node : "sbc", "uptime_s",
		      (json_int_t)((core_now(core) - e->started) / 1000), "calls", (int)calls, "calls_up", (int)up,
		      "calls_total", (json_int_t)core->count.n[COUNT_CALL_STARTED], "answered_total",
		      (json_int_t)core->count.n[COUNT_CALL_ANSWERED], "legs", (int)e->dialogs.count, "transactions",
		      (int)e->txns.count, "registrations", (int)bindings_count(e->bindings), "draining",
		      (int)e->draining);
	json_object_set_new(j, "timers", json_integer((json_int_t)core->wheel.count));
	json_object_set_new(j, "buffers_bytes", json_integer((json_int_t)core->bufs.bytes_out));
	json_object_set_new(j, "relay", relay);
	json_object_set_new(j, "store", store(e));
	json_object_set_new(j, "firewall",
			    json_pack("{s:s, s:i, s:s?}", "state", firewall_state(e), "pinholes",
				      (int)e->pinholes.by_id.count, "error", e->firewall.error));
	return j;
}

static const char *state_name(const struct call *c)
{
	static const char *const names[] = { "setup", "up", "over" };

	return names[c->state];
}

static json_t *leg_brief(const struct engine *e, const struct leg *l)
{
	json_t *j = json_object();

	json_object_set_new(j, "realm", json_string(realm_name(e, &l->flow)));
	json_object_set_new(j, "peer", report_address(&l->flow.peer));
	if (l->trunk >= 0)
		json_object_set_new(j, "trunk", json_string(e->core.conf->trunks[l->trunk].name));
	return j;
}

static json_t *leg_full(const struct engine *e, const struct leg *l)
{
	static const char *const states[] = { "new", "early", "confirmed", "ended" };
	json_t *j = leg_brief(e, l);

	json_object_set_new(j, "state", json_string(states[l->state]));
	json_object_set_new(j, "call_id", report_text(buf_span(l->call_id)));
	json_object_set_new(j, "local", report_text(buf_span(l->local)));
	json_object_set_new(j, "remote", report_text(buf_span(l->remote)));
	json_object_set_new(j, "local_tag", report_text(buf_span(l->local_tag)));
	json_object_set_new(j, "remote_tag", report_text(buf_span(l->remote_tag)));
	json_object_set_new(j, "contact", report_text(buf_span(l->target)));
	json_object_set_new(j, "unacknowledged_2xx", json_boolean(timer_runs(&l->answer_timer)));
	return j;
}

json_t *report_call_brief(const struct engine *e, const struct call *c)
{
	uint64_t now = core_now(&e->core);
	json_t *j = json_object();

	json_object_set_new(j, "id", json_string(c->id));
	json_object_set_new(j, "state", json_string(state_name(c)));
	json_object_set_new(j, "from", report_text(buf_span(c->from)));
	json_object_set_new(j, "to", report_text(buf_span(c->to)));
	json_object_set_new(j, "created", json_integer(c->created_wall));
	json_object_set_new(j, "age_s", json_integer((json_int_t)((now - c->created) / 1000)));
	json_object_set_new(j, "duration_s",
			    json_integer(c->answered_at ? (json_int_t)((now - c->answered_at) / 1000) : 0));
	json_object_set_new(j, "a", leg_brief(e, c->leg[SIDE_A]));
	json_object_set_new(j, "b", leg_brief(e, c->leg[SIDE_B]));
	return j;
}

/* The relay's dictionaries as they are: names and numbers mean the same to whoever reads them. */
static json_t *from_bencode(const struct ng_value *v, int depth)
{
	struct ng_value item;
	struct span key;
	uint32_t at = 0;
	json_t *j;

	if (depth > NG_DEPTH_MAX)
		return json_null();
	switch (v->kind) {
	case NG_STRING:
		return report_text(v->text);
	case NG_INTEGER:
		return json_integer(v->integer);
	case NG_LIST_KIND:
		j = json_array();
		while (ng_next(v->text, &at, &key, &item) == 1)
			json_array_append_new(j, from_bencode(&item, depth + 1));
		return j;
	case NG_DICT:
		j = json_object();
		while (ng_next(v->text, &at, &key, &item) == 1) {
			char name[128];

			if (key.n >= sizeof(name))
				continue;
			memcpy(name, key.p, key.n);
			name[key.n] = '\0';
			json_object_set_new(j, name, from_bencode(&item, depth + 1));
		}
		return j;
	}
	return json_null();
}

json_t *report_call(const struct engine *e, const struct call *c, struct span media)
{
	struct ng_value v = { .kind = NG_DICT, .text = media };
	json_t *j = report_call_brief(e, c), *told = media.n ? from_bencode(&v, 0) : json_null();
	static const char *const names[] = { [SIDE_A] = "a", [SIDE_B] = "b" };

	for (int side = SIDE_A; side <= SIDE_B; side++) {
		json_t *leg = leg_full(e, c->leg[side]);

		json_object_set_new(leg, "media", hearing_figures(told, c->leg[side]));
		json_object_set_new(j, names[side], leg);
	}
	json_object_set_new(j, "findings", hearing_findings(told, c));
	json_object_set_new(j, "media", told);
	return j;
}

/* Who keeps the registration, and until when; nothing where that is this SBC. */
static void upstream(const struct engine *e, const struct binding *b, json_t *j)
{
	const struct binding_facts *f = &b->facts;
	uint64_t now = core_now(&e->core);

	if (!f->token.n)
		return;
	json_object_set_new(j, "home", json_string(e->core.conf->realms[f->flow.realm].phones.home));
	json_object_set_new(j, "home_contact", report_text(f->token));
	json_object_set_new(j, "home_expires_s",
			    json_integer(f->upstream_at > now ? (json_int_t)((f->upstream_at - now) / 1000) : 0));
}

json_t *report_registration(const struct engine *e, const struct binding *b)
{
	struct keepalive_state k = keepalive_state(e->keepalive, b);
	uint64_t now = core_now(&e->core);
	json_t *j = json_object();

	json_object_set_new(j, "aor", report_text(binding_user_name(b)));
	json_object_set_new(j, "contact", report_text(b->facts.contact));
	json_object_set_new(j, "realm", json_string(realm_name(e, &b->facts.flow)));
	json_object_set_new(j, "source", report_address(&b->facts.flow.peer));
	json_object_set_new(j, "nat", json_boolean(b->facts.nat));
	json_object_set_new(
		j, "expires_s",
		json_integer(b->facts.expires_at > now ? (json_int_t)((b->facts.expires_at - now) / 1000) : 0));
	json_object_set_new(j, "keepalive_rtt_ms",
			    k.pinged && k.rtt_ms != UINT32_MAX ? json_integer(k.rtt_ms) : json_null());
	json_object_set_new(j, "keepalive_misses", json_integer(k.misses));
	json_object_set_new(j, "user_agent", report_text(b->facts.agent));
	upstream(e, b, j);
	return j;
}

json_t *report_realms(const struct engine *e)
{
	const struct config *conf = e->core.conf;
	json_t *list = json_array();

	for (unsigned i = 0; i < conf->nrealm; i++) {
		const struct conf_realm *r = &conf->realms[i];
		json_t *j = json_object(), *listen = json_array();
		char host[ADDR_TEXT_MAX];
		struct writer w = writer_over(host, sizeof(host));
		unsigned regs = 0;
		uint32_t pos = 0;
		const struct binding *b;

		for (unsigned k = 0; k < r->nlisten; k++)
			json_array_append_new(
				listen, json_sprintf("%s:%u", transports[r->listen[k].transport], r->listen[k].port));
		while ((b = bindings_next(e->bindings, &pos)))
			regs += b->facts.flow.realm == i;
		addr_write_host(&w, &r->address, false);
		json_object_set_new(j, "name", json_string(r->name));
		json_object_set_new(j, "address", report_text(writer_done(&w)));
		w = writer_over(host, sizeof(host));
		addr_write_host(&w, &r->public, false);
		json_object_set_new(j, "public", report_text(writer_done(&w)));
		json_object_set_new(j, "listen", listen);
		json_object_set_new(j, "media_ports", json_sprintf("%u-%u", r->media_first, r->media_last));
		json_object_set_new(j, "phones", json_boolean(r->phones.present));
		json_object_set_new(j, "registrations", json_integer(regs));
		if (edge_home(e, i) >= 0)
			json_object_set_new(j, "home", json_string(r->phones.home));
		/* Known phones are served without their home: see edge.h. */
		json_object_set_new(j, "survival", json_boolean(e->edge.realm[i].survives));
		json_array_append_new(list, j);
	}
	return json_pack("{s:o}", "realms", list);
}

static json_t *trunk_place(const struct engine *e, const struct trunk_place *p)
{
	uint64_t now = core_now(&e->core);
	json_t *j = json_object();

	json_object_set_new(j, "host", json_string(e->core.conf->trunks[p->trunk].peers[p->peer].name));
	json_object_set_new(j, "address", report_address(&p->flow.peer));
	json_object_set_new(j, "transport", json_string(transports[p->flow.transport]));
	json_object_set_new(j, "state", json_string(trunk_state_name((enum trunk_state)p->state)));
	json_object_set_new(j, "since_s", json_integer(p->since ? (json_int_t)((now - p->since) / 1000) : 0));
	json_object_set_new(j, "rests_s",
			    json_integer(p->rests_until > now ? (json_int_t)((p->rests_until - now + 999) / 1000) : 0));
	json_object_set_new(j, "rtt_ms", p->status ? json_integer(p->rtt_ms) : json_null());
	json_object_set_new(j, "status", p->status ? json_integer(p->status) : json_null());
	return j;
}

/* All places of the trunk's peers, and the peers that none was found of. */
static json_t *trunk_peers(const struct engine *e, unsigned t)
{
	const struct conf_trunk *trunk = &e->core.conf->trunks[t];
	bool found[CONF_PEER_MAX] = { false };
	const struct trunk_place *p = NULL;
	json_t *list = json_array();

	while ((p = trunks_next(&e->trunks, t, p))) {
		json_array_append_new(list, trunk_place(e, p));
		found[p->peer] = true;
	}
	for (unsigned k = 0; k < trunk->npeer; k++)
		if (!found[k])
			json_array_append_new(list, json_pack("{s:s, s:n, s:s}", "host", trunk->peers[k].name,
							      "address", "state", "not located"));
	return list;
}

static json_t *until(uint64_t ms, uint64_t now)
{
	return ms > now ? json_integer((json_int_t)((ms - now + 999) / 1000)) : json_null();
}

/* Our registration at the trunk; null: it wants none. */
static json_t *trunk_registration(const struct engine *e, unsigned t)
{
	uint64_t now = core_now(&e->core);
	struct trunkreg_report r;
	json_t *j;

	if (!trunkregs_report(e->registrations, t, &r))
		return json_null();
	j = json_object();
	json_object_set_new(j, "state", json_string(trunkreg_state_name(r.state)));
	json_object_set_new(j, "user", json_string(e->core.conf->trunks[t].reg.user));
	json_object_set_new(j, "address", report_address(&r.where));
	json_object_set_new(j, "since_s", json_integer((json_int_t)((now - r.since) / 1000)));
	json_object_set_new(j, "expires_s", until(r.expires, now));
	json_object_set_new(j, "next_s", until(r.next, now));
	json_object_set_new(j, "status", r.status ? json_integer(r.status) : json_null());
	return j;
}

json_t *report_trunks(const struct engine *e)
{
	const struct config *conf = e->core.conf;
	json_t *list = json_array();

	for (unsigned t = 0; t < conf->ntrunk; t++) {
		json_t *j = json_object();

		json_object_set_new(j, "name", json_string(conf->trunks[t].name));
		json_object_set_new(j, "realm", json_string(conf->realms[conf->trunks[t].realm].name));
		json_object_set_new(j, "calls", json_integer(e->admission.trunk[t].calls));
		json_object_set_new(j, "disabled", json_boolean(e->trunks.out_of_use[t]));
		json_object_set_new(j, "registration", trunk_registration(e, t));
		json_object_set_new(j, "peers", trunk_peers(e, t));
		json_array_append_new(list, j);
	}
	return json_pack("{s:o}", "trunks", list);
}
