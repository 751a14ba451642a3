/* SPDX-License-Identifier: BSD-3-Clause */
/* callkeep.h: the calls that outlive a restart: those that were answered some moments ago. Shorter ones cost nothing.
 */
#ifndef NATSBC_SBC_CALLKEEP_H
#define NATSBC_SBC_CALLKEEP_H

#include "sbc/engine/engine.h"
#include "sbc/store/callrecord.h"
#include "sbc/store/database.h"

enum {
	CALLKEEP_AFTER_MS = 2000, /* so long after the ACK of its answer a call is worth keeping */
	CALLKEEP_BATCH = 256,     /* calls in one transaction */
	CALLKEEP_CSEQ_STEP = 64,  /* so many requests on a leg before its new CSeq is written */
	CALLKEEP_CSEQ_AHEAD = 256 /* numbers passed over by a leg that came back: those that may have been used since */
};

/* A call in the file, or on its way there. */
struct kept_call {
	struct kept_call *next, **link; /* of those to be written; link NULL: not among them */
	struct call *call;              /* NULL: it is over, its row is to go */
	int64_t row;
	bool written; /* the file has it, or will soon */
	bool out;     /* in the batch that is being written */
};

struct callkeep {
	struct engine *engine;
	void (*wake)(void *ctx); /* something is to be written */
	void *ctx;
	struct timer timer;
	struct call *fresh, **fresh_end; /* acknowledged of late, the oldest first */
	struct kept_call *changed, **changed_end;
	uint32_t nchanged, nkept;
	int64_t last_row;
	struct kept_call *out[CALLKEEP_BATCH];
	unsigned nout;
};

/* Borrows e. NULL without memory. */
struct callkeep *callkeep_new(struct engine *e);
/* What is written stays written. */
void callkeep_free(struct callkeep *k);

/* ----- what happens to calls: nothing where e keeps none ----- */

/* An INVITE of it was acknowledged; of a subscription or the like nothing is kept. */
void callkeep_answered(struct engine *e, struct call *c);
/* Something of it changed that its record tells. */
void callkeep_changed(struct engine *e, struct call *c);
void callkeep_over(struct engine *e, struct call *c);

/* All that are up, however young: the program goes and leaves them to the next one. */
void callkeep_leave(struct callkeep *k);

/* It came back from that row: its new state is to be written. 0 or -1 without memory. */
int callkeep_restored(struct callkeep *k, struct call *c, int64_t row);
/* That row is of no use. */
void callkeep_discard(struct callkeep *k, int64_t row);

/* ----- for who writes ----- */

/* Fills out, the longest waiting first; records are written to text. Returns how many. */
unsigned callkeep_pack(struct callkeep *k, struct database_call *out, struct writer *text);
/* What became of them. */
void callkeep_written(struct callkeep *k, bool done);
/* The file is a new one. */
void callkeep_all(struct callkeep *k);

/* What c is, at that moment. Borrows c, and text for what has to be spelled. */
void callkeep_record(const struct engine *e, const struct call *c, const struct moment *m, struct callrecord *out);

#endif
