/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/ng/ng_key.h"
#include "tests/unit/guard.h"

/* A request as text that can be compared at a glance: fields that were sent, in a fixed order. */
static void request_show(struct writer *w, const struct ng_request *r)
{
	static const char *const codings[] = { "bencode", "json" };
	const struct {
		const char *name;
		struct span value;
	} fields[] = {
		{ "cookie", r->cookie },
		{ "command", r->command_name },
		{ "call-id", r->call_id },
		{ "from-tag", r->from_tag },
		{ "to-tag", r->to_tag },
		{ "via-branch", r->via_branch },
		{ "sdp", r->sdp },
		{ "owner", r->owner },
		{ "from", r->direction[0] },
		{ "to", r->direction[1] },
		{ "resume", r->resume[0] },
		{ "resume", r->resume[1] },
		{ "stands-for", r->stands_for[0] },
		{ "stands-for", r->stands_for[1] },
	};
	char text[ADDR_TEXT_MAX];

	writer_format(w, "%s ", codings[r->coding]);
	writer_put(w, r->command == NG_COMMAND_OTHER ? SPAN("other") : ng_command_name(r->command));
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (span_is_set(fields[i].value))
			writer_format(w, " %s=%.*s", fields[i].name, SPAN_ARG(fields[i].value));
	if (addr_is_set(&r->received_from))
		writer_format(w, " source=%s", addr_text(&r->received_from, text));
	if (addr_is_set(&r->media_address))
		writer_format(w, " media=%s", addr_host_text(&r->media_address, text));
	if (r->latch)
		writer_format(w, " latch=%d/%d", (int)r->latch, r->latch_bits);
	writer_format(w, "%s%s", r->trust_address ? " trust" : "", r->fatal ? " fatal" : "");
	writer_str(w, r->fast ? " fast" : "");
	writer_format(w, "%s%s", r->sender_dtmf_info ? " sends-info" : "", r->receiver_dtmf_info ? " gets-info" : "");
	if (span_is_set(r->transport))
		writer_format(w, " profile=%.*s", SPAN_ARG(r->transport));
	writer_format(w, "%s%s", r->osrtp_offer ? " osrtp-offer" : "", r->osrtp_accept ? " osrtp-accept" : "");
	if (r->sender_srtp)
		writer_format(w, " srtp=%d", r->sender_srtp);
	if (r->ice)
		writer_str(w, r->ice == NG_ICE_FORCE ? " ice" : " no-ice");
	writer_format(w, "%s%s", r->mux_offer ? " mux-offer" : "", r->mux_require ? " mux-require" : "");
	writer_format(w, "%s%s", r->mux_demux ? " mux-demux" : "", r->mux_reject ? " mux-reject" : "");
	if (r->limit)
		writer_format(w, " limit=%u", r->limit);
	if (r->after)
		writer_format(w, " after=%u", r->after);
	if (span_is_set(r->prefix))
		writer_format(w, " prefix=%.*s seconds=%u", SPAN_ARG(r->prefix), r->seconds);
	if (r->port)
		writer_format(w, " port=%u", r->port);
	if (r->has_delete_delay)
		writer_format(w, " delay=%u", r->delete_delay_s);
	for (unsigned i = 0; i < r->nunknown; i++)
		writer_format(w, " ?%.*s", SPAN_ARG(r->unknown[i]));
	for (unsigned i = 0; i < r->nunmet; i++)
		writer_format(w, " !%.*s", SPAN_ARG(r->unmet[i]));
}

