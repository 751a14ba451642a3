/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/early.h"

#include "alg/sip/option_tags.h"
#include "sbc/base/kept.h"
#include "sbc/call/branch.h"
#include "sbc/call/leg.h"
#include "sbc/engine/respond.h"
#include "sbc/identity/transparent.h"
#include "sbc/offer/reliable.h"

/* ----- one for all, or one each ----- */

bool early_is_separate(const struct engine *e, const struct leg *near)
{
	const struct config *conf = e->core.conf;
	enum conf_forks forks =
		near->trunk >= 0 ? conf->trunks[near->trunk].forks : conf->realms[near->flow.realm].forks;

	return forks == CONF_FORKS_SEPARATE || transparent_between(e, near, near->peer);
}

static bool request_of(const struct pass *p, struct sip_msg *m)
{
	return p->in && kept_read(p->in->request, m);
}

void early_show(struct engine *e, struct pass *p, struct leg *l)
{
	struct leg *near = l->peer, *own;
	struct sip_msg m;

	if (near->peer == l || near->state == LEG_NEW || !early_is_separate(e, near) || !request_of(p, &m) ||
	    m.method != SIP_INVITE) {
		near->peer = l;
		transparent_show(e, l);
		return;
	}
	own = leg_other_answer(e, near, &m);
	if (own)
		l->peer = own;
	/* Without memory for it the caller sees them as one. */
	l->peer->peer = l;
	transparent_show(e, l);
}

/* ----- what is heard ----- */

static const struct conf_trunk *trunk_of(const struct engine *e, const struct leg *l)
{
	return l->trunk >= 0 ? &e->core.conf->trunks[l->trunk] : NULL;
}

/* The session in the relay follows the last one that was let through. */
/* An answer that the caller gets reliably is the answer, and no preview that could be left out (RFC 3262 5). */
static bool is_preview(const struct engine *e, const struct pass *p, const struct sip_msg *m)
{
	return !reliable_is(m) || !reliable_wanted(e, p, m);
}

bool early_is_heard(const struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m)
{
	const struct conf_trunk *trunk = trunk_of(e, l);
	enum conf_early early = trunk ? trunk->early : CONF_EARLY_LAST;

	if (early == CONF_EARLY_NONE || (trunk && trunk->ringback == CONF_RINGBACK_180 && is_preview(e, p, m)) ||
	    (early == CONF_EARLY_FIRST && p->heard && p->heard != l))
		return false;
	p->heard = l;
	return true;
}

uint16_t early_status(const struct engine *e, const struct leg *l, uint16_t status)
{
	const struct conf_trunk *trunk = trunk_of(e, l);

	/* 183 without its media would leave the caller in silence. */
	return status == 183 && trunk && trunk->ringback == CONF_RINGBACK_180 ? 180 : status;
}

/* ----- the end of one ----- */

static struct leg *far_of(struct leg *l)
{
	return l->side == SIDE_B ? l : l->peer;
}

static bool is_last(const struct leg *l)
{
	for (struct leg *other = l->call->legs; other; other = other->next)
		if (other != l && other->side == l->side && other->state == LEG_EARLY && far_of(other) &&
		    far_of(other)->state == LEG_EARLY)
			return false;
	return true;
}

static bool is_last_of_branch(const struct leg *far)
{
	for (const struct leg *l = far->call->legs; l; l = l->next)
		if (l != far && l->branch == far->branch && l->state == LEG_EARLY)
			return false;
	return true;
}

/* The other phones of the branch go on ringing, where there are any. */
static void end_far(struct engine *e, struct leg *far, bool told)
{
	if (is_last_of_branch(far))
		branch_cancel(e, far->branch, (struct span){ 0 });
	else if (!told)
		leg_bye_early(e, far);
	leg_lose(e, far);
}

bool early_ended(struct engine *e, struct leg *l)
{
	struct leg *far = far_of(l);

	if (l->call->state != CALL_SETUP || l->call->kind != CALL_INVITE || is_last(l) || !far || !far->branch)
		return false;
	end_far(e, far, far == l);
	if (far != l)
		leg_lose(e, l);
	return true;
}

bool early_is_over(const struct leg *l)
{
	return l->call->state == CALL_SETUP && l->call->kind == CALL_INVITE && l->peer && l->peer->state == LEG_ENDED;
}

bool early_is_told(const struct engine *e, const struct leg *l, uint16_t status)
{
	return status != 199 || (early_is_separate(e, l->peer) && l->peer->peer == l);
}

static bool wants_199(const struct pass *p)
{
	struct sip_msg m;

	return request_of(p, &m) && (option_tags_read(&m, SIP_HDR_SUPPORTED) & OPTION_BIT(OPTION_199));
}

void early_gone(struct engine *e, const struct branch *b)
{
	struct pass *p = b->pass;
	struct answer a = { .status = 199 };

	if (p->method != SIP_INVITE || !early_is_separate(e, p->from) || !wants_199(p))
		return;
	for (struct leg *l = p->call->legs; l; l = l->next) {
		if (l->side != SIDE_A || l->state != LEG_EARLY || l->peer->branch != b)
			continue;
		a.to_tag = buf_span(l->local_tag);
		respond(e, p->in, &a);
		leg_lose(e, l);
	}
}
