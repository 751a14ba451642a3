/* SPDX-License-Identifier: BSD-3-Clause */
/* One attribute at a time; the message with a fingerprint is that of RFC 5769 2.1. */
#include "alg/net/stun_attribute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/net/stun_format.h"
#include "tests/unit/guard.h"

#define TRANSACTION "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
#define SAMPLE                                                                                                         \
	"\x00\x01\x00\x58\x21\x12\xa4\x42" TRANSACTION "\x80\x22\x00\x10"                                              \
	"STUN test client"                                                                                             \
	"\x00\x24\x00\x04\x6e\x00\x01\xff"                                                                             \
	"\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"                                                             \
	"\x00\x06\x00\x09"                                                                                             \
	"evtj:h6vY   "                                                                                                 \
	"\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2"             \
	"\x80\x28\x00\x04\xe5\x7a\x3b\xcf"

static void what_must_be_understood_is_known_or_not(void **state)
{
	static const struct {
		uint16_t type;
		bool known;
	} cases[] = {
		{ 0x0000, false },
		{ STUN_MAPPED_ADDRESS, true },
		{ 0x0002, false }, /* RFC 3489's, gone since */
		{ STUN_USERNAME, true },
		{ STUN_MESSAGE_INTEGRITY, true },
		{ STUN_ERROR_CODE, true },
		{ STUN_UNKNOWN_ATTRIBUTES, true },
		{ 0x001c, true },
		{ 0x001f, false },
		{ STUN_XOR_MAPPED_ADDRESS, true },
		{ STUN_PRIORITY, false }, /* ICE's: who speaks that reads it first */
		{ STUN_OPTIONAL - 1, false },
		{ STUN_OPTIONAL, true },
		{ STUN_FINGERPRINT, true },
		{ 0xffff, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (stun_attribute_is_known(cases[i].type) != cases[i].known)
			fail_msg("%#06x", cases[i].type);
}

static void one_is_read_with_its_padding(void **state)
{
	static const struct {
		const char *shows;
		struct span in;
		uint32_t at, takes;
		uint16_t type;
		const char *value;
	} cases[] = {
		{ "whole words", SPAN("\x00\x06\x00\x04user"), 0, 8, STUN_USERNAME, "user" },
		{ "padded", SPAN("\x00\x06\x00\x05user1..."), 0, 12, STUN_USERNAME, "user1" },
		{ "no value", SPAN("\x00\x25\x00\x00"), 0, 4, STUN_USE_CANDIDATE, "" },
		{ "the second", SPAN("\x00\x25\x00\x00\x80\x22\x00\x02xy.."), 4, 8, 0x8022, "xy" },
		{ "nothing left", SPAN("\x00\x25\x00\x00"), 4, 0, 0, NULL },
		{ "half a head", SPAN("\x00\x25\x00"), 0, 0, 0, NULL },
		{ "its value cut", SPAN("\x00\x06\x00\x04use"), 0, 0, 0, NULL },
		{ "its padding cut", SPAN("\x00\x06\x00\x05user1.."), 0, 0, 0, NULL },
		{ "the longest that can be said", SPAN("\x00\x06\xff\xff...."), 0, 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);
		struct stun_attribute a = { .type = 0xeeee };

		if (stun_attribute_read(in, cases[i].at, &a) != cases[i].takes)
			fail_msg("%s: takes %u", cases[i].shows, stun_attribute_read(in, cases[i].at, &a));
		if (a.type != (cases[i].takes ? cases[i].type : 0xeeee))
			fail_msg("%s: type %#06x", cases[i].shows, a.type);
		if (cases[i].takes && !span_eq(a.value, span_str(cases[i].value)))
			fail_msg("%s: \"%.*s\"", cases[i].shows, SPAN_ARG(a.value));
		guard_free(in);
	}
}

static void a_fingerprint_holds_over_all_before_it(void **state)
{
	char bytes[sizeof(SAMPLE)];
	const uint32_t n = sizeof(SAMPLE) - 1, at = n - STUN_FINGERPRINT_SIZE;
	struct span guarded = guard_span(SPAN(SAMPLE));

	(void)state;
	assert_true(stun_fingerprint_holds(guarded, at));
	assert_false(stun_fingerprint_holds(guarded, at - 24)); /* not the last */
	guard_free(guarded);
	/* Whichever byte is another, it does not hold. */
	for (uint32_t i = 0; i < n; i++) {
		memcpy(bytes, SAMPLE, sizeof(bytes));
		bytes[i] ^= 0x10;
		if (i != at && i != at + 1 &&
		    stun_fingerprint_holds(span_of(bytes, n), at)) /* its type is the caller's */
			fail_msg("byte %u", i);
	}
}

/* What is written reads as it was meant. */
static void what_is_written(void **state)
{
	static const uint16_t unknown[] = { 0x0024, 0x0025, 0x7fff };
	static const struct {
		const char *source;
		struct span bytes;
	} mapped[] = {
		/* RFC 5769 2.2 and 2.3 */
		{ "192.0.2.1:32853", SPAN("\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43") },
		{ "[2001:db8:1234:5678:11:2233:4455:6677]:32853",
		  SPAN("\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9"
		       "\xd9") },
	};
	char room[64];
	struct writer w;
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof(mapped) / sizeof(mapped[0]); i++) {
		w = writer_over(room, sizeof(room));
		assert_int_equal(addr_parse(span_str(mapped[i].source), 0, &a), 0);
		stun_mapped_write(&w, (const uint8_t *)TRANSACTION, &a);
		assert_true(span_eq(writer_done(&w), mapped[i].bytes));
	}
	w = writer_over(room, sizeof(room));
	stun_error_write(&w, 487);
	assert_true(span_eq(writer_done(&w), SPAN("\x00\x09\x00\x04\x00\x00\x04\x57")));
	w = writer_over(room, sizeof(room));
	stun_unknown_write(&w, unknown, 3);
	assert_true(span_eq(writer_done(&w), SPAN("\x00\x0a\x00\x06\x00\x24\x00\x25\x7f\xff\x00\x00")));
	w = writer_over(room, sizeof(room));
	stun_unknown_write(&w, unknown, 2);
	assert_true(span_eq(writer_done(&w), SPAN("\x00\x0a\x00\x04\x00\x24\x00\x25")));
}

/* A message of ours may stand behind something else in the same room. */
static void its_own_fingerprint_holds(void **state)
{
	char room[64];
	struct writer w = writer_over(room, sizeof(room));
	struct span message;

	(void)state;
	writer_str(&w, "before");
	stun_head_write(&w, STUN_BINDING_REQUEST, STUN_FINGERPRINT_SIZE, (const uint8_t *)TRANSACTION);
	stun_fingerprint_write(&w, 6);
	message = span_from(writer_done(&w), 6);
	assert_int_equal(message.n, 28);
	assert_memory_equal(message.p, "\x00\x01\x00\x08\x21\x12\xa4\x42" TRANSACTION, 20);
	assert_true(stun_fingerprint_holds(message, 20));
}

/* What did not fit is not summed. */
static void a_message_that_failed_gets_none(void **state)
{
	char room[8];
	struct writer w = writer_over(room, sizeof(room));

	(void)state;
	stun_head_write(&w, STUN_BINDING_REQUEST, 8, (const uint8_t *)TRANSACTION);
	assert_true(w.failed);
	stun_fingerprint_write(&w, 0);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_must_be_understood_is_known_or_not),
		cmocka_unit_test(one_is_read_with_its_padding),
		cmocka_unit_test(a_fingerprint_holds_over_all_before_it),
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(its_own_fingerprint_holds),
		cmocka_unit_test(a_message_that_failed_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
