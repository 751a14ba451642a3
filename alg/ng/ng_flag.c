/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_flag.h"

#include "alg/ng/ng_key.h"
#include "alg/ng/ng_word.h"

#define AS_KEY(prefix, name)                                                                                           \
	{                                                                                                              \
		SPAN(prefix), NG_AS_KEY, 0, 0, SPAN(name)                                                              \
	}
#define WHOLE(text, name)                                                                                              \
	{                                                                                                              \
		SPAN(text), NG_WHOLE, 0, 0, SPAN(name)                                                                 \
	}

/* The longer of two words that begin alike comes first. */
static const struct ng_flag flags[] = {
	NG_FLAG_ON("trust-address", trust_address),
	NG_FLAG_ON("sip-source-address", sip_source_address),
	NG_FLAG_ON("asymmetric", asymmetric),
	NG_FLAG_ON("nat-wait", nat_wait),
	NG_FLAG_ON("pierce-nat", pierce_nat),
	NG_FLAG_ON("loop-protect", loop_protect),
	NG_FLAG_ON("fragment", fragment),
	NG_FLAG_ON("no-dtls", dtls_off),
	NG_FLAG_ON("reject-ice", reject_ice),
	NG_FLAG_ON("generate-mid", generate_mid),
	NG_FLAG_ON("generate-rtcp", generate_rtcp),
	NG_FLAG_ON("strip-extmap", strip_extmap),
	NG_FLAG_ON("force-increment-sdp-ver", force_version),
	NG_FLAG_ON("fatal", fatal),
	NG_FLAG_ON("fast", fast),
	NG_FLAG_ON("all", all),
	NG_FLAG_ON("siprec", siprec),
	NG_FLAG_ON("sender-dtmf-info", sender_dtmf_info),
	NG_FLAG_ON("receiver-dtmf-info", receiver_dtmf_info),
	NG_FLAG_ON("detect-dtmf", detect_dtmf),
	NG_FLAG_VALUE("sender-srtp-off", sender_srtp, NG_SRTP_OFF),
	NG_FLAG_VALUE("sender-srtp-sdes", sender_srtp, NG_SRTP_SDES),
	NG_FLAG_VALUE("sender-srtp-dtls", sender_srtp, NG_SRTP_DTLS),
	NG_FLAG_ON("no-payload", no_payload),
	NG_FLAG_VALUE("no-rtcp-attribute", rtcp_attribute, NG_RTCP_NEVER),
	NG_FLAG_VALUE("full-rtcp-attribute", rtcp_attribute, NG_RTCP_FULL),

	/* Values that come without their key. */
	WHOLE("internal", "direction"),
	WHOLE("external", "direction"),
	WHOLE("rtp/avp", "transport-protocol"),
	WHOLE("rtp/avpf", "transport-protocol"),
	WHOLE("rtp/savp", "transport-protocol"),
	WHOLE("rtp/savpf", "transport-protocol"),
	WHOLE("udp/tls/rtp/savp", "transport-protocol"),
	WHOLE("udp/tls/rtp/savpf", "transport-protocol"),
	WHOLE("avp", "transport-protocol"),
	WHOLE("avpf", "transport-protocol"),
	WHOLE("savp", "transport-protocol"),
	WHOLE("savpf", "transport-protocol"),
	WHOLE("webrtc", "transport-protocol"),
	WHOLE("record-call", "record-call"),
	AS_KEY("replace-", "replace"),
	AS_KEY("rtcp-mux-", "rtcp-mux"),
	AS_KEY("ice-", "ice"),
	AS_KEY("dtls-", "dtls"),
	AS_KEY("sdes-", "sdes"),
	AS_KEY("osrtp-", "osrtp"),
	AS_KEY("t38-", "t38"),
	AS_KEY("bundle-", "bundle"),
	AS_KEY("endpoint-learning-", "endpoint-learning"),
	AS_KEY("media-echo-", "media-echo"),
	AS_KEY("drop-traffic-", "drop-traffic"),
	AS_KEY("codec-", "codec"),
	AS_KEY("extmap-", "extmap"),
	AS_KEY("sdp-attr-", "sdp-attr"),
	AS_KEY("sdp-media-remove-", "sdp-media-remove"),
	WHOLE("transcode-", "codec"),

	/* So it is always here: learnt by symmetric RTP, held to that source, ports and directions kept. */
	NG_FLAG_MET("symmetric"),
	NG_FLAG_MET("strict-source"),
	NG_FLAG_MET("port-latching"),
	NG_FLAG_MET("no-port-latching"),
	NG_FLAG_MET("original-sendrecv"),
	/* A source may change, by the rules for it (CALLS.md M4). */
	NG_FLAG_MET("media-handover"),
	/* There is no such state here: the numbers of the media are its sender's. */
	NG_FLAG_MET("reset"),
	/* A tag that nobody knows is the same side under another name, or another branch: either is tried. */
	NG_FLAG_MET("new-branch"),
	/* Each side has keys of its own. */
	NG_FLAG_MET("recrypt"),
	NG_FLAG_MET("pad-crypto"),
	/* A stream without a codec is refused. */
	NG_FLAG_MET("allow-no-codec-media"),
	/* Media is relayed as soon as there is a way for it, in one direction too. */
	NG_FLAG_MET("unidirectional"),
	NG_FLAG_MET("early-media"),
	NG_FLAG_MET("provisional"),
	NG_FLAG_MET("passthrough"),
	NG_FLAG_MET("no-passthrough"),
	NG_FLAG_MET("no-jitter-buffer"),
	/* Payload is not changed. */
	NG_FLAG_MET("allow-transcoding"),
	NG_FLAG_MET("allow-asymmetric-codecs"),
	NG_FLAG_MET("symmetric-codecs"),
	NG_FLAG_MET("reuse-codecs"),
	NG_FLAG_MET("reorder-codecs"),
	NG_FLAG_MET("no-codec-renegotiation"),
	NG_FLAG_MET("static-codecs"),
	/* All that we have to tell is in the description. */
	NG_FLAG_MET("trickle-ice"),
	/* For the client, or for parts that we do not have: a store of its own, a kernel module. */
	NG_FLAG_MET("to-tag"),
	NG_FLAG_MET("directional"),
	NG_FLAG_MET("debug"),
	NG_FLAG_MET("debugging"),
	NG_FLAG_MET("no-redis-update"),
	NG_FLAG_MET("skip-recording-db"),

	NG_FLAG_UNMET("always-transcode"),
	NG_FLAG_UNMET("single-codec"),
	NG_FLAG_MET("inject-dtmf"),
	NG_FLAG_UNMET("mirror-rtcp"),
	NG_FLAG_UNMET("rtcp-mirror"),
	NG_FLAG_UNMET("block-dtmf"),
	NG_FLAG_UNMET("block-media"),
	NG_FLAG_UNMET("silence-media"),
	NG_FLAG_UNMET("discard-recording"),
	NG_FLAG_UNMET("exclude-recording"),
	NG_FLAG_UNMET("recording-vsc"),
	NG_FLAG_UNMET("egress"),
	NG_FLAG_UNMET("player"),
	NG_FLAG_UNMET("inactive"),
	NG_FLAG_UNMET("block-egress"),
	NG_FLAG_UNMET("block-short"),
	NG_FLAG_UNMET("block-short-packets"),
	NG_FLAG_UNMET("recording-announcement"),
	NG_FLAG_END,
};

