/* SPDX-License-Identifier: BSD-3-Clause */
/* refer_to.h: the Refer-To value (RFC 3515 2.1): where to, and what the request that goes there is to carry. */
#ifndef NATSBC_SIP_REFER_TO_H
#define NATSBC_SIP_REFER_TO_H

#include "alg/sip/method.h"
#include "alg/sip/replaces.h"
#include "alg/sip/uri.h"

struct refer_to {
	struct uri uri;         /* parsed; its headers: uri_headers_next() */
	struct span plain;      /* the URI as sent, without its headers */
	enum sip_method method; /* of the URI's method parameter; without one, SIP_INVITE */
};

/* One value. 0 or -1. Outside brackets a "?" is not the URI's (RFC 3261 20.10): such a value is refused. */
int refer_to_parse(struct span s, struct refer_to *out);

/* <uri?Replaces=…>; replaces NULL: <uri>. uri is one without headers. Of what came with a request, headers other than
 * Replaces are not for us to pass on: they would be a stranger's in a request of ours. */
void refer_to_write(struct writer *w, struct span uri, const struct replaces *replaces);

#endif
