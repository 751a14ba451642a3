/* SPDX-License-Identifier: BSD-3-Clause */
/* setup.h: a=setup and a=tls-id: who begins a DTLS association, and which one it is (RFC 4145 4, RFC 8842 4 and 5). */
#ifndef NATSBC_SDP_SETUP_H
#define NATSBC_SDP_SETUP_H

#include "alg/base/writer.h"
#include "alg/sdp/sdp.h"

enum sdp_setup { SDP_SETUP_NONE, SDP_SETUP_ACTIVE, SDP_SETUP_PASSIVE, SDP_SETUP_ACTPASS, SDP_SETUP_HOLDCONN };

enum { SDP_TLS_ID_MIN = 20, SDP_TLS_ID_MAX = 255 };

/* Of a media section: its own, else the session's. */
enum sdp_setup sdp_setup(const struct sdp *s, unsigned media);

/* What to answer where the other side has offered `offered`: we wait where we may choose, or begin where eager. Nothing
 * offered is actpass (RFC 8842 5.3: as old offers meant it). */
enum sdp_setup sdp_setup_answer(enum sdp_setup offered, bool eager);

/* Absent where there is none, or one that is too short or too long. Borrows s. */
struct span sdp_tls_id(const struct sdp *s, unsigned media);

/* The whole line, with its end. */
void sdp_setup_write(struct writer *w, enum sdp_setup setup);

#endif
