/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/rewrite.h"

#include <stdlib.h>

enum { GROUPS = 10 };

int rewrites_init(struct rewrites *r, const struct conf_rewrite *conf, unsigned n)
{
	*r = (struct rewrites){ 0 };
	if (n == 0)
		return 0;
	r->one = calloc(n, sizeof(*r->one));
	if (!r->one)
		return -1;
	for (; r->n < n; r->n++) {
		if (regcomp(&r->one[r->n].match, conf[r->n].match, REG_EXTENDED))
			return -1;
		r->one[r->n].text = conf[r->n].text;
	}
	return 0;
}

void rewrites_free(struct rewrites *r)
{
	for (unsigned i = 0; i < r->n; i++)
		regfree(&r->one[i].match);
	free(r->one);
	*r = (struct rewrites){ 0 };
}

static void put_text(struct writer *w, const char *text, struct span user, const regmatch_t *group)
{
	for (const char *p = text; *p; p++) {
		if (p[0] == '\\' && p[1] >= '0' && p[1] <= '9') {
			const regmatch_t *g = &group[*++p - '0'];

			if (g->rm_so >= 0)
				writer_put(w, span_slice(user, (uint32_t)g->rm_so, (uint32_t)g->rm_eo));
		} else {
			p += p[0] == '\\' && p[1];
			writer_byte(w, *p);
		}
	}
}

bool rewrites_apply(const struct rewrites *r, struct span user, struct writer *w)
{
	char text[REWRITE_USER_MAX];
	regmatch_t group[GROUPS];
	unsigned i = 0;

	if (r->n == 0 || user.n >= sizeof(text) || (user.n && memchr(user.p, '\0', user.n)))
		return false;
	if (user.n)
		memcpy(text, user.p, user.n);
	text[user.n] = '\0';
	while (i < r->n && regexec(&r->one[i].match, text, GROUPS, group, 0) != 0)
		i++;
	if (i == r->n)
		return false;
	writer_put(w, span_slice(user, 0, (uint32_t)group[0].rm_so));
	put_text(w, r->one[i].text, user, group);
	writer_put(w, span_from(user, (uint32_t)group[0].rm_eo));
	return true;
}

void rewrite_user_write(struct writer *w, struct span plain)
{
	static const char digits[] = "0123456789ABCDEF";

	for (uint32_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.p[i];
		bool raw = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			   (c && strchr("-_.!~*'()&=+$,;?/", c));

		if (raw) {
			writer_byte(w, (char)c);
			continue;
		}
		writer_byte(w, '%');
		writer_byte(w, digits[c >> 4]);
		writer_byte(w, digits[c & 15]);
	}
}
