/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/guise.h"

#include "alg/sdp/crypto.h"
#include "tests/flow/describe.h"

/* The key in the last description that p got, and the one that p writes. */
static bool keys_are(struct party *p, const struct port_spec *s)
{
	const struct span told = span_of(p->sdp.text, p->sdp.n);
	const uint32_t at = span_search(told, SPAN("a=crypto:"));
	struct span line = span_from(told, at < told.n ? at + 9 : at);
	char text[128];
	struct writer w = writer_over(text, sizeof(text));
	struct sdp_crypto ours, theirs;

	describe_crypto(p, &w);
	line = span_slice(line, 0, span_find(line, '\r'));
	if (sdp_crypto_parse(line, &ours) || sdp_crypto_parse(span_trim(span_from(writer_done(&w), 9)), &theirs))
		return false;
	return !memcmp(&s->seals, &ours.key, sizeof(ours.key)) && !memcmp(&s->opens, &theirs.key, sizeof(theirs.key));
}

static bool is_plain(const struct port_spec *s)
{
	return !s->awaits_keys && s->opens.suite == SRTP_SUITE_NONE && s->seals.suite == SRTP_SUITE_NONE;
}

void guise_check(struct world *w, struct party *p, struct span guise)
{
	const struct own_port own = { (uint8_t)p->flow.realm, (uint16_t)p->far_port };
	const struct port_spec *s = mediarelay_port(w->relay, own);

	if (!s)
		world_fail(w, "port %u is not open for %s", p->far_port, p->name);
	else if (span_eq(guise, SPAN("sdes")) && !keys_are(p, s))
		world_fail(w, "port %u of %s has other keys than were agreed on (suites %u, %u%s)", p->far_port,
			   p->name, s->opens.suite, s->seals.suite, s->awaits_keys ? ", and awaits some" : "");
	else if (span_eq(guise, SPAN("dtls")) && !s->awaits_keys)
		world_fail(w, "port %u of %s awaits no keys", p->far_port, p->name);
	else if (span_eq(guise, SPAN("plain")) && !is_plain(s))
		world_fail(w, "port %u of %s is not in the clear", p->far_port, p->name);
}
