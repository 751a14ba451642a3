/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/flow.h"

#include <sys/mman.h>

#include "alg/net/reach.h"
#include "alg/rtp/rtp.h"
#include "rtpproxy/path/copies.h"
#include "rtpproxy/path/hairpin.h"
#include "rtpproxy/path/sink.h"

static const struct hop no_way = { .nic = NIC_NONE };

/* All of it at start: what the relay needs is known before the first call, and no packet waits for a page. Large pages
 * spare the TLB. */
static void *pages_take(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, bytes, MADV_HUGEPAGE);
	(void)madvise(p, bytes, MADV_POPULATE_WRITE);
	return p;
}

int flow_table_init(struct flow_table *t, const struct config *c)
{
	struct flow_table fresh = { .nrealm = c->nrealm, .count = 1, .workers = 1 };

	for (unsigned i = 0; i < c->nrealm; i++) {
		const struct conf_realm *r = &c->realms[i];

		fresh.realm[i] = (struct flow_realm){
			.address = host_of(&r->address),
			.family = r->address.family,
			.first = fresh.count,
			.port_first = r->media_first,
		};
		if (r->media_first && r->media_last >= r->media_first)
			fresh.realm[i].ports = (uint16_t)(r->media_last - r->media_first + 1);
		fresh.count += fresh.realm[i].ports;
		fresh.slot[flow_slot(fresh.realm[i].address)] = (uint8_t)i;
	}
	fresh.flow = pages_take((size_t)fresh.count * sizeof(struct flow));
	fresh.slow = pages_take((size_t)fresh.count * sizeof(struct flow_slow));
	*t = fresh;
	if (fresh.flow && fresh.slow)
		return 0;
	flow_table_fini(t);
	return -1;
}

void flow_table_share(struct flow_table *t, struct flow *lines)
{
	munmap(t->flow, (size_t)t->count * sizeof(struct flow));
	t->flow = lines;
	t->shared = true;
}

void flow_table_fini(struct flow_table *t)
{
	if (t->slow)
		copies_fini(t);
	if (t->flow)
		munmap(t->flow, (size_t)t->count * sizeof(struct flow));
	for (uint32_t i = 0; t->slow && i < t->count; i++)
		cover_free(t->slow[i].cover);
	cover_pile_free(&t->covers);
	if (t->slow)
		munmap(t->slow, (size_t)t->count * sizeof(struct flow_slow));
	*t = (struct flow_table){ 0 };
}

uint32_t flow_index(const struct flow_table *t, struct own_port own)
{
	const struct flow_realm *r = &t->realm[own.realm < CONF_REALM_MAX ? own.realm : 0];
	const uint16_t at = (uint16_t)(own.port - r->port_first);

	return own.realm < t->nrealm && at < r->ports ? r->first + at : 0;
}

struct own_port flow_own(const struct flow_table *t, uint32_t index)
{
	for (uint32_t i = 0; i < t->nrealm; i++) {
		const struct flow_realm *r = &t->realm[i];

		if (index - r->first < r->ports)
			return (struct own_port){ .realm = (uint8_t)i,
						  .port = (uint16_t)(r->port_first + index - r->first) };
	}
	return (struct own_port){ 0 };
}

uint32_t flow_search(const struct flow_table *t, struct host to, uint8_t family, uint16_t port)
{
	for (uint32_t i = 0; i < t->nrealm; i++) {
		const struct flow_realm *r = &t->realm[i];

		if (flow_realm_has(r, to, family, port))
			return r->first + (uint32_t)(port - r->port_first);
	}
	return 0;
}

/* --- where to send ---------------------------------------------------------------------------------------- */

static struct hop hop_to(const struct flow_slow *s, const struct addr *target, bool *known)
{
	*known = true;
	if (addr_is_set(&s->learn.expected) && addr_same_host(&s->learn.expected, target))
		return s->expected_hop;
	if (addr_is_set(&s->learn.signalling) && addr_same_host(&s->learn.signalling, target))
		return s->signalling_hop;
	*known = false;
	return no_way;
}

/* Without a way the line has no family, which no packet fits. The line is held. */
static void out_family(struct flow *f, const struct flow_slow *s)
{
	const uint8_t sealed = cover_seals(s->cover) ? FLOW_SEALED : 0;

	f->out.to.family = s->aim == AIM_READY ? s->target.family | sealed : ADDR_NONE;
}

