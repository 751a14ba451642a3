/* SPDX-License-Identifier: BSD-3-Clause */
/* registrar.h: what a REGISTER of an authenticated user does and what is answered (RFC 3261 10.3). */
#ifndef NATSBC_SBC_REGISTRAR_H
#define NATSBC_SBC_REGISTRAR_H

#include <time.h>

#include "alg/sip/msg.h"
#include "sbc/registrar/bindings.h"

enum {
	REGISTRAR_HEADERS_MAX = 8192, /* bytes: what the answer's header lines may take */
};

struct registrar {
	struct bindings *bindings;
	const struct config *conf;
};

struct registrar_request {
	const struct sip_msg *msg; /* a sound REGISTER (sip_msg_check) */
	struct span user;          /* who was authenticated */
	struct flow from;
	uint64_t now; /* ms, monotonic */
	time_t wall;  /* for the Date of the answer; 0 = write none */
};

/* Does all of it or nothing. Returns the status code to answer with; headers gets whole lines to go with it (Contact,
 * Date, Min-Expires, Unsupported, Retry-After, Path); *why is a phrase for the log where it is not 200. */
uint16_t registrar_handle(const struct registrar *r, const struct registrar_request *q, struct writer *headers,
			  const char **why);

#endif
