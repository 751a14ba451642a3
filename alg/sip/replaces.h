/* SPDX-License-Identifier: BSD-3-Clause */
/* replaces.h: a dialog named in a request: Replaces (RFC 3891), Join (RFC 3911), Target-Dialog (RFC 4538); alone or
 * escaped among the headers of a URI (RFC 3891 6.1). */
#ifndef NATSBC_SIP_REPLACES_H
#define NATSBC_SIP_REPLACES_H

#include "alg/base/writer.h"

struct replaces {
	struct span call_id;
	struct span to_tag;   /* the local tag of whoever receives the header; Target-Dialog: local-tag */
	struct span from_tag; /* its remote tag; Target-Dialog: remote-tag */
	bool early_only;      /* Replaces only */
};

/* A value, unescaped. Borrows s. 0 or -1: a tag that is missing or there twice, a Call-ID that is no word. A tag of 0
 * is a peer of RFC 2543 that sent none (RFC 3891 3). */
int replaces_parse(struct span s, struct replaces *out);
int target_dialog_parse(struct span s, struct replaces *out);

/* The value; for a URI header, escape_write() it. */
void replaces_write(struct writer *w, const struct replaces *r);
void target_dialog_write(struct writer *w, const struct replaces *r);

#endif
