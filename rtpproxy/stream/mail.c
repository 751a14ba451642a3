/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/mail.h"

#include "rtpproxy/session/ice.h"
#include "rtpproxy/stream/join.h"

typedef enum mail_news mail_fn(struct relay *r, const struct mail *m);

/* Who reads it: DTLS, STUN. */
static mail_fn *const readers[2] = { handshake_take, ice_read };

void mail_take(struct relay *r, const struct mail *m)
{
	const enum mail_news news = readers[m->what->stun](r, m);

	if (news != MAIL_NO_NEWS)
		join_push(r, m->session, m->leg);
	if (news == MAIL_OF_SIDES)
		join_push_peer(r, m->session, m->leg);
}

void mail_read(struct relay *r, uint64_t now)
{
	enum { TURN_MAX = 256 };
	struct datapath_mail what;

	for (unsigned i = 0; i < TURN_MAX && r->path.mail && r->path.mail(r->path.ctx, &what); i++) {
		struct mail m = { .what = &what, .now = now };

		if (!mailroom_find(r, &m)) {
			r->counters.mail.lost++;
			continue;
		}
		r->counters.mail.taken[what.stun]++;
		mail_take(r, &m);
	}
}