static const struct request_case {
	const char *name;
	struct span datagram;
	enum ng_decode verdict;
	const char *shown;
} cases[] = {
	{ "ping of Kamailio", SPAN("1_2_3 d7:command4:pinge"), NG_DECODE_OK, "bencode ping cookie=1_2_3 command=ping" },
	{ "ping in JSON", SPAN("c {\"command\":\"ping\"}"), NG_DECODE_OK, "json ping cookie=c command=ping" },
	{ "offer of Kamailio",
	  SPAN("1_2_3 d8:supportsl10:load limite3:sdp3:v=05:flagsl14:replace-origin13:trust-addresse"
	       "13:received-froml3:IP411:192.0.2.254e16:sip-message-type11:sip_request7:call-id1:c"
	       "8:from-tag1:f10:via-branch1:b7:command5:offere"),
	  NG_DECODE_OK,
	  "bencode offer cookie=1_2_3 command=offer call-id=c from-tag=f via-branch=b sdp=v=0 source=192.0.2.254:0 "
	  "trust" },
	{ "answer of OpenSIPS, blanks for hyphens",
	  SPAN("9_1 d3:sdp3:v=07:call-id1:c13:received fromle8:from-tag1:f6:to-tag1:t14:address family3:IP4"
	       "7:replacel6:origin12:zero addresse9:directionl3:lan8:internete7:command6:answere"),
	  NG_DECODE_OK,
	  "bencode answer cookie=9_1 command=answer call-id=c from-tag=f to-tag=t sdp=v=0 from=lan to=internet" },
	{ "Kamailio's list of an address behind the one that its operator wrote",
	  SPAN("c d13:received-from9:192.0.2.913:received-froml3:IP49:192.0.2.1e7:command4:pinge"), NG_DECODE_OK,
	  "bencode ping cookie=c command=ping source=192.0.2.9:0" },
	{ "the same, the other way round",
	  SPAN("c d13:received-froml3:IP49:192.0.2.1e13:received-from9:192.0.2.97:command4:pinge"), NG_DECODE_OK,
	  "bencode ping cookie=c command=ping source=192.0.2.9:0" },
	{ "Kamailio's two keys for one flag: delete-delay=2",
	  SPAN("c d12:delete delayi2e12:delete-delay1:27:call-id1:c8:from-tag1:f7:command6:deletee"), NG_DECODE_OK,
	  "bencode delete cookie=c command=delete call-id=c from-tag=f delay=2" },
	{ "of a wish said twice the last holds",
	  SPAN("c d3:TOSi184e5:label1:a18:transport-protocol7:RTP/AVP13:media-address7:1.2.3.414:address-family3:IP6"
	       "3:TOSi0e5:label1:b18:transport_protocol8:RTP/SAVP13:media address7:1.2.3.514:address_family3:IP4"
	       "7:command4:pinge"),
	  NG_DECODE_OK, "bencode ping cookie=c command=ping media=1.2.3.5 profile=RTP/SAVP" },
	{ "our own offer",
	  SPAN("c "
	       "{\"command\":\"offer\",\"owner\":\"sbc1\",\"direction\":[\"lan\",\"internet\"],\"latching\":\"sig-ip/"
	       "24\","
	       "\"received-from\":[\"IP6\",\"2001:db8::1\"],\"flags\":[\"fatal\"],\"sdp\":\"v=0\\r\\n\",\"call-id\":"
	       "\"a\\u002fb\"}"),
	  NG_DECODE_OK,
	  "json offer cookie=c command=offer call-id=a/b sdp=v=0\r\n owner=sbc1 from=lan to=internet "
	  "source=[2001:db8::1]:0 latch=3/24 fatal" },
	{ "flags as one line",
	  SPAN("c d7:command5:offer10:rtpp-flags78:  replace-origin direction=lan  direction=internet ICE=remove "
	       "record-call x=y e"),
	  NG_DECODE_OK, "bencode offer cookie=c command=offer from=lan to=internet no-ice ?x=y" },
	{ "flags as a string", SPAN("c d7:command6:delete5:flags5:fatale"), NG_DECODE_OK,
	  "bencode delete cookie=c command=delete fatal" },
	{ "no statistics wanted", SPAN("c d7:command6:delete5:flagsl4:fastee"), NG_DECODE_OK,
	  "bencode delete cookie=c command=delete fast" },
	{ "integers where text is expected", SPAN("c d7:call-idi5e7:command6:deletee"), NG_DECODE_OK,
	  "bencode delete cookie=c command=delete call-id=5" },
	{ "limit", SPAN("c d7:command4:list5:limiti4294967295ee"), NG_DECODE_OK,
	  "bencode list cookie=c command=list limit=4294967295" },
	{ "rollback", SPAN("c d7:command8:rollbacke"), NG_DECODE_OK, "bencode rollback cookie=c command=rollback" },
	{ "a command we do not have", SPAN("c d7:command8:make teae"), NG_DECODE_OK,
	  "bencode other cookie=c command=make tea" },
	{ "owner", SPAN("c d5:after2:177:command5:adopte"), NG_DECODE_OK,
	  "bencode adopt cookie=c command=adopt after=17" },
	{ "one port", SPAN("c d7:command5:ports4:porti20004ee"), NG_DECODE_OK,
	  "bencode ports cookie=c command=ports port=20004" },
	{ "what we cannot do is told",
	  SPAN("c d7:command5:offer3:ICE5:force18:transport-protocol8:RTP/SALT8:rtcp-muxl7:requiree5:OSRTP4:some"
	       "13:received from1:x8:latching5:maybe5:ptimei20e3:FOOi184ee"),
	  NG_DECODE_OK,
	  "bencode offer cookie=c command=offer ice mux-require ?transport-protocol ?received-from ?latching ?FOO "
	  "!osrtp "
	  "!ptime" },
	{ "what we do anyway is not",
	  SPAN("c d7:command5:offer3:ICE6:remove18:transport-protocol7:RTP/AVP8:rtcp-muxl5:demux5:offere4:DTLS3:off"
	       "4:SDESl3:offe5:label1:x12:delete delayi30ee"),
	  NG_DECODE_OK, "bencode offer cookie=c command=offer profile=RTP/AVP no-ice mux-offer mux-demux delay=30" },
	{ "ban", SPAN("c d7:command3:ban6:prefix12:192.0.2.0/247:secondsi60ee"), NG_DECODE_OK,
	  "bencode ban cookie=c command=ban prefix=192.0.2.0/24 seconds=60" },
	{ "unban", SPAN("c {\"command\":\"unban\",\"prefix\":\"2001:db8::/32\"}"), NG_DECODE_OK,
	  "json unban cookie=c command=unban prefix=2001:db8::/32 seconds=0" },
	{ "text after the dictionary, blank", SPAN("c d7:command4:pinge\r\n"), NG_DECODE_OK,
	  "bencode ping cookie=c command=ping" },
	{ "no command", SPAN("c d7:call-id1:xe"), NG_NO_COMMAND, "bencode other cookie=c call-id=x" },
	{ "no command in JSON", SPAN("c {}"), NG_NO_COMMAND, "json other cookie=c" },
	{ "neither coding", SPAN("c hello"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "nothing after the blank", SPAN("c "), NG_BAD_DATA, "bencode other cookie=c" },
	{ "two blanks", SPAN("c  d7:command4:pinge"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a list", SPAN("c l4:pinge"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "cut off", SPAN("c d7:command4:ping"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "cut off in JSON", SPAN("c {\"command\":\"ping\""), NG_BAD_DATA, "json other cookie=c" },
	{ "more after the dictionary", SPAN("c d7:command4:pingede"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a key twice", SPAN("c d7:command4:ping7:call-id1:a7:call-id1:be"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a key twice, spelt otherwise", SPAN("c d7:command4:ping7:call-id1:a7:Call_ID1:be"), NG_BAD_DATA,
	  "bencode other cookie=c" },
	{ "a key twice, spelt otherwise, in JSON", SPAN("c {\"command\":\"ping\",\"Command\":\"offer\"}"), NG_BAD_DATA,
	  "json other cookie=c" },
	{ "a list for a string", SPAN("c d7:command4:ping3:sdplee"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a dictionary for a command", SPAN("c d7:commanddee"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a family without address", SPAN("c d7:command4:ping13:received-froml3:IP4ee"), NG_BAD_DATA,
	  "bencode other cookie=c" },
	{ "numbers as directions", SPAN("c d7:command4:ping9:directionli1ei2eee"), NG_BAD_DATA,
	  "bencode other cookie=c" },
	{ "numbers as flags", SPAN("c d7:command4:ping5:flagsli1eee"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a limit below nothing", SPAN("c d7:command4:list5:limiti-1ee"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "a limit too great", SPAN("c d7:command4:list5:limiti4294967296ee"), NG_BAD_DATA, "bencode other cookie=c" },
	{ "no blank", SPAN("d7:command4:pinge"), NG_NO_COOKIE, NULL },
	{ "an empty cookie", SPAN(" d7:command4:pinge"), NG_NO_COOKIE, NULL },
	{ "nothing", SPAN(""), NG_NO_COOKIE, NULL },
};

static void requests_are_decoded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct request_case *c = &cases[i];
		struct span datagram = guard_span(c->datagram);
		char mem[1024], shown[1024] = { 0 };
		struct writer w = writer_over(shown, sizeof(shown));
		struct ng_request r = { 0 };
		enum ng_decode verdict = ng_request_decode(datagram, span_of(mem, sizeof(mem)), &r);

		if (verdict != c->verdict)
			fail_msg("%s: %d", c->name, (int)verdict);
		if (c->shown) {
			request_show(&w, &r);
			if (strcmp(shown, c->shown) != 0)
				fail_msg("%s: %s", c->name, shown);
		}
		guard_free(datagram);
	}
}

static void cookie_is_limited_on_both_sides(void **state)
{
	(void)state;
	for (unsigned n = NG_COOKIE_MAX; n <= NG_COOKIE_MAX + 1; n++) {
		char buf[NG_COOKIE_MAX + 32];
		struct ng_request r;
		struct span none = { 0 };
		int size = snprintf(buf, sizeof(buf), "%0*d d7:command4:pinge", (int)n, 7);

		assert_int_equal(ng_request_decode(span_of(buf, (size_t)size), none, &r),
				 n > NG_COOKIE_MAX ? NG_NO_COOKIE : NG_DECODE_OK);
	}
}

static void size_is_limited_on_both_sides(void **state)
{
	static char buf[NG_DATAGRAM_MAX + 64];

	(void)state;
	for (uint32_t n = NG_DATAGRAM_MAX; n <= NG_DATAGRAM_MAX + 1; n++) {
		struct writer w = writer_over(buf, sizeof(buf));
		struct ng_request r;

		memset(buf, 'x', sizeof(buf));
		/* The string is what is left of n bytes after "d7:command4:ping3:sdp65510:" and before the last "e". */
		writer_format(&w, "c d7:command4:ping3:sdp%u:", n - 28);
		buf[2 + n - 1] = 'e';
		assert_int_equal(w.n + n - 28 + 1, 2 + n);
		assert_int_equal(ng_request_decode(span_of(buf, 2 + n), (struct span){ 0 }, &r),
				 n > NG_DATAGRAM_MAX ? NG_BAD_DATA : NG_DECODE_OK);
	}
}

static const struct ng_request written[] = {
	{ .cookie = SPAN("1"), .command = NG_PING },
	{ .cookie = SPAN("1"), .command = NG_DELETE, .call_id = SPAN(""), .fatal = true, .fast = true },
	{ .cookie = SPAN("1"), .command = NG_LIST, .limit = UINT32_MAX, .owner = SPAN("sbc1") },
	{ .cookie = SPAN("1"), .command = NG_COMMAND_OTHER, .command_name = SPAN("make tea") },
	{ .cookie = SPAN("1"), .command = NG_BAN, .prefix = SPAN("2001:db8::/32"), .seconds = 3600 },
	{ .cookie = SPAN("1"),
	  .command = NG_OFFER,
	  .sender_srtp = NG_SRTP_OFF,
	  .osrtp_offer = true,
	  .osrtp_accept = true },
	{ .cookie = SPAN("1"), .command = NG_OFFER, .sender_srtp = NG_SRTP_SDES, .transport = SPAN("RTP/SAVP") },
	{ .cookie = SPAN("1"), .command = NG_QUERY, .direction = { SPAN("lan"), { 0 } } },
	{ .cookie = SPAN("7_1"),
	  .command = NG_OFFER,
	  .call_id = SPAN("a\"b\\c"),
	  .from_tag = SPAN("f"),
	  .to_tag = SPAN("t"),
	  .via_branch = SPAN("z9hG4bK"),
	  .sdp = SPAN("v=0\r\n"),
	  .owner = SPAN("sbc1"),
	  .direction = { SPAN("lan"), SPAN("internet") },
	  .resume = { SPAN(""), SPAN("17 2 10000 0") },
	  .stands_for = { SPAN("c t"), SPAN("") },
	  .trust_address = true,
	  .fatal = true,
	  .sender_dtmf_info = true,
	  .receiver_dtmf_info = true,
	  .received_from = { .ip = { 192, 0, 2, 7 }, .family = ADDR_V4 },
	  .latch = NG_LATCH_SIG_IP,
	  .latch_bits = 24 },
	{ .cookie = SPAN("1"), .command = NG_OFFER, .ice = NG_ICE_FORCE, .mux_offer = true, .mux_require = true },
	{ .cookie = SPAN("1"), .command = NG_OFFER, .ice = NG_ICE_REMOVE, .mux_demux = true, .mux_reject = true },
	{ .cookie = SPAN("7_1"),
	  .command = NG_ANSWER,
	  .sender_srtp = NG_SRTP_DTLS,
	  .call_id = SPAN("\x01\xc3\xa4"),
	  .latch = NG_LATCH_EXACT,
	  .received_from = { .ip = { 0x20, 1, 0xd, 0xb8, [15] = 1 }, .family = ADDR_V6 },
	  .media_address = { .ip = { 0x20, 1, 0xd, 0xb8, [15] = 2 }, .family = ADDR_V6 } },
};

static void written_requests_are_read_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * sizeof(written) / sizeof(written[0]); i++) {
		struct ng_request r = written[i / 2], again;
		char buf[512], mem[1024], before[512] = { 0 }, after[512] = { 0 };
		struct writer w = writer_over(buf, sizeof(buf));
		struct writer show_before = writer_over(before, sizeof(before));
		struct writer show_after = writer_over(after, sizeof(after));

		r.coding = i % 2 ? NG_JSON : NG_BENCODE;
		ng_request_write(&w, &r);
		assert_false(w.failed);
		assert_int_equal(ng_request_decode(writer_done(&w), span_of(mem, sizeof(mem)), &again), NG_DECODE_OK);
		if (!span_is_set(r.command_name))
			r.command_name = again.command_name;
		request_show(&show_before, &r);
		request_show(&show_after, &again);
		assert_string_equal(before, after);
	}
}

static void every_room_too_small_is_told(void **state)
{
	char buf[512];
	struct writer w = writer_over(buf, sizeof(buf));
	uint32_t need;

	(void)state;
	ng_request_write(&w, &written[8]);
	need = w.n;
	for (uint32_t cap = 0; cap <= need; cap++) {
		w = writer_over(buf, cap);
		ng_request_write(&w, &written[8]);
		assert_int_equal(w.failed, cap < need);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_decoded),          cmocka_unit_test(cookie_is_limited_on_both_sides),
		cmocka_unit_test(size_is_limited_on_both_sides), cmocka_unit_test(written_requests_are_read_again),
		cmocka_unit_test(every_room_too_small_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
