/* SPDX-License-Identifier: BSD-3-Clause */
/* whyguard.h: why was this message dropped: what the guard says of its source. */
#ifndef NATSBC_SBC_WHYGUARD_H
#define NATSBC_SBC_WHYGUARD_H

#include "sbc/api/why.h"

/* Banned, for whatever port. */
void whyguard_bans(struct why *w);

/* What SIP of it was turned away of late, for each reason. */
void whyguard_refusals(struct why *w);

#endif
