/* SPDX-License-Identifier: BSD-3-Clause */
/* passback.h: responses on their way back through a call, and the ACK that follows. */
#ifndef NATSBC_SBC_PASSBACK_H
#define NATSBC_SBC_PASSBACK_H

#include "sbc/call/branch.h"

struct answer;

/* Responses from the other side, and what a branch comes to. */
extern const struct branch_ops passback_ops;

/* A final response from the other side that is no success goes back. */
void passback_refusal(struct engine *e, struct pass *p, const struct sip_msg *m);

/* The response m as it goes back on the leg l, before it is sent. sdp absent: the body as it came. own: further lines.
 * False: the request is answered already. Borrows m, sdp and core.part_text. */
bool passback_compose(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span sdp,
		      struct span own, struct answer *out);

/* Sends it: l is the leg where the request came from, or its twin. What is sent stays in the transaction. */
void passback_send(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span sdp);

/* The 2xx m of p, with what the relay made of its SDP, which had to wait (reliable.h). */
void passback_success(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp);

/* A final response of our own making. */
void passback_status(struct engine *e, struct pass *p, uint16_t status, enum count why);

/* The ACK of our 2xx on this leg. */
void passback_ack(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif
