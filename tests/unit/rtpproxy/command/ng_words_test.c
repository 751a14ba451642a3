/* SPDX-License-Identifier: BSD-3-Clause */
/* Each word that SIP servers send for a description, in each of its spellings: what it does, or that it does nothing.
 */
#include "tests/unit/rtpproxy/rig.h"

#include "alg/ng/ng_word.h"

#define NAMED "a=extmap:1 urn:x\r\na=extmap:2 urn:y\r\n"
#define THREE "m=audio 4000 RTP/AVP 0 8 9\r\n"
#define TEXT  "m=audio 4000 RTP/AVP 0 8\r\na=ptime:20\r\n"
#define CHECKING                                                                                                       \
	"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"                                                     \
	"a=candidate:1 1 UDP 1 192.168.1.5 4000 typ host\r\n"
#define KEY "inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* --- what is to be seen beside the description, when the answer is there too --- */

static const struct session *the_session(const struct rig *g)
{
	return g->relay.all.first;
}

static const struct target *the_caller(const struct rig *g)
{
	return &the_session(g)->near->stream[0].now;
}

static bool takes_from_the_address_said(const struct rig *g)
{
	return the_caller(g)->policy == LATCH_SDP_IP;
}

static bool expects_it_where_it_signals(const struct rig *g)
{
	return addr_same_host(&the_caller(g)->said_rtp, &the_caller(g)->signalling);
}

static bool is_asymmetric(const struct rig *g)
{
	return the_caller(g)->asymmetric;
}

static bool is_waited_for(const struct rig *g)
{
	return !the_caller(g)->rtp_expected;
}

static bool is_pierced(const struct rig *g)
{
	return the_caller(g)->pierce;
}

static bool has_reports_of_ours(const struct rig *g)
{
	return the_session(g)->generate_rtcp;
}

static bool has_dscp_46(const struct rig *g)
{
	return the_session(g)->has_dscp && the_session(g)->dscp == 46;
}

static bool is_called_x(const struct rig *g)
{
	return span_eq(the_session(g)->near->label, SPAN("x"));
}

static bool is_recorded(const struct rig *g)
{
	return g->captured == the_session(g)->id;
}

static bool tells_digits(const struct rig *g)
{
	return the_session(g)->detect_dtmf;
}

static bool has_branch_x(const struct rig *g)
{
	return span_eq(the_session(g)->far->via_branch, SPAN("x"));
}

static bool is_in_the_lan(const struct rig *g)
{
	return the_session(g)->far->realm == RIG_LAN && the_session(g)->near->realm == RIG_OUT;
}

/* --- the words --- */

