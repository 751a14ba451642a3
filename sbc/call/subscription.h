/* SPDX-License-Identifier: BSD-3-Clause */
/* subscription.h: what a SUBSCRIBE makes (RFC 6665): how long it lives; and that it may make several, where it forks on
 * its way: each notifier is a dialog of its own on both sides, and a call of its own here. */
#ifndef NATSBC_SBC_SUBSCRIPTION_H
#define NATSBC_SBC_SUBSCRIPTION_H

#include "sbc/engine/engine.h"

enum { SUBSCRIPTION_NOTIFIERS = 8 }; /* that one SUBSCRIBE may find at one place, ever; and who accepts it last */

/* The SUBSCRIBE m made the call, and is about to go out. */
void subscription_begin(struct engine *e, struct call *c, const struct sip_msg *m);

/* Whose the NOTIFY m from there is. found: the leg that its names lead to, or NULL. The same; or the leg of another
 * notifier, whose call may have been made for it. NULL: nobody's, *why tells. Any other request: as found. */
struct leg *subscription_notifier(struct engine *e, const struct flow *from, const struct sip_msg *m, struct leg *found,
				  enum count *why);

/* The 2xx m came to the SUBSCRIBE on `to`, in place of which somebody else's NOTIFY had come: the leg whose
 * subscription it is the answer to, which may be of another call. NULL: `to`, as always. */
struct leg *subscription_other_answer(struct engine *e, struct leg *to, const struct sip_msg *m);

/* The NOTIFY m came on the leg: how long the subscription lives now (4.1.2.4). */
void subscription_heard(struct engine *e, struct call *c, const struct sip_msg *m);

/* A SUBSCRIBE was accepted by the 2xx m (4.1.2.1). */
void subscription_accepted(struct engine *e, struct call *c, const struct sip_msg *m);

/* A NOTIFY was delivered. */
void subscription_delivered(struct call *c);

/* The NOTIFY m says that the subscription is over (4.1.3). */
bool subscription_is_last(const struct sip_msg *m);

/* A refresh that is refused so ends it; by any other refusal it lives on (4.1.2.2). */
bool subscription_ends_by(uint16_t status);

/* Its SUBSCRIBE waits for an answer. */
bool subscription_is_asked(const struct call *c);

/* The call is over. Others may still answer its SUBSCRIBE: it is kept as long. */
void subscription_over(struct engine *e, struct call *c);

#endif
