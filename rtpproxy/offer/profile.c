/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/profile.h"

#include "rtpproxy/session/secure.h"

static const struct profile {
	struct span name;
	enum shield_kind shield;
} profiles[] = {
	{ SPAN("RTP/AVP"), SHIELD_NONE },          { SPAN("RTP/AVPF"), SHIELD_NONE },
	{ SPAN("RTP/SAVP"), SHIELD_SDES },         { SPAN("RTP/SAVPF"), SHIELD_SDES },
	{ SPAN("UDP/TLS/RTP/SAVP"), SHIELD_DTLS }, { SPAN("UDP/TLS/RTP/SAVPF"), SHIELD_DTLS },
};

/* NULL where it is none of RTP. */
static const struct profile *profile_of(struct span name)
{
	for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (span_ieq(name, profiles[i].name))
			return &profiles[i];
	return NULL;
}

/* As the side says, of RTP. Browsers once called DTLS by the name of SRTP. */
static struct profile profile_said(const struct target *t)
{
	struct profile p = *profile_of(span_str(t->protocol));

	if (p.shield == SHIELD_SDES && t->shield == SHIELD_DTLS)
		p.shield = SHIELD_DTLS;
	return p;
}

/* What came, as the reader is shown it where the client does not say; without a name: as it came. A side that has the
 * stream already is not asked to protect it otherwise than it does. */
static struct profile profile_as_it_is(const struct target *t, const struct stream *to)
{
	struct profile came = profile_said(t);

	came.name = (struct span){ 0 };
	if (to && stream_is_open(to) && profile_of(span_str(to->now.protocol))) {
		const struct profile has = profile_said(&to->now);

		return has.shield == came.shield ? came : has;
	}
	return came;
}

/* has_keys: it goes on with them, whatever the profile is called. */
static enum outcome stream_offer(const struct ng_request *q, const struct profile *p, bool has_keys,
				 struct protection *look)
{
	if (p->shield == SHIELD_DTLS && q->dtls_off)
		return OUTCOME_NO_USABLE_KEY;
	look->shield = (uint8_t)p->shield;
	if (p->shield == SHIELD_NONE && (q->osrtp_offer || has_keys) && shield_may_offer(q)) {
		look->shield = SHIELD_SDES;
		look->optional = true;
	}
	return look->shield == SHIELD_SDES && !shield_may_offer(q) ? OUTCOME_NO_USABLE_KEY : OUTCOME_OK;
}

enum outcome profile_of_offer(const struct job *j, const struct leg *answerer, struct offer_media *m, unsigned n)
{
	const struct profile *wanted = profile_of(j->request->transport);

	for (unsigned i = 0; i < n; i++) {
		const struct stream *to = i < answerer->nstream ? &answerer->stream[i] : NULL;
		struct profile p;
		enum outcome o;

		if (!m->open[i] || !profile_of(span_str(m->target[i].protocol)))
			continue;
		p = wanted ? *wanted : profile_as_it_is(&m->target[i], to);
		m->profile[i] = p.name;
		o = stream_offer(j->request, &p, !wanted && to && to->now.shield == SHIELD_SDES, &m->look[i]);
		if (o != OUTCOME_OK)
			return o;
	}
	return OUTCOME_OK;
}

/* What the answer says against what had been offered to its sender. */
static enum outcome stream_answered(const struct stream *to, struct target *t)
{
	static const struct shield plain = { .shown = SHIELD_NONE };
	const struct shield *shown = to->secure ? &to->secure->shield : &plain;

	if (t->keyless)
		return OUTCOME_NO_USABLE_KEY;
	if (shown->shown == SHIELD_DTLS && t->terms && t->terms->fingerprints.n)
		t->shield = SHIELD_DTLS;
	/* A key in the answer, whatever the profile is called: it was asked for, so it will be used. */
	if (shown->shown == SHIELD_SDES && t->terms && t->terms->crypto.key.suite != SRTP_SUITE_NONE)
		t->shield = SHIELD_SDES;
	else if (shown->shown == SHIELD_NONE && profile_of(span_str(t->protocol))->shield == SHIELD_NONE)
		t->shield = SHIELD_NONE;
	if (t->shield == shown->shown || (t->shield == SHIELD_NONE && shown->optional))
		return OUTCOME_OK;
	return t->shield == SHIELD_NONE ? OUTCOME_NOT_ENCRYPTED : OUTCOME_NO_USABLE_KEY;
}

enum outcome profile_of_answer(const struct session *s, const struct leg *offerer, const struct leg *answerer,
			       struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < offerer->nstream && i < answerer->nstream; i++) {
		const struct target *t = s->offerer == offerer ? leg_offered(offerer, i) : &offerer->stream[i].now;
		const struct profile *own = profile_of(span_str(t->protocol));
		enum outcome o;

		if ((!m->open[i] && !m->target[i].keyless) || !own || !profile_of(span_str(m->target[i].protocol)))
			continue;
		o = stream_answered(&answerer->stream[i], &m->target[i]);
		if (o != OUTCOME_OK)
			return o;
		/* Not the stream's own text: streams move where more are added. */
		m->profile[i] = own->name;
		m->look[i].shield = t->shield;
	}
	return OUTCOME_OK;
}

enum outcome profile_of_listener(const struct leg *l, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < l->nstream; i++) {
		enum outcome o;

		if ((!m->open[i] && !m->target[i].keyless) || !profile_of(span_str(m->target[i].protocol)))
			continue;
		o = stream_answered(&l->stream[i], &m->target[i]);
		if (o != OUTCOME_OK)
			return o;
	}
	return OUTCOME_OK;
}
