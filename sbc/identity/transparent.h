/* SPDX-License-Identifier: BSD-3-Clause */
/* transparent.h: two sides that need not be hidden from each other: the dialogs on both legs have the same names, and
 * From and To cross as they came, as through a proxy (realms.*.topology). */
#ifndef NATSBC_SBC_TRANSPARENT_H
#define NATSBC_SBC_TRANSPARENT_H

#include "sbc/engine/engine.h"

/* a may be NULL: then they are not. */
bool transparent_between(const struct engine *e, const struct leg *a, const struct leg *b);

/* The leg `to` was made for a request from its peer: it takes that one's names, where they are free. */
void transparent_begin(struct engine *e, struct leg *to);

/* l's peer has a tag: l's other side shows it as its own, unless another was shown before. */
void transparent_show(struct engine *e, struct leg *l);

/* The same by the refusal m, which makes no dialog. */
void transparent_refused(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif
