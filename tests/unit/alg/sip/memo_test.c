/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alg/sip/msg.h"

#define START "INVITE sip:bob@192.0.2.1 SIP/2.0\r\n"

static const struct {
	const char *text;
	const char *host, *from, *to, *user; /* of the top Via, tags, of the target; NULL: not readable */
} cases[] = {
	{ START "Via: SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b\r\nFrom: <sip:a@a>;tag=x\r\nTo: sip:b@b;tag=y\r\n\r\n", "a",
	  "x", "y", "bob" },
	{ START "v: SIP/2.0/UDP b\r\nVia: SIP/2.0/UDP a\r\nf: <sip:a@a>\r\n\r\n", "b", NULL, NULL, "bob" },
	{ START "Via:\r\nVia: SIP/2.0/UDP b\r\nTo: <sip:b@b>;tag=y\r\n\r\n", "b", NULL, "y", "bob" },
	{ START "Via: SIP/2.0/UDP\r\nFrom: <sip:a@a;tag=x\r\nTo: <>;tag=y\r\n\r\n", NULL, NULL, NULL, "bob" },
	{ "INVITE sip:@ SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n", "a", NULL, NULL, NULL },
	{ "SIP/2.0 200 OK\r\nTo: <sip:b@b>;tag=y\r\n\r\n", NULL, NULL, "y", NULL },
};

static bool is(struct span s, const char *expected)
{
	return expected ? span_eq(s, span_str(expected)) : !span_is_set(s);
}

static void values_are_the_same_each_time(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sip_msg m;

		assert_int_equal(sip_msg_index(span_str(cases[i].text), &m), SIP_OK);
		for (unsigned again = 0; again < 2; again++) {
			const struct via *via = sip_msg_top_via(&m);
			const struct uri *target = sip_msg_target(&m);

			assert_true(is(via ? via->host : (struct span){ 0 }, cases[i].host));
			assert_true(is(sip_msg_from_tag(&m), cases[i].from));
			assert_true(is(sip_msg_to_tag(&m), cases[i].to));
			assert_true(is(target ? target->user : (struct span){ 0 }, cases[i].user));
			assert_true(!sip_msg_from_tag(&m).n || sip_msg_from(&m));
			assert_true(!sip_msg_to_tag(&m).n || sip_msg_to(&m));
		}
	}
}

/* One index is used for one message after the other. */
static void nothing_is_left_of_the_message_before(void **state)
{
	struct sip_msg m;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(sip_msg_index(span_str(cases[i].text), &m), SIP_OK);
		assert_true(is(sip_msg_from_tag(&m), cases[i].from));
		assert_true(is(sip_msg_to_tag(&m), cases[i].to));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_the_same_each_time),
		cmocka_unit_test(nothing_is_left_of_the_message_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
