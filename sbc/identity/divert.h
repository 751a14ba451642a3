/* SPDX-License-Identifier: BSD-3-Clause */
/* divert.h: what a request tells its receiver of those who sent it elsewhere before: where that side wants it told
 * (RFC 5806, RFC 7044, RFC 7544). */
#ifndef NATSBC_SBC_DIVERT_H
#define NATSBC_SBC_DIVERT_H

#include "sbc/engine/engine.h"

/* Whole lines. m: the request as it came. */
void divert_lines(struct engine *e, const struct branch *b, const struct sip_msg *m, struct writer *w);

#endif
