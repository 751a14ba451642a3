/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/rtp.h"

enum {
	RTP_FIXED = 12,
	RTCP_FIXED = 8, /* the shortest that names its sender */
	RTCP_FIRST_TYPE = 192,
	RTCP_LAST_TYPE = 223,
};

static inline uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/* Length of fixed header, contributing sources and extension, or 0 when n bytes do not hold them. */
static inline uint32_t rtp_header_len(const uint8_t *p, uint32_t n)
{
	uint32_t len;

	if (n < RTP_FIXED)
		return 0;
	len = RTP_FIXED + 4u * (p[0] & 0x0f);
	if (p[0] & 0x10) {
		if (len + 4 > n)
			return 0;
		len += 4 + 4 * get16(p + len + 2);
	}
	return len <= n ? len : 0;
}

/* First packet of a compound: its length is in words less one. What follows may be encrypted, so it is not walked. */
static inline bool rtcp_fits(const uint8_t *p, uint32_t n)
{
	return n >= RTCP_FIXED && 4 * (get16(p + 2) + 1) <= n;
}

static enum rtp_kind media_or_control(const uint8_t *p, uint32_t n)
{
	if (n < 2)
		return RTP_UNKNOWN;
	if (p[1] >= RTCP_FIRST_TYPE && p[1] <= RTCP_LAST_TYPE)
		return rtcp_fits(p, n) ? RTP_CONTROL : RTP_UNKNOWN;
	return rtp_header_len(p, n) ? RTP_MEDIA : RTP_UNKNOWN;
}

/* RFC 7983 7, the figure; index = first byte / 4, since all borders are multiples of four. */
static const uint8_t kind_of[64] = {
	[0] = RTP_STUN,         [1 ... 3] = RTP_UNKNOWN,   [4] = RTP_ZRTP,          [5 ... 15] = RTP_DTLS,
	[16 ... 19] = RTP_TURN, [20 ... 31] = RTP_UNKNOWN, [32 ... 47] = RTP_MEDIA, [48 ... 63] = RTP_UNKNOWN,
};

enum rtp_kind rtp_demux(const uint8_t *p, uint32_t n)
{
	enum rtp_kind kind;

	if (n == 0)
		return RTP_UNKNOWN;
	kind = (enum rtp_kind)kind_of[p[0] >> 2];
	return kind == RTP_MEDIA ? media_or_control(p, n) : kind;
}

int rtp_parse(const uint8_t *p, uint32_t n, bool encrypted, struct rtp_header *out)
{
	struct rtp_header h = { 0 };

	if (rtp_demux(p, n) != RTP_MEDIA)
		return -1;
	h.header_len = (uint16_t)rtp_header_len(p, n);
	if (!encrypted && p[0] & 0x20) {
		h.padding = p[n - 1];
		if (h.padding == 0 || h.padding > n - h.header_len)
			return -1;
	}
	h.marker = p[1] & 0x80;
	h.payload_type = p[1] & 0x7f;
	h.seq = rtp_seq(p);
	h.timestamp = (uint32_t)get16(p + 4) << 16 | get16(p + 6);
	h.ssrc = rtp_ssrc(p);
	*out = h;
	return 0;
}
