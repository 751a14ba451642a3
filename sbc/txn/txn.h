/* SPDX-License-Identifier: BSD-3-Clause */
/* txn.h: transactions (RFC 3261 17): the tables of alg/sip/txn_table.h carried out with sockets and timers. */
#ifndef NATSBC_SBC_TXN_H
#define NATSBC_SBC_TXN_H

#include "alg/base/table.h"
#include "alg/sip/msg.h"
#include "alg/sip/txn_table.h"
#include "sbc/base/core.h"

struct txn;

/* What the layer above wants to hear. env is the one given to txns_init. A NULL function: not interested. */
struct txn_ops {
	void (*response)(void *env, struct txn *t, const struct sip_msg *m); /* client: 1xx, 2xx, final */
	void (*timeout)(void *env, struct txn *t); /* client: B or F; server INVITE: no ACK to a final response */
	/* Its connection ended or could not be opened (RFC 3261 18.4). NULL: as a timeout. */
	void (*failed)(void *env, struct txn *t);
	void (*ack)(void *env, struct txn *t, const struct sip_msg *m); /* server INVITE: the ACK of a 2xx */
	void (*ended)(void *env, struct txn *t); /* the transaction is about to go; user must forget it */
};

struct txn {
	struct timer retransmit, timeout, linger;
	struct name name;      /* key in the table */
	struct name path_name; /* server: key among requests that came over one path already, see txns_claim */
	bool claimed;
	struct flow flow;
	uint8_t kind;        /* enum txn_kind */
	uint8_t state;       /* enum txn_state */
	uint8_t method;      /* enum sip_method */
	bool answered;       /* server: some response went out */
	bool known;          /* server: the source proved who it is, by address, credentials or dialog */
	bool broken;         /* what was to be sent could not be */
	uint16_t status;     /* last response sent or received */
	uint16_t reply_port; /* server on a stream: where responses go once the connection is gone (RFC 3261 18.2.2) */
	uint32_t interval;   /* ms, of retransmissions */
	struct buf *sent;    /* client: the request, later its ACK; server: the last response */
	struct buf *request; /* server: as received, until the final response */
	const struct txn_ops *ops;
	void *user; /* NULL: nobody listens any more */
	struct txns *home;
	struct txn *next;                  /* while free */
	struct txn *beside, **beside_link; /* others on connections of the same bucket; link NULL: on none */
};

enum { TXNS_BUCKETS = 4096 }; /* power of two */

struct txns {
	struct core *core;
	void *env;
	struct table by_name, by_request;
	struct txn *pool, *free;
	struct txn *on_connection[TXNS_BUCKETS]; /* by connection number */
	uint32_t count, capacity;
};

/* Allocates for capacity transactions. 0 or -1. */
int txns_init(struct txns *all, struct core *core, void *env, uint32_t capacity);
void txns_fini(struct txns *all);

/* Writes a new branch: the magic cookie and a token (RFC 3261 8.1.1.7). */
void txn_branch_write(struct core *core, struct writer *w);

/* Starts a client transaction and sends the request, complete with its top Via carrying branch. NULL when full. */
struct txn *txn_client(struct txns *all, enum sip_method method, const struct flow *to, struct span branch,
		       struct span request, const struct txn_ops *ops, void *user);

/* A server transaction for a new request, whose name txns_request() told; NULL: it is found out. NULL when full. */
struct txn *txn_server(struct txns *all, const struct sip_msg *m, const struct name *name, const struct flow *from);

/* Sends a response of ours in the server transaction. */
void txn_respond(struct txn *t, uint16_t status, struct span response);

/* Nobody above listens any more; the transaction lives out its time alone. NULL is fine. */
void txn_detach(struct txn *t);

/* Ends it at once, nobody is told: an INVITE that its other side will never end has no timer that would (17.1.1.2,
 * 17.2.1). NULL is fine. */
void txn_abandon(struct txn *t);

enum txn_match { TXN_NEW, TXN_ABSORBED };

/* A request arrived: a retransmission or an ACK is dealt with here (TXN_ABSORBED); else it is new. Responses go to
 * where the first one came from: a copy from elsewhere must not redirect them. In *name what its transaction is known
 * by (RFC 3261 17.2.3). */
enum txn_match txns_request(struct txns *all, const struct sip_msg *m, struct name *name);

/* The request is one of these again. */
bool txns_knows(const struct txns *all, const struct sip_msg *m);

/* The client transaction that asked for this response, or NULL. */
struct txn *txns_asker(const struct txns *all, const struct sip_msg *m);

/* The response to it arrived. */
void txn_response(struct txn *t, const struct sip_msg *m);

/* The server transaction of the INVITE that this CANCEL names (RFC 3261 9.2), or NULL. */
struct txn *txns_cancelled(struct txns *all, const struct sip_msg *cancel);

/* Remembers t as the one transaction of the request of that name (From tag, Call-ID, CSeq) while it lives. False: there
 * is another one, so this copy came over another path (RFC 3261 8.2.2.2). */
bool txns_claim(struct txns *all, struct txn *t, const struct name *request);

/* A connection ended: the transactions that live on it hear it. */
void txns_flow_closed(struct txns *all, const struct flow *flow);

/* One of our own requests came back to us: the transaction that waits for its response, known by a Via; else NULL. */
const struct txn *txns_own(const struct txns *all, const struct sip_msg *m);

#endif
