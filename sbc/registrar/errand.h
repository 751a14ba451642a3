/* SPDX-License-Identifier: BSD-3-Clause */
/* errand.h: one REGISTER on its way to the trunk that keeps the registrations, and its answer back (edge.h). */
#ifndef NATSBC_SBC_ERRAND_H
#define NATSBC_SBC_ERRAND_H

#include "sbc/registrar/edge.h"

struct errand {
	struct errand *next, **link; /* all of them */
	struct engine *e;
	struct txn *in;        /* the phone's */
	struct txn *out;       /* ours */
	struct timer patience; /* with out */
	uint32_t tried[EDGE_PLACES];
	unsigned ntried;
	bool oversize; /* out is too large for UDP, and goes by TCP instead */
	bool datagram; /* that failed: the next one goes by UDP, large or not */
};

/* Passes on the REGISTER of t. False: none of home's places can be used, or there is no memory; nothing was done. */
bool errand_begin(struct engine *e, struct txn *t);

/* The token that home knows this Contact by, or is to know it by: that of the binding, or a new one in text. */
struct span errand_token(const struct engine *e, const struct registration *g, const struct registration_wish *wish,
			 char text[EDGE_TOKEN_LEN]);

/* A whole header line with another's value, on one line. */
void errand_line_write(struct writer *w, struct span name, struct span value);

/* Nobody is told. */
void errand_free(struct engine *e, struct errand *r);

#endif
