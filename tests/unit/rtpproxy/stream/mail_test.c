/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/mail.h"

#include "tests/unit/rtpproxy/rig.h"

static struct session *session_of(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

static void mail_comes(struct rig *g, unsigned realm, unsigned port, uint32_t session, bool stun)
{
	g->mail = (struct datapath_mail){
		.own = { (uint8_t)realm, (uint16_t)port }, .session = session, .stun = stun, .n = 1
	};
	g->has_mail = true;
	relay_notices(&g->relay, g->now);
	assert_false(g->has_mail);
}

static void mail_finds_its_stream_or_is_lost(void **state)
{
	static const struct {
		const char *name;
		unsigned realm, add; /* to the near side's RTP port */
		uint32_t session;    /* added to the call's own */
		bool stun, found;
	} cases[] = {
		{ "STUN to RTP", RIG_OUT, 0, 0, true, true },        { "DTLS to RTP", RIG_OUT, 0, 0, false, true },
		{ "STUN to RTCP", RIG_OUT, 1, 0, true, true },       { "of a call before", RIG_OUT, 0, 1, true, false },
		{ "a port beside", RIG_OUT, 2, 0, true, false },     { "a realm beside", RIG_LAN, 0, 0, true, false },
		{ "no media port", RIG_OUT, 40000, 0, true, false },
	};
	struct rig *g = *state;
	struct session *s;
	struct own_port own;

	rig_call(g, "c");
	s = session_of(g, "c");
	own = (struct own_port){ RIG_OUT, s->near->stream[0].port };
	mailroom_hold(&g->relay, s, own);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_counters *c = &g->relay.counters.mail;

		*c = (struct mail_counters){ 0 };
		mail_comes(g, cases[i].realm, own.port + cases[i].add, s->id + cases[i].session, cases[i].stun);
		if (c->taken[cases[i].stun] != cases[i].found || c->lost == cases[i].found)
			fail_msg("%s", cases[i].name);
	}
}

static void a_fork_gets_its_own(void **state)
{
	struct rig *g = *state;
	struct session *s;
	struct leg *first;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	s = session_of(g, "c");
	first = s->far;
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = "another",
				     .sdp = rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")),
				     .direction = { "out", "lan" } });
	assert_ok(g);
	mailroom_hold(&g->relay, s, (struct own_port){ RIG_LAN, first->stream[0].port });
	mail_comes(g, RIG_LAN, first->stream[0].port, s->id, true);
	assert_int_equal(g->relay.counters.mail.taken[1], 1);
}

static void a_call_that_is_over_gets_none(void **state)
{
	struct rig *g = *state;
	struct own_port own;
	uint32_t id;

	rig_call(g, "c");
	own = (struct own_port){ RIG_OUT, session_of(g, "c")->near->stream[0].port };
	id = session_of(g, "c")->id;
	mailroom_hold(&g->relay, session_of(g, "c"), own);
	rig_delete(g, "c");
	mail_comes(g, own.realm, own.port, id, true);
	assert_int_equal(g->relay.counters.mail.taken[1], 0);
	assert_int_equal(g->relay.counters.mail.lost, 1);
}

static bool flood(void *ctx, struct datapath_mail *out)
{
	unsigned *n = ctx;

	*out = (struct datapath_mail){ .stun = true };
	++*n;
	return true;
}

static void commands_wait_for_no_flood(void **state)
{
	struct rig *g = *state;
	struct datapath path = g->relay.path;
	unsigned n = 0;

	g->relay.path = (struct datapath){ .ctx = &n, .mail = flood };
	mail_read(&g->relay, g->now);
	assert_int_equal(n, 256);
	g->relay.path = path;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mail_finds_its_stream_or_is_lost, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_fork_gets_its_own, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_call_that_is_over_gets_none, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(commands_wait_for_no_flood, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