static const struct word {
	const char *text;        /* as among rtpp-flags */
	const char *media;       /* of the offer; NULL: plain audio */
	const char *has, *hasnt; /* of what its reader is shown; NULL: anything */
	const char *warning;     /* of the answer; NULL: none */
	bool (*seen)(const struct rig *g);
	const char *refused;
} words[] = {
	/* What the sender is believed. */
	{ .text = "trust-address", .seen = takes_from_the_address_said },
	{ .text = "SIP-source-address", .seen = expects_it_where_it_signals },
	{ .text = "asymmetric", .seen = is_asymmetric },
	{ .text = "endpoint-learning-off", .seen = is_asymmetric },
	{ .text = "endpoint-learning=off", .seen = is_asymmetric },
	{ .text = "endpoint-learning-immediate" },
	{ .text = "endpoint-learning-delayed" },
	{ .text = "endpoint-learning-heuristic" },
	{ .text = "NAT-wait", .seen = is_waited_for },
	{ .text = "pierce-NAT", .seen = is_pierced },
	{ .text = "symmetric" },
	{ .text = "strict-source" },
	{ .text = "media-handover" },
	{ .text = "port-latching" },
	{ .text = "no-port-latching" },
	{ .text = "unidirectional" },

	/* Where the sides are, and how they are called. */
	{ .text = "direction=out direction=lan", .seen = is_in_the_lan },
	{ .text = "direction=[out lan]", .seen = is_in_the_lan },
	{ .text = "from-interface=out to-interface=lan", .seen = is_in_the_lan },
	{ .text = "interface=lan" },
	{ .text = "address-family=IP4", .has = "c=IN IP4 10.0.0.1" },
	{ .text = "address-family=IP6", .refused = "No realm has an address of that family" },
	{ .text = "media-address=192.0.2.77", .has = "c=IN IP4 192.0.2.77" },
	{ .text = "received-from=198.51.100.7" },
	{ .text = "via-branch=x", .seen = has_branch_x },
	{ .text = "label=x", .seen = is_called_x },
	{ .text = "set-label=x", .seen = is_called_x },
	{ .text = "TOS=184", .seen = has_dscp_46 },
	{ .text = "delete-delay=5" },
	{ .text = "supports=[load..limit]" },
	{ .text = "SIP-message-type=request" },
	{ .text = "SIP-code=180" },

	/* The form of the description. */
	{ .text = "replace-origin replace-session-connection replace-username replace-SDP-version", .has = "o=- " },
	{ .text = "replace=[origin-full session-name]", .has = "s=-" },
	{ .text = "replace-zero-address", .media = TEXT "c=IN IP4 0.0.0.0\r\n", .hasnt = "0.0.0.0" },
	{ .text = "original-sendrecv", .media = TEXT "a=sendonly\r\n", .has = "a=sendonly" },
	{ .text = "no-rtcp-attribute", .hasnt = "a=rtcp" },
	{ .text = "full-rtcp-attribute", .has = "a=rtcp:2" },
	{ .text = "generate-mid", .has = "a=mid:m1" },
	{ .text = "loop-protect", .has = "c=IN IP4 10.0.0.1" },
	{ .text = "strip-extmap", .media = TEXT NAMED, .hasnt = "extmap" },
	{ .text = "extmap-strip-urn:x", .media = TEXT NAMED, .has = "urn:y", .hasnt = "urn:x" },
	{ .text = "extmap=[mask=[urn:x]]", .media = TEXT NAMED, .has = "urn:y", .hasnt = "urn:x" },
	{ .text = "extmap=[strip=[all] except=[urn:y]]", .media = TEXT NAMED, .has = "urn:y", .hasnt = "urn:x" },
	{ .text = "sdp-attr-remove-audio-ptime:20", .media = TEXT, .hasnt = "ptime" },
	{ .text = "sdp-attr=[audio=[substitute=[[ptime:20 ptime:40]]]]", .media = TEXT, .has = "a=ptime:40" },
	{ .text = "sdp-attr-add-none-x..y", .has = "a=x y\r\nm=audio" },
	{ .text = "sdp-media-remove=[video]", .media = RIG_AUDIO("4000") RIG_VIDEO("4002"), .hasnt = "m=video" },
	{ .text = "template=x", .refused = "Unknown template: x" },

	/* Profiles and keys. */
	{ .text = "RTP/AVP", .media = "m=audio 4000 RTP/AVPF 0\r\n", .has = " RTP/AVP 0" },
	{ .text = "RTP/AVPF", .has = " RTP/AVPF 0" },
	{ .text = "transport-protocol=RTP/AVPF", .has = " RTP/AVPF 0" },
	{ .text = "transport-protocol=accept", .warning = "not built, without effect: transport-protocol" },
	{ .text = "OSRTP-offer", .has = "a=crypto:" },
	{ .text = "OSRTP=offer-RFC", .has = "a=crypto:" },
	{ .text = "OSRTP=[offer]", .has = " RTP/AVP 0 8\r\n" },
	{ .text = "OSRTP-accept", .media = TEXT "a=crypto:1 AES_CM_128_HMAC_SHA1_80 " KEY "\r\n", .hasnt = "crypto" },
	{ .text = "OSRTP-off" },
	{ .text = "OSRTP-offer-legacy", .warning = "not built, without effect: osrtp" },
	{ .text = "OSRTP=[offer] SDES-only-AES_CM_128_HMAC_SHA1_32", .has = "SHA1_32", .hasnt = "SHA1_80" },
	{ .text = "OSRTP=[offer] SDES=[no-AES_CM_128_HMAC_SHA1_80]",
	  .has = "AES_CM_128_HMAC_SHA1_32",
	  .hasnt = "AES_CM_128_HMAC_SHA1_80" },
	{ .text = "OSRTP=[offer] SDES-off", .hasnt = "a=crypto" },
	{ .text = "SDES-pad SDES-lifetime SDES-nonew SDES-static SDES-prefer SDES-unencrypted_srtp SDES-order:x;" },
	{ .text = "DTLS=off" },
	{ .text = "DTLS=passive" },
	{ .text = "DTLS-active" },
	{ .text = "DTLS-reverse=passive" },
	{ .text = "DTLS-fingerprint=SHA-1" },
	{ .text = "no-DTLS" },
	{ .text = "recrypt" },
	{ .text = "reset" },

	/* ICE, and what is on one port. */
	{ .text = "ICE=force", .has = "a=candidate:" },
	{ .text = "ICE-force", .has = "a=ice-lite" },
	{ .text = "ICE=optional", .has = "a=candidate:" },
	{ .text = "ICE=remove", .hasnt = "a=candidate:" },
	{ .text = "ICE=default", .hasnt = "a=candidate:" },
	{ .text = "ICE=force-relay", .warning = "not built, without effect: ice" },
	{ .text = "ICE-lite=forward" },
	{ .text = "ICE-lite=both" },
	{ .text = "trickle-ICE" },
	{ .text = "reject-ICE", .media = TEXT CHECKING, .hasnt = "a=ice-" },
	{ .text = "reject-ICE ICE=force", .media = TEXT CHECKING, .has = "a=ice-ufrag:" },
	{ .text = "rtcp-mux-offer", .has = "a=rtcp-mux" },
	{ .text = "rtcp-mux=[offer require]", .has = "a=rtcp-mux" },
	{ .text = "rtcp-mux-require", .has = "a=rtcp-mux" },
	{ .text = "rtcp-mux-demux", .media = TEXT "a=rtcp-mux\r\n", .hasnt = "a=rtcp-mux" },
	{ .text = "rtcp-mux-accept", .media = TEXT "a=rtcp-mux\r\n", .has = "a=rtcp-mux" },
	{ .text = "rtcp-mux-reject", .media = TEXT "a=rtcp-mux\r\n", .hasnt = "a=rtcp-mux" },
	{ .text = "bundle-accept", .media = "a=group:BUNDLE a\r\n" TEXT "a=mid:a\r\n", .hasnt = "BUNDLE" },
	{ .text = "bundle=[accept]" },
	{ .text = "bundle=require", .warning = "not built, without effect: bundle" },
	{ .text = "generate-RTCP", .seen = has_reports_of_ours },
	{ .text = "generate-RTCP=on", .seen = has_reports_of_ours },

	/* Codecs. */
	{ .text = "codec-strip-PCMA", .media = THREE, .has = " 0 9\r\n" },
	{ .text = "codec=[strip=[PCMA G722]]", .media = THREE, .has = " 0\r\n" },
	{ .text = "codec-mask-PCMA", .media = THREE, .has = " 0 9\r\n" },
	{ .text = "codec=[mask=[all] except=[PCMA]]", .media = THREE, .has = " 8\r\n" },
	{ .text = "codec-strip-all codec-except-G722", .media = THREE, .has = " 9\r\n" },
	{ .text = "codec-offer-G722 codec-strip-all", .media = THREE, .has = " 9\r\n" },
	{ .text = "codec=[strip=[all] offer=[G722 PCMU]]", .media = THREE, .has = " 9 0\r\n" },
	{ .text = "codec-strip-all codec-ignore-PCMU", .media = THREE, .has = " 0\r\n" },
	{ .text = "codec-accept-PCMA codec-consume-PCMU", .media = THREE, .has = " 0 8 9\r\n" },
	{ .text = "transcode-PCMA", .media = THREE, .has = " 8" },
	{ .text = "codec-transcode-opus",
	  .media = THREE,
	  .has = " 0 8 9\r\n",
	  .warning = "nothing is transcoded: opus" },
	{ .text = "allow-no-codec-media" },
	{ .text = "single-codec", .warning = "not built, without effect: single" },
	{ .text = "always-transcode", .warning = "not built, without effect: always" },
	{ .text = "ptime=20", .warning = "not built, without effect: ptime" },

	/* Faxes as they come. */
	{ .text = "T.38=no-ECM T38-FEC", .media = "m=image 4000 udptl t38\r\n", .has = "udptl t38" },
	{ .text = "T.38=[decode]", .media = "m=image 4000 udptl t38\r\n", .warning = "not built, without effect: t38" },

	/* Other things that calls may have. */
	{ .text = "record-call", .seen = is_recorded },
	{ .text = "record-call=on", .seen = is_recorded },
	{ .text = "detect-DTMF", .seen = tells_digits },
	{ .text = "inject-DTMF" },
	{ .text = "to-tag" },
	{ .text = "directional" },
	{ .text = "debug debugging" },
	{ .text = "early-media provisional new-branch" },
	{ .text = "love", .warning = "not understood, ignored: love" },
};

