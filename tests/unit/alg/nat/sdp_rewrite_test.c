/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

/* What most cases begin with, and what becomes of it. */
#define IN_HEAD    "v=0\r\no=alice 11 22 IN IP4 10.0.0.9\r\ns=call of alice\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
#define OUT_ORIGIN "v=0\r\no=- 77 3 IN IP4 203.0.113.5\r\ns=-\r\n"
#define OUT_HEAD   OUT_ORIGIN "c=IN IP4 203.0.113.5\r\nt=0 0\r\n"
#define IN_AUDIO   "m=audio 4000 RTP/AVP 0 8\r\n"
#define OUT_AUDIO  "m=audio 30000 RTP/AVP 0 8\r\n"

/* Ours in all cases: the first stream has RTCP beside it, the second elsewhere, the third is refused. */
static const struct sdp_ours ours[] = {
	{ .rtp = { .port = 30000 }, .rtcp = { .port = 30001 } },
	{ .rtp = { .port = 30002 }, .rtcp = { .port = 30009 } },
	{ .rtp = { .port = 0 }, .rtcp = { .port = 30011 } },
};

static const struct rewrite_case {
	const char *name;
	struct span in;
	const char *out;
} cases[] = {
	{ "no stream", SPAN(IN_HEAD), OUT_HEAD },
	{ "one stream", SPAN(IN_HEAD IN_AUDIO "a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"),
	  OUT_HEAD OUT_AUDIO "a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n" },
	{ "LF alone, no last end",
	  SPAN("v=0\no=a 1 2 IN IP4 10.0.0.9\ns=x\nc=IN IP4 10.0.0.9\nt=0 0\nm=audio 4 RTP/AVP 0"),
	  OUT_HEAD "m=audio 30000 RTP/AVP 0\r\n" },
	{ "lines about the caller are dropped",
	  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\ni=about\r\nu=http://pbx.lan/\r\ne=a@pbx.lan\r\np=+1 555\r\n"
	       "c=IN IP4 10.0.0.9\r\nb=AS:64\r\nt=1 2\r\nr=7d 1h 0 25h\r\nz=1 -1h\r\nk=clear:x\r\n" IN_AUDIO
	       "i=title\r\nb=TIAS:64000\r\nk=clear:y\r\nx=unknown\r\n"),
	  OUT_ORIGIN "c=IN IP4 203.0.113.5\r\nb=AS:64\r\nt=1 2\r\nr=7d 1h 0 25h\r\nz=1 -1h\r\n" OUT_AUDIO
		     "b=TIAS:64000\r\n" },
	{ "order of RFC 8866",
	  SPAN("v=0\r\na=sendrecv\r\nt=0 0\r\nc=IN IP4 10.0.0.9\r\nb=AS:64\r\ns=x\r\no=a 1 2 IN IP4 "
	       "10.0.0.9\r\n" IN_AUDIO "a=ptime:20\r\nb=AS:32\r\n"),
	  OUT_ORIGIN "c=IN IP4 203.0.113.5\r\nb=AS:64\r\nt=0 0\r\na=sendrecv\r\n" OUT_AUDIO
		     "b=AS:32\r\na=ptime:20\r\n" },
	{ "connection of the stream goes to the session",
	  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nt=0 0\r\n" IN_AUDIO "c=IN IP4 10.0.0.8\r\n"),
	  OUT_HEAD OUT_AUDIO },
	{ "name and multicast are replaced",
	  SPAN("v=0\r\no=a 1 2 IN IP4 pbx.lan\r\ns=x\r\nc=IN IP4 pbx.lan\r\nt=0 0\r\n" IN_AUDIO
	       "c=IN IP4 233.252.0.1/127\r\n"),
	  OUT_HEAD OUT_AUDIO },
	{ "IPv6 caller", SPAN("v=0\r\no=a 1 2 IN IP6 fd00::9\r\ns=x\r\nc=IN IP6 fd00::9\r\nt=0 0\r\n" IN_AUDIO),
	  OUT_HEAD OUT_AUDIO },
	{ "hold in the session stays there",
	  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" IN_AUDIO),
	  OUT_ORIGIN "c=IN IP4 0.0.0.0\r\nt=0 0\r\n" OUT_AUDIO },
	{ "hold in the session, not in the stream",
	  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" IN_AUDIO
	       "c=IN IP4 10.0.0.9\r\n"),
	  OUT_ORIGIN "c=IN IP4 0.0.0.0\r\nt=0 0\r\n" OUT_AUDIO "c=IN IP4 203.0.113.5\r\n" },
	{ "hold in the stream stays there", SPAN(IN_HEAD IN_AUDIO "c=IN IP4 0.0.0.0\r\na=sendrecv\r\n"),
	  OUT_HEAD OUT_AUDIO "c=IN IP4 0.0.0.0\r\na=sendrecv\r\n" },
	{ "refused stays refused", SPAN(IN_HEAD "m=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\na=mid:2\r\n"),
	  OUT_HEAD "m=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\na=mid:2\r\n" },
	{ "refused without formats", SPAN(IN_HEAD "m=audio 0 RTP/AVP\r\n"), OUT_HEAD "m=audio 0 RTP/AVP\r\n" },
	{ "refused by us", SPAN(IN_HEAD "m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\nm=message 9 TCP/MSRP *\r\n"),
	  OUT_HEAD "m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\nm=message 0 TCP/MSRP *\r\n" },
	{ "count of ports", SPAN(IN_HEAD "m=audio 4000/2 RTP/AVP 0\r\n"), OUT_HEAD "m=audio 30000 RTP/AVP 0\r\n" },
	{ "rtcp only where it is not beside rtp",
	  SPAN(IN_HEAD IN_AUDIO "a=rtcp:4009 IN IP4 10.0.0.9\r\nm=video 5000 RTP/AVP 96\r\na=rtcp:5001\r\na=mid:v\r\n"),
	  OUT_HEAD OUT_AUDIO "m=video 30002 RTP/AVP 96\r\na=mid:v\r\na=rtcp:30009\r\n" },
	{ "ICE is dropped",
	  SPAN(IN_HEAD "a=ice-lite\r\na=ice-options:trickle\r\n" IN_AUDIO
		       "a=ice-ufrag:x\r\na=ice-pwd:y\r\na=ice-mismatch\r\na=ice-pacing:50\r\n"
		       "a=candidate:1 1 UDP 2130706431 10.0.0.9 4000 typ host\r\na=remote-candidates:1 10.0.0.7 9\r\n"
		       "a=end-of-candidates\r\na=ptime:20\r\n"),
	  OUT_HEAD OUT_AUDIO "a=ptime:20\r\n" },
	{ "keys of the other hop are dropped",
	  SPAN(IN_HEAD "a=fingerprint:sha-256 AB:CD\r\na=tls-id:1\r\na=key-mgmt:mikey AQAF\r\n" IN_AUDIO
		       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\na=setup:actpass\r\na=connection:new\r\n"),
	  OUT_HEAD OUT_AUDIO },
	{ "marks of other boxes are dropped, in any case of letters",
	  SPAN(IN_HEAD
	       "a=tool:pbx "
	       "1.0\r\na=X-nat:0\r\na=X-NAT-mark\r\na=nortpproxy:yes\r\na=rtpengine:abc\r\na=Tool:x\r\n" IN_AUDIO
	       "a=alt:1 1 : x y 10.0.0.9 4000\r\na=altc:1 IP4 10.0.0.9 4000\r\n"
	       "a=source-filter: incl IN IP4 * pbx\r\n"),
	  OUT_HEAD OUT_AUDIO },
	{ "mux and bundle are dropped, other groups kept",
	  SPAN(IN_HEAD
	       "a=group:BUNDLE 0 1\r\na=group:LS 0 1\r\na=msid-semantic: WMS x\r\n" IN_AUDIO
	       "a=rtcp-mux\r\na=rtcp-mux-only\r\na=bundle-only\r\na=rtcp-fb:* nack\r\na=rtcp-rsize\r\na=mid:0\r\n"
	       "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=label:7\r\na=content:main\r\n"),
	  OUT_HEAD "a=group:LS 0 1\r\n" OUT_AUDIO "a=rtcp-fb:* nack\r\na=rtcp-rsize\r\na=mid:0\r\n"
		   "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=label:7\r\na=content:main\r\n" },
	{ "sources are kept without what names a host",
	  SPAN(IN_HEAD IN_AUDIO "a=ssrc:1 cname:alice@pbx\r\na=ssrc:2 cname:10.0.0.9\r\na=ssrc:3 cname:Xy7\r\n"
				"a=ssrc:3 msid:a b\r\na=msid:a b\r\n"),
	  OUT_HEAD OUT_AUDIO "a=ssrc:3 cname:Xy7\r\n" },
	{ "whatever holds an address is dropped",
	  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nc=IN IP4 phone.lan\r\nb=X:10.0.0.9\r\nt=0 0\r\nr=10.0.0.9\r\n"
	       "a=x:10.0.0.9\r\na=10.0.0.7:x\r\na=x:phone.lan\r\na=x:fd00::9\r\na=x:phone.example\r\n" IN_AUDIO
	       "a=path:msrp://10.0.0.9:2855/x;tcp\r\na=ptime:20\r\n"),
	  OUT_HEAD "a=x:phone.example\r\n" OUT_AUDIO "a=ptime:20\r\n" },
	{ "a time that is an address", SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nt=10.0.0.9 0\r\n"), OUT_HEAD },
};

