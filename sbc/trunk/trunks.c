/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunks.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/base/cursor.h"
#include "sbc/base/transport.h"
#include "sbc/dns/lot.h"

enum { NAMED_SPREAD_MS = 1000 };

static const struct conf_trunk *conf_of(const struct trunks *t, unsigned trunk)
{
	return &t->core->conf->trunks[trunk];
}

static bool has_address(const struct trunks *t, unsigned trunk, unsigned peer)
{
	return addr_is_set(&conf_of(t, trunk)->peers[peer].addr);
}

/* ----- where requests of trunks come from ----- */

/* Anew, whenever places come or go. Without memory the old ones stay. */
static void list_sources(struct trunks *t)
{
	const struct config *conf = t->core->conf;
	struct trunksources fresh;
	uint32_t n = 0;

	for (unsigned i = 0; i < conf->ntrunk; i++)
		for (const struct trunk_place *p = t->places[i]; p; p = p->more)
			n++;
	if (trunksources_init(&fresh, n))
		return;
	for (unsigned i = 0; i < conf->ntrunk; i++) {
		for (const struct trunk_place *p = t->places[i]; p; p = p->more) {
			struct trunk_source s = {
				.realm = p->flow.realm,
				.family = p->flow.peer.family,
				.secure = conf->trunks[i].transport == CONF_WANT_TLS,
				.trunk = (uint16_t)i,
			};

			memcpy(s.ip, p->flow.peer.ip, sizeof(s.ip));
			trunksources_add(&fresh, &s);
		}
	}
	trunksources_fini(&t->sources);
	t->sources = fresh;
}

int trunks_of(const struct trunks *t, const struct flow *from)
{
	int trunk;

	if (from->trunk)
		return from->trunk - 1;
	trunk = trunksources_find(&t->sources, from, false);
	if (trunk < 0 && from->transport == CONF_TLS)
		trunk = trunksources_find(&t->sources, from, true);
	return trunk;
}

bool trunks_has(const struct trunks *t, unsigned trunk, const struct flow *at)
{
	const struct trunk_place *p = t->places[trunk];

	while (p && !(p->flow.realm == at->realm && addr_same_host(&p->flow.peer, &at->peer)))
		p = p->more;
	return p != NULL;
}

/* ----- places ----- */

static struct trunk_place **find_link(struct trunks *t, unsigned trunk, const struct trunk_place *p)
{
	struct trunk_place **link = &t->places[trunk];

	while (*link && *link != p)
		link = &(*link)->more;
	return link;
}

static void remove_place(struct trunks *t, struct trunk_place *p)
{
	*find_link(t, p->trunk, p) = p->more;
	trunkplace_stop(p);
	free(p);
}

static void on_lingered(struct timer *timer, void *ctx, uint64_t now)
{
	struct trunk_place *p = (struct trunk_place *)((char *)timer - offsetof(struct trunk_place, next));
	struct trunks *t = p->home;

	(void)ctx, (void)now;
	remove_place(t, p);
	list_sources(t);
}

/* Known as a source a while longer: dialogs go on, and names that show some of many addresses at a time come back. */
static void retire(struct trunk_place *p)
{
	trunkplace_stop(p);
	p->state = TRUNK_UNPROBED;
	p->misses = p->hits_wanted = 0;
	p->gone = true;
	wheel_add(&p->core->wheel, &p->next, core_now(p->core) + TRUNK_LINGER_MS, on_lingered);
}

static struct flow flow_of(const struct trunks *t, unsigned trunk, const struct locate_target *at)
{
	const struct conf_trunk *conf = conf_of(t, trunk);
	int listen = transport_listener(&t->core->conf->realms[conf->realm], (enum conf_transport)at->transport);

	return (struct flow){
		.peer = at->addr,
		.realm = (uint8_t)conf->realm,
		.listen = (uint8_t)(listen < 0 ? 0 : listen),
		.transport = at->transport,
		.trunk = (uint16_t)(at->transport == CONF_TLS ? trunk + 1 : 0),
	};
}

static bool is_before(const struct trunk_place *a, const struct trunk_place *b)
{
	if (a->peer != b->peer)
		return a->peer < b->peer;
	return a->gone != b->gone ? b->gone : a->priority < b->priority;
}

