/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_key.h"

#include "alg/ng/ng_edit.h"
#include "alg/ng/ng_take.h"
#include "alg/ng/ng_word.h"

/* --- words that some keys have as values --- */

/* Others' candidates never cross: that we stand among them is not to be had. */
static const struct ng_flag ice_words[] = {
	NG_FLAG_VALUE("force", ice, NG_ICE_FORCE),
	NG_FLAG_VALUE("optional", ice, NG_ICE_FORCE),
	NG_FLAG_VALUE("remove", ice, NG_ICE_REMOVE),
	NG_FLAG_MET("default"),
	NG_FLAG_UNMET("*"),
	NG_FLAG_END,
};

/* Where we may choose who begins, it is the other side: there is a NAT before many, and none before us. */
static const struct ng_flag dtls_words[] = {
	NG_FLAG_ON("off", dtls_off),
	NG_FLAG_ON("no", dtls_off),
	NG_FLAG_ON("disable", dtls_off),
	NG_FLAG_MET("passive"),
	NG_FLAG_ON("active", dtls_active),
	NG_FLAG_UNMET("*"),
	NG_FLAG_END,
};

/* The same towards the offerer, whom an answer is for. */
static const struct ng_flag dtls_reverse_words[] = { NG_FLAG_MET("passive"), NG_FLAG_UNMET("*"), NG_FLAG_END };

#define SUITE(text, suite) NG_FLAG_ON("no-" text, sdes_no[suite]), NG_FLAG_ON("only-" text, sdes_only[suite])

/* What of ours is offered. Other words are about the form, or the order, of the lines. */
static const struct ng_flag sdes_words[] = {
	NG_FLAG_ON("off", sdes_off),
	NG_FLAG_ON("no", sdes_off),
	NG_FLAG_ON("disable", sdes_off),
	SUITE("aes-cm-128-hmac-sha1-80", SRTP_SUITE_AES_CM_128_HMAC_SHA1_80),
	SUITE("aes-cm-128-hmac-sha1-32", SRTP_SUITE_AES_CM_128_HMAC_SHA1_32),
	SUITE("aes-256-cm-hmac-sha1-80", SRTP_SUITE_AES_256_CM_HMAC_SHA1_80),
	SUITE("aes-256-cm-hmac-sha1-32", SRTP_SUITE_AES_256_CM_HMAC_SHA1_32),
	SUITE("aead-aes-128-gcm", SRTP_SUITE_AEAD_AES_128_GCM),
	SUITE("aead-aes-256-gcm", SRTP_SUITE_AEAD_AES_256_GCM),
	NG_FLAG_MET("*"),
	NG_FLAG_END,
};

#undef SUITE

static const struct ng_flag osrtp_words[] = {
	NG_FLAG_MET("off"),
	NG_FLAG_ON("offer", osrtp_offer),
	NG_FLAG_ON("offer-rfc", osrtp_offer),
	NG_FLAG_ON("accept", osrtp_accept),
	NG_FLAG_ON("accept-rfc", osrtp_accept),
	NG_FLAG_UNMET("*"),
	NG_FLAG_END,
};

static const struct ng_flag mux_words[] = {
	NG_FLAG_ON("offer", mux_offer), NG_FLAG_ON("require", mux_require),
	NG_FLAG_ON("demux", mux_demux), NG_FLAG_ON("reject", mux_reject),
	NG_FLAG_MET("accept"),          NG_FLAG_END,
};

/* Each m-line gets a port of its own. */
static const struct ng_flag bundle_words[] = { NG_FLAG_UNMET("require"), NG_FLAG_MET("*"), NG_FLAG_END };

/* Names, addresses and versions are always ours. */
static const struct ng_flag replace_words[] = {
	NG_FLAG_ON("zero-address", replace_zero_address),
	NG_FLAG_ON("force-increment-sdp-ver", force_version),
	NG_FLAG_MET("*"),
	NG_FLAG_END,
};

