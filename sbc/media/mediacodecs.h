/* SPDX-License-Identifier: BSD-3-Clause */
/* mediacodecs.h: the codecs that trunks may use, as the relay is asked to hold them to it. */
#ifndef NATSBC_SBC_MEDIACODECS_H
#define NATSBC_SBC_MEDIACODECS_H

#include "alg/ng/ng.h"
#include "sbc/engine/engine.h"

/* For a description of the leg `from` that goes to the leg `to`. Realms' own lists are the relay's business. */
void mediacodecs_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r);

#endif
