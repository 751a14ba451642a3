/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_take.h: how the values of a request's keys are read, each kind of value once. */
#ifndef NATSBC_NG_NG_TAKE_H
#define NATSBC_NG_NG_TAKE_H

#include "alg/ng/ng_flag.h"

struct ng_key;

/* Puts the value into r. 0; -1 where it is of the wrong kind. */
typedef int ng_take_fn(struct ng_request *r, const struct ng_key *k, const struct ng_value *v);

struct ng_key {
	struct span name;
	ng_take_fn *take;
	uint16_t offset;             /* in struct ng_request, of what is to be set */
	bool in_flags;               /* may also come as the flag "name=value" */
	bool may_repeat;             /* coming twice does no harm */
	const struct ng_flag *words; /* ng_take_words: what they can be */
};

ng_take_fn ng_take_text, ng_take_u32, ng_take_host, ng_take_command, ng_take_direction, ng_take_pair, ng_take_received,
	ng_take_latching, ng_take_family, ng_take_transport, ng_take_tos, ng_take_delay, ng_take_codec,
	ng_take_interface, ng_take_tags, ng_take_digits, ng_take_some, ng_take_flags;

/* "strip" */
struct span ng_codec_wish_name(enum ng_codec_wish wish);

/* One of the key's words, or a list of them. */
ng_take_fn ng_take_words;

/* Nothing: of no meaning here, or not built, which is told. */
ng_take_fn ng_take_met, ng_take_unmet;

#endif