/* --- the spellings --- */

static void put_text(struct writer *w, struct span text)
{
	writer_format(w, "%u:%.*s", text.n, SPAN_ARG(text));
}

/* "a b=c" as the value of rtpp-flags. */
static bool as_string(struct writer *w, const char *text)
{
	put_text(w, SPAN("rtpp-flags"));
	put_text(w, span_str(text));
	return true;
}

/* Each word is an element of a list: brackets cannot be said so. */
static bool as_list(struct writer *w, const char *text)
{
	struct span left = span_str(text);

	if (strchr(text, '['))
		return false;
	put_text(w, SPAN("flags"));
	writer_byte(w, 'l');
	for (; left.n; left = span_from(left, span_find(left, ' ') + 1))
		put_text(w, span_slice(left, 0, span_find(left, ' ')));
	writer_byte(w, 'e');
	return true;
}

/* The same with blanks in the words, where others have hyphens. */
static bool as_blank_words(struct writer *w, const char *text)
{
	const uint32_t from = w->n;

	if (strpbrk(text, " =:") || !as_list(w, text))
		return false;
	for (uint32_t i = from; i < w->n; i++)
		if (w->p[i] == '-')
			w->p[i] = ' ';
	return true;
}

/* One word "key=value" is a member of the request. */
static bool as_key(struct writer *w, const char *text)
{
	const struct span word = span_str(text);
	const uint32_t equals = span_find(word, '=');

	if (equals == word.n || strpbrk(text, "[ "))
		return false;
	put_text(w, span_slice(word, 0, equals));
	put_text(w, span_from(word, equals + 1));
	return true;
}

