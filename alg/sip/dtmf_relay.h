/* SPDX-License-Identifier: BSD-3-Clause */
/* dtmf_relay.h: the body of an INFO that tells of a digit: application/dtmf-relay, as many have it, or
 * application/dtmf.
 */
#ifndef NATSBC_SIP_DTMF_RELAY_H
#define NATSBC_SIP_DTMF_RELAY_H

#include "alg/base/writer.h"

enum { DTMF_RELAY_USUAL_MS = 250, DTMF_RELAY_MAX = 64 };

struct dtmf_relay {
	uint8_t event;        /* 0 to 15, as in RFC 4733 3.2 */
	uint32_t duration_ms; /* the usual one where it is not said */
};

/* content_type may be absent, as any header. 0; -1 where it is neither of the two, or no digit is in it. */
int dtmf_relay_parse(struct span content_type, struct span body, struct dtmf_relay *out);

/* As application/dtmf-relay. */
void dtmf_relay_write(struct writer *w, const struct dtmf_relay *d);

#endif
