/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/why.h"

#include <netinet/in.h>
#include <stdio.h>

#include "alg/net/reach.h"
#include "sbc/api/report.h"
#include "sbc/api/whyguard.h"
#include "sbc/base/transport.h"
#include "sbc/call/calls.h"

/* ----- saying it ----- */

/* what: a word for programs, the rest for people. */
void why_say(struct why *w, enum why_effect effect, const char *what, const char *format, ...)
{
	json_t *j = json_object();
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_object_set_new(j, "what", json_string(what));
	json_object_set_new(j, "drops", json_boolean(effect == WHY_DROPS));
	json_object_set_new(j, "text", report_text(span_str(text)));
	json_array_append_new(w->findings, j);
	w->drops |= effect == WHY_DROPS;
}

const char *why_source(const struct why *w, char text[ADDR_TEXT_MAX])
{
	struct writer out = writer_over(text, ADDR_TEXT_MAX - 1);

	if (w->from.port)
		return addr_text(&w->from, text);
	addr_write_host(&out, &w->from, false);
	text[out.n] = '\0';
	return text;
}

static const char *protocol_name(const struct why *w)
{
	return w->protocol == IPPROTO_TCP ? "tcp" : "udp";
}

static const struct conf_realm *realm_of(const struct why *w)
{
	return &w->engine->core.conf->realms[w->realm];
}

/* ----- which address, which port ----- */

/* What is advertised stands for what is bound: a NAT before us has changed it on the way. */
static int find_realm(const struct config *conf, struct addr *to, uint8_t protocol)
{
	int found = -1;

	for (unsigned i = 0; i < conf->nrealm; i++) {
		const struct conf_realm *r = &conf->realms[i];
		bool media = protocol == IPPROTO_UDP && to->port >= r->media_first && to->port <= r->media_last;

		if (!addr_same_host(to, &r->address) && !addr_same_host(to, &r->public))
			continue;
		/* Several realms may share an address. */
		for (unsigned k = 0; k < r->nlisten && !media; k++)
			media = r->listen[k].port == to->port;
		if (found < 0 || media)
			found = (int)i;
	}
	if (found >= 0)
		memcpy(to->ip, conf->realms[found].address.ip, sizeof(to->ip));
	return found;
}

static const struct conf_listen *listener_of(const struct why *w)
{
	const struct conf_realm *r = realm_of(w);

	for (unsigned k = 0; k < r->nlisten; k++)
		if (r->listen[k].port == w->to.port &&
		    (r->listen[k].transport == CONF_UDP) == (w->protocol == IPPROTO_UDP))
			return &r->listen[k];
	return NULL;
}

static bool is_media(const struct why *w)
{
	const struct conf_realm *r = realm_of(w);

	return w->protocol == IPPROTO_UDP && w->to.port >= r->media_first && w->to.port <= r->media_last;
}

/* ----- gates ----- */

static bool is_in_networks(const struct conf_realm *r, const struct addr *from)
{
	for (unsigned i = 0; i < r->nnetwork; i++)
		if (prefix_has(&r->networks[i], from))
			return true;
	return r->nnetwork == 0;
}

/* Addresses that nobody on a wire may have. */
static void look_at_source(struct why *w)
{
	enum reach reach = reach_from(&realm_of(w)->address, &w->from);
	char from[ADDR_TEXT_MAX];

	if (reach != REACH_FINE)
		why_say(w, WHY_DROPS, "forbidden-source", "%s (%s) is no address that realm %s speaks to.",
			why_source(w, from), reach_name(reach), realm_of(w)->name);
}

static void look_at_listener(struct why *w, const struct conf_listen *l)
{
	const struct conf_realm *r = realm_of(w);
	char from[ADDR_TEXT_MAX];

	if (is_in_networks(r, &w->from))
		why_say(w, WHY_PASSES, "listener", "SIP of realm %s listens there (%s).", r->name,
			transport_info(l->transport)->via.p);
	else
		why_say(w, WHY_DROPS, "network",
			"SIP of realm %s listens there, but %s is in none of realms.%s.networks: it is dropped without "
			"an "
			"answer.",
			r->name, why_source(w, from), r->name);
}

