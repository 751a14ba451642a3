/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/os/user.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int number_of(const char *text, uid_t *out)
{
	char *end;
	unsigned long n;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || n >= UINT32_MAX) /* (uid_t)-1 is nobody at all */
		return -1;
	*out = (uid_t)n;
	return 0;
}

enum user_found user_find(const char *asked, const char *usual, struct user *out)
{
	const char *text = asked ? asked : usual;
	const struct passwd *p = getpwnam(text);
	uid_t number;

	if (!p && number_of(text, &number) == 0) {
		p = getpwuid(number);
		if (!p) {
			*out = (struct user){ .uid = number, .gid = number };
			snprintf(out->name, sizeof(out->name), "%u", number);
			return USER_FOUND;
		}
	}
	if (!p)
		return asked ? USER_NO_SUCH : USER_NO_USUAL;
	*out = (struct user){ .uid = p->pw_uid, .gid = p->pw_gid, .known = true };
	snprintf(out->name, sizeof(out->name), "%s", p->pw_name);
	return USER_FOUND;
}
