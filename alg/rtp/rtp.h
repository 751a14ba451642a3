/* SPDX-License-Identifier: BSD-3-Clause */
/* rtp.h: what a datagram at a media port is, and the RTP header (RFC 3550 5.1, 6.4). */
#ifndef NATSBC_RTP_RTP_H
#define NATSBC_RTP_RTP_H

#include <stdbool.h>
#include <stdint.h>

/* Told apart by the first bytes (RFC 7983 7, RFC 5761 4). */
enum rtp_kind { RTP_MEDIA, RTP_CONTROL, RTP_STUN, RTP_DTLS, RTP_ZRTP, RTP_TURN, RTP_UNKNOWN };

struct rtp_header {
	uint32_t ssrc;
	uint32_t timestamp;
	uint16_t seq;
	uint8_t payload_type;
	bool marker;
	uint16_t header_len; /* with contributing sources and extension */
	uint16_t padding;    /* bytes at the end that are not payload */
};

/* RTP_MEDIA and RTP_CONTROL are promised to have a whole header that fits n; what pretends to be one of them and does
 * not is RTP_UNKNOWN. */
enum rtp_kind rtp_demux(const uint8_t *p, uint32_t n);

/* RTP without extension and contributing sources: what nearly every packet is. Then rtp_demux says RTP_MEDIA. */
static inline bool rtp_is_plain_media(const uint8_t *p, uint32_t n)
{
	return n >= 12 && (p[0] & 0xdf) == 0x80 && (p[1] & 0xe0) != 0xc0;
}

/* A whole RTP packet of n bytes. 0, or -1 when it is not one: out is untouched then. encrypted: the padding cannot be
 * checked. */
int rtp_parse(const uint8_t *p, uint32_t n, bool encrypted, struct rtp_header *out);

/* Of a packet that rtp_demux called RTP_MEDIA. */
static inline uint16_t rtp_seq(const uint8_t *p)
{
	return (uint16_t)(p[2] << 8 | p[3]);
}

static inline uint32_t rtp_ssrc(const uint8_t *p)
{
	return (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11];
}

static inline uint32_t rtp_timestamp(const uint8_t *p)
{
	return (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
}

static inline uint8_t rtp_payload_type(const uint8_t *p)
{
	return p[1] & 0x7f;
}

static inline bool rtp_marker(const uint8_t *p)
{
	return p[1] >> 7;
}

/* How far b is ahead of a, negative when it is behind (modulo 2^16). */
static inline int rtp_seq_ahead(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(b - a);
}

#endif
