/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a URI: what is read and written again is the same URI. */
#include <stdlib.h>

#include "alg/sip/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct span part, struct span all)
{
	if (span_is_set(part) && !span_within(part, all))
		abort();
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
	return 0;
}