static const struct {
	const char *name;
	bool (*put)(struct writer *w, const char *text);
} spellings[] = {
	{ "rtpp-flags", as_string },
	{ "flags", as_list },
	{ "flags with blanks", as_blank_words },
	{ "key", as_key },
};

static bool has_own_realms(const char *text)
{
	return strstr(text, "direction=") || strstr(text, "from-interface");
}

/* False where the words cannot be spelled so. */
static bool offer_spelled(struct rig *g, const struct word *word, unsigned spelling)
{
	const char *sdp = rig_sdp(g, "192.168.1.5", word->media ? word->media : RIG_AUDIO("4000"));
	struct writer w = writer_over(g->request, sizeof(g->request));
	const bool received = strstr(word->text, "received-from") != NULL;

	writer_format(&w, "s%u d7:command5:offer7:call-id1:c8:from-tag1:A3:sdp%zu:%s", ++g->serial, strlen(sdp), sdp);
	if (!has_own_realms(word->text))
		writer_str(&w, "9:directionl3:out3:lane");
	if (!received)
		writer_str(&w, "13:received-froml3:IP412:198.51.100.7e");
	if (!spellings[spelling].put(&w, word->text))
		return false;
	writer_byte(&w, 'e');
	rig_send(g, writer_done(&w));
	return true;
}

