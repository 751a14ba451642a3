/* SPDX-License-Identifier: BSD-3-Clause */
/* mailroom.h: STUN and DTLS that came to our media ports: for which stream of which session it is. */
#ifndef NATSBC_RTPPROXY_MAILROOM_H
#define NATSBC_RTPPROXY_MAILROOM_H

#include "alg/conf/config.h"
#include "rtpproxy/path/datapath.h"

struct relay;
struct session;
struct leg;

/* Whose pairs of ports get mail: by realm and pair, as `ports` numbers them. */
struct mailroom {
	struct session **of[CONF_REALM_MAX]; /* NULL where a realm has had none yet */
};

struct mail_counters {
	uint64_t taken[2]; /* DTLS, STUN */
	uint64_t lost;     /* for a call that was just over */
};

/* One datagram, and where it came in. */
struct mail {
	struct session *session;
	struct leg *leg;
	unsigned stream;
	bool rtcp; /* to the stream's RTCP port */
	const struct datapath_mail *what;
	uint64_t now;
};

/* What the packet path is to be told after a datagram. */
enum mail_news {
	MAIL_NO_NEWS,
	MAIL_OF_SIDE,  /* of the side that it came from */
	MAIL_OF_SIDES, /* the same, and of the other one */
};

void mailroom_fini(struct mailroom *room);

/* The pair is the session's: what comes there is read from now on, until mailroom_drop(). Without memory it is not. */
void mailroom_hold(struct relay *r, struct session *s, struct own_port rtp);
void mailroom_drop(struct relay *r, struct own_port rtp);

/* Whose m->what is. False where the call that it was for has ended meanwhile. */
bool mailroom_find(struct relay *r, struct mail *m);

#endif
