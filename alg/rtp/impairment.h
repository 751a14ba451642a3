/* SPDX-License-Identifier: BSD-3-Clause */
/* impairment.h: voice codecs by name and by static payload number (RFC 3551 6), and how each bears loss (ITU-T G.113).
 */
#ifndef NATSBC_RTP_IMPAIRMENT_H
#define NATSBC_RTP_IMPAIRMENT_H

#include "alg/base/span.h"

struct impairment {
	struct span name;
	int8_t payload_type; /* static; -1: none */
	uint32_t clock_hz;
	uint8_t ie;     /* equipment impairment without loss */
	uint8_t bpl_10; /* robustness against loss, in tenths */
};

enum { IMPAIRMENT_UNKNOWN };

/* The number of the codec called so, any case; IMPAIRMENT_UNKNOWN: not in the table. */
uint8_t impairment_by_name(struct span name);
uint8_t impairment_by_payload_type(uint8_t payload_type);

/* What is known of it; of IMPAIRMENT_UNKNOWN what may be assumed. */
const struct impairment *impairment_of(uint8_t number);

#endif
