/* SPDX-License-Identifier: BSD-3-Clause */
/* protection.h: how a session description wants its media protected, as far as that is to be seen at a glance: of its
 * first RTP stream that is not refused. */
#ifndef NATSBC_SDP_PROTECTION_H
#define NATSBC_SDP_PROTECTION_H

#include "alg/base/span.h"

enum protection_kind {
	PROTECTION_NONE,  /* RTP in the clear, or no RTP */
	PROTECTION_OSRTP, /* the same, with keys for who takes them (RFC 8643) */
	PROTECTION_SDES,  /* SRTP, keys in the description (RFC 4568) */
	PROTECTION_DTLS,  /* SRTP, keys from a handshake (RFC 5763) */
};

struct protection {
	enum protection_kind kind;
	struct span profile; /* "RTP/SAVP", as it stands there; absent: no such stream */
	bool ice;            /* it can do ICE (RFC 8839) */
	bool mux;            /* RTCP may come on the port of RTP (RFC 5761) */
};

/* Looks at lines only: whether all of it is a description is for others to say. Borrows sdp. */
void protection_read(struct span sdp, struct protection *out);

#endif
