/* SPDX-License-Identifier: BSD-3-Clause */
/* store.h: what outlives a restart. Memory is the truth; a thread writes what has changed to a file, some moments
 * later. Whatever happens to the file, no call waits for it. */
#ifndef NATSBC_SBC_STORE_H
#define NATSBC_SBC_STORE_H

#include "sbc/base/core.h"
#include "sbc/registrar/bindings.h"
#include "sbc/store/database.h"

enum {
	STORE_DELAY_MS = 200,   /* from a change to its writing: what comes meanwhile is written with it */
	STORE_BATCH = 1000,     /* bindings in one transaction */
	STORE_NEXT_MS = 20,     /* from one batch to the next while there are more */
	STORE_RETRY_MS = 10000, /* from a failure to the next try */
};

struct bankeep;
struct callkeep;
struct store;

struct store_conf {
	const char *path; /* borrowed */
	struct log log;
	int64_t (*wall)(void); /* seconds since 1970 */
};

/* Opens the file, or makes it. One that is damaged or not ours is moved aside. Where it can't be opened now, that is
 * tried again later; where another program has it, NULL: it may be the one whose work this one would spoil. What is
 * wrong is said in the log. Caller frees with store_close(). */
struct store *store_open(const struct store_conf *conf);

/* False where the binding must not come back: its user was removed meanwhile. */
typedef bool store_known_fn(void *ctx, const struct binding *b);

struct store_keeping {
	struct core *core;         /* all borrowed until store_close() */
	struct bindings *bindings; /* empty, and watched already by who is to hear of those that come back */
	store_known_fn *known;
	void *ctx;
};

/* Brings back what was kept, and keeps from now on what becomes of the bindings. 0 or -1 without memory. */
int store_keep(struct store *s, const struct store_keeping *k);

/* Tells the calls that were kept, and keeps from now on what becomes of those in `calls`. After store_keep(). */
void store_keep_calls(struct store *s, struct callkeep *calls, database_call_fn *fn, void *ctx);

/* The same of bans: those that were kept are told before the bans in `bans` are any. */
void store_keep_bans(struct store *s, struct bankeep *bans, database_ban_fn *fn, void *ctx);

/* The name of the file, which no other has: who keeps it is the same as before. "" where it can't be had. */
const char *store_instance(const struct store *s);

/* Writes what is not written yet, while the bindings and calls are still there. */
void store_close(struct store *s);

struct store_state {
	bool up;          /* the file could be written the last time */
	uint32_t waiting; /* bindings, calls and bans whose last state is not in the file yet */
};
struct store_state store_state(const struct store *s);

/* Memory held, bytes. */
size_t store_bytes(const struct store *s);

#endif
