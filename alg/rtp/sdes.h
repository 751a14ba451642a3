/* SPDX-License-Identifier: BSD-3-Clause */
/* sdes.h: source descriptions in RTCP (RFC 3550 6.5): they may name a user and the host behind us. */
#ifndef NATSBC_RTP_SDES_H
#define NATSBC_RTP_SDES_H

#include <stdint.h>

#include "alg/base/siphash.h"

enum sdes {
	SDES_NONE,   /* no names in the packet: untouched */
	SDES_HIDDEN, /* they were overwritten */
	SDES_BROKEN, /* not a sound compound packet: do not send it on */
};

/* Overwrites all texts of a compound packet of n bytes with letters and digits made from key and text: as long as
 * before, and the same for the same text, so that streams of one source still belong together. When it is SDES_BROKEN,
 * some may have been overwritten. Plain RTCP only: what is encrypted cannot be walked. */
enum sdes sdes_hide(uint8_t *p, uint32_t n, const struct hash_key *key);

#endif
