/* SPDX-License-Identifier: BSD-3-Clause */
/* crossing.h: what of a request must be said differently to mean the same on the other side: where a Refer-To leads,
 * which dialog a Replaces, Join or Target-Dialog names, whom a body tells of (CALLS.md 4.8, 4.16). */
#ifndef NATSBC_SBC_CROSSING_H
#define NATSBC_SBC_CROSSING_H

#include "sbc/engine/engine.h"

/* The lines of m, as they go out on the leg. */
void crossing_lines_write(struct engine *e, struct writer *w, const struct leg *to, const struct sip_msg *m);

/* The body of m as it goes out on the leg, in core.body_text; absent: as it came; set but empty: it can't cross. */
struct span crossing_body(struct engine *e, const struct leg *to, const struct sip_msg *m);

/* The same with that session description in place of its own. */
struct span crossing_session(struct engine *e, const struct leg *to, const struct sip_msg *m, struct span sdp);

#endif
