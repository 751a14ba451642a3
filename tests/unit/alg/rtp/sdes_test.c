/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/sdes.h"
#include "tests/unit/guard.h"

#define RR     "\x80\xc9\x00\x01\x01\x02\x03\x04"
#define BYE    "\x81\xcb\x00\x01\x01\x02\x03\x04"
#define SOURCE "\x01\x02\x03\x04"

static const struct hash_key key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

static void findings(void **state)
{
	static const struct {
		const char *name;
		struct span bytes;
		enum sdes found;
	} cases[] = {
		{ "nothing", SPAN(""), SDES_NONE },
		{ "no SDES", SPAN(RR BYE), SDES_NONE },
		{ "no chunks", SPAN("\x80\xca\x00\x00"), SDES_NONE },
		{ "an empty chunk", SPAN("\x81\xca\x00\x02" SOURCE "\0\0\0\0"), SDES_HIDDEN },
		{ "after a report", SPAN(RR "\x81\xca\x00\x03" SOURCE "\x01\x05u@h.x\0"), SDES_HIDDEN },
		{ "before a BYE", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x05u@h.x\0" BYE), SDES_HIDDEN },
		{ "two chunks",
		  SPAN("\x82\xca\x00\x06" SOURCE "\x01\x05u@h.x\0" SOURCE "\x02\x05"
		       "alice\0"),
		  SDES_HIDDEN },
		{ "the zero forgotten", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x06u@h.xy"), SDES_HIDDEN },
		{ "more zeros than needed", SPAN("\x81\xca\x00\x04" SOURCE "\x01\x05u@h.x\0\0\0\0\0"), SDES_HIDDEN },
		{ "padding", SPAN("\xa1\xca\x00\x04" SOURCE "\x01\x05u@h.x\0\0\0\0\x04"), SDES_HIDDEN },
		{ "private", SPAN("\x81\xca\x00\x03" SOURCE "\x08\x05\x02nvvv"), SDES_BROKEN },
		{ "private, whole", SPAN("\x81\xca\x00\x03" SOURCE "\x08\x05\x02nnvv\0"), SDES_HIDDEN },
		{ "private, name beyond", SPAN("\x81\xca\x00\x03" SOURCE "\x08\x05\x05nnvv\0"), SDES_BROKEN },
		{ "private, nothing", SPAN("\x81\xca\x00\x02" SOURCE "\x08\x00\0\0"), SDES_BROKEN },
		{ "text beyond the packet", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x07u@h.x\0"), SDES_BROKEN },
		{ "text beyond, more follows", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x07u@h.x\0" BYE), SDES_BROKEN },
		{ "length cut off", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x05u@h.x\x01"), SDES_BROKEN },
		{ "something after the end", SPAN("\x81\xca\x00\x03" SOURCE "\x01\x04u@hx\0z"), SDES_BROKEN },
		{ "something after the chunks", SPAN("\x81\xca\x00\x04" SOURCE "\x01\x05u@h.x\0" SOURCE), SDES_BROKEN },
		{ "a chunk too few", SPAN("\x82\xca\x00\x03" SOURCE "\x01\x05u@h.x\0"), SDES_BROKEN },
		{ "padding beyond", SPAN("\xa1\xca\x00\x03" SOURCE "\x01\x05u@h.x\x10"), SDES_BROKEN },
		{ "padding of no bytes", SPAN("\xa1\xca\x00\x03" SOURCE "\x01\x05u@h.x\0"), SDES_BROKEN },
		{ "longer than the datagram", SPAN("\x81\xca\x00\x04" SOURCE "\x01\x05u@h.x\0"), SDES_BROKEN },
		{ "no RTCP after RTCP", SPAN(RR "\x80\x00\x00\x00"), SDES_BROKEN },
		{ "another version", SPAN(RR "\x41\xca\x00\x03" SOURCE "\x01\x05u@h.x\0"), SDES_BROKEN },
		{ "three bytes left", SPAN(RR "\x80\xc9\x00"), SDES_BROKEN },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].bytes);
		enum sdes found = sdes_hide((uint8_t *)(uintptr_t)s.p, s.n, &key);

		if (found != cases[i].found)
			fail_msg("%s: %d", cases[i].name, (int)found);
		guard_free(s);
	}
}

#define CNAME(text) RR "\x81\xca\x00\x08" SOURCE "\x01\x16" text "\0\0\0\0"

static void names_go_and_the_rest_stays(void **state)
{
	char p[] = CNAME("alice@192.168.1.20:500");
	const char before[] = CNAME("alice@192.168.1.20:500");
	(void)state;

	assert_int_equal(sdes_hide((uint8_t *)p, sizeof(p) - 1, &key), SDES_HIDDEN);
	assert_memory_equal(p, before, 18);
	assert_memory_equal(p + 40, before + 40, sizeof(p) - 40);
	for (int i = 18; i < 40; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '2' && p[i] <= '9')))
			fail_msg("byte %d: %02x", i, (unsigned)(uint8_t)p[i]);
	assert_memory_not_equal(p + 18, before + 18, 5);
}

/* Streams of one source are told by their equal names. */
static void equal_names_stay_equal(void **state)
{
	const struct hash_key other = { 1, 2 };
	char one[] = CNAME("alice@192.168.1.20:500"), again[] = CNAME("alice@192.168.1.20:500");
	char another[] = CNAME("alice@192.168.1.20:501"), secret[] = CNAME("alice@192.168.1.20:500");
	(void)state;

	sdes_hide((uint8_t *)one, sizeof(one) - 1, &key);
	sdes_hide((uint8_t *)again, sizeof(again) - 1, &key);
	sdes_hide((uint8_t *)another, sizeof(another) - 1, &key);
	sdes_hide((uint8_t *)secret, sizeof(secret) - 1, &other);
	assert_memory_equal(one, again, sizeof(one));
	assert_memory_not_equal(one + 18, another + 18, 12);
	assert_memory_not_equal(one + 30, another + 30, 10);
	assert_memory_not_equal(one + 18, secret + 18, 12);
}

/* Every kind of item is a text that may name somebody. */
static void all_items(void **state)
{
	(void)state;
	for (int type = 1; type < 256; type++) {
		uint8_t p[] = "\x81\xca\x00\x03" SOURCE "\x01\x05\x02@h.x\0";

		p[8] = (uint8_t)type;
		assert_int_equal(sdes_hide(p, sizeof(p) - 1, &key), SDES_HIDDEN);
		if (memcmp(p + 11, "@h.x", 4) == 0)
			fail_msg("item %d", type);
		assert_int_equal(p[9], 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings),
		cmocka_unit_test(names_go_and_the_rest_stays),
		cmocka_unit_test(equal_names_stay_equal),
		cmocka_unit_test(all_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
