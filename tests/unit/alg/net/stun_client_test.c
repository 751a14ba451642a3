/* SPDX-License-Identifier: BSD-3-Clause */
/* What a STUN server is asked, and its answers; the addresses are those of RFC 5769. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/net/stun.h"
#include "alg/net/stun_client.h"
#include "tests/unit/guard.h"

#define HEAD(length) "\1\1\0" length "\x21\x12\xa4\x42" ID
#define ID           "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"

static const uint8_t id[STUN_CLIENT_ID + 1] = ID;

static void asks_what_we_would_answer(void **state)
{
	char text[64], reply[STUN_ANSWER_MAX], shown[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text)), a = writer_over(reply, sizeof(reply));
	struct addr source, seen;
	struct stun_request r;

	(void)state;
	stun_client_ask(&w, id);
	assert_int_equal(w.n, STUN_HEADER);
	assert_int_equal(stun_request_parse(writer_done(&w), &r), 0);
	assert_int_equal(addr_parse(SPAN("192.0.2.1:32853"), 0, &source), 0);
	stun_answer(&a, &r, &source);
	assert_int_equal(stun_client_read(writer_done(&a), id, &seen), 0);
	assert_string_equal(addr_text(&seen, shown), "192.0.2.1:32853");
}

static const struct {
	const char *what;
	struct span bytes;
	const char *seen; /* NULL: no answer */
} cases[] = {
	{ "XOR-MAPPED-ADDRESS, behind one that is not known",
	  SPAN(HEAD("\x14") "\x80\x22\0\3abc\0\0\x20\0\x08\0\1\xa1\x47\xe1\x12\xa6\x43"), "192.0.2.1:32853" },
	{ "IPv6",
	  SPAN(HEAD("\x18") "\0\x20\0\x14\0\2\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"),
	  "[2001:db8:1234:5678:11:2233:4455:6677]:32853" },
	{ "MAPPED-ADDRESS alone", SPAN(HEAD("\x0c") "\0\1\0\x08\0\1\x80\x55\xc0\0\2\1"), "192.0.2.1:32853" },
	{ "both: the one that no router changes",
	  SPAN(HEAD("\x18") "\0\1\0\x08\0\1\x80\x55\x0a\0\0\1\0\x20\0\x08\0\1\xa1\x47\xe1\x12\xa6\x43"),
	  "192.0.2.1:32853" },
	{ "neither", SPAN(HEAD("\0")), NULL },
	{ "cut", SPAN(HEAD("\x08") "\0\x20\0\x08\0\1\xa1\x47"), NULL },
	{ "of another length", SPAN(HEAD("\x10") "\0\x20\0\x08\0\1\xa1\x47\xe1\x12\xa6\x43"), NULL },
	{ "an address of four bytes more", SPAN(HEAD("\x10") "\0\x20\0\x0c\0\1\xa1\x47\xe1\x12\xa6\x43\0\0\0\0"),
	  NULL },
	{ "of no family", SPAN(HEAD("\x0c") "\0\x20\0\x08\0\3\xa1\x47\xe1\x12\xa6\x43"), NULL },
	{ "an error", SPAN("\1\x11\0\0\x21\x12\xa4\x42" ID), NULL },
	{ "to another question", SPAN("\1\1\0\x0c\x21\x12\xa4\x42zzzzzzzzzzzz\0\x20\0\x08\0\1\xa1\x47\xe1\x12\xa6\x43"),
	  NULL },
	{ "nothing", SPAN(""), NULL },
};

static void reads_answers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span bytes = guard_span(cases[i].bytes);
		char shown[ADDR_TEXT_MAX] = "";
		struct addr seen;
		int read = stun_client_read(bytes, id, &seen);

		if (read != (cases[i].seen ? 0 : -1))
			fail_msg("%s: %d", cases[i].what, read);
		if (cases[i].seen)
			assert_string_equal(addr_text(&seen, shown), cases[i].seen);
		guard_free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_what_we_would_answer),
		cmocka_unit_test(reads_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
