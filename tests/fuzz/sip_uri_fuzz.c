/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a URI: what is read and written again is the same URI. As a route set and a target, and as text of
 * unknown kind: what goes out is what it should be. */
#include <stdlib.h>

#include "alg/base/utf8.h"
#include "alg/sip/routeset.h"
#include "alg/sip/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct span part, struct span all)
{
	if (span_is_set(part) && !span_within(part, all))
		abort();
}

/* The first line as the routes, the rest as the target, which goes out without headers. */
static void route(struct span text)
{
	struct span routes = span_slice(text, 0, span_find(text, '\n')), target = span_from(text, routes.n + 1);
	char *buf = malloc(2 * text.n + 8);
	struct writer w = writer_over(buf, 2 * text.n + 8);
	struct routeset out = routeset_apply(&w, routes, target);
	struct uri u;

	if (uri_parse(out.uri, &u) == 0 && u.scheme != URI_OTHER && (span_is_set(u.headers) || span_is_set(u.password)))
		abort();
	if (!routes.n != !out.route.n)
		abort();
	free(buf);
}

static void mend(struct span text)
{
	char *buf = malloc(text.n + 1);
	uint32_t at = 0;

	memcpy(buf, text.p, text.n);
	utf8_mend(buf, text.n);
	while (at < text.n) {
		uint32_t n = utf8_length(span_of(buf + at, text.n - at));

		if (n == 0)
			abort();
		at += n;
	}
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	char *buf = malloc(size + 1);
	struct writer w = writer_over(buf, (uint32_t)size);
	struct uri u, again;

	if (uri_parse(text, &u) == 0) {
		inside(u.user, text);
		inside(u.password, text);
		inside(u.host, text);
		inside(u.params, text);
		inside(u.headers, text);
		if (!uri_eq(&u, &u))
			abort();
		u.password = u.headers = (struct span){ 0 }; /* not written */
		uri_write(&w, &u);
		if (w.failed || uri_parse(writer_done(&w), &again) || !uri_eq(&u, &again) || u.scheme != again.scheme)
			abort();
	}
	free(buf);
	if (size && size < UINT16_MAX) {
		route(text);
		mend(text);
	}
	return 0;
}
