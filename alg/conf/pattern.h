/* SPDX-License-Identifier: BSD-3-Clause */
/* pattern.h: is a text a regular expression that may be used: well-formed and cheap to compile. */
#ifndef NATSBC_CONF_PATTERN_H
#define NATSBC_CONF_PATTERN_H

#include <stddef.h>

enum {
	PATTERN_MAX = 256,          /* bytes */
	PATTERN_DEPTH_MAX = 16,     /* parentheses in parentheses */
	PATTERN_EXPANDED_MAX = 4096 /* bytes, were each x{n} written out: regcomp(3) does, and takes seconds for more */
};

/* POSIX extended. 0, or -1 with the reason in why. */
int pattern_check(const char *pattern, char *why, size_t cap);

/* How many groups in ( ) a sound one has. */
unsigned pattern_groups(const char *pattern);

#endif
