/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of lists of texts, and the hosts among these. */
#include "alg/base/cursor.h"
#include "alg/conf/type.h"

enum { DOMAIN_BYTES_MAX = 253, LABEL_BYTES_MAX = 63, URI_BYTES_MAX = 255 };

/* Letters, digits and hyphens in between (RFC 1123 2.1). */
static bool is_label(struct span s)
{
	if (s.n == 0 || s.n > LABEL_BYTES_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT) && s.p[i] != '-')
			return false;
	return true;
}

bool type_is_domain(struct span s)
{
	uint32_t dot;

	if (s.n > DOMAIN_BYTES_MAX)
		return false;
	while ((dot = span_find(s, '.')) < s.n) {
		if (!is_label(span_slice(s, 0, dot)))
			return false;
		s = span_from(s, dot + 1);
	}
	return is_label(s) && !span_all(s, DIGIT); /* the last label of an address is a number */
}

static bool is_host(struct span s)
{
	struct addr a;

	return addr_parse_host(s, &a) == 0 || type_is_domain(s);
}

/* RFC 6125 6.4.3: a star is one label, the first. */
static bool is_certified(struct span s)
{
	return is_host(span_starts(s, SPAN("*.")) ? span_from(s, 2) : s);
}

/* RFC 6454 6.2: no path, not even a slash. */
static bool is_origin(struct span s)
{
	struct span rest = span_from(s, span_find(s, ':') + 1);
	struct addr a;
	uint32_t colon, port;

	if (!span_starts(rest, SPAN("//")) || !(span_starts(s, SPAN("https:")) || span_starts(s, SPAN("http:"))))
		return false;
	rest = span_from(rest, 2);
	colon = span_find(rest, ':');
	if (addr_parse(rest, 0, &a) == 0)
		return a.family == ADDR_V4 || rest.p[0] == '[';
	if (colon < rest.n && (span_u32(span_from(rest, colon + 1), &port) || port == 0 || port > 65535))
		return false;
	return type_is_domain(span_slice(rest, 0, colon));
}

/* Enough to stand between < and > in a Contact. */
static bool is_uri(struct span s)
{
	static const struct span schemes[] = { { "sip:", 4 }, { "sips:", 5 }, { "tel:", 4 } };

	if (s.n > URI_BYTES_MAX)
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (byte_is(s.p[i], BLANK | CONTROL | QUOTE | LESS | GREATER) || (unsigned char)s.p[i] > 0x7e)
			return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (span_starts(s, schemes[i]))
			return s.n > schemes[i].n;
	return false;
}

/* NAME, NAME/CLOCK, NAME/CLOCK/CHANNELS, as in a=rtpmap. */
static bool is_codec(struct span s)
{
	struct cursor c = { .left = s };

	cursor_token(&c);
	for (unsigned i = 0; i < 2 && cursor_try(&c, '/'); i++)
		cursor_number(&c, UINT32_MAX);
	return !c.failed && c.left.n == 0;
}

struct texts {
	const struct key *k;
	char *record;
	bool (*is_one)(struct span s);
	const char *what;
};

static bool text_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	const struct texts *t = ctx;
	const char **list = (const char **)(void *)(t->record + t->k->offset);
	unsigned *n = (unsigned *)(void *)(t->record + t->k->count);

	if (!type_want(l, at, v, JSON_STRING, t->what))
		return false;
	if (!t->is_one(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not %s", SPAN_ARG(load_text(v)), t->what);
	for (unsigned i = 0; i < *n; i++)
		if (span_eq(load_text(v), span_str(list[i])))
			return load_fail(l, at, STEP_VALUE, "\"%s\" is here twice", list[i]);
	list[(*n)++] = load_keep(l, load_text(v));
	return true;
}

static bool read_domains(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct texts t = { k, record, is_host, "a domain or an address" };

	return type_each(l, at, v, k->max, text_add, &t);
}

static bool read_certified(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct texts t = { k, record, is_certified, "a name such as \"sip.example.net\" or \"*.example.net\"" };

	return type_each(l, at, v, k->max, text_add, &t);
}

static bool read_origins(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct texts t = { k, record, is_origin, "an origin such as \"https://phone.example.net\"" };

	return type_each(l, at, v, k->max, text_add, &t);
}

static bool read_uris(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct texts t = { k, record, is_uri, "a URI such as \"sip:100@example.net\"" };

	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "one URI at least is needed");
	return type_each(l, at, v, k->max, text_add, &t);
}

static bool read_codecs(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct texts t = { k, record, is_codec, "a codec such as \"PCMA\" or \"opus/48000/2\"" };

	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "one codec at least is needed; without this key any will do");
	return type_each(l, at, v, k->max, text_add, &t);
}

static bool read_host_name(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (!type_want(l, at, v, JSON_STRING, "a domain or an address"))
		return false;
	if (!is_host(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a domain or an address", SPAN_ARG(load_text(v)));
	*(const char **)(void *)((char *)record + k->offset) = load_keep(l, load_text(v));
	return true;
}

const struct key_type type_host_name = { "domain", read_host_name };
const struct key_type type_domains = { "list of domains", read_domains };
const struct key_type type_certified = { "list of names", read_certified };
const struct key_type type_origins = { "list of texts", read_origins };
const struct key_type type_codecs = { "list of codecs", read_codecs };
const struct key_type type_uris = { "list of URIs", read_uris };
