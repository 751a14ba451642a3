/* SPDX-License-Identifier: BSD-3-Clause */
/* privacy.h: the Privacy header (RFC 3323 4.2): what its sender wants to be kept from others, as a set. */
#ifndef NATSBC_SIP_PRIVACY_H
#define NATSBC_SIP_PRIVACY_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

enum privacy {
	PRIVACY_HEADER = 1 << 0,
	PRIVACY_SESSION = 1 << 1,
	PRIVACY_USER = 1 << 2,
	PRIVACY_NONE = 1 << 3,
	PRIVACY_CRITICAL = 1 << 4,
	PRIVACY_ID = 1 << 5,      /* RFC 3325 9.3 */
	PRIVACY_HISTORY = 1 << 6, /* RFC 7044 10.1 */
};

/* The values of all its lines; unknown ones are passed over. */
unsigned privacy_read(const struct sip_msg *m);

/* "id;critical": the set as a header value. */
void privacy_write(struct writer *w, unsigned set);

#endif