static struct sdp_rewrite rewrite_of(unsigned nmedia)
{
	return (struct sdp_rewrite){
		.host = { .ip = { 203, 0, 113, 5 }, .family = ADDR_V4 },
		.session_id = 77,
		.version = 3,
		.media = ours,
		.nmedia = nmedia,
	};
}

static void rewrite_gives_what_the_other_side_may_see(void **state)
{
	static struct sdp s;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);
		char buf[4096];
		struct writer w = writer_over(buf, sizeof(buf) - 1);
		struct sdp_rewrite r;

		assert_int_equal(sdp_index(in, &s), SDP_OK);
		r = rewrite_of(s.nmedia);
		if (sdp_rewrite(&s, &r, &w))
			fail_msg("%s", cases[i].name);
		buf[w.n] = '\0';
		if (strcmp(buf, cases[i].out) != 0)
			fail_msg("%s:\n%s", cases[i].name, buf);
		guard_free(in);
	}
}

#define IN_SRTP "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"

/* What a client of the relay may ask for. */
static void wishes_are_heeded(void **state)
{
	static const struct {
		const char *name;
		struct sdp_rewrite how;
		struct sdp_ours ours;
		struct span in;
		const char *out;
	} wishes[] = {
		{ "a profile",
		  { .mid = false },
		  { .proto = SPAN("RTP/AVPF") },
		  SPAN(IN_HEAD IN_AUDIO "a=rtcp-fb:* nack\r\n"),
		  OUT_HEAD "m=audio 30000 RTP/AVPF 0 8\r\na=rtcp-fb:* nack\r\n" },
		{ "a profile without feedback",
		  { .mid = false },
		  { .proto = SPAN("RTP/AVP") },
		  SPAN(IN_HEAD "m=audio 4000 RTP/AVPF 0 8\r\na=rtcp-fb:* nack\r\na=ptime:20\r\n"),
		  OUT_HEAD OUT_AUDIO "a=ptime:20\r\n" },
		{ "lines of ours",
		  { .mid = true },
		  { .rtcp = { .port = 30009 }, .extra = SPAN("a=crypto:2 ours\r\na=x\r\n") },
		  SPAN(IN_HEAD IN_SRTP "a=setup:active\r\n"),
		  OUT_HEAD "m=audio 30000 RTP/SAVP 0\r\na=mid:m1\r\na=rtcp:30009\r\na=crypto:2 ours\r\na=x\r\n" },
		{ "no lines of ours for a stream that is refused",
		  { .mid = false },
		  { .extra = SPAN("a=crypto:2 ours\r\n") },
		  SPAN(IN_HEAD "m=audio 0 RTP/SAVP 0\r\n"),
		  OUT_HEAD "m=audio 0 RTP/SAVP 0\r\n" },
		{ "a=rtcp never",
		  { .rtcp = SDP_RTCP_NEVER },
		  { .rtcp = { .port = 30009 } },
		  SPAN(IN_HEAD IN_AUDIO),
		  OUT_HEAD OUT_AUDIO },
		{ "a=rtcp in full",
		  { .rtcp = SDP_RTCP_FULL },
		  { .rtcp = { .port = 30001 } },
		  SPAN(IN_HEAD IN_AUDIO),
		  OUT_HEAD OUT_AUDIO "a=rtcp:30001 IN IP4 203.0.113.5\r\n" },
		{ "a mid where there is none",
		  { .mid = true },
		  { .plan = NULL },
		  SPAN(IN_HEAD IN_AUDIO),
		  OUT_HEAD OUT_AUDIO "a=mid:m1\r\n" },
		{ "a mid that is there",
		  { .mid = true },
		  { .plan = NULL },
		  SPAN(IN_HEAD IN_AUDIO "a=mid:a\r\n"),
		  OUT_HEAD OUT_AUDIO "a=mid:a\r\n" },
		{ "old hold of the session is not shown",
		  { .unhold = true },
		  { .plan = NULL },
		  SPAN("v=0\r\no=a 1 2 IN IP4 10.0.0.9\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" IN_AUDIO),
		  OUT_HEAD OUT_AUDIO },
		{ "old hold of the stream is not shown",
		  { .unhold = true },
		  { .plan = NULL },
		  SPAN(IN_HEAD IN_AUDIO "c=IN IP4 0.0.0.0\r\n"),
		  OUT_HEAD OUT_AUDIO },
		{ "we are lite",
		  { .ice_lite = true },
		  { .extra = SPAN("a=ice-ufrag:ours\r\n") },
		  SPAN(IN_HEAD "a=ice-lite\r\na=ice-options:trickle\r\n" IN_AUDIO "a=ice-ufrag:theirs\r\n"),
		  OUT_HEAD "a=ice-lite\r\n" OUT_AUDIO "a=ice-ufrag:ours\r\n" },
		{ "no header extensions",
		  { .plain_packet = true },
		  { .plan = NULL },
		  SPAN(IN_HEAD "a=extmap-allow-mixed\r\n" IN_AUDIO "a=extmap:1 urn:x\r\na=ptime:20\r\n"),
		  OUT_HEAD OUT_AUDIO "a=ptime:20\r\n" },
	};
	static struct sdp s;

	(void)state;
	for (unsigned i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct sdp_rewrite r = wishes[i].how, base = rewrite_of(1);
		struct sdp_ours own = wishes[i].ours;
		char buf[1024];
		struct writer w = writer_over(buf, sizeof(buf) - 1);

		own.rtp.port = 30000;
		r.host = base.host;
		r.session_id = base.session_id;
		r.version = base.version;
		r.media = &own;
		r.nmedia = 1;
		assert_int_equal(sdp_index(wishes[i].in, &s), SDP_OK);
		assert_int_equal(sdp_rewrite(&s, &r, &w), 0);
		buf[w.n] = '\0';
		if (strcmp(buf, wishes[i].out) != 0)
			fail_msg("%s:\n%s", wishes[i].name, buf);
	}
}