/* The line is held. */
static void out_hop(struct flow *f, struct flow_slow *s, struct hop hop)
{
	struct frame_target *to = &f->out.to;

	memcpy(to->target_mac, hop.mac, sizeof(to->target_mac));
	to->tag[FLOW_TAG_NIC] = hop.nic;
	s->aim = hop.nic == NIC_NONE ? AIM_NO_WAY : AIM_READY;
	out_family(f, s);
}

/* The line, which is held, leads there. False: the way is not at hand and is to be asked for. */
static bool out_turn(struct flow *f, struct flow_slow *s, const struct addr *target)
{
	const bool same_host = addr_same_host(&s->target, target);
	struct hop hop;
	bool known;

	s->target = *target;
	if (!addr_is_set(target)) {
		s->aim = AIM_NONE;
		f->out.to.family = ADDR_NONE;
		return true;
	}
	f->out.to.target = host_of(target);
	f->out.to.port[1] = __builtin_bswap16(target->port);
	frame_target_seal(&f->out.to);
	hop = hop_to(s, target, &known);
	if (!known && same_host && s->aim == AIM_READY)
		return true;
	out_hop(f, s, hop);
	return known;
}

/* Brings the out line to what has been learnt; asks control for the way where it is not at hand. */
static void flow_aim(struct flow_table *t, uint32_t index, flow_notice_fn *tell, void *ctx)
{
	struct flow *f = &t->flow[index];
	struct flow_slow *s = &t->slow[index];
	const struct addr target = learn_target(&s->learn);
	const struct notice n = { .kind = NOTICE_WAY, .index = index, .session = s->session, .source = target };
	bool known;

	flow_out_hold(f);
	known = out_turn(f, s, &target);
	out_family(f, s);
	flow_out_let(f);
	if (!known)
		tell(ctx, &n);
}

/* Kinds of packets whose source alone decides at a confirmed port. RTCP may come to an RTP port (RFC 5761). */
static const uint8_t quick_of_kind[] = {
	[STREAM_RTP] = 1 << RTP_MEDIA | 1 << RTP_CONTROL,
	[STREAM_RTCP] = 1 << RTP_CONTROL,
	[STREAM_DATAGRAM] = 1 << RTP_UNKNOWN, /* as which all is treated there */
};

static void host_store(struct host *to, const struct host *from)
{
	__atomic_store_n(&to->word[0], from->word[0], __ATOMIC_RELAXED);
	__atomic_store_n(&to->word[1], from->word[1], __ATOMIC_RELAXED);
}

static bool source_is_banned(const struct flow_table *t, const struct addr *source)
{
	return t->barred && barred_has(t->barred, source);
}

/* The in line's copy of what decides quickly, and what stats shows. The line is held. */
static void in_publish(struct flow_table *t, uint32_t index)
{
	struct flow *f = &t->flow[index];
	const struct flow_slow *s = &t->slow[index];
	const struct host ip = host_of(&s->learn.source);
	const bool known = s->learn.state == PORT_LATCHED && s->learn.relearn_until_ms == 0 && !s->hairpin;
	uint8_t quick = known && f->in.use == FLOW_ON ? quick_of_kind[f->in.kind] : 0;

	if (gate_is_shut(&s->gate))
		quick &= (uint8_t) ~(1 << RTP_MEDIA);
	/* Who is banned, and what is captured, takes the slow road, so that the others need not ask. */
	if (s->capture != CAPTURE_NONE || source_is_banned(t, &s->learn.source))
		quick = 0;
	if (cover_opens(s->cover)) {
		s->cover->quick = quick;
		quick = 0;
	}
	if (payload_map_is_set(&s->map) || s->dial.active || copies_from(s, index) || f->in.peer == index)
		quick |= FLOW_EDITED;
	/* At once: control looks, too. */
	relaxed_store(&f->in.quick, quick);
	f->in.sum = checksum_fold(host_sum(&ip) + host_sum(&t->realm[s->realm].address));
	host_store(&f->in.source, &ip);
	__atomic_store_n(&f->in.source_port, __builtin_bswap16(s->learn.source.port), __ATOMIC_RELAXED);
	__atomic_store_n(&f->in.state, (uint8_t)s->learn.state, __ATOMIC_RELEASE);
}

void flow_publish(struct flow_table *t, uint32_t index)
{
	flow_in_hold(&t->flow[index]);
	in_publish(t, index);
	flow_in_let(&t->flow[index]);
}

