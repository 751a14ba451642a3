/* SPDX-License-Identifier: BSD-3-Clause */
/* impairment.h: what voice codecs take from a call, and how they bear loss (ITU-T G.113 appendix I). */
#ifndef NATSBC_RTP_IMPAIRMENT_H
#define NATSBC_RTP_IMPAIRMENT_H

#include "alg/base/span.h"

struct impairment {
	struct span codec; /* as in SDP */
	uint8_t ie;        /* without loss */
	uint8_t bpl_10;    /* robustness against loss, in tenths */
};

enum { IMPAIRMENT_UNKNOWN };

/* The number of the codec called so, any case; IMPAIRMENT_UNKNOWN: not in the table. */
uint8_t impairment_find(struct span codec);

/* What is known of it; of IMPAIRMENT_UNKNOWN what may be assumed. */
const struct impairment *impairment_of(uint8_t number);

#endif
