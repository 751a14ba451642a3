/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_flag.h"

#include "alg/ng/ng_key.h"
#include "alg/ng/ng_word.h"

enum effect {
	MET, /* what it asks for is what we do anyway */
	TRUST_ADDRESS,
	FATAL,
	FAST,
};

static const struct flag {
	struct span word;
	enum effect effect;
	bool is_prefix;
} flags[] = {
	{ SPAN("trust-address"), TRUST_ADDRESS, false },
	{ SPAN("fatal"), FATAL, false },
	{ SPAN("fast"), FAST, false },
	{ SPAN("sip-source-address"), MET, false },
	{ SPAN("replace-"), MET, true },
	{ SPAN("symmetric"), MET, false },
	{ SPAN("strict-source"), MET, false },
	{ SPAN("port-latching"), MET, false },
	{ SPAN("no-port-latching"), MET, false },
	{ SPAN("original-sendrecv"), MET, false },
	{ SPAN("loop-protect"), MET, false },
	{ SPAN("reset"), MET, false },
	{ SPAN("to-tag"), MET, false },
	{ SPAN("directional"), MET, false },
	{ SPAN("pierce-nat"), MET, false },
	{ SPAN("nat-wait"), MET, false },
	{ SPAN("rtp/avp"), MET, false },
	{ SPAN("rtcp-mux-demux"), MET, false },
	{ SPAN("rtcp-mux-accept"), MET, false },
	{ SPAN("rtcp-mux-reject"), MET, false },
	{ SPAN("rtcp-mux-offer"), MET, false },
	{ SPAN("dtls-off"), MET, false },
	{ SPAN("no-dtls"), MET, false },
	{ SPAN("sdes-off"), MET, false },
	{ SPAN("sdes-no"), MET, false },
};

void ng_unknown_add(struct ng_request *r, struct span word)
{
	if (r->nunknown < NG_WARNING_MAX)
		r->unknown[r->nunknown++] = word;
}

static const struct flag *flag_of(struct span word)
{
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (flags[i].is_prefix ? ng_word_starts(word, flags[i].word) : ng_word_eq(word, flags[i].word))
			return &flags[i];
	}
	return NULL;
}

int ng_flag_take(struct ng_request *r, struct span word)
{
	uint32_t equals = span_find(word, '=');
	const struct flag *f;

	if (equals < word.n && ng_key_may_be_flag(span_slice(word, 0, equals)))
		return ng_key_take_flag(r, span_slice(word, 0, equals), span_from(word, equals + 1));
	f = flag_of(word);
	if (!f)
		ng_unknown_add(r, word);
	else if (f->effect == TRUST_ADDRESS)
		r->trust_address = true;
	else if (f->effect == FATAL)
		r->fatal = true;
	else if (f->effect == FAST)
		r->fast = true;
	return 0;
}
