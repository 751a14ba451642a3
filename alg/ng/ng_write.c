/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng.h"

/* --- JSON text (RFC 8259 7) --- */

/* How many bytes of a well-formed UTF-8 character begin at s (RFC 3629 4); 0 where there is none. */
static uint32_t utf8_length(struct span s)
{
	static const struct range {
		uint8_t first_low, first_high, second_low, second_high, length;
	} ranges[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	const uint8_t *p = (const uint8_t *)s.p;

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct range *r = &ranges[i];

		if (p[0] < r->first_low || p[0] > r->first_high)
			continue;
		if (s.n < r->length || (r->length > 1 && (p[1] < r->second_low || p[1] > r->second_high)))
			return 0;
		for (unsigned k = 2; k < r->length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return r->length;
	}
	return 0;
}

static void put_json_ascii(struct writer *w, char c)
{
	static const char *const escapes[128] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t",
	};

	if (escapes[(unsigned char)c]) {
		writer_str(w, escapes[(unsigned char)c]);
	} else if (c >= 0x20 && c != 0x7f) {
		writer_byte(w, c);
	} else {
		writer_str(w, "\\u00");
		writer_hex(w, &c, 1);
	}
}

static void put_json_string(struct writer *w, struct span s)
{
	writer_byte(w, '"');
	while (s.n && !w->failed) {
		uint32_t n = utf8_length(s);

		if (n == 1)
			put_json_ascii(w, s.p[0]);
		else if (n == 0)
			writer_str(w, "\\ufffd");
		else
			writer_put(w, span_slice(s, 0, n));
		s = span_from(s, n ? n : 1);
	}
	writer_byte(w, '"');
}

/* --- either coding --- */

static void put_bencode_string(struct writer *w, struct span s)
{
	/* Keys and nearly all values: room for one or two digits and the colon is asked for at once. */
	if (s.n - 1 < 99 && !w->failed && w->cap - w->n >= s.n + 3) {
		char *to = w->p + w->n;

		if (s.n >= 10)
			*to++ = (char)('0' + s.n / 10);
		*to++ = (char)('0' + s.n % 10);
		*to++ = ':';
		memcpy(to, s.p, s.n);
		w->n = (uint32_t)(to - w->p) + s.n;
		return;
	}
	writer_u64(w, s.n);
	writer_byte(w, ':');
	writer_put(w, s);
}

static void put_string(struct ng_writer *n, struct span s)
{
	if (n->coding == NG_JSON)
		put_json_string(n->w, s);
	else
		put_bencode_string(n->w, s);
}

/* What comes before a value: the comma and, in a dictionary, the key. */
static void put_name(struct ng_writer *n, struct span name)
{
	if (n->depth == 0) {
		n->w->failed = true;
		return;
	}
	if (n->coding == NG_JSON && n->level[n->depth - 1].begun)
		writer_byte(n->w, ',');
	n->level[n->depth - 1].begun = true;
	if (n->level[n->depth - 1].list)
		return;
	put_string(n, name);
	if (n->coding == NG_JSON)
		writer_byte(n->w, ':');
}

static void begin(struct ng_writer *n, bool list)
{
	static const char mark[][2] = { [NG_BENCODE] = { 'd', 'l' }, [NG_JSON] = { '{', '[' } };

	if (n->depth == NG_DEPTH_MAX) {
		n->w->failed = true;
		return;
	}
	n->level[n->depth].list = list;
	n->level[n->depth].begun = false;
	n->depth++;
	writer_byte(n->w, mark[n->coding][list]);
}

void ng_open(struct ng_writer *n, struct writer *w, enum ng_coding coding, struct span cookie)
{
	*n = (struct ng_writer){ .w = w, .coding = coding };
	writer_put(w, cookie);
	writer_byte(w, ' ');
	begin(n, false);
}

void ng_close(struct ng_writer *n)
{
	if (n->depth != 1)
		n->w->failed = true;
	ng_end(n);
}

void ng_put_str(struct ng_writer *n, struct span name, struct span value)
{
	put_name(n, name);
	put_string(n, value);
}

void ng_put_u64(struct ng_writer *n, struct span name, uint64_t value)
{
	put_name(n, name);
	if (n->coding == NG_BENCODE)
		writer_byte(n->w, 'i');
	writer_u64(n->w, value);
	if (n->coding == NG_BENCODE)
		writer_byte(n->w, 'e');
}

void ng_begin_dict(struct ng_writer *n, struct span name)
{
	put_name(n, name);
	begin(n, false);
}

void ng_begin_list(struct ng_writer *n, struct span name)
{
	put_name(n, name);
	begin(n, true);
}

void ng_end(struct ng_writer *n)
{
	static const char mark[][2] = { [NG_BENCODE] = { 'e', 'e' }, [NG_JSON] = { '}', ']' } };

	if (n->depth == 0) {
		n->w->failed = true;
		return;
	}
	n->depth--;
	writer_byte(n->w, mark[n->coding][n->level[n->depth].list]);
}
