/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/transparent.h"

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "sbc/call/leg.h"

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
	struct buf *kept;

	if (!uri_user_eq(user_of(*ours), user_of(theirs)))
		return;
	kept = buf_keep(&e->core.bufs, buf_span(theirs));
	if (!kept)
		return;
	buf_drop(&e->core.bufs, *ours);
	*ours = kept;
}

/* A tag is the user part of our Contact too: not all of a token may stand there (RFC 3261 25.1). */
static bool is_usable(struct span tag)
{
	for (uint32_t i = 0; i < tag.n; i++)
		if (!byte_is(tag.p[i], TOKEN) || tag.p[i] == '%' || tag.p[i] == '`')
			return false;
	return tag.n > 0;
}

void transparent_begin(struct engine *e, struct leg *to)
{
	const struct leg *from = to->peer;

	if (!transparent_between(e, from, to))
		return;
	keep_party(e, &to->local, from->remote);
	keep_party(e, &to->remote, from->local);
	/* The same call once more, by another way (a spiral): the names are taken, it keeps its own. */
	if (is_usable(buf_span(from->remote_tag)) &&
	    leg_rename(e, to, buf_span(from->call_id), buf_span(from->remote_tag)) == 0 && from->remote_cseq)
		to->local_cseq = from->remote_cseq - 1;
}

static void show(struct engine *e, struct leg *l, struct span tag)
{
	struct leg *near = l->peer;

	if (near && near->state == LEG_NEW && near->side == SIDE_A && transparent_between(e, near, l) && is_usable(tag))
		leg_rename(e, near, buf_span(near->call_id), tag);
}

void transparent_show(struct engine *e, struct leg *l)
{
	show(e, l, buf_span(l->remote_tag));
}

void transparent_refused(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	show(e, l, sip_msg_to_tag(m));
}
