/* SPDX-License-Identifier: BSD-3-Clause */
/* again.h: an INVITE whose place rang, or spoke, before it asked for credentials (CALLS.md A2): it is sent there once
 * more. The refusal ended the early dialogs (RFC 3261 13.2.2.3), so that makes others, under the same Call-ID and tag
 * of ours (22.2). */
#ifndef NATSBC_SBC_AGAIN_H
#define NATSBC_SBC_AGAIN_H

#include "sbc/call/call.h"

struct engine;
struct sip_msg;

/* m is the final response to b, whose legs are lost: true where its place is the next one to be tried by the pass. */
bool again_follow(struct engine *e, struct branch *b, const struct sip_msg *m);

#endif
