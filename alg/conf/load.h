/* SPDX-License-Identifier: BSD-3-Clause */
/* load.h: one loading in progress: what its readers and checks share. */
#ifndef NATSBC_CONF_LOAD_H
#define NATSBC_CONF_LOAD_H

#include <jansson.h>

#include "alg/conf/config.h"
#include "alg/conf/problem.h"
#include "alg/conf/step.h"

/* What the offset of a schema row is counted from. */
enum key_record { RECORD_CONFIG, RECORD_REALM, RECORD_TRUNK, RECORD_ROUTE, RECORD_SNI, RECORD_PEER };

struct load {
	struct span text;
	json_t *root;
	struct config *conf;
	struct writer texts; /* what the configuration borrows its strings from */
	struct problems problems;
};

/* Notes a problem at the key or at the value of the step. Returns false, for readers to pass on. */
__attribute__((format(printf, 4, 5))) bool load_fail(struct load *l, const struct step *at, enum step_part part,
						     const char *fmt, ...);

/* A copy that lives as long as the configuration. */
const char *load_keep(struct load *l, struct span s);

/* The same of folder (of the configuration file) and name; the name alone where it is absolute. */
const char *load_keep_path(struct load *l, struct span name);

/* The same behind "file:". */
const char *load_keep_file(struct load *l, struct span name);

/* Reads the members of object v, which schema rows "path.…" describe. */
void load_object(struct load *l, const struct step *at, const json_t *v, const char *path, void *record);

/* The defaults of such a record. */
void load_preset(struct load *l, enum key_record which, void *record);

/* Both, of an object that is a record of its own. */
void load_element(struct load *l, const struct step *at, const json_t *v, const char *path, enum key_record which,
		  void *record);

static inline struct span load_text(const json_t *v)
{
	return span_of(json_string_value(v), json_string_length(v));
}

/* A member whose name begins with "//" is a comment. */
static inline bool load_is_comment(const char *key)
{
	return key[0] == '/' && key[1] == '/';
}

#endif
