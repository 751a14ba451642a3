/* SPDX-License-Identifier: BSD-3-Clause */
/* rtcp.h: what a compound RTCP packet says (RFC 3550 6.4, RFC 4585 6.1, RFC 3611 2), and reports of our own. */
#ifndef NATSBC_RTP_RTCP_H
#define NATSBC_RTP_RTCP_H

#include <stdbool.h>
#include <stdint.h>

#include "alg/rtp/measure.h"

enum rtcp_type {
	RTCP_SENDER = 200,
	RTCP_RECEIVER = 201,
	RTCP_NAMES = 202,
	RTCP_BYE = 203,
	RTCP_APP = 204,
	RTCP_FEEDBACK = 205,         /* of transport: NACK */
	RTCP_PAYLOAD_FEEDBACK = 206, /* of video: PLI, FIR */
	RTCP_EXTENDED = 207,
};

/* One packet of a compound one. */
struct rtcp_packet {
	const uint8_t *p; /* from its header on */
	uint32_t n;       /* with header and padding, a multiple of four */
	uint8_t type;     /* enum rtcp_type, or another */
	uint8_t count;    /* report blocks, or sources, or the kind of feedback */
};

/* Takes the next packet from the n bytes at *p: 1; 0 at the end; -1 where they are none. */
int rtcp_next(const uint8_t **p, uint32_t *n, struct rtcp_packet *out);

/* What a sender says of itself. */
struct rtcp_sender {
	uint32_t ntp_middle; /* the middle 32 bits of its time: what the other side gives back */
	uint32_t timestamp, packets, bytes;
};

/* What one side says of a stream that it hears. */
struct rtcp_block {
	uint32_t ssrc;
	uint8_t fraction; /* lost since the last report, in 256ths */
	int32_t lost;
	uint32_t highest;
	uint32_t jitter;     /* in units of the stream's clock */
	uint32_t last, held; /* LSR, and DLSR in units of 1/65536 s; last 0: no sender's report has been heard */
};

enum { RTCP_BLOCKS = 4 }; /* so many are kept; with more sources in a stream it is not telephony */

struct rtcp_news {
	uint32_t ssrc; /* who says so */
	bool sends;    /* sender is set */
	bool bye, extended, feedback;
	struct rtcp_sender sender;
	struct rtcp_block block[RTCP_BLOCKS];
	uint8_t nblock;
};

/* A whole compound packet, not encrypted. 0, or -1 where it is unsound: out is untouched then. */
int rtcp_read(const uint8_t *p, uint32_t n, struct rtcp_news *out);

/* Takes feedback (RFC 4585) out of the n bytes at p; how many are left, 0 where nothing else was in them. The packet
 * must be sound. */
uint32_t rtcp_feedback_drop(uint8_t *p, uint32_t n);

/* How long ago, in microseconds, the sender's report went by that the block answers; now_us is the time now, at_us that
 * of the report. -1 where the other side says that it kept it for longer than it can have. */
int64_t rtcp_round_trip(const struct rtcp_block *b, uint64_t at_us, uint64_t now_us);

enum { RTCP_REPORT_MAX = 96 };

/* A report of ours, on behalf of a side that sends none. */
struct rtcp_own {
	uint32_t ssrc;      /* of the stream that this side sends; 0: it sends nothing, only hears */
	uint32_t timestamp; /* of that stream, now */
	uint32_t packets, bytes;
	uint64_t ntp;                    /* now: seconds since 1900 and their fraction */
	const struct rtp_quality *heard; /* the stream that this side hears; NULL: none */
	uint8_t fraction;                /* of it lost since the last report, in 256ths */
	uint32_t last, held;             /* as in a block */
	const char *name;                /* CNAME: letters and digits, at most 32 */
};

/* Writes a compound packet into RTCP_REPORT_MAX bytes; its length. */
uint32_t rtcp_write(const struct rtcp_own *own, uint8_t *out);

#endif
