/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/book.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { WHO = 7, ANOTHER = 8 };

static const struct hash_key key = { 1, 2 };

static struct firewall_hole hole(uint64_t id, const char *ours, const char *peer)
{
	struct firewall_hole h = { .id = id, .protocol = IPPROTO_UDP, .idle_s = 30 };

	assert_int_equal(addr_parse(span_str(ours), 0, &h.ours), 0);
	if (peer)
		assert_int_equal(addr_parse(span_str(peer), 0, &h.peer), 0);
	return h;
}

static void holes_are_found_by_id_and_by_what_they_let_in(void **state)
{
	struct firewall_hole a = hole(1, "192.0.2.1:20000", NULL), b = hole(2, "192.0.2.1:20000", "192.0.2.9:5"),
			     c = hole(3, "192.0.2.1:20000", NULL);
	struct book book;
	struct hole *h;

	(void)state;
	assert_int_equal(book_init(&book, &key), 0);
	a.owner = SPAN("a call");
	h = book_add(&book, &a, WHO, 1000);
	assert_non_null(h);
	assert_true(span_eq(hole_owner(h), SPAN("a call")));
	assert_int_equal(h->ends_ms, 0);
	assert_non_null(book_add(&book, &b, WHO, 1000));
	assert_null(book_add(&book, &a, WHO, 1000)); /* the id is taken */
	assert_null(book_add(&book, &c, WHO, 1000)); /* what it lets in is */
	assert_ptr_equal(book_hole(&book, WHO, 1), h);
	assert_null(book_hole(&book, WHO, 3));
	assert_ptr_equal(book_hole_like(&book, &c), h);
	c.protocol = IPPROTO_TCP;
	c.id = 1; /* numbers of another are others */
	assert_null(book_hole(&book, ANOTHER, 1));
	assert_non_null(book_add(&book, &c, ANOTHER, 1000));
	assert_ptr_not_equal(book_hole(&book, ANOTHER, 1), h);
	book_remove(&book, book_hole(&book, ANOTHER, 1));
	assert_null(book_hole_like(&book, &c));
	book_remove(&book, h);
	assert_null(book_hole(&book, WHO, 1));
	assert_null(book_hole_like(&book, &a));
	assert_non_null(book_hole(&book, WHO, 2));
	book_fini(&book);
}

static void a_book_is_full_at_some_time(void **state)
{
	struct firewall_hole h = hole(0, "10.0.0.1:1", NULL);
	struct book book;

	(void)state;
	assert_int_equal(book_init(&book, &key), 0);
	for (h.id = 0; h.id < BOOK_HOLES_MAX; h.id++) {
		h.ours.port = (uint16_t)(h.id + 1);
		assert_non_null(book_add(&book, &h, WHO, 0));
	}
	h.ours.ip[0] = 11;
	assert_null(book_add(&book, &h, WHO, 0));
	book_remove(&book, book_hole(&book, WHO, 5));
	assert_non_null(book_add(&book, &h, WHO, 0));
	book_fini(&book);
}

static struct prefix net(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_str(text), &p), 0);
	return p;
}

static void bans_are_networks(void **state)
{
	struct prefix host = net("192.0.2.7/24"), network = net("192.0.2.0/24"), one = net("192.0.2.0/32"),
		      six = net("2001:db8::7/64");
	struct book book;
	struct ban *b;

	(void)state;
	assert_int_equal(book_init(&book, &key), 0);
	b = book_ban_add(&book, &host, 5000);
	assert_non_null(b);
	assert_true(addr_same_host(&b->whom.base, &network.base));
	assert_ptr_equal(book_ban(&book, &network), b);
	assert_null(book_ban(&book, &one));
	assert_ptr_equal(book_ban_add(&book, &network, 9000), b); /* again: for longer */
	assert_int_equal(b->ends_ms, 9000);
	assert_non_null(book_ban_add(&book, &one, 6000));
	assert_non_null(book_ban_add(&book, &six, 7000));
	book_bans_expire(&book, 6999);
	assert_null(book_ban(&book, &one));
	assert_non_null(book_ban(&book, &six));
	book_ban_remove(&book, book_ban(&book, &six));
	assert_int_equal(book.bans.count, 1);
	book_fini(&book);
}

static void instances_differ(void **state)
{
	(void)state;
	assert_int_equal(book_instance(SPAN("edge1")), book_instance(SPAN("edge1")));
	assert_int_not_equal(book_instance(SPAN("edge1")), book_instance(SPAN("edge2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_found_by_id_and_by_what_they_let_in),
		cmocka_unit_test(a_book_is_full_at_some_time),
		cmocka_unit_test(bans_are_networks),
		cmocka_unit_test(instances_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
