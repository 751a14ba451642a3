/* SPDX-License-Identifier: BSD-3-Clause */
/* Connectivity checks; what their MAC is worth stands in the relay's stuncheck_test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/base/octets.h"
#include "alg/net/stun.h"
#include "alg/net/stun_attribute.h"
#include "alg/net/stun_check.h"
#include "tests/unit/guard.h"

#define TRANSACTION "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
#define MAC                                                                                                            \
	"\x00\x08\x00\x14"                                                                                             \
	"twenty octets of it!"
#define NAME                                                                                                           \
	"\x00\x06\x00\x05"                                                                                             \
	"ab:cd\0\0\0"
#define PRIORITY  "\x00\x24\x00\x04\x6e\x00\x01\xff"
#define NOMINATES "\x00\x25\x00\x00"
#define LEADS                                                                                                          \
	"\x80\x2a\x00\x08"                                                                                             \
	"tiebreak"
#define FOLLOWS                                                                                                        \
	"\x80\x29\x00\x08"                                                                                             \
	"tiebreak"
#define UNKNOWN "\x7f\xfe\x00\x01u\0\0\0"

/* The request with these attributes, and a FINGERPRINT behind them. */
static struct span request_make(struct span attributes, bool fingerprint, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);

	stun_head_write(&w, STUN_BINDING_REQUEST, attributes.n + (fingerprint ? STUN_FINGERPRINT_SIZE : 0),
			(const uint8_t *)TRANSACTION);
	writer_put(&w, attributes);
	if (fingerprint)
		stun_fingerprint_write(&w, 0);
	assert_false(w.failed);
	return writer_done(&w);
}

static void show(struct writer *w, const struct stun_check *c)
{
	static const char *const roles[] = { "", " leads", " follows" };

	if (span_is_set(c->username))
		writer_format(w, "%.*s", SPAN_ARG(c->username));
	writer_format(w, "%s%s%s", c->mac ? " mac" : "", roles[c->role], c->nominates ? " nominates" : "");
	if (c->priority)
		writer_format(w, " %08x", c->priority);
	for (unsigned i = 0; i < c->nunknown; i++)
		writer_format(w, " ?%04x", c->unknown[i]);
}

