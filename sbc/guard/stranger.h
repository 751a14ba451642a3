/* SPDX-License-Identifier: BSD-3-Clause */
/* stranger.h: what the log tells of somebody whom the configuration does not know: mostly a trunk that calls from an
 * address that it was not given. */
#ifndef NATSBC_SBC_STRANGER_H
#define NATSBC_SBC_STRANGER_H

#include "sbc/base/core.h"
#include "sbc/guard/refusals.h"

/* why: REFUSAL_NETWORK, REFUSAL_NO_PHONES or REFUSAL_UNPROVED. what: the method of its request; may be absent. */
void stranger_log(const struct core *core, const struct flow *from, enum refusal why, struct span what);

#endif
