/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/end.h"

#include "rtpproxy/life/owner.h"
#include "rtpproxy/session/elsewhere.h"
#include "rtpproxy/session/linger.h"
#include "rtpproxy/stream/connect.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/listener.h"
#include "rtpproxy/stream/record.h"

void end_session(struct relay *r, struct session *s, uint64_t now)
{
	linger_cancel(r, s);
	record_end(r, s);
	forward_session_end(r, s);
	table_del(&r->sessions, s->call_id);
	session_leave(&r->all, s);
	owner_del(r, s);
	peers_let_go(&r->peers, s->peer);
	listener_end_all(r, s, now);
	connect_end(r, s, s->near);
	elsewhere_stay(r, s->near, now);
	for (struct leg *l = s->far; l; l = l->next) {
		connect_end(r, s, l);
		elsewhere_stay(r, l, now);
	}
	join_drop_all(r, s->near, now);
	for (struct leg *l = s->far; l; l = l->next)
		join_drop_all(r, l, now);
	session_free(s);
}

void end_branch(struct relay *r, struct session *s, struct leg *l, uint64_t now)
{
	bool was_joined = s->joined == l;

	connect_end(r, s, l);
	elsewhere_stay(r, l, now);
	join_drop_all(r, l, now);
	listener_forget(s, l);
	session_take_far(s, l);
	leg_free(l);
	if (was_joined)
		join_push(r, s, s->near);
}

bool end_make_room(struct relay *r, const struct session *but, uint64_t now)
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
void end_tick(struct relay *r, uint64_t now)
{
	struct session *next;

	for (struct session *s = r->lingering.first; s; s = next) {
		next = s->linger_next;
		if (now >= s->linger_until)
			end_session(r, s, now);
	}
}
