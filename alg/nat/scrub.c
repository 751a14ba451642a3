/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/scrub.h"

#include "alg/base/addr.h"
#include "alg/base/cursor.h"
#include "alg/nat/topology.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"

struct kept {
	struct span name;
};

static bool is_among(struct span name, const struct kept *kept, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (span_ieq(name, kept[i].name))
			return true;
	return false;
}

/* ----- Alert-Info, Call-Info, Error-Info ----- */

/* Of Call-Info and Alert-Info (RFC 3261 20.9, RFC 7463), and those that phones of many makers ring or answer by. */
static const struct kept info_params[] = {
	{ { "purpose", 7 } },
	{ { "info", 4 } },
	{ { "answer-after", 12 } },
	{ { "appearance", 10 } },
};

enum { INFO_PARAMS = sizeof(info_params) / sizeof(info_params[0]) };

static bool says_something(struct span params)
{
	return span_is_set(params_get(params, SPAN("info"))) || span_is_set(params_get(params, SPAN("answer-after")));
}

static void info_params_write(struct writer *w, struct span left)
{
	struct param p;

	while (param_next(&left, &p) == 1) {
		if (!is_among(p.name, info_params, INFO_PARAMS))
			continue;
		writer_byte(w, ';');
		writer_put(w, p.name);
		if (span_is_set(p.value))
			writer_byte(w, '=');
		writer_put(w, p.value);
	}
}

/* "Bellcore-dr3": a name that some write where a URI should stand. */
static bool is_word(struct span text)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (!byte_is(text.p[i], ALPHA | DIGIT) && !memchr("-_ ", text.p[i], 3))
			return false;
	return text.n > 0;
}

static int info_uri_write(struct writer *w, struct span uri, struct span params, struct span host)
{
	struct uri u;

	if (is_word(uri) || span_istarts(uri, SPAN("urn:"))) {
		writer_put(w, uri);
		return 0;
	}
	if (uri_parse(uri, &u))
		return -1;
	if (u.scheme != URI_OTHER)
		return topology_uri_write(w, uri, host);
	/* Nobody fetches it, it carries what follows. */
	if (!says_something(params))
		return -1;
	writer_put(w, SPAN("http://"));
	writer_put(w, host);
	return 0;
}

int scrub_info(struct writer *w, struct span value, struct span host)
{
	struct cursor c = { .left = value };
	struct span uri;

	if (!cursor_try(&c, '<')) {
		uri = span_trim(cursor_until(&c, SEMICOLON));
		if (!is_word(uri))
			return -1;
		writer_put(w, uri);
		info_params_write(w, c.left);
		return 0;
	}
	uri = cursor_until(&c, GREATER);
	if (!cursor_try(&c, '>'))
		return -1;
	cursor_blank(&c);
	writer_byte(w, '<');
	if (info_uri_write(w, uri, c.left, host))
		return -1;
	writer_byte(w, '>');
	info_params_write(w, c.left);
	return 0;
}

/* ----- Warning ----- */

static struct span warning_text(uint64_t code)
{
	static const struct {
		uint16_t code;
		const char *text;
	} texts[] = {
		{ 300, "Incompatible network protocol" },   { 301, "Incompatible network address formats" },
		{ 302, "Incompatible transport protocol" }, { 303, "Incompatible bandwidth units" },
		{ 304, "Media type not available" },        { 305, "Incompatible media format" },
		{ 306, "Attribute not understood" },        { 307, "Session description parameter not understood" },
		{ 330, "Multicast not available" },         { 331, "Unicast not available" },
		{ 370, "Insufficient bandwidth" },
	};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].code == code)
			return span_str(texts[i].text);
	return SPAN("Miscellaneous warning");
}

int scrub_warning(struct writer *w, struct span value, struct span host)
{
	struct cursor c = { .left = value };
	uint64_t code = cursor_number(&c, 399);

	if (c.failed || code < 300)
		return -1;
	writer_u64(w, code);
	writer_byte(w, ' ');
	writer_put(w, host);
	writer_put(w, SPAN(" \""));
	writer_put(w, warning_text(code));
	writer_byte(w, '"');
	return 0;
}

/* ----- parts of bodies, Geolocation ----- */

void scrub_part_name(struct writer *w, struct span text, struct span host)
{
	struct cursor c = { .left = span_from(text, span_find(text, '@') + 1) };
	struct span domain = cursor_until(&c, BLANK | LESS | GREATER | QUOTE);
	struct addr a;

	if (addr_parse_host(domain, &a)) {
		writer_put(w, text);
		return;
	}
	writer_put(w, span_slice(text, 0, (uint32_t)(domain.p - text.p)));
	writer_put(w, host);
	writer_put(w, c.left);
}

int scrub_location(struct writer *w, struct span value, struct span host)
{
	if (span_istarts(value, SPAN("<cid:")))
		scrub_part_name(w, value, host);
	else
		writer_put(w, value);
	return 0;
}

/* ----- P-Charging-Vector ----- */

static const struct kept charging_params[] = {
	{ { "icid-value", 10 } },
	{ { "orig-ioi", 8 } },
	{ { "term-ioi", 8 } },
};

enum { CHARGING_PARAMS = sizeof(charging_params) / sizeof(charging_params[0]) };

int scrub_charging(struct writer *w, struct span value, struct span host)
{
	struct cursor c = { .left = value };
	uint32_t from = w->n;
	struct span name, text;

	(void)host;
	while (c.left.n && !c.failed) {
		name = cursor_token(&c);
		cursor_sep(&c, '=');
		text = c.left.n && c.left.p[0] == '"' ? cursor_quoted(&c) : cursor_until(&c, SEMICOLON | BLANK);
		cursor_blank(&c);
		if (c.left.n)
			cursor_sep(&c, ';');
		if (c.failed || !is_among(name, charging_params, CHARGING_PARAMS))
			continue;
		if (w->n > from)
			writer_byte(w, ';');
		writer_put(w, name);
		writer_byte(w, '=');
		writer_put(w, text);
	}
	return c.failed || w->n == from ? -1 : 0;
}
