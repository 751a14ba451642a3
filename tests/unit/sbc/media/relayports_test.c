/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/relayports.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static char told[2048];

static void tell(void *ctx, const struct relayport *p)
{
	size_t n = strlen(told);
	char ours[ADDR_TEXT_MAX], said[ADDR_TEXT_MAX], latched[ADDR_TEXT_MAX], from[ADDR_TEXT_MAX];

	(void)ctx;
	snprintf(told + n, sizeof(told) - n, "%.*s/%.*s%s %s %s said %s latched %s %llu/%llu refused %llu %s at %lld;",
		 SPAN_ARG(p->call_id), SPAN_ARG(p->owner), p->ended ? " ended" : "", p->rtcp ? "RTCP" : "RTP",
		 addr_text(&p->ours, ours), addr_is_set(&p->said) ? addr_text(&p->said, said) : "-",
		 addr_is_set(&p->latched) ? addr_text(&p->latched, latched) : "-", (unsigned long long)p->packets,
		 (unsigned long long)p->bytes, (unsigned long long)p->refused,
		 p->nrefused_from ? addr_text(&p->refused_from[0], from) : "-", (long long)p->last_packet);
}

static void as_it_tells(void **state)
{
	static const struct {
		const char *answer, *told;
		uint32_t next;
	} cases[] = {
		{ "d5:callsld7:call-id2:c15:endedi1e5:owner2:me5:portsl"
		  "d5:bytesi340e4:kind3:RTP11:last-packeti1700000001e7:latched14:203.0.113.9:807:packetsi2e4:"
		  "porti20004e"
		  "5:realm8:internet7:refusedi7e12:refused-froml14:203.0.113.8:8014:203.0.113.7:80e4:said14:203.0.113."
		  "9:90e"
		  "d4:kind4:RTCP4:porti10001e5:realm3:lane"
		  "eee4:nexti17ee",
		  "c1/me ended RTP 198.51.100.5:20004 said 203.0.113.9:90 latched 203.0.113.9:80 2/340 refused 7 "
		  "203.0.113.8:80 at 1700000001;c1/me ended RTCP 10.0.0.5:10001 said - latched - 0/0 refused 0 - at 0;",
		  17 },
		{ "d5:callslee", "", 0 },
		{ "de", "", 0 },
		{ "d5:calls1:xe", "", 0 },
		{ "d5:callsli1eee", "", 0 },
		{ "d5:callsld5:portsi1eeee", "", 0 },
		{ "d5:callsld5:portsli1eeeee", "", 0 },
		{ "d5:callsld5:portsld4:porti20004e5:realm4:nonteeeee", "", 0 }, /* no such realm */
		{ "d5:callsld5:portsld4:porti65536e5:realm3:laneeeee", "", 0 },  /* no such port */
		{ "d5:callsld5:portsld4:porti0e5:realm3:laneeeee", "", 0 },      /* no port */
		{ "d5:callsld5:portsld4:porti-1e5:realm3:laneeeee", "", 0 },     /* nor below */
		{ "d5:callslee4:nexti4294967296ee", "", 0 },                     /* not one of its */
		{ "d5:callsld5:portsld4:porti10002e5:realm3:lan4:said3:x:yeeeee",
		  "/ RTP 10.0.0.5:10002 said - latched - 0/0 refused 0 - at 0;", 0 },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		told[0] = '\0';
		assert_int_equal(relayports_read(bench.conf, bench_keep(&bench, span_str(cases[i].answer)), tell, NULL),
				 cases[i].next);
		assert_string_equal(told, cases[i].told);
	}
	bench_close(&bench);
}

static void nobody_waits(void *env, struct relaylink_wait *w, const struct ng_answer *answer)
{
	(void)env, (void)w, (void)answer;
}

static void asking(void **state)
{
	static const struct {
		struct relayports_question q;
		const char *part;
	} cases[] = {
		{ { .after = 17 }, "5:afteri17e" },
		{ { .call_id = SPAN("c1") }, "7:call-id2:c1" },
		{ { .port = 20004 }, "4:porti20004e" },
	};
	struct relaylink_wait *asked = NULL;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(relayports_ask(&bench.e->relay, &cases[i].q, nobody_waits, &asked, &asked));
		bench_expect(bench.asked[i].text, "7:command5:ports");
		bench_expect(bench.asked[i].text, cases[i].part);
	}
	relaylink_forget(&asked);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_it_tells),
		cmocka_unit_test(asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
