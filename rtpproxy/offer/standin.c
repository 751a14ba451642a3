/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/standin.h"

#include "rtpproxy/session/handshake.h"

static struct leg *standin_find(const struct relay *r, struct span what)
{
	const uint32_t blank = span_find(what, ' ');
	struct session *s = what.n ? table_find(&r->sessions, span_slice(what, 0, blank)) : NULL;

	return s ? session_leg(s, span_from(what, blank + 1)) : NULL;
}

/* Whichever of the two sessions speaks next, its version is another one than what the other may have said. */
static void origin_follow(struct leg *l, struct leg *known)
{
	l->sdp_id = known->sdp_id;
	l->sdp_version = known->sdp_version + 1;
	known->sdp_version += 2;
}

void standin_take(struct job *j, struct parties *p)
{
	struct leg *legs[] = { p->offerer, p->answerer };

	for (unsigned side = 0; side < 2; side++) {
		struct leg *l = legs[side], *known = standin_find(j->relay, j->request->stands_for[side]);

		if (!known || known == l || l->sdp_version || !known->sdp_version)
			continue;
		origin_follow(l, known);
		for (unsigned i = 0; i < known->nstream; i++)
			handshake_leave(j->relay, &known->stream[i], j->now);
		if (side == 1)
			p->known = known;
	}
}

void standin_recall(const struct job *j, struct parties *p)
{
	if (p->known && standin_find(j->relay, j->request->stands_for[1]) != p->known)
		p->known = NULL;
}
