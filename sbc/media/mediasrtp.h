/* SPDX-License-Identifier: BSD-3-Clause */
/* mediasrtp.h: how the media of each side is to be protected, as the relay is asked to (CALLS.md O7; conf: srtp). */
#ifndef NATSBC_SBC_MEDIASRTP_H
#define NATSBC_SBC_MEDIASRTP_H

#include "alg/ng/ng.h"
#include "sbc/engine/engine.h"

/* The description in r is the leg from's: it must be protected as that side has to. */
void mediasrtp_demand(const struct engine *e, const struct leg *from, struct ng_request *r);

/* The offer in r goes from one leg to the other, for which it is protected as that side has to, else as it has been
 * until now; for a browser of which nothing is known yet as browsers need it, for others not at all. Of what needs no
 * change nothing is asked. */
void mediasrtp_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r);

#endif
