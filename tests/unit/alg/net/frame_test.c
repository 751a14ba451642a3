/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/frame.h"
#include "tests/unit/alg/net/datagram.h"
#include "tests/unit/guard.h"

static struct addr addr(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

struct ends {
	const char *from, *to, *new_from, *new_to;
};

static const struct ends families[] = {
	{ "192.0.2.7:4000", "198.51.100.1:10000", "10.0.0.1:20002", "10.0.0.9:5004" },
	{ "[2001:db8::7]:4000", "[2001:db8:1::1]:10000", "[fd00::1]:20002", "[fd00::9]:5004" },
};

/* A frame that has `offset` set to `value`, and is cut or lengthened by `more` bytes. */
struct damage {
	const char *name;
	unsigned family; /* index in families */
	int offset;      /* -1: nothing */
	uint8_t value;
	int more;
	enum frame_fault fault;
};

static const struct damage damages[] = {
	{ "sound v4", 0, -1, 0, 0, FRAME_OK },
	{ "sound v6", 1, -1, 0, 0, FRAME_OK },
	{ "padded by Ethernet", 0, -1, 0, 18, FRAME_OK },
	{ "v6 padded by Ethernet", 1, -1, 0, 5, FRAME_OK },
	{ "cut by one byte", 0, -1, 0, -1, FRAME_SHORT },
	{ "v6 cut by one byte", 1, -1, 0, -1, FRAME_SHORT },
	{ "no UDP header left", 0, -1, 0, -13, FRAME_SHORT },
	{ "ARP", 0, 13, 0x06, 0, FRAME_NOT_IP },
	{ "VLAN tag", 0, 12, 0x81, 0, FRAME_NOT_IP },
	{ "v6 in a v4 frame", 0, 14, 0x65, 0, FRAME_IP_HEADER },
	{ "options", 0, 14, 0x46, 0, FRAME_IP_HEADER },
	{ "header of 16 bytes", 0, 14, 0x44, 0, FRAME_IP_HEADER },
	{ "v4 in a v6 frame", 1, 14, 0x45, 0, FRAME_IP_HEADER },
	{ "longer than the frame", 0, 16, 0x01, 0, FRAME_SHORT },
	{ "v6 longer than the frame", 1, 18, 0x01, 0, FRAME_SHORT },
	{ "v6 TCP", 1, 20, 6, 0, FRAME_NOT_UDP },
	{ "v6 fragment", 1, 20, 44, 0, FRAME_FRAGMENT },
	{ "v6 hop by hop options", 1, 20, 0, 0, FRAME_NOT_UDP },
	{ "UDP longer than IP", 0, 39, 14, 0, FRAME_UDP_LENGTH },
	{ "UDP shorter than IP", 0, 39, 12, 0, FRAME_UDP_LENGTH },
	{ "UDP shorter than itself", 0, 39, 7, 0, FRAME_UDP_LENGTH },
	{ "v6 UDP longer than IP", 1, 59, 14, 0, FRAME_UDP_LENGTH },
};

static void faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct damage *d = &damages[i];
		const struct addr from = addr(families[d->family].from), to = addr(families[d->family].to);
		uint8_t p[DATAGRAM_MAX] = { 0 };
		struct frame f = { .udp = 99 };
		struct span s;
		uint32_t n = datagram_write(p, &from, &to, "voice", 5);
		enum frame_fault fault;

		if (d->offset >= 0)
			p[d->offset] = d->value;
		s = guard_span(span_of(p, (size_t)((int)n + d->more)));
		fault = frame_parse((const uint8_t *)s.p, s.n, &f);
		if (fault != d->fault)
			fail_msg("%s: %d", d->name, (int)fault);
		if (fault != FRAME_OK && f.udp != 99)
			fail_msg("%s: touched", d->name);
		guard_free(s);
	}
}

/* The fragment bits are under the header's checksum: it is made good again. */
static void fragments(void **state)
{
	static const struct {
		uint8_t high, low;
		enum frame_fault fault;
	} cases[] = {
		{ 0x40, 0, FRAME_OK }, /* do not fragment */
		{ 0x20, 0, FRAME_FRAGMENT },
		{ 0x00, 1, FRAME_FRAGMENT },
		{ 0x1f, 0, FRAME_FRAGMENT },
	};
	const struct addr from = addr("192.0.2.7:4000"), to = addr("198.51.100.1:10000");
	uint8_t p[DATAGRAM_MAX];
	struct frame f = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint32_t n = datagram_write(p, &from, &to, "voice", 5);

		p[20] = cases[i].high;
		p[21] = cases[i].low;
		datagram_put16(p + 24, 0);
		datagram_put16(p + 24, ~datagram_sum(0, p + 14, 20) & 0xffff);
		assert_int_equal(frame_parse(p, n, &f), cases[i].fault);
	}
}

