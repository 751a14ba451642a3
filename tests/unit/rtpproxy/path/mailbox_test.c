/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/mailbox.h"

#include "tests/unit/rtpproxy/burst_stage.h"

static struct datapath_mail mail_of(uint16_t port, const char *text)
{
	struct datapath_mail m = { .own.port = port, .session = 7, .source = addr(PHONE), .stun = true };

	m.n = (uint16_t)strlen(text);
	memcpy(m.bytes, text, m.n);
	return m;
}

/* Workers put from the first packet on, whether control has asked for mail or not. */
static void nobody_asked_for_it(void **state)
{
	const struct datapath_mail m = mail_of(10000, "a");
	struct mailbox b = { 0 };
	struct datapath_mail out;

	(void)state;
	assert_false(mailbox_is_open(NULL));
	assert_false(mailbox_is_open(&b));
	assert_false(mailbox_put(NULL, &m));
	assert_false(mailbox_put(&b, &m));
	assert_false(mailbox_take(&b, &out));
	mailbox_close(&b);
}

static void what_was_put_is_taken_in_order_and_whole(void **state)
{
	struct datapath_mail first = mail_of(10000, "first"), second = mail_of(10002, "second"), out;
	struct mailbox b = { 0 };

	(void)state;
	memset(first.bytes, 'x', DATAPATH_MAIL_MAX);
	first.n = DATAPATH_MAIL_MAX;
	assert_int_equal(mailbox_open(&b), 0);
	assert_true(mailbox_is_open(&b));
	assert_true(mailbox_put(&b, &first));
	assert_true(mailbox_put(&b, &second));
	assert_true(mailbox_take(&b, &out));
	assert_memory_equal(&out, &first, sizeof(out));
	assert_true(mailbox_take(&b, &out));
	assert_memory_equal(&out, &second, sizeof(out));
	assert_false(mailbox_take(&b, &out));
	mailbox_close(&b);
	assert_false(mailbox_is_open(&b));
}

/* The second port that wants mail finds it open: what waits there stays. */
static void opened_twice_it_is_the_same(void **state)
{
	const struct datapath_mail m = mail_of(10000, "a");
	struct mailbox b = { 0 };
	struct datapath_mail out;

	(void)state;
	assert_int_equal(mailbox_open(&b), 0);
	assert_true(mailbox_put(&b, &m));
	assert_int_equal(mailbox_open(&b), 0);
	assert_true(mailbox_take(&b, &out));
	assert_int_equal(out.own.port, 10000);
	mailbox_close(&b);
}

static void it_takes_so_many_and_goes_on_when_there_is_room(void **state)
{
	const struct datapath_mail m = mail_of(10000, "a");
	struct mailbox b = { 0 };
	struct datapath_mail out;
	unsigned n = 0;

	(void)state;
	assert_int_equal(mailbox_open(&b), 0);
	while (n <= MAILBOX_WAITING && mailbox_put(&b, &m))
		n++;
	assert_int_equal(n, MAILBOX_WAITING - 1);
	assert_true(mailbox_take(&b, &out));
	assert_true(mailbox_put(&b, &m));
	assert_false(mailbox_put(&b, &m));
	mailbox_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_asked_for_it),
		cmocka_unit_test(what_was_put_is_taken_in_order_and_whole),
		cmocka_unit_test(opened_twice_it_is_the_same),
		cmocka_unit_test(it_takes_so_many_and_goes_on_when_there_is_room),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
