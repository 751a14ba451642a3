/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transparent.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "sbc/leg.h"

static bool is_open(const struct engine *e, const struct leg *l)
{
	return e->core.conf->realms[l->flow.realm].topology == CONF_TOPOLOGY_TRANSPARENT;
}

bool transparent_between(const struct engine *e, const struct leg *a, const struct leg *b)
{
	return a && b && is_open(e, a) && is_open(e, b);
}

static struct span user_of(const struct buf *party)
{
	struct nameaddr n;
	struct uri uri;

	return nameaddr_parse(buf_span(party), &n) || uri_parse(n.uri, &uri) ? (struct span){ 0 } : uri.user;
}

/* As it came, unless a route or the trunk wants another number there. */
static void keep_party(struct engine *e, struct buf **ours, const struct buf *theirs)
{
	if (uri_user_eq(user_of(*ours), user_of(theirs)))
		buf_replace(&e->core.bufs, ours, buf_span(theirs));
}

void transparent_begin(struct engine *e, struct leg *to)
{
	const struct leg *from = to->peer;

	if (!transparent_between(e, from, to))
		return;
	keep_party(e, &to->local, from->remote);
	keep_party(e, &to->remote, from->local);
	/* The same call once more, by another way (a spiral): the names are taken, it keeps its own. */
	if (leg_rename(e, to, buf_span(from->call_id), buf_span(from->remote_tag)) == 0 && from->remote_cseq)
		to->local_cseq = from->remote_cseq - 1;
}

void transparent_learn(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	struct span party = sip_msg_value(m, m->is_request ? SIP_HDR_FROM : SIP_HDR_TO);
	struct leg *near = l->peer;

	if (near && near->state == LEG_NEW && near->side == SIDE_A && transparent_between(e, near, l) &&
	    nameaddr_tag(party).n)
		leg_rename(e, near, buf_span(near->call_id), nameaddr_tag(party));
}
