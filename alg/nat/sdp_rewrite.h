/* SPDX-License-Identifier: BSD-3-Clause */
/* sdp_rewrite.h: a session description as the other side may see it: our addresses and ports, nothing of the sender's
 * (CALLS.md O4, O5 and the SDP rows of the topology-hiding list). */
#ifndef NATSBC_NAT_SDP_REWRITE_H
#define NATSBC_NAT_SDP_REWRITE_H

#include "alg/base/addr.h"
#include "alg/sdp/extmap.h"
#include "alg/sdp/payload_plan.h"
#include "alg/sdp/sdp.h"

/* What we put in place of the sender's own, for one m= line. */
struct sdp_ours {
	struct addr rtp;   /* our address and port; port 0: the stream is refused */
	struct addr rtcp;  /* written as a=rtcp only where it is not rtp's port + 1, unless how.rtcp says otherwise */
	struct span proto; /* "RTP/AVP"; absent: as it came */
	struct span mid;   /* a=mid, where none came; absent: none */
	const struct payload_plan *plan; /* NULL: formats as they came */
	struct span extra; /* whole lines of ours, for the section's end; not written where the stream is refused */
};

enum sdp_rtcp_line { SDP_RTCP_WHERE_NEEDED, SDP_RTCP_NEVER, SDP_RTCP_FULL };

struct sdp_rewrite {
	struct addr host;    /* o= and c= */
	uint64_t session_id; /* o=: ours, one per leg */
	uint64_t version;
	const struct sdp_ours *media; /* one per m= line, nmedia of them */
	unsigned nmedia;
	enum sdp_rtcp_line rtcp;
	struct span bundle; /* of a=mid lines the one that is a BUNDLE of its own (RFC 9143); absent: none */
	uint32_t hidden;    /* by bit: m= lines that are not written at all */
	const struct sdp_extmap_rule *extmap; /* nextmap of them: header extensions that are not offered */
	unsigned nextmap;
	bool mid;          /* m= lines without a=mid get one */
	bool unhold;       /* c=0.0.0.0 becomes our address like any other */
	bool plain_packet; /* header extensions are not offered */
	bool ice_lite;     /* ICE of ours is among the lines of ours (RFC 8839 5.3) */
};

/* Writes the new description. What carries an address of the sender is replaced or left out: o=, s=, i=, u=, e=, p=,
 * k=, c=, m= ports, a=rtcp, candidates and ICE, crypto keys and fingerprints of the other hop, ssrc cname, tool and
 * vendors' NAT marks. c=0.0.0.0 (old hold) stays any-address; an m= line that came with port 0 keeps it. Lines of no
 * known type and whatever holds an IP literal, whoever's, are left out. Of formats, those of the
 * plan stay, and their attributes with them. All else is kept as it came, the lines of each kind in their order.
 * 0; -1 when w is full, nmedia does not match, an o=, c= or m= line is malformed or an m= line holds an address. */
int sdp_rewrite(const struct sdp *in, const struct sdp_rewrite *r, struct writer *w);

#endif
