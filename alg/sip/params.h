/* SPDX-License-Identifier: BSD-3-Clause */
/* params.h: ;name=value lists, of headers and of URIs (RFC 3261 25.1 generic-param). */
#ifndef NATSBC_SIP_PARAMS_H
#define NATSBC_SIP_PARAMS_H

#include "alg/base/span.h"

struct param {
	struct span name;
	struct span value; /* as sent, quotes included; absent where there is no "=" */
};

/* Takes the next parameter off *left, which begins at a ";" (or is empty). 1 taken, 0 at the end, -1 malformed.
 * Looser than the grammar in what an unquoted value may hold: all but blanks, controls and ; , " < > (so that
 * received=2001:db8::1 and base64 with its "=" pass). Names are without those and "=" and "@". A "=" needs a value. */
int param_next(struct span *left, struct param *out);

/* The value of the parameter (names compared without case): absent when it is not there, empty but set when it has
 * no value. */
struct span params_get(struct span params, struct span name);
bool params_has(struct span params, struct span name);

/* True when the whole list is well-formed. */
bool params_ok(struct span params);

#endif
