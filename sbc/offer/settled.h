/* SPDX-License-Identifier: BSD-3-Clause */
/* settled.h: a 2xx to an INVITE about which reliable responses have agreed something already: with who sends it, or
 * with another (F5, L2; RFC 3262 5). */
#ifndef NATSBC_SBC_SETTLED_H
#define NATSBC_SBC_SETTLED_H

#include "sbc/engine/engine.h"

enum settled {
	SETTLED_NOT,      /* its SDP is an answer, or an offer: it goes through the relay */
	SETTLED_BEFORE,   /* the 2xx goes to the caller with *sdp */
	SETTLED_UNUSABLE, /* it ought to have said something */
};

/* What the 2xx m from l leaves to be agreed. *sdp as for passback_compose(). */
enum settled settled_by(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span *sdp);

/* The relay made the SDP of that 2xx into sdp: what of it the caller is to see. The rest is owed to him (reoffer.h). */
struct span settled_told(struct engine *e, const struct pass *p, struct leg *l, const struct sip_msg *m,
			 struct span sdp);

#endif
