/* SPDX-License-Identifier: BSD-3-Clause */
/* best_response.h: which of several branches' final responses goes back (RFC 3261 16.7, steps 5 to 7). */
#ifndef NATSBC_SIP_BEST_RESPONSE_H
#define NATSBC_SIP_BEST_RESPONSE_H

#include <stdint.h>

/* What the caller does with the response that it just added. */
enum best_verdict {
	BEST_DROP,      /* an earlier one is as good */
	BEST_TAKE,      /* the best so far: keep it in place of the one kept */
	BEST_CHALLENGE, /* the one kept is a challenge already: keep this one's challenges beside it (step 7) */
	BEST_PASS,      /* 2xx: goes back at once, also after a better one was kept (step 5) */
	BEST_STOP,      /* 6xx and the best so far: keep it, cancel every other branch, try no further one */
};

/* Start zeroed. */
struct best_response {
	uint16_t status; /* the one kept; 0: none */
};

/* A final response of a branch, or 408 for one that gave none. A 487 that answers our own CANCEL is not to be added:
 * it is no result. A 3xx whose targets are tried in its place is not, either. */
enum best_verdict best_response_add(struct best_response *b, uint16_t status);

/* The status under which it goes back: 503 would say that we are out of service, not the branch (step 6). */
uint16_t best_response_outward(uint16_t status);

#endif
