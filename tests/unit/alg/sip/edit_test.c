/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/edit.h"

struct want {
	uint32_t from, to;
	const char *text;
	int rc;
};

enum { WANTS = 6 };

/* Edits made in this order on "0123456789", what each returned, and the result. */
static void edits(void **state)
{
	static const struct {
		const char *name, *expected;
		struct want want[WANTS];
		unsigned n;
	} cases[] = {
		{ "none", "0123456789", { { 0 } }, 0 },
		{ "replace", "01AB456789", { { 2, 4, "AB", 0 } }, 1 },
		{ "shorter", "01A456789", { { 2, 4, "A", 0 } }, 1 },
		{ "longer", "01ABCD456789", { { 2, 4, "ABCD", 0 } }, 1 },
		{ "delete", "01456789", { { 2, 4, "", 0 } }, 1 },
		{ "insert", "01A23456789", { { 2, 2, "A", 0 } }, 1 },
		{ "insert in front", "A0123456789", { { 0, 0, "A", 0 } }, 1 },
		{ "insert at the end", "0123456789A", { { 10, 10, "A", 0 } }, 1 },
		{ "replace all", "A", { { 0, 10, "A", 0 } }, 1 },
		{ "delete all", "", { { 0, 10, "", 0 } }, 1 },
		{ "nothing for nothing", "0123456789", { { 3, 3, "", 0 } }, 1 },
		{ "given backwards", "A123B567C9", { { 8, 9, "C", 0 }, { 4, 5, "B", 0 }, { 0, 1, "A", 0 } }, 3 },
		{ "one behind the other", "AB456789", { { 2, 4, "B", 0 }, { 0, 2, "A", 0 } }, 2 },
		{ "inserts at one place keep their order",
		  "01ABC23456789",
		  { { 2, 2, "A", 0 }, { 2, 2, "B", 0 }, { 2, 2, "C", 0 } },
		  3 },
		{ "insert before what was replaced", "01BA3456789", { { 2, 3, "A", 0 }, { 2, 2, "B", 0 } }, 2 },
		{ "replace behind what was inserted", "01BA3456789", { { 2, 2, "B", 0 }, { 2, 3, "A", 0 } }, 2 },
		{ "insert behind what was replaced", "01AB3456789", { { 2, 3, "A", 0 }, { 3, 3, "B", 0 } }, 2 },
		{ "inserts around a replacement",
		  "01aA!bB3456789",
		  { { 3, 3, "b", 0 }, { 2, 2, "a", 0 }, { 2, 3, "!", 0 }, { 3, 3, "B", 0 }, { 2, 2, "A", 0 } },
		  5 },
		{ "the same bytes twice", "01A456789", { { 2, 4, "A", 0 }, { 2, 4, "B", -1 } }, 2 },
		{ "overlap from the left", "01A456789", { { 2, 4, "A", 0 }, { 1, 3, "B", -1 } }, 2 },
		{ "overlap from the right", "01A456789", { { 2, 4, "A", 0 }, { 3, 5, "B", -1 } }, 2 },
		{ "around", "01A456789", { { 2, 4, "A", 0 }, { 1, 5, "B", -1 } }, 2 },
		{ "within", "01A6789", { { 2, 6, "A", 0 }, { 3, 4, "B", -1 } }, 2 },
		{ "insert within", "01A6789", { { 2, 6, "A", 0 }, { 4, 4, "B", -1 } }, 2 },
		{ "around an insert", "0123A456789", { { 4, 4, "A", 0 }, { 2, 6, "B", -1 } }, 2 },
		{ "the same start, longer", "01A456789", { { 2, 4, "A", 0 }, { 2, 6, "B", -1 } }, 2 },
		{ "the same start, shorter", "01A6789", { { 2, 6, "A", 0 }, { 2, 4, "B", -1 } }, 2 },
		{ "wrong way round", "0123456789", { { 4, 2, "A", -1 } }, 1 },
		{ "a refused one changes nothing",
		  "0A23B56789",
		  { { 1, 2, "A", 0 }, { 0, 10, "X", -1 }, { 4, 5, "B", 0 } },
		  3 },
	};
	const struct span original = SPAN("0123456789");
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct edit_list l = { 0 };
		char text[64];
		struct writer w = writer_over(text, sizeof(text));

		for (unsigned k = 0; k < cases[i].n; k++) {
			const struct want *e = &cases[i].want[k];

			if (edit_replace(&l, e->from, e->to, span_str(e->text)) != e->rc)
				fail_msg("%s: edit %u", cases[i].name, k);
		}
		edit_write(&l, original, &w);
		if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&w)));
		assert_int_equal(edit_growth(&l, 0, original.n), (int)w.n - (int)original.n);
	}
}

