/* SPDX-License-Identifier: BSD-3-Clause */
/* patch.h: what a client wants done to the attributes of a description when all else is done: added, removed, replaced.
 * In its texts ".." is a blank and "--" an equals sign, which not all clients can write otherwise. */
#ifndef NATSBC_SDP_PATCH_H
#define NATSBC_SDP_PATCH_H

#include "alg/base/writer.h"

enum sdp_patch_act { SDP_PATCH_ADD, SDP_PATCH_REMOVE, SDP_PATCH_SUBSTITUTE };

struct sdp_patch {
	enum sdp_patch_act act;
	struct span kind;  /* "audio": in all m-sections of that kind; absent: in the session's part */
	struct span which; /* ADD: the line, without "a=". Else its name, the same and the word behind, or all of it */
	struct span with;  /* SUBSTITUTE: what takes its place */
};

enum sdp_patch_verdict {
	SDP_PATCH_OK,
	SDP_PATCH_OURS,   /* the lines that carry the media, or keep it secret, are not a client's to change */
	SDP_PATCH_BROKEN, /* without a name, or with a line's end in it */
};

enum sdp_patch_verdict sdp_patch_check(const struct sdp_patch *p);

/* Writes the description as it becomes by patches that are OK. What is added goes behind the section's other lines,
 * unless it is there already. 0, or -1 where w is full. */
int sdp_patch_write(struct span sdp, const struct sdp_patch *patches, unsigned n, struct writer *w);

#endif
