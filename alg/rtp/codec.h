/* SPDX-License-Identifier: BSD-3-Clause */
/* codec.h: voice codecs by name and by static payload number (RFC 3551 6), and how each bears loss (ITU-T G.113). */
#ifndef NATSBC_RTP_CODEC_H
#define NATSBC_RTP_CODEC_H

#include "alg/base/span.h"

struct codec {
	struct span name;
	int8_t payload_type; /* static; -1: none */
	uint32_t clock_hz;
	uint8_t ie;     /* equipment impairment without loss */
	uint8_t bpl_10; /* robustness against loss, in tenths */
};

enum { CODEC_UNKNOWN };

/* The number of the codec called so, any case; CODEC_UNKNOWN: not in the table. */
uint8_t codec_by_name(struct span name);
uint8_t codec_by_payload_type(uint8_t payload_type);

/* What is known of it; of CODEC_UNKNOWN what may be assumed. */
const struct codec *codec_of(uint8_t number);

#endif
