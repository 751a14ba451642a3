/* SPDX-License-Identifier: BSD-3-Clause */
/* banrecord.h: one ban as it outlives a restart: whom, why, and until when by the clock of the host. */
#ifndef NATSBC_SBC_BANRECORD_H
#define NATSBC_SBC_BANRECORD_H

#include "sbc/guard/bans.h"
#include "sbc/store/moment.h"

enum { BANRECORD_NETWORK_MAX = ADDR_TEXT_MAX + 4, BANRECORD_REASON_MAX = 32, BANRECORD_REALM_MAX = 33 }; /* with NUL */

struct banrecord {
	uint32_t row;
	bool gone; /* there is none any more */
	bool forged;
	char network[BANRECORD_NETWORK_MAX], reason[BANRECORD_REASON_MAX], realm[BANRECORD_REALM_MAX];
	char sample[BAN_SAMPLE_MAX + 1];
	int64_t strikes, dropped;
	int64_t since, until; /* seconds since 1970 */
};

enum banrecord_end {
	BANRECORD_RESTORED,
	BANRECORD_EXPIRED,  /* so long ago that even the memory of it is over */
	BANRECORD_BROKEN,   /* it says nothing that could be understood */
	BANRECORD_UNWANTED, /* the configuration has changed: such a source is not banned now */
	BANRECORD_NO_MEMORY,
	BANRECORD_END_N
};

/* NULL, or one that was lifted: gone. */
void banrecord_of(struct banrecord *r, const struct ban *ban, const struct moment *m);

/* The facts of it: whom, why, over, forged, strikes, since, until, dropped, realm, sample. */
enum banrecord_end banrecord_read(const struct banrecord *r, const struct moment *m, struct ban *out);

#endif
