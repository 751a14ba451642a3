/* SPDX-License-Identifier: BSD-3-Clause */
/* In a network of the test's own, with a /run of its own: that takes root; without it there is nothing to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rtpproxy/path/loopback.h"

static const char *const switches[LOOPBACK_SWITCHES] = { "/proc/sys/net/ipv4/conf/lo/accept_local",
							 "/proc/sys/net/ipv4/conf/lo/route_localnet" };

static int apart(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return 0;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, NULL))
		return -1;
	return 0;
}

static void put(const char *values)
{
	for (unsigned i = 0; i < LOOPBACK_SWITCHES; i++) {
		FILE *f = fopen(switches[i], "w");

		assert_non_null(f);
		assert_int_equal(fputc(values[i], f), values[i]);
		fclose(f);
	}
}

static void expect(const char *values)
{
	for (unsigned i = 0; i < LOOPBACK_SWITCHES; i++) {
		FILE *f = fopen(switches[i], "r");

		assert_non_null(f);
		if (fgetc(f) != values[i])
			fail_msg("%s is not %c", switches[i], values[i]);
		fclose(f);
	}
}

static unsigned notes(void)
{
	DIR *d = opendir("/run/natsbc");
	unsigned n = 0;

	for (struct dirent *e; d && (e = readdir(d));)
		n += strncmp(e->d_name, "lo.", 3) == 0;
	if (d)
		closedir(d);
	return n;
}

static void begin(struct loopback *l)
{
	const char *error = NULL;

	if (loopback_open(l, &error) < 0)
		fail_msg("%s", error);
	expect("11");
}

static void what_they_were_is_put_back(void **state)
{
	static const char *const cases[] = { "00", "10", "01", "11" };
	struct loopback l;
	(void)state;

	if (geteuid() != 0)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(cases[i]);
		begin(&l);
		/* Where nothing is changed there is nothing to remember. */
		assert_int_equal(notes(), strcmp(cases[i], "11") != 0);
		loopback_close(&l);
		expect(cases[i]);
		assert_int_equal(notes(), 0);
	}
}

/* The run after it knows what they were before. */
static void a_run_that_was_killed(void **state)
{
	struct loopback killed, l;
	(void)state;

	if (geteuid() != 0)
		skip();
	put("01");
	begin(&killed);
	begin(&l);
	loopback_close(&l);
	expect("01");
	assert_int_equal(notes(), 0);
	close(killed.note);
}

/* What somebody else wrote there is not put into a switch. */
static void a_note_that_is_none(void **state)
{
	static const char *const cases[] = { "", "1", "x0", "0\n" };
	struct loopback killed, l;
	(void)state;

	if (geteuid() != 0)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put("00");
		begin(&killed);
		assert_int_equal(ftruncate(killed.note, 0), 0);
		assert_int_equal(pwrite(killed.note, cases[i], strlen(cases[i]), 0), strlen(cases[i]));
		close(killed.note);
		begin(&l);
		loopback_close(&l);
		expect("11"); /* as it found them */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_they_were_is_put_back),
		cmocka_unit_test(a_run_that_was_killed),
		cmocka_unit_test(a_note_that_is_none),
	};

	return cmocka_run_group_tests(tests, apart, NULL);
}
