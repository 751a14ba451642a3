/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/routeset.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"

/* What only who reads it knows to be asked for: to whom else it would mean nothing. */
static bool asks_compression(struct span param)
{
	struct span name = span_slice(param, 0, span_find(param, '='));

	return span_ieq(name, SPAN("comp")) || span_ieq(name, SPAN("sigcomp-id"));
}

static void write_plain(struct writer *w, struct uri *u)
{
	struct span left = u->params;

	u->params = (struct span){ 0 };
	uri_write(w, u);
	while (left.n) {
		struct span param = span_slice(span_from(left, 1), 0, span_find(span_from(left, 1), ';'));

		if (!asks_compression(param)) {
			writer_byte(w, ';');
			writer_put(w, param);
		}
		left = span_from(left, param.n + 1);
	}
}

/* Nearly all are as they should be, and are not read. */
static bool is_plain(struct span uri)
{
	uint32_t at = span_find(uri, '@'), colon = span_find(uri, ':');

	return span_find(uri, '?') == uri.n && span_search(uri, SPAN("comp")) == uri.n &&
	       (at == uri.n || span_find(span_slice(uri, colon + 1, at), ':') == at - colon - 1);
}

static struct span plain(struct writer *w, struct span text)
{
	uint32_t from = w->n;
	struct uri uri;

	if (is_plain(text) || uri_parse(text, &uri) || uri.scheme == URI_OTHER)
		return text;
	write_plain(w, &uri);
	return w->failed ? text : span_of(w->p + from, w->n - from);
}

/* The end of the first element of a list; commas in quotes and brackets do not count. */
static uint32_t first_end(struct span routes)
{
	bool quoted = false, bracketed = false;
	uint32_t i;

	for (i = 0; i < routes.n && (quoted || bracketed || routes.p[i] != ','); i++) {
		if (routes.p[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			bracketed = (bracketed && routes.p[i] != '>') || routes.p[i] == '<';
	}
	return i;
}

/* The first hop reads the Request-URI as its own: the target is the last of the routes then. */
static bool is_strict(struct span first, struct nameaddr *hop)
{
	struct uri uri;

	return nameaddr_parse(first, hop) == 0 && uri_parse(hop->uri, &uri) == 0 &&
	       !span_is_set(params_get(uri.params, SPAN("lr")));
}

struct routeset routeset_apply(struct writer *w, struct span routes, struct span target)
{
	struct routeset out = { .uri = plain(w, target), .route = routes };
	uint32_t end = first_end(routes), from = w->n;
	struct nameaddr hop;
	struct span rest;

	if (!routes.n || !is_strict(span_trim(span_slice(routes, 0, end)), &hop))
		return out;
	rest = span_trim(span_from(routes, end + 1));
	writer_put(w, rest);
	writer_put(w, rest.n ? SPAN(", <") : SPAN("<"));
	writer_put(w, out.uri);
	writer_byte(w, '>');
	if (w->failed)
		return out;
	out.route = span_of(w->p + from, w->n - from);
	out.uri = plain(w, hop.uri);
	return out;
}
