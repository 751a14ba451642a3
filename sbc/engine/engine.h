/* SPDX-License-Identifier: BSD-3-Clause */
/* engine.h: the whole control plane without its sockets: bytes and time go in, bytes come out. The program feeds it
 * from a loop, the flow tests from a script on fake time. */
#ifndef NATSBC_SBC_ENGINE_H
#define NATSBC_SBC_ENGINE_H

#include "sbc/call/call.h"
#include "sbc/guard/admission.h"
#include "sbc/guard/guard.h"
#include "sbc/guard/overload.h"
#include "sbc/guard/tally.h"
#include "sbc/identity/auth.h"
#include "sbc/media/lostcalls.h"
#include "sbc/media/renew.h"
#include "sbc/pinhole/firewallbans.h"
#include "sbc/pinhole/mappinghold.h"
#include "sbc/pinhole/mappings.h"
#include "sbc/pinhole/pinholes.h"
#include "sbc/registrar/bindings.h"
#include "sbc/registrar/edge_state.h"
#include "sbc/registrar/keepalive.h"
#include "sbc/registrar/registrar.h"
#include "sbc/trunk/credentials.h"
#include "sbc/trunk/trunks.h"

struct callkeep;
struct reconcile;
struct routetable;
struct store;
struct trunkregs;

struct engine {
	struct core core;
	struct config *moving; /* that of core, see engine_setup */
	struct txns txns;
	struct relaylink relay;
	struct firewalllink firewall;
	struct pinholes pinholes;
	struct mappings mappings; /* of a router above us */
	struct mappinghold mappinghold;
	struct firewallbans firewallbans;
	struct bankeep *bankeep;             /* NULL: bans end with the program */
	struct users *users[CONF_REALM_MAX]; /* by realm; several realms may share one */
	struct auth *auth[CONF_REALM_MAX];   /* NULL where no phones live */
	struct bindings *bindings;
	struct keepalive *keepalive;
	struct store *store;         /* NULL: nothing outlives a restart */
	struct callkeep *keep;       /* NULL: no call does */
	struct reconcile *reconcile; /* NULL: the relay is not asked for what it has */
	struct lostcalls lostcalls;
	struct renewals renewals; /* calls whose sides need new keys */
	struct registrar registrar;
	struct trunks trunks;
	struct edge edge;
	struct credentials *credentials;
	struct trunkregs *registrations; /* at trunks */
	struct overload overload;
	struct table dialogs; /* (Call-ID, local tag) -> struct leg */
	struct table calls_by_id;
	struct tally calls_of_user;
	struct admission admission;
	struct guard guard;
	struct rate leaks_told; /* lines in the log */
	struct call *calls, *ended;
	uint32_t ncall;
	uint64_t calls_total;
	struct routetable *routes;
	int64_t (*wall)(void); /* seconds since 1970 */
	uint64_t started;      /* ms */
	int64_t started_wall;  /* seconds since 1970 */
	bool draining;
};

/* What engine_init needs from outside. Users are loaded by the caller: one per realm, owned by the engine afterwards.
 */
struct engine_setup {
	const struct config *conf; /* borrowed, must outlive the engine */
	struct config *moving;     /* the same, where public addresses may change; NULL: they don't */
	struct outside out;
	struct log log;
	struct users *users[CONF_REALM_MAX];
	struct secrets *secrets; /* of the trunks; NULL: none. Owned by the engine afterwards */
	struct store *store;     /* NULL: none. Owned by the engine afterwards */
	bool owns_media;         /* the relay is told that we are there, and asked what it has for us */
	void (*random)(void *ctx, void *bytes, uint32_t n);
	void *random_ctx;
	int64_t (*wall)(void);
	uint64_t now; /* ms */
};

/* NULL when something is missing; why is said in the log. Caller frees with engine_free(). */
struct engine *engine_new(const struct engine_setup *setup);

/* Ends nothing on the wire: see engine_shutdown. */
void engine_free(struct engine *e);

/* A datagram arrived, or a whole message off a stream. now: ms of a monotonic clock, never going back. */
void engine_receive(struct engine *e, const struct flow *from, struct span bytes, uint64_t now);

/* That connection ended, or could not be opened. */
void engine_flow_closed(struct engine *e, const struct flow *flow, uint64_t now);

/* A datagram from the relay arrived. */
void engine_relay_receive(struct engine *e, struct span datagram, uint64_t now);

/* The relay is another one than before: it has none of our sessions. */
void engine_relay_replaced(struct engine *e, uint64_t now);

/* The answer to a question of struct outside's resolve; raw: the DNS message, where there is one. */
void engine_resolved(struct engine *e, uint32_t id, enum resolve_status status, struct span raw, uint64_t now);

/* The end of a turn of the loop. behind: a socket held more than was read. */
void engine_turn(struct engine *e, bool behind, uint64_t now);

/* Runs what is due. */
void engine_advance(struct engine *e, uint64_t now);

/* When to call engine_advance next (ms), UINT64_MAX: nothing is waiting. */
uint64_t engine_next(const struct engine *e);

/* Hangs up every call (BYE on both legs, sessions deleted in the relay), takes back its registrations at trunks. */
void engine_shutdown(struct engine *e);

/* The calls are for the next run: nothing is said on the wire. False: there is no store to keep them. */
bool engine_leave(struct engine *e);

/* After engine_shutdown(): an answer from trunks is worth waiting for. */
bool engine_is_leaving(const struct engine *e);

#endif