/* As it comes, or not at all: the rest is for gateways. */
static const struct ng_flag t38_words[] = { NG_FLAG_UNMET("decode"), NG_FLAG_UNMET("force"), NG_FLAG_MET("*"),
					    NG_FLAG_END };

static const struct ng_flag learning_words[] = {
	NG_FLAG_ON("off", asymmetric), NG_FLAG_MET("immediate"), NG_FLAG_MET("delayed"),
	NG_FLAG_MET("heuristic"),      NG_FLAG_MET("default"),   NG_FLAG_END,
};

static const struct ng_flag record_words[] = {
	NG_FLAG_VALUE("record-call", record, NG_RECORD_ON),
	NG_FLAG_VALUE("yes", record, NG_RECORD_ON),
	NG_FLAG_VALUE("on", record, NG_RECORD_ON),
	NG_FLAG_VALUE("start", record, NG_RECORD_ON),
	NG_FLAG_VALUE("1", record, NG_RECORD_ON),
	NG_FLAG_VALUE("no", record, NG_RECORD_OFF),
	NG_FLAG_VALUE("off", record, NG_RECORD_OFF),
	NG_FLAG_VALUE("stop", record, NG_RECORD_OFF),
	NG_FLAG_VALUE("0", record, NG_RECORD_OFF),
	NG_FLAG_VALUE("pause", record, NG_RECORD_PAUSE),
	NG_FLAG_END,
};

static const struct ng_flag echo_words[] = {
	NG_FLAG_VALUE("blackhole", echo, NG_ECHO_SINK),
	NG_FLAG_VALUE("sinkhole", echo, NG_ECHO_SINK),
	NG_FLAG_VALUE("forward", echo, NG_ECHO_FORWARD),
	NG_FLAG_VALUE("fwd", echo, NG_ECHO_FORWARD),
	NG_FLAG_VALUE("backwards", echo, NG_ECHO_BACKWARDS),
	NG_FLAG_VALUE("backward", echo, NG_ECHO_BACKWARDS),
	NG_FLAG_VALUE("back", echo, NG_ECHO_BACKWARDS),
	NG_FLAG_VALUE("both", echo, NG_ECHO_BOTH),
	NG_FLAG_VALUE("off", echo, NG_ECHO_NO),
	NG_FLAG_VALUE("no", echo, NG_ECHO_NO),
	NG_FLAG_END,
};

static const struct ng_flag drop_words[] = {
	NG_FLAG_ON("start", drop_start),
	NG_FLAG_ON("stop", drop_stop),
	NG_FLAG_END,
};

static const struct ng_flag generate_words[] = { NG_FLAG_ON("on", generate_rtcp), NG_FLAG_MET("off"), NG_FLAG_END };

static const struct ng_flag supports_words[] = { NG_FLAG_ON("load-limit", load_limit), NG_FLAG_MET("*"), NG_FLAG_END };

/* --- the table --- */

enum { ONCE, REPEATED };
enum { KEY_ONLY, KEY_OR_FLAG };

#define KEY(name, take, member, flag)                                                                                  \
	{                                                                                                              \
		SPAN(name), take, offsetof(struct ng_request, member), flag, ONCE, NULL                                \
	}
/* How something is to be done: of two the last one holds. Kamailio sends `delete delay` and `delete-delay` for one
 * flag, and who puts flags together may say a thing twice. */
#define WISH(name, take, member)                                                                                       \
	{                                                                                                              \
		SPAN(name), take, offsetof(struct ng_request, member), KEY_OR_FLAG, REPEATED, NULL                     \
	}
#define WORDS(name, words)                                                                                             \
	{                                                                                                              \
		SPAN(name), ng_take_words, 0, KEY_OR_FLAG, REPEATED, words                                             \
	}
#define MET(name)                                                                                                      \
	{                                                                                                              \
		SPAN(name), ng_take_met, 0, KEY_OR_FLAG, REPEATED, NULL                                                \
	}
