/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/pattern.h"

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Over [...], where nothing is special but its end. */
static const char *skip_set(const char *p)
{
	p += p[1] == '^' ? 2 : 1;
	if (*p == ']')
		p++;
	while (*p && *p != ']')
		p++;
	return *p ? p : p - 1;
}

/* The largest number of {m,n}; *p is moved to the closing brace. */
static size_t interval(const char **p)
{
	size_t most = 1;

	for ((*p)++; **p && **p != '}'; (*p)++) {
		size_t n = strtoul(*p, NULL, 10);

		most = n > most ? n : most;
	}
	if (!**p)
		(*p)--;
	return most < PATTERN_EXPANDED_MAX ? most : PATTERN_EXPANDED_MAX;
}

struct level {
	size_t all;
	size_t last; /* the part of it that an interval would repeat */
};

/* One more part; what follows as * + ? belongs to the part before it. */
static void level_add(struct level *l, size_t size, bool follows)
{
	l->all += size;
	l->last = follows ? l->last + size : size;
}

/* The size in bytes with all intervals written out; above PATTERN_EXPANDED_MAX once it is too large or too deep. What
 * is malformed gets some size: regcomp() refuses it later. */
static size_t expanded(const char *p)
{
	struct level level[PATTERN_DEPTH_MAX + 1] = { 0 }, *l = level;

	for (; *p && l->all <= PATTERN_EXPANDED_MAX; p++) {
		if (*p == '(') {
			if (l == level + PATTERN_DEPTH_MAX)
				return PATTERN_EXPANDED_MAX + 1;
			*++l = (struct level){ 0 };
		} else if (*p == ')' && l > level) {
			l--;
			level_add(l, l[1].all + 2, false);
		} else if (*p == '{') {
			level_add(l, l->last * (interval(&p) - 1), true);
		} else if (*p == '[') {
			p = skip_set(p);
			level_add(l, 1, false);
		} else {
			level_add(l, 1, strchr("*+?", *p) != NULL);
			p += *p == '\\' && p[1];
		}
	}
	return l->all > PATTERN_EXPANDED_MAX ? l->all : level[0].all;
}

/* POSIX knows neither \d nor \D: regcomp() takes them for the letters, which no number has. */
static bool has_digit_class(const char *p)
{
	for (; *p; p++) {
		if (*p == '[')
			p = skip_set(p);
		else if (*p == '\\' && p[1] && strchr("dD", *++p))
			return true;
	}
	return false;
}

int pattern_check(const char *pattern, char *why, size_t cap)
{
	regex_t re;
	int rc;

	if (strlen(pattern) > PATTERN_MAX) {
		snprintf(why, cap, "longer than %d bytes", PATTERN_MAX);
		return -1;
	}
	if (expanded(pattern) > PATTERN_EXPANDED_MAX) {
		snprintf(why, cap, "too many repetitions in {} or too many nested ()");
		return -1;
	}
	if (has_digit_class(pattern)) {
		snprintf(why, cap, "\\\\d and \\\\D are unknown here: write [0-9], [^0-9]");
		return -1;
	}
	rc = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB);
	if (rc) {
		regerror(rc, &re, why, cap);
		return -1;
	}
	regfree(&re);
	return 0;
}

unsigned pattern_groups(const char *pattern)
{
	regex_t re;
	size_t n;

	if (regcomp(&re, pattern, REG_EXTENDED))
		return 0;
	n = re.re_nsub;
	regfree(&re);
	return (unsigned)n;
}