/* Gathering gives the same bytes as writing, without copies and without empty slices. */
static void gather_is_write_in_slices(void **state)
{
	const struct span original = SPAN("0123456789");
	struct edit_list l = { 0 };
	struct iovec iov[8];
	char text[32];
	struct writer w = writer_over(text, sizeof(text));
	(void)state;

	assert_int_equal(edit_replace(&l, 0, 1, SPAN("A")), 0);
	assert_int_equal(edit_replace(&l, 1, 3, SPAN("")), 0);
	assert_int_equal(edit_replace(&l, 7, 7, SPAN("B")), 0);
	assert_int_equal(edit_gather(&l, original, iov, 8), 4);
	assert_ptr_equal(iov[1].iov_base, original.p + 3);
	for (int i = 0; i < 4; i++) {
		assert_true(iov[i].iov_len > 0);
		writer_put(&w, span_of(iov[i].iov_base, iov[i].iov_len));
	}
	assert_true(span_eq(writer_done(&w), SPAN("A3456B789")));
}

static void gather_wants_room(void **state)
{
	const struct span original = SPAN("0123456789");
	struct edit_list l = { 0 };
	struct iovec iov[3];
	(void)state;

	assert_int_equal(edit_gather(&l, original, iov, 0), -1);
	assert_int_equal(edit_gather(&l, original, iov, 1), 1);
	assert_int_equal(edit_gather(&l, SPAN(""), iov, 0), 0);
	assert_int_equal(edit_replace(&l, 5, 5, SPAN("A")), 0);
	assert_int_equal(edit_gather(&l, original, iov, 2), -1);
	assert_int_equal(edit_gather(&l, original, iov, 3), 3);
}

static void edits_beyond_the_text_are_refused(void **state)
{
	struct edit_list l = { 0 };
	struct iovec iov[3];
	char text[16];
	struct writer w = writer_over(text, sizeof(text));
	(void)state;

	assert_int_equal(edit_replace(&l, 3, 6, SPAN("A")), 0);
	assert_int_equal(edit_gather(&l, SPAN("01234"), iov, 3), -1);
	edit_write(&l, SPAN("01234"), &w);
	assert_true(w.failed);
	assert_int_equal(edit_gather(&l, SPAN("012345"), iov, 3), 2);
}

static void growth_of_a_part(void **state)
{
	static const struct {
		uint32_t from, to;
		int32_t growth;
	} cases[] = {
		{ 0, 10, 3 + 1 - 2 }, { 0, 3, 3 }, { 3, 10, 3 + 1 - 2 }, { 4, 10, 1 - 2 },
		{ 4, 6, 1 },          { 5, 6, 0 }, { 6, 10, -2 },        { 8, 10, 0 },
	};
	struct edit_list l = { 0 };
	(void)state;

	assert_int_equal(edit_replace(&l, 3, 3, SPAN("abc")), 0);
	assert_int_equal(edit_replace(&l, 4, 5, SPAN("xy")), 0);
	assert_int_equal(edit_replace(&l, 7, 9, SPAN("")), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (edit_growth(&l, cases[i].from, cases[i].to) != cases[i].growth)
			fail_msg("[%u, %u)", cases[i].from, cases[i].to);
}

static void the_list_has_an_end(void **state)
{
	struct edit_list l = { 0 };
	(void)state;

	for (uint32_t i = 0; i < EDIT_MAX; i++)
		assert_int_equal(edit_replace(&l, 2 * i, 2 * i + 1, SPAN("x")), 0);
	assert_int_equal(edit_replace(&l, 1000, 1001, SPAN("x")), -1);
	assert_int_equal(edit_replace(&l, 0, 0, SPAN("x")), -1);
	assert_int_equal(l.n, EDIT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(gather_is_write_in_slices),
		cmocka_unit_test(gather_wants_room),
		cmocka_unit_test(edits_beyond_the_text_are_refused),
		cmocka_unit_test(growth_of_a_part),
		cmocka_unit_test(the_list_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
