/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_flag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

enum { MET, UNMET, UNKNOWN };

static const struct flag_case {
	struct span flag;
	int told;
	size_t offset; /* of the byte that is set, where value is not 0 */
	uint8_t value;
} cases[] = {
#define ON(text, member)                                                                                               \
	{                                                                                                              \
		SPAN(text), MET, offsetof(struct ng_request, member), 1                                                \
	}
#define VALUE(text, member, value)                                                                                     \
	{                                                                                                              \
		SPAN(text), MET, offsetof(struct ng_request, member), value                                            \
	}
#define SAYS(text, told)                                                                                               \
	{                                                                                                              \
		SPAN(text), told, 0, 0                                                                                 \
	}
	ON("trust-address", trust_address),
	ON("trust address", trust_address),
	ON("Trust_Address", trust_address),
	ON("SIP-source-address", sip_source_address),
	ON("sip source address", sip_source_address),
	ON("asymmetric", asymmetric),
	ON("endpoint-learning-off", asymmetric),
	ON("endpoint-learning=off", asymmetric),
	ON("pierce-NAT", pierce_nat),
	ON("NAT-wait", nat_wait),
	ON("loop-protect", loop_protect),
	ON("no-payload", no_payload),
	ON("generate-mid", generate_mid),
	ON("generate RTCP", generate_rtcp),
	ON("strip extmap", strip_extmap),
	ON("fatal", fatal),
	ON("fast", fast),
	ON("all", all),
	ON("replace-zero-address", replace_zero_address),
	ON("replace-zero address", replace_zero_address),
	ON("replace-force-increment-sdp-ver", force_version),
	ON("SDES-off", sdes_off),
	ON("SDES=off", sdes_off),
	ON("sdes-no", sdes_off),
	ON("SDES-no-AES_CM_128_HMAC_SHA1_32", sdes_no[SRTP_SUITE_AES_CM_128_HMAC_SHA1_32]),
	ON("SDES-only-AES_256_CM_HMAC_SHA1_80", sdes_only[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80]),
	ON("SDES=no-AEAD_AES_256_GCM", sdes_no[SRTP_SUITE_AEAD_AES_256_GCM]),
	SAYS("SDES-no-F8_128_HMAC_SHA1_80", MET),
	SAYS("SDES-pad", MET),
	ON("OSRTP-offer", osrtp_offer),
	ON("OSRTP=offer-RFC", osrtp_offer),
	ON("OSRTP=accept", osrtp_accept),
	SAYS("OSRTP-off", MET),
	VALUE("no-rtcp-attribute", rtcp_attribute, NG_RTCP_NEVER),
	VALUE("full rtcp attribute", rtcp_attribute, NG_RTCP_FULL),
	VALUE("record-call", record, NG_RECORD_ON),
	VALUE("record call", record, NG_RECORD_ON),
	VALUE("record-call=on", record, NG_RECORD_ON),
	VALUE("record-call=off", record, NG_RECORD_OFF),
	VALUE("record-call=pause", record, NG_RECORD_PAUSE),
	VALUE("media-echo=blackhole", echo, NG_ECHO_SINK),
	VALUE("media-echo=sinkhole", echo, NG_ECHO_SINK),
	VALUE("media echo=forward", echo, NG_ECHO_FORWARD),
	VALUE("media-echo=backwards", echo, NG_ECHO_BACKWARDS),
	VALUE("media-echo=Both", echo, NG_ECHO_BOTH),
	VALUE("media-echo-off", echo, NG_ECHO_NO),
	SAYS("media-echo=loud", UNKNOWN),
	ON("drop-traffic=start", drop_start),
	ON("drop_traffic=stop", drop_stop),
	SAYS("drop-traffic=some", UNKNOWN),
	VALUE("address-family=IP6", family, ADDR_V6),
	VALUE("address family=IP4", family, ADDR_V4),
	VALUE("TOS=184", has_dscp, 1),
	VALUE("TOS=184", dscp, 46),
	SAYS("TOS=-1", MET),
	VALUE("delete-delay=30", has_delete_delay, 1),
	SAYS("delete-delay=-1", MET),
	SAYS("TOS=256", UNKNOWN),
	SAYS("TOS=", UNKNOWN),
	SAYS("delete-delay=soon", UNKNOWN),
	SAYS("address-family=IP5", UNKNOWN),
	SAYS("transport-protocol=RTP/SALT", UNKNOWN),
	SAYS("media-address=here", UNKNOWN),
	SAYS("symmetric", MET),
	SAYS("strict-source", MET),
	SAYS("media-handover", MET),
	SAYS("port-latching", MET),
	SAYS("no-port-latching", MET),
	SAYS("original-sendrecv", MET),
	SAYS("reset", MET),
	SAYS("to-tag", MET),
	SAYS("directional", MET),
	SAYS("unidirectional", MET),
	SAYS("endpoint-learning-heuristic", MET),
	SAYS("replace-origin", MET),
	SAYS("replace-session-connection", MET),
	SAYS("replace-SDP-version", MET),
	SAYS("RTP/AVP", MET),
	SAYS("RTP/AVPF", MET),
	ON("rtcp-mux-demux", mux_demux),
	ON("rtcp-mux=demux", mux_demux),
	ON("rtcp_mux-offer", mux_offer),
	ON("rtcp-mux-require", mux_require),
	ON("rtcp-mux-reject", mux_reject),
	SAYS("rtcp-mux-accept", MET),
	VALUE("ICE=remove", ice, NG_ICE_REMOVE),
	VALUE("ICE=force", ice, NG_ICE_FORCE),
	VALUE("ICE-force", ice, NG_ICE_FORCE),
	VALUE("ICE=optional", ice, NG_ICE_FORCE),
	SAYS("ICE=default", MET),
	SAYS("ICE=force-relay", UNMET),
	ON("DTLS=off", dtls_off),
	ON("DTLS=active", dtls_active),
	SAYS("DTLS=passive", MET),
	SAYS("DTLS=maybe", UNMET),
	ON("no-DTLS", dtls_off),
	SAYS("SDES-no-AES_CM_128_HMAC_SHA1_32", MET),
	SAYS("OSRTP-some", UNMET),
	SAYS("T.38=decode", UNMET),
	SAYS("T38-decode", UNMET),
	SAYS("T.38=no-ecm", MET),
	SAYS("always-transcode", UNMET),
	SAYS("inject DTMF", MET),
	SAYS("ptime=40", UNMET),
	SAYS("codec-mask-all", MET),
	SAYS("codec-fry-all", UNKNOWN),
	SAYS("replace-", MET),
	SAYS("call-id=x", UNKNOWN),
	SAYS("sdp=x", UNKNOWN),
	SAYS("=x", UNKNOWN),
	SAYS("", UNKNOWN),
	SAYS("media-handovers", UNKNOWN),
#undef ON
#undef VALUE
#undef SAYS
};