#define UNMET(name)                                                                                                    \
	{                                                                                                              \
		SPAN(name), ng_take_unmet, 0, KEY_OR_FLAG, REPEATED, NULL                                              \
	}

static const struct ng_key keys[] = {
	KEY("command", ng_take_command, command_name, KEY_ONLY),
	KEY("call-id", ng_take_text, call_id, KEY_ONLY),
	KEY("from-tag", ng_take_text, from_tag, KEY_OR_FLAG),
	KEY("to-tag", ng_take_text, to_tag, KEY_OR_FLAG),
	KEY("to-call-id", ng_take_text, to_call_id, KEY_OR_FLAG),
	KEY("via-branch", ng_take_text, via_branch, KEY_OR_FLAG),
	KEY("sdp", ng_take_text, sdp, KEY_ONLY),
	KEY("owner", ng_take_text, owner, KEY_ONLY),
	KEY("direction", ng_take_direction, direction, KEY_OR_FLAG),
	KEY("from-interface", ng_take_text, direction[0], KEY_OR_FLAG),
	KEY("to-interface", ng_take_text, direction[1], KEY_OR_FLAG),
	{ SPAN("received-from"), ng_take_received, 0, KEY_OR_FLAG, REPEATED, NULL },
	KEY("latching", ng_take_latching, latch, KEY_OR_FLAG),
	KEY("resume", ng_take_pair, resume, KEY_ONLY),
	KEY("stands-for", ng_take_pair, stands_for, KEY_ONLY),
	KEY("limit", ng_take_u32, limit, KEY_ONLY),
	KEY("after", ng_take_u32, after, KEY_ONLY),
	KEY("prefix", ng_take_text, prefix, KEY_ONLY),
	KEY("seconds", ng_take_u32, seconds, KEY_ONLY),
	KEY("port", ng_take_u32, port, KEY_ONLY),
	KEY("flags", ng_take_flags, unknown, KEY_ONLY),
	WORDS("supports", supports_words),
	MET("sip-message-type"),
	MET("sip-code"),
	WORDS("replace", replace_words),
	WORDS("ice", ice_words),
	WORDS("dtls", dtls_words),
	WORDS("dtls-reverse", dtls_reverse_words),
	WORDS("sdes", sdes_words),
	WORDS("osrtp", osrtp_words),
	WORDS("rtcp-mux", mux_words),
	WORDS("bundle", bundle_words),
	WORDS("generate-rtcp", generate_words),
	WORDS("t38", t38_words),
	WORDS("endpoint-learning", learning_words),
	WORDS("record-call", record_words),
	WORDS("media-echo", echo_words),
	WORDS("drop-traffic", drop_words),
	WISH("transport-protocol", ng_take_transport, transport),
	WISH("address-family", ng_take_family, family),
	WISH("media-address", ng_take_host, media_address),
	KEY("address", ng_take_host, address, KEY_OR_FLAG),
	WISH("tos", ng_take_tos, dscp),
	WISH("delete-delay", ng_take_delay, delete_delay_s),
	WISH("label", ng_take_text, label),
	WISH("set-label", ng_take_text, label),
	KEY("from-label", ng_take_text, from_label, KEY_OR_FLAG),
	KEY("to-label", ng_take_text, to_label, KEY_OR_FLAG),
	{ SPAN("code"), ng_take_digits, 0, KEY_OR_FLAG, REPEATED, NULL },
	{ SPAN("digit"), ng_take_digits, 0, KEY_OR_FLAG, REPEATED, NULL },
	WISH("duration", ng_take_some, duration_ms),
	WISH("volume", ng_take_some, volume),
	KEY("codec", ng_take_codec, codec, KEY_OR_FLAG),
	{ SPAN("sdp-attr"), ng_take_patch, 0, KEY_OR_FLAG, REPEATED, NULL },
	{ SPAN("sdp-media-remove"), ng_take_kinds, 0, KEY_OR_FLAG, REPEATED, NULL },
	{ SPAN("extmap"), ng_take_extmap, 0, KEY_OR_FLAG, REPEATED, NULL },
	KEY("template", ng_take_text, template_name, KEY_OR_FLAG),

	{ SPAN("interface"), ng_take_interface, 0, KEY_OR_FLAG, REPEATED, NULL },
	{ SPAN("from-tags"), ng_take_tags, 0, KEY_OR_FLAG, REPEATED, NULL },

	/* Answers to questions that we do not ask. */
	MET("metadata"),
	MET("dtls-fingerprint"),
	MET("ice-lite"),
	/* Of recordings: where they go is configured. */
	MET("recording-dir"),
	MET("recording-file"),
	MET("recording-pattern"),
	MET("output-destination"),
	/* What commands that are not built would take. */
	MET("pause"),
	MET("file"),
	MET("blob"),
	MET("db-id"),
	MET("repeat-times"),
	MET("start-pos"),

	/* Events go to who commanded last, over ng. */
	UNMET("xmlrpc-callback"),
	UNMET("b2b-url"),
	UNMET("ptime"),
	UNMET("ptime-reverse"),
	UNMET("repacketize"),
	UNMET("moh"),
	UNMET("audio-player"),
	UNMET("delay-buffer"),
	UNMET("dtmf-security"),
	UNMET("dtmf-security-trigger"),
	UNMET("dtmf-delay"),
	UNMET("dtmf-security-trigger-end"),
	UNMET("dtmf-log-dest"),
	UNMET("frequency"),
	UNMET("frequencies"),
	UNMET("trigger"),
	UNMET("trigger-end"),
	UNMET("end-trigger"),
	UNMET("trigger-end-time"),
	UNMET("trigger-end-digits"),
};