static bool is_for(const struct why *w, const struct pinhole *h)
{
	return h->hole.protocol == w->protocol && addr_eq(&h->hole.ours, &w->to);
}

static bool lets_in(const struct pinhole *h, const struct addr *from)
{
	const struct addr *peer = &h->hole.peer;

	return !addr_is_set(peer) ||
	       (addr_same_host(peer, from) && (!peer->port || !from->port || peer->port == from->port));
}

/* Whether nftables has a hole for it. closed: it has a rule that closes the port but for holes. */
static void look_at_holes(struct why *w, bool closed)
{
	const struct pinhole *other = NULL, *h = w->engine->pinholes.first;
	char peer[ADDR_TEXT_MAX], from[ADDR_TEXT_MAX];

	for (; h && !(is_for(w, h) && h->state != PINHOLE_CLOSING && lets_in(h, &w->from)); h = h->next)
		if (is_for(w, h) && h->state != PINHOLE_CLOSING)
			other = h;
	if (h && h->state == PINHOLE_OPEN)
		why_say(w, WHY_PASSES, "pinhole",
			"A pinhole in nftables lets it in, unless it fell silent: %llx, of %.*s.",
			(unsigned long long)h->hole.id, SPAN_ARG(h->hole.owner));
	else if (h)
		why_say(w, closed ? WHY_DROPS : WHY_PASSES, "pinhole", "A pinhole for it is %s: %llx, of %.*s.",
			pinhole_state_name(h->state), (unsigned long long)h->hole.id, SPAN_ARG(h->hole.owner));
	else if (other && closed)
		why_say(w, WHY_DROPS, "pinhole-of-another",
			"The pinhole there (%llx, of %.*s) is for %s alone: %s is dropped by nftables.",
			(unsigned long long)other->hole.id, SPAN_ARG(other->hole.owner),
			addr_text(&other->hole.peer, peer), why_source(w, from));
	else if (closed)
		why_say(w, WHY_DROPS, "no-pinhole",
			"nftables keeps that port closed, and no pinhole is open there. By hand: sbcctl pinholes "
			"open.");
}

static void look_at_forwarding(struct why *w)
{
	const struct conf_pinholes *p = &w->engine->core.conf->pinholes;
	bool closed = false;
	char to[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < p->nforward; i++)
		closed |= w->to.port >= p->forward[i].first && w->to.port <= p->forward[i].last;
	why_say(w, WHY_PASSES, "not-ours", "%s is of no realm: what goes there is routed through this host, if at all.",
		addr_text(&w->to, to));
	look_at_holes(w, closed && w->engine->firewall.state != FIREWALLLINK_OFF);
}

static void look_at_nothing(struct why *w)
{
	char list[256] = "";
	struct writer out = writer_over(list, sizeof(list) - 1);
	const struct conf_realm *r = realm_of(w);

	for (unsigned k = 0; k < r->nlisten; k++)
		writer_format(&out, "%s%s:%u", k ? ", " : "", transport_info(r->listen[k].transport)->via.p,
			      r->listen[k].port);
	why_say(w, WHY_PASSES, "not-served",
		"natsbc serves nothing at %s port %u of realm %s (SIP: %s; media: udp %u-%u): what happens there is up "
		"to "
		"this "
		"host.",
		protocol_name(w), w->to.port, r->name, list, r->media_first, r->media_last);
	look_at_holes(w, false);
}

bool why_begin(struct why *w)
{
	const struct config *conf = w->engine->core.conf;
	const struct conf_listen *l;

	w->findings = json_array();
	w->from = addr_unmap(&w->from);
	w->to = addr_unmap(&w->to);
	w->realm = find_realm(conf, &w->to, w->protocol);
	if (w->realm < 0) {
		look_at_forwarding(w);
		return false;
	}
	whyguard_bans(w);
	look_at_source(w);
	l = listener_of(w);
	if (l) {
		look_at_listener(w, l);
		whyguard_refusals(w);
	} else if (is_media(w))
		return true;
	else
		look_at_nothing(w);
	return false;
}