static void insert_place(struct trunk_place **link, struct trunk_place *p)
{
	while (*link && !is_before(p, *link))
		link = &(*link)->more;
	p->more = *link;
	*link = p;
}

/* By peer, then by what its name prefers; those that are alike stay as they are. */
static void sort_places(struct trunks *t, unsigned trunk)
{
	struct trunk_place *next, *sorted = NULL;

	for (struct trunk_place *p = t->places[trunk]; p; p = next) {
		next = p->more;
		insert_place(&sorted, p);
	}
	t->places[trunk] = sorted;
}

static struct trunk_place *add_place(struct trunks *t, unsigned trunk, unsigned peer, const struct locate_target *at)
{
	bool fixed = has_address(t, trunk, peer);
	struct trunk_place *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->home = t;
	p->core = t->core;
	p->txns = t->txns;
	p->flow = flow_of(t, trunk, at);
	p->host = fixed ? addr_text(&p->flow.peer, p->text) : conf_of(t, trunk)->peers[peer].name;
	p->id = ++t->serial;
	p->trunk = (uint16_t)trunk;
	p->peer = (uint8_t)peer;
	insert_place(&t->places[trunk], p);
	return p;
}

static bool is_at(const struct trunk_place *p, const struct addr *addr, unsigned transport)
{
	return p->flow.transport == transport && addr_eq(&p->flow.peer, addr);
}

static void place_target(struct trunks *t, const struct trunk_name *name, const struct locate_target *at)
{
	struct trunk_place *p = t->places[name->trunk];
	char text[ADDR_TEXT_MAX];

	while (p && !(p->peer == name->peer && is_at(p, &at->addr, at->transport)))
		p = p->more;
	if (!p) {
		p = add_place(t, name->trunk, name->peer, at);
		if (!p)
			return;
		trunkplace_start(p, NAMED_SPREAD_MS);
		log_info(&t->core->log, "trunk %s: %s is at %s %s", conf_of(t, name->trunk)->name, p->host,
			 transport_info((enum conf_transport)at->transport)->via.p, addr_text(&at->addr, text));
	} else if (p->gone) {
		p->gone = false;
		wheel_del(&t->core->wheel, &p->next);
		trunkplace_start(p, NAMED_SPREAD_MS);
	}
	p->priority = at->priority;
	p->weight = at->weight;
	p->server = at->server;
	p->found = name->turn;
}

static void drop_gone(struct trunks *t, unsigned trunk, unsigned peer)
{
	struct trunk_place *next;
	unsigned gone = 0;

	for (struct trunk_place *p = t->places[trunk]; p; p = next) {
		next = p->more;
		if (p->gone && p->peer == peer && ++gone > LOCATE_TARGETS)
			remove_place(t, p);
	}
}

/* What the name leads to now. */
static void on_located(struct locate_subject *subject)
{
	struct trunk_name *name = (struct trunk_name *)((char *)subject - offsetof(struct trunk_name, subject));
	struct trunks *t = name->home;

	name->turn++;
	for (unsigned i = 0; i < subject->ntarget; i++)
		place_target(t, name, &subject->target[i]);
	for (struct trunk_place *p = t->places[name->trunk]; p; p = p->more)
		if (p->peer == name->peer && !p->gone && p->found != name->turn)
			retire(p);
	sort_places(t, name->trunk);
	drop_gone(t, name->trunk, name->peer);
	list_sources(t);
	if (!subject->ntarget && !name->told_none)
		log_warn(&t->core->log, "trunk %s: DNS knows no place of %s", conf_of(t, name->trunk)->name,
			 conf_of(t, name->trunk)->peers[name->peer].name);
	name->told_none = !subject->ntarget;
}

static struct trunk_place *find_place(struct trunks *t, unsigned trunk, const struct flow *flow)
{
	for (struct trunk_place *p = t->places[trunk]; p; p = p->more)
		if (!p->gone && is_at(p, &flow->peer, flow->transport))
			return p;
	return NULL;
}

/* ----- the beginning and the end ----- */

