/* SPDX-License-Identifier: BSD-3-Clause */
/* portmap.h: ports of an upstream router that lead to ours: asked for by PCP, by NAT-PMP where it knows no better;
 * renewed in time, and asked for anew when the router lost them (RFC 6887, 6886). Bytes and time go in, bytes and news
 * come out. */
#ifndef NATSBC_NAT_PORTMAP_H
#define NATSBC_NAT_PORTMAP_H

#include "alg/base/wheel.h"
#include "alg/nat/pcp.h"

enum portmap_state {
	PORTMAP_ASKING,
	PORTMAP_OPEN,
	PORTMAP_REFUSED, /* asked again now and then */
	PORTMAP_STATE_N,
};

/* A port of ours. */
struct portmap_port {
	struct timer timer;
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_TCP */
	uint16_t port;
	enum portmap_state state;
	uint8_t nonce[PCP_NONCE];
	struct addr outside;   /* OPEN: where others reach it */
	const char *why;       /* REFUSED: in plain words */
	uint64_t wanted_until; /* ms */
	uint64_t expires;      /* ms; what was granted ends */
	uint32_t tries;        /* without an answer */
	uint32_t patience_ms;  /* until the next of them */
	bool used;
};

enum portmap_speaks { PORTMAP_UNKNOWN, PORTMAP_PCP, PORTMAP_NATPMP };

enum {
	PORTMAP_TRIES = 3,       /* without an answer: it is told that there is none */
	PORTMAP_FIRST_MS = 3000, /* RFC 6887 8.1.1: IRT, MRT */
	PORTMAP_LONGEST_MS = 1024000,
	PORTMAP_RENEW_MIN_MS = 4000, /* 11.2.1 */
	PORTMAP_AGAIN_MIN_S = 30,    /* refused: not sooner, and not later, whatever the router says */
	PORTMAP_AGAIN_MAX_S = 1800,
};

struct portmap_setup {
	struct addr ours;    /* the address that the router knows us by; its port is unused */
	uint32_t lifetime_s; /* to be asked for */
	unsigned capacity;   /* ports at once; at most 65535 */
	void *ctx;
	void (*send)(void *ctx, struct span datagram);         /* to port PCP_PORT of the router */
	void (*told)(void *ctx, const struct portmap_port *p); /* it is open (again, elsewhere), or refused */
	void (*random)(void *ctx, void *bytes, uint32_t n);
	uint64_t now; /* ms */
};

struct portmap {
	struct portmap_setup setup;
	struct wheel wheel;
	struct portmap_port *ports;
	uint16_t *free; /* numbers of ports */
	unsigned nfree;
	uint16_t *by_port[2]; /* number + 1, by protocol and port; 0: none */
	enum portmap_speaks speaks;
	struct addr outside; /* NAT-PMP tells it apart from ports */
	uint32_t epoch_s;    /* as the router said last */
	uint64_t epoch_at;   /* ms; 0: never */
};

/* Caller frees with portmap_free(). NULL without memory. */
struct portmap *portmap_new(const struct portmap_setup *setup);
void portmap_free(struct portmap *m);

/* Wants that port for so many seconds from now on; the router's own port is to be the same. Wanted already: told at
 * once what became of it. 0, or -1: no more at once. */
int portmap_want(struct portmap *m, uint8_t protocol, uint16_t port, uint32_t seconds, uint64_t now);

/* Not any more; nothing is told of it. */
void portmap_leave(struct portmap *m, uint8_t protocol, uint16_t port, uint64_t now);
void portmap_leave_all(struct portmap *m, uint64_t now);

/* A datagram from the router's port; from no other. */
void portmap_receive(struct portmap *m, struct span datagram, uint64_t now);

void portmap_advance(struct portmap *m, uint64_t now);

/* When to call portmap_advance next (ms), UINT64_MAX: nothing is waiting. */
uint64_t portmap_next(const struct portmap *m);

/* NULL: not wanted. */
const struct portmap_port *portmap_find(const struct portmap *m, uint8_t protocol, uint16_t port);

#endif
