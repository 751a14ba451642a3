/* SPDX-License-Identifier: BSD-3-Clause */
/* secure.h: what a stream has beyond plain RTP on two ports; a plain one has none of it. Each member belongs to a noun
 * of its own; here is when they are asked. */
#ifndef NATSBC_RTPPROXY_SECURE_H
#define NATSBC_RTPPROXY_SECURE_H

#include "rtpproxy/line/mux.h"
#include "rtpproxy/line/shield.h"
#include "rtpproxy/session/ice.h"
#include "rtpproxy/session/session.h"

struct handshake;

struct secure {
	struct shield shield;
	struct mux mux;
	struct ice ice;
	struct handshake *handshake; /* owned; DTLS: whoever has the certificate that was named; NULL: none */
};

/* The stream's, made where it has none. NULL without memory. */
struct secure *secure_make(struct stream *m);
/* s may be NULL. */
void secure_free(struct secure *s);

/* The side's RTCP comes to the port of its RTP: the next port is shut. */
static inline bool secure_is_muxed(const struct stream *m)
{
	return m->secure && m->secure->mux.on;
}

/* What its side knows of its protection is of a relay that is no more: it must be told anew first (resume.h). l may be
 * NULL. */
bool secure_waits(const struct stream *m);
bool secure_leg_waits(const struct leg *l);
bool secure_session_waits(const struct session *s);

/* What the packet path is to know of it. */
void secure_spec(const struct stream *m, struct port_spec *spec);

#endif
