/* SPDX-License-Identifier: BSD-3-Clause */
/* core.h: what every part of the control plane stands on: configuration, time, counters, memory and the way out. */
#ifndef NATSBC_SBC_CORE_H
#define NATSBC_SBC_CORE_H

#include "alg/base/siphash.h"
#include "alg/base/wheel.h"
#include "alg/base/writer.h"
#include "alg/conf/config.h"
#include "sbc/base/buf.h"
#include "sbc/base/count.h"
#include "sbc/base/flow.h"
#include "sbc/base/log.h"
#include "sbc/base/token.h"

/* The only way out: sockets in the program, a recorder in tests. Both copy what they are given. */
struct outside {
	void *ctx;
	/* 0: on its way; where to is a stream, to->connection says then on which connection, which may have been opened
	 * for it. -1: it can't be sent. */
	int (*send)(void *ctx, struct flow *to, struct span bytes);
	/* Asks for DNS records of that type (1 A, 28 AAAA, 33 SRV, 35 NAPTR); the answer comes by engine_resolved. 0,
	 * or -1: can't be asked. NULL: no DNS. */
	int (*resolve)(void *ctx, const char *name, uint16_t type, uint32_t id);
	/* Is there still the connection of that flow? NULL: all there ever were. */
	bool (*is_open)(void *ctx, const struct flow *flow);
	/* Requests to that address may take the flow's connection from now on (RFC 5923). NULL: never. */
	void (*alias)(void *ctx, const struct flow *flow, const struct addr *to);
	void (*relay)(void *ctx, struct span datagram);
	/* The same, some milliseconds later where that wakes the relay less often; in their order. NULL: at once. */
	void (*relay_later)(void *ctx, struct span datagram);
	/* Hands requests to the firewall program; false: it takes no more now. NULL: there is none. */
	bool (*firewall)(void *ctx, struct span packet);
};

enum { CORE_SCRATCH = 65536 };

struct core {
	const struct config *conf;
	struct log log;
	struct counters count;
	struct buf_pool bufs;
	struct token_source tokens;
	struct hash_key key[2]; /* two, for names of 128 bits */
	struct wheel wheel;     /* wheel.now is the time of this turn, ms of the monotonic clock */
	struct outside out;
	char out_text[CORE_SCRATCH];  /* the message being composed */
	char part_text[CORE_SCRATCH]; /* a part of it: header lines, a body */
	char body_text[CORE_SCRATCH]; /* a body beside these lines */
};

static inline void core_count(struct core *c, enum count what)
{
	c->count.n[what]++;
}

static inline uint64_t core_now(const struct core *c)
{
	return c->wheel.now;
}

/* 0, or -1: can't be sent. */
int core_send(struct core *c, const struct flow *to, struct span bytes);

/* The same; a stream's flow learns its connection. */
int core_send_on(struct core *c, struct flow *to, struct span bytes);

/* A name of 128 bits for the parts (15 at most), keyed: what a stranger chooses can't be made to collide. */
struct name {
	uint64_t hi, lo;
};
struct name core_name(const struct core *c, const struct span *parts, unsigned n);

static inline struct span name_span(const struct name *n)
{
	return span_of(n, sizeof(*n));
}

/* What we call ourselves on this flow's side: host:port of its listener, public address (for Via and Contact). */
void core_write_sent_by(const struct core *c, struct writer *w, const struct flow *f);

/* A Via of ours: SIP/2.0/TCP host:port;branch=...;rport. */
void core_write_via(const struct core *c, struct writer *w, const struct flow *f, struct span branch);

/* A Contact of ours: <sip:user@host:port;transport=tcp>; user may be absent. */
void core_write_contact(const struct core *c, struct writer *w, const struct flow *f, struct span user);

/* The same with a sips URI (RFC 5630). */
void core_write_sips_contact(const struct core *c, struct writer *w, const struct flow *f, struct span user);

/* The host that stands for us in From, To and scrubbed URIs of the realm: its first domain, else its public address. */
void core_write_host(const struct core *c, struct writer *w, unsigned realm);

#endif
