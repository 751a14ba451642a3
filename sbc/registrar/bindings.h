/* SPDX-License-Identifier: BSD-3-Clause */
/* bindings.h: where registered users are now: the location table (RFC 3261 10). */
#ifndef NATSBC_SBC_BINDINGS_H
#define NATSBC_SBC_BINDINGS_H

#include "alg/base/siphash.h"
#include "alg/base/wheel.h"
#include "sbc/base/flow.h"

enum {
	BINDINGS_PER_USER = 8,
	BINDINGS_WATCHERS = 6,
	BINDING_USER_MAX = 96,  /* bytes */
	BINDING_TEXT_MAX = 768, /* bytes: all texts together; User-Agent has what is left */
	BINDING_AGENT_MAX = 96, /* bytes of it at most */
	BINDING_Q_MAX = 1000,
};

/* What a phone told us and what we saw. Times are monotonic. Who keeps bindings over a restart keeps all of this. */
struct binding_facts {
	struct flow flow;    /* where it really is */
	struct span contact; /* the URI as registered; for a Request-URI, uri_write() leaves its headers out */
	struct span call_id;
	struct span instance; /* +sip.instance as sent, quotes included; absent where none (RFC 5626) */
	struct span path;     /* Path values joined by commas (RFC 3327); absent where none */
	struct span agent;    /* User-Agent, cut where too long */
	/* Where a trunk keeps the registration (edge.h); all absent or 0 where this SBC does. */
	struct span token; /* the user part of the Contact that the trunk knows: stays the same as long as this */
	struct span
		service_route;  /* what the trunk wants in Route of the phone's requests, joined by commas (RFC 3608) */
	struct span associated; /* P-Associated-URI values joined by commas (RFC 7315), for the phone */
	struct span gruu;       /* parameters that the trunk gave the Contact, for the phone (RFC 5627) */
	uint64_t upstream_at;   /* ms: there it expires then */
	uint32_t upstream_s;    /* it was granted for so long there */
	uint64_t expires_at;    /* ms */
	uint32_t cseq;
	uint32_t reg_id; /* 0 where none */
	uint16_t q;      /* thousandths */
	bool nat;        /* its Contact is not where it sends from */
};

struct bindings;
struct binding_user;

/* One contact of one user. Read by all, changed by the functions here alone. */
struct binding {
	struct binding *next;      /* of the same user: lower q, or registered earlier */
	struct binding *flow_next; /* in bindings_at_flow() order: see there */
	struct binding **flow_at;  /* what points here: a proxy's users have one flow, and are thousands */
	struct binding *token_next;
	struct bindings *home;
	struct binding_user *owner;
	struct timer expiry;
	struct binding_facts facts; /* its spans lie in text */
	uint64_t since;             /* ms: first registered */
	uint64_t refreshed;         /* ms: last registered */
	uint32_t number;            /* its place: 0 to capacity - 1 */
	uint32_t generation;        /* of what is at that place; 0 never */
	bool used;
	uint16_t room; /* bytes of text */
	char *text;    /* owned */
};

/* To hold on to a binding that may end meanwhile. */
struct binding_handle {
	uint32_t number, generation;
};

#define BINDING_EVENT_TABLE(X)                                                                                         \
	X(ADDED, "registered")                                                                                         \
	X(REFRESHED, "refreshed")                                                                                      \
	X(MOVED, "moved")          /* refreshed from another flow */                                                   \
	X(RESTORED, "restored")    /* it was registered before the program was started anew */                         \
	X(REMOVED, "unregistered") /* by the phone; this and the following: it is gone after the call */               \
	X(EXPIRED, "expired")                                                                                          \
	X(LOST, "lost")           /* no answer to keepalives */                                                        \
	X(CLOSED, "closed")       /* its connection ended */                                                           \
	X(DISPLACED, "displaced") /* by a newer one: the user had too many */                                          \
	X(DROPPED, "dropped")     /* by the operator */

enum binding_event {
#define X(id, name) BINDING_##id,
	BINDING_EVENT_TABLE(X)
#undef X
		BINDING_EVENT_N
};

/* The word for logs and events. */
const char *binding_event_name(enum binding_event e);

static inline bool binding_event_is_end(enum binding_event e)
{
	return e >= BINDING_REMOVED;
}

/* Told of each event, before the binding is taken off on an end. Must not put or drop bindings. */
typedef void binding_watch_fn(void *ctx, struct binding *b, enum binding_event e, uint64_t now);

/* All memory but that for texts is taken here. wheel is borrowed and must outlive it. NULL without memory.
 * Caller frees with bindings_free(). */
struct bindings *bindings_new(uint32_t capacity, const struct hash_key *key, struct wheel *wheel);
/* Stops all timers, tells nobody. */
void bindings_free(struct bindings *t);

/* 0, or -1 when there are BINDINGS_WATCHERS already. */
int bindings_watch(struct bindings *t, binding_watch_fn *fn, void *ctx);

/* The user's first binding, by falling q and then newest first: go on with b->next. NULL when there is none. user is
 * the name, not escaped. */
struct binding *bindings_find(const struct bindings *t, struct span user);

/* A binding reached over this flow, of any user: go on with bindings_at_flow_next(). NULL when there is none. */
struct binding *bindings_at_flow(const struct bindings *t, const struct flow *flow);
struct binding *bindings_at_flow_next(const struct binding *b);

/* The binding that a trunk knows by this token; NULL when there is none. */
struct binding *bindings_at_token(const struct bindings *t, struct span token);

/* NULL once that binding is gone. */
struct binding *bindings_get(const struct bindings *t, struct binding_handle h);

/* What is at that place; NULL: nothing. */
struct binding *bindings_at_place(const struct bindings *t, uint32_t number);

static inline struct binding_handle binding_handle(const struct binding *b)
{
	return (struct binding_handle){ b->number, b->generation };
}

/* The name of the user; lives as long as the binding. */
struct span binding_user_name(const struct binding *b);

/* Adds a binding, or where old is given makes it anew: it stays the same binding, whatever changed. Texts are copied
 * and may be old's own. The binding; NULL when user or texts are too long (binding_fits), the user has
 * BINDINGS_PER_USER already, the table is full or there is no memory for the texts: then nothing has changed. */
struct binding *bindings_put(struct bindings *t, struct span user, struct binding *old,
			     const struct binding_facts *facts, uint64_t now);

/* Adds a binding of before the program was started anew, with its times. NULL as of bindings_put(). */
struct binding *bindings_restore(struct bindings *t, struct span user, const struct binding_facts *facts,
				 uint64_t since, uint64_t refreshed, uint64_t now);

bool binding_fits(struct span user, const struct binding_facts *facts);

/* Ends b. why is one of the ends. */
void bindings_drop(struct bindings *t, struct binding *b, enum binding_event why, uint64_t now);

/* Ends all bindings of the flow: its connection is gone. Their number. */
uint32_t bindings_flow_closed(struct bindings *t, const struct flow *flow, uint64_t now);

/* Walking all, in no order: start with *pos = 0; NULL at the end. The one in hand may be dropped. */
struct binding *bindings_next(const struct bindings *t, uint32_t *pos);

uint32_t bindings_count(const struct bindings *t);
uint32_t bindings_capacity(const struct bindings *t);
uint32_t bindings_count_of(const struct bindings *t, struct span user);

/* Memory held, bytes. */
size_t bindings_bytes(const struct bindings *t);

#endif
