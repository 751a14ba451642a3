/* SPDX-License-Identifier: BSD-3-Clause */
/* bankeep.h: which bans the store does not know yet as they are. */
#ifndef NATSBC_SBC_BANKEEP_H
#define NATSBC_SBC_BANKEEP_H

#include "sbc/store/banrecord.h"

enum { BANKEEP_BATCH = 256 }; /* in one transaction */

struct bankeep {
	struct bans *bans;
	int64_t (*wall)(void);   /* seconds since 1970 */
	void (*wake)(void *ctx); /* something is to be written */
	void *ctx;
	/* Rows wait in a ring, each once however often its ban changes: full is nothing to fear. */
	uint32_t head, nchanged, nout;
	uint32_t ring[BANS_ROWS];
	bool marked[BANS_ROWS];
	uint32_t out[BANKEEP_BATCH]; /* in the batch that is being written */
};

/* From now on, of bans: borrowed. NULL without memory. Before bans_fini() bankeep_free(): what is written stays. */
struct bankeep *bankeep_new(struct bans *bans, int64_t (*wall)(void));
void bankeep_free(struct bankeep *k);

/* That row is of no use, or not as it should be. */
void bankeep_mark(struct bankeep *k, uint32_t row);

/* ----- for who writes ----- */

/* Fills out, the longest waiting first. Returns how many. */
unsigned bankeep_pack(struct bankeep *k, struct banrecord *out);
/* What became of them. */
void bankeep_written(struct bankeep *k, bool done);
/* The file is a new one. */
void bankeep_all(struct bankeep *k);

#endif