/* Parsing does not look at the header's checksum; who needs it asks. */
static void header_checksum(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		uint8_t p[DATAGRAM_MAX];
		struct frame f = { 0 };
		const uint32_t n = datagram_write(p, &from, &to, "voice", 5);

		assert_int_equal(frame_parse(p, n, &f), FRAME_OK);
		assert_true(frame_header_is_sound(p, &f));
		p[FRAME_ETHER + 8] ^= 1;
		assert_int_equal(frame_parse(p, n, &f), FRAME_OK);
		assert_int_equal(frame_header_is_sound(p, &f), i == 1); /* IPv6 has none */
	}
}

static void not_udp_v4(void **state)
{
	const struct addr from = addr("192.0.2.7:4000"), to = addr("198.51.100.1:10000");
	uint8_t p[DATAGRAM_MAX];
	struct frame f = { 0 };
	const uint32_t n = datagram_write(p, &from, &to, "voice", 5);
	(void)state;

	p[23] = 6;
	datagram_put16(p + 24, 0);
	datagram_put16(p + 24, ~datagram_sum(0, p + 14, 20) & 0xffff);
	assert_int_equal(frame_parse(p, n, &f), FRAME_NOT_UDP);
}

/* Every length below the whole frame must be refused, and none may be read beyond. */
static void every_prefix(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		uint8_t p[DATAGRAM_MAX];
		const uint32_t n = datagram_write(p, &from, &to, "voice", 5);
		struct frame f = { 0 };

		for (uint32_t cut = 0; cut < n; cut++) {
			struct span s = guard_span(span_of(p, cut));

			if (frame_parse((const uint8_t *)s.p, s.n, &f) != FRAME_SHORT)
				fail_msg("family %u, %u bytes", i, cut);
			guard_free(s);
		}
	}
}

#define SOURCE_MAC ((const uint8_t *)"\2\0\0\0\0\1")

static struct frame_target target_of(const struct ends *e)
{
	const struct addr from = addr(e->new_from), to = addr(e->new_to);
	struct frame_target t = {
		.source = host_of(&from),
		.target = host_of(&to),
		.port = { __builtin_bswap16(from.port), __builtin_bswap16(to.port) },
		.target_mac = { 2, 0, 0, 0, 0, 2 },
		.dscp = 46,
		.family = to.family,
	};

	frame_target_seal(&t);
	return t;
}

/* What leaves must be what a plain sender at the new address would have sent. */
static void rewrite(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct ends *e = &families[i];
		const struct addr from = addr(e->from), to = addr(e->to), new_from = addr(e->new_from),
				  new_to = addr(e->new_to);
		const struct frame_target t = target_of(e);
		uint8_t got[DATAGRAM_MAX], want[DATAGRAM_MAX], payload[300];
		struct frame f = { 0 };

		for (uint32_t n = 0; n <= sizeof(payload); n++) {
			uint32_t len;

			for (uint32_t j = 0; j < n; j++)
				payload[j] = (uint8_t)(j * 37 + n);
			len = datagram_write(got, &from, &to, payload, n);
			assert_int_equal(frame_parse(got, len, &f), FRAME_OK);
			frame_rewrite(got, f, frame_addresses_sum(got, &f), &t, SOURCE_MAC);
			datagram_write(want, &new_from, &new_to, payload, n);
			if (!datagram_sound(got) || memcmp(got + f.udp, want + f.udp, len - f.udp) != 0)
				fail_msg("family %u, %u bytes", i, n);
			assert_memory_equal(got, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
		}
	}
}

static void rewrite_header_fields(void **state)
{
	uint8_t p[DATAGRAM_MAX];
	struct addr from = addr(families[0].from), to = addr(families[0].to);
	struct frame_target t = target_of(&families[0]);
	struct frame f = { 0 };
	(void)state;

	frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
	frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
	assert_memory_equal(p + 14, "\x45\xb8\x00\x21\x00\x00\x40\x00\x40\x11", 10); /* DSCP 46, id 0, DF, 64 hops */

	from = addr(families[1].from);
	to = addr(families[1].to);
	t = target_of(&families[1]);
	frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
	frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
	assert_memory_equal(p + 14, "\x6b\x80\x00\x00\x00\x0d\x11\x40", 8); /* DSCP 46, no flow label, 64 hops */
}

