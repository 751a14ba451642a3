/* SPDX-License-Identifier: BSD-3-Clause */
/* schema.h: every key of the configuration, in one table: it drives reading, defaults and documentation. */
#ifndef NATSBC_CONF_SCHEMA_H
#define NATSBC_CONF_SCHEMA_H

#include "alg/conf/load.h"

enum key_kind {
	KEY_VALUE,  /* one value of the row's type */
	KEY_OBJECT, /* members have rows of their own */
	KEY_NOTED,  /* the same, and its presence is stored */
	KEY_MAP,    /* names chosen by the operator; members are objects, rows "path.*" */
	KEY_LIST,   /* elements are objects, rows "path[]" */
};

struct key {
	const char *path; /* "realms.*.media.ports" */
	enum key_kind kind;
	enum key_record record;      /* of a map or list: of its elements */
	const struct key_type *type; /* KEY_VALUE */
	size_t offset;
	size_t count;             /* lists of texts: where their number is stored */
	uint64_t min, max;        /* numbers and durations, in the unit stored; bytes of texts; texts of lists */
	bool or_zero;             /* durations: 0, outside min and max, means "none"; sockets: there may be none */
	const char *preset;       /* the default, as JSON */
	const char *otherwise;    /* what holds without the key, where no fixed value can say it */
	const struct word *words; /* KEY_VALUE of the choice type */
	bool required;
	bool either; /* of those in one object, exactly one is there */
	const char *help;
};

/* Rows end with path NULL. */
extern const struct key schema[];

/* The row of member name of the object at path ("" is the root). NULL: no such key. */
const struct key *schema_find(const char *path, struct span name);

/* What to say of a key that is not there, and that people look for at that place. NULL: nothing is known of it. */
const char *schema_expected(const char *path, struct span name);

/* The row of that name nearest to path, which has none: the key was written at the wrong place. NULL: none anywhere. */
const struct key *schema_elsewhere(const char *path, struct span name);

/* The last part of a row's path; absent for elements ("*", "[]"). */
struct span schema_name(const struct key *k);

/* True where the row is a member of the object at path. */
bool schema_is_below(const struct key *k, const char *path);

#endif
