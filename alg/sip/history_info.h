/* SPDX-License-Identifier: BSD-3-Clause */
/* history_info.h: one History-Info value (RFC 7044): a target the request had, and how it came to it. */
#ifndef NATSBC_SIP_HISTORY_INFO_H
#define NATSBC_SIP_HISTORY_INFO_H

#include "alg/base/writer.h"

enum history_change {
	HISTORY_START, /* none is named: the first target */
	HISTORY_RC,    /* the same user at another place */
	HISTORY_MP,    /* another user */
	HISTORY_NP,    /* the same user, the next hop changed only */
};

enum { HISTORY_INDEX_MAX = 96 }; /* bytes of an index: more is no history but an attack */

struct history_info {
	struct span uri;   /* without <> and without its headers */
	struct span index; /* 1.1.2 */
	enum history_change change;
	struct span from; /* the index it was reached from, of change; absent for HISTORY_START */
	uint16_t cause;   /* of the URI (RFC 4458): why the call was sent here; 0: none */
	bool hidden;      /* the URI says Privacy: history */
};

/* One value. 0 or -1: also without an index. Borrows s. */
int history_info_parse(struct span s, struct history_info *out);

#endif
