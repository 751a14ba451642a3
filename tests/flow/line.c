/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/line.h"

#include <stddef.h>

#include "alg/base/cursor.h"

struct span line_word(struct span *left)
{
	struct cursor c = { .left = *left };
	struct span s;

	cursor_blank(&c);
	s = cursor_until(&c, BLANK);
	cursor_blank(&c);
	*left = c.left;
	return s;
}

enum kind { TEXT, NUMBER, FLAG };

/* NAME=TEXT, NAME=NUMBER, or NAME alone. */
static const struct {
	struct span name;
	enum kind kind;
	size_t offset;
} options[] = {
	{ { "sdp", 3 }, TEXT, offsetof(struct line, sdp) },
	{ { "tag", 3 }, TEXT, offsetof(struct line, tag) },
	{ { "remote-tag", 10 }, TEXT, offsetof(struct line, remote_tag) },
	{ { "local-tag", 9 }, TEXT, offsetof(struct line, local_tag) },
	{ { "call-id", 7 }, TEXT, offsetof(struct line, call_id) },
	{ { "as", 2 }, TEXT, offsetof(struct line, as) },
	{ { "at", 2 }, TEXT, offsetof(struct line, at) },
	{ { "contact", 7 }, TEXT, offsetof(struct line, contact) },
	{ { "target", 6 }, TEXT, offsetof(struct line, target) },
	{ { "challenge", 9 }, TEXT, offsetof(struct line, challenge) },
	{ { "hops", 4 }, NUMBER, offsetof(struct line, hops) },
	{ { "cseq", 4 }, NUMBER, offsetof(struct line, cseq) },
	{ { "expires", 7 }, NUMBER, offsetof(struct line, expires) },
	{ { "port", 4 }, NUMBER, offsetof(struct line, port) },
	{ { "nc", 2 }, NUMBER, offsetof(struct line, nc) },
	{ { "rel", 3 }, NUMBER, offsetof(struct line, rel) },
	{ { "parts", 5 }, FLAG, offsetof(struct line, parts) },
	{ { "auth", 4 }, FLAG, offsetof(struct line, auth) },
	{ { "noauth", 6 }, FLAG, offsetof(struct line, noauth) },
	{ { "echo", 4 }, FLAG, offsetof(struct line, echo) },
	{ { "star", 4 }, FLAG, offsetof(struct line, star) },
	{ { "nocontact", 9 }, FLAG, offsetof(struct line, no_contact) },
	{ { "noallow", 7 }, FLAG, offsetof(struct line, no_allow) },
};

static int option_set(struct line *l, unsigned i, struct span value)
{
	char *at = (char *)l + options[i].offset;
	uint32_t number;

	switch (options[i].kind) {
	case TEXT:
		*(struct span *)(void *)at = value.n ? value : SPAN("");
		return 0;
	case NUMBER:
		if (span_u32(value, &number))
			return -1;
		*(int *)(void *)at = (int)number;
		return 0;
	default:
		*(bool *)(void *)at = true;
		return value.n ? -1 : 0;
	}
}

static int option(struct line *l, struct span word)
{
	uint32_t equals = span_find(word, '=');

	for (unsigned i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (span_eq(span_slice(word, 0, equals), options[i].name))
			return option_set(l, i, span_from(word, equals + 1));
	return -1;
}

/* What stands between the next two quotes, which are taken. */
static struct span quoted(struct span *left)
{
	char mark = span_find(*left, '"') < span_find(*left, '\'') ? '"' : '\'';
	struct span rest = span_from(*left, span_find(*left, mark) + 1);
	uint32_t end = span_find(rest, mark);

	*left = span_trim(span_from(rest, end + 1));
	return span_slice(rest, 0, end);
}

int line_parse(struct line *l, struct span left, struct span *bad)
{
	struct writer headers;

	*l = (struct line){
		.hops = LINE_UNSET,
		.cseq = LINE_UNSET,
		.expires = LINE_UNSET,
		.port = LINE_UNSET,
		.nc = LINE_UNSET,
		.rel = LINE_UNSET,
	};
	headers = writer_over(l->mem, sizeof(l->mem));
	while (left.n) {
		if (left.p[0] == '+') {
			writer_put(&headers, quoted(&left));
			writer_str(&headers, "\r\n");
		} else if (span_starts(left, SPAN("body=\""))) {
			l->body = quoted(&left);
		} else {
			struct span word = line_word(&left);

			if (option(l, word) == 0)
				continue;
			*bad = word;
			if (l->to.n || span_find(word, '=') < word.n)
				return -1;
			l->to = word;
		}
	}
	l->headers = writer_done(&headers);
	return headers.failed ? -1 : 0;
}
