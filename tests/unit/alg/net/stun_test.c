/* SPDX-License-Identifier: BSD-3-Clause */
/* STUN Binding requests and answers; the vectors are those of RFC 5769. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/net/stun.h"
#include "tests/unit/guard.h"

#define COOKIE             "\x21\x12\xa4\x42"
#define TRANSACTION        "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
#define HEAD(type, length) type length COOKIE TRANSACTION
#define REQUEST(length)    HEAD("\x00\x01", length)

/* RFC 5769 2.1. */
#define SAMPLE                                                                                                         \
	REQUEST("\x00\x58")                                                                                            \
	"\x80\x22\x00\x10"                                                                                             \
	"STUN test client"                                                                                             \
	"\x00\x24\x00\x04\x6e\x00\x01\xff"                                                                             \
	"\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"                                                             \
	"\x00\x06\x00\x09"                                                                                             \
	"evtj:h6vY   "                                                                                                 \
	"\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2"             \
	"\x80\x28\x00\x04\xe5\x7a\x3b"

static void requests(void **state)
{
	static const struct {
		const char *shows;
		struct span in;
		int ok;
		bool stun, fingerprint;
		unsigned nunknown;
	} cases[] = {
		{ "bare", SPAN(REQUEST("\x00\x00")), 1, true, false, 0 },
		{ "RFC 5769: PRIORITY is for ICE", SPAN(SAMPLE "\xcf"), 1, true, true, 1 },
		{ "a wrong FINGERPRINT", SPAN(SAMPLE "\xce"), 0, true, false, 0 },
		{ "something behind FINGERPRINT",
		  SPAN(REQUEST("\x00\x0c") "\x80\x28\x00\x04\x00\x00\x00\x00\x80\x22\x00\x00"), 0, true, false, 0 },
		{ "USERNAME is known, though not asked for", SPAN(REQUEST("\x00\x08") "\x00\x06\x00\x01x..."), 1, true,
		  false, 0 },
		{ "one unknown", SPAN(REQUEST("\x00\x04") "\x00\x07\x00\x00"), 1, true, false, 1 },
		{ "an unknown one that may be skipped", SPAN(REQUEST("\x00\x04") "\xff\xff\x00\x00"), 1, true, false,
		  0 },
		{ "an attribute cut", SPAN(REQUEST("\x00\x04") "\x80\x22\x00\x01"), 0, true, false, 0 },
		{ "an attribute longer than all", SPAN(REQUEST("\x00\x08") "\x80\x22\xff\xff...."), 0, true, false, 0 },
		{ "half a head", SPAN(REQUEST("\x00\x02") "\x80\x22"), 0, true, false, 0 },
		{ "length beyond the datagram", SPAN(REQUEST("\x00\x04")), 0, true, false, 0 },
		{ "octets behind it", SPAN(REQUEST("\x00\x00") "...."), 0, true, false, 0 },
		{ "an indication", SPAN(HEAD("\x00\x11", "\x00\x00")), 0, true, false, 0 },
		{ "a success", SPAN(HEAD("\x01\x01", "\x00\x00")), 0, true, false, 0 },
		{ "another method", SPAN(HEAD("\x00\x03", "\x00\x00")), 0, true, false, 0 },
		{ "RFC 3489: no cookie",
		  SPAN("\x00\x01\x00\x00"
		       "abcd" TRANSACTION),
		  0, false, false, 0 },
		{ "a channel of TURN", SPAN("\x40\x01\x00\x00" COOKIE TRANSACTION), 0, false, false, 0 },
		{ "a header cut", SPAN("\x00\x01\x00\x00" COOKIE "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf"), 0,
		  false, false, 0 },
		{ "SIP", SPAN("OPTIONS sip:a@b SIP/2.0\r\n"), 0, false, false, 0 },
		{ "nothing", SPAN(""), 0, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);
		struct stun_request r = { 0 };
		bool ok = stun_request_parse(in, &r) == 0;

		if (ok != cases[i].ok || stun_is(in) != cases[i].stun || r.fingerprint != cases[i].fingerprint ||
		    r.nunknown != cases[i].nunknown)
			fail_msg("%s: %d %d %d %u", cases[i].shows, ok, stun_is(in), r.fingerprint, r.nunknown);
		guard_free(in);
	}
}

