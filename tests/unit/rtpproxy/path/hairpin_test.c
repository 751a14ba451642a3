/* SPDX-License-Identifier: BSD-3-Clause */
/* M6: calls that come back to us are joined inside, in whatever order the ports are told; nothing goes in circles. */
#include "rtpproxy/path/hairpin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Ports by their index: a call comes to A and leaves from B; what B faces is C, and so on. */
enum { NOBODY, A, B, C, D, E, F, PORTS = 20 };

struct stage {
	struct config conf;
	struct flow_table t;
};

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 1;
	s->conf.realms[0] = (struct conf_realm){ .address = addr("192.0.2.1"),
						 .media_first = 10000,
						 .media_last = 10000 + PORTS - 1 };
	*state = s;
	return flow_table_init(&s->t, &s->conf);
}

static int end(void **state)
{
	struct stage *s = *state;

	flow_table_fini(&s->t);
	free(s);
	return 0;
}

static void tell(void *ctx, const struct notice *n)
{
	(void)ctx, (void)n;
}

static struct addr own(uint32_t index)
{
	struct addr a = addr("192.0.2.1");

	a.port = (uint16_t)(10000 + index - 1);
	return a;
}

static void set(struct stage *s, uint32_t index, uint32_t peer, uint32_t faces)
{
	struct order o = { .kind = ORDER_SET, .index = index };

	o.set.spec = (struct port_spec){
		.own = { 0, own(index).port },
		.session = 1,
		.window_open = true,
		.policy = LATCH_SDP_IP,
		.expected = faces ? own(faces) : addr("198.51.100.7:4000"),
	};
	o.set.peer = peer;
	o.set.hairpin = faces;
	flow_order(&s->t, &o, 0, tell, NULL);
}

static void clear(struct stage *s, uint32_t index)
{
	const struct order o = { .kind = ORDER_CLEAR, .index = index };

	flow_order(&s->t, &o, 0, tell, NULL);
}

static const struct way {
	uint32_t port, peer, faces;
} once[] = { { A, B, 0 }, { B, A, C }, { C, D, B }, { D, C, 0 } },
  twice[] = { { A, B, 0 }, { B, A, C }, { C, D, B }, { D, C, E }, { E, F, D }, { F, E, 0 } };

/* It is heard at the beginning of the way, in whatever order they are told, until it is none any more. */
static void an_echo_at_the_end_comes_back(void **state)
{
	struct stage *s = *state;

	set(s, A, B, 0);
	set(s, B, A, C);
	assert_int_equal(s->t.flow[A].in.quick & FLOW_EDITED, 0);
	set(s, C, C, B);
	assert_int_equal(s->t.flow[A].in.peer, A);
	assert_true(s->t.flow[A].in.quick & FLOW_EDITED);
	set(s, A, B, 0);
	assert_true(s->t.flow[A].in.quick & FLOW_EDITED);
	clear(s, C);
	set(s, A, B, 0);
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[A].in.quick & FLOW_EDITED, 0);
}

/* Only its own worker may touch a port: what two of them have is not joined, and crosses us once at the most. */
static void ports_of_two_workers_are_not_joined(void **state)
{
	struct stage *s = *state;

	s->t.workers = 2;
	assert_int_not_equal(flow_worker(&s->t, B), flow_worker(&s->t, C));
	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		set(s, once[i].port, once[i].peer, once[i].faces);
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[D].in.peer, C);
	assert_int_equal(s->t.slow[B].heard_at, 0);
	assert_true(hairpin_circles(&s->t, A));
}

/* What is to be sealed in between, or goes over from one port to two, comes by. */
static void ports_with_a_cover_are_not_joined(void **state)
{
	struct cover muxed = { .mux = true };
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		set(s, once[i].port, once[i].peer, once[i].faces);
	assert_int_equal(s->t.flow[A].in.peer, D);
	s->t.slow[C].cover = &muxed;
	hairpin_turn(&s->t, (const uint32_t[]){ C }, 1);
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[D].in.peer, C);
	s->t.slow[C].cover = NULL;
	/* At the ends of the way it does not matter. */
	s->t.slow[A].cover = &muxed;
	hairpin_turn(&s->t, (const uint32_t[]){ A }, 1);
	hairpin_turn(&s->t, (const uint32_t[]){ C }, 1);
	assert_int_equal(s->t.flow[A].in.peer, D);
	s->t.slow[A].cover = NULL;
}

/* What is to be copied where it arrives has to arrive there. */
static void ports_with_copies_are_not_joined(void **state)
{
	const struct order end = { .kind = ORDER_UNCOPY, .index = B, .uncopy = E };
	struct order begin = { .kind = ORDER_COPY, .index = B };
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		set(s, once[i].port, once[i].peer, once[i].faces);
	set(s, E, 0, 0);
	assert_int_equal(s->t.flow[D].in.peer, A);
	begin.copy = copy_new(B, E, &(struct payload_map){ 0 });
	flow_order(&s->t, &begin, 0, tell, NULL);
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[D].in.peer, C);
	assert_int_equal(s->t.slow[B].heard_at, 0);
	flow_order(&s->t, &end, 0, tell, NULL);
	assert_int_equal(s->t.flow[A].in.peer, D);
	assert_int_equal(s->t.flow[D].in.peer, A);
	/* The same where the listener goes away. */
	begin.copy = copy_new(B, E, &(struct payload_map){ 0 });
	flow_order(&s->t, &begin, 0, tell, NULL);
	clear(s, E);
	assert_int_equal(s->t.flow[D].in.peer, A);
}

/* Who is to be sent back what he sends, far away or at the end of a call that comes back. */
static void an_echo_may_be_far_away(void **state)
{
	struct stage *s = *state;

	set(s, A, A, 0);
	assert_int_equal(s->t.flow[A].in.peer, A);
	set(s, A, B, 0);
	set(s, B, A, C);
	set(s, C, C, B);
	assert_int_equal(s->t.flow[A].in.peer, A);
	/* Two that face each other would never be done. */
	set(s, B, B, C);
	assert_int_equal(s->t.flow[B].in.peer, 0);
	assert_int_equal(s->t.flow[C].in.peer, 0);
}

static void joined_inside_in_any_order(void **state)
{
	static const unsigned orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 2, 0, 3 },
					      { 2, 0, 3, 1 }, { 0, 3, 1, 2 }, { 1, 0, 3, 2 } };
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		for (unsigned k = 0; k < 4; k++)
			set(s, once[orders[i][k]].port, once[orders[i][k]].peer, once[orders[i][k]].faces);
		assert_int_equal(s->t.flow[A].in.peer, D);
		assert_int_equal(s->t.flow[D].in.peer, A);
		for (unsigned k = 0; k < 4; k++)
			clear(s, once[orders[i][k]].port);
	}
}

static void as_often_as_it_comes_back(void **state)
{
	struct stage *s = *state;

	for (unsigned rounds = 0; rounds < 2; rounds++)
		for (unsigned i = 0; i < 6; i++)
			set(s, twice[rounds ? i : 5 - i].port, twice[rounds ? i : 5 - i].peer,
			    twice[rounds ? i : 5 - i].faces);
	assert_int_equal(s->t.flow[A].in.peer, F);
	assert_int_equal(s->t.flow[F].in.peer, A);
	clear(s, D);
	assert_int_equal(s->t.flow[A].in.peer, D); /* nobody's any more: nothing is sent */
	assert_int_equal(s->t.flow[F].in.peer, E);
}

static void only_where_both_expect_each_other(void **state)
{
	struct stage *s = *state;

	set(s, A, B, 0);
	set(s, B, A, C);
	set(s, C, D, 0); /* somebody has written our port into a call of his own */
	set(s, D, C, 0);
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[D].in.peer, C);
	set(s, C, D, B);
	assert_int_equal(s->t.flow[A].in.peer, D);
	set(s, C, D, 0); /* new SDP: the call goes elsewhere now */
	assert_int_equal(s->t.flow[A].in.peer, B);
	assert_int_equal(s->t.flow[D].in.peer, C);
}

/* Two calls that have nobody but each other. */
static void nothing_goes_in_circles(void **state)
{
	struct stage *s = *state;
	struct learn_packet p = { .ssrc = 5, .media = true };

	set(s, A, B, D);
	set(s, B, A, C);
	set(s, C, D, B);
	set(s, D, C, A);
	for (uint32_t i = A; i <= D; i++) {
		assert_int_equal(s->t.flow[i].in.peer, 0);
		assert_int_equal(s->t.flow[i].in.quick, 0);
	}
	/* Not joined, and so by the interface of this host: what comes from one of ours does not go to another. */
	set(s, C, D, 0);
	p.source = own(D);
	assert_int_equal(flow_learn(&s->t, A, &p, 0, tell, NULL), LEARN_REFUSE_FIRST);
}

/* A port that faces itself, or its own peer. */
static void a_port_may_name_itself(void **state)
{
	struct stage *s = *state;

	set(s, A, B, A);
	set(s, B, A, 0);
	assert_int_equal(s->t.flow[B].in.peer, 0);
	set(s, A, B, B);
	set(s, B, A, A);
	assert_int_equal(s->t.flow[A].in.peer, 0);
	assert_int_equal(s->t.flow[B].in.peer, 0);
	clear(s, A);
	clear(s, B);
	set(s, A, B, 0);
	set(s, B, A, 0);
	assert_int_equal(s->t.flow[A].in.peer, B);
}

static void ports_passed_over_tell_what_went_by(void **state)
{
	struct stage *s = *state;
	struct port_stats b, c;

	for (unsigned i = 0; i < 6; i++)
		set(s, twice[i].port, twice[i].peer, twice[i].faces);
	s->t.flow[A].in.packets = 10;
	s->t.flow[F].in.packets = 3;
	s->t.flow[F].in.at_ms = 77;
	for (uint32_t i = B; i <= E; i += 2) {
		flow_stats(&s->t, i, 1, &b);
		flow_stats(&s->t, i + 1, 1, &c);
		if (i + 1 == F)
			break;
		assert_int_equal(b.rx_packets, 3);
		assert_int_equal(b.last_rx_ms, 77);
		assert_int_equal(b.tx_packets, 10);
		assert_int_equal(c.rx_packets, 10);
		assert_int_equal(c.tx_packets, 3);
	}
	flow_stats(&s->t, A, 1, &b);
	assert_int_equal(b.rx_packets, 10);
	clear(s, C);
	flow_stats(&s->t, B, 1, &b);
	assert_int_equal(b.rx_packets, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_echo_at_the_end_comes_back, begin, end),
		cmocka_unit_test_setup_teardown(ports_of_two_workers_are_not_joined, begin, end),
		TEST(ports_with_a_cover_are_not_joined),
		TEST(ports_with_copies_are_not_joined),
		TEST(an_echo_may_be_far_away),
		TEST(joined_inside_in_any_order),
		TEST(as_often_as_it_comes_back),
		TEST(only_where_both_expect_each_other),
		TEST(nothing_goes_in_circles),
		TEST(a_port_may_name_itself),
		TEST(ports_passed_over_tell_what_went_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
