/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/script.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static struct hole hole(uint64_t id, const char *ours, const char *peer, uint32_t idle_s)
{
	struct hole h = { .said = { .id = id, .protocol = IPPROTO_UDP, .idle_s = idle_s },
			  .instance = 0xab,
			  .left_s = idle_s };

	assert_int_equal(addr_parse(span_str(ours), 0, &h.said.ours), 0);
	if (peer)
		assert_int_equal(addr_parse(span_str(peer), 0, &h.said.peer), 0);
	return h;
}

static void owner_set(struct hole *h, struct span owner)
{
	memcpy(h->owner, owner.p, owner.n);
	h->owner_n = (uint8_t)owner.n;
}

static void steps_on_one_set_are_one_command(void **state)
{
	struct hole a = hole(1, "192.0.2.1:20000", NULL, 30), b = hole(2, "192.0.2.1:20002", NULL, 30),
		    c = hole(3, "192.0.2.1:20000", "192.0.2.9:4000", 30);
	char text[4096];
	struct script s;

	(void)state;
	owner_set(&a, SPAN("call"));
	script_begin(&s, text, sizeof(text), 0);
	script_hole_delete(&s, &c);
	script_hole_add(&s, &a);
	script_hole_add(&s, &b);
	assert_string_equal(script_end(&s),
			    "delete element inet natsbc peer4_udp_idle30 { 0xc0000209c0000201 . 262164000 }\n"
			    "add element inet natsbc any4_udp_idle30 { 192.0.2.1 . 20000 timeout 30s comment "
			    "\"0000000000000001 in 000000ab call\", 192.0.2.1 . 20002 timeout 30s comment "
			    "\"0000000000000002 in 000000ab \" }\n");
}

/* As after a restart. */
static void what_was_is_told(void **state)
{
	struct hole h = hole(1, "192.0.2.1:20000", NULL, 30);
	char text[4096];
	struct script s;

	(void)state;
	h.said.lifetime_s = 60;
	h.ends_ms = 100000;
	h.left_s = 7;
	h.packets = 5;
	h.bytes = 860;
	script_begin(&s, text, sizeof(text), 60000);
	script_hole_add(&s, &h);
	assert_string_equal(
		script_end(&s),
		"add element inet natsbc any4_udp_both30_idle { 192.0.2.1 . 20000 counter packets 5 bytes 860 "
		"timeout 30s expires 7s comment \"0000000000000001 in 000000ab \" }\n"
		"add element inet natsbc any4_udp_both30_life { 192.0.2.1 . 20000 timeout 40s comment "
		"\"0000000000000001 in 000000ab \" }\n");
}

static void bans_run_out(void **state)
{
	struct ban b = { .ends_ms = 61000 };
	char text[1024];
	struct script s;

	(void)state;
	assert_int_equal(prefix_parse(SPAN("192.0.2.0/24"), &b.whom), 0);
	script_begin(&s, text, sizeof(text), 1000);
	script_ban_touch(&s, &b);
	script_ban_delete(&s, &b);
	script_ban_add(&s, &b);
	assert_string_equal(script_end(&s), "add element inet natsbc ban4_24 { 192.0.2.0 }\n"
					    "delete element inet natsbc ban4_24 { 192.0.2.0 }\n"
					    "add element inet natsbc ban4_24 { 192.0.2.0 timeout 60s }\n");
	script_begin(&s, text, sizeof(text), 70000); /* it is over: not for ever */
	script_ban_add(&s, &b);
	assert_string_equal(script_end(&s), "add element inet natsbc ban4_24 { 192.0.2.0 timeout 1s }\n");
}

static void what_does_not_fit_is_no_transaction(void **state)
{
	struct hole h = hole(1, "192.0.2.1:20000", NULL, 30);
	char text[100];
	struct script s;

	(void)state;
	script_begin(&s, text, sizeof(text), 0);
	script_hole_add(&s, &h);
	assert_null(script_end(&s));
}

/* The comment stands between quotes in a language: nothing that an owner is called may leave it. */
static void owners_are_kept(void **state)
{
	static const struct {
		const char *owner, *shown; /* shown NULL: as it is */
	} cases[] = {
		{ "", NULL },
		{ "a84b4c76e66710@pc33.example.com", NULL },
		{ "by hand", "by%20hand" },
		{ "\" } ; flush ruleset", "%22%20}%20;%20flush%20ruleset" },
		{ "100%\\\n\x7f\xff", "100%25%5c%0a%7f%ff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hole h = hole(0x0123456789abcdef, "192.0.2.1:20000", NULL, 30);
		char text[SCRIPT_COMMENT_MAX], shown[SCRIPT_COMMENT_MAX], owner[FIREWALL_OWNER_MAX];
		struct writer w = writer_over(text, sizeof(text));
		struct firewall_hole back = { 0 };
		struct span comment;
		uint32_t instance;

		h.said.direction = i % 2;
		owner_set(&h, span_str(cases[i].owner));
		script_comment(&w, &h);
		snprintf(shown, sizeof(shown), "0123456789abcdef %s 000000ab %s", i % 2 ? "forward" : "in",
			 cases[i].shown ? cases[i].shown : cases[i].owner);
		assert_true(span_eq(writer_done(&w), span_str(shown)));
		comment = guard_span(writer_done(&w));
		assert_int_equal(script_comment_read(comment, &back, owner, &instance), 0);
		assert_true(span_eq(back.owner, span_str(cases[i].owner)));
		assert_true(back.id == 0x0123456789abcdef && back.direction == i % 2 && instance == 0xab);
		guard_free(comment);
	}
}

static void long_owners_are_cut_off(void **state)
{
	struct hole h = hole(1, "192.0.2.1:20000", NULL, 30);
	char text[SCRIPT_COMMENT_MAX], owner[FIREWALL_OWNER_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct firewall_hole back;
	uint32_t instance;

	(void)state;
	memset(h.owner, '"', sizeof(h.owner));
	h.owner_n = sizeof(h.owner);
	script_comment(&w, &h);
	assert_false(w.failed);
	assert_int_equal(script_comment_read(writer_done(&w), &back, owner, &instance), 0);
	assert_in_range(back.owner.n, 20, sizeof(h.owner));
}

static void other_comments_are_not_ours(void **state)
{
	static const char *const comments[] = { "",
						"a hole of mine",
						"0123456789abcdef in 000000ab",
						"0123456789abcdef out 000000ab x",
						"0123456789abcdeg in 000000ab x",
						"0123456789abcdef in 000000ab x%2" };

	(void)state;
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		struct span comment = guard_span(span_str(comments[i]));
		char owner[FIREWALL_OWNER_MAX];
		struct firewall_hole h;
		uint32_t instance;

		if (script_comment_read(comment, &h, owner, &instance) != -1)
			fail_msg("\"%s\" is taken for ours", comments[i]);
		guard_free(comment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_on_one_set_are_one_command),
		cmocka_unit_test(what_was_is_told),
		cmocka_unit_test(bans_run_out),
		cmocka_unit_test(what_does_not_fit_is_no_transaction),
		cmocka_unit_test(owners_are_kept),
		cmocka_unit_test(long_owners_are_cut_off),
		cmocka_unit_test(other_comments_are_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
