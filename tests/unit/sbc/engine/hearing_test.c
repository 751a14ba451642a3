/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/hearing.h"

#include "tests/unit/sbc/bench.h"

static void causes(void **state)
{
	static const struct {
		const char *body;
		enum count cause;
	} cases[] = {
		{ "d6:reason15:silence-timeoute", COUNT_CALL_MEDIA_TIMEOUT },
		{ "d6:reason8:no-mediae", COUNT_CALL_NO_MEDIA },
		{ "d6:reason15:one-way-timeoute", COUNT_CALL_ONE_WAY },
		{ "d6:reason15:consent-timeoute", COUNT_CALL_CONSENT },
		{ "d6:reason12:held-timeoute", COUNT_CALL_HELD },
		{ "d6:reason3:newe", COUNT_CALL_MEDIA_TIMEOUT },
		{ "de", COUNT_CALL_MEDIA_TIMEOUT },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct ng_answer event = { .body = span_str(cases[i].body) };

		assert_int_equal(hearing_cause(&event), cases[i].cause);
	}
}

/* What the relay says of one stream of the caller's, and the sentences that it makes. */
static void findings(void **state)
{
	static const struct {
		const char *rtp, *want;
	} cases[] = {
		{ "'verdict':'flows','MOS':43", "" },
		{ "'verdict':'held'", "" },
		{ "'verdict':'never'", "bob hears nothing: no packet ever came from alice (audio)" },
		{ "'verdict':'flows','ICE':'nominated'", "" },
		{ "'verdict':'never','ICE':'waiting'",
		  "bob hears nothing: no packet ever came from alice (audio)|"
		  "alice has ICE and has not checked the way to us (audio): no STUN of it arrives" },
		{ "'verdict':'silent'", "bob hears nothing now: nothing more comes from alice (audio)" },
		{ "'verdict':'flows','loss in hundredths of percent':525,'MOS':34",
		  "bob hears gaps: 5.2 % of what alice sends (audio) does not arrive here|"
		  "alice sounds bad to bob: MOS 3.4" },
		{ "'verdict':'flows','refused':9,'last refused':{'address':'203.0.113.66','port':6}",
		  "9 packets for alice's port (audio) came from elsewhere and were turned away, lately from "
		  "203.0.113.66" },
	};
	struct buf_pool pool = { 0 };
	struct leg a = { .media = "a" }, b = { .media = "b" };
	struct call c = { .leg = { &a, &b } };
	(void)state;

	c.from = buf_keep(&pool, SPAN("\"Al\" <sip:alice@example.com>"));
	c.to = buf_keep(&pool, SPAN("sip:bob@example.com"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512], got[512] = "";
		json_t *media, *list;
		const json_t *one;
		size_t at;

		snprintf(text, sizeof(text), "{'tags':{'a':{'medias':[{'type':'audio','streams':[{%s}]}]}}}",
			 cases[i].rtp);
		for (char *p = text; *p; p++)
			if (*p == '\'')
				*p = '"';
		media = json_loads(text, 0, NULL);
		assert_non_null(media);
		list = hearing_findings(media, &c);
		json_array_foreach(list, at, one)
		{
			strcat(got, at ? "|" : "");
			strcat(got, json_string_value(one));
		}
		assert_string_equal(got, cases[i].want);
		json_decref(list);
		json_decref(media);
	}
	buf_drop(&pool, c.from);
	buf_drop(&pool, c.to);
	buf_pool_fini(&pool);
}

static void figures(void **state)
{
	static const char told[] =
		"{\"tags\":{\"b\":{\"medias\":[{\"type\":\"audio\",\"streams\":[{\"verdict\":\"flows\",\"stats\":"
		"{\"packets\":50,\"bytes\":8600},\"refused\":3,\"codec\":\"PCMA\",\"last packet\":17,\"lost\":2,"
		"\"loss in hundredths of percent\":384,\"jitter us\":2640,\"MOS\":41,\"reported\":"
		"{\"round-trip time\":60449}}]},{\"type\":\"video\",\"streams\":[]}]}}}";
	json_t *media = json_loads(told, 0, NULL), *list;
	const struct leg b = { .media = "b" }, other = { .media = "a" };
	char *text;
	(void)state;

	assert_non_null(media);
	list = hearing_figures(media, &b);
	text = json_dumps(list, JSON_SORT_KEYS | JSON_REAL_PRECISION(4));
	assert_string_equal(text, "[{\"bytes\": 8600, \"codec\": \"PCMA\", \"jitter_ms\": 2.6, \"last_seen\": 17, "
				  "\"loss_percent\": 3.8, \"lost\": 2, \"mos\": 4.1, \"packets\": 50, "
				  "\"protection\": \"plain\", \"refused_packets\": 3, \"rtt_ms\": 60.4, \"type\": "
				  "\"audio\", \"verdict\": "
				  "\"flows\"}]");
	free(text);
	json_decref(list);
	list = hearing_figures(media, &other);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	json_decref(media);
}

/* How the media of one side is protected: all that is said of it, and nothing that could open it. */
static void protections(void **state)
{
	static const struct {
		const char *media, *want, *finding;
	} cases[] = {
		{ "", "plain", NULL },
		{ "\"srtp\":\"sdes\",\"suite\":\"AEAD_AES_128_GCM\",", "srtp sdes AEAD_AES_128_GCM", NULL },
		{ "\"srtp\":\"dtls\",\"suite\":\"AES_CM_128_HMAC_SHA1_80\",\"handshake\":\"done\",",
		  "srtp dtls AES_CM_128_HMAC_SHA1_80", NULL },
		{ "\"srtp\":\"dtls\",\"handshake\":\"waiting\",\"handshake reason\":\"no answer\",",
		  "srtp dtls, handshake waiting",
		  "no keys were agreed on with alice (audio): DTLS handshake waiting, no answer" },
		{ "\"srtp\":\"sdes\",", "srtp sdes", NULL },
	};
	struct buf_pool pool = { 0 };
	struct leg a = { .media = "a" }, b = { .media = "b" };
	struct call c = { .leg = { &a, &b } };
	(void)state;

	c.from = buf_keep(&pool, SPAN("sip:alice@example.com"));
	c.to = buf_keep(&pool, SPAN("sip:bob@example.com"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512];
		json_t *media, *list, *findings;

		snprintf(text, sizeof(text),
			 "{\"tags\":{\"a\":{\"medias\":[{%s\"type\":\"audio\",\"streams\":[{\"verdict\":\"flows\"}]}]}}"
			 "}",
			 cases[i].media);
		media = json_loads(text, 0, NULL);
		assert_non_null(media);
		list = hearing_figures(media, &a);
		assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "protection")),
				    cases[i].want);
		findings = hearing_findings(media, &c);
		assert_int_equal(json_array_size(findings), cases[i].finding != NULL);
		if (cases[i].finding)
			assert_string_equal(json_string_value(json_array_get(findings, 0)), cases[i].finding);
		json_decref(findings);
		json_decref(list);
		json_decref(media);
	}
	buf_drop(&pool, c.from);
	buf_drop(&pool, c.to);
	buf_pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes),
		cmocka_unit_test(findings),
		cmocka_unit_test(figures),
		cmocka_unit_test(protections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
