/* SPDX-License-Identifier: BSD-3-Clause */
/* STUN and DTLS: what of them is control's. */
#include "tests/unit/rtpproxy/burst_stage.h"

#define WHOSE "192.0.2.1:10000"

/* The phone's port wants so. */
static void wants(struct stage *s, bool stun, bool dtls)
{
	const struct own_port own = { PHONES, 10000 };
	const struct port_spec spec = {
		.own = own,
		.peer = { TRUNKS, 20000 },
		.policy = LATCH_SDP_IP,
		.window_open = true,
		.session = 1,
		.expected = addr(PHONE),
		.wants_stun = stun,
		.wants_dtls = dtls,
	};
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, own) };

	o.set.spec = spec;
	o.set.cover = stun || dtls ? cover_new(&spec, NULL, NULL) : NULL;
	flow_order(&s->flows, &o, 0, tell, s);
}

static void mail_comes_where_it_is_wanted(void **state)
{
	static const struct {
		bool stun, dtls;
		enum verdict of_stun, of_dtls;
	} cases[] = {
		{ false, false, VERDICT_STUN, VERDICT_DTLS },
		{ true, false, VERDICT_MAIL, VERDICT_DTLS },
		{ false, true, VERDICT_STUN, VERDICT_MAIL },
		{ true, true, VERDICT_MAIL, VERDICT_MAIL },
	};
	struct stage *s = *state;
	struct mailbox box = { 0 };

	assert_int_equal(mailbox_open(&box), 0);
	s->path.mailbox = &box;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct datapath_mail mail;
		unsigned n = 0;

		wants(s, cases[i].stun, cases[i].dtls);
		put(s, "198.51.100.99:99", WHOSE, SPAN(STUN));
		put(s, PHONE, WHOSE, SPAN(DTLS));
		put(s, PHONE, "192.0.2.1:10004", SPAN(STUN));
		run(s);
		assert_int_equal(s->b.packet[0].verdict, cases[i].of_stun);
		assert_int_equal(s->b.packet[1].verdict, cases[i].of_dtls);
		assert_int_equal(s->b.packet[2].verdict, VERDICT_STUN);
		for (; mailbox_take(&box, &mail); n++) {
			const struct addr from = addr(mail.stun ? "198.51.100.99:99" : PHONE);

			assert_true(addr_eq(&mail.source, &from));
			assert_int_equal(mail.own.port, 10000);
			assert_int_equal(mail.session, 1);
			assert_int_equal(mail.n, mail.stun ? sizeof(STUN) - 1 : sizeof(DTLS) - 1);
			assert_memory_equal(mail.bytes, mail.stun ? STUN : DTLS, mail.n);
		}
		assert_int_equal(n, cases[i].stun + cases[i].dtls);
		burst_free(s);
	}
	mailbox_close(&box);
}

static void a_flood_is_not_controls(void **state)
{
	struct stage *s = *state;
	struct mailbox box = { 0 };
	struct datapath_mail mail;
	unsigned taken = 0, got = 0;

	assert_int_equal(mailbox_open(&box), 0);
	s->path.mailbox = &box;
	wants(s, true, false);
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned k = 0; k < BURST_MAX; k++)
			put(s, PHONE, WHOSE, SPAN(STUN));
		run(s);
		for (unsigned k = 0; k < BURST_MAX; k++) {
			assert_true(s->b.packet[k].verdict == VERDICT_MAIL ||
				    s->b.packet[k].verdict == VERDICT_MAIL_RATE);
			taken += s->b.packet[k].verdict == VERDICT_MAIL;
		}
		burst_free(s);
	}
	assert_int_equal(taken, COVER_MAIL_BURST);
	while (mailbox_take(&box, &mail))
		got++;
	assert_int_equal(got, taken);
	mailbox_close(&box);
}

/* FAULTS 22: from where nothing true comes. */
static void who_cannot_be_true_is_not_heard(void **state)
{
	static const char *const liars[] = { "127.0.0.1:4000", "224.0.0.5:4000", "192.0.2.1:4000" };
	struct stage *s = *state;
	struct mailbox box = { 0 };

	assert_int_equal(mailbox_open(&box), 0);
	s->path.mailbox = &box;
	wants(s, true, true);
	for (unsigned i = 0; i < sizeof(liars) / sizeof(liars[0]); i++)
		put(s, liars[i], WHOSE, SPAN(STUN));
	run(s);
	for (unsigned i = 0; i < sizeof(liars) / sizeof(liars[0]); i++)
		assert_int_equal(s->b.packet[i].verdict, VERDICT_SOURCE);
	mailbox_close(&box);
}

/* A port that is another call's now has nothing of the one before. */
static void the_next_call_has_no_mail(void **state)
{
	const struct order clear = { .kind = ORDER_CLEAR, .index = 1 };
	struct stage *s = *state;

	wants(s, true, true);
	assert_non_null(s->flows.slow[1].cover);
	flow_order(&s->flows, &clear, 0, tell, s);
	assert_null(s->flows.slow[1].cover);
	assert_non_null(s->flows.covers.top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(mail_comes_where_it_is_wanted),
		BURST_TEST(a_flood_is_not_controls),
		BURST_TEST(who_cannot_be_true_is_not_heard),
		BURST_TEST(the_next_call_has_no_mail),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
