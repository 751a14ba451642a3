/* SPDX-License-Identifier: BSD-3-Clause */
/* asserted.h: who somebody is, as those say who belong to the trust domain (RFC 3325, RFC 5876). */
#ifndef NATSBC_NAT_ASSERTED_H
#define NATSBC_NAT_ASSERTED_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

enum { ASSERTED_MAX = 2 }; /* a SIP URI and a number (RFC 3325 9.1) */

/* Names with URIs as they stand; borrows the message. */
struct asserted {
	struct span party[ASSERTED_MAX];
	unsigned n;
	bool hidden; /* and nobody else shall see it */
};

/* What a message from who is trusted says: P-Asserted-Identity, or what some still write in its place:
 * Remote-Party-ID. */
void asserted_read(const struct sip_msg *m, struct asserted *out);

/* Of what a user wants to be called (P-Preferred-Identity, From), the first that is he. Absent: nothing. */
struct span asserted_preferred(const struct sip_msg *m, struct span user);

/* The header's value, hosts replaced by host; absent: as they are. */
void asserted_write(struct writer *w, const struct asserted *a, struct span host);

#endif