/* --- orders ----------------------------------------------------------------------------------------------- */

/* The one before goes back to control. */
static void flow_cover(struct flow_table *t, struct flow_slow *s, struct cover *c, uint64_t now)
{
	struct cover *before = s->cover;

	if (c == before)
		return;
	if (c && before)
		cover_follow(c, before, now);
	__atomic_store_n(&s->cover, c, __ATOMIC_RELEASE);
	if (before)
		cover_give(&t->covers, before);
}

/* What others read is cleared word by word, the rest as they never see it. */
static void flow_reset(struct flow_table *t, uint32_t index)
{
	static const struct host nobody;
	struct flow *f = &t->flow[index];
	struct flow_slow *s = &t->slow[index];
	const uint32_t around[] = { index, s->peer, s->hairpin };
	uint64_t *const counters[] = { &f->in.packets, &f->in.bytes, &f->in.at_ms,  &f->out.packets,
				       &f->out.bytes,  &s->refused,  &s->malformed, &s->unsent };

	copies_end(t, index);
	flow_in_hold(f);
	flow_out_hold(f);
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		__atomic_store_n(counters[i], 0, __ATOMIC_RELAXED);
	__atomic_store_n(&f->in.payload_type, 0, __ATOMIC_RELAXED);
	rtp_measure_reset(&f->measure);
	hearsay_reset(&s->hearsay);
	s->capture = CAPTURE_NONE;
	flow_cover(t, s, NULL, 0);
	for (unsigned i = 0; i < PORT_REFUSED_MAX; i++) {
		__atomic_store_n(&s->refused_from[i].port, 0, __ATOMIC_RELAXED);
		host_store(&s->refused_from[i].ip, &nobody);
	}
	__atomic_store_n(&s->nrefused, 0, __ATOMIC_RELAXED);
	s->peer = s->hairpin = 0;
	relaxed_store(&f->in.peer, 0);
	f->in.use = FLOW_UNUSED;
	f->in.kind = STREAM_RTP;
	s->map = (struct payload_map){ 0 };
	f->out.to = (struct frame_target){ .tag[FLOW_TAG_HELD] = 1 };
	flow_out_let(f);
	s->learn = (struct learn){ 0 };
	s->gate = (struct gate){ 0 };
	s->digit = (struct digit){ 0 };
	s->dial = (struct dial){ 0 };
	s->no_feedback = false;
	s->expected_hop = s->signalling_hop = (struct hop){ 0 };
	s->target = (struct addr){ 0 };
	s->session = 0;
	s->aim = AIM_NONE;
	in_publish(t, index);
	flow_in_let(f);
	hairpin_turn(t, around, 3);
}

static void flow_set(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx)
{
	const struct port_spec *spec = &o->set.spec;
	const struct flow_realm *r = &t->realm[spec->own.realm];
	struct flow *f = &t->flow[o->index];
	struct flow_slow *s = &t->slow[o->index];
	const uint32_t around[] = { o->index, s->peer, s->hairpin };

	if (f->in.use != FLOW_UNUSED && s->session != spec->session)
		flow_reset(t, o->index);
	s->session = spec->session;
	s->realm = spec->own.realm;
	f->in.use = spec->drop ? FLOW_OFF : FLOW_ON;
	f->in.kind = (uint8_t)spec->kind;
	s->map = spec->map;
	s->peer = o->set.peer;
	s->hairpin = o->set.hairpin;
	flow_cover(t, s, o->set.cover, now);
	hairpin_turn(t, around, 3);
	flow_out_hold(f);
	f->out.to.source = r->address;
	f->out.to.port[0] = __builtin_bswap16(spec->own.port);
	f->out.to.dscp = spec->dscp;
	flow_out_let(f);
	flow_in_hold(f);
	rtp_measure_clock(&f->measure, spec->clock_hz);
	flow_in_let(f);
	s->capture = sinks_of(spec);
	s->expected_hop = o->set.expected;
	s->signalling_hop = o->set.signalling;
	s->gate = spec->gate;
	s->no_feedback = spec->no_feedback;
	learn_set(&s->learn, spec, now);
	flow_publish(t, o->index);
	flow_aim(t, o->index, tell, ctx);
}

