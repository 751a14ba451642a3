/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/digest.h"

#include <stddef.h>

#include "alg/base/cursor.h"

/* A parameter we read, and where its value goes. */
struct place {
	struct span name;
	size_t offset;
};

/* Without the quotes where there are any. Unquoted values may be more than tokens: old phones forget quotes. */
static struct span take_value(struct cursor *c)
{
	struct span s;

	if (c->left.n && c->left.p[0] == '"') {
		s = cursor_quoted(c);
		return s.n >= 2 ? span_slice(s, 1, s.n - 1) : s;
	}
	s = cursor_until(c, BLANK | COMMA | QUOTE | CONTROL);
	if (s.n == 0)
		c->failed = true;
	return s;
}

/* Values of the wanted names go to their places in out. A name given twice is an attempt to be read in two ways. */
static int take_params(struct cursor *c, const struct place *places, size_t n, void *out)
{
	for (;;) {
		struct span name, value, *to = NULL;

		do
			cursor_blank(c);
		while (cursor_try(c, ','));
		if (cursor_empty(c) || c->failed)
			return c->failed ? -1 : 0;
		name = cursor_token(c);
		cursor_sep(c, '=');
		value = take_value(c);
		cursor_blank(c);
		if (c->failed || (!cursor_empty(c) && c->left.p[0] != ','))
			return -1;
		for (size_t i = 0; i < n && !to; i++)
			if (span_ieq(name, places[i].name))
				to = (struct span *)(void *)((char *)out + places[i].offset);
		if (to && span_is_set(*to))
			return -1;
		if (to)
			*to = value;
	}
}

static int take_all(struct span value, const struct place *places, size_t n, void *out)
{
	struct cursor c = { .left = span_trim(value) };

	cursor_word(&c, SPAN("Digest"));
	if (c.failed || cursor_empty(&c) || !byte_is(c.left.p[0], BLANK))
		return -1;
	return take_params(&c, places, n, out);
}

static const struct span algorithm_names[] = {
	[DIGEST_MD5] = SPAN("MD5"),
	[DIGEST_SHA256] = SPAN("SHA-256"),
	[DIGEST_UNKNOWN] = { 0 },
};

struct span digest_algorithm_name(enum digest_algorithm a)
{
	return algorithm_names[a];
}

/* A token, though some quote it (RFC 7616 3.3). */
static bool algorithm_ok(struct span name)
{
	return !span_is_set(name) || span_all(name, TOKEN);
}

static enum digest_algorithm algorithm_find(struct span name)
{
	if (!span_is_set(name) || span_ieq(name, algorithm_names[DIGEST_MD5]))
		return DIGEST_MD5;
	if (span_ieq(name, algorithm_names[DIGEST_SHA256]))
		return DIGEST_SHA256;
	return DIGEST_UNKNOWN;
}

int digest_credentials_parse(struct span value, struct digest_credentials *out)
{
#define PLACE(name, member)                                                                                            \
	{                                                                                                              \
		SPAN(name), offsetof(struct digest_credentials, member)                                                \
	}
	static const struct place places[] = {
		PLACE("username", username),
		PLACE("realm", realm),
		PLACE("nonce", nonce),
		PLACE("uri", uri),
		PLACE("response", response),
		PLACE("cnonce", cnonce),
		PLACE("opaque", opaque),
		PLACE("qop", qop),
		PLACE("nc", nc),
		PLACE("algorithm", algorithm_name),
	};
#undef PLACE
	struct digest_credentials d = { 0 };

	if (take_all(value, places, sizeof(places) / sizeof(places[0]), &d))
		return -1;
	if (!span_is_set(d.username) || !span_is_set(d.realm) || !span_is_set(d.nonce) || !span_is_set(d.uri) ||
	    !span_is_set(d.response) || !algorithm_ok(d.algorithm_name))
		return -1;
	d.algorithm = algorithm_find(d.algorithm_name);
	*out = d;
	return 0;
}

int digest_challenge_parse(struct span value, struct digest_challenge *out)
{
	struct read {
		struct digest_challenge c;
		struct span stale;
	} r = { 0 };
#define PLACE(name, member)                                                                                            \
	{                                                                                                              \
		SPAN(name), offsetof(struct read, member)                                                              \
	}
	static const struct place places[] = {
		PLACE("realm", c.realm),
		PLACE("nonce", c.nonce),
		PLACE("opaque", c.opaque),
		PLACE("qop", c.qop),
		PLACE("algorithm", c.algorithm_name),
		PLACE("stale", stale),
	};
#undef PLACE

	if (take_all(value, places, sizeof(places) / sizeof(places[0]), &r))
		return -1;
	if (!span_is_set(r.c.realm) || !span_is_set(r.c.nonce) || !algorithm_ok(r.c.algorithm_name))
		return -1;
	r.c.algorithm = algorithm_find(r.c.algorithm_name);
	r.c.stale = span_ieq(r.stale, SPAN("true"));
	*out = r.c;
	return 0;
}

static void write_quoted(struct writer *w, const char *before, struct span value)
{
	writer_str(w, before);
	writer_byte(w, '"');
	writer_put(w, value);
	writer_byte(w, '"');
}

void digest_challenge_write(struct writer *w, const struct digest_challenge *c)
{
	write_quoted(w, "Digest realm=", c->realm);
	write_quoted(w, ", nonce=", c->nonce);
	if (span_is_set(c->opaque))
		write_quoted(w, ", opaque=", c->opaque);
	if (span_is_set(c->algorithm_name) || c->algorithm != DIGEST_MD5) {
		writer_str(w, ", algorithm=");
		writer_put(w, span_is_set(c->algorithm_name) ? c->algorithm_name : digest_algorithm_name(c->algorithm));
	}
	write_quoted(w, ", qop=", span_is_set(c->qop) ? c->qop : SPAN("auth"));
	if (c->stale)
		writer_str(w, ", stale=true");
}
