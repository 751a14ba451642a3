/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/plane_parts.h"

enum { SETTLE_MS = LEARN_OVERLAP_MS + 100 };

/* --- ways ------------------------------------------------------------------------------------------------- */

struct hop plane_hop(const struct plane *p, const struct way *w)
{
	struct hop hop = { .nic = NIC_NONE };
	int nic;

	if (!w || w->state != WAY_READY)
		return hop;
	nic = nics_find(&p->nics, w->ifindex);
	if (nic < 0)
		return hop;
	hop.nic = (uint8_t)nic;
	memcpy(hop.mac, w->mac, sizeof(hop.mac));
	return hop;
}

int plane_order(struct plane *p, const struct order *o)
{
	if (worker_order_post(workers_of(&p->workers, &p->flows, o->index), o) < 0)
		return -1;
	if (o->kind == ORDER_SET || o->kind == ORDER_CLEAR || o->kind == ORDER_COPY)
		flow_doubt(&p->flows, o->index);
	return 0;
}

void plane_hop_post(struct plane *p, uint32_t index, const struct way *w)
{
	struct order o = { .kind = ORDER_HOP, .index = index };

	if (!w)
		return;
	o.hop.host = w->to;
	o.hop.hop = plane_hop(p, w);
	if (plane_order(p, &o) < 0)
		p->resend = true;
}

void plane_way_changed(void *ctx, const struct way *w)
{
	struct plane *p = ctx;

	if (w->state == WAY_READY)
		plane_replies_turn(p, w);

	for (uint32_t i = 1; i < p->flows.count; i++) {
		const struct port_view *v = &p->view[i];

		if (v->set && (v->expected == w || v->signalling == w || v->learnt == w))
			plane_hop_post(p, i, w);
	}
}

void plane_way_turn(struct plane *p, const struct way **slot, const struct conf_realm *realm, const struct addr *to)
{
	const struct way *before = *slot;

	if (before && addr_is_set(to) && addr_same_host(&before->to, to))
		return;
	*slot = addr_is_set(to) ? netview_get(p->net, &realm->address, to, p->now) : NULL;
	if (before)
		netview_put(p->net, before);
}

static void ways_drop(struct plane *p, struct port_view *v)
{
	const struct addr none = { 0 };

	plane_way_turn(p, &v->expected, NULL, &none);
	plane_way_turn(p, &v->signalling, NULL, &none);
	plane_way_turn(p, &v->learnt, NULL, &none);
}

void plane_settle_at(struct plane *p, struct port_view *v, uint64_t at)
{
	p->settling += (at != 0) - (v->settle_at != 0);
	v->settle_at = at;
}

/* --- what the session layer asks --------------------------------------------------------------------------- */

/* The port of ours that this address is, by any of our names; 0: none. */
static uint32_t own_index(const struct plane *p, const struct addr *a)
{
	for (unsigned i = 0; i < p->c->nrealm && addr_is_set(a); i++) {
		const struct conf_realm *r = &p->c->realms[i];
		const struct own_port own = { .realm = (uint8_t)i, .port = a->port };

		if ((addr_same_host(&r->address, a) || addr_same_host(&r->public, a)) && flow_index(&p->flows, own))
			return flow_index(&p->flows, own);
	}
	return 0;
}

static void port_open(struct plane *p, struct own_port own, bool open)
{
	struct addr a = p->c->realms[own.realm].address;

	a.port = own.port;
	nics_open_port(&p->nics, &a, open);
}

/* What the port has of this session beyond plain RTP. */
static struct cover *cover_of(const struct plane *p, struct own_port own, uint32_t session)
{
	const struct port_view *v = &p->view[flow_index(&p->flows, own)];

	return v->set && v->session == session ? v->cover : NULL;
}

/* What the port is to have beyond plain RTP: what it has where that is the same, so that nothing of it is lost. */
static int cover_find(struct plane *p, const struct port_spec *spec, struct cover **out)
{
	const struct own_port other = { spec->own.realm, spec->own.port ^ 1 };
	struct cover *now;

	*out = NULL;
	if (!cover_is_asked(spec))
		return 0;
	now = cover_of(p, spec->own, spec->session);
	if ((spec->wants_stun || spec->wants_dtls) && mailbox_open(&p->mailbox) < 0)
		return -1;
	*out = now && cover_fits(now, spec) ? now : cover_new(spec, now, cover_of(p, other, spec->session));
	return *out ? 0 : -1;
}

static void note_end(struct plane *p, struct copy *c)
{
	copy_take(c, &p->view[c->port[COPY_FROM]].copies, &p->view[c->port[COPY_TO]].copies);
	copy_free(c);
}

void plane_notes_end(struct plane *p, struct port_view *v)
{
	while (v->copies)
		note_end(p, v->copies);
}