static void flow_hop(struct flow *f, struct flow_slow *s, const struct addr *host, struct hop hop)
{
	if (addr_is_set(&s->learn.expected) && addr_same_host(&s->learn.expected, host))
		s->expected_hop = hop;
	if (addr_is_set(&s->learn.signalling) && addr_same_host(&s->learn.signalling, host))
		s->signalling_hop = hop;
	if (!addr_is_set(&s->target) || !addr_same_host(&s->target, host))
		return;
	flow_out_hold(f);
	out_hop(f, s, hop);
	flow_out_let(f);
}

void flow_order(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx)
{
	struct flow *f = &t->flow[o->index];
	struct flow_slow *s = &t->slow[o->index];

	switch (o->kind) {
	case ORDER_SET:
		flow_set(t, o, now, tell, ctx);
		__atomic_store_n(&s->applied, s->applied + 1, __ATOMIC_RELEASE);
		break;
	case ORDER_CLEAR:
		flow_reset(t, o->index);
		__atomic_store_n(&s->applied, s->applied + 1, __ATOMIC_RELEASE);
		break;
	case ORDER_HOP:
		if (f->in.use != FLOW_UNUSED)
			flow_hop(f, s, &o->hop.host, o->hop.hop);
		break;
	case ORDER_COPY:
	case ORDER_UNCOPY:
		copies_order(t, o);
		break;
	case ORDER_REPLY: /* worker.c */
	case ORDER_SEND:  /* inject.c */
	case ORDER_DIAL:  /* dialport.c */
		break;
	case ORDER_TICK:
		if (f->in.use == FLOW_UNUSED)
			break;
		learn_expire(&s->learn, now);
		flow_publish(t, o->index);
		flow_aim(t, o->index, tell, ctx);
		break;
	}
}

/* --- packets ---------------------------------------------------------------------------------------------- */

/* RTP is on the even port of a pair, RTCP on the odd one after it. The pair's other port, or 0. */
static uint32_t flow_sibling(const struct flow_table *t, uint32_t index)
{
	const struct flow *f = &t->flow[index];
	const uint32_t other = f->in.kind == STREAM_RTCP ? index - 1 : index + 1;

	if (other == 0 || other >= t->count || t->flow[other].in.use == FLOW_UNUSED)
		return 0;
	if (t->slow[other].session != t->slow[index].session ||
	    (t->flow[other].in.kind == STREAM_RTCP) == (f->in.kind == STREAM_RTCP) ||
	    t->slow[other].realm != t->slow[index].realm)
		return 0;
	return other;
}

uint32_t flow_control_exit(const struct flow_table *t, uint32_t in, uint32_t out)
{
	const struct cover *c = t->slow[in].cover, *other = t->slow[out].cover;
	uint32_t sibling;

	/* Who got its own RTCP back would take it for that of another one with its name (RFC 3550 8.2). */
	if (in == out)
		return 0;
	if (!c || !c->mux || (other && other->mux) || t->flow[out].in.kind == STREAM_RTCP)
		return out;
	sibling = flow_sibling(t, out);
	return sibling ? sibling : out;
}

/* RTCP is tied to the host of its RTP stream (M5): when that moves, if only to another port, a NAT has lost what it
 * knew of both, and RTCP starts over. */
static void sibling_follow(struct flow_table *t, uint32_t index, const struct addr *before, flow_notice_fn *tell,
			   void *ctx)
{
	const uint32_t other = t->flow[index].in.kind != STREAM_RTCP ? flow_sibling(t, index) : 0;
	const struct addr *source = &t->slow[index].learn.source;
	struct learn *l = &t->slow[other].learn;

	if (other == 0 || l->state == PORT_WAITING)
		return;
	if (addr_same_host(&l->source, source) && (!addr_is_set(before) || addr_eq(before, source)))
		return;
	learn_forget(l);
	flow_publish(t, other);
	flow_aim(t, other, tell, ctx);
}

/* A port of ours speaks to another one only where a call is known to come back to us (M6): packets could go in circles.
 */
static bool source_is_ours(const struct flow_table *t, const struct learn *l, const struct addr *source)
{
	return !addr_eq(&l->expected, source) &&
	       flow_of(t, host_of(source), source->family, __builtin_bswap16(source->port)) != 0;
}

/* From where nothing comes that is true: were it learnt, we would send there (FAULTS 22). Another program of this host
 * speaks only where signalling has named it. */
