/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of header lines: those that routes ask for, add and drop. */
#include "alg/base/cursor.h"
#include "alg/conf/pattern.h"
#include "alg/conf/type.h"

enum { LINE_BYTES_MAX = 512 };

/* The SBC writes these itself, one side at a time: calls would break without them, or with a second one. */
static const char *const own[] = {
	"Via",
	"From",
	"To",
	"Call-ID",
	"CSeq",
	"Contact",
	"Route",
	"Record-Route",
	"Path",
	"Service-Route",
	"Max-Forwards",
	"Max-Breadth",
	"MIME-Version",
	"Authorization",
	"Proxy-Authorization",
	"WWW-Authenticate",
	"Proxy-Authenticate",
	"Authentication-Info",
	"Allow",
	"Supported",
	"Require",
	"Proxy-Require",
	"Unsupported",
	"RSeq",
	"RAck",
	"Session-Expires",
	"Min-SE",
	"Expires",
	"Event",
	"Refer-To",
	"Replaces",
	"Join",
	"Target-Dialog",
};

static bool is_own(struct span name)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (span_ieq(name, span_str(own[i])))
			return true;
	return span_istarts(name, SPAN("Content-"));
}

/* A single letter would be the compact form of another name. */
static bool is_name(struct span s)
{
	return s.n > 1 && span_all(s, TOKEN);
}

static bool name_is_free(struct load *l, const struct step *at, struct span name)
{
	if (!is_name(name))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not the (long) name of a header", SPAN_ARG(name));
	if (is_own(name))
		return load_fail(l, at, STEP_VALUE, "%.*s is a header that the SBC writes itself", SPAN_ARG(name));
	return true;
}

struct lines {
	const char **list;
	unsigned *n;
};

static struct lines lines_of(const struct key *k, void *record)
{
	return (struct lines){ (void *)((char *)record + k->offset), (void *)((char *)record + k->count) };
}

static bool line_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	struct lines *lines = ctx;
	struct span s;
	uint32_t colon;

	if (!type_want(l, at, v, JSON_STRING, "a header line such as \"Priority: urgent\""))
		return false;
	s = load_text(v);
	colon = span_find(s, ':');
	if (colon == s.n || s.n > LINE_BYTES_MAX || !type_is_printable(s) || span_trim(span_from(s, colon + 1)).n == 0)
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a header line such as \"Priority: urgent\"",
				 SPAN_ARG(s));
	if (!name_is_free(l, at, span_slice(s, 0, colon)))
		return false;
	lines->list[(*lines->n)++] = load_keep(l, s);
	return true;
}

static bool read_lines(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct lines lines = lines_of(k, record);

	return type_each(l, at, v, k->max, line_add, &lines);
}

static bool name_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	struct lines *names = ctx;

	if (!type_want(l, at, v, JSON_STRING, "the name of a header") || !name_is_free(l, at, load_text(v)))
		return false;
	for (unsigned i = 0; i < *names->n; i++)
		if (span_ieq(load_text(v), span_str(names->list[i])))
			return load_fail(l, at, STEP_VALUE, "\"%s\" is here twice", names->list[i]);
	names->list[(*names->n)++] = load_keep(l, load_text(v));
	return true;
}

static bool read_names(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct lines names = lines_of(k, record);

	return type_each(l, at, v, k->max, name_add, &names);
}

static bool header_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_route *r = record;
	struct span s, name;
	const char *match;
	char why[128];

	if (!type_want(l, at, v, JSON_STRING, "a header and an expression such as \"User-Agent: ^Fax\""))
		return false;
	s = load_text(v);
	name = span_slice(s, 0, span_find(s, ':'));
	if (name.n == s.n || !is_name(name))
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not a header and an expression such as \"User-Agent: ^Fax\"",
				 SPAN_ARG(s));
	match = load_keep(l, span_trim(span_from(s, name.n + 1)));
	if (pattern_check(match, why, sizeof(why)))
		return load_fail(l, at, STEP_VALUE, "not a usable regular expression: %s", why);
	r->header[r->nheader++] = (struct conf_header){ load_keep(l, name), match };
	return true;
}

static bool read_headers(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return type_each(l, at, v, k->max, header_add, record);
}

const struct key_type type_lines = { "list of header lines", read_lines };
const struct key_type type_names = { "list of names", read_names };
const struct key_type type_headers = { "list of texts", read_headers };
