/* SPDX-License-Identifier: BSD-3-Clause */
/* nameaddr.h: one From, To, Contact, Route, … value: a display name, a URI, parameters (RFC 3261 20.10). */
#ifndef NATSBC_SIP_NAMEADDR_H
#define NATSBC_SIP_NAMEADDR_H

#include "alg/base/span.h"

struct nameaddr {
	struct span display; /* as sent, quotes included; absent where none */
	struct span uri;     /* without <> */
	struct span params;  /* header parameters, from the first ';' after the URI */
	struct span tag;     /* the value of the first such parameter; absent where none */
	bool tag_unclear;    /* given twice, or without a value: another reader may take another one */
	bool bracketed;      /* the URI stood in <>; without, what follows ';' belongs to the header */
	bool star;           /* Contact: * */
};

/* One value (no commas outside quotes and brackets). 0 or -1. */
int nameaddr_parse(struct span s, struct nameaddr *out);

/* The tag parameter of a From or To value; absent where none or malformed. */
struct span nameaddr_tag(struct span value);

#endif
