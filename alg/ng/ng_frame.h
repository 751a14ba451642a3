/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_frame.h: where a request ends in a stream: with its own dictionary, of which the cookie before it is optional. */
#ifndef NATSBC_NG_NG_FRAME_H
#define NATSBC_NG_NG_FRAME_H

#include "alg/ng/ng.h"

enum { NG_FRAME_MAX = 65507 }; /* bytes of one request: as over UDP */

enum ng_frame_end { NG_FRAME_MORE, NG_FRAME_WHOLE, NG_FRAME_BROKEN };

/* How far a request has been read; zero to begin with. Nothing is read twice, however small the pieces that come. */
struct ng_frame {
	uint32_t at;   /* bytes read: of a whole request, its length */
	uint32_t dict; /* where its dictionary begins */
	uint8_t phase;
	uint8_t depth;
	bool is_json, in_string, escaped; /* the latter two: JSON only */
};

/* Reads on. have is all that has come of the stream since the end of the request before. BROKEN: no end can be found
 * any more, or not within NG_FRAME_MAX. What is inside of the dictionary is for ng_request_decode to judge. */
enum ng_frame_end ng_frame_read(struct ng_frame *f, struct span have);

/* Of a whole request: its cookie; absent where it came without one. */
struct span ng_frame_cookie(const struct ng_frame *f, struct span have);

#endif
