/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/metrics.h"

#include "sbc/base/transport.h"
#include "sbc/store/store.h"
#include "sbc/trunk/trunkregs.h"

static void gauge(struct writer *w, const char *name, const char *help, uint64_t value)
{
	writer_format(w, "# HELP %s %s\n# TYPE %s gauge\n%s %llu\n", name, help, name, name, (unsigned long long)value);
}

static void calls_by_state(const struct engine *e, struct writer *w)
{
	static const char *const names[] = { "setup", "up" };
	uint64_t n[3] = { 0 };

	for (const struct call *c = e->calls; c; c = c->next)
		if (c->kind == CALL_INVITE)
			n[c->state]++;
	writer_str(w, "# HELP sbc_calls Calls now.\n# TYPE sbc_calls gauge\n");
	for (int i = 0; i < 2; i++)
		writer_format(w, "sbc_calls{state=\"%s\"} %llu\n", names[i], (unsigned long long)n[i]);
}

static void registrations_by_realm(const struct engine *e, struct writer *w)
{
	uint64_t n[CONF_REALM_MAX][2] = { 0 };
	const struct binding *b;
	uint32_t pos = 0;

	while ((b = bindings_next(e->bindings, &pos)))
		n[b->facts.flow.realm][b->facts.nat]++;
	writer_str(w, "# HELP sbc_registrations Registered contacts now.\n# TYPE sbc_registrations gauge\n");
	for (unsigned r = 0; r < e->core.conf->nrealm; r++)
		for (int nat = 0; nat < 2; nat++)
			writer_format(w, "sbc_registrations{realm=\"%s\",nat=\"%s\"} %llu\n",
				      e->core.conf->realms[r].name, nat ? "yes" : "no", (unsigned long long)n[r][nat]);
}

/* What is in doubt is still tried. */
static void trunk_peers(const struct engine *e, struct writer *w)
{
	const struct config *conf = e->core.conf;
	char address[ADDR_TEXT_MAX];

	if (conf->ntrunk)
		writer_str(w,
			   "# HELP sbc_trunk_up The peer answers, or was not asked yet.\n# TYPE sbc_trunk_up gauge\n");
	for (unsigned t = 0; t < conf->ntrunk; t++)
		for (const struct trunk_place *p = trunks_next(&e->trunks, t, NULL); p;
		     p = trunks_next(&e->trunks, t, p))
			writer_format(w, "sbc_trunk_up{trunk=\"%s\",peer=\"%s\",address=\"%s\",transport=\"%s\"} %d\n",
				      conf->trunks[t].name, conf->trunks[t].peers[p->peer].name,
				      addr_text(&p->flow.peer, address),
				      transport_info((enum conf_transport)p->flow.transport)->via.p,
				      p->state != TRUNK_DOWN);
}

/* Of the last answer to a ping: a place that never answered has none. */
static void trunk_probes(const struct engine *e, struct writer *w)
{
	const struct config *conf = e->core.conf;
	char address[ADDR_TEXT_MAX];
	bool first = true;

	for (unsigned t = 0; t < conf->ntrunk; t++)
		for (const struct trunk_place *p = trunks_next(&e->trunks, t, NULL); p;
		     p = trunks_next(&e->trunks, t, p)) {
			if (!p->status)
				continue;
			writer_format(
				w,
				"%ssbc_trunk_probe_rtt_seconds{trunk=\"%s\",peer=\"%s\",address=\"%s\","
				"transport=\"%s\"} %u.%03u\n",
				first ? "# HELP sbc_trunk_probe_rtt_seconds From the last OPTIONS to its answer.\n"
					"# TYPE sbc_trunk_probe_rtt_seconds gauge\n"
				      : "",
				conf->trunks[t].name, conf->trunks[t].peers[p->peer].name,
				addr_text(&p->flow.peer, address),
				transport_info((enum conf_transport)p->flow.transport)->via.p, p->rtt_ms / 1000,
				p->rtt_ms % 1000);
			first = false;
		}
}

static bool any_registers(const struct config *conf)
{
	for (unsigned t = 0; t < conf->ntrunk; t++)
		if (conf->trunks[t].reg.present)
			return true;
	return false;
}

