/* SPDX-License-Identifier: BSD-3-Clause */
/* upgrade.h: the HTTP request that opens a WebSocket for SIP, and its answers (RFC 6455 4.2, RFC 7118 4). */
#ifndef NATSBC_NET_UPGRADE_H
#define NATSBC_NET_UPGRADE_H

#include "alg/base/span.h"
#include "alg/base/writer.h"

enum { UPGRADE_MAX = 8192 /* bytes of a request */, UPGRADE_ANSWER_MAX = 256 };

enum upgrade_verdict {
	UPGRADE_MORE, /* not yet complete */
	UPGRADE_OK,
	UPGRADE_BAD,       /* 400: no such request, or not for SIP */
	UPGRADE_FORBIDDEN, /* 403: from a page that may not; never said by upgrade_parse() */
	UPGRADE_METHOD,    /* 405: not GET */
	UPGRADE_NEEDED,    /* 426: HTTP, but no WebSocket is asked for */
	UPGRADE_VERSION,   /* 426: another version of the protocol */
	UPGRADE_TOO_LARGE, /* 431 */
};

struct upgrade {
	struct span key;    /* Sec-WebSocket-Key */
	struct span origin; /* of the page; absent where the client is no browser */
	uint32_t length;    /* bytes of the request */
};

/* Borrows received. *out is filled in where the verdict is OK. */
enum upgrade_verdict upgrade_parse(struct span received, struct upgrade *out);

/* The answer to the one that is OK. accept: what RFC 6455 4.2.2 makes of its key. */
void upgrade_write_accept(struct writer *w, struct span accept);

/* The answer to any other that is complete. */
void upgrade_write_refusal(struct writer *w, enum upgrade_verdict verdict);

#endif
