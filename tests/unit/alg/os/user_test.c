/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alg/os/user.h"

enum { SOMEBODY = 64110 }; /* whom no host knows */

static void find(void **state)
{
	static const struct {
		const char *asked, *usual;
		enum user_found found;
		const char *name;
		uid_t uid;
		bool known;
	} cases[] = {
		{ "root", "nobody-of-that-name", USER_FOUND, "root", 0, true },
		{ "0", "nobody-of-that-name", USER_FOUND, "root", 0, true },
		{ "64110", "root", USER_FOUND, "64110", SOMEBODY, false },
		{ "4294967294", "root", USER_FOUND, "4294967294", 4294967294u, false },
		{ NULL, "root", USER_FOUND, "root", 0, true },
		{ NULL, "64110", USER_FOUND, "64110", SOMEBODY, false },
		{ NULL, "nobody-of-that-name", USER_NO_USUAL, "", 0, false },
		{ "4294967295", "root", USER_NO_SUCH, "", 0, false }, /* to the kernel: as it is */
		{ "4294967296", "root", USER_NO_SUCH, "", 0, false },
		{ "99999999999999999999", "root", USER_NO_SUCH, "", 0, false },
		{ "-1", "root", USER_NO_SUCH, "", 0, false },
		{ "0x0", "root", USER_NO_SUCH, "", 0, false },
		{ "", "root", USER_NO_SUCH, "", 0, false },
		{ "nobody-of-that-name", "root", USER_NO_SUCH, "", 0, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct user u = { 0 };

		if (user_find(cases[i].asked, cases[i].usual, &u) != cases[i].found || u.uid != cases[i].uid ||
		    u.gid != cases[i].uid || u.known != cases[i].known)
			fail_msg("case %u: uid %u, gid %u, known %d", i, u.uid, u.gid, u.known);
		assert_string_equal(u.name, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
