/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/ng/ng.h"
#include "tests/unit/guard.h"

static void answer_gives_its_fields(void **state)
{
	struct span datagram = guard_span(SPAN("7_1 d6:result2:ok3:sdp5:v=0\r\n7:warning3:low6:totalsd3:RTPi1eee"));
	struct ng_answer a;

	(void)state;
	assert_int_equal(ng_answer_decode(datagram, &a), 0);
	assert_true(span_eq(a.cookie, SPAN("7_1")));
	assert_true(span_eq(a.result, SPAN("ok")));
	assert_true(span_eq(a.sdp, SPAN("v=0\r\n")));
	assert_true(span_eq(a.warning, SPAN("low")));
	assert_false(span_is_set(a.error_reason));
	assert_false(span_is_set(a.event));
	assert_true(span_eq(a.body, span_from(datagram, 4)));
	guard_free(datagram);
}

static void error_gives_its_reason(void **state)
{
	struct ng_answer a;

	(void)state;
	assert_int_equal(ng_answer_decode(SPAN("c d12:error-reason15:Unknown call-id6:result5:errore"), &a), 0);
	assert_true(span_eq(a.result, SPAN("error")));
	assert_true(span_eq(a.error_reason, SPAN("Unknown call-id")));
}

static void event_gives_call_and_tag(void **state)
{
	struct ng_answer a;

	(void)state;
	assert_int_equal(ng_answer_decode(SPAN("r_9 d5:event13:media-timeout7:call-id2:c18:from-tag1:fe"), &a), 0);
	assert_true(span_eq(a.event, SPAN("media-timeout")));
	assert_true(span_eq(a.call_id, SPAN("c1")));
	assert_true(span_eq(a.from_tag, SPAN("f")));
	assert_false(span_is_set(a.result));
}

/* What the writer makes is what the client reads. */
static void written_answer_is_read_again(void **state)
{
	char buf[256];
	struct writer w = writer_over(buf, sizeof(buf));
	struct ng_writer n;
	struct ng_answer a;
	struct ng_value v;

	(void)state;
	ng_open(&n, &w, NG_BENCODE, SPAN("c"));
	ng_put_str(&n, SPAN("result"), SPAN("ok"));
	ng_begin_dict(&n, SPAN("totals"));
	ng_put_u64(&n, SPAN("packets"), 12);
	ng_end(&n);
	ng_close(&n);
	assert_int_equal(ng_answer_decode(writer_done(&w), &a), 0);
	assert_true(span_eq(a.result, SPAN("ok")));
	assert_int_equal(ng_find(a.body, SPAN("totals"), &v), 0);
	assert_int_equal(ng_find(v.text, SPAN("packets"), &v), 0);
	assert_int_equal(v.integer, 12);
}

static void broken_answers_are_refused(void **state)
{
	static const struct span broken[] = {
		SPAN(""),     SPAN("c"),     SPAN("c "),      SPAN(" de"),        SPAN("c x"),
		SPAN("c l"),  SPAN("c d"),   SPAN("c le"),    SPAN("c dex"),      SPAN("c d6:resulte"),
		SPAN("c {}"), SPAN("c  de"), SPAN("c d1:ai"), SPAN("c di1ei1ee"),
	};
	struct ng_answer a;

	(void)state;
	for (unsigned i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct span datagram = guard_span(broken[i]);

		if (ng_answer_decode(datagram, &a) != -1)
			fail_msg("%s", broken[i].p);
		guard_free(datagram);
	}
}

static void cookie_is_limited_on_both_sides(void **state)
{
	(void)state;
	for (unsigned n = NG_COOKIE_MAX; n <= NG_COOKIE_MAX + 1; n++) {
		char buf[NG_COOKIE_MAX + 8];
		struct ng_answer a;

		memset(buf, 'c', n);
		memcpy(buf + n, " de", 3);
		assert_int_equal(ng_answer_decode(span_of(buf, n + 3), &a), n > NG_COOKIE_MAX ? -1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_gives_its_fields),    cmocka_unit_test(error_gives_its_reason),
		cmocka_unit_test(event_gives_call_and_tag),   cmocka_unit_test(written_answer_is_read_again),
		cmocka_unit_test(broken_answers_are_refused), cmocka_unit_test(cookie_is_limited_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
