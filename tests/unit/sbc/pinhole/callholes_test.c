/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/callholes.h"

#include "sbc/call/callend.h"
#include "tests/unit/sbc/firewallbench.h"

#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", " BENCH_TRUNK ", " BENCH_LIMITS ", \"pinholes\": { \"calls\": \"always\","                \
	" \"idle\": \"30s\" } }"

#define RTP         "d4:kind3:RTP4:porti10000e5:realm3:lane"
#define RTP_LATCHED "d4:kind3:RTP7:latched13:10.0.0.7:40004:porti10000e5:realm3:lane"
#define RTCP        "d4:kind4:RTCP4:porti10001e5:realm3:lane"

static struct bench bench;
static struct call *call;

static void open_with(const char *conf)
{
	enum conf_pinhole_calls calls;
	struct span ok;

	firewallbench_open(&bench, conf);
	firewallbench_comes();
	calls = bench.conf->pinholes.calls;
	bench.conf->pinholes.calls = CONF_PINHOLES_NEVER; /* the bench counts what it is asked */
	call = bench_call(&bench, &ok);
	bench.conf->pinholes.calls = calls;
	callholes_look(bench.e, call);
}

static int open_bench(void **state)
{
	(void)state;
	open_with(CONF);
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* How often the relay was asked for ports. */
static unsigned looks(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bench.nasked; i++)
		n += bench_has(bench.asked[i].text, "7:command5:ports");
	return n;
}

/* It answers the last of these. */
static void relay_has(const char *ports)
{
	for (unsigned i = bench.nasked; i-- > 0;) {
		struct span asked = bench.asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

		if (!bench_has(asked, "7:command5:ports"))
			continue;
		bench_expect(asked, call->id);
		engine_relay_receive(bench.e,
				     bench_text(&bench, "%.*s d5:callsld7:call-id%zu:%s5:portsl%seee6:result2:oke",
						SPAN_ARG(cookie), strlen(call->id), call->id, ports),
				     core_now(&bench.e->core));
		return;
	}
	fail_msg("the relay was not asked for ports");
}

/* Time goes on until the relay is asked again. */
static void next_look(void)
{
	bench_forget(&bench);
	for (int i = 0; i < 2000 && !looks(); i++)
		engine_advance(bench.e, core_now(&bench.e->core) + 10);
	assert_int_equal(looks(), 1);
}

/* ----- the tests ----- */

/* Whatever may change the relay's ports for a call has the question behind it. */
static void looked_at_behind_each_offer(void **state)
{
	(void)state;
	bench_close(&bench);
	firewallbench_open(&bench, CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, "", BENCH_SDP));
	assert_int_equal(bench.nasked, 2);
	bench_expect(bench.asked[0].text, "7:command5:offer");
	bench_expect(bench.asked[1].text, "7:command5:ports");
	call = bench.e->calls;
	assert_non_null(call->holes);
	relay_has(RTP);
	firewallbench_comes();
	callend(bench.e, call, COUNT_CALL_OPERATOR, 503, NULL);
	assert_null(call->holes);
	assert_string_equal(firewallbench_asked(), "close;");
}

static void opened_narrowed_closed(void **state)
{
	(void)state;
	assert_int_equal(looks(), 1);
	relay_has(RTP RTCP);
	assert_string_equal(firewallbench_asked(), "open 10.0.0.5:10000 for anybody;open 10.0.0.5:10001 for anybody;");
	assert_true(span_eq(firewallbench.asked[0].hole.owner, span_str(call->id)));
	assert_int_equal(firewallbench.asked[0].hole.idle_s, 30);
	assert_int_equal(firewallbench.asked[0].hole.lifetime_s, 0);
	firewallbench_answer(FIREWALL_DONE);
	next_look();
	relay_has(RTP_LATCHED RTCP);
	assert_string_equal(firewallbench_asked(),
			    "narrow 10.0.0.5:10000 for 10.0.0.7:4000;open 10.0.0.5:10001 for anybody;");
	firewallbench_answer(FIREWALL_DONE);
	/* To be learnt anew, as after a re-INVITE; and one port less. */
	next_look();
	relay_has(RTP);
	assert_string_equal(firewallbench_asked(), "open 10.0.0.5:10000 for anybody;close;");
	firewallbench_answer(FIREWALL_DONE);
	callend(bench.e, call, COUNT_CALL_OPERATOR, 503, NULL);
	assert_string_equal(firewallbench_asked(), "close;");
	firewallbench_answer(FIREWALL_DONE);
	assert_null(bench.e->pinholes.first);
}

/* However long the call: three times at least before a pinhole would fall silent. */
static void kept_open(void **state)
{
	uint64_t last, most = 0;

	(void)state;
	relay_has(RTP);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
	for (int i = 0; i < 20; i++) {
		last = core_now(&bench.e->core);
		next_look();
		most = core_now(&bench.e->core) - last > most ? core_now(&bench.e->core) - last : most;
		relay_has(RTP);
		assert_string_equal(firewallbench_asked(), "open 10.0.0.5:10000 for anybody;");
		firewallbench_answer(FIREWALL_DONE);
	}
	assert_in_range(most, 9000, 10100);
}

/* A relay that is silent, or has lost the call, takes nothing away: that is for reconcile. */
static void the_relay_is_silent(void **state)
{
	(void)state;
	relay_has(RTP);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
	next_look();
	bench_pass(&bench, 4000);
	assert_string_equal(firewallbench_asked(), "");
	assert_non_null(bench.e->pinholes.first);
	next_look();
	relay_has(RTP_LATCHED);
	assert_string_equal(firewallbench_asked(), "narrow 10.0.0.5:10000 for 10.0.0.7:4000;");
}

/* The next run names them as this one did: what is open stays so. */
static void the_same_names(void **state)
{
	uint64_t rtp, rtcp;

	(void)state;
	relay_has(RTP RTCP);
	firewallbench_flush();
	rtp = firewallbench.asked[0].hole.id;
	rtcp = firewallbench.asked[1].hole.id;
	assert_true(rtp != rtcp);
	firewallbench_answer(FIREWALL_DONE);
	callholes_end(bench.e, call);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
	callholes_look(bench.e, call);
	relay_has(RTP RTCP);
	firewallbench_flush();
	assert_int_equal(firewallbench.asked[0].hole.id, rtp);
	assert_int_equal(firewallbench.asked[1].hole.id, rtcp);
}

/* Unless it is switched on, a call costs nothing. */
static void not_without_being_told(void **state)
{
	static const char *const words[] = { "auto", "never" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		char conf[2048];

		snprintf(conf, sizeof(conf), "{ %s, %s, %s, \"pinholes\": { \"calls\": \"%s\" } }", BENCH_REALMS,
			 BENCH_TRUNK, BENCH_LIMITS, words[i]);
		bench_close(&bench);
		open_with(conf);
		assert_int_equal(looks(), 0);
		assert_null(call->holes);
		assert_string_equal(firewallbench_asked(), "");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(looked_at_behind_each_offer), TEST(opened_narrowed_closed), TEST(kept_open),
		TEST(the_relay_is_silent),         TEST(the_same_names),         TEST(not_without_being_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
