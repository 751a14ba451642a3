/* SPDX-License-Identifier: BSD-3-Clause */
/* ice.h: what a description says of ICE for one m-line (RFC 8839), and the lines of ours, who are lite (RFC 8445 2.5).
 */
#ifndef NATSBC_SDP_ICE_H
#define NATSBC_SDP_ICE_H

#include "alg/base/addr.h"
#include "alg/sdp/sdp.h"

enum { SDP_ICE_UFRAG_MIN = 4, SDP_ICE_PWD_MIN = 22, SDP_ICE_TEXT_MAX = 256 };

struct sdp_ice {
	struct span ufrag, pwd; /* borrow the description */
	bool lite;              /* it does not check itself */
	bool mismatch;          /* the default address is none of its candidates: somebody on the way has changed it; or
				 * it says so of ours (RFC 8839 4.2.5) */
};

/* One a=candidate line, as far as it is of use here. */
struct sdp_candidate {
	uint32_t component; /* 1: RTP, 2: RTCP */
	bool udp;
	struct addr addr; /* ADDR_NONE where it is a name */
};

/* The line's value: 0 or -1. */
int sdp_candidate_parse(struct span value, struct sdp_candidate *out);

/* The m-line's own attributes, else the session's. False where there is no ICE: no credentials, or malformed ones. */
bool sdp_ice_read(const struct sdp *s, unsigned media, struct sdp_ice *out);

struct sdp_ice_ours {
	struct span ufrag, pwd;
	struct addr rtp, rtcp; /* our only candidates; rtcp port 0: there is one port for both */
};

/* Whole lines, for an m-section. That we are lite stands in the session's part. */
void sdp_ice_write(struct writer *w, const struct sdp_ice_ours *ours);

#endif
