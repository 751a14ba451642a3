/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_port_takes_so_much_mail_and_no_more(void **state)
{
	struct cover c = { 0 };
	(void)state;

	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, false, 1000000));
	assert_false(cover_mail(&c, false, 1000000));
	assert_false(cover_mail(&c, false, 1000000 + COVER_MAIL_MS - 1));
	assert_true(cover_mail(&c, false, 1000000 + COVER_MAIL_MS));
	assert_false(cover_mail(&c, false, 1000000 + COVER_MAIL_MS));
	/* What the time before allowed is not saved beyond the burst; a clock that steps back is no gift. */
	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, false, 9000000));
	assert_false(cover_mail(&c, false, 9000000));
	assert_false(cover_mail(&c, false, 8000000));
}

/* A flood of others leaves the side what it needs to keep up its consent. */
static void strangers_use_up_nothing_of_the_side(void **state)
{
	struct cover c = { 0 };
	(void)state;

	while (cover_mail(&c, false, 5000))
		;
	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, true, 5000));
	assert_false(cover_mail(&c, true, 5000));
}

static void the_next_one_goes_on_where_the_last_one_was(void **state)
{
	struct cover before = { 0 }, c = { .wants_stun = true };
	(void)state;

	while (cover_mail(&before, false, 5000))
		;
	while (cover_mail(&before, true, 5000))
		;
	cover_follow(&c, &before, 0);
	assert_false(cover_mail(&c, false, 5000) || cover_mail(&c, true, 5000));
	assert_true(c.wants_stun);
}

static void it_fits_what_is_asked_for(void **state)
{
	const struct port_spec plain = { .session = 1 }, stun = { .wants_stun = true }, dtls = { .wants_dtls = true };
	struct cover *c;
	(void)state;

	assert_false(cover_is_asked(&plain));
	assert_true(cover_is_asked(&stun) && cover_is_asked(&dtls));
	c = cover_new(&stun, NULL);
	assert_non_null(c);
	assert_true(cover_fits(c, &stun));
	assert_false(cover_fits(c, &dtls));
	cover_free(c);
}

/* The sanitizer tells of what is lost. */
static void what_is_given_back_is_freed(void **state)
{
	const struct port_spec stun = { .wants_stun = true };
	struct cover_pile pile = { 0 };
	(void)state;

	for (unsigned i = 0; i < 3; i++)
		cover_give(&pile, cover_new(&stun, NULL));
	cover_pile_free(&pile);
	assert_null(pile.top);
	cover_pile_free(&pile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_takes_so_much_mail_and_no_more),
		cmocka_unit_test(strangers_use_up_nothing_of_the_side),
		cmocka_unit_test(the_next_one_goes_on_where_the_last_one_was),
		cmocka_unit_test(it_fits_what_is_asked_for),
		cmocka_unit_test(what_is_given_back_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