static void requests(void **state)
{
	static const struct {
		const char *shows;
		struct span attributes;
		const char *read;
	} cases[] = {
		{ "all of it", SPAN(NAME PRIORITY NOMINATES LEADS MAC), "ab:cd mac leads nominates 6e0001ff" },
		{ "it wants to be led", SPAN(NAME FOLLOWS MAC), "ab:cd mac follows" },
		{ "nothing", SPAN(""), "" },
		{ "no MAC", SPAN(NAME NOMINATES), "ab:cd nominates" },
		{ "behind the MAC anybody may have put it", SPAN(NAME MAC NOMINATES LEADS UNKNOWN), "ab:cd mac" },
		{ "the first name holds", SPAN(NAME "\x00\x06\x00\x01x\0\0\0" MAC), "ab:cd mac" },
		{ "unknown", SPAN(UNKNOWN NAME MAC), "ab:cd mac ?7ffe" },
		{ "may be skipped", SPAN("\xc0\x57\x00\x04\x00\x01\x00\x0a" NAME MAC), "ab:cd mac" },
		{ "known, though not here", SPAN("\x00\x14\x00\x00" NAME MAC), "ab:cd mac" },
		{ "a short MAC", SPAN(NAME "\x00\x08\x00\x04...."), NULL },
		{ "a short priority", SPAN("\x00\x24\x00\x02..\0\0"), NULL },
		{ "a nomination with a value", SPAN("\x00\x25\x00\x04...."), NULL },
		{ "a short role", SPAN("\x80\x29\x00\x04...."), NULL },
		{ "cut",
		  SPAN("\x00\x06\x00\x40"
		       "ab:c"),
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[STUN_CHECK_MAX], shown[256] = "";
		struct span in = guard_span(request_make(cases[i].attributes, true, buf, sizeof(buf)));
		struct writer w = writer_over(shown, sizeof(shown) - 1);
		struct stun_check c;
		bool ok = stun_check_parse(in, &c) == 0;

		if (ok)
			show(&w, &c);
		if (ok != (cases[i].read != NULL) || (ok && strcmp(shown, cases[i].read) != 0))
			fail_msg("%s: %d %s", cases[i].shows, ok, shown);
		guard_free(in);
	}
}

static void what_is_no_check_is_dropped(void **state)
{
	static const struct {
		const char *shows;
		struct span in;
	} cases[] = {
		{ "an answer", SPAN("\x01\x01\x00\x00\x21\x12\xa4\x42" TRANSACTION) },
		{ "an indication", SPAN("\x00\x11\x00\x00\x21\x12\xa4\x42" TRANSACTION) },
		{ "no FINGERPRINT", SPAN("\x00\x01\x00\x00\x21\x12\xa4\x42" TRANSACTION) },
		{ "a wrong one", SPAN("\x00\x01\x00\x08\x21\x12\xa4\x42" TRANSACTION "\x80\x28\x00\x04....") },
		{ "a length beyond the datagram", SPAN("\x00\x01\x00\x08\x21\x12\xa4\x42" TRANSACTION) },
		{ "octets behind it", SPAN("\x00\x01\x00\x00\x21\x12\xa4\x42" TRANSACTION "....") },
		{ "a head cut", SPAN("\x00\x01\x00\x00\x21\x12\xa4\x42") },
		{ "RTP", SPAN("\x80\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03") },
		{ "nothing", SPAN("") },
	};
	char buf[STUN_CHECK_MAX + 64];
	static char zeros[STUN_CHECK_MAX];
	struct stun_check c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);

		if (stun_check_parse(in, &c) == 0)
			fail_msg("%s", cases[i].shows);
		guard_free(in);
	}
	/* Its size has a limit: an attribute that may be skipped fills it. */
	for (unsigned n = STUN_CHECK_MAX; n <= STUN_CHECK_MAX + 4; n += 4) {
		const uint32_t size = n - STUN_HEADER - STUN_FINGERPRINT_SIZE - 4;
		char attribute[STUN_CHECK_MAX];
		struct writer w = writer_over(attribute, sizeof(attribute));

		writer_u16(&w, 0xff00);
		writer_u16(&w, (uint16_t)size);
		writer_put(&w, span_of(zeros, size));
		assert_int_equal(stun_check_parse(request_make(writer_done(&w), true, buf, sizeof(buf)), &c) == 0,
				 n <= STUN_CHECK_MAX);
	}
}

static void as_many_unknown_as_a_420_names(void **state)
{
	char attributes[256], buf[STUN_CHECK_MAX], answer[STUN_CHECK_ANSWER_MAX];
	struct writer w = writer_over(attributes, sizeof(attributes)), out = writer_over(answer, sizeof(answer));
	struct stun_check c;

	(void)state;
	for (uint16_t i = 0; i < 2 * STUN_CHECK_UNKNOWN_MAX; i++) {
		writer_u16(&w, (uint16_t)(0x7000 + i));
		writer_u16(&w, 0);
	}
	assert_int_equal(stun_check_parse(request_make(writer_done(&w), true, buf, sizeof(buf)), &c), 0);
	assert_int_equal(c.nunknown, STUN_CHECK_UNKNOWN_MAX);
	stun_check_answer(&out, &c, 420, NULL, NULL, NULL);
	assert_false(out.failed);
}

/* Takes note of what it is over. */
struct over {
	char bytes[STUN_CHECK_MAX];
	uint32_t n;
};

static void mac_note(void *ctx, struct span message, uint8_t mac[STUN_MAC])
{
	struct over *o = ctx;

	memcpy(o->bytes, message.p, message.n);
	o->n = message.n;
	memcpy(mac, "twenty octets of it!", STUN_MAC);
}

