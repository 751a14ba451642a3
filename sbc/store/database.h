/* SPDX-License-Identifier: BSD-3-Clause */
/* database.h: the file of records: SQLite, which writes ahead. Of one thread at a time; nothing here logs. */
#ifndef NATSBC_SBC_DATABASE_H
#define NATSBC_SBC_DATABASE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "sbc/store/banrecord.h"
#include "sbc/store/record.h"

enum {
	DATABASE_VERSION = 1,      /* of the tables; what older ones lack is added, newer ones are not ours to read */
	DATABASE_LOCK_MS = 3000,   /* so long the program that goes may keep the file from the one that comes */
	DATABASE_WHY_MAX = 256,    /* bytes */
	DATABASE_PATH_MAX = 4096,  /* bytes */
	DATABASE_WAL_PAGES = 4096, /* the file is brought up to date when as many wait */
	DATABASE_CACHE_KIB = 4096,
	DATABASE_INSTANCE_MAX = 24, /* bytes */
};

enum database_end {
	DATABASE_OK,
	DATABASE_FAILED, /* not now: disk full, no permission, … */
	DATABASE_LOCKED, /* another program has it open */
	DATABASE_BROKEN, /* damaged, or not a file of ours */
};

struct database {
	const char *path; /* borrowed */
	sqlite3 *handle;  /* NULL: closed */
	dev_t device;     /* where the file is: that it is still what path names */
	ino_t inode;
	sqlite3_stmt *put, *drop, *put_call, *drop_call, *put_ban, *drop_ban, *begin, *commit;
	char why[DATABASE_WHY_MAX]; /* the last end that was not OK */
};

/* Opens the file; makes it where it is missing, and its folder. After another end than OK it is closed. */
enum database_end database_open(struct database *d, const char *path);

/* What was written ahead goes into the file itself. */
void database_close(struct database *d);

/* Somebody removed the open file, or put another in its place: what is written is lost. */
bool database_was_removed(const struct database *d);

/* The closed file is moved aside, out of the way of a new one; to gets its new path. 0 or -1, with why. */
int database_move(struct database *d, const char *path, int64_t wall, char to[DATABASE_PATH_MAX]);

/* One row of those that calls are kept in. */
struct database_call {
	int64_t row;
	bool gone;        /* it is to go */
	struct span data; /* a record of callrecord.h */
};

/* A name that this file alone has, for who keeps it: made with the file. out: "" where it can't be had. */
void database_instance(struct database *d, char out[DATABASE_INSTANCE_MAX]);

/* Called for each record; it lives for the call only. */
typedef void database_record_fn(void *ctx, const struct record *r);

/* Those read before an end that is not OK are good. Slots from capacity on are taken out. */
enum database_end database_read(struct database *d, uint32_t capacity, database_record_fn *fn, void *ctx);

/* The same of calls, by row. */
typedef void database_call_fn(void *ctx, const struct database_call *c);
enum database_end database_read_calls(struct database *d, database_call_fn *fn, void *ctx);

/* The same of bans. Rows from BANS_ROWS on are taken out. */
typedef void database_ban_fn(void *ctx, const struct banrecord *r);
enum database_end database_read_bans(struct database *d, database_ban_fn *fn, void *ctx);

struct database_batch {
	const struct record *record;
	const struct database_call *call;
	const struct banrecord *ban;
	unsigned nrecord, ncall, nban;
};

/* All of them or none. What is gone leaves, the rest is put in the place of what the slot or row held. */
enum database_end database_write(struct database *d, const struct database_batch *b);

/* Takes out all records. */
enum database_end database_empty(struct database *d);

#endif
