/* SPDX-License-Identifier: BSD-3-Clause */
/* record.h: one binding as it outlives a restart: nothing in it is an index, an address or a clock of this run. */
#ifndef NATSBC_SBC_RECORD_H
#define NATSBC_SBC_RECORD_H

#include <stddef.h>

#include "sbc/registrar/bindings.h"
#include "sbc/store/moment.h"

/* The peer of facts.flow is kept; the rest of the flow, and the times of facts, are told by the other members. */
struct record {
	uint32_t slot; /* its row */
	bool gone;     /* the row is to go: nothing else is set */
	uint16_t port; /* of our listener */
	struct span user;
	struct span realm;     /* by its name */
	struct span transport; /* "UDP" */
	struct span home;      /* the trunk that keeps the registration; absent: this SBC does */
	int64_t since, refreshed, expires;
	int64_t upstream; /* these four in seconds since 1970; this one 0: never */
	struct binding_facts facts;
};

/* A record's spans are those of b and conf. */
void record_of(struct record *r, const struct binding *b, const struct config *conf, const struct moment *m);

/* All texts into w, and r's spans there. -1: no room, then r is of no use. */
int record_keep(struct record *r, struct writer *w);

#define RECORD_END_TABLE(X)                                                                                            \
	X(RESTORED, "restored")                                                                                        \
	X(EXPIRED, "expired")                                                                                          \
	X(NO_LISTENER, "of a realm or listener that is no more")                                                       \
	X(OTHER_HOME, "that are kept elsewhere now")                                                                   \
	X(BROKEN, "not readable")                                                                                      \
	X(FULL, "too many")

/* What became of a record. */
enum record_end {
#define X(id, name) RECORD_##id,
	RECORD_END_TABLE(X)
#undef X
		RECORD_END_N
};

const char *record_end_name(enum record_end e);

/* Puts it back; *out is the binding where it is RESTORED. A phone on a connection, which is gone, cannot be reached
 * before it comes back: its flow leads nowhere. */
enum record_end record_restore(const struct record *r, struct bindings *t, const struct config *conf,
			       const struct moment *m, struct binding **out);

/* --- the members of a record, for who writes and reads them --- */

enum record_kind { RECORD_TEXT, RECORD_ADDR, RECORD_I64, RECORD_U32, RECORD_U16, RECORD_BOOL };

struct record_member {
	const char *name;
	enum record_kind kind;
	uint16_t at; /* offset in struct record */
};

enum { RECORD_MEMBERS = 24 };

/* All but slot and gone. */
extern const struct record_member record_members[RECORD_MEMBERS];

#endif
