/* SPDX-License-Identifier: BSD-3-Clause */
/* srtp_window.h: which packets of one SRTP source there have been: the whole number of one that carries only its end,
 * and whether it is new (RFC 3711 3.3.1, 3.3.2). */
#ifndef NATSBC_RTP_SRTP_WINDOW_H
#define NATSBC_RTP_SRTP_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { SRTP_WINDOW = 128 }; /* so far behind the highest one may be late */

/* Rollover counter and sequence number have 48 bits. */
#define SRTP_INDEX_MAX ((UINT64_C(1) << 48) - 1)

/* All zero: there was none yet. */
struct srtp_window {
	uint64_t next;    /* the highest number, and one */
	uint64_t seen[2]; /* bit n: the highest less n */
};

/* What the number of a packet most likely is. */
uint64_t srtp_window_index(const struct srtp_window *w, uint16_t seq);

/* Is it one that there has not been, as far as is known? */
bool srtp_window_is_new(const struct srtp_window *w, uint64_t index);

/* There has been this one, which is new. */
void srtp_window_take(struct srtp_window *w, uint64_t index);

#endif
