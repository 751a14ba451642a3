/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "sbc/media/lostcalls.h"

static void add(struct lostcalls *l, unsigned number)
{
	char id[TOKEN_ID_LEN + 1];

	snprintf(id, sizeof(id), "call%u", number);
	lostcalls_add(l, id, SPAN("a"), SPAN("b"), SPAN("why"), number);
}

static void none_at_first(void **state)
{
	static struct lostcalls l;

	(void)state;
	assert_null(lostcalls_at(&l, 0));
	assert_null(lostcalls_find(&l, SPAN("call1")));
	assert_null(lostcalls_find(&l, SPAN("")));
}

static void the_newest_come_first_and_the_oldest_go(void **state)
{
	static struct lostcalls l;
	const unsigned last = 2 * LOSTCALLS_KEPT + 3;

	(void)state;
	for (unsigned i = 1; i <= last; i++)
		add(&l, i);
	for (unsigned i = 0; i < LOSTCALLS_KEPT; i++)
		assert_int_equal(lostcalls_at(&l, i)->at, last - i);
	assert_null(lostcalls_at(&l, LOSTCALLS_KEPT));
	assert_non_null(lostcalls_find(&l, SPAN("call67")));
	assert_null(lostcalls_find(&l, SPAN("call1")));
}

static void long_texts_are_cut_and_strange_ones_made_plain(void **state)
{
	static struct lostcalls l;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "\xc3\xa9\n", 3);
	lostcalls_add(&l, "abcdefghijkl", span_of(text, sizeof(text)), span_of(text, sizeof(text)),
		      span_of(text, sizeof(text)), 1);
	assert_string_equal(lostcalls_at(&l, 0)->id, "abcdefghijkl");
	assert_int_equal(strlen(lostcalls_at(&l, 0)->from), LOSTCALL_NAME_MAX - 1);
	assert_int_equal(strlen(lostcalls_at(&l, 0)->to), LOSTCALL_NAME_MAX - 1);
	assert_int_equal(strlen(lostcalls_at(&l, 0)->why), LOSTCALL_WHY_MAX - 1);
	assert_int_equal(strncmp(lostcalls_at(&l, 0)->why, "???xxx", 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_at_first),
		cmocka_unit_test(the_newest_come_first_and_the_oldest_go),
		cmocka_unit_test(long_texts_are_cut_and_strange_ones_made_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
