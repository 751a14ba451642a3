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
	[DIGEST_SHA512_256] = SPAN("SHA-512-256"),
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
	if (!span_is_set(name))
		return DIGEST_MD5;
	for (int a = 0; a < DIGEST_UNKNOWN; a++)
		if (span_ieq(name, algorithm_names[a]))
			return (enum digest_algorithm)a;
	return DIGEST_UNKNOWN;
}

static bool is_session(struct span name)
{
	const struct span end = SPAN("-sess");

	return name.n > end.n && span_ieq(span_from(name, name.n - end.n), end);
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
	r.c.session = is_session(r.c.algorithm_name);
	r.c.algorithm = algorithm_find(r.c.session ? span_slice(r.c.algorithm_name, 0, r.c.algorithm_name.n - 5)
						   : r.c.algorithm_name);
	r.c.stale = span_ieq(r.stale, SPAN("true"));
	*out = r.c;
	return 0;
}

struct span digest_next_nonce(struct span value)
{
	static const struct place places[] = { { SPAN("nextnonce"), 0 } };
	struct cursor c = { .left = value };
	struct span nonce = { 0 };

	return take_params(&c, places, 1, &nonce) == 0 ? nonce : (struct span){ 0 };
}

/* A comma is one between challenges where a scheme comes after it: a token, blanks and something else than "=". */
static bool begins_challenge(struct span after)
{
	struct cursor c = { .left = after };

	cursor_blank(&c);
	cursor_token(&c);
	if (c.failed || cursor_empty(&c) || !byte_is(c.left.p[0], BLANK))
		return false;
	cursor_blank(&c);
	return !cursor_empty(&c) && c.left.p[0] != '=' && c.left.p[0] != ',';
}

struct span digest_challenge_next(struct span *left)
{
	struct cursor c = { .left = *left };
	struct span one;

	do
		cursor_blank(&c);
	while (cursor_try(&c, ','));
	one = c.left;
	for (;;) {
		cursor_until(&c, QUOTE | COMMA);
		if (cursor_empty(&c) || (c.left.p[0] == ',' && begins_challenge(span_from(c.left, 1))))
			break;
		if (!cursor_try(&c, ',')) {
			cursor_quoted(&c);
			if (c.failed) /* unclosed: all of it */
				c = (struct cursor){ .left = span_from(c.left, c.left.n) };
		}
	}
	*left = c.left;
	one = span_trim(span_of(one.p, one.n - c.left.n));
	return one.n ? one : (struct span){ 0 };
}

enum digest_qop digest_challenge_qop(const struct digest_challenge *c)
{
	struct cursor list = { .left = c->qop };
	enum digest_qop found = DIGEST_QOP_UNKNOWN;

	if (!span_is_set(c->qop))
		return DIGEST_QOP_NONE;
	while (!cursor_empty(&list)) {
		struct span one = span_trim(cursor_until(&list, COMMA));

		if (span_ieq(one, SPAN("auth")))
			return DIGEST_QOP_AUTH;
		if (span_ieq(one, SPAN("auth-int")))
			found = DIGEST_QOP_AUTH_INT;
		cursor_try(&list, ',');
	}
	return found;
}

/* A fold inside of quotes would not come out as it came in. */
static bool is_one_line(struct span s)
{
	return span_find(s, '\r') == s.n && span_find(s, '\n') == s.n;
}

bool digest_challenge_usable(const struct digest_challenge *c)
{
	return is_one_line(c->realm) && is_one_line(c->nonce) && is_one_line(c->opaque) &&
	       c->algorithm != DIGEST_UNKNOWN && digest_challenge_qop(c) != DIGEST_QOP_UNKNOWN;
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

void digest_escape(struct writer *w, struct span text)
{
	for (uint32_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			writer_byte(w, '\\');
		writer_byte(w, text.p[i]);
	}
}

void digest_credentials_write(struct writer *w, const struct digest_credentials *c)
{
	write_quoted(w, "Digest username=", c->username);
	write_quoted(w, ", realm=", c->realm);
	write_quoted(w, ", nonce=", c->nonce);
	write_quoted(w, ", uri=", c->uri);
	write_quoted(w, ", response=", c->response);
	if (span_is_set(c->algorithm_name)) {
		writer_str(w, ", algorithm=");
		writer_put(w, c->algorithm_name);
	}
	if (span_is_set(c->cnonce))
		write_quoted(w, ", cnonce=", c->cnonce);
	if (span_is_set(c->opaque))
		write_quoted(w, ", opaque=", c->opaque);
	if (!span_is_set(c->qop))
		return;
	writer_str(w, ", qop=");
	writer_put(w, c->qop);
	writer_str(w, ", nc=");
	writer_put(w, c->nc);
}