static void trunk_registrations(const struct engine *e, struct writer *w)
{
	const struct config *conf = e->core.conf;
	struct trunkreg_report r;

	if (any_registers(conf))
		writer_str(w, "# HELP sbc_trunk_registered Our registration at the trunk holds.\n"
			      "# TYPE sbc_trunk_registered gauge\n");
	for (unsigned t = 0; t < conf->ntrunk; t++)
		if (trunkregs_report(e->registrations, t, &r))
			writer_format(w, "sbc_trunk_registered{trunk=\"%s\"} %d\n", conf->trunks[t].name,
				      r.state == TRUNKREG_UP);
}

static void store(const struct engine *e, struct writer *w)
{
	struct store_state s = { 0 };

	if (!e->core.conf->store.local)
		return;
	if (e->store)
		s = store_state(e->store);
	gauge(w, "sbc_store_up", "What is registered is kept for the next start.", s.up);
	gauge(w, "sbc_store_waiting", "Registrations whose last state is not in the store yet.", s.waiting);
}

static void limited(const struct engine *e, struct writer *w)
{
	static const enum count reasons[] = { COUNT_DROP_BANNED,  COUNT_DROP_OVER,   COUNT_DROP_FLOOD,
					      COUNT_DROP_SCANNER, COUNT_REFUSE_HELD, COUNT_REFUSE_OVERLOAD };

	writer_str(w, "# HELP sbc_limited_total Messages that were held back, by reason.\n"
		      "# TYPE sbc_limited_total counter\n");
	for (unsigned i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		writer_format(w, "sbc_limited_total{reason=\"%s\"} %llu\n", count_name(reasons[i]),
			      (unsigned long long)e->core.count.n[reasons[i]]);
	writer_str(w, "# HELP sbc_bans_total Bans that began, by reason.\n# TYPE sbc_bans_total counter\n");
	for (unsigned i = 0; i < EVIDENCE_N; i++)
		writer_format(w, "sbc_bans_total{reason=\"%s\"} %llu\n", evidence_name((enum evidence)i),
			      (unsigned long long)e->guard.bans.total[i]);
}

static void firewall(const struct engine *e, struct writer *w)
{
	if (e->firewall.state == FIREWALLLINK_OFF)
		return;
	gauge(w, "sbc_firewall_up", "sbc-firewall is there.", e->firewall.state == FIREWALLLINK_UP);
	gauge(w, "sbc_pinholes", "Pinholes that nftables is to have, for calls and by hand.", e->pinholes.by_id.count);
}

void metrics_write(const struct engine *e, struct writer *w)
{
	writer_format(w,
		      "# HELP sbc_build_info Version.\n# TYPE sbc_build_info gauge\nsbc_build_info{version=\"%s\"} 1\n",
		      NATSBC_VERSION);
	gauge(w, "process_start_time_seconds", "When the program started, in seconds since 1970.",
	      (uint64_t)e->started_wall);
	calls_by_state(e, w);
	registrations_by_realm(e, w);
	trunk_peers(e, w);
	trunk_probes(e, w);
	trunk_registrations(e, w);
	store(e, w);
	firewall(e, w);
	gauge(w, "sbc_dialogs", "Dialogs (call legs) now.", e->dialogs.count);
	gauge(w, "sbc_transactions", "Transactions now.", e->txns.count);
	gauge(w, "sbc_relay_up", "The media relay answered the last time it was asked.", e->relay.reachable);
	gauge(w, "sbc_relay_waiting", "Questions to the relay that are not answered yet.", e->relay.nwait);
	relaytotals_write(&e->relay.totals, w);
	gauge(w, "sbc_calls_without_keys", "Calls that lost their keys with the relay, and have no others yet.",
	      e->renewals.ncall);
	gauge(w, "sbc_buffers_bytes", "Memory of kept messages and names in use.", e->core.bufs.bytes_out);
	gauge(w, "sbc_bans", "Sources that are banned now.", e->guard.bans.count);
	limited(e, w);
	writer_str(w, "# HELP sbc_events_total What happened to messages and calls, by name.\n# TYPE sbc_events_total "
		      "counter\n");
	for (unsigned i = 0; i < COUNT_N; i++)
		writer_format(w, "sbc_events_total{event=\"%s\"} %llu\n", count_name(i),
			      (unsigned long long)e->core.count.n[i]);
}