/* RFC 8489 14.5: as if MESSAGE-INTEGRITY were the last. */
static void the_mac_is_over_what_stands_before_it(void **state)
{
	const struct span attributes = SPAN(NAME MAC "\xff\x00\x00\x04....");
	char buf[STUN_CHECK_MAX];
	struct span in = request_make(attributes, true, buf, sizeof(buf));
	struct stun_check c;
	struct over o;

	(void)state;
	assert_int_equal(stun_check_parse(in, &c), 0);
	assert_true(stun_check_is_signed(&c, in, mac_note, &o));
	assert_int_equal(o.n, STUN_HEADER + 12);
	assert_memory_equal(o.bytes, "\x00\x01\x00\x24\x21\x12\xa4\x42" TRANSACTION NAME, o.n);
	buf[STUN_HEADER + 12 + 4 + 19] ^= 1;
	assert_false(stun_check_is_signed(&c, in, mac_note, &o));
	in = request_make(SPAN(NAME), true, buf, sizeof(buf));
	assert_int_equal(stun_check_parse(in, &c), 0);
	assert_false(stun_check_is_signed(&c, in, mac_note, &o));
}

static void answers(void **state)
{
	static const struct {
		const char *shows, *source;
		unsigned code;
		bool is_signed;
		struct span answer; /* before FINGERPRINT */
	} cases[] = {
		{ "success", "192.0.2.1:32853", 0, true,
		  SPAN("\x01\x01\x00\x2c\x21\x12\xa4\x42" TRANSACTION
		       "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43" MAC) },
		{ "success, IPv6", "[2001:db8:1234:5678:11:2233:4455:6677]:32853", 0, true,
		  SPAN("\x01\x01\x00\x38\x21\x12\xa4\x42" TRANSACTION
		       "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79"
		       "\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9" MAC) },
		{ "a conflict of roles", "192.0.2.1:1", 487, true,
		  SPAN("\x01\x11\x00\x28\x21\x12\xa4\x42" TRANSACTION "\x00\x09\x00\x04\x00\x00\x04\x57" MAC) },
		{ "a stranger", "192.0.2.1:1", 401, false,
		  SPAN("\x01\x11\x00\x10\x21\x12\xa4\x42" TRANSACTION "\x00\x09\x00\x04\x00\x00\x04\x01") },
		{ "an unknown attribute", "192.0.2.1:1", 420, true,
		  SPAN("\x01\x11\x00\x30\x21\x12\xa4\x42" TRANSACTION
		       "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x02\x7f\xfe\x00\x00" MAC) },
	};
	char buf[STUN_CHECK_MAX];
	struct stun_check c;

	(void)state;
	assert_int_equal(stun_check_parse(request_make(SPAN(UNKNOWN), true, buf, sizeof(buf)), &c), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[1 + STUN_CHECK_ANSWER_MAX] = "x"; /* the answer need not begin the buffer */
		struct writer w = { .p = out, .n = 1, .cap = sizeof(out) };
		struct addr source;
		struct span answer;
		struct over o;

		assert_int_equal(addr_parse(span_str(cases[i].source), 0, &source), 0);
		stun_check_answer(&w, &c, cases[i].code, &source, cases[i].is_signed ? mac_note : NULL, &o);
		assert_false(w.failed);
		answer = span_from(writer_done(&w), 1);
		if (answer.n != cases[i].answer.n + STUN_FINGERPRINT_SIZE ||
		    !span_eq(span_slice(answer, 0, cases[i].answer.n), cases[i].answer) ||
		    !stun_fingerprint_holds(answer, cases[i].answer.n))
			fail_msg("%s", cases[i].shows);
		if (cases[i].is_signed &&
		    (o.n != cases[i].answer.n - 24 || octets_u16((uint8_t *)o.bytes + 2) != o.n + 4))
			fail_msg("%s: the MAC is over %u octets", cases[i].shows, o.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(what_is_no_check_is_dropped),
		cmocka_unit_test(as_many_unknown_as_a_420_names),
		cmocka_unit_test(the_mac_is_over_what_stands_before_it),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
