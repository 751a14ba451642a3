/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/callrecord.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/base/pack.h"
#include "tests/unit/guard.h"

static char text[CALLRECORD_MAX];

static struct callrecord_leg leg_of(const char *peer, struct span name)
{
	struct callrecord_leg l = {
		.realm = SPAN("lan"),
		.transport = SPAN("UDP"),
		.trunk = SPAN("carrier"),
		.port = 5060,
		.secure = 1,
		.media = SPAN("b2"),
		.call_id = name,
		.local = SPAN("\"A\tB\" <sip:a@b>"),
		.local_tag = SPAN("lt"),
		.remote = SPAN("<sip:c@d>"),
		.remote_tag = SPAN("rt"),
		.target = SPAN("sip:c@192.0.2.1:5062"),
		.routes = SPAN("<sip:p;lr>, <sip:q;lr>"),
		.local_cseq = 1,
		.remote_cseq = UINT32_MAX,
		.invite_cseq = 3,
		.interval = 90,
		.min_se = 91,
		.ours = 1,
		.lapses = 1700000000,
		.sdp = SPAN("v=0\r\n"),
		.told = SPAN("v=1\r\n"),
		.device = SPAN("alice\nurn"),
		.proof = SPAN("Authorization: x\r\n"),
		.updates = 1,
		.replaces = 1,
		.from_change = 1,
		.focus = 1,
		.update_tried = 2,
	};

	assert_int_equal(addr_parse(span_str(peer), 0, &l.peer), 0);
	return l;
}

static struct callrecord whole(void)
{
	return (struct callrecord){
		.id = SPAN("abcdefghijkl"),
		.from = SPAN("<sip:c@d>"),
		.to = SPAN("sip:e@f"),
		.user = SPAN("alice"),
		.created = 1700000000,
		.answered = 1700000005,
		.emergency = 1,
		.branches = 3,
		.media = 1,
		.leg = { leg_of("192.0.2.1:5062", SPAN("one")), leg_of("[2001:db8::1]:5060", SPAN("two")) },
	};
}

static struct span written(const struct callrecord *r)
{
	struct writer w = writer_over(text, sizeof(text));

	callrecord_write(&w, r);
	assert_false(w.failed);
	return writer_done(&w);
}

/* Member by member: what is written of what was read is the same bytes. */
static void all_comes_back(void **state)
{
	struct callrecord r = whole(), got, none = { 0 };
	struct span guarded = guard_span(written(&r));
	static char again[CALLRECORD_MAX];
	struct writer w = writer_over(again, sizeof(again));

	(void)state;
	assert_int_equal(callrecord_read(guarded, &got), 0);
	assert_true(span_eq(got.id, r.id) && span_eq(got.user, r.user) && got.answered == r.answered);
	assert_true(span_eq(got.leg[0].call_id, SPAN("one")) && span_eq(got.leg[1].call_id, SPAN("two")));
	assert_true(addr_eq(&got.leg[1].peer, &r.leg[1].peer));
	assert_int_equal(got.leg[0].remote_cseq, UINT32_MAX);
	assert_true(span_eq(got.leg[1].proof, r.leg[1].proof) && got.leg[1].update_tried == 2);
	callrecord_write(&w, &got);
	assert_true(span_eq(writer_done(&w), guarded));
	guard_free(guarded);
	assert_int_equal(callrecord_read(written(&none), &got), 0);
	assert_false(addr_is_set(&got.leg[0].peer) || span_is_set(got.id));
}

static void damage_is_noticed(void **state)
{
	struct callrecord r = whole(), got = { .created = 7 };
	struct span s = written(&r);

	(void)state;
	for (uint32_t i = 0; i < s.n; i++) {
		struct span guarded = guard_span(span_slice(s, 0, i));

		assert_int_equal(callrecord_read(guarded, &got), -1);
		guard_free(guarded);
		text[i] ^= 0x10;
		assert_int_equal(callrecord_read(s, &got), -1);
		text[i] ^= 0x10;
	}
	assert_int_equal(got.created, 7);
}

/* With a checksum that is right. */
static void members_are_checked(void **state)
{
	static const struct {
		uint8_t tag;
		struct span value;
		int expected;
	} cases[] = {
		{ 1, SPAN("id"), 0 },
		{ 1, SPAN("id\r\nEvil: yes"), -1 },
		{ 2, SPAN("a\tb"), 0 },
		{ 2, SPAN("a\0b"), -1 },
		{ 5, SPAN("12345678"), 0 },
		{ 5, SPAN("123456789"), -1 },
		{ 63, SPAN("of a later version\n"), 0 },
		{ 0x40 + 4, SPAN("192.0.2.1:5060"), 0 },
		{ 0x40 + 4, SPAN("192.0.2.1"), -1 },
		{ 0x40 + 4, SPAN("nowhere"), -1 },
		{ 0x40 + 8, SPAN("a\nb"), -1 },
		{ 0x80 + 13, SPAN("sip:a\r\n"), -1 },
		{ 0x80 + 22, SPAN("v=0\r\n"), 0 },
		{ 0x80 + 22, SPAN("v=0\0"), -1 },
		{ 0x80 + 63, SPAN("later"), 0 },
		{ 0xc0, SPAN("later\0"), 0 },
		{ 0xff, SPAN(""), 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct writer w = writer_over(text, sizeof(text));
		struct callrecord r;

		pack_text(&w, cases[i].tag, cases[i].value);
		pack_end(&w, 0);
		if (callrecord_read(writer_done(&w), &r) != cases[i].expected)
			fail_msg("case %u", i);
	}
}

static void no_room(void **state)
{
	struct callrecord r = whole();
	uint32_t n = written(&r).n;
	struct writer w = writer_over(text, n - 1);

	(void)state;
	callrecord_write(&w, &r);
	assert_true(w.failed);
	/* What a call costs on disk. */
	assert_in_range(n, 200, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_back),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(members_are_checked),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
