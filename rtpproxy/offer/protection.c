/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/protection.h"

#include "alg/nat/sdp_rewrite.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/secure.h"

/* What our offer to the side says: it keeps the secrets that it has been told once. */
static void stream_show(struct job *j, struct shield *s, const struct protection *look)
{
	s->shown = look->shield;
	s->optional = look->optional;
	if (look->shield == SHIELD_SDES && !s->has_secrets)
		shield_secrets_make(s, j->relay->random, j->relay->random_ctx);
}

/* Is there anything to be shown? */
static bool look_is_any(const struct protection *look)
{
	return look->shield != SHIELD_NONE || look->mux != MUX_NONE || look->ice != ICE_NONE;
}

enum outcome protection_offer(struct job *j, const struct parties *p, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct stream *to = &p->answerer->stream[i];
		struct protection *look = &m->look[i];

		if (m->open[i] && !m->target[i].datagram) {
			look->mux = (uint8_t)mux_offer(j->request, m->target[i].terms);
			look->ice = (uint8_t)ice_offer(j->request, m->target[i].terms);
		}
		look->any = look_is_any(look);
		if (!to->secure && !look->any)
			continue;
		if (!secure_make(to))
			return OUTCOME_NO_MEMORY;
		if (look->shield == SHIELD_DTLS && handshake_prepare(j->relay, to, j->now))
			return OUTCOME_NO_MEMORY;
		look->setup = SDP_SETUP_ACTPASS;
		stream_show(j, &to->secure->shield, look);
		to->secure->mux.shown = look->mux != MUX_NONE;
		if (look->ice == ICE_OURS)
			look->us = *ice_us_offered(&to->secure->ice, j->relay->random, j->relay->random_ctx);
	}
	return OUTCOME_OK;
}

/* The offerer's key is answered with ours, in the suite that it likes best of those that we know. */
static void stream_answer(struct job *j, const struct shield *s, const struct sdp_crypto *offered,
			  struct protection *look)
{
	struct shield fresh;

	if (!shield_secrets_hold(s, &offered->key)) {
		shield_secrets_make(&fresh, j->relay->random, j->relay->random_ctx);
		s = &fresh;
	}
	look->crypto.tag = offered->tag;
	look->crypto.key = shield_key(s, offered->key.suite);
}

enum outcome protection_answer(struct job *j, const struct session *s, const struct parties *p, struct offer_media *m,
			       unsigned n)
{
	for (unsigned i = 0; i < n && i < p->offerer->nstream; i++) {
		struct stream *to = &p->offerer->stream[i];
		const struct target *offered = s->offerer == p->offerer ? leg_offered(p->offerer, i) : &to->now;
		struct protection *look = &m->look[i];

		look->is_answer = true;
		if (m->open[i]) {
			look->mux = (uint8_t)mux_answer(offered->terms);
			look->ice = (uint8_t)ice_answer(j->request, offered->terms);
		}
		look->any = look_is_any(look);
		if (!look->any)
			continue;
		if (!secure_make(to))
			return OUTCOME_NO_MEMORY;
		if (look->ice == ICE_OURS)
			look->us = ice_us_answered(&to->secure->ice, to->now.terms, offered->terms, j->relay->random,
						   j->relay->random_ctx);
		if (look->shield == SHIELD_DTLS && handshake_prepare(j->relay, to, j->now))
			return OUTCOME_NO_MEMORY;
		if (look->shield == SHIELD_SDES)
			stream_answer(j, &to->secure->shield, &offered->terms->crypto, look);
		else if (look->shield == SHIELD_DTLS)
			look->setup = handshake_answer(to->secure->handshake, offered->terms, j->request->dtls_active);
	}
	return OUTCOME_OK;
}

/* The side's description is in force. Ours: where it has answered, of the suite that it has chosen; where it had
 * offered, look says. */
static void stream_commit(const struct job *j, struct stream *m, const struct protection *look)
{
	struct shield *s = &m->secure->shield;
	const struct sdp_crypto *said;

	if (m->now.shield != SHIELD_DTLS) {
		handshake_free(m->secure->handshake);
		m->secure->handshake = NULL;
	}
	if (m->now.shield != SHIELD_SDES) {
		if (s->kind != m->now.shield)
			shield_drop(s);
		return;
	}
	/* Whoever was told none in this answer has none, whatever he offered. */
	if (look && look->shield != SHIELD_SDES) {
		s->ours = (struct srtp_key){ 0 };
		return;
	}
	if (look)
		shield_told(s, &look->crypto.key, j->relay->random, j->relay->random_ctx);
	said = &m->now.terms->crypto;
	shield_arm(s, SHIELD_SDES, &(struct srtp_key){ 0 }, &said->key);
	s->ours = shield_key(s, said->key.suite);
}

/* The same of its ports. */
static void stream_commit_ways(struct stream *m, const struct protection *look, uint64_t now)
{
	if (look)
		mux_commit_offerer(&m->secure->mux, (enum mux_look)look->mux);
	else
		mux_commit_answerer(&m->secure->mux, m->now.terms);
	if (look && look->ice == ICE_OURS)
		ice_tell(&m->secure->ice, &look->us);
	ice_follow(&m->secure->ice, m->now.terms, now);
}

/* And of who begins the handshake. */
static void stream_shake(struct job *j, struct session *s, struct leg *l, unsigned stream,
			 const struct protection *look)
{
	const struct stream *m = &l->stream[stream];
	const struct handshake *h = m->secure->handshake;

	if (m->now.shield == SHIELD_DTLS && h && !secure_waits(m))
		handshake_begin(j->relay, s, l, stream, look ? look->setup : handshake_answered(h, m->now.terms),
				j->now);
}

void protection_commit_leg(struct job *j, struct session *s, struct leg *l, bool is_reader, const struct offer_media *m,
			   unsigned n)
{
	for (unsigned i = 0; i < n && i < l->nstream; i++) {
		const struct protection *look = is_reader ? &m->look[i] : NULL;

		if (!l->stream[i].secure || !m->open[i])
			continue;
		stream_commit(j, &l->stream[i], look);
		stream_commit_ways(&l->stream[i], look, j->now);
		stream_shake(j, s, l, i, look);
	}
}

void protection_commit(struct job *j, struct session *s, const struct parties *p, const struct offer_media *m,
		       unsigned n)
{
	protection_commit_leg(j, s, p->offerer, true, m, n);
	protection_commit_leg(j, s, p->answerer, false, m, n);
}

void protection_write(const struct job *j, const struct leg *to, unsigned stream, const struct protection *look,
		      const struct sdp_ours *ours, struct writer *w)
{
	mux_write(w, (enum mux_look)look->mux);
	ice_write(w, (enum ice_look)look->ice, &look->us, &ours->rtp, &ours->rtcp);
	if (look->shield == SHIELD_SDES && look->is_answer)
		sdp_crypto_write(w, &look->crypto);
	else if (look->shield == SHIELD_SDES)
		shield_offer_write(&to->stream[stream].secure->shield, j->request, w);
	else if (look->shield == SHIELD_DTLS)
		handshake_write(to->stream[stream].secure->handshake, look->setup, w);
}
