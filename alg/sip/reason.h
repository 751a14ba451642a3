/* SPDX-License-Identifier: BSD-3-Clause */
/* reason.h: one Reason value (RFC 3326): why a request or a response came, in the numbers of another protocol or of
 * SIP. */
#ifndef NATSBC_SIP_REASON_H
#define NATSBC_SIP_REASON_H

#include "alg/base/writer.h"

struct reason {
	struct span protocol; /* SIP, Q.850, … */
	uint16_t cause;       /* 0: none */
	struct span text;     /* with its quotes; absent where none */
};

/* One value. 0 or -1: also for a cause that is no number below 1000. Borrows s. */
int reason_parse(struct span s, struct reason *out);

/* SIP;cause=200;text="…". text may come without quotes when it needs none escaped. */
void reason_write(struct writer *w, const struct reason *r);

#endif
