/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/line/kind.h"

static void a_realm_lets_cross_what_it_names(void **state)
{
	static const struct {
		const char *type;
		enum conf_kind kind;
	} cases[] = {
		{ "audio", CONF_KIND_AUDIO },
		{ "Video", CONF_KIND_VIDEO },
		{ "image", CONF_KIND_IMAGE },
		{ "text", CONF_KIND_TEXT },
		{ "APPLICATION", CONF_KIND_APPLICATION },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct conf_realm alone = { .kinds = 1U << cases[i].kind },
					but = { .kinds = ~(1U << cases[i].kind) & ((1U << CONF_KIND_N) - 1) };

		assert_true(kind_is_wanted(&alone, span_str(cases[i].type)));
		assert_false(kind_is_wanted(&but, span_str(cases[i].type)));
	}
}

static void what_has_no_name_never_does(void **state)
{
	const struct conf_realm all = { .kinds = (1U << CONF_KIND_N) - 1 };

	(void)state;
	assert_false(kind_is_wanted(&all, SPAN("message")));
	assert_false(kind_is_wanted(&all, SPAN("audi")));
	assert_false(kind_is_wanted(&all, SPAN("audios")));
	assert_false(kind_is_wanted(&all, SPAN("")));
}

static void what_is_no_rtp(void **state)
{
	static const struct {
		const char *line;
		bool datagram;
	} cases[] = {
		{ "audio 4000 RTP/AVP 0", false },           { "audio 4000 RTP/SAVPF 0", false },
		{ "audio 4000 UDP/TLS/RTP/SAVPF 0", false }, { "image 4000 udptl t38", true },
		{ "application 4000 UDP/BFCP *", true },     { "application 4000 udp wb", true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sdp_media m;

		assert_int_equal(sdp_media_parse(span_str(cases[i].line), &m), 0);
		assert_int_equal(kind_is_datagram(m.proto), cases[i].datagram);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_realm_lets_cross_what_it_names),
		cmocka_unit_test(what_has_no_name_never_does),
		cmocka_unit_test(what_is_no_rtp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