static bool source_is_false(const struct flow_table *t, const struct flow_slow *s, const struct addr *source)
{
	const struct flow_realm *realm = &t->realm[s->realm];
	const struct addr own = host_addr(&realm->address, realm->family, 0);
	const struct host from = host_of(source);

	if (reach_from(&own, source) != REACH_FINE)
		return true;
	if (addr_same_host(&s->learn.expected, source) || addr_same_host(&s->learn.signalling, source))
		return false;
	for (uint32_t i = 0; i < t->nrealm; i++)
		if (host_eq(&t->realm[i].address, &from) && t->realm[i].family == source->family)
			return true;
	return false;
}

static bool source_may_not(const struct flow_table *t, uint32_t index, const struct addr *source)
{
	const struct flow_slow *s = &t->slow[index];

	if (source_is_false(t, s, source))
		return true;
	if (s->hairpin && addr_eq(&s->learn.expected, source))
		return hairpin_circles(t, index);
	return source_is_ours(t, &s->learn, source);
}

static struct learn_heard heard_of(const struct flow *f, uint64_t now)
{
	return (struct learn_heard){ .at_ms = flow_heard_ms(f, now),
				     .ssrc = f->measure.ssrc,
				     .seq = (uint16_t)f->measure.highest };
}

static void packet_tie(const struct flow_table *t, uint32_t index, struct learn_packet *p)
{
	const uint32_t rtp = t->flow[index].in.kind == STREAM_RTCP ? flow_sibling(t, index) : 0;

	if (rtp && t->slow[rtp].learn.state == PORT_LATCHED)
		p->tied = &t->slow[rtp].learn.source;
}

bool flow_may_write(const struct flow_table *t, uint32_t index, const struct addr *source)
{
	return !source_is_banned(t, source) && !source_is_false(t, &t->slow[index], source);
}

bool flow_would_learn(const struct flow_table *t, uint32_t index, const struct learn_packet *p, uint64_t now)
{
	struct learn trial = t->slow[index].learn;
	struct learn_packet packet = *p;
	struct learn_heard heard;

	if (source_is_banned(t, &p->source) || source_may_not(t, index, &p->source))
		return false;
	packet_tie(t, index, &packet);
	heard = heard_of(&t->flow[index], now);
	return learn_packet(&trial, &packet, &heard, now).verdict == LEARN_ACCEPT;
}

/* A flood from one source takes one place. */
static void refused_note(struct flow_slow *s, const struct addr *source)
{
	const struct host ip = host_of(source);
	const uint16_t port = __builtin_bswap16(source->port);
	unsigned at = (s->nrefused - 1) % PORT_REFUSED_MAX;

	flow_count(&s->refused, 1);
	if (s->nrefused && s->refused_from[at].port == port && host_eq(&s->refused_from[at].ip, &ip))
		return;
	at = s->nrefused % PORT_REFUSED_MAX;
	__atomic_store_n(&s->refused_from[at].port, 0, __ATOMIC_RELEASE);
	host_store(&s->refused_from[at].ip, &ip);
	__atomic_store_n(&s->refused_from[at].port, port, __ATOMIC_RELEASE);
	__atomic_store_n(&s->nrefused, s->nrefused + 1, __ATOMIC_RELEASE);
}

enum learn_verdict flow_learn(struct flow_table *t, uint32_t index, const struct learn_packet *p, uint64_t now,
			      flow_notice_fn *tell, void *ctx)
{
	const struct flow *f = &t->flow[index];
	struct flow_slow *s = &t->slow[index];
	const struct learn_heard heard = heard_of(f, now);
	struct notice n = { .index = index, .session = s->session, .ssrc = p->ssrc, .source = p->source };
	struct learn_packet packet = *p;
	const enum port_state before = s->learn.state;
	const struct addr source = s->learn.source;
	struct learn_result result;

	if (source_is_banned(t, &p->source))
		return LEARN_BANNED;
	packet_tie(t, index, &packet);
	if (source_may_not(t, index, &p->source))
		result = learn_refuse(&s->learn);
	else
		result = learn_packet(&s->learn, &packet, &heard, now);
	if (result.verdict == LEARN_ACCEPT || s->learn.state != before) {
		flow_publish(t, index);
		flow_aim(t, index, tell, ctx);
	}
	if (result.latched) {
		n.kind = NOTICE_LATCHED;
		tell(ctx, &n);
		sibling_follow(t, index, &source, tell, ctx);
	}
	if (result.verdict == LEARN_REFUSE_FIRST) {
		n.kind = NOTICE_REFUSED;
		tell(ctx, &n);
	}
	if (result.verdict != LEARN_ACCEPT)
		refused_note(s, &p->source);
	return result.verdict;
}

