/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/profile.h"

enum security { NO_RTP, PLAIN, KEYS, DTLS };

static const struct profile {
	struct span name;
	enum security security;
} profiles[] = {
	{ SPAN("RTP/AVP"), PLAIN },  { SPAN("RTP/AVPF"), PLAIN },        { SPAN("RTP/SAVP"), KEYS },
	{ SPAN("RTP/SAVPF"), KEYS }, { SPAN("UDP/TLS/RTP/SAVP"), DTLS }, { SPAN("UDP/TLS/RTP/SAVPF"), DTLS },
	{ { 0 }, NO_RTP },
};

/* Its row; the last one where it is none of them. */
static const struct profile *profile_of(struct span name)
{
	const struct profile *p = profiles;

	while (p->security != NO_RTP && !span_ieq(name, p->name))
		p++;
	return p;
}

enum outcome profile_of_offer(const struct job *j, struct offer_media *m, unsigned n)
{
	const struct span wanted = j->request->transport;

	for (unsigned i = 0; i < n; i++) {
		const enum security own = profile_of(span_str(m->target[i].protocol))->security;

		if (!m->open[i] || !span_is_set(wanted) || own == NO_RTP)
			continue;
		if (own != profile_of(wanted)->security)
			return OUTCOME_MIXED_SECURITY;
		m->profile[i] = wanted;
	}
	return OUTCOME_OK;
}

enum outcome profile_of_answer(const struct session *s, const struct leg *offerer, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < offerer->nstream; i++) {
		const struct target *t = s->offerer == offerer ? leg_offered(offerer, i) : &offerer->stream[i].now;
		const struct profile *own = profile_of(span_str(t->protocol));

		if (!m->open[i] || own->security == NO_RTP)
			continue;
		if (own->security != profile_of(span_str(m->target[i].protocol))->security)
			return OUTCOME_MIXED_SECURITY;
		/* Not the stream's own text: streams move where more are added. */
		m->profile[i] = own->name;
	}
	return OUTCOME_OK;
}
