/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/learn.h"

#include "alg/rtp/rtp.h"

/* Policies by the ranks that they let in (M1). An address that SDP gave and the session layer passed on as expected is
 * its owner's wish under any policy. */
static const bool policy_allows[][RANK_EXACT + 1] = {
	[LATCH_EXACT] = { [RANK_EXACT] = true },
	[LATCH_SDP_IP] = { [RANK_EXACT] = true, [RANK_SAME_IP] = true },
	[LATCH_SIG_IP] = { [RANK_EXACT] = true, [RANK_SIGNALLING] = true },
	[LATCH_OPEN] = { [RANK_EXACT] = true, [RANK_SAME_IP] = true, [RANK_SIGNALLING] = true, [RANK_OTHER] = true },
};

static bool is_signalling(const struct learn *l, const struct addr *source)
{
	const unsigned bits = l->policy == LATCH_SIG_IP && l->sig_bits ? l->sig_bits : 128;

	if (!addr_is_set(&l->signalling) || l->signalling.family != source->family)
		return false;
	return bits >= 128 ? addr_same_host(&l->signalling, source) : addr_same_prefix(&l->signalling, source, bits);
}

/* RTP with a negotiated payload; nothing else says anything about its source (M2). Where there is no RTP, who speaks
 * so often must do. */
static bool packet_proves(const struct learn *l, const struct learn_packet *p)
{
	if (l->kind == STREAM_DATAGRAM)
		return true;
	return p->media && (numbers_are_none(&l->payloads) || numbers_have(&l->payloads, p->payload_type));
}

/* Needs no more than itself: nobody else can have made it (M2). */
static bool packet_is_proof(const struct learn *l, const struct learn_packet *p)
{
	return p->authentic && (p->media || l->mux);
}

/* RANK_NONE where the policy does not let the source in. */
static enum learn_rank rank_of(const struct learn *l, const struct addr *source)
{
	const bool signalling = is_signalling(l, source);
	enum learn_rank rank = RANK_OTHER;

	if (addr_is_set(&l->expected) && addr_eq(&l->expected, source))
		rank = RANK_EXACT;
	else if (addr_is_set(&l->expected) && addr_same_host(&l->expected, source))
		rank = RANK_SAME_IP;
	else if (signalling)
		rank = RANK_SIGNALLING;
	if (policy_allows[l->policy][rank])
		return rank;
	return l->policy == LATCH_SIG_IP && signalling ? RANK_SIGNALLING : RANK_NONE;
}

void learn_set(struct learn *l, const struct port_spec *spec, uint64_t now)
{
	l->kind = spec->kind;
	l->policy = spec->policy;
	l->sig_bits = spec->sig_bits;
	l->window_open = spec->window_open;
	l->mux = spec->mux;
	l->asymmetric = spec->asymmetric;
	l->expected = spec->expected;
	l->signalling = spec->signalling;
	l->payloads = spec->payloads;
	if (!spec->relearn)
		return;
	l->candidate = (struct learn_candidate){ 0 };
	l->former = (struct addr){ 0 };
	if (l->state == PORT_LATCHED)
		l->relearn_until_ms = now + LEARN_OVERLAP_MS;
	else
		l->state = PORT_WAITING;
}

void learn_forget(struct learn *l)
{
	l->state = PORT_WAITING;
	l->source = (struct addr){ 0 };
	l->former = (struct addr){ 0 };
	l->candidate = (struct learn_candidate){ 0 };
	l->relearn_until_ms = 0;
}

struct learn_result learn_refuse(struct learn *l)
{
	const bool told = l->refused_told;

	l->refused_told = true;
	return (struct learn_result){ .verdict = told ? LEARN_REFUSE : LEARN_REFUSE_FIRST };
}

static struct learn_result pass(void)
{
	return (struct learn_result){ .verdict = LEARN_ACCEPT };
}

static struct learn_result latch(struct learn *l, const struct addr *source, const struct addr *former)
{
	l->former = former ? *former : (struct addr){ 0 };
	l->source = *source;
	l->state = PORT_LATCHED;
	l->candidate = (struct learn_candidate){ 0 };
	l->relearn_until_ms = 0;
	return (struct learn_result){ .verdict = LEARN_ACCEPT, .latched = true };
}

static void candidate_begin(struct learn *l, const struct learn_packet *p, enum learn_rank rank, uint64_t now)
{
	l->candidate = (struct learn_candidate){
		.source = p->source,
		.at_ms = now,
		.ssrc = p->ssrc,
		.seq = p->seq,
		.count = packet_proves(l, p) ? 1 : 0,
		.rank = (uint8_t)rank,
	};
}

/* One more packet of the candidate: growing numbers of one SSRC count, anything else starts over. */
static void candidate_count(struct learn *l, const struct learn_packet *p, uint64_t now)
{
	struct learn_candidate *c = &l->candidate;

	c->at_ms = now;
	if (!packet_proves(l, p))
		return;
	if (l->kind == STREAM_DATAGRAM || (c->count && p->ssrc == c->ssrc && rtp_seq_ahead(c->seq, p->seq) > 0))
		c->count++;
	else
		c->count = 1;
	c->ssrc = p->ssrc;
	c->seq = p->seq;
}

