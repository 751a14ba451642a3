/* SPDX-License-Identifier: BSD-3-Clause */
/* media.h: the m= line (RFC 8866 5.14). */
#ifndef NATSBC_SDP_MEDIA_H
#define NATSBC_SDP_MEDIA_H

#include "alg/base/span.h"

enum sdp_proto {
	SDP_RTP_AVP,
	SDP_RTP_SAVP,
	SDP_RTP_AVPF,
	SDP_RTP_SAVPF,
	SDP_DTLS_SAVP,
	SDP_DTLS_SAVPF, /* the last one of RTP */
	SDP_UDPTL,      /* fax (T.38 annex D) */
	SDP_UDP,        /* RFC 8866 8.2.2 */
	SDP_BFCP,       /* floor control, RFC 8856 */
	SDP_PROTO_OTHER
};

struct sdp_media {
	struct span type; /* audio, video, image, … */
	uint16_t port;    /* 0: refused */
	uint32_t nports;  /* 1 unless /N was given */
	struct span proto_name;
	enum sdp_proto proto;
	struct span formats; /* payload numbers, separated by blanks */
};

/* RTP of whichever profile. */
static inline bool sdp_proto_is_rtp(enum sdp_proto proto)
{
	return proto <= SDP_DTLS_SAVPF;
}

/* RFC 4585, RFC 5124. */
static inline bool sdp_proto_has_feedback(enum sdp_proto proto)
{
	return proto == SDP_RTP_AVPF || proto == SDP_RTP_SAVPF || proto == SDP_DTLS_SAVPF;
}

/* SRTP whose keys come from a handshake (RFC 5764). */
static inline bool sdp_proto_is_dtls(enum sdp_proto proto)
{
	return proto == SDP_DTLS_SAVP || proto == SDP_DTLS_SAVPF;
}

/* SRTP and nothing else. */
static inline bool sdp_proto_is_secure(enum sdp_proto proto)
{
	return proto == SDP_RTP_SAVP || proto == SDP_RTP_SAVPF || sdp_proto_is_dtls(proto);
}

int sdp_media_parse(struct span value, struct sdp_media *out);

#endif
