/* SPDX-License-Identifier: BSD-3-Clause */
/* diversion.h: one Diversion value (RFC 5806): who sent the call elsewhere, and why. */
#ifndef NATSBC_SIP_DIVERSION_H
#define NATSBC_SIP_DIVERSION_H

#include "alg/base/writer.h"

struct diversion {
	struct span uri;     /* of the one who diverted, without <> */
	struct span reason;  /* unquoted: user-busy, no-answer, …; absent where none */
	struct span privacy; /* unquoted: full, name, uri, off; absent where none */
	uint32_t counter;    /* diversions that this value stands for; 1 where it says nothing */
};

/* One value. 0 or -1. Borrows s. Other parameters are skipped. */
int diversion_parse(struct span s, struct diversion *out);

/* What follows <uri>: ;reason=…;counter=…;privacy=…, each where it is set; a counter of 1 is left out. */
void diversion_params_write(struct writer *w, const struct diversion *d);

/* Must its URI be hidden from those we don't trust? */
bool diversion_is_private(const struct diversion *d);

/* The cause of RFC 4458 for a reason, and back, as RFC 7544 pairs them. 404 and "unknown" stand for all that is in no
 * pair. */
uint16_t diversion_cause(struct span reason);
struct span diversion_reason(uint16_t cause);

#endif
