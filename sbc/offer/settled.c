/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/settled.h"

#include "alg/sdp/formats.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"
#include "sbc/offer/reoffer.h"

/* Something is left to be agreed by the SDP of a 2xx. An offer that was answered before is not made again. */
static bool is_open(const struct pass *p, const struct leg *l)
{
	return p->offered || (p->method == SIP_INVITE && !reliable_is_settled(l));
}

/* What was agreed on reliably is not said again (RFC 3261 13.2.1): where the next offer is out already, a description
 * in the 2xx would be taken for its answer. */
static bool is_overtaken(const struct pass *p, bool agreed)
{
	return agreed && p->call->offer && p->call->offer != p;
}

/* ----- what holds in the relay ----- */

static void on_rejoined(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct leg *l = w->user;
	struct sip_msg m;

	if (a && a->sdp.n && reliable_said(l->peer, &m))
		media_answer(env, l->peer, l, &m, NULL, NULL);
}

/* What l said last holds again, where the relay has heard another since. */
static void put_in_force(struct engine *e, const struct pass *p, struct leg *l, bool agreed)
{
	struct call *c = p->call;
	struct sip_msg said;

	if (!p->setup || !reliable_said(l, &said))
		return;
	if (p->offered && c->joined != l)
		media_answer(e, l, l->peer, &said, NULL, NULL);
	else if (!p->offered && agreed && c->joined != l && !l->owed)
		media_offer(e, l, l->peer, &said, on_rejoined, l);
	else if (!p->offered && !agreed && c->asked != l)
		media_offer(e, l, l->peer, &said, NULL, NULL);
}

/* ----- what the caller sees ----- */

/* F5: who was told one answer for certain and gets another is told that by an offer. */
static bool was_told_otherwise(const struct pass *p, const struct leg *l, struct span sdp)
{
	const struct leg *to = l->peer;

	return p->setup && sdp.n && reliable_is_settled(to) && !reliable_has_agreed(to, l) &&
	       !formats_same(buf_span(to->told), sdp);
}

struct span settled_told(struct engine *e, const struct pass *p, struct leg *l, const struct sip_msg *m,
			 struct span sdp)
{
	if (p->setup && !p->offered)
		buf_replace(&e->core.bufs, &l->peer->told, sdp);
	if (!p->offered || !was_told_otherwise(p, l, sdp))
		return sdp;
	reoffer_keep(e, l->peer, m, false);
	return SPAN("");
}

/* The caller was made an offer, and it was another's: l's goes to him once the call is up. */
static enum settled offer_later(struct engine *e, struct leg *l, const struct sip_msg *m, struct span *sdp)
{
	struct sip_msg said;

	if (media_has_sdp(m))
		said = *m;
	else if (!l->early_offer || !reliable_said(l, &said))
		return SETTLED_UNUSABLE;
	reoffer_keep(e, l->peer, &said, true);
	*sdp = SPAN("");
	return SETTLED_BEFORE;
}

/* l answered an offer of ours: that is an offer to the caller, if it is not out already. */
static enum settled offer_own(struct engine *e, struct pass *p, struct leg *l, struct span *sdp)
{
	if (!reliable_is_settled(l))
		return SETTLED_UNUSABLE;
	if (!span_is_set(*sdp)) /* in a response that waits for its PRACK */
		*sdp = SPAN("");
	if (sdp->n) {
		p->call->late_offer = true;
		buf_replace(&e->core.bufs, &l->peer->told, *sdp);
	}
	return SETTLED_BEFORE;
}

enum settled settled_by(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span *sdp)
{
	bool agreed = reliable_has_agreed(l->peer, l);
	struct sip_msg said;

	if (p->setup && !p->offered && reliable_is_taken(l->peer, l))
		return offer_later(e, l, m, sdp);
	if (media_has_sdp(m) && is_open(p, l) && !is_overtaken(p, agreed))
		return SETTLED_NOT;
	/* An answer that it gave before, which the caller could not rely on, is the answer now. */
	*sdp = agreed ? SPAN("") : reliable_answer(l);
	put_in_force(e, p, l, agreed);
	if (p->setup && l->early_offer)
		return offer_own(e, p, l, sdp);
	if (p->offered && reliable_said(l, &said))
		*sdp = settled_told(e, p, l, &said, *sdp);
	return SETTLED_BEFORE;
}