#undef KEY
#undef WISH
#undef WORDS
#undef MET
#undef UNMET

enum { KEY_N = sizeof(keys) / sizeof(keys[0]) };
_Static_assert(sizeof(keys) / sizeof(keys[0]) <= NG_KEY_MAX, "one bit each in struct ng_seen");

static const struct ng_key *key_of(struct span name)
{
	/* Nearly always it is spelled as here. */
	for (unsigned i = 0; i < KEY_N; i++)
		if (span_eq(name, keys[i].name))
			return &keys[i];
	for (unsigned i = 0; i < KEY_N; i++)
		if (ng_word_eq(name, keys[i].name))
			return &keys[i];
	return NULL;
}

int ng_key_take(struct ng_request *r, struct ng_seen *seen, struct span name, const struct ng_value *value)
{
	const struct ng_key *k = key_of(name);
	uint64_t *word, bit;

	if (!k) {
		ng_unknown_add(r, name);
		return 0;
	}
	word = &seen->bits[(k - keys) / 64];
	bit = UINT64_C(1) << ((k - keys) % 64);
	/* Which of the two would hold is a guess that another reader may make differently. */
	if (!k->may_repeat && (*word & bit))
		return -1;
	*word |= bit;
	return k->take(r, k, value);
}

bool ng_key_may_be_flag(struct span name)
{
	const struct ng_key *k = key_of(name);

	return k && k->in_flags;
}

int ng_key_take_value(struct ng_request *r, struct span name, const struct ng_value *value)
{
	const struct ng_key *k = key_of(name);

	return k ? k->take(r, k, value) : -1;
}

int ng_key_take_flag(struct ng_request *r, struct span name, struct span text)
{
	const struct ng_value v = { .kind = NG_STRING, .text = text };

	return ng_key_take_value(r, name, &v);
}

/* --- words that are values --- */

static const struct span latches[] = {
	[NG_LATCH_DEFAULT] = { 0 },         [NG_LATCH_EXACT] = SPAN("exact"), [NG_LATCH_SDP_IP] = SPAN("sdp-ip"),
	[NG_LATCH_SIG_IP] = SPAN("sig-ip"), [NG_LATCH_OPEN] = SPAN("open"),
};

