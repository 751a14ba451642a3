/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/earlyupdate.h"

#include "alg/sdp/direction.h"
#include "alg/sdp/formats.h"
#include "sbc/base/kept.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/passback.h"
#include "sbc/call/refresh.h"
#include "sbc/engine/respond.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"

static bool is_due(const struct leg *l, const struct sip_msg *m)
{
	const struct call *c = l->call;
	const struct pass *invite = c->invite;
	struct span answer = reliable_answer(l), update = media_sdp(m);

	return m->method == SIP_UPDATE && update.n && c->state == CALL_SETUP && !c->offer && invite && invite->setup &&
	       invite->offered && !invite->answered && l->side != invite->from->side && answer.n &&
	       reliable_has_agreed(l, l->peer) && !reliable_has_agreed(l->peer, l) && formats_within(answer, update) &&
	       formats_within(update, answer);
}

static void give_up(struct engine *e, struct pass *p, const struct ng_answer *a)
{
	enum count why;
	uint16_t status = media_refusal(a, &why);

	core_count(&e->core, why);
	media_rollback(e, p->from);
	passback_status(e, p, status, why);
	pass_free(e, p);
}

/* ----- what the caller would answer ----- */

static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user;
	struct leg *l = p->from;
	struct answer ok = { .status = 200 };
	struct sip_msg m;

	if (!a || !a->sdp.n || sip_msg_index(pass_request(p), &m) != SIP_OK) {
		give_up(e, p, a);
		return;
	}
	ok.body = a->sdp;
	ok.lines = leg_response_lines(e, l, &m, NULL, 200, true, SPAN("Content-Type: application/sdp\r\n"));
	refresh_said(e, l, a->sdp);
	respond(e, p->in, &ok);
	pass_free(e, p);
}

/* What he offered, in the direction that answers the update. False: no room. */
static bool write_answer(struct span offered, struct span update, struct writer *w)
{
	struct sdp theirs, his;

	if (sdp_index(offered, &his) != SDP_OK || sdp_index(update, &theirs) != SDP_OK)
		return false;
	sdp_answer_directions(&his, &theirs, w);
	return !w->failed;
}

static void on_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user, *setup = p->call->invite;
	struct leg *l = p->from;
	char text[4096];
	struct writer answer = writer_over(text, sizeof(text));
	struct sip_msg update, invite;

	if (!a || !a->sdp.n || !setup || !kept_read(w->message, &update) ||
	    sip_msg_index(pass_request(setup), &invite) != SIP_OK ||
	    !write_answer(media_sdp(&invite), media_sdp(&update), &answer)) {
		give_up(e, p, a);
		return;
	}
	reliable_say(e, l, &update, a->sdp);
	if (!media_answer_own(e, l->peer, l, &invite, writer_done(&answer), on_answer, p))
		give_up(e, p, NULL);
}

bool earlyupdate_takes(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	struct pass *p = is_due(l, m) ? pass_new(l->call, l, t, m) : NULL;

	if (!p)
		return false;
	l->call->offer = p;
	if (!media_offer(e, l, l->peer, m, on_offer, p))
		give_up(e, p, NULL);
	return true;
}