static void ipv6_of_ours_is_written_in_all_places(void **state)
{
	static const char out[] =
		"v=0\r\no=- 77 3 IN IP6 2001:db8::5\r\ns=-\r\nc=IN IP6 2001:db8::5\r\nt=0 0\r\n" OUT_AUDIO
		"c=IN IP6 ::\r\n";
	static struct sdp s;
	struct sdp_rewrite r = rewrite_of(1);
	char buf[512];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_int_equal(addr_parse_host(SPAN("2001:db8::5"), &r.host), 0);
	assert_int_equal(sdp_index(SPAN(IN_HEAD IN_AUDIO "c=IN IP4 0.0.0.0\r\n"), &s), SDP_OK);
	assert_int_equal(sdp_rewrite(&s, &r, &w), 0);
	assert_true(span_eq(writer_done(&w), SPAN(out)));
}

static const struct refused_case {
	const char *name;
	struct span in;
} refused[] = {
	{ "origin of two fields", SPAN("v=0\r\no=- 1\r\ns=-\r\nt=0 0\r\n" IN_AUDIO) },
	{ "connection without host", SPAN(IN_HEAD IN_AUDIO "c=IN IP4\r\n") },
	{ "stream without port", SPAN(IN_HEAD "m=audio\r\n") },
	{ "stream with nothing but port 0", SPAN(IN_HEAD "m=audio 0\r\n") },
	{ "address among the formats", SPAN(IN_HEAD "m=audio 4 RTP/AVP 0 10.0.0.9\r\n") },
};

