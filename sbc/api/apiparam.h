/* SPDX-License-Identifier: BSD-3-Clause */
/* apiparam.h: what stands behind the question mark of a request to the management interface. */
#ifndef NATSBC_SBC_APIPARAM_H
#define NATSBC_SBC_APIPARAM_H

#include <event2/http.h>

#include "alg/base/addr.h"

/* The value of that name, %XX resolved, into out, with a NUL behind it; empty where it does not fit into cap bytes with
 * that, the absent span where there is none, or the whole cannot be read. */
struct span apiparam_text(struct evhttp_request *req, const char *name, char *out, uint32_t cap);

/* The others answer the request with what is wrong, where something is. */

/* False where it is no address of a host; a port may be missing, or all of it, where it is not needed. */
bool apiparam_address(struct evhttp_request *req, const char *name, bool port_needed, struct addr *out);

/* At least one second. */
bool apiparam_seconds(struct evhttp_request *req, const char *name, uint32_t most, uint32_t *seconds);

/* Which of the words it is, the first one where it is missing; -1: neither. */
int apiparam_word(struct evhttp_request *req, const char *name, const char *const words[2]);

#endif
