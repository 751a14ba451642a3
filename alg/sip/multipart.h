/* SPDX-License-Identifier: BSD-3-Clause */
/* multipart.h: bodies of several parts (RFC 2046 5.1, RFC 5621): their parts in order, and one of them exchanged. */
#ifndef NATSBC_SIP_MULTIPART_H
#define NATSBC_SIP_MULTIPART_H

#include "alg/base/writer.h"

enum { MULTIPART_BOUNDARY_MAX = 70, MULTIPART_PARTS_MAX = 16 };

/* Borrows the body. */
struct multipart {
	struct span boundary;
	struct span left; /* begins with the next delimiter's "--" */
	unsigned parts;   /* taken so far */
};

struct multipart_part {
	struct span headers;     /* whole lines with their CRLF */
	struct span type;        /* the value of its Content-Type; absent where none: text/plain */
	struct span disposition; /* of its Content-Disposition; absent where none */
	bool encoded;            /* has a Content-Encoding, or a Content-Transfer-Encoding that changes its bytes */
	struct span content;
};

/* content_type is the message's. 0; -1 where it is no multipart type, has no sound boundary, or the body has no part.
 */
int multipart_open(struct span content_type, struct span body, struct multipart *out);

/* 1 a part, 0 after the last one, -1 malformed: no end, a header without colon, more than MULTIPART_PARTS_MAX parts. */
int multipart_next(struct multipart *m, struct multipart_part *out);

/* The body with another content in that part. A Content-Length of the part goes. */
void multipart_replace(struct writer *w, struct span body, const struct multipart_part *part, struct span content);

#endif
