/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/linger.h"

#include "rtpproxy/life/end.h"

uint64_t linger_delay_ms(const struct job *j, const struct session *s)
{
	if (j->request->has_delete_delay)
		return (uint64_t)j->request->delete_delay_s * 1000;
	return span_is_set(s->owner) ? 0 : j->relay->conf->relay.delete_delay_ms;
}

void linger_begin(struct relay *r, struct session *s, uint64_t until)
{
	struct lingering *l = &r->lingering;

	linger_cancel(r, s);
	s->linger_until = until;
	s->linger_prev = l->last;
	s->linger_next = NULL;
	*(l->last ? &l->last->linger_next : &l->first) = s;
	l->last = s;
	l->count++;
}

void linger_cancel(struct relay *r, struct session *s)
{
	struct lingering *l = &r->lingering;

	if (!s->linger_until)
		return;
	*(s->linger_prev ? &s->linger_prev->linger_next : &l->first) = s->linger_next;
	*(s->linger_next ? &s->linger_next->linger_prev : &l->last) = s->linger_prev;
	s->linger_until = 0;
	s->linger_prev = s->linger_next = NULL;
	l->count--;
}

bool linger_make_room(struct relay *r, const struct session *but, uint64_t now)
{
	struct session *s = r->lingering.first;

	if (s && s == but)
		s = s->linger_next;
	if (!s)
		return false;
	end_session(r, s, now);
	return true;
}

/* Delays may differ, so the order is not that of the ends. */
void linger_tick(struct relay *r, uint64_t now)
{
	struct session *next;

	for (struct session *s = r->lingering.first; s; s = next) {
		next = s->linger_next;
		if (now >= s->linger_until)
			end_session(r, s, now);
	}
}
