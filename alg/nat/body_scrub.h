/* SPDX-License-Identifier: BSD-3-Clause */
/* body_scrub.h: bodies that tell of hosts and dialogs of the side they come from (CALLS.md 4.16): XML (dialog-info, RFC
 * 4235; reginfo, RFC 3680; pidf; conference-info, RFC 4575; any other), message-summary, sipfrag. */
#ifndef NATSBC_NAT_BODY_SCRUB_H
#define NATSBC_NAT_BODY_SCRUB_H

#include "alg/base/writer.h"

enum {
	BODY_SCRUB_ID_MAX = 256,    /* bytes of an identifier, unescaped; a longer one goes */
	BODY_SCRUB_ATTRIBUTES = 24, /* of an element; one with more makes the body unreadable */
};

/* The identifiers of one element, unescaped; absent where it has none. From where the subject of the body stands. */
struct body_dialog {
	struct span call_id, local_tag, remote_tag;
};

struct body_scrub {
	struct span host; /* what stands for each host of a URI */
	/* Changes them to what names the same dialog on the leg the body goes to; the new spans live until the next
	 * call. False where it knows none: then the identifiers go. NULL: it never does. */
	bool (*map)(void *ctx, struct body_dialog *d);
	void *ctx;
};

enum body_verdict {
	BODY_AS_IS,      /* no type that is scrubbed: nothing was written */
	BODY_SCRUBBED,   /* written */
	BODY_UNREADABLE, /* of such a type, but malformed, or no room: it must not cross */
};

/* content_type is the value of the header. Of a sipfrag, or of a whole message, only the status
 * line crosses: its headers would have passed nobody's eyes. */
enum body_verdict body_scrub(struct writer *w, struct span content_type, struct span body, const struct body_scrub *s);

#endif