static enum conf_transport transport_of(const struct conf_trunk *trunk)
{
	static const enum conf_transport of[] = { [CONF_WANT_AUTO] = CONF_UDP,
						  [CONF_WANT_UDP] = CONF_UDP,
						  [CONF_WANT_TCP] = CONF_TCP,
						  [CONF_WANT_TLS] = CONF_TLS };

	return of[trunk->transport];
}

static int add_peer(struct trunks *t, unsigned trunk, unsigned peer)
{
	const struct conf_trunk *conf = conf_of(t, trunk);
	const struct conf_peer *at = &conf->peers[peer];
	struct locate_target target = { .addr = at->addr, .transport = (uint8_t)transport_of(conf) };
	struct trunk_place *p;
	struct trunk_name *name;

	if (has_address(t, trunk, peer)) {
		p = add_place(t, trunk, peer, &target);
		if (p)
			trunkplace_start(p, conf->probe_ms / 4);
		return p ? 0 : -1;
	}
	name = &t->names[t->nname++];
	*name = (struct trunk_name){ .home = t, .trunk = (uint16_t)trunk, .peer = (uint8_t)peer };
	name->subject.host = at->host;
	name->subject.port = at->port;
	name->subject.want = conf->transport;
	name->subject.realm = (uint8_t)conf->realm;
	name->subject.located = on_located;
	locate_add(&t->locate, &name->subject);
	return 0;
}

int trunks_init(struct trunks *t, struct core *core, struct txns *txns)
{
	const struct config *conf = core->conf;
	unsigned names = 0;

	memset(t, 0, sizeof(*t));
	t->core = core;
	t->txns = txns;
	for (unsigned i = 0; i < conf->ntrunk; i++)
		for (unsigned k = 0; k < conf->trunks[i].npeer; k++)
			names += !addr_is_set(&conf->trunks[i].peers[k].addr);
	t->places = calloc(conf->ntrunk ? conf->ntrunk : 1, sizeof(struct trunk_place *));
	t->names = calloc(names ? names : 1, sizeof(*t->names));
	t->out_of_use = calloc(conf->ntrunk ? conf->ntrunk : 1, sizeof(*t->out_of_use));
	if (!t->places || !t->names || !t->out_of_use || locate_init(&t->locate, core, names))
		return -1;
	for (unsigned i = 0; i < conf->ntrunk; i++)
		for (unsigned k = 0; k < conf->trunks[i].npeer; k++)
			if (add_peer(t, i, k))
				return -1;
	list_sources(t);
	return t->sources.list ? 0 : -1;
}

void trunks_quiet(struct trunks *t)
{
	for (unsigned i = 0; i < t->core->conf->ntrunk; i++)
		for (struct trunk_place *p = t->places[i]; p; p = p->more)
			trunkplace_stop(p);
	locate_fini(&t->locate);
}

void trunks_fini(struct trunks *t)
{
	struct trunk_place *next;

	for (unsigned i = 0; t->places && i < t->core->conf->ntrunk; i++) {
		for (struct trunk_place *p = t->places[i]; p; p = next) {
			next = p->more;
			trunkplace_stop(p);
			free(p);
		}
	}
	locate_fini(&t->locate);
	free(t->places);
	free(t->names);
	free(t->out_of_use);
	trunksources_fini(&t->sources);
	memset(t, 0, sizeof(*t));
}

/* ----- whom to try ----- */

/* The places of one peer that can be used, in the order to try: servers drawn, each with its addresses. */
static unsigned order_places(struct trunks *t, const struct trunk_place *first, struct trunk_place **out)
{
	struct lot lot[LOCATE_TARGETS];
	unsigned nlot = 0, n = 0;

	for (const struct trunk_place *p = first; p && p->peer == first->peer; p = p->more) {
		bool known = !trunkplace_usable(p);

		for (unsigned i = 0; i < nlot && !known; i++)
			known = lot[i].what == p->server;
		if (!known && nlot < LOCATE_TARGETS)
			lot[nlot++] = (struct lot){ p->priority, p->weight, p->server };
	}
	lot_draw(lot, nlot, &t->core->tokens);
	for (unsigned i = 0; i < nlot; i++)
		for (const struct trunk_place *p = first; p && p->peer == first->peer; p = p->more)
			if (p->server == lot[i].what && trunkplace_usable(p) && n < LOCATE_TARGETS)
				out[n++] = (struct trunk_place *)p;
	return n;
}

