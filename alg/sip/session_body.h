/* SPDX-License-Identifier: BSD-3-Clause */
/* session_body.h: where the session description is in the body of a message (RFC 3261 13.2, RFC 5621). */
#ifndef NATSBC_SIP_SESSION_BODY_H
#define NATSBC_SIP_SESSION_BODY_H

#include "alg/sip/msg.h"
#include "alg/sip/multipart.h"

enum session_body {
	SESSION_BODY_NONE,  /* no body, or one that is about something else: ISUP, text, XML */
	SESSION_BODY_WHOLE, /* the body is SDP */
	SESSION_BODY_PART,  /* one part of it is */
	SESSION_BODY_SHUT,  /* there is or may be one that can't be rewritten: signed, encrypted, compressed, one of
			     * several, or not meant for the session (RFC 3959) */
};

/* Of SESSION_BODY_PART, *part is filled in. Borrows m. */
enum session_body session_body_find(const struct sip_msg *m, struct multipart_part *part);

/* The same of a body of several parts; type is its Content-Type. Never SESSION_BODY_WHOLE. */
enum session_body session_body_in_parts(struct span type, struct span body, struct multipart_part *part);

#endif
