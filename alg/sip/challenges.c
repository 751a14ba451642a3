/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/challenges.h"

static bool is_same_space(const struct challenge *a, const struct challenge *b)
{
	return a->proxy == b->proxy && span_eq(a->digest.realm, b->digest.realm);
}

static unsigned consider(struct challenge out[CHALLENGES_MAX], unsigned n, const struct challenge *c)
{
	unsigned i = 0;

	while (i < n && !is_same_space(&out[i], c))
		i++;
	if (i == CHALLENGES_MAX || (i < n && out[i].digest.algorithm >= c->digest.algorithm))
		return n;
	out[i] = *c;
	return i == n ? n + 1 : n;
}

unsigned challenges_choose(const struct sip_msg *m, struct span realm, struct challenge out[CHALLENGES_MAX])
{
	static const enum sip_hdr kinds[] = { SIP_HDR_WWW_AUTHENTICATE, SIP_HDR_PROXY_AUTHENTICATE };
	unsigned n = 0;

	for (int k = 0; k < 2; k++) {
		for (const struct sip_field *f = sip_field_first(m, kinds[k]); f; f = sip_field_next(m, f)) {
			struct span left = sip_field_value(m, f);
			struct challenge c = { .proxy = kinds[k] == SIP_HDR_PROXY_AUTHENTICATE };

			while (span_is_set(c.text = digest_challenge_next(&left)))
				if (digest_challenge_parse(c.text, &c.digest) == 0 &&
				    digest_challenge_usable(&c.digest) &&
				    (!span_is_set(realm) || span_eq(c.digest.realm, realm)))
					n = consider(out, n, &c);
		}
	}
	return n;
}
