/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/device.h"

/* What stays the same when a phone registers anew: its instance, or if it says none, its Contact. */
static struct span key_of(const struct binding *b)
{
	return b->facts.instance.n ? b->facts.instance : b->facts.contact;
}

/* Several may share a connection: then it is the one with that Contact. */
static const struct binding *binding_of(const struct engine *e, const struct leg *l)
{
	const struct binding *first = flow_is_stream(&l->flow) ? bindings_at_flow(e->bindings, &l->flow) : NULL;

	for (const struct binding *b = first; b; b = bindings_at_flow_next(b))
		if (span_eq(b->facts.contact, buf_span(l->target)))
			return b;
	return first;
}

void device_keep(struct engine *e, struct leg *l)
{
	char text[BINDING_USER_MAX + 1 + BINDING_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	const struct binding *b = binding_of(e, l);

	if (!b)
		return;
	writer_put(&w, binding_user_name(b));
	writer_byte(&w, '\n');
	writer_put(&w, key_of(b));
	buf_replace(&e->core.bufs, &l->device, writer_done(&w));
}

bool device_follow(struct engine *e, struct leg *l)
{
	struct span text = buf_span(l->device), user = span_slice(text, 0, span_find(text, '\n'));
	struct span key = span_from(text, user.n + 1);
	const struct binding *b = text.n ? bindings_find(e->bindings, user) : NULL;

	while (b && (b->facts.flow.realm != l->flow.realm || !span_eq(key_of(b), key)))
		b = b->next;
	if (!b)
		return false;
	l->flow = b->facts.flow;
	return true;
}
