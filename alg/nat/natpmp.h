/* SPDX-License-Identifier: BSD-3-Clause */
/* natpmp.h: what routers speak that don't know PCP: NAT-PMP (RFC 6886), on the same port. IPv4 only. */
#ifndef NATSBC_NAT_NATPMP_H
#define NATSBC_NAT_NATPMP_H

#include "alg/base/addr.h"

enum natpmp_kind { NATPMP_PUBLIC, NATPMP_MAP, NATPMP_UNSUPPORTED };

enum { NATPMP_SUCCESS = 0, NATPMP_UNSUPP_VERSION = 1, NATPMP_REQUEST_MAX = 12 /* bytes */ };

struct natpmp_answer {
	enum natpmp_kind kind; /* UNSUPPORTED: it does not speak what it was asked in */
	uint16_t result;       /* 0: success */
	uint32_t epoch_s;      /* since the router lost what it knew */
	struct addr outside;   /* PUBLIC */
	uint8_t protocol;      /* MAP: IPPROTO_UDP, IPPROTO_TCP */
	uint16_t port, outside_port;
	uint32_t lifetime_s;
};

void natpmp_public_write(struct writer *w);

/* lifetime_s 0 takes it back. */
void natpmp_map_write(struct writer *w, uint8_t protocol, uint16_t port, uint16_t wanted, uint32_t lifetime_s);

/* 0, or -1: it is no answer of that protocol. */
int natpmp_answer_read(struct span datagram, struct natpmp_answer *out);

/* In plain words. */
const char *natpmp_result_text(unsigned result);

#endif