/* --- statistics ------------------------------------------------------------------------------------------- */

static struct addr addr_load(const struct host *ip, uint16_t port_be, uint8_t family)
{
	struct host copy;

	copy.word[0] = __atomic_load_n(&ip->word[0], __ATOMIC_RELAXED);
	copy.word[1] = __atomic_load_n(&ip->word[1], __ATOMIC_RELAXED);
	return host_addr(&copy, family, port_be);
}

static uint64_t load(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* Of a port that one of ours faces: nothing comes to it or leaves from it, but all that would is counted elsewhere. */
static void stats_of_hairpin(const struct flow_table *t, const struct flow_slow *s, struct port_stats *out)
{
	const uint32_t heard_at = __atomic_load_n(&s->heard_at, __ATOMIC_RELAXED);
	const uint32_t sent_from = __atomic_load_n(&s->sent_from, __ATOMIC_RELAXED);

	if (heard_at) {
		out->rx_packets += load(&t->flow[heard_at].in.packets);
		out->rx_bytes += load(&t->flow[heard_at].in.bytes);
		out->last_rx_ms = load(&t->flow[heard_at].in.at_ms);
	}
	if (sent_from) {
		out->tx_packets += load(&t->flow[sent_from].in.packets);
		out->tx_bytes += load(&t->flow[sent_from].in.bytes);
	}
}

/* The latest first. What is being written is left out. */
static void refused_load(const struct flow_slow *s, uint8_t family, struct addr out[PORT_REFUSED_MAX])
{
	const uint32_t n = __atomic_load_n(&s->nrefused, __ATOMIC_ACQUIRE);

	for (uint32_t i = 1; i <= PORT_REFUSED_MAX && i <= n; i++) {
		const unsigned at = (n - i) % PORT_REFUSED_MAX;
		const uint16_t port = __atomic_load_n(&s->refused_from[at].port, __ATOMIC_ACQUIRE);

		if (port)
			*out++ = addr_load(&s->refused_from[at].ip, port, family);
	}
}

/* Control, which asks, is who frees covers. */
static uint64_t unopened_load(const struct flow_slow *s)
{
	const struct cover *c = __atomic_load_n(&s->cover, __ATOMIC_ACQUIRE);

	return c ? load(&c->unopened) : 0;
}

static bool flow_has_applied(const struct flow_slow *s, uint32_t applied)
{
	return (int32_t)(__atomic_load_n(&s->applied, __ATOMIC_ACQUIRE) - applied) >= 0;
}

bool flow_quality(const struct flow_table *t, uint32_t index, uint32_t applied, struct rtp_quality *out)
{
	struct rtp_measure measure;

	if (!flow_has_applied(&t->slow[index], applied))
		return false;
	rtp_measure_copy(&measure, &t->flow[index].measure);
	rtp_measure_quality(&measure, out);
	return true;
}

void flow_stats(const struct flow_table *t, uint32_t index, uint32_t applied, struct port_stats *out)
{
	const struct flow *f = &t->flow[index];
	const struct flow_slow *s = &t->slow[index];
	const uint8_t family = t->realm[flow_own(t, index).realm].family;

	*out = (struct port_stats){ 0 };
	if (!flow_quality(t, index, applied, &out->quality))
		return;
	out->state = (enum port_state)__atomic_load_n(&f->in.state, __ATOMIC_ACQUIRE);
	if (out->state == PORT_LATCHED)
		out->latched = addr_load(&f->in.source, __atomic_load_n(&f->in.source_port, __ATOMIC_RELAXED), family);
	refused_load(s, family, out->refused);
	out->rx_packets = load(&f->in.packets);
	out->rx_bytes = load(&f->in.bytes);
	out->tx_packets = load(&f->out.packets);
	out->tx_bytes = load(&f->out.bytes);
	out->refused_packets = load(&s->refused);
	out->malformed_packets = load(&s->malformed);
	out->unsent_packets = load(&s->unsent);
	out->unopened_packets = unopened_load(s);
	out->last_rx_ms = load(&f->in.at_ms);
	stats_of_hairpin(t, s, out);
	out->payload_type = __atomic_load_n(&f->in.payload_type, __ATOMIC_RELAXED);
	out->ssrc = out->quality.ssrc;
	hearsay_copy(&out->hearsay, &s->hearsay);
}
