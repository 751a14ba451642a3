/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_edit.h: what a client wants its receiver not to see, or to see otherwise, as values of keys: sdp-attr,
 * sdp-media-remove, extmap. */
#ifndef NATSBC_NG_NG_EDIT_H
#define NATSBC_NG_NG_EDIT_H

#include "alg/ng/ng_take.h"

/* { "audio": { "add": ["a"], "remove": ["b"], "substitute": [["c", "d"]] } }, or as a flag "remove-audio-b",
 * "substitute-none-c>d". */
ng_take_fn ng_take_patch;

/* Kinds of media: ["video"], or as a flag "video". */
ng_take_fn ng_take_kinds;

/* { "strip": ["URI"] }, or as a flag "strip-URI". */
ng_take_fn ng_take_extmap;

#endif
