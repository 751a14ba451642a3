/* SPDX-License-Identifier: BSD-3-Clause */
/* forwards.h: all calls whose packets go to the receiver that the configuration names. */
#ifndef NATSBC_RTPPROXY_FORWARDS_H
#define NATSBC_RTPPROXY_FORWARDS_H

#include <stddef.h>

#include "rtpproxy/path/datapath.h"
#include "rtpproxy/path/forwarder.h"

enum {
	FORWARDS_MAX = 256,       /* calls at once */
	FORWARDS_WAIT_MS = 20,    /* for a connection before the client is answered; all other commands wait, too */
	FORWARDS_PAUSE_MS = 1000, /* nobody is waited for again, so long after it was in vain */
};

/* Levels as in conf_log. */
typedef void forwards_log_fn(void *ctx, int level, const char *line);

struct forwards {
	const char *to; /* relay.forward-to; NULL: nobody */
	forwards_log_fn *log;
	void *log_ctx;
	uint32_t session[FORWARDS_MAX]; /* whose stream is at that place; 0: nobody's, or its call is over */
	struct forwarder at[FORWARDS_MAX];
	unsigned n;        /* places that are not free */
	bool out_of_reach; /* the last connection was lost or never stood */
	uint64_t pause;    /* ms: not waited for before */
	uint64_t dropped;  /* packets that found no room */
};

/* The session's packets go there from now on; name is in the head of its stream. One that goes there already goes on.
 * The reason is in error where it is not DATAPATH_FORWARDED. */
enum datapath_forwarding forwards_begin(struct forwards *f, uint32_t session, const char *name, uint64_t now,
					char *error, size_t error_size);

/* Nothing more of the session; nothing happens where there was nothing. */
void forwards_end(struct forwards *f, uint32_t session, uint64_t now);

/* A copy that rte_pcapng_copy() has made; stays the caller's. */
void forwards_put(struct forwards *f, uint32_t session, struct rte_mbuf *m);

/* What the receiver takes goes to it. Never waits. */
void forwards_turn(struct forwards *f, uint64_t now);

/* How the session's stream is; false where it has none. */
bool forwards_look(const struct forwards *f, uint32_t session, struct datapath_forward *out);

void forwards_close(struct forwards *f);

#endif
