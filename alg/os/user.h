/* SPDX-License-Identifier: BSD-3-Clause */
/* user.h: the user that a program becomes, as this host knows him. */
#ifndef NATSBC_OS_USER_H
#define NATSBC_OS_USER_H

#include <stdbool.h>
#include <sys/types.h>

enum { USER_ENTRY_MAX = 64 };

struct user {
	uid_t uid;
	gid_t gid;
	bool known; /* has an entry, and with it groups of its own */
	char name[USER_ENTRY_MAX];
};

enum user_found { USER_FOUND, USER_NO_SUCH, USER_NO_USUAL };

/* A name, or a number: that needs no entry. NULL: none was asked for, and the usual one is looked for. USER_NO_SUCH:
 * the one asked for is not there; USER_NO_USUAL: the usual one is not, which is for the program to judge. */
enum user_found user_find(const char *asked, const char *usual, struct user *out);

#endif
