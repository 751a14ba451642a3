/* SPDX-License-Identifier: BSD-3-Clause */
/* firewalllink.h: telling the firewall program what is to be open and who is banned: whatever changes is told in
 * batches, and all of it again to one that comes back. What is to be so is known here, not there. */
#ifndef NATSBC_SBC_FIREWALLLINK_H
#define NATSBC_SBC_FIREWALLLINK_H

#include "alg/firewall/request.h"
#include "alg/firewall/wire.h"
#include "sbc/core.h"

struct firewalllink_item;

/* What is told of items of a kind. */
struct firewalllink_kind {
	/* False: there is nothing to tell of it. */
	bool (*write)(void *ctx, struct firewalllink_item *i, struct firewall_request *out);
	/* The answer to what was told last. The item may go with this call. */
	void (*answered)(void *ctx, struct firewalllink_item *i, const struct firewall_answer *a);
};

/* Something that the firewall is told of: a member of it. */
struct firewalllink_item {
	struct firewalllink_item *next, **link; /* among those to be told, now or later; link NULL: it is not */
	bool later;
	uint32_t refused; /* in which connection, and not taken since; 0: none */
	const struct firewalllink_kind *kind;
	void *ctx;
	uint32_t seq; /* of the request that waits for its answer; 0: none */
};

/* Somebody who wants to know what is open. */
struct firewalllink_list {
	/* Once for each hole. */
	void (*each)(void *ctx, const struct firewall_answer *row);
	/* false: the firewall went away before it had told all. */
	void (*done)(void *ctx, bool complete);
	void *ctx;
	uint32_t seq; /* 0: it is over */
};

enum firewalllink_state { FIREWALLLINK_OFF, FIREWALLLINK_AWAY, FIREWALLLINK_UP, FIREWALLLINK_REFUSED };

enum {
	FIREWALLLINK_WINDOW = 4 * FIREWALL_BATCH, /* questions that wait for answers at once */
	FIREWALLLINK_PATIENCE_MS = 5000,          /* without any answer for so long it is as good as gone */
	FIREWALLLINK_AGAIN_MS = 1000,             /* what was refused is told again; twice as late each time, until */
	FIREWALLLINK_AGAIN_MOST_MS = 60000,
};

struct firewalllink_slot {
	uint32_t seq; /* 0: free */
	struct firewalllink_item *item;
	struct firewalllink_list *list;
};

struct firewalllink {
	struct core *core;
	const char *name;         /* we, for as long as it is ours */
	void (*again)(void *ctx); /* a firewall that knows nothing of us: everything is to be told */
	void *ctx;
	enum firewalllink_state state;
	bool missed;       /* the log says that it is not there, or refuses us */
	const char *error; /* what is wrong with it, in plain words; NULL: nothing */
	struct firewalllink_item *first, **end;
	struct firewalllink_item *later; /* refused */
	struct timer again_timer;        /* for these, or for HELLO */
	uint32_t again_ms, connection, nrefused;
	struct firewalllink_slot *slot; /* by seq */
	uint32_t last_seq, nout;
	uint64_t heard;       /* ms: the last answer, or when we began to wait */
	struct writer packet; /* failed: never; n: one that could not be sent yet */
	char *packet_text;
};

/* Borrows all. state is OFF where core->out.firewall is NULL. 0, or -1 without memory. */
int firewalllink_init(struct firewalllink *l, struct core *core, const char *name, void (*again)(void *), void *ctx);
/* Items are not told of any more. */
void firewalllink_fini(struct firewalllink *l);

/* It is to be told, as it is when the batch is made. Nothing happens while nobody is there: `again` comes first. */
void firewalllink_tell(struct firewalllink *l, struct firewalllink_item *i);

/* It was refused with that result: it is told again after a while, unless it is told before. True: the first since all
 * went well, which is worth a line in the log. */
bool firewalllink_tell_later(struct firewalllink *l, struct firewalllink_item *i, enum firewall_result result);

/* Why, in plain words. */
const char *firewalllink_reason(enum firewall_result result);

/* The item goes away. */
void firewalllink_forget(struct firewalllink *l, struct firewalllink_item *i);

/* False: nobody to ask, nothing will be called. */
bool firewalllink_ask_list(struct firewalllink *l, struct firewalllink_list *list);
/* It is not wanted any more. */
void firewalllink_forget_list(struct firewalllink *l, struct firewalllink_list *list);

/* ----- for who has the socket ----- */

void firewalllink_connected(struct firewalllink *l);
/* why: for the log, once, and for the operator until it is back. */
void firewalllink_lost(struct firewalllink *l, const char *why);
void firewalllink_receive(struct firewalllink *l, struct span packet);
/* Sends what is to be told; to be called when a turn ends, and when the socket takes more. */
void firewalllink_flush(struct firewalllink *l);
/* It does not answer: the connection is of no use. */
bool firewalllink_is_stuck(const struct firewalllink *l);

#endif
