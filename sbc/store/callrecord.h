/* SPDX-License-Identifier: BSD-3-Clause */
/* callrecord.h: one call that was answered, as it outlives a restart: nothing in it is an index, an address or a clock
 * of this run. */
#ifndef NATSBC_SBC_CALLRECORD_H
#define NATSBC_SBC_CALLRECORD_H

#include "alg/base/addr.h"
#include "alg/base/writer.h"

enum { CALLRECORD_MAX = 64 * 1024 /* bytes of one */ };

struct callrecord_leg {
	struct span realm, transport; /* by their names: "lan", "UDP" */
	struct span trunk;            /* likewise; absent: a phone */
	struct addr peer;
	uint64_t port; /* of our listener */
	uint64_t secure;
	struct span media; /* what the relay knows it by */
	struct span call_id, local, local_tag, remote, remote_tag, target, routes;
	uint64_t local_cseq, remote_cseq, invite_cseq;
	uint64_t interval, min_se, ours, lapses; /* of the session timer; seconds, lapses since 1970 */
	struct span sdp, told, device, proof;    /* as in struct leg */
	struct span described, shown;            /* said and told of struct anchor */
	uint64_t offers;
	uint64_t updates, replaces, from_change, focus, update_tried;
};

struct callrecord {
	struct span id, from, to, user;
	uint64_t created, answered; /* seconds since 1970 */
	uint64_t emergency, branches;
	uint64_t media; /* the relay has a session for it */
	struct callrecord_leg leg[2];
};

/* Appends it; w fails where there is no room. */
void callrecord_write(struct writer *w, const struct callrecord *r);

/* *out borrows bytes. 0; -1: they are damaged, or a text has bytes that would be more than a text in a message. */
int callrecord_read(struct span bytes, struct callrecord *out);

#endif