static void flags_do_what_they_say_or_are_told(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct flag_case *c = &cases[i];
		struct span flag = guard_span(c->flag);
		struct ng_request r = { 0 };

		assert_int_equal(ng_flag_take(&r, flag), 0);
		if (r.nunknown != (c->told == UNKNOWN) || r.nunmet != (c->told == UNMET))
			fail_msg("%s: unknown %u, unmet %u", c->flag.p, r.nunknown, r.nunmet);
		if (c->value && ((uint8_t *)&r)[c->offset] != c->value)
			fail_msg("%s: %u", c->flag.p, ((uint8_t *)&r)[c->offset]);
		assert_false(span_is_set(r.call_id) || span_is_set(r.sdp));
		guard_free(flag);
	}
}

static void keys_may_come_as_flags(void **state)
{
	struct ng_request r = { 0 };
	char buf[ADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(ng_flag_take(&r, SPAN("direction=lan")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("direction=internet")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("received-from=192.0.2.7")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("latching=sig-ip/24")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("via-branch=z9hG4bKx=y")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("media-address=2001:db8::9")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("label=alice")), 0);
	assert_true(span_eq(r.direction[0], SPAN("lan")));
	assert_true(span_eq(r.direction[1], SPAN("internet")));
	assert_string_equal(addr_text(&r.received_from, buf), "192.0.2.7:0");
	assert_string_equal(addr_text(&r.media_address, buf), "[2001:db8::9]:0");
	assert_int_equal(r.latch, NG_LATCH_SIG_IP);
	assert_int_equal(r.latch_bits, 24);
	assert_true(span_eq(r.via_branch, SPAN("z9hG4bKx=y")));
	assert_true(span_eq(r.label, SPAN("alice")));
	assert_int_equal(r.nunknown, 0);
	assert_int_equal(ng_flag_take(&r, SPAN("direction=third")), 0);
	assert_int_equal(r.nunknown, 1);
}

static void directions_and_profiles_come_without_their_key(void **state)
{
	struct ng_request r = { 0 };

	(void)state;
	assert_int_equal(ng_flag_take(&r, SPAN("external")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("internal")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("rtp/avpf")), 0);
	assert_true(span_eq(r.direction[0], SPAN("external")));
	assert_true(span_eq(r.direction[1], SPAN("internal")));
	assert_true(span_eq(r.transport, SPAN("RTP/AVPF")));
	assert_int_equal(ng_flag_take(&r, SPAN("WebRTC")), 0);
	assert_true(span_eq(r.transport, SPAN("UDP/TLS/RTP/SAVPF")));
	assert_int_equal(ng_flag_take(&r, SPAN("SAVP")), 0);
	assert_true(span_eq(r.transport, SPAN("RTP/SAVP")));
	assert_int_equal(ng_flag_take(&r, SPAN("transport-protocol=AVPF")), 0);
	assert_true(span_eq(r.transport, SPAN("RTP/AVPF")));
	assert_int_equal(r.nunknown, 0);
}

static void codecs_are_wished_for(void **state)
{
	static const struct {
		struct span flag;
		enum ng_codec_wish wish;
		struct span name;
	} wishes[] = {
		{ SPAN("codec-strip-G722"), NG_CODEC_STRIP, SPAN("G722") },
		{ SPAN("codec-strip-telephone-event/8000"), NG_CODEC_STRIP, SPAN("telephone-event/8000") },
		{ SPAN("codec-mask-all"), NG_CODEC_MASK, SPAN("all") },
		{ SPAN("Codec_Except-opus"), NG_CODEC_EXCEPT, SPAN("opus") },
		{ SPAN("codec-offer-PCMA"), NG_CODEC_OFFER, SPAN("PCMA") },
		{ SPAN("codec=offer-PCMA"), NG_CODEC_OFFER, SPAN("PCMA") },
		{ SPAN("codec-ignore-opus"), NG_CODEC_IGNORE, SPAN("opus") },
		{ SPAN("codec-transcode-PCMU"), NG_CODEC_TRANSCODE, SPAN("PCMU") },
		{ SPAN("transcode-PCMU"), NG_CODEC_TRANSCODE, SPAN("PCMU") },
		{ SPAN("codec-consume-G729"), NG_CODEC_ACCEPT, SPAN("G729") },
	};
	struct ng_request r = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		assert_int_equal(ng_flag_take(&r, wishes[i].flag), 0);
		if (r.ncodec != i + 1 || r.codec[i].wish != wishes[i].wish || !span_eq(r.codec[i].name, wishes[i].name))
			fail_msg("%s: %u, %.*s", wishes[i].flag.p, r.ncodec, SPAN_ARG(r.codec[i].name));
	}
	while (r.ncodec < NG_CODEC_MAX)
		assert_int_equal(ng_flag_take(&r, SPAN("codec-strip-G722")), 0);
	assert_int_equal(r.nunknown, 0);
	assert_int_equal(ng_flag_take(&r, SPAN("codec-strip-G722")), 0);
	assert_int_equal(r.ncodec, NG_CODEC_MAX);
	assert_int_equal(r.nunknown, 1);
	assert_int_equal(ng_flag_take(&r, SPAN("codec-strip-")), 0);
	assert_int_equal(r.nunknown, 2);
}

static void unknown_ones_are_limited(void **state)
{
	struct ng_request r = { 0 };

	(void)state;
	for (unsigned i = 0; i < NG_WARNING_MAX; i++) {
		ng_unknown_add(&r, SPAN("x"));
		ng_unmet_add(&r, SPAN("x"));
	}
	assert_int_equal(r.nunknown, NG_WARNING_MAX);
	assert_int_equal(r.nunmet, NG_WARNING_MAX);
	ng_unknown_add(&r, SPAN("y"));
	ng_unmet_add(&r, SPAN("y"));
	assert_int_equal(r.nunknown, NG_WARNING_MAX);
	assert_int_equal(r.nunmet, NG_WARNING_MAX);
	assert_true(span_eq(r.unknown[NG_WARNING_MAX - 1], SPAN("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_do_what_they_say_or_are_told),
		cmocka_unit_test(keys_may_come_as_flags),
		cmocka_unit_test(directions_and_profiles_come_without_their_key),
		cmocka_unit_test(codecs_are_wished_for),
		cmocka_unit_test(unknown_ones_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