/* ----- media ----- */

static void call_words(const struct why *w, const struct relayport *p, char out[160])
{
	const struct call *c = calls_find(w->engine, p->call_id);
	struct writer text = writer_over(out, 159);

	writer_format(&text, "call %.*s", (int)(p->call_id.n < 64 ? p->call_id.n : 64), p->call_id.p);
	if (!c)
		writer_str(&text, p->ended ? ", which has ended" : ", which is not one of this sbc");
	out[text.n] = '\0';
}

static bool was_refused(const struct why *w, const struct relayport *p)
{
	for (unsigned i = 0; i < p->nrefused_from; i++)
		if (addr_same_host(&p->refused_from[i], &w->from) &&
		    (!w->from.port || p->refused_from[i].port == w->from.port))
			return true;
	return false;
}

static void look_at_latched(struct why *w, const struct relayport *p, const char *call)
{
	char from[ADDR_TEXT_MAX], latched[ADDR_TEXT_MAX];
	bool host = addr_same_host(&p->latched, &w->from);

	if (host && (!w->from.port || w->from.port == p->latched.port))
		why_say(w, WHY_PASSES, "expected",
			"The port is open for %s, and %s is who it listens to: %llu packets came.", call,
			addr_text(&p->latched, latched), (unsigned long long)p->packets);
	else
		why_say(w, WHY_DROPS, "other-source",
			"The port is open for %s, which has learnt %s (%llu packets came): %s %s is turned away. %llu "
			"packets "
			"of others were so far%s.",
			call, addr_text(&p->latched, latched), (unsigned long long)p->packets,
			host ? "another port of that host," : "another source,", why_source(w, from),
			(unsigned long long)p->refused, was_refused(w, p) ? ", this one's among them" : "");
}

static void look_at_learning(struct why *w, const struct relayport *p, const char *call)
{
	char from[ADDR_TEXT_MAX], said[ADDR_TEXT_MAX];
	bool refused = was_refused(w, p);

	why_say(w, refused ? WHY_DROPS : WHY_PASSES, refused ? "source-refused" : "learning",
		"The port is open for %s, and has learnt nobody yet. The other side says it is %s. %s %s; %llu packets "
		"were "
		"turned away so far.",
		call, addr_is_set(&p->said) ? addr_text(&p->said, said) : "nowhere", why_source(w, from),
		refused ? "was turned away: realms.*.media.latch says who may be learnt" : "was not turned away there",
		(unsigned long long)p->refused);
}

void why_port(void *ctx, const struct relayport *p)
{
	struct why *w = ctx;
	char call[160];

	if (p->realm != w->realm || p->ours.port != w->to.port)
		return;
	w->found = true;
	call_words(w, p, call);
	if (addr_is_set(&p->latched))
		look_at_latched(w, p, call);
	else
		look_at_learning(w, p, call);
}

void why_relay(struct why *w, bool answered)
{
	if (!answered)
		why_say(w, WHY_PASSES, "relay-silent",
			"The media relay does not answer: whether the port is open is not known.");
	else if (!w->found)
		why_say(w, WHY_DROPS, "closed",
			"Port %u is for media of realm %s, and open for no call now: whatever comes there is dropped.",
			w->to.port, realm_of(w)->name);
	if (w->engine->core.conf->pinholes.calls == CONF_PINHOLES_ALWAYS && w->engine->firewall.state)
		look_at_holes(w, true);
}

json_t *why_done(struct why *w)
{
	json_t *j = json_object();

	if (!w->drops)
		why_say(w, WHY_PASSES, "nothing", "Nothing here drops it.");
	json_object_set_new(j, "from", report_address(&w->from));
	json_object_set_new(j, "to", report_address(&w->to));
	json_object_set_new(j, "protocol", json_string(protocol_name(w)));
	json_object_set_new(j, "dropped", json_boolean(w->drops));
	json_object_set_new(j, "findings", w->findings);
	w->findings = NULL;
	return j;
}
