/* SPDX-License-Identifier: BSD-3-Clause */
/* formats.h: what one m-line says of its codecs, kept for who is to listen later: numbers, a=rtpmap, a=fmtp. Most
 * phones say the same, so that it is kept once for all of them. */
#ifndef NATSBC_RTPPROXY_FORMATS_H
#define NATSBC_RTPPROXY_FORMATS_H

#include "alg/base/siphash.h"
#include "alg/base/writer.h"
#include "alg/nat/sdp_leak.h"
#include "alg/sdp/codec.h"

enum { FORMATS_ROWS = 1024, FORMATS_TEXT_MAX = 4096 };

struct formats {
	struct formats *next, **link; /* of the row */
	unsigned holders;
	uint64_t name[2]; /* keyed hash of what is said, which stands for it */
	uint32_t n;
	char text[]; /* "0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n" */
};

struct formats_shelf {
	struct formats *row[FORMATS_ROWS];
};

/* The formats of the list, but for what has one of their sender's own names in it, which is not for those who listen;
 * the caller drops them. NULL where there are none, they are too long, or without memory. */
struct formats *formats_keep(struct formats_shelf *shelf, const struct hash_key *key, const struct sdp_leak *names,
			     const struct sdp_codec *list, unsigned n);

/* One holder more; f may be NULL. */
struct formats *formats_hold(struct formats *f);
/* One holder less: the last one frees it. f may be NULL. */
void formats_drop(struct formats *f);

static inline struct span formats_text(const struct formats *f)
{
	return f ? span_of(f->text, f->n) : (struct span){ 0 };
}

#endif