static void malformed_lines_are_refused(void **state)
{
	static struct sdp s;

	(void)state;
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct sdp_rewrite r = rewrite_of(1);
		char buf[512];
		struct writer w = writer_over(buf, sizeof(buf));

		assert_int_equal(sdp_index(refused[i].in, &s), SDP_OK);
		if (sdp_rewrite(&s, &r, &w) != -1)
			fail_msg("%s", refused[i].name);
	}
}

static void count_of_streams_must_match(void **state)
{
	static struct sdp s;
	char buf[512];

	(void)state;
	assert_int_equal(sdp_index(SPAN(IN_HEAD IN_AUDIO), &s), SDP_OK);
	for (unsigned n = 0; n <= 2; n++) {
		struct writer w = writer_over(buf, sizeof(buf));
		struct sdp_rewrite r = rewrite_of(n);

		assert_int_equal(sdp_rewrite(&s, &r, &w), n == 1 ? 0 : -1);
	}
}

static void every_room_too_small_is_told(void **state)
{
	static struct sdp s;
	struct sdp_rewrite r = rewrite_of(1);
	char buf[512];
	struct writer w = writer_over(buf, sizeof(buf));
	uint32_t need;

	(void)state;
	assert_int_equal(sdp_index(SPAN(IN_HEAD IN_AUDIO "a=ptime:20\r\n"), &s), SDP_OK);
	assert_int_equal(sdp_rewrite(&s, &r, &w), 0);
	need = w.n;
	for (uint32_t cap = 0; cap <= need; cap++) {
		w = writer_over(buf, cap);
		assert_int_equal(sdp_rewrite(&s, &r, &w), cap == need ? 0 : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewrite_gives_what_the_other_side_may_see),
		cmocka_unit_test(wishes_are_heeded),
		cmocka_unit_test(ipv6_of_ours_is_written_in_all_places),
		cmocka_unit_test(malformed_lines_are_refused),
		cmocka_unit_test(count_of_streams_must_match),
		cmocka_unit_test(every_room_too_small_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
