/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/kind.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static struct addr at(const char *text)
{
	struct addr a = { 0 };

	if (text)
		assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static const struct kind_case {
	const char *ours, *peer;
	uint8_t protocol;
	uint32_t idle_s, lifetime_s;
	const char *idle, *life; /* names of its sets; NULL: none */
	const char *key;
} cases[] = {
	{ "192.0.2.1:20000", NULL, IPPROTO_UDP, 30, 0, "any4_udp_idle30", NULL, "192.0.2.1 . 20000" },
	{ "192.0.2.1:20000", "198.51.100.7", IPPROTO_TCP, 30, 0, "host4_tcp_idle30", NULL,
	  "0xc6336407c0000201 . 20000" },
	{ "192.0.2.1:20000", "198.51.100.7:65535", IPPROTO_UDP, 5, 0, "peer4_udp_idle5", NULL,
	  "0xc6336407c0000201 . 4294921760" },
	{ "[2001:db8::1]:65535", "[2001:db8::7]:1", IPPROTO_UDP, 0, 60, NULL, "peer6_udp_life",
	  "0x20010db800000000000000000000000720010db8000000000000000000000001 . 131071" },
	{ "[2001:db8::1]:20000", NULL, IPPROTO_TCP, 30, 3600, "any6_tcp_both30_idle", "any6_tcp_both30_life",
	  "2001:db8::1 . 20000" },
};

static void kinds_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct kind_case *c = &cases[i];
		struct firewall_hole h = { .ours = at(c->ours),
					   .peer = at(c->peer),
					   .protocol = c->protocol,
					   .idle_s = c->idle_s,
					   .lifetime_s = c->lifetime_s };
		const char *const names[KIND_SET_N] = { [KIND_IDLE] = c->idle, [KIND_LIFE] = c->life };
		struct kind k = kind_of(&h), back;
		char text[256] = "";
		struct writer w = writer_over(text, sizeof(text) - 1);
		enum kind_set which;

		kind_key(&w, &k, &h);
		assert_string_equal(text, c->key);
		for (enum kind_set set = 0; set < KIND_SET_N; set++) {
			struct span name;

			assert_int_equal(kind_has(&k, set), names[set] != NULL);
			if (!names[set])
				continue;
			memset(text, 0, sizeof(text));
			w = writer_over(text, sizeof(text) - 1);
			kind_name(&w, &k, set);
			assert_string_equal(text, names[set]);
			name = guard_span(writer_done(&w));
			assert_int_equal(kind_parse(name, &back, &which), 0);
			assert_true(kind_same(&k, &back));
			assert_int_equal(which, set);
			guard_free(name);
		}
	}
}

static void other_names_are_none(void **state)
{
	static const char *const names[] = {
		"",
		"any",
		"any5_udp_idle30",
		"all4_udp_idle30",
		"any4_udp_idle",
		"any4_udp_idle30x",
		"any4_udp_both30",
		"any4_udp_both30_life_",
		"any4_udp_both_idle",
		"any4_icmp_idle30",
		"any4_idle30",
		"ban4_32",
		"any4_udp_idle99999999",
		"peer4_udp_",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span name = guard_span(span_str(names[i]));
		struct kind k;
		enum kind_set set;

		if (kind_parse(name, &k, &set) != -1)
			fail_msg("%s is taken for a kind", names[i]);
		guard_free(name);
	}
}

static void bans_have_a_set_for_each_length(void **state)
{
	static const struct {
		const char *network;
		const char *name, *rule;
	} bans[] = {
		{ "192.0.2.7", "ban4_32", "ip saddr @ban4_32 drop\n" },
		{ "192.0.2.0/24", "ban4_24", "ip saddr & 255.255.255.0 @ban4_24 drop\n" },
		{ "192.0.0.0/9", "ban4_9", "ip saddr & 255.128.0.0 @ban4_9 drop\n" },
		{ "2001:db8:0:1::/64", "ban6_64", "ip6 saddr & ffff:ffff:ffff:ffff:: @ban6_64 drop\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bans) / sizeof(bans[0]); i++) {
		char text[512] = "";
		struct writer w = writer_over(text, sizeof(text) - 1);
		struct prefix p;
		uint8_t family, bits;

		assert_int_equal(prefix_parse(span_str(bans[i].network), &p), 0);
		kind_ban_name(&w, &p);
		assert_string_equal(text, bans[i].name);
		assert_int_equal(kind_ban_parse(writer_done(&w), &family, &bits), 0);
		assert_int_equal(family, p.base.family);
		assert_int_equal(bits, p.bits);
		kind_ban_make(&w, &p);
		assert_non_null(strstr(text, bans[i].rule));
	}
	for (unsigned i = 0; i < 4; i++) {
		static const char *const none[] = { "ban4_0", "ban4_33", "ban6_129", "ban4_" };
		uint8_t family, bits;

		assert_int_equal(kind_ban_parse(span_str(none[i]), &family, &bits), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(other_names_are_none),
		cmocka_unit_test(bans_have_a_set_for_each_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
