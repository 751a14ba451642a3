/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_leak.h"

#include "alg/base/cursor.h"
#include "alg/sdp/connection.h"
#include "alg/sdp/origin.h"

/* --- the sender's names --- */

/* Some phones write "0" or "-" for want of an address. */
static bool has_letter(struct span host)
{
	for (uint32_t i = 0; i < host.n; i++)
		if (byte_is(host.p[i], ALPHA))
			return true;
	return false;
}

static int name_add(struct sdp_leak *leak, struct span host)
{
	struct addr literal;

	if (!has_letter(host) || !addr_parse_host(host, &literal))
		return 0;
	for (unsigned i = 0; i < leak->n; i++)
		if (span_ieq(leak->name[i], host))
			return 0;
	if (leak->n == SDP_LEAK_NAME_MAX)
		return -1;
	leak->name[leak->n++] = host;
	return 0;
}

static int origin_add(struct sdp_leak *leak, struct span value)
{
	struct sdp_origin o;

	return sdp_origin_parse(value, &o) ? -1 : name_add(leak, o.address);
}

static int connection_add(struct sdp_leak *leak, struct span value)
{
	struct sdp_connection c;

	return sdp_connection_parse(value, &c) ? -1 : name_add(leak, c.host);
}

/* "candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY HOST …" (RFC 8839 5.1) */
static int candidate_add(struct sdp_leak *leak, struct span value)
{
	struct cursor c = { .left = value };
	struct span word = { 0 };

	if (!span_istarts(value, SPAN("candidate:")))
		return 0;
	for (int i = 0; i < 5; i++) {
		word = cursor_until(&c, BLANK);
		cursor_blank(&c);
	}
	return name_add(leak, word);
}

int sdp_leak_init(const struct sdp *in, struct sdp_leak *out)
{
	static int (*const add[128])(struct sdp_leak *, struct span) = {
		['o'] = origin_add,
		['c'] = connection_add,
		['a'] = candidate_add,
	};
	struct sdp_leak leak = { 0 };

	for (uint16_t i = 0; i < in->nline; i++) {
		const struct sdp_line *l = &in->line[i];

		if (add[(unsigned char)l->type & 127] &&
		    add[(unsigned char)l->type & 127](&leak, sdp_line_value(in, l)))
			return -1;
	}
	*out = leak;
	return 0;
}

/* --- looking for them --- */

/* Four numbers with dots between, whatever their size: nothing else in a description looks so. */
static bool has_v4(struct span text)
{
	unsigned dots = 0;
	uint32_t first = span_find(text, '.');

	for (uint32_t i = first; i < text.n; i++) {
		bool after_digit = i && byte_is(text.p[i - 1], DIGIT);

		if (text.p[i] == '.')
			dots = after_digit ? dots + 1 : 0;
		else if (!byte_is(text.p[i], DIGIT))
			dots = 0;
		else if (dots >= 3)
			return true;
	}
	return false;
}

/* Hexadecimal digits with "::" or seven colons in them. Fingerprints look like that too, and are not kept either. */
static bool has_v6(struct span text)
{
	unsigned colons = 0;
	uint32_t first = span_find(text, ':');
	struct span rest = span_from(text, first + 1);

	/* One colon alone, as in most attributes, is no address. */
	if (span_find(rest, ':') == rest.n)
		return false;
	for (uint32_t i = first; i < text.n; i++) {
		if (text.p[i] == ':') {
			if (++colons == 7 || (i && text.p[i - 1] == ':'))
				return true;
		} else if (!byte_is(text.p[i], HEX)) {
			colons = 0;
		}
	}
	return false;
}

static bool is_name_byte(struct span text, uint32_t at)
{
	return at < text.n && (byte_is(text.p[at], ALPHA | DIGIT) || text.p[at] == '-' || text.p[at] == '_');
}

/* A name without a dot may be any word ("pbx", "audio"): it counts only where it stands alone. */
static bool has_name(struct span text, struct span name)
{
	bool alone = span_find(name, '.') == name.n;

	for (uint32_t i = 0; i + name.n <= text.n; i++) {
		if (!span_istarts(span_from(text, i), name))
			continue;
		if (!alone || (!(i && is_name_byte(text, i - 1)) && !is_name_byte(text, i + name.n)))
			return true;
	}
	return false;
}

bool sdp_leak_has(const struct sdp_leak *leak, struct span text)
{
	if (has_v4(text) || has_v6(text))
		return true;
	for (unsigned i = 0; i < leak->n; i++)
		if (has_name(text, leak->name[i]))
			return true;
	return false;
}
