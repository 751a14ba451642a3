/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/unheard.h"

#include "tests/unit/rtpproxy/rig.h"

/* The streams that the answer to the end of a call lists, "TAG TYPE SAID REFUSED FROM" each. */
static void unheard_after(struct rig *g, uint64_t ms, char *out, size_t cap)
{
	struct ng_value list, one, v;
	struct span none;
	uint32_t at = 0;
	struct writer w = writer_over(out, (uint32_t)cap - 1);
	static const struct span keys[] = { SPAN("tag"), SPAN("type"), SPAN("said"), SPAN("refused-from") };

	g->now += ms;
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c" });
	assert_ok(g);
	if (ng_find(g->answer.body, SPAN("unheard"), &list) == 0)
		while (ng_next(list.text, &at, &none, &one) == 1)
			for (unsigned i = 0; i < 4; i++)
				if (ng_find(one.text, keys[i], &v) == 0)
					writer_format(&w, "%.*s ", SPAN_ARG(v.text));
	out[w.n] = '\0';
}

static void who_never_spoke(void **state)
{
	static const struct {
		const char *name;
		uint64_t after, a, b; /* packets of each */
		const char *expected;
	} cases[] = {
		{ "both spoke", UNHEARD_AFTER_MS, 50, 50, "" },
		{ "the caller did not", UNHEARD_AFTER_MS, 0, 50, "A audio 192.168.1.5:4000 203.0.113.9:4444 " },
		{ "the called did not", UNHEARD_AFTER_MS, 50, 0, "B audio 10.0.0.50:6000 " },
		{ "nobody could", UNHEARD_AFTER_MS - 1, 0, 0, "" },
		{ "nobody did", UNHEARD_AFTER_MS, 0, 0,
		  "A audio 192.168.1.5:4000 203.0.113.9:4444 B audio 10.0.0.50:6000 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct rig *g;
		const struct session *s;
		uint16_t a, b;

		rig_setup((void **)&g);
		rig_call(g, "c");
		s = table_find(&g->relay.sessions, SPAN("c"));
		a = s->near->stream[0].port;
		b = s->joined->stream[0].port;
		g->ports[RIG_OUT][a].stats.rx_packets = cases[i].a;
		g->ports[RIG_OUT][a].stats.refused_packets = 3;
		g->ports[RIG_OUT][a].stats.refused[0] = rig_addr("203.0.113.9:4444");
		g->ports[RIG_LAN][b].stats.rx_packets = cases[i].b;
		unheard_after(g, cases[i].after, text, sizeof(text));
		if (strcmp(text, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].name, text);
		rig_free(g);
	}
}

/* Nobody had a chance to speak in a call that was never answered. */
static void not_before_the_answer(void **state)
{
	struct rig *g = *state;
	char text[256];

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .direction = { "out", "lan" },
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
	assert_ok(g);
	unheard_after(g, UNHEARD_AFTER_MS, text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_never_spoke),
		cmocka_unit_test_setup_teardown(not_before_the_answer, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
