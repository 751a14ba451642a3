/* SPDX-License-Identifier: BSD-3-Clause */
/* hello.h: ClientHellos: from where they may come to a stream (CALLS.md M1, M3, M9), and those that come too early. */
#ifndef NATSBC_RTPPROXY_HELLO_H
#define NATSBC_RTPPROXY_HELLO_H

#include "alg/base/siphash.h"
#include "rtpproxy/session/leg.h"

/* Better is greater. */
enum hello_rank { HELLO_REFUSED, HELLO_OTHER, HELLO_SIGNALLING, HELLO_SAME_IP, HELLO_EXACT };

enum { HELLO_MAX = 8 }; /* of four sources: those of today's browsers need two datagrams each */

/* One that came before it was known whose may come, or a part of it. */
struct hello {
	struct addr source;
	uint16_t n;
	uint8_t at;      /* 1: to the port of RTCP */
	uint32_t offset; /* of the part */
	uint8_t bytes[];
};

/* What the description that is in force lets in; with ICE where a check came from, and nobody else. */
enum hello_rank hello_rank(const struct stream *m, bool rtcp, const struct addr *source);

/* What stands for the source at that port. */
uint64_t hello_cookie(const struct hash_key *key, uint16_t port, const struct addr *source);

/* The last one of each source, with all its parts, of the last HELLO_MAX; what is there comes first in the array. */
void hello_keep(struct hello *early[HELLO_MAX], const struct datapath_mail *what, unsigned at);
void hello_forget(struct hello *early[HELLO_MAX]);

#endif
