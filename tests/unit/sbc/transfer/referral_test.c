/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referral.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct referral referral_of(struct leg *by, const char *lines)
{
	struct sip_msg m = bench_msg(bench_request(&bench, "REFER", "sip:x@198.51.100.5", "trunk", 93, lines, ""));
	struct referral r;

	referral_init(&r, by, &m);
	return r;
}

static void what_its_sender_is_told(void **state)
{
	static const struct {
		uint16_t status;
		const char *state, *body;
	} cases[] = {
		{ 100, "Subscription-State: active;expires=180\r\n", "\r\n\r\nSIP/2.0 100 Trying\r\n" },
		{ 180, "Subscription-State: active;expires=180\r\n", "\r\n\r\nSIP/2.0 180 Ringing\r\n" },
		{ 200, "Subscription-State: terminated;reason=noresource\r\n", "\r\n\r\nSIP/2.0 200 OK\r\n" },
		{ 486, "Subscription-State: terminated;reason=noresource\r\n", "\r\n\r\nSIP/2.0 486 Busy Here\r\n" },
	};
	struct referral r;
	struct leg *a;
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	a = bench_call(&bench, &ok)->leg[SIDE_A];
	r = referral_of(a, "");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned sent = bench.nsent;

		referral_tell(bench.e, &r, cases[i].status);
		assert_int_equal(bench.nsent, sent + 1);
		bench_expect(bench_last(&bench), "NOTIFY sip:trunk@192.0.2.7 SIP/2.0\r\n");
		bench_expect(bench_last(&bench), "Event: refer;id=93\r\n");
		bench_expect(bench_last(&bench), "Content-Type: message/sipfrag;version=2.0\r\n");
		bench_expect(bench_last(&bench), cases[i].state);
		bench_expect(bench_last(&bench), cases[i].body);
		referral_tell(bench.e, &r, cases[i].status); /* nothing new */
		assert_int_equal(bench.nsent, sent + 1);
	}
	bench_close(&bench);
}

/* RFC 4488; and who hung up is not there to hear. */
static void nobody_is_told_who_does_not_listen(void **state)
{
	struct referral r;
	struct leg *a;
	struct span ok;
	unsigned sent;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	a = bench_call(&bench, &ok)->leg[SIDE_A];
	sent = bench.nsent;
	r = referral_of(a, "Refer-Sub: false\n");
	referral_tell(bench.e, &r, 200);
	r = referral_of(a, "Refer-Sub: true\n");
	a->state = LEG_ENDED;
	referral_tell(bench.e, &r, 200);
	assert_int_equal(bench.nsent, sent);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_its_sender_is_told),
		cmocka_unit_test(nobody_is_told_who_does_not_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