int ng_latch_parse(struct span text, enum ng_latch *latch, uint8_t *bits)
{
	uint32_t slash = span_find(text, '/'), n = 0;

	if (slash < text.n && (span_u32(span_from(text, slash + 1), &n) || n == 0 || n > 128))
		return -1;
	for (unsigned i = NG_LATCH_EXACT; i <= NG_LATCH_OPEN; i++) {
		if (!ng_word_eq(span_slice(text, 0, slash), latches[i]))
			continue;
		if (slash < text.n && i != NG_LATCH_SIG_IP)
			return -1;
		*latch = (enum ng_latch)i;
		*bits = (uint8_t)n;
		return 0;
	}
	return -1;
}

void ng_latch_write(struct writer *w, enum ng_latch latch, uint8_t bits)
{
	writer_put(w, latches[latch]);
	if (latch != NG_LATCH_SIG_IP || bits == 0)
		return;
	writer_byte(w, '/');
	writer_u64(w, bits);
}

static const struct span commands[NG_COMMAND_OTHER] = {
	[NG_PING] = SPAN("ping"),
	[NG_OFFER] = SPAN("offer"),
	[NG_ANSWER] = SPAN("answer"),
	[NG_DELETE] = SPAN("delete"),
	[NG_QUERY] = SPAN("query"),
	[NG_LIST] = SPAN("list"),
	[NG_STATISTICS] = SPAN("statistics"),
	[NG_ROLLBACK] = SPAN("rollback"),
	[NG_ADOPT] = SPAN("adopt"),
	[NG_LEASE] = SPAN("lease"),
	[NG_DISOWN] = SPAN("disown"),
	[NG_AUDIT] = SPAN("audit"),
	[NG_BAN] = SPAN("ban"),
	[NG_UNBAN] = SPAN("unban"),
	[NG_PORTS] = SPAN("ports"),
	[NG_BLOCK_MEDIA] = SPAN("block-media"),
	[NG_UNBLOCK_MEDIA] = SPAN("unblock-media"),
	[NG_SILENCE_MEDIA] = SPAN("silence-media"),
	[NG_UNSILENCE_MEDIA] = SPAN("unsilence-media"),
	[NG_BLOCK_DTMF] = SPAN("block-dtmf"),
	[NG_UNBLOCK_DTMF] = SPAN("unblock-dtmf"),
	[NG_START_RECORDING] = SPAN("start-recording"),
	[NG_STOP_RECORDING] = SPAN("stop-recording"),
	[NG_PAUSE_RECORDING] = SPAN("pause-recording"),
	[NG_PLAY_DTMF] = SPAN("play-dtmf"),
	[NG_PLAY_MEDIA] = SPAN("play-media"),
	[NG_STOP_MEDIA] = SPAN("stop-media"),
	[NG_START_FORWARDING] = SPAN("start-forwarding"),
	[NG_STOP_FORWARDING] = SPAN("stop-forwarding"),
	[NG_SUBSCRIBE_REQUEST] = SPAN("subscribe-request"),
	[NG_SUBSCRIBE_ANSWER] = SPAN("subscribe-answer"),
	[NG_UNSUBSCRIBE] = SPAN("unsubscribe"),
	[NG_PUBLISH] = SPAN("publish"),
	[NG_CONNECT] = SPAN("connect"),
};

enum ng_command ng_command_of(struct span name)
{
	for (unsigned i = 0; i < NG_COMMAND_OTHER; i++)
		if (span_eq(name, commands[i]))
			return (enum ng_command)i;
	for (unsigned i = 0; i < NG_COMMAND_OTHER; i++)
		if (ng_word_eq(name, commands[i]))
			return (enum ng_command)i;
	return NG_COMMAND_OTHER;
}

struct span ng_command_name(enum ng_command command)
{
	return command < NG_COMMAND_OTHER ? commands[command] : (struct span){ 0 };
}
