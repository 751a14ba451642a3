/* SPDX-License-Identifier: BSD-3-Clause */
/* secret.h: a secret that the configuration names but does not hold: file:PATH, env:NAME or cred:NAME. */
#ifndef NATSBC_SBC_SECRET_H
#define NATSBC_SBC_SECRET_H

#include "alg/conf/config.h"
#include "sbc/base/log.h"

enum { SECRET_MAX = 255 /* bytes */, SECRET_WHY_MAX = 512 };

struct secret {
	uint32_t n; /* 0: none */
	char text[SECRET_MAX + 1];
};

static inline struct span secret_span(const struct secret *s)
{
	return span_of(s->text, s->n);
}

/* What may be said about it: why it can't be had, or what is wrong with it though it can. Empty: nothing. */
struct secret_word {
	char text[SECRET_WHY_MAX];
};

/* Of a file, its first line; of cred:NAME, that of the file which the service manager made (systemd.exec(5)). 0, or -1
 * with why in *word; a 0 with a word is a warning. */
int secret_read(const char *where, struct secret *out, struct secret_word *word);
void secret_wipe(struct secret *s);

/* Those of the trunks, by index. */
struct secrets;

/* Reads them all; what can't be had is told in the log, by its key, and is none. NULL without memory. Caller frees with
 * secrets_free(), which wipes them. */
struct secrets *secrets_load(const struct config *conf, const struct log *log);
void secrets_free(struct secrets *all);

/* Tells which of their files can't be had: only these are the same for whoever asks. */
void secrets_check(const struct config *conf, conf_report_fn *report, void *ctx);

/* What can no longer be had stays as it was: for a reload. */
void secrets_inherit(struct secrets *all, const struct secrets *before);

/* How many of those that the configuration names are none. */
unsigned secrets_missing(const struct secrets *all);

/* Absent: none. Lives as long as all of them; NULL has none. */
struct span secrets_of_trunk(const struct secrets *all, unsigned trunk);

/* For who gets secrets by other ways than the configuration's. NULL without memory. */
struct secrets *secrets_new(unsigned trunks);
int secrets_set(struct secrets *all, unsigned trunk, struct span text);

#endif
