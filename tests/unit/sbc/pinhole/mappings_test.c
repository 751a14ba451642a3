/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/mappings.h"

#include "tests/unit/sbc/firewallbench.h"

#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"phones\": {} },"                                      \
	" \"internet\": { \"address\": \"172.16.0.5\", \"public\": \"auto\", \"listen\": [\"udp:5060\", "              \
	"\"tcp:5060\"],"                                                                                               \
	" \"phones\": {} } }, " BENCH_LIMITS "%s }"

#define LISTENERS "map tcp 172.16.0.5:5060;map udp 172.16.0.5:5060;"

static struct bench bench;
static struct mappings *maps;

static void begin(const char *more)
{
	char conf[2048];

	snprintf(conf, sizeof(conf), CONF, more);
	firewallbench_open(&bench, conf);
	maps = &bench.e->mappings;
}

static int open_bench(void **state)
{
	(void)state;
	begin("");
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static struct mapping *open_one(const char *ours)
{
	struct addr a = at(ours);

	return mappings_open(maps, SPAN("a call"), &a);
}

/* What is answered besides mappings is of no interest here. */
static void comes(void)
{
	firewalllink_connected(&bench.e->firewall);
	firewallbench_flush();
}

static const char *asked_maps(void)
{
	const char *all = firewallbench_asked(), *first = strstr(all, "map");

	return first ? first : "";
}

static void count_up(void *ctx)
{
	++*(int *)ctx;
}

static void asks_for_listeners(void **state)
{
	(void)state;
	comes();
	assert_string_equal(asked_maps(), LISTENERS);
	firewallbench_map("198.51.100.7");
	assert_int_equal(maps->first->state, MAPPING_OPEN);
	/* Again, and again after it was away. */
	bench_pass(&bench, MAPPINGS_LISTENER_MS + 1);
	assert_string_equal(asked_maps(), LISTENERS);
	firewallbench_map("198.51.100.7");
	firewalllink_lost(&bench.e->firewall, "it is gone");
	comes();
	assert_string_equal(asked_maps(), LISTENERS);
}

static void learns_that_the_address_changed(void **state)
{
	char text[ADDR_TEXT_MAX];

	(void)state;
	comes();
	firewallbench_map("198.51.100.7");
	assert_string_equal(addr_text(&bench.conf->realms[1].public, text), "198.51.100.7:0");
	bench_pass(&bench, MAPPINGS_LISTENER_MS + 1);
	assert_string_equal(asked_maps(), LISTENERS);
	firewallbench_map("198.51.100.8");
	assert_string_equal(addr_text(&bench.conf->realms[1].public, text), "198.51.100.8:0");
	assert_string_equal(addr_text(&bench.conf->realms[0].public, text), "10.0.0.5:0");
}

static void has_a_life(void **state)
{
	struct mapping *p;

	(void)state;
	comes();
	firewallbench_map("198.51.100.7");
	p = open_one("172.16.0.5:20000");
	assert_non_null(p);
	assert_string_equal(asked_maps(), "map udp 172.16.0.5:20000;");
	firewallbench_map("198.51.100.7");
	assert_int_equal(p->state, MAPPING_OPEN);
	mappings_close(p);
	assert_non_null(strstr(firewallbench_asked(), "unmap udp 172.16.0.5:20000;"));
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(maps->n, 2);
}

static void ends_before_it_was_answered(void **state)
{
	struct mapping *p;

	(void)state;
	comes();
	firewallbench_map("198.51.100.7");
	p = open_one("172.16.0.5:20000");
	firewallbench_flush();
	mappings_close(p);
	firewallbench_map("198.51.100.7"); /* of the question, before it is told that nobody wants it */
	assert_int_equal(maps->n, 3);
	assert_non_null(strstr(firewallbench_asked(), "unmap udp 172.16.0.5:20000;"));
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(maps->n, 2);
}

static void asks_again_where_it_is_refused(void **state)
{
	struct mapping *p;

	(void)state;
	comes();
	firewallbench_map("198.51.100.7");
	p = open_one("172.16.0.5:20000");
	firewallbench_flush();
	firewallbench_answer(FIREWALL_FAILED);
	assert_int_equal(p->state, MAPPING_REFUSED);
	bench_pass(&bench, MAPPINGS_REFUSED_MS + 1);
	assert_string_equal(asked_maps(), "map udp 172.16.0.5:20000;");
}

static void answer_one(struct firewall_answer a)
{
	firewallbench_flush();
	assert_int_equal(firewallbench.n, 1);
	a.seq = firewallbench.asked[0].seq;
	a.verb = FIREWALL_MAP;
	a.last = true;
	a.map.ours = a.map.outside = firewallbench.asked[0].map.ours;
	firewallbench.n = 0;
	firewallbench_answer_with(a);
}

/* What the operator is shown is never older than what the router has promised. */
static void knows_what_the_router_said(void **state)
{
	struct mapping *p;

	(void)state;
	comes();
	firewallbench_map("198.51.100.7");
	p = open_one("172.16.0.5:20000");
	answer_one((struct firewall_answer){ .result = FIREWALL_FAILED, .why = SPAN("it does not allow that") });
	assert_string_equal(p->why, "it does not allow that");
	bench_pass(&bench, MAPPINGS_REFUSED_MS + 1);
	answer_one((struct firewall_answer){
		.language = FIREWALL_ROUTER_PCP, .router = at("172.16.0.1"), .map.seconds = 32 });
	assert_string_equal(p->why, "");
	assert_string_equal(p->owner, "a call");
	assert_int_equal(p->language, FIREWALL_ROUTER_PCP);
	assert_int_equal(p->until, core_now(&bench.e->core) + 32000);
	bench_pass(&bench, 19900);
	assert_string_equal(asked_maps(), "");
	bench_pass(&bench, 200);
	assert_string_equal(asked_maps(), "map udp 172.16.0.5:20000;");
}

/* The router is waited for where it is known to open ports, and no longer than it takes. */
static void tells_what_is_settled(void **state)
{
	int settled = 0;
	struct mapping *p;

	(void)state;
	assert_false(mappings_answers(maps, 1));
	comes();
	firewallbench_map("198.51.100.7");
	assert_true(mappings_answers(maps, 1));
	assert_false(mappings_answers(maps, 0));
	p = open_one("172.16.0.5:20000");
	p->settled = count_up;
	p->settled_ctx = &settled;
	assert_true(mapping_is_asked(p));
	answer_one((struct firewall_answer){ .result = FIREWALL_FAILED });
	assert_false(mapping_is_asked(p));
	assert_int_equal(settled, 1);
	firewalllink_lost(&bench.e->firewall, "it is gone");
	assert_false(mappings_answers(maps, 1));
}

static void leaves_other_realms_alone(void **state)
{
	(void)state;
	assert_null(open_one("10.0.0.5:20000"));
	assert_non_null(open_one("172.16.0.5:20000"));
}

static void is_not_wanted(void **state)
{
	(void)state;
	begin(", \"pinholes\": { \"upstream\": { \"protocol\": \"off\" } }");
	assert_null(open_one("172.16.0.5:20000"));
	comes();
	assert_string_equal(asked_maps(), "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_for_listeners),
		TEST(learns_that_the_address_changed),
		TEST(has_a_life),
		TEST(ends_before_it_was_answered),
		TEST(asks_again_where_it_is_refused),
		TEST(knows_what_the_router_said),
		TEST(tells_what_is_settled),
		TEST(leaves_other_realms_alone),
		cmocka_unit_test_teardown(is_not_wanted, close_bench),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