static void checksum_zero_stays_v4(void **state)
{
	const struct addr from = addr(families[0].from), to = addr(families[0].to);
	struct frame_target t = target_of(&families[0]);
	uint8_t p[DATAGRAM_MAX];
	struct frame f = { 0 };
	(void)state;

	frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
	datagram_put16(p + f.udp + 6, 0);
	frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
	assert_int_equal(p[f.udp + 6] << 8 | p[f.udp + 7], 0);
}

/* A sender on this host leaves the pseudo header's sum to be completed by hardware. */
static void partial_checksum_completed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		const struct frame_target t = target_of(&families[i]);
		uint8_t p[DATAGRAM_MAX];
		struct frame f = { 0 };

		frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
		datagram_put16(p + f.udp + 6, datagram_pseudo(p, DATAGRAM_UDP + 5));
		assert_false(datagram_sound(p));
		frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
		assert_true(datagram_sound(p));
	}
}

/* A datagram that was damaged on its way must not leave as sound. */
static void damage_stays_visible(void **state)
{
	const struct addr from = addr(families[0].from), to = addr(families[0].to);
	struct frame_target t = target_of(&families[0]);
	uint8_t p[DATAGRAM_MAX];
	struct frame f = { 0 };
	(void)state;

	frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
	p[frame_payload(&f)] ^= 1;
	frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
	assert_false(datagram_sound(p));
}

/* Payload changed after the rewriting: the checksum follows, unless there is none. */
static void hops_set(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		const struct frame_target t = target_of(&families[i]);
		uint8_t p[DATAGRAM_MAX];
		struct frame f = { 0 };

		frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
		frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
		assert_int_equal(frame_hops(p, &f), FRAME_HOP_LIMIT);
		for (unsigned hops = 0; hops <= UINT8_MAX; hops += 15) {
			frame_hops_set(p, &f, (uint8_t)hops);
			assert_int_equal(frame_hops(p, &f), hops);
			assert_true(datagram_sound(p) && frame_header_is_sound(p, &f));
		}
	}
}

static void payload_changed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		const struct frame_target t = target_of(&families[i]);
		uint8_t p[DATAGRAM_MAX];
		struct frame f = { 0 };
		uint64_t before;

		frame_parse(p, datagram_write(p, &from, &to, "voice", 5), &f);
		frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
		before = checksum_add(0, p + frame_payload(&f), 5);
		memcpy(p + frame_payload(&f), "noise", 5);
		frame_payload_changed(p, &f, before, checksum_add(0, p + frame_payload(&f), 5));
		assert_true(datagram_sound(p));
		datagram_put16(p + f.udp + 6, 0);
		frame_payload_changed(p, &f, 1, 2);
		assert_int_equal(frame_load16(p + f.udp + 6), 0);
	}
}

/* The same with less of it. */
static void payload_shrunk(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const struct addr from = addr(families[i].from), to = addr(families[i].to);
		const struct frame_target t = target_of(&families[i]);
		uint8_t p[DATAGRAM_MAX];
		struct frame f = { 0 }, again = { 0 };
		uint64_t before;
		uint32_t n;

		frame_parse(p, datagram_write(p, &from, &to, "a longer voice", 14), &f);
		frame_rewrite(p, f, frame_addresses_sum(p, &f), &t, SOURCE_MAC);
		before = checksum_add(0, p + frame_payload(&f), 14);
		memcpy(p + frame_payload(&f), "longer", 6);
		frame_payload_resized(p, &f, 6, before, checksum_add(0, p + frame_payload(&f), 6));
		n = frame_len(&f);
		assert_int_equal(f.payload_len, 6);
		assert_int_equal(frame_parse(p, n, &again), FRAME_OK);
		assert_int_equal(again.payload_len, 6);
		assert_true(frame_header_is_sound(p, &again));
		assert_true(datagram_sound(p));
		datagram_put16(p + f.udp + 6, 0);
		frame_payload_resized(p, &f, 4, 1, 2);
		assert_int_equal(frame_load16(p + f.udp + 6), 0);
		assert_true(frame_header_is_sound(p, &f));
		assert_int_equal(frame_parse(p, frame_len(&f), &again), FRAME_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),
		cmocka_unit_test(fragments),
		cmocka_unit_test(header_checksum),
		cmocka_unit_test(not_udp_v4),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(rewrite),
		cmocka_unit_test(rewrite_header_fields),
		cmocka_unit_test(checksum_zero_stays_v4),
		cmocka_unit_test(partial_checksum_completed),
		cmocka_unit_test(damage_stays_visible),
		cmocka_unit_test(hops_set),
		cmocka_unit_test(payload_changed),
		cmocka_unit_test(payload_shrunk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
