/* SPDX-License-Identifier: BSD-3-Clause */
/* bencode.h: taking one value off a bencoded text, without allocation. */
#ifndef NATSBC_NG_BENCODE_H
#define NATSBC_NG_BENCODE_H

#include "alg/ng/ng.h"

/* Takes the value at *at, which is moved past it; no more than NG_DEPTH_MAX dictionaries and lists may nest. An
 * integer's text is its digits. 0, or -1 where the text is broken. */
int bencode_take(struct span text, uint32_t *at, struct ng_value *out);

/* ng_next() over a text that must be exactly one dictionary, blanks after it aside: -1 also for what is not. At the end
 * *at is moved past the dictionary. */
int bencode_member(struct span text, uint32_t *at, struct span *key, struct ng_value *out);

#endif
