/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_flag.h: single words that a client adds to a request, as flags or as values of a key. */
#ifndef NATSBC_NG_NG_FLAG_H
#define NATSBC_NG_NG_FLAG_H

#include <stddef.h>

#include "alg/ng/ng.h"

enum ng_effect {
	NG_MET,    /* what it asks for is what we do anyway, or has no meaning here: the table says which */
	NG_UNMET,  /* we know what it asks for, and cannot do it */
	NG_SET,    /* the byte at offset becomes value: a bool, or an enum kept in a byte */
	NG_AS_KEY, /* is, after a prefix, the value of a key */
	NG_WHOLE,  /* is, as a whole, the value of a key */
};

/* A row of a table of words, which ends with an absent word. "*" fits any. */
struct ng_flag {
	struct span word;
	uint8_t effect; /* enum ng_effect */
	uint8_t value;
	uint16_t offset;
	struct span key;
};

#define NG_FLAG_ON(text, member)                                                                                       \
	{                                                                                                              \
		SPAN(text), NG_SET, true, offsetof(struct ng_request, member),                                         \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define NG_FLAG_VALUE(text, member, value)                                                                             \
	{                                                                                                              \
		SPAN(text), NG_SET, value, offsetof(struct ng_request, member),                                        \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define NG_FLAG_MET(text)                                                                                              \
	{                                                                                                              \
		SPAN(text), NG_MET, 0, 0,                                                                              \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define NG_FLAG_UNMET(text)                                                                                            \
	{                                                                                                              \
		SPAN(text), NG_UNMET, 0, 0,                                                                            \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define NG_FLAG_END                                                                                                    \
	{                                                                                                              \
		{ 0 }, NG_MET, 0, 0,                                                                                   \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}

/* "word", "prefix-value" or "key=value", as a client puts it into the list of flags. 0, or -1 where the value of a
 * known key is broken. */
int ng_flag_take(struct ng_request *r, struct span flag);

/* The same by a table of one key's values; what is told where it is not met: told. */
void ng_flag_take_from(struct ng_request *r, const struct ng_flag *rows, struct span word, struct span told);

/* Remember what we do not know, or cannot do; beyond NG_WARNING_MAX nothing happens. */
__attribute__((cold)) void ng_unknown_add(struct ng_request *r, struct span word);
__attribute__((cold)) void ng_unmet_add(struct ng_request *r, struct span word);

#endif
