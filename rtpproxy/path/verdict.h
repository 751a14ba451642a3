/* SPDX-License-Identifier: BSD-3-Clause */
/* verdict.h: every way that a packet can end in the relay. The name is the counter. */
#ifndef NATSBC_RTPPROXY_VERDICT_H
#define NATSBC_RTPPROXY_VERDICT_H

#include <stdint.h>

enum verdict {
	VERDICT_NONE,   /* not decided yet */
	VERDICT_HANDED, /* no end: another worker decides */
	VERDICT_SENT,
	VERDICT_TO_KERNEL,
	VERDICT_FROM_KERNEL,
	VERDICT_SHORT,
	VERDICT_NOT_IP,
	VERDICT_IP_HEADER,
	VERDICT_IP_CHECKSUM,
	VERDICT_FRAGMENT,
	VERDICT_NOT_UDP,
	VERDICT_UDP_LENGTH,
	VERDICT_NOT_OURS,
	VERDICT_NO_SESSION,
	VERDICT_STREAM_OFF,
	VERDICT_NOT_RTP,
	VERDICT_STUN,
	VERDICT_DTLS,
	VERDICT_MAIL,
	VERDICT_MAIL_RATE,
	VERDICT_WRONG_PORT,
	VERDICT_EARLY,
	VERDICT_SOURCE,
	VERDICT_NO_KEYS,
	VERDICT_NOT_AUTHENTIC,
	VERDICT_REPLAYED,
	VERDICT_BANNED,
	VERDICT_NO_PEER,
	VERDICT_NO_TARGET,
	VERDICT_NO_ROUTE,
	VERDICT_NO_CHECKSUM,
	VERDICT_TOO_LONG,
	VERDICT_RTCP,
	VERDICT_BLOCKED,
	VERDICT_FEEDBACK,
	VERDICT_UNSEALED,
	VERDICT_QUEUE_FULL,
	VERDICT_WORKER_FULL,
	VERDICT_N,
};

/* As `statistics` shows it: "drop_not_ours". */
const char *verdict_name(enum verdict v);

struct verdict_counts {
	uint64_t of[VERDICT_N]; /* one writer; others read with relaxed atomics */
};

#endif
