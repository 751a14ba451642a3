/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alg/nat/parts_scrub.h"
#include "tests/unit/guard.h"

#define XML_HEAD  "Content-Type: application/resource-lists+xml\r\n"
#define TEXT_PART "--b\r\nContent-Type: text/plain\r\n\r\nat sip:a@10.0.0.9\r\n"
#define END       "--b--\r\n"

static void part_by_part(void **state)
{
	static const struct {
		const char *subtype, *in, *out; /* NULL: unreadable; "": as it is */
	} cases[] = {
		{ "mixed", TEXT_PART END, TEXT_PART END },
		{ "mixed", TEXT_PART "--b\r\n" XML_HEAD "\r\n<entry uri=\"sip:a@10.0.0.9\"/>\r\n" END,
		  TEXT_PART "--b\r\n" XML_HEAD "\r\n<entry uri=\"sip:a@us\"/>\r\n" END },
		/* what can't be read is left out */
		{ "mixed", "--b\r\n" XML_HEAD "\r\n<entry\r\n" TEXT_PART END, TEXT_PART END },
		{ "mixed", "--b\r\n" XML_HEAD "\r\n<entry\r\n" END, NULL },
		{ "mixed", TEXT_PART, NULL },
		{ "mixed", "no part", NULL },
		/* its headers */
		{ "related",
		  "--b\r\nContent-ID: <x@10.0.0.9>\r\nContent-Length: 30\r\n" XML_HEAD
		  "\r\n<a b=\"cid:x@10.0.0.9\" c='cid:y'/>\r\n" END,
		  "--b\r\nContent-ID: <x@us>\r\n" XML_HEAD "\r\n<a b=\"cid:x@us\" c='cid:y'/>\r\n" END },
		{ "mixed", "--b\r\nContent-ID: x\r\n\r\n\r\n" END, "--b\r\nContent-ID: x\r\n\r\n\r\n" END },
		/* headers that mean something in a message only, and a second type */
		{ "mixed", "--b\r\nP-Asserted-Identity: <sip:x@y>\r\nContent-Type: a/b\r\nVia : z\r\n\r\n\r\n" END,
		  "--b\r\nContent-Type: a/b\r\n\r\n\r\n" END },
		{ "mixed", "--b\r\nc: a/b\r\nContent-Type: c/d\r\n folded\r\nx-y: z\r\n\r\n\r\n" END,
		  "--b\r\nc: a/b\r\n\r\n\r\n" END },
		/* whole messages and pieces of them, in every spelling of their type */
		{ "mixed",
		  TEXT_PART "--b\r\nContent-Type: message/sip\r\n\r\nINVITE sip:a@b SIP/2.0\r\nX: y\r\n\r\n\r\n" END,
		  TEXT_PART END },
		{ "mixed", "--b\r\nContent-Type: message/sip\r\n\r\nSIP/2.0 180 Ringing\r\nVia: z\r\n\r\n\r\n" END,
		  "--b\r\nContent-Type: message/sip\r\n\r\nSIP/2.0 180 Ringing\r\n\r\n" END },
		{ "mixed", TEXT_PART "--b\r\nc : Message/SIPFRAG ;version=2.0\r\n\r\nVia: z\r\n" END, TEXT_PART END },
		{ "mixed", TEXT_PART "--b\r\nCONTENT-TYPE:\r\n message/sipfrag;;x=\r\n\r\nVia: z\r\n" END,
		  TEXT_PART END },
		{ "mixed",
		  TEXT_PART "--b\r\nContent-Type: multipart/mixed;boundary=c;;\r\n\r\n--c\r\n" XML_HEAD
			    "\r\n<a>sip:a@10.0.0.9</a>\r\n--c--\r\n\r\n" END,
		  TEXT_PART END },
		/* around them */
		{ "mixed", "before\r\n" TEXT_PART END "behind\r\n", TEXT_PART END },
		/* parts of parts */
		{ "mixed",
		  "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\n" XML_HEAD
		  "\r\n<a>sip:a@10.0.0.9</a>\r\n--c--\r\n" END,
		  "--b\r\nContent-Type: multipart/alternative;boundary=c\r\n\r\n--c\r\n" XML_HEAD
		  "\r\n<a>sip:a@us</a>\r\n--c--\r\n\r\n" END },
		{ "mixed",
		  TEXT_PART "--b\r\nContent-Type: multipart/x;boundary=c\r\n\r\n--c\r\nContent-Type: "
			    "multipart/x;boundary=d\r\n\r\n--d\r\nContent-Type: multipart/x;boundary=e\r\n\r\n"
			    "--e\r\n\r\ndeep\r\n--e--\r\n--d--\r\n--c--\r\n" END,
		  TEXT_PART END },
		{ "signed", "--b\r\n" XML_HEAD "\r\n<a>sip:a@10.0.0.9</a>\r\n" END, "" },
	};
	const struct body_scrub s = { .host = SPAN("us") };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char type[64], out[1024];
		struct writer w = writer_over(out, sizeof(out) - 1), t = writer_over(type, sizeof(type));
		struct span body = guard_span(span_str(cases[i].in));
		enum body_verdict v, want = BODY_SCRUBBED;

		writer_str(&t, "multipart/");
		writer_str(&t, cases[i].subtype);
		writer_str(&t, ";boundary=b");
		v = parts_scrub(&w, writer_done(&t), body, &s);
		out[w.n] = '\0';
		if (!cases[i].out)
			want = BODY_UNREADABLE;
		else if (!cases[i].out[0])
			want = BODY_AS_IS;
		if (v != want || (v == BODY_SCRUBBED && strcmp(out, cases[i].out) != 0))
			fail_msg("%zu: %d\n%s", i, v, out);
		guard_free(body);
	}
}

static void one_part_is_as_before(void **state)
{
	const struct body_scrub s = { .host = SPAN("us") };
	char out[64];
	struct writer w = writer_over(out, sizeof(out));

	(void)state;
	assert_int_equal(parts_scrub(&w, SPAN("text/plain"), SPAN("x"), &s), BODY_AS_IS);
	assert_int_equal(parts_scrub(&w, SPAN("application/pidf+xml"), SPAN("<a>pres:b@c</a>"), &s), BODY_SCRUBBED);
	assert_true(span_eq(writer_done(&w), SPAN("<a>pres:b@us</a>")));
	assert_int_equal(parts_scrub(&w, SPAN(""), SPAN("x"), &s), BODY_AS_IS);
}

static void without_room_nothing_crosses(void **state)
{
	static const char body[] = TEXT_PART END;
	const struct body_scrub s = { .host = SPAN("us") };
	char out[sizeof(body)];

	(void)state;
	for (uint32_t room = 0; room < sizeof(body); room++) {
		struct writer w = writer_over(out, room);

		assert_int_equal(parts_scrub(&w, SPAN("multipart/mixed;boundary=b"), SPAN(body), &s),
				 room < sizeof(body) - 1 ? BODY_UNREADABLE : BODY_SCRUBBED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(part_by_part),
		cmocka_unit_test(one_part_is_as_before),
		cmocka_unit_test(without_room_nothing_crosses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
