/* SPDX-License-Identifier: BSD-3-Clause */
/* shield.h: how one side's RTP is protected: with what it opens what we send, and we what it sends. */
#ifndef NATSBC_RTPPROXY_SHIELD_H
#define NATSBC_RTPPROXY_SHIELD_H

#include "alg/rtp/srtp_key.h"
#include "alg/sdp/crypto.h"
#include "rtpproxy/path/datapath.h"

enum shield_kind {
	SHIELD_NONE, /* RTP in the clear */
	SHIELD_SDES, /* SRTP, keys in the descriptions (RFC 4568) */
	SHIELD_DTLS, /* SRTP, keys from a handshake (RFC 5764) */
};

struct shield {
	uint8_t kind;                    /* enum shield_kind: in force */
	uint8_t shown;                   /* the same: of our last offer to the side */
	bool optional;                   /* that offer leaves it to the side (RFC 8643) */
	bool has_secret;                 /* SDES: the side has been told our key, or will be */
	struct srtp_key ours;            /* seals what leaves; SRTP_SUITE_NONE: not known yet */
	struct srtp_key theirs;          /* opens what arrives; the same */
	uint8_t secret[SRTP_SECRET_MAX]; /* SDES: our key and salt of whichever suite is chosen begin here */
};

/* Keys that a handshake has agreed on are in force: the packet path is to be told, of this stream and of the one
 * across. */
void shield_arm(struct shield *s, const struct srtp_key *ours, const struct srtp_key *theirs);

/* How the packet path is to treat the port; s and across NULL: plain. */
void shield_spec(const struct shield *s, const struct shield *across, struct port_spec *spec);

#endif