static const struct trunk_place *first_of(const struct trunks *t, unsigned trunk, unsigned peer)
{
	const struct trunk_place *p = t->places[trunk];

	while (p && p->peer != peer)
		p = p->more;
	return p;
}

static unsigned order_peers(struct trunks *t, unsigned trunk, struct lot *lot)
{
	const struct conf_trunk *conf = conf_of(t, trunk);

	for (unsigned k = 0; k < conf->npeer; k++)
		lot[k] = (struct lot){ conf->peers[k].priority, conf->peers[k].weight, (uint16_t)k };
	if (conf->order == CONF_ORDER_WEIGHT)
		lot_draw(lot, conf->npeer, &t->core->tokens);
	else
		lot_sort(lot, conf->npeer);
	return conf->npeer;
}

static struct trunk_target target_of(const struct trunk_place *p)
{
	return (struct trunk_target){ p->flow, span_str(p->host), p->id };
}

unsigned trunks_last_resort(const struct trunks *t, unsigned trunk, struct trunk_target *out, unsigned max)
{
	unsigned n = 0;

	if (conf_of(t, trunk)->probe_ms || t->out_of_use[trunk])
		return 0;
	for (const struct trunk_place *p = t->places[trunk]; p && n < max; p = p->more)
		if (p->state == TRUNK_DOWN)
			out[n++] = target_of(p);
	return n;
}

unsigned trunks_targets(struct trunks *t, unsigned trunk, struct trunk_target *out, unsigned max)
{
	struct trunk_place *all[TRUNK_PLACES_MAX];
	struct lot lot[CONF_PEER_MAX];
	unsigned peers = t->out_of_use[trunk] ? 0 : order_peers(t, trunk, lot), nall = 0, n = 0;

	for (unsigned i = 0; i < peers; i++) {
		const struct trunk_place *first = first_of(t, trunk, lot[i].what);

		if (first)
			nall += order_places(t, first, &all[nall]);
	}
	for (int doubtful = 0; doubtful <= 1; doubtful++)
		for (unsigned i = 0; i < nall && n < max; i++)
			if ((all[i]->state == TRUNK_PROBING) == doubtful)
				out[n++] = target_of(all[i]);
	return n;
}

void trunks_use(struct trunks *t, unsigned trunk, bool use)
{
	if (t->out_of_use[trunk] == !use)
		return;
	t->out_of_use[trunk] = !use;
	log_info(&t->core->log, "trunk %s: the operator %s", conf_of(t, trunk)->name,
		 use ? "puts it back into use" : "takes it out of use: no calls are sent there");
}

void trunks_failed(struct trunks *t, unsigned trunk, const struct flow *flow, enum trunk_failure why,
		   uint32_t retry_after_s)
{
	struct trunk_place *p = find_place(t, trunk, flow);

	if (p)
		trunkplace_failed(p, why, retry_after_s);
}

void trunks_worked(struct trunks *t, unsigned trunk, const struct flow *flow)
{
	struct trunk_place *p = find_place(t, trunk, flow);

	if (p)
		trunkplace_worked(p);
}

void trunks_response(struct trunks *t, unsigned trunk, const struct flow *flow, const struct sip_msg *m)
{
	struct span value = sip_msg_value(m, SIP_HDR_RETRY_AFTER);
	uint32_t seconds = 0;

	if (m->status != 503) {
		trunks_worked(t, trunk, flow);
		return;
	}
	/* A comment and parameters may follow (RFC 3261 20.33). */
	if (span_u32(span_slice(value, 0, span_run(value, DIGIT)), &seconds))
		seconds = 0;
	trunks_failed(t, trunk, flow, TRUNK_BUSY, seconds);
}

const struct trunk_place *trunks_next(const struct trunks *t, unsigned trunk, const struct trunk_place *last)
{
	const struct trunk_place *p = last ? last->more : t->places[trunk];

	while (p && p->gone)
		p = p->more;
	return p;
}
