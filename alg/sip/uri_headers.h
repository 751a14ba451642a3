/* SPDX-License-Identifier: BSD-3-Clause */
/* uri_headers.h: the headers behind the "?" of a URI (RFC 3261 19.1.1): of Refer-To and of a 3xx's Contact. */
#ifndef NATSBC_SIP_URI_HEADERS_H
#define NATSBC_SIP_URI_HEADERS_H

#include "alg/sip/hdr.h"

struct uri_header {
	enum sip_hdr hdr;  /* SIP_HDR_OTHER: none we know, "body" among them */
	struct span name;  /* as sent; a name with an escape in it is SIP_HDR_OTHER */
	struct span value; /* escaped as sent: escape_read() it */
};

/* Takes the next one off *left, which begins as struct uri's headers. False at the end. */
bool uri_headers_next(struct span *left, struct uri_header *out);

/* The first one of this kind. */
bool uri_headers_find(struct span headers, enum sip_hdr hdr, struct uri_header *out);

#endif
