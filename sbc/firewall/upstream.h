/* SPDX-License-Identifier: BSD-3-Clause */
/* upstream.h: the routers above us: one for each realm whose public address is "auto", spoken to from its address. */
#ifndef NATSBC_FIREWALL_UPSTREAM_H
#define NATSBC_FIREWALL_UPSTREAM_H

#include <poll.h>

#include "alg/firewall/request.h"
#include "alg/nat/portmap.h"
#include "sbc/firewall/firewall.h"

enum {
	UPSTREAM_PORTS = 8192,    /* at once, of each router */
	UPSTREAM_WAITING = 1024,  /* questions that wait for what a router says */
	UPSTREAM_LOOK_MS = 10000, /* how often a router is looked for where there is none */
	UPSTREAM_PUBLIC_S = 120,  /* a question for the address keeps the port that it names for so long */
};

/* A question that is answered when the router has. */
struct upstream_wait {
	unsigned client;
	uint32_t seq;
	enum firewall_verb verb;
	uint8_t protocol;
	struct addr ours;
};

struct upstream;

struct upstream_router {
	struct upstream *home;
	const struct conf_realm *realm;
	struct addr ours, gateway;
	int fd; /* -1: no router */
	struct portmap *map;
	const char *last_why; /* of the log */
	bool missed;          /* the log says that there is no router */
};

typedef void upstream_answer_fn(void *ctx, unsigned client, const struct firewall_answer *a);

struct upstream {
	struct firewall *firewall;
	struct upstream_router router[CONF_REALM_MAX];
	unsigned nrouter;
	uint64_t looked_ms;
	upstream_answer_fn *answer;
	void *ctx;
	struct upstream_wait wait[UPSTREAM_WAITING];
	unsigned nwait;
};

/* No router is no error: it is looked for again. */
void upstream_open(struct upstream *u, struct firewall *f, uint64_t now);

/* What was asked for is taken back, unless it is to stay until it runs out. */
void upstream_close(struct upstream *u, bool keep, uint64_t now);

/* MAP, UNMAP, PUBLIC: answered at once, or when the router has. */
void upstream_take(struct upstream *u, unsigned client, const struct firewall_request *r, uint64_t now);

/* That client is gone: nobody is to be answered. */
void upstream_forget(struct upstream *u, unsigned client);

/* Writes what is to be polled: at most CONF_REALM_MAX; returns how many. */
unsigned upstream_poll(const struct upstream *u, struct pollfd *p);

/* Reads what came, and does what is due. */
void upstream_serve(struct upstream *u, uint64_t now);

#endif
