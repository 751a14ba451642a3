/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_key.h: the keys and flags of a request that we know, and what each does. */
#ifndef NATSBC_NG_NG_KEY_H
#define NATSBC_NG_NG_KEY_H

#include "alg/ng/ng.h"

enum { NG_KEY_MAX = 128 };

/* The keys that have come. */
struct ng_seen {
	uint64_t bits[NG_KEY_MAX / 64];
};

/* Puts one key of the top dictionary into r. seen is zero to begin with. 0; -1 where a key came twice that sets
 * something, or its value has the wrong kind. What is not known is added to r->unknown, what is not built to r->unmet.
 */
int ng_key_take(struct ng_request *r, struct ng_seen *seen, struct span key, const struct ng_value *value);

/* True where the key may also come as the flag "key=value", which ng_key_take_flag then takes: 0, or -1 for a broken
 * value. */
bool ng_key_may_be_flag(struct span key);
int ng_key_take_flag(struct ng_request *r, struct span key, struct span value);
int ng_key_take_value(struct ng_request *r, struct span key, const struct ng_value *value);

/* "sig-ip/24" and its kin. 0 or -1. */
int ng_latch_parse(struct span text, enum ng_latch *latch, uint8_t *bits);
void ng_latch_write(struct writer *w, enum ng_latch latch, uint8_t bits);

/* NG_COMMAND_OTHER where it is none of ours. */
enum ng_command ng_command_of(struct span name);
struct span ng_command_name(enum ng_command command);

#endif
