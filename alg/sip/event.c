/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/event.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

static int params_read(struct span left, struct span *id)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (!span_ieq(p.name, SPAN("id")))
			continue;
		if (span_is_set(*id) || !span_all(p.value, TOKEN))
			return -1;
		*id = p.value;
	}
	return got;
}

int event_parse(struct span s, struct event *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct event e = { 0 };

	e.package = cursor_token(&c);
	cursor_blank(&c);
	if (c.failed || params_read(c.left, &e.id))
		return -1;
	*out = e;
	return 0;
}

void event_write(struct writer *w, const struct event *e)
{
	writer_put(w, e->package);
	if (!span_is_set(e->id))
		return;
	writer_put(w, SPAN(";id="));
	writer_put(w, e->id);
}

/* Of these one agent knows all: a presence agent, a registrar, a focus (RFC 3856 6.9, RFC 3680 4.9, RFC 4575 3.9); and
 * so it is with who watches them (RFC 3857 4.9). */
bool event_may_fork(const struct event *e)
{
	static const struct span alone[] = { SPAN("presence"), SPAN("reg"), SPAN("conference") },
				 watchers = SPAN(".winfo");

	for (unsigned i = 0; i < sizeof(alone) / sizeof(*alone); i++)
		if (span_eq(e->package, alone[i]))
			return false;
	return e->package.n < watchers.n || !span_eq(span_from(e->package, e->package.n - watchers.n), watchers);
}

bool event_eq(const struct event *a, const struct event *b)
{
	return span_eq(a->package, b->package) && span_is_set(a->id) == span_is_set(b->id) && span_eq(a->id, b->id);
}
