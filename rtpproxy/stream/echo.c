/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/echo.h"

#include "rtpproxy/stream/join.h"

static const struct {
	uint8_t of_sender, of_receiver; /* enum leg_echo */
} echoes[] = {
	[NG_ECHO_NO] = { LEG_ECHO_NONE, LEG_ECHO_NONE },      [NG_ECHO_SINK] = { LEG_ECHO_SINK, LEG_ECHO_SINK },
	[NG_ECHO_FORWARD] = { LEG_ECHO_SINK, LEG_ECHO_BACK }, [NG_ECHO_BACKWARDS] = { LEG_ECHO_BACK, LEG_ECHO_SINK },
	[NG_ECHO_BOTH] = { LEG_ECHO_BACK, LEG_ECHO_BACK },
};

static void leg_push(struct relay *r, struct session *s, struct leg *l)
{
	join_push(r, s, l);
	if (l->connected)
		join_push_peer(r, s, l);
}

void echo_wish(struct job *j, struct session *s, struct leg *sender, struct leg *receiver)
{
	const struct ng_request *q = j->request;

	if (q->echo == NG_ECHO_AS_IT_IS && !q->drop_start && !q->drop_stop)
		return;
	if (q->echo != NG_ECHO_AS_IT_IS) {
		sender->echo = echoes[q->echo].of_sender;
		receiver->echo = echoes[q->echo].of_receiver;
	}
	if (q->drop_start || q->drop_stop)
		s->drop_traffic = !q->drop_stop;
	leg_push(j->relay, s, s->near);
	for (struct leg *l = s->far; l; l = l->next)
		leg_push(j->relay, s, l);
}

bool echo_holds(const struct session *s, const struct leg *l)
{
	return l->echo || s->drop_traffic || (l->connected && l->connected->session->drop_traffic);
}

/* What goes nowhere is still heard and counted, so that a side is not taken for gone. RTP alone goes
 * back: fax that is echoed is no answer, and what circled between two echoes would be known by nothing. */
void echo_spec(const struct session *s, const struct leg *l, struct port_spec *spec)
{
	const bool back = l->echo == LEG_ECHO_BACK && !s->drop_traffic && spec->kind == STREAM_RTP;

	spec->peer = back ? spec->own : (struct own_port){ 0 };
	spec->map = (struct payload_map){ 0 };
}
