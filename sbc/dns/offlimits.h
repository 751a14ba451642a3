/* SPDX-License-Identifier: BSD-3-Clause */
/* offlimits.h: where the words of others must not have us send SIP to (FAULTS 22): Contact, Record-Route, DNS. */
#ifndef NATSBC_SBC_OFFLIMITS_H
#define NATSBC_SBC_OFFLIMITS_H

#include "alg/conf/config.h"
#include "alg/net/reach.h"

/* What forbids a realm to send there, whatever it is spelled as; REACH_FINE: nothing. REACH_OWN: we are managed there,
 * or the relay takes commands. Our own listeners are not off limits: a call may go through us twice. */
enum reach offlimits(const struct config *conf, unsigned realm, const struct addr *to);

#endif
