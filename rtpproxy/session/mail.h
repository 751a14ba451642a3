/* SPDX-License-Identifier: BSD-3-Clause */
/* mail.h: STUN and DTLS that came to our media ports: for which stream of which session it is, and who reads it. */
#ifndef NATSBC_RTPPROXY_MAIL_H
#define NATSBC_RTPPROXY_MAIL_H

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

void mail_fini(struct mailroom *room);

/* The pair is the session's: what comes there is read from now on, until mail_drop(). Without memory it is not. */
void mail_hold(struct relay *r, struct session *s, struct own_port rtp);
void mail_drop(struct relay *r, struct own_port rtp);

/* Reads what has come, up to so much a turn: commands do not wait for it. */
void mail_read(struct relay *r, uint64_t now);

#endif
