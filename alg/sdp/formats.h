/* SPDX-License-Identifier: BSD-3-Clause */
/* formats.h: what the streams of two session descriptions may carry, compared: were both sides told the same? */
#ifndef NATSBC_SDP_FORMATS_H
#define NATSBC_SDP_FORMATS_H

#include "alg/base/span.h"

/* Same streams, same formats under the same numbers, same directions; addresses and ports do not matter. False where
 * either can't be read. */
bool formats_same(struct span a, struct span b);

/* The answer takes all that is offered: every stream, every format, the direction (RFC 3264 6). Then who made the offer
 * may go on as if it had been told nothing. False where either can't be read. */
bool formats_all_taken(struct span offer, struct span answer);

/* b takes whatever may be sent to who said a, whatever the directions. */
bool formats_within(struct span a, struct span b);

#endif
