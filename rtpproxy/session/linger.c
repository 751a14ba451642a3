/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/linger.h"

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
