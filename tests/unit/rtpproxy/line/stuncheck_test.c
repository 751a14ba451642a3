/* SPDX-License-Identifier: BSD-3-Clause */
/* The request is that of RFC 5769 2.1. */
#include "rtpproxy/line/stuncheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"
#include "tests/unit/rtpproxy/check_make.h"

#define TRANSACTION "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"

static const struct span vector =
	SPAN("\x00\x01\x00\x58\x21\x12\xa4\x42" TRANSACTION "\x80\x22\x00\x10"
	     "STUN test client"
	     "\x00\x24\x00\x04\x6e\x00\x01\xff"
	     "\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"
	     "\x00\x06\x00\x09"
	     "evtj:h6vY   "
	     "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5"
	     "\x71\xa2"
	     "\x80\x28\x00\x04\xe5\x7a\x3b\xcf");
static const struct stuncheck_us we = { SPAN("evtj"), SPAN("VOkJxbRl1RmTxUk/WvJxBt") };

static struct addr source_of(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

/* Who is lite leads nowhere: the sample, which would be led, is told so, in an answer that is signed. */
static void the_sample_of_the_rfc_is_understood(void **state)
{
	static const struct span right =
		SPAN("\x01\x11\x00\x28\x21\x12\xa4\x42" TRANSACTION "\x00\x09\x00\x04\x00\x00\x04\x57"
		     "\x00\x08\x00\x14\x75\x7d\xa3\x47\xd4\xfd\xa7\xd1\x58\xa8\xea\xc8\x6a\x94"
		     "\xff\xa1\x51\xc6\xfd\x40"
		     "\x80\x28\x00\x04\x8f\x4d\x1b\x5b");
	char buf[STUN_CHECK_ANSWER_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	const struct addr source = source_of("192.0.2.1:32853");
	struct stuncheck_result r;

	(void)state;
	assert_int_equal(stuncheck_judge(vector, &source, &we, 1, &w, &r), STUNCHECK_CONTROLLED);
	assert_true(span_eq(writer_done(&w), right));
}

static void a_good_one_is_answered(void **state)
{
	static const struct span right =
		SPAN("\x01\x01\x00\x2c\x21\x12\xa4\x42" TRANSACTION "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
		     "\x00\x08\x00\x14\x74\xc9\x37\x1e\xbf\x31\x48\x54\x85\x18\x69\x9c\x3e\x31"
		     "\x74\xc2\x0d\xd9\xe6\x8a"
		     "\x80\x28\x00\x04\xfa\xe4\x04\x3a");
	const struct stuncheck_us us[] = { { SPAN("other"), SPAN("another password here") }, we };
	const struct check_make how = { .username = "evtj:h6vY",
					.pwd = "VOkJxbRl1RmTxUk/WvJxBt",
					.transaction = TRANSACTION,
					.priority = 0x6e0001ff,
					.nominates = true };
	char buf[STUN_CHECK_ANSWER_MAX], request[STUN_CHECK_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	const struct addr source = source_of("192.0.2.1:32853");
	struct stuncheck_result r;

	(void)state;
	assert_int_equal(stuncheck_judge(check_make(&how, request), &source, us, 2, &w, &r), STUNCHECK_GOOD);
	assert_true(span_eq(writer_done(&w), right));
	assert_int_equal(r.us, 1);
	assert_true(span_eq(r.them, SPAN("h6vY")));
	assert_true(r.check.nominates);
	assert_int_equal(r.check.priority, 0x6e0001ff);
}

static void who_proves_nothing_gets_no_more_than_he_sent(void **state)
{
	static const struct {
		const char *shows;
		struct check_make how;
		enum stuncheck end;
		unsigned code; /* of the answer; 0: none */
	} cases[] = {
		{ "a wrong password",
		  { .username = "evtj:h6vY", .pwd = "VOkJxbRl1RmTxUk/WvJxBu" },
		  STUNCHECK_STRANGER,
		  401 },
		{ "another user",
		  { .username = "evtk:h6vY", .pwd = "VOkJxbRl1RmTxUk/WvJxBt" },
		  STUNCHECK_STRANGER,
		  401 },
		{ "a user that begins as we do",
		  { .username = "evt:h6vY", .pwd = "VOkJxbRl1RmTxUk/WvJxBt" },
		  STUNCHECK_STRANGER,
		  401 },
		{ "no colon", { .username = "evtj", .pwd = "VOkJxbRl1RmTxUk/WvJxBt" }, STUNCHECK_STRANGER, 401 },
		{ "no name of ours", { .username = ":h6vY", .pwd = "" }, STUNCHECK_STRANGER, 401 },
		{ "no password", { .username = "evtj:h6vY" }, STUNCHECK_UNSIGNED, 400 },
		{ "no name", { .pwd = "VOkJxbRl1RmTxUk/WvJxBt" }, STUNCHECK_UNSIGNED, 400 },
		{ "an error would be longer", { .username = NULL }, STUNCHECK_UNSIGNED, 0 },
	};
	const struct stuncheck_us us[] = { we, { { 0 }, { 0 } } };
	const struct addr source = source_of("192.0.2.1:1");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[STUN_CHECK_ANSWER_MAX], request[STUN_CHECK_MAX];
		struct writer w = writer_over(buf, sizeof(buf));
		const struct span in = check_make(&cases[i].how, request);
		struct stuncheck_result r;
		const enum stuncheck end = stuncheck_judge(in, &source, us, 2, &w, &r);

		if (end != cases[i].end || w.n > in.n || (w.n != 0) != (cases[i].code != 0))
			fail_msg("%s: %s, %u of %u octets", cases[i].shows, stuncheck_name(end), w.n, in.n);
		if (w.n && (buf[26] != (char)(cases[i].code / 100) || buf[27] != (char)(cases[i].code % 100)))
			fail_msg("%s: code %d %d", cases[i].shows, buf[26], buf[27]);
	}
}

static void what_is_no_check_is_dropped(void **state)
{
	static const struct span in[] = {
		SPAN(""),
		SPAN("\x01\x01\x00\x00\x21\x12\xa4\x42" TRANSACTION),
		SPAN("\x16\xfe\xfd\x00\x00\x00\x00"),
	};
	const struct addr source = source_of("192.0.2.1:1");

	(void)state;
	for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++) {
		char buf[STUN_CHECK_ANSWER_MAX];
		struct writer w = writer_over(buf, sizeof(buf));
		struct span text = guard_span(in[i]);
		struct stuncheck_result r;

		assert_int_equal(stuncheck_judge(text, &source, &we, 1, &w, &r), STUNCHECK_NO_CHECK);
		assert_int_equal(w.n, 0);
		guard_free(text);
	}
}

static void an_unknown_attribute_is_named(void **state)
{
	const struct check_make how = { .username = "evtj:h6vY",
					.pwd = "VOkJxbRl1RmTxUk/WvJxBt",
					.transaction = TRANSACTION,
					.extra = SPAN("\x7f\xff\x00\x00") };
	char buf[STUN_CHECK_ANSWER_MAX], request[STUN_CHECK_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	const struct addr source = source_of("192.0.2.1:1");
	struct stuncheck_result r;

	(void)state;
	assert_int_equal(stuncheck_judge(check_make(&how, request), &source, &we, 1, &w, &r), STUNCHECK_UNKNOWN);
	assert_true(
		span_eq(writer_done(&w), SPAN("\x01\x11\x00\x30\x21\x12\xa4\x42" TRANSACTION
					      "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x02\x7f\xff\x00\x00"
					      "\x00\x08\x00\x14\xcb\x74\x08\x2a\x2a\xe8\xdf\x8d\x0c\x75\x2b\x6f\x33\x15"
					      "\xb2\x82\x33\xa0\x95\x97"
					      "\x80\x28\x00\x04\x37\x8f\x04\x57")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_of_the_rfc_is_understood),
		cmocka_unit_test(a_good_one_is_answered),
		cmocka_unit_test(who_proves_nothing_gets_no_more_than_he_sent),
		cmocka_unit_test(what_is_no_check_is_dropped),
		cmocka_unit_test(an_unknown_attribute_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
