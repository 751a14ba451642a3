/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/elsewhere.h"

#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/state.h"

struct leg *elsewhere_find(const struct relay *r, struct span what)
{
	const uint32_t blank = span_find(what, ' ');
	struct session *s = what.n ? table_find(&r->sessions, span_slice(what, 0, blank)) : NULL;

	return s ? session_leg(s, span_from(what, blank + 1)) : NULL;
}

void elsewhere_tell(struct relay *r, struct leg *l, uint64_t now)
{
	struct leg *there = elsewhere_find(r, l->elsewhere);

	l->elsewhere_since = now;
	for (unsigned i = 0; there && i < there->nstream; i++)
		handshake_leave(r, &there->stream[i], now);
}

typedef void end_fn(struct relay *r, struct stream *m, uint64_t since, uint64_t now);

static void elsewhere_end(struct relay *r, struct leg *l, end_fn *end, uint64_t now)
{
	struct leg *there = elsewhere_find(r, l->elsewhere);

	for (unsigned i = 0; there && i < there->nstream; i++)
		end(r, &there->stream[i], l->elsewhere_since, now);
	leg_set_elsewhere(l, (struct span){ 0 });
}

void elsewhere_leave(struct relay *r, struct leg *l, uint64_t now)
{
	if (span_is_set(l->elsewhere))
		elsewhere_end(r, l, handshake_gone, now);
}

void elsewhere_stay(struct relay *r, struct leg *l, uint64_t now)
{
	if (span_is_set(l->elsewhere))
		elsewhere_end(r, l, handshake_stay, now);
}
