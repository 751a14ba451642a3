/* SPDX-License-Identifier: BSD-3-Clause */
/* leakcheck.h: the last look at what goes out on a leg: does it tell what belongs to the other one (node.leak-check)?
 */
#ifndef NATSBC_SBC_LEAKCHECK_H
#define NATSBC_SBC_LEAKCHECK_H

#include "sbc/engine/engine.h"

/* In w stands what was composed for the leg `to` of what came on its peer, m (may be NULL): a whole request, or lines
 * of a response. Where leaks are blocked, lines that leak are cut from it; false: what leaks is no such line, so that
 * the whole must not go out. */
bool leakcheck_passes(struct engine *e, const struct leg *to, const struct sip_msg *m, struct writer *w);

/* The same for the body of a response. */
bool leakcheck_body_passes(struct engine *e, const struct leg *to, const struct sip_msg *m, struct span body);

#endif
