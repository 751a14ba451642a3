/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dialport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PORT = 1, SESSION = 77 };

struct stage {
	struct config conf;
	struct flow_table t;
	unsigned over; /* times that it was told */
	struct notice last;
};

static void note(void *ctx, const struct notice *n)
{
	struct stage *s = ctx;

	s->over++;
	s->last = *n;
}

static void port_set(struct stage *s, enum stream_kind kind)
{
	const struct order o = { .kind = ORDER_SET,
				 .index = PORT,
				 .set.spec = { .own = { 0, 10000 },
					       .kind = kind,
					       .policy = LATCH_OPEN,
					       .window_open = true,
					       .session = SESSION } };

	flow_order(&s->t, &o, 0, note, s);
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 1;
	s->conf.realms[0].media_first = 10000;
	s->conf.realms[0].media_last = 10003;
	assert_int_equal(addr_parse(SPAN("192.0.2.1"), 0, &s->conf.realms[0].address), 0);
	assert_int_equal(flow_table_init(&s->t, &s->conf), 0);
	port_set(s, STREAM_RTP);
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	flow_table_fini(&s->t);
	free(s);
	return 0;
}

/* Two packets of 160 each, and the last one three times. */
static struct order digit(uint32_t id)
{
	return (struct order){ .kind = ORDER_DIAL,
			       .index = PORT,
			       .dial = { .id = id,
					 .ssrc = 0x11223344,
					 .duration = 320,
					 .step = 160,
					 .ratio = 1,
					 .event = 5,
					 .volume = 10,
					 .payload_type = 101 } };
}

static struct rtp_header header_of(const uint8_t p[DIAL_LEN])
{
	struct rtp_header h;

	assert_int_equal(rtp_parse(p, DIAL_LEN, false, &h), 0);
	assert_int_equal(h.payload_type, 101);
	return h;
}

/* The port's side has spoken, the last time at that moment. */
static void spoken(struct stage *s, uint64_t at)
{
	struct flow *f = &s->t.flow[PORT];

	f->in.packets = 9;
	f->in.at_ms = at;
	f->measure.ssrc = 0xaabbccdd;
	f->measure.timestamp = 8000;
	f->measure.highest = 0x10000 + 500;
}

static void a_silent_side_gets_a_stream_of_ours(void **state)
{
	struct stage *s = *state;
	const struct order o = digit(1);
	uint8_t p[DIAL_LEN];
	unsigned sent = 0;

	for (uint64_t now = 1000; !s->over; now += DIAL_STEP_MS) {
		assert_true(sent < 10);
		if (!dialport_order(&s->t, &o, now, note, s, p))
			continue;
		assert_int_equal(header_of(p).ssrc, 0x11223344);
		assert_int_equal(header_of(p).seq, 0x3344 + 1 + sent);
		sent++;
	}
	assert_int_equal(sent, 1 + DIAL_ENDS);
	assert_int_equal(s->over, 1);
	assert_int_equal(s->last.kind, NOTICE_DIALLED);
	assert_int_equal(s->last.index, PORT);
	assert_int_equal(s->last.session, SESSION);
	/* Asked for the same digit again, it stays over. */
	assert_false(dialport_order(&s->t, &o, 5000, note, s, p));
	assert_int_equal(s->over, 1);
}

static void a_side_that_spoke_before_goes_on(void **state)
{
	struct stage *s = *state;
	const struct order o = digit(1);
	struct rtp_header h;
	uint8_t p[DIAL_LEN];

	spoken(s, 1000);
	/* It may speak any moment. */
	assert_false(dialport_order(&s->t, &o, 1000 + DIAL_SILENT_MS - DIAL_STEP_MS, note, s, p));
	assert_true(dialport_order(&s->t, &o, 1100, note, s, p));
	h = header_of(p);
	assert_int_equal(h.ssrc, 0xaabbccdd);
	assert_int_equal(h.seq, 501);
	assert_true(h.marker);
}

static void what_it_sends_is_replaced(void **state)
{
	struct stage *s = *state;
	const struct order o = digit(1);
	uint8_t rtp[] = { 0x80, 0, 1, 245, 0, 0, 0x20, 0, 0xaa, 0xbb, 0xcc, 0xdd, 1, 2, 3, 4 };
	uint8_t p[DIAL_LEN];
	unsigned sent = 0;

	spoken(s, 1000);
	assert_false(dialport_replace(&s->t, PORT, rtp, sizeof(rtp), note, s, p)); /* nothing is dialled */
	assert_false(dialport_order(&s->t, &o, 1000, note, s, p));
	assert_false(dialport_replace(&s->t, PORT, rtp, 11, note, s, p)); /* no RTP */
	while (!s->over) {
		assert_true(dialport_replace(&s->t, PORT, rtp, sizeof(rtp), note, s, p));
		assert_int_equal(header_of(p).ssrc, 0xaabbccdd);
		assert_int_equal(header_of(p).seq, 501 + sent++);
		rtp[3]++;
		rtp[7] = (uint8_t)(rtp[7] + 160);
		rtp[6] = (uint8_t)(rtp[6] + (rtp[7] < 160));
	}
	assert_int_equal(sent, 1 + DIAL_ENDS);
	assert_false(dialport_replace(&s->t, PORT, rtp, sizeof(rtp), note, s, p));
}

static void the_next_digit_begins_anew(void **state)
{
	struct stage *s = *state;
	uint8_t p[DIAL_LEN];

	for (uint32_t id = 1; id <= 2; id++) {
		const struct order o = digit(id);

		for (uint64_t now = id * 10000; s->over < id; now += DIAL_STEP_MS)
			dialport_order(&s->t, &o, now, note, s, p);
	}
	assert_int_equal(s->over, 2);
}

static void ports_that_nothing_is_dialled_at(void **state)
{
	struct stage *s = *state;
	const struct order clear = { .kind = ORDER_CLEAR, .index = PORT };
	const struct order o = digit(1);
	uint8_t p[DIAL_LEN];

	port_set(s, STREAM_RTCP);
	assert_false(dialport_order(&s->t, &o, 1000, note, s, p));
	flow_order(&s->t, &clear, 1000, note, s);
	assert_false(dialport_order(&s->t, &o, 1000, note, s, p));
	assert_false(s->t.slow[PORT].dial.active);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_silent_side_gets_a_stream_of_ours, begin, end),
		cmocka_unit_test_setup_teardown(a_side_that_spoke_before_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(what_it_sends_is_replaced, begin, end),
		cmocka_unit_test_setup_teardown(the_next_digit_begins_anew, begin, end),
		cmocka_unit_test_setup_teardown(ports_that_nothing_is_dialled_at, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
