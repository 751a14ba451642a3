/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/literal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void close_all(struct literals *l)
{
	for (unsigned i = 0; i < l->n; i++)
		l->one[i].open = false;
}

static bool any_open(const struct literals *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->one[i].open)
			return true;
	return false;
}

/* False: there is no room for it. */
static bool add(struct literals *l, const struct literal *one)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->one[i].n == one->n && l->one[i].open == one->open &&
		    memcmp(l->one[i].text, one->text, one->n) == 0)
			return true;
	if (l->n == LITERAL_MAX)
		return false;
	l->one[l->n++] = *one;
	return true;
}

/* Each open one with each of what follows. What would be too many or too long ends them where they are. */
static void append(struct literals *l, const struct literals *next)
{
	struct literals all = { 0 };

	for (unsigned i = 0; i < l->n; i++) {
		for (unsigned k = 0; k < next->n; k++) {
			struct literal one = l->one[i];
			bool fits = one.n + next->one[k].n <= LITERAL_LEN;

			if (one.open && fits) {
				memcpy(one.text + one.n, next->one[k].text, next->one[k].n);
				one.n = (uint8_t)(one.n + next->one[k].n);
				one.open = next->one[k].open;
			}
			if ((l->one[i].open && !fits) || !add(&all, &one)) {
				close_all(l);
				return;
			}
		}
	}
	*l = all;
}

/* ----- how often ----- */

struct times {
	unsigned least;
	bool exactly; /* least times and no more; else what follows is unknown, but for `maybe` */
	bool maybe;   /* once or not at all */
	bool unclear;
};

/* {m}, {m,}, {m,n}. */
static struct times read_interval(const char **p)
{
	struct times t = { 0 };
	char *end;

	(*p)++;
	if (!isdigit((unsigned char)**p))
		return (struct times){ .unclear = true };
	t.least = (unsigned)strtoul(*p, &end, 10);
	t.exactly = *end == '}';
	while (*end && *end != '}')
		end++;
	if (!*end || t.least > LITERAL_LEN)
		return (struct times){ .unclear = true };
	*p = end + 1;
	return t;
}

static struct times read_times(const char **p)
{
	struct times t = { .least = 1, .exactly = true };

	if (**p == '{') {
		t = read_interval(p);
	} else if (**p && strchr("*+?", **p)) {
		t = (struct times){ .least = **p == '+', .maybe = **p == '?' };
		(*p)++;
	}
	/* One upon the other: that is left to regexec(3). */
	if (**p && strchr("*+?{", **p))
		t.unclear = true;
	return t;
}

/* Atom, as often as t says, behind l. */
static void append_times(struct literals *l, struct literals *atom, const struct times *t)
{
	struct literal none = { .open = true };

	if (t->unclear) {
		close_all(l);
		return;
	}
	if (t->maybe && add(atom, &none)) {
		append(l, atom);
		return;
	}
	for (unsigned i = 0; i < t->least && any_open(l); i++)
		append(l, atom);
	if (!t->exactly)
		close_all(l);
}

/* ----- what ----- */

static bool read_sequences(const char **p, struct literals *out, unsigned depth);

/* [abc], [0-9]: one text for each. False: too many, or not a plain list. */
static bool read_set(const char **p, struct literals *out)
{
	const unsigned char *s = (const unsigned char *)*p + 1;
	bool first = true;

	if (*s == '^')
		return false;
	for (; *s && (*s != ']' || first); first = false) {
		unsigned from = *s, to = *s;

		if (*s == '[' && strchr(".:=", s[1]))
			return false;
		if (s[1] == '-' && s[2] && s[2] != ']') {
			if (s[2] == '[')
				return false;
			to = s[2];
			s += 2;
		}
		s++;
		for (unsigned c = from; c <= to; c++) {
			struct literal one = { .n = 1, .open = true, .text = { (char)c } };

			if (!add(out, &one))
				return false;
		}
	}
	*p = (const char *)s + 1;
	return *s != '\0' && out->n > 0;
}

/* One character, or a set or group of them. False: not understood. */
static bool read_atom(const char **p, struct literals *out, unsigned depth)
{
	struct literal one = { .n = 1, .open = true };

	*out = (struct literals){ 0 };
	if (**p == '[')
		return read_set(p, out);
	if (**p == '(') {
		(*p)++;
		if (!read_sequences(p, out, depth + 1) || **p != ')')
			return false;
		(*p)++;
		return true;
	}
	if (strchr(".^$*+?{", **p))
		return false;
	if (**p == '\\') {
		(*p)++;
		if (!**p || !strchr(".[]\\()*+?{}|^$/#-", **p))
			return false;
	}
	one.text[0] = **p;
	(*p)++;
	return add(out, &one);
}

/* [...], to its closing bracket. False: there is none. */
static bool skip_set(const char **p)
{
	*p += (*p)[1] == '^' ? 2 : 1;
	if (**p == ']')
		(*p)++;
	for (; **p && **p != ']'; (*p)++) {
		char kind = (*p)[0] == '[' && (*p)[1] && strchr(".:=", (*p)[1]) ? (*p)[1] : '\0';

		if (!kind)
			continue;
		for (*p += 2; **p && !((*p)[0] == kind && (*p)[1] == ']'); (*p)++)
			;
		if (!**p)
			return false;
		(*p)++;
	}
	return **p == ']';
}

/* Passes over the rest of an alternative, whose texts are known as far as they will be. False: it is not even clear
 * where that ends. */
static bool skip_alternative(const char **p)
{
	unsigned depth = 0;

	for (; **p; (*p)++) {
		if (**p == '[') {
			if (!skip_set(p))
				return false;
		} else if (**p == '\\' && (*p)[1]) {
			(*p)++;
		} else if (**p == '(') {
			depth++;
		} else if (depth == 0 && (**p == ')' || **p == '|')) {
			return true;
		} else if (**p == ')') {
			depth--;
		}
	}
	return true;
}

static bool read_sequence(const char **p, struct literals *out, unsigned depth)
{
	struct literal none = { .open = true };
	struct literals atom;

	*out = (struct literals){ 0 };
	add(out, &none);
	while (**p && **p != '|' && **p != ')') {
		const char *at = *p;
		struct times t;

		if (!any_open(out) || depth > LITERAL_DEPTH || !read_atom(p, &atom, depth)) {
			*p = at;
			close_all(out);
			return skip_alternative(p);
		}
		t = read_times(p);
		append_times(out, &atom, &t);
	}
	return true;
}

/* Alternatives, up to the closing parenthesis or the end. */
static bool read_sequences(const char **p, struct literals *out, unsigned depth)
{
	struct literals one;

	*out = (struct literals){ 0 };
	for (;; (*p)++) {
		/* At the top each must stand at the beginning of the text. */
		if (depth == 0 && *(*p)++ != '^')
			return false;
		if (!read_sequence(p, &one, depth))
			return false;
		for (unsigned i = 0; i < one.n; i++)
			if (!add(out, &one.one[i]))
				return false;
		if (**p != '|')
			return true;
	}
}

void literal_read(const char *expression, struct literals *out)
{
	const char *p = expression;

	if (read_sequences(&p, out, 0) && *p == '\0')
		return;
	*out = (struct literals){ .n = 1 };
}

unsigned literal_shortest(const struct literals *l)
{
	unsigned least = LITERAL_LEN;

	for (unsigned i = 0; i < l->n; i++)
		least = l->one[i].n < least ? l->one[i].n : least;
	return least;
}
