/* SPDX-License-Identifier: BSD-3-Clause */
/* mail.h: STUN and DTLS that came to our media ports is read, and the packet path is told what comes of it. */
#ifndef NATSBC_RTPPROXY_MAIL_H
#define NATSBC_RTPPROXY_MAIL_H

#include "rtpproxy/session/mailroom.h"

/* One datagram whose stream is known. */
void mail_take(struct relay *r, const struct mail *m);

/* Reads what has come, up to so much a turn: commands do not wait for it. */
void mail_read(struct relay *r, uint64_t now);

#endif
