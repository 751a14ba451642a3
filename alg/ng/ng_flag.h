/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_flag.h: single words that a client adds to a request. */
#ifndef NATSBC_NG_NG_FLAG_H
#define NATSBC_NG_NG_FLAG_H

#include "alg/ng/ng.h"

/* "word" or "key=value". 0, or -1 where the value of a known key is broken. */
int ng_flag_take(struct ng_request *r, struct span flag);

/* Remembers what we do not know; beyond NG_WARNING_MAX nothing happens. */
void ng_unknown_add(struct ng_request *r, struct span word);

#endif
