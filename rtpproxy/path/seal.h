/* SPDX-License-Identifier: BSD-3-Clause */
/* seal.h: SRTP and SRTCP in one direction, with one key (RFC 3711, RFC 6188, RFC 7714). Header extensions stay in the
 * clear, and there is no MKI. One thread at a time. */
#ifndef NATSBC_RTPPROXY_SEAL_H
#define NATSBC_RTPPROXY_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "alg/rtp/srtp_key.h"

enum {
	SEAL_SOURCES = 16, /* that are remembered: of more the one that was heard longest ago is forgotten */
	SEAL_GONE = 48,    /* of those, so many are not taken for new ones when they come again to be sealed */
	SEAL_ROOM = 20,    /* what a sealed packet is longer by, at most */
	/* Until a key has opened RTP, so many packets are tried with numbers that began again up to 63 times before
	 * anybody heard them; each later one with a part of those, so that one of so many in a row is tried with the
	 * right one. */
	SEAL_LATE_BURST = 8,
	SEAL_LATE_PACKETS = 8,
};

enum seal_result {
	SEAL_DONE,
	SEAL_FALSE, /* not sealed with this key, or damaged */
	SEAL_OLD,   /* there has been one of this number, or it is too late to tell */
	SEAL_SPENT, /* its key is used up */
};

/* What one key seals at most, of all sources together: when either is reached it seals nothing any more (RFC 3711 9.2,
 * RFC 7714 11). */
#define SEAL_MEDIA_MAX   (UINT64_C(1) << 48)
#define SEAL_CONTROL_MAX (UINT64_C(1) << 31)

struct seal;

/* NULL for a suite that is none, or without memory. The caller is its first holder. */
struct seal *seal_new(const struct srtp_key *key);
/* One holder more, or less: the last one frees it. All of them from one thread, whichever it is that seals. s may be
 * NULL. */
struct seal *seal_hold(struct seal *s);
void seal_drop(struct seal *s);

/* Loads what the library reads from files the first time: before the process may no longer. 0, or -1 where a suite does
 * not work here. */
int seal_prepare(void);

/* From any thread. */
bool seal_is_of(const struct seal *s, const struct srtp_key *key);

/* Opens *n bytes at p where they are, RTCP where `control`, else RTP; *n is then what is left. Unless SEAL_DONE the
 * bytes may be spoilt, and the packet counts as one that never came. */
enum seal_result seal_open(struct seal *s, uint8_t *p, uint32_t *n, bool control);

/* Seals *n bytes, which have SEAL_ROOM bytes behind them; *n is then what they have become. SEAL_FALSE: they are
 * neither RTP nor RTCP. */
enum seal_result seal_put(struct seal *s, uint8_t *p, uint32_t *n, bool control);

/* So many packets more are sealed with its key: seal_put() asks for one each time. False: it is used up, nothing is
 * counted. */
bool seal_spend(struct seal *s, bool control, uint64_t packets);

#endif
