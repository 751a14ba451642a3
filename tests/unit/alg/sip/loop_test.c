/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests that would go the same way, and those that would not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/loop.h"

enum { KEY_MAX = 512 };

#define FROM_TO "From: <sip:a@b>;tag=f\r\nTo: <sip:c@d>\r\n"
#define BASE    "INVITE sip:c@d SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" FROM_TO

static struct span key(const char *text, char buf[KEY_MAX])
{
	struct writer w = writer_over(buf, KEY_MAX);
	char whole[1024];
	struct writer in = writer_over(whole, sizeof(whole));
	struct sip_msg m;

	writer_str(&in, text);
	writer_str(&in, "\r\n");
	assert_int_equal(sip_msg_index(writer_done(&in), &m), SIP_OK);
	loop_write(&w, &m);
	assert_false(w.failed);
	return writer_done(&w);
}

static void alike(void **state)
{
	static const char *const cases[] = {
		BASE,
		BASE "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\nMax-Forwards: 3\r\n",
		BASE "Subject: x\r\n",
		"CANCEL sip:c@d SIP/2.0\r\nCSeq: 1 CANCEL\r\ni: 1\r\n" FROM_TO,
	};
	char a[KEY_MAX], b[KEY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!span_eq(key(BASE, a), key(cases[i], b)))
			fail_msg("%s: %.*s", cases[i], SPAN_ARG(key(cases[i], b)));
}

static void different(void **state)
{
	static const char *const cases[] = {
		BASE,
		"INVITE sip:c@e SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" FROM_TO,
		"INVITE sip:c@d SIP/2.0\r\nCall-ID: 2\r\nCSeq: 1 INVITE\r\n" FROM_TO,
		"INVITE sip:c@d SIP/2.0\r\nCall-ID: 1\r\nCSeq: 2 INVITE\r\n" FROM_TO,
		"INVITE sip:c@d SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nFrom: <sip:a@b>;tag=g\r\nTo: <sip:c@d>\r\n",
		"INVITE sip:c@d SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nFrom: <sip:a@b>;tag=f\r\nTo: "
		"<sip:c@d>;tag=t\r\n",
		BASE "Route: <sip:r;lr>\r\n",
		BASE "Route: <sip:s;lr>, <sip:r;lr>\r\n",
		BASE "Proxy-Require: x\r\n",
		BASE "Proxy-Authorization: x\r\n",
		BASE "Proxy-Require: x\r\nProxy-Require: y\r\n",
		BASE "Proxy-Require: x1:y\r\n",
	};
	char a[KEY_MAX], b[KEY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t k = 0; k < i; k++)
			if (span_eq(key(cases[i], a), key(cases[k], b)))
				fail_msg("%s is %s", cases[i], cases[k]);
}

static void too_small(void **state)
{
	struct sip_msg m;
	char buf[8];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_int_equal(sip_msg_index(SPAN(BASE "\r\n"), &m), SIP_OK);
	loop_write(&w, &m);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike),
		cmocka_unit_test(different),
		cmocka_unit_test(too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