void learn_expire(struct learn *l, uint64_t now)
{
	const struct learn_packet old = { .source = l->source };
	enum learn_rank rank;

	if (l->relearn_until_ms == 0 || now < l->relearn_until_ms)
		return;
	/* The old source had its time; what it may do now is up to the present policy. */
	rank = rank_of(l, &l->source);
	l->relearn_until_ms = 0;
	l->source = (struct addr){ 0 };
	/* A phone behind NAT that does not speak is still reached there, if anywhere. */
	if (!addr_is_set(&l->candidate.source) && !addr_is_set(&l->expected) && rank != RANK_NONE)
		candidate_begin(l, &old, rank, now);
	l->state = addr_is_set(&l->candidate.source) ? PORT_LEARNING : PORT_WAITING;
}

/* Is this packet the candidate's? Makes its source the candidate where it may be one: there is none, it fits better
 * (M3), or the other fell silent. */
static bool candidate_take(struct learn *l, const struct learn_packet *p, enum learn_rank rank, uint64_t now)
{
	struct learn_candidate *c = &l->candidate;

	if (addr_is_set(&c->source) && addr_eq(&c->source, &p->source)) {
		candidate_count(l, p, now);
		return true;
	}
	if (addr_is_set(&c->source) && rank <= c->rank && now - c->at_ms < LEARN_SILENCE_MS)
		return false;
	candidate_begin(l, p, rank, now);
	return true;
}

/* Before anyone is confirmed. The candidate's packets pass, so that no speech is lost; but a stranger's only where they
 * bring him nearer to being confirmed. */
static struct learn_result learn_open(struct learn *l, const struct learn_packet *p, enum learn_rank rank, uint64_t now)
{
	if (packet_is_proof(l, p))
		return latch(l, &p->source, NULL);
	if ((rank < RANK_SIGNALLING && !packet_proves(l, p)) || !candidate_take(l, p, rank, now))
		return learn_refuse(l);
	if (l->candidate.count >= LEARN_CONFIRM)
		return latch(l, &p->source, NULL);
	l->state = PORT_LEARNING;
	return pass();
}

/* New SDP: the old source speaks on until the new one is confirmed. */
static struct learn_result learn_again(struct learn *l, const struct learn_packet *p, enum learn_rank rank,
				       uint64_t now)
{
	if (packet_is_proof(l, p))
		return latch(l, &p->source, NULL);
	if (!candidate_take(l, p, rank, now))
		return learn_refuse(l);
	return l->candidate.count >= LEARN_CONFIRM ? latch(l, &p->source, NULL) : pass();
}

/* Another source than the confirmed one, without new SDP: only the same stream, gone on elsewhere after a silence (a
 * NAT that changed its mapping). It proves itself before anything of it passes. */
static struct learn_result learn_follow(struct learn *l, const struct learn_packet *p, const struct learn_heard *heard,
					enum learn_rank rank, uint64_t now)
{
	const int ahead = rtp_seq_ahead(heard->seq, p->seq);
	const struct addr former = l->source;

	if (now - heard->at_ms < LEARN_SILENCE_MS)
		return learn_refuse(l);
	if (packet_is_proof(l, p))
		return latch(l, &p->source, &former);
	if (l->kind == STREAM_DATAGRAM || !packet_proves(l, p))
		return learn_refuse(l);
	if (p->ssrc != heard->ssrc || ahead <= 0 || ahead > LEARN_SEQ_AHEAD)
		return learn_refuse(l);
	if (!candidate_take(l, p, rank, now) || l->candidate.count < LEARN_CONFIRM)
		return learn_refuse(l);
	return latch(l, &p->source, &former);
}

/* RTCP follows its RTP stream's host and needs no more proof than that (M5); but who speaks there now must have fallen
 * silent first. Alone, it speaks under the policy but is not latched. */
static struct learn_result learn_control(struct learn *l, const struct learn_packet *p, const struct learn_heard *heard,
					 enum learn_rank rank, uint64_t now)
{
	if (p->tied) {
		if (!addr_same_host(p->tied, &p->source))
			return learn_refuse(l);
		if (l->state == PORT_LATCHED && now - heard->at_ms < LEARN_CONTROL_SILENCE_MS)
			return learn_refuse(l);
		return latch(l, &p->source, NULL);
	}
	if (rank == RANK_NONE || !candidate_take(l, p, rank, now))
		return learn_refuse(l);
	l->state = PORT_LEARNING;
	return pass();
}

struct learn_result learn_packet(struct learn *l, const struct learn_packet *p, const struct learn_heard *heard,
				 uint64_t now)
{
	enum learn_rank rank;

	learn_expire(l, now);
	if (l->state == PORT_LATCHED && addr_eq(&l->source, &p->source))
		return pass();
	if (!l->window_open)
		return (struct learn_result){ .verdict = LEARN_EARLY };
	rank = rank_of(l, &p->source);
	if (l->kind == STREAM_RTCP)
		return learn_control(l, p, heard, rank, now);
	if (rank == RANK_NONE)
		return learn_refuse(l);
	if (l->state != PORT_LATCHED)
		return learn_open(l, p, rank, now);
	if (addr_is_set(&l->former) && addr_eq(&l->former, &p->source) && packet_proves(l, p))
		return latch(l, &p->source, NULL);
	if (l->relearn_until_ms)
		return learn_again(l, p, rank, now);
	return learn_follow(l, p, heard, rank, now);
}

struct addr learn_target(const struct learn *l)
{
	if (l->asymmetric && addr_is_set(&l->expected))
		return l->expected;
	if (l->state == PORT_LATCHED)
		return l->source;
	if (l->state == PORT_LEARNING && l->candidate.rank >= RANK_SIGNALLING)
		return l->candidate.source;
	return l->expected;
}