static bool is_as_expected(const struct rig *g, const struct word *word)
{
	if (word->refused)
		return span_eq(g->answer.error_reason, span_str(word->refused));
	if (!span_eq(g->answer.result, SPAN("ok")) || (word->has && !rig_has(g->answer.sdp, word->has)) ||
	    (word->hasnt && rig_has(g->answer.sdp, word->hasnt)))
		return false;
	return word->warning ? rig_has(g->answer.warning, word->warning) : g->answer.warning.n == 0;
}

static void each_word_in_each_spelling(void **state)
{
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (unsigned k = 0; k < sizeof(spellings) / sizeof(spellings[0]); k++) {
			if (!offer_spelled(g, &words[i], k))
				continue;
			if (!is_as_expected(g, &words[i]))
				fail_msg("%s as %s: %.*s", words[i].text, spellings[k].name, SPAN_ARG(g->reply));
			if (words[i].seen) {
				rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
				assert_ok(g);
				if (!words[i].seen(g))
					fail_msg("%s as %s has no effect", words[i].text, spellings[k].name);
			}
			rig_delete(g, "c");
		}
	}
}

/* Without it none of what is looked for above is there. */
static void without_words_nothing_of_it(void **state)
{
	static const struct word none = { .text = "direction=out direction=lan" };
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!words[i].seen || words[i].seen == is_in_the_lan)
			continue;
		assert_true(offer_spelled(g, &none, 0));
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
		assert_ok(g);
		/* A private address is not believed, and so waited for, in any case. */
		if (words[i].seen != is_waited_for && words[i].seen(g))
			fail_msg("%s is no effect of it", words[i].text);
		rig_delete(g, "c");
	}
}

/* All that a browser wants is in one word. */
static void webrtc_is_a_name_for_many(void **state)
{
	static const char *const lines[] = {
		"UDP/TLS/RTP/SAVPF 0 8", "a=fingerprint:", "a=ice-ufrag:", "a=rtcp-mux", "a=mid:", "a=candidate:"
	};
	static const struct word word = { .text = "WebRTC" };
	struct rig *g = *state;

	for (unsigned k = 0; k < 2; k++) {
		assert_true(offer_spelled(g, &word, k));
		assert_ok(g);
		for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (!rig_has(g->answer.sdp, lines[i]))
				fail_msg("no %s: %.*s", lines[i], SPAN_ARG(g->reply));
		assert_false(rig_has(g->answer.sdp, "a=crypto") || rig_has(g->answer.sdp, "a=rtcp:"));
		rig_delete(g, "c");
	}
}

static void ice_that_is_rejected_is_not_answered(void **state)
{
	static const struct word words_of_ice[] = {
		{ .text = "ICE=force", .media = TEXT CHECKING },
		{ .text = "reject-ICE", .media = TEXT CHECKING },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < 2; i++) {
		assert_true(offer_spelled(g, &words_of_ice[i], 0));
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
		assert_ok(g);
		assert_int_equal(rig_has(g->answer.sdp, "a=ice-ufrag:"), i == 0);
		rig_delete(g, "c");
	}
}

/* RFC 8840: whoever checks needs no candidates of the other side; they may also be quicker than its offer. */
static void fragments_are_answered(void **state)
{
	static const struct rig_say says[] = {
		{ .command = NG_OFFER, .call = "c", .from = "A" },
		{ .command = NG_ANSWER, .call = "c", .from = "A", .to = "B" },
	};
	struct rig *g = *state;

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 2; i++) {
			struct rig_say s = says[i];

			s.sdp = "a=ice-ufrag:x\r\na=ice-pwd:y\r\nm=audio 9 RTP/AVP 0\r\na=candidate:1 1 UDP 1 "
				"192.0.2.9 9 typ host\r\n";
			g->flags = "fragment";
			rig_say(g, s);
			g->flags = NULL;
			assert_ok(g);
			assert_int_equal(g->answer.sdp.n + g->answer.warning.n, 0);
		}
		assert_int_equal(relay_sessions(&g->relay), round);
		rig_call(g, "c");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_word_in_each_spelling), TEST(without_words_nothing_of_it),
		TEST(webrtc_is_a_name_for_many),  TEST(ice_that_is_rejected_is_not_answered),
		TEST(fragments_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