int plane_set(void *ctx, const struct port_spec *spec)
{
	struct plane *p = ctx;
	const uint32_t index = flow_index(&p->flows, spec->own);
	const struct conf_realm *realm = &p->c->realms[spec->own.realm];
	struct port_view *v = &p->view[index];
	struct order o = { .kind = ORDER_SET, .index = index };

	flow_prefetch(&p->flows, index);
	if (index == 0 || cover_find(p, spec, &o.set.cover) < 0)
		return -1;
	plane_way_turn(p, &v->expected, realm, &spec->expected);
	plane_way_turn(p, &v->signalling, realm, &spec->signalling);
	o.set.spec = *spec;
	o.set.peer = spec->peer.port ? flow_index(&p->flows, spec->peer) : 0;
	o.set.hairpin = own_index(p, &spec->expected);
	o.set.expected = plane_hop(p, v->expected);
	o.set.signalling = plane_hop(p, v->signalling);
	if (plane_order(p, &o) < 0) {
		if (o.set.cover != v->cover)
			cover_free(o.set.cover);
		if (!v->set)
			ways_drop(p, v);
		return -1;
	}
	v->cover = o.set.cover;
	v->posted++;
	if (!v->set || v->session != spec->session) {
		v->since = v->posted;
		plane_notes_end(p, v);
	}
	v->set = true;
	v->session = spec->session;
	port_open(p, spec->own, true);
	if (spec->relearn)
		plane_settle_at(p, v, clock_ms() + SETTLE_MS);
	return 0;
}

int plane_clear(void *ctx, struct own_port own)
{
	struct plane *p = ctx;
	const uint32_t index = flow_index(&p->flows, own);
	const struct order o = { .kind = ORDER_CLEAR, .index = index };
	struct port_view *v = &p->view[index];

	__builtin_prefetch(v, 1);
	if (index == 0 || plane_order(p, &o) < 0)
		return -1;
	ways_drop(p, v);
	plane_notes_end(p, v);
	v->posted++;
	v->cover = NULL;
	v->set = false;
	port_open(p, own, false);
	plane_settle_at(p, v, 0);
	return 0;
}

int plane_send(void *ctx, struct own_port own, const uint8_t *bytes, uint16_t n)
{
	struct plane *p = ctx;
	struct order o = { .kind = ORDER_SEND, .index = flow_index(&p->flows, own) };

	if (o.index == 0 || !p->view[o.index].set || n > sizeof(o.send.bytes))
		return -1;
	o.send.n = n;
	memcpy(o.send.bytes, bytes, n);
	return plane_order(p, &o);
}

int plane_dial(void *ctx, struct own_port own, uint32_t session, const struct dial_order *d)
{
	struct plane *p = ctx;
	const struct order o = { .kind = ORDER_DIAL, .index = flow_index(&p->flows, own), .dial = *d };

	if (o.index == 0 || !p->view[o.index].set || p->view[o.index].session != session)
		return -1;
	return plane_order(p, &o);
}

/* Are both there, and one worker's? */
static bool ports_may_copy(const struct plane *p, uint32_t from, uint32_t to)
{
	return from != 0 && to != 0 && from != to && p->view[from].set && p->view[to].set &&
	       flow_worker(&p->flows, from) == flow_worker(&p->flows, to);
}

int plane_copy(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map)
{
	struct plane *p = ctx;
	const uint32_t f = flow_index(&p->flows, from), t = flow_index(&p->flows, to);
	const bool is_new = !copy_find(p->view[f].copies, f, f, t);
	struct order o = { .kind = ORDER_COPY, .index = f, .copy = NULL };
	struct copy *note = NULL;

	if (!ports_may_copy(p, f, t))
		return -1;
	if (is_new && copy_count(p->view[f].copies, f, COPY_FROM) == DATAPATH_COPY_MAX)
		return -1;
	o.copy = copy_new(f, t, map);
	if (is_new)
		note = copy_new(f, t, map);
	if (!o.copy || (is_new && !note) || plane_order(p, &o) < 0) {
		copy_free(o.copy);
		copy_free(note);
		return -1;
	}
	if (note)
		copy_hang(note, &p->view[f].copies, &p->view[t].copies);
	return 0;
}

int plane_uncopy(void *ctx, struct own_port from, struct own_port to)
{
	struct plane *p = ctx;
	const uint32_t f = flow_index(&p->flows, from), t = flow_index(&p->flows, to);
	const struct order o = { .kind = ORDER_UNCOPY, .index = f, .uncopy = t };
	struct copy *note = copy_find(p->view[f].copies, f, f, t);

	if (!note)
		return 0;
	if (plane_order(p, &o) < 0)
		return -1;
	note_end(p, note);
	return 0;
}