static void answers(void **state)
{
	static const struct {
		const char *shows, *source;
		struct span request, answer;
	} cases[] = {
		{ "RFC 5769 2.2, its address", "192.0.2.1:32853", SPAN(REQUEST("\x00\x00")),
		  SPAN(HEAD("\x01\x01", "\x00\x0c") "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43") },
		{ "RFC 5769 2.3, its address", "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
		  SPAN(REQUEST("\x00\x00")),
		  SPAN(HEAD("\x01\x01", "\x00\x18") "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79"
						    "\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9") },
		{ "one not understood", "192.0.2.1:1", SPAN(REQUEST("\x00\x04") "\x00\x07\x00\x00"),
		  SPAN(HEAD("\x01\x11",
			    "\x00\x10") "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x02\x00\x07\x00\x00") },
		{ "two not understood", "192.0.2.1:1", SPAN(REQUEST("\x00\x08") "\x00\x07\x00\x00\x7f\xff\x00\x00"),
		  SPAN(HEAD("\x01\x11",
			    "\x00\x10") "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x04\x00\x07\x7f\xff") },
	};
	char buf[STUN_ANSWER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = writer_over(buf, sizeof(buf));
		struct stun_request r;
		struct addr source;

		assert_int_equal(addr_parse(span_str(cases[i].source), 0, &source), 0);
		assert_int_equal(stun_request_parse(cases[i].request, &r), 0);
		stun_answer(&w, &r, &source);
		if (!span_eq(writer_done(&w), cases[i].answer))
			fail_msg("%s", cases[i].shows);
	}
}

static void a_fingerprint_is_answered_by_one(void **state)
{
	const struct span request = SPAN(REQUEST("\x00\x08") "\x80\x28\x00\x04\xfd\xf6\xae\x02");
	const struct span answer = SPAN(HEAD("\x01\x01", "\x00\x14") "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
								     "\x80\x28\x00\x04\x7d\x28\x1f\x59");
	char buf[1 + STUN_ANSWER_MAX] = "x"; /* the answer need not begin the buffer */
	struct writer w = { .p = buf, .n = 1, .cap = sizeof(buf) };
	struct addr source;
	struct stun_request r;

	(void)state;
	assert_int_equal(addr_parse(SPAN("192.0.2.1:32853"), 0, &source), 0);
	assert_int_equal(stun_request_parse(request, &r), 0);
	stun_answer(&w, &r, &source);
	assert_true(span_eq(span_from(writer_done(&w), 1), answer));
}

static void as_many_unknown_as_there_is_room_for(void **state)
{
	static const char attribute[] = "\x00\x07\x00\x00";
	char text[STUN_HEADER + 4 * 100] = REQUEST("\x01\x90"), buf[STUN_ANSWER_MAX];
	struct writer w = writer_over(buf, sizeof(buf)), small = writer_over(buf, 10);
	struct addr source = { .family = ADDR_V4 };
	struct stun_request r;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		memcpy(text + STUN_HEADER + 4 * i, attribute, 4);
	assert_int_equal(stun_request_parse(span_of(text, sizeof(text)), &r), 0);
	assert_int_equal(r.nunknown, STUN_UNKNOWN_MAX);
	stun_answer(&w, &r, &source);
	assert_int_equal(w.n, STUN_HEADER + 8 + 4 + 2 * STUN_UNKNOWN_MAX);
	r.fingerprint = true;
	stun_answer(&small, &r, &source);
	assert_true(small.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(answers),
		cmocka_unit_test(a_fingerprint_is_answered_by_one),
		cmocka_unit_test(as_many_unknown_as_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
