/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/diversion.h"

#include <stddef.h>

#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"

enum { CAUSE_UNKNOWN = 404 };

/* 487 is deflection, too, but 480 is the one that is written. */
static const struct {
	struct span reason;
	uint16_t cause;
} pairs[] = {
	{ { "unconditional", 13 }, 302 }, { { "no-answer", 9 }, 408 },   { { "user-busy", 9 }, 486 },
	{ { "deflection", 10 }, 480 },    { { "deflection", 10 }, 487 }, { { "unavailable", 11 }, 503 },
};

uint16_t diversion_cause(struct span reason)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (span_ieq(reason, pairs[i].reason))
			return pairs[i].cause;
	return CAUSE_UNKNOWN;
}

struct span diversion_reason(uint16_t cause)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].cause == cause)
			return pairs[i].reason;
	return SPAN("unknown");
}

/* A token, or one in quotes: RFC 5806 allows both. */
static struct span unquoted(struct span value)
{
	return value.n >= 2 && value.p[0] == '"' ? span_slice(value, 1, value.n - 1) : value;
}

static int params_read(struct span left, struct diversion *d)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (span_ieq(p.name, SPAN("reason")))
			d->reason = unquoted(p.value);
		if (span_ieq(p.name, SPAN("privacy")))
			d->privacy = unquoted(p.value);
		if (span_ieq(p.name, SPAN("counter")) && span_u32(p.value, &d->counter))
			return -1;
	}
	return got;
}

int diversion_parse(struct span s, struct diversion *out)
{
	struct diversion d = { .counter = 1 };
	struct nameaddr a;

	if (nameaddr_parse(s, &a) || a.star || params_read(a.params, &d))
		return -1;
	d.uri = a.uri;
	*out = d;
	return 0;
}

static void param_write(struct writer *w, struct span name, struct span value)
{
	if (value.n == 0)
		return;
	writer_byte(w, ';');
	writer_put(w, name);
	writer_byte(w, '=');
	writer_put(w, value);
}

void diversion_params_write(struct writer *w, const struct diversion *d)
{
	param_write(w, SPAN("reason"), d->reason);
	if (d->counter > 1) {
		writer_put(w, SPAN(";counter="));
		writer_u64(w, d->counter);
	}
	param_write(w, SPAN("privacy"), d->privacy);
}

bool diversion_is_private(const struct diversion *d)
{
	return span_ieq(d->privacy, SPAN("full")) || span_ieq(d->privacy, SPAN("uri"));
}
