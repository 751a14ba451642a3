/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/mailroom.h"

#include <stdlib.h>

#include "rtpproxy/session/state.h"

void mailroom_fini(struct mailroom *room)
{
	for (unsigned i = 0; i < CONF_REALM_MAX; i++)
		free(room->of[i]);
	*room = (struct mailroom){ 0 };
}

static struct session **mail_slot(struct relay *r, struct own_port own)
{
	const struct ports *p = &r->ports[own.realm];
	struct session **of = r->mail.of[own.realm];
	const uint32_t pair = (uint32_t)(own.port - p->first) / 2;

	return of && own.port >= p->first && pair < p->npair ? &of[pair] : NULL;
}

void mailroom_hold(struct relay *r, struct session *s, struct own_port rtp)
{
	struct session **slot;

	if (!r->mail.of[rtp.realm])
		r->mail.of[rtp.realm] = calloc(r->ports[rtp.realm].npair, sizeof(struct session *));
	slot = mail_slot(r, rtp);
	if (slot)
		*slot = s;
}

void mailroom_drop(struct relay *r, struct own_port rtp)
{
	struct session **slot = mail_slot(r, rtp);

	if (slot)
		*slot = NULL;
}

/* Which of the leg's streams has the port: false where none. */
static bool leg_finds(struct leg *l, struct mail *m)
{
	const uint16_t rtp = (uint16_t)(m->what->own.port & ~1U);

	for (unsigned i = 0; i < l->nstream; i++) {
		if (l->realm != m->what->own.realm || l->stream[i].port != rtp)
			continue;
		m->leg = l;
		m->stream = i;
		m->rtcp = m->what->own.port != rtp;
		return true;
	}
	return false;
}

bool mailroom_find(struct relay *r, struct mail *m)
{
	struct session *const *slot = mail_slot(r, m->what->own);
	struct session *s = slot ? *slot : NULL;
	bool found = false;

	if (!s || s->id != m->what->session)
		return false;
	m->session = s;
	for (struct leg *l = s->near; l && !found; l = session_next(s, l))
		found = leg_finds(l, m);
	return found;
}
