/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/profile.h"

enum security { NO_RTP, PLAIN, KEYS, DTLS };

static const struct {
	struct span name;
	enum security security;
} profiles[] = {
	{ SPAN("RTP/AVP"), PLAIN },  { SPAN("RTP/AVPF"), PLAIN },        { SPAN("RTP/SAVP"), KEYS },
	{ SPAN("RTP/SAVPF"), KEYS }, { SPAN("UDP/TLS/RTP/SAVP"), DTLS }, { SPAN("UDP/TLS/RTP/SAVPF"), DTLS },
};

static enum security security_of(struct span profile)
{
	for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (span_ieq(profile, profiles[i].name))
			return profiles[i].security;
	return NO_RTP;
}

enum outcome profile_of_offer(const struct job *j, struct offer_media *m, unsigned n)
{
	const struct span wanted = j->request->transport;

	for (unsigned i = 0; i < n; i++) {
		const enum security own = security_of(span_str(m->target[i].protocol));

		if (!m->open[i] || !span_is_set(wanted) || own == NO_RTP)
			continue;
		if (own != security_of(wanted))
			return OUTCOME_MIXED_SECURITY;
		m->profile[i] = wanted;
	}
	return OUTCOME_OK;
}

enum outcome profile_of_answer(const struct session *s, const struct leg *offerer, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < offerer->nstream; i++) {
		const struct stream *stream = &offerer->stream[i];
		const struct target *t = s->offerer == offerer ? &stream->next : &stream->now;
		const enum security own = security_of(span_str(t->protocol));

		if (!m->open[i] || own == NO_RTP)
			continue;
		if (own != security_of(span_str(m->target[i].protocol)))
			return OUTCOME_MIXED_SECURITY;
		m->profile[i] = span_str(t->protocol);
	}
	return OUTCOME_OK;
}
