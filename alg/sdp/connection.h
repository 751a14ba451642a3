/* SPDX-License-Identifier: BSD-3-Clause */
/* connection.h: the c= line (RFC 8866 5.7). */
#ifndef NATSBC_SDP_CONNECTION_H
#define NATSBC_SDP_CONNECTION_H

#include "alg/base/addr.h"

struct sdp_connection {
	struct span host; /* as written, without /ttl/count */
	struct addr addr; /* family ADDR_NONE where host is a name */
};

/* -1: malformed, or a nettype other than IN. */
int sdp_connection_parse(struct span value, struct sdp_connection *out);

/* Is it the any-address (old hold: RFC 3264 8.4)? Of a value that sdp_connection_parse() takes. */
bool sdp_connection_is_any(struct span value);

/* "IN IP4 192.0.2.1" */
void sdp_connection_write(struct writer *w, const struct addr *a);

#endif
