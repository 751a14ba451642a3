/* SPDX-License-Identifier: BSD-3-Clause */
/* dnscache.h: what name servers said, for as long as they said it holds, and longer while none of them answers. */
#ifndef NATSBC_SBC_DNSCACHE_H
#define NATSBC_SBC_DNSCACHE_H

#include "alg/base/table.h"
#include "alg/net/dnsanswer.h"
#include "sbc/base/core.h"

/* How a question to the resolver ended. */
enum resolve_status {
	RESOLVE_OK,
	RESOLVE_NO_NAME, /* the name does not exist */
	RESOLVE_NO_DATA, /* it does, but has no record of that type */
	RESOLVE_FAILED,  /* nobody answered, or not with an answer */
};

enum {
	DNSCACHE_RECORDS = 32,  /* of one answer, the most preferred ones */
	DNSCACHE_FLYING = 64,   /* questions at once */
	DNSCACHE_TTL_MIN_S = 1, /* shorter ones would have us ask without pause */
	DNSCACHE_TTL_MAX_S = 24 * 3600,
	DNSCACHE_NONE_TTL_S = 30, /* "there is none", where no SOA tells how long (RFC 2308 5) */
	DNSCACHE_NONE_TTL_MAX_S = 300,
	DNSCACHE_RETRY_MAX_S = 30, /* after failures: 1, 2, 4 … seconds */
};

struct dnscache_record {
	uint16_t order;     /* NAPTR: order; SRV: priority */
	uint16_t weight;    /* NAPTR: preference; SRV: weight */
	uint16_t port;      /* SRV */
	uint8_t transport;  /* NAPTR: enum conf_transport */
	struct addr addr;   /* A, AAAA */
	const char *target; /* SRV, NAPTR */
};

enum dnscache_state {
	DNSCACHE_WAITING, /* nothing known yet: the question is out, or will be */
	DNSCACHE_KNOWN,   /* perhaps only that there is none */
	DNSCACHE_STALE,   /* known, but its time is over and there is nothing newer */
	DNSCACHE_FAILED,  /* nothing known, nobody answered: asked again at retry_at */
};

struct dnscache_entry {
	struct span key; /* type and name */
	enum dnscache_state state;
	bool flying;
	uint8_t failures;     /* in a row */
	uint64_t used;        /* ms: last looked up */
	uint64_t expires;     /* ms */
	uint64_t stale_until; /* ms: of no use after that */
	uint64_t failed_at;   /* ms */
	uint64_t retry_at;    /* ms; after failures */
	const char *alias;    /* the records are under this name */
	unsigned nrecord;     /* sorted: by order, NAPTR by preference too */
	struct dnscache_record *record;
	const char *name; /* within key */
	uint16_t type;
};

struct dnscache {
	struct core *core;
	struct table entries;
	struct dnscache_flight {
		uint32_t id; /* 0: free */
		struct dnscache_entry *entry;
		uint64_t since; /* ms */
	} flight[DNSCACHE_FLYING];
	uint32_t serial;
	bool failing;      /* the last question was not answered */
	uint64_t up_since; /* ms: answered again since then: what failed before may be asked again at once */
};

/* Room for so many names and types. 0 or -1. */
int dnscache_init(struct dnscache *c, struct core *core, uint32_t capacity);
void dnscache_fini(struct dnscache *c);

/* What is known, asking where that is too old or nothing. NULL: no room, or no name that could be asked for. Valid
 * until the time moves on. */
const struct dnscache_entry *dnscache_find(struct dnscache *c, const char *name, enum dns_type type);

/* The answer to question id. False: nobody asked. */
bool dnscache_answer(struct dnscache *c, uint32_t id, enum resolve_status status, struct span raw);

#endif