static void word_add(struct span *words, uint8_t *n, struct span word)
{
	if (*n < NG_WARNING_MAX)
		words[(*n)++] = word;
}

void ng_unknown_add(struct ng_request *r, struct span word)
{
	word_add(r->unknown, &r->nunknown, word);
}

void ng_unmet_add(struct ng_request *r, struct span word)
{
	word_add(r->unmet, &r->nunmet, word);
}

static bool flag_fits(const struct ng_flag *f, struct span word, struct span *rest)
{
	const bool is_prefix = f->effect == NG_AS_KEY || f->word.p[f->word.n - 1] == '-';

	*rest = word;
	if (is_prefix && ng_word_starts(word, f->word, rest))
		return true;
	return ng_word_eq(word, f->word) || span_eq(f->word, SPAN("*"));
}

static const struct ng_flag *flag_of(const struct ng_flag *rows, struct span word, struct span *rest)
{
	/* Most rows differ in the first letter. A dot there counts for nothing. */
	const char first = word.n && word.p[0] != '.' ? ng_word_letter(word.p[0]) : '\0';

	for (const struct ng_flag *f = rows; span_is_set(f->word); f++)
		if ((!first || f->word.p[0] == first || f->word.p[0] == '*') && flag_fits(f, word, rest))
			return f;
	return NULL;
}

static void flag_apply(struct ng_request *r, const struct ng_flag *f, struct span told)
{
	if (!f)
		ng_unknown_add(r, told);
	else if (f->effect == NG_UNMET)
		ng_unmet_add(r, told);
	else if (f->effect == NG_SET)
		((uint8_t *)r)[f->offset] = f->value;
}

void ng_flag_take_from(struct ng_request *r, const struct ng_flag *rows, struct span word, struct span told)
{
	struct span rest;

	flag_apply(r, flag_of(rows, word, &rest), told);
}

int ng_flag_take(struct ng_request *r, struct span word)
{
	uint32_t equals = span_find(word, '=');
	const struct ng_flag *f;
	struct span rest;

	if (equals < word.n && ng_key_may_be_flag(span_slice(word, 0, equals)))
		return ng_key_take_flag(r, span_slice(word, 0, equals), span_from(word, equals + 1));
	f = flag_of(flags, word, &rest);
	if (f && f->effect == NG_AS_KEY)
		return ng_key_take_flag(r, f->key, rest);
	if (f && f->effect == NG_WHOLE)
		return ng_key_take_flag(r, f->key, word);
	flag_apply(r, f, word);
	return 0;
}
