/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/standin.h"

#include "rtpproxy/session/elsewhere.h"

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
		struct leg *l = legs[side], *known = elsewhere_find(j->relay, j->request->stands_for[side]);

		if (!known || known == l || l->sdp_version || !known->sdp_version ||
		    leg_set_elsewhere(l, j->request->stands_for[side]))
			continue;
		origin_follow(l, known);
		if (side == 1)
			p->known = known;
	}
	elsewhere_tell(j->relay, p->answerer, j->now);
}

void standin_recall(const struct job *j, struct parties *p)
{
	if (p->known && elsewhere_find(j->relay, j->request->stands_for[1]) != p->known)
		p->known = NULL;
}
