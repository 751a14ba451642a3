/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_json.h: a JSON dictionary of ng turned into bencode, so that both codings are read by the same code. */
#ifndef NATSBC_NG_NG_JSON_H
#define NATSBC_NG_NG_JSON_H

#include "alg/base/span.h"

/* Writes the object in json as bencode into mem and gives it in *dict. null and
 * fractions are left out, true and false are 1 and 0. The same limits of nesting hold. Allocates while it runs: not
 * what our own programs speak. 0, or -1: not one JSON object, a key twice, nested too deeply, or mem too small (twice
 * the JSON's size suffices). */
int ng_json_to_bencode(struct span json, struct span mem, struct span *dict);

#endif
