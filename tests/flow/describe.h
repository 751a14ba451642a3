/* SPDX-License-Identifier: BSD-3-Clause */
/* describe.h: what a party says of its media, and how it has it protected. */
#ifndef NATSBC_TESTS_FLOW_DESCRIBE_H
#define NATSBC_TESTS_FLOW_DESCRIBE_H

#include "alg/base/writer.h"
#include "tests/flow/party.h"

enum { DESCRIBE_MAX = 2048 };

/* One session description into w: kinds, as in README.md, joined by "+". answers: it is one, where roles are to be
 * chosen. What it says of keys and candidates the other parties must not see from now on. */
void describe(struct party *p, struct writer *w, struct span kinds, bool answers);

/* Its a=crypto line. */
void describe_crypto(struct party *p, struct writer *w);

/* The SBC's description for p holds keys and names that no other party may see. */
void describe_heard(struct party *p, struct span sdp);

#endif
