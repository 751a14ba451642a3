/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/early.h"

#include "sbc/branch.h"
#include "sbc/leg.h"

/* ----- one for all, or one each ----- */

static bool is_separate(const struct engine *e, const struct leg *near)
{
	const struct config *conf = e->core.conf;
	enum conf_forks forks =
		near->trunk >= 0 ? conf->trunks[near->trunk].forks : conf->realms[near->flow.realm].forks;

	return forks == CONF_FORKS_SEPARATE;
}

void early_show(struct engine *e, struct pass *p, struct leg *l)
{
	struct leg *near = l->peer, *own;

	if (near->peer == l || near->state == LEG_NEW || p->method != SIP_INVITE || !is_separate(e, near)) {
		near->peer = l;
		return;
	}
	own = leg_other_answer(e, near);
	if (own)
		l->peer = own;
	/* Without memory for it the caller sees them as one. */
	l->peer->peer = l;
}

/* ----- what is heard ----- */

static const struct conf_trunk *trunk_of(const struct engine *e, const struct leg *l)
{
	return l->trunk >= 0 ? &e->core.conf->trunks[l->trunk] : NULL;
}

/* The session in the relay follows the last one that was let through. */
bool early_is_heard(const struct engine *e, struct pass *p, struct leg *l)
{
	const struct conf_trunk *trunk = trunk_of(e, l);
	enum conf_early early = trunk ? trunk->early : CONF_EARLY_LAST;

	if (early == CONF_EARLY_NONE || (trunk && trunk->ringback == CONF_RINGBACK_180) ||
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

/* ----- BYE ----- */

static struct leg *far_of(struct leg *l)
{
	return l->side == SIDE_B ? l : l->peer;
}

static bool is_last(const struct leg *l)
{
	for (struct leg *other = l->call->legs; other; other = other->next)
		if (other != l && other->side == l->side && other->state == LEG_EARLY &&
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

bool early_bye(struct engine *e, struct leg *l)
{
	struct leg *far = far_of(l);

	if (l->call->state != CALL_SETUP || l->call->kind != CALL_INVITE || is_last(l) || !far->branch)
		return false;
	end_far(e, far, far == l);
	if (far != l)
		leg_lose(e, l);
	return true;
}
