/* SPDX-License-Identifier: BSD-3-Clause */
/* media.h: which datagrams are the relay's: shared by the kernel programs and the code that fills their maps. */
#ifndef NATSBC_RTPPROXY_BPF_MEDIA_H
#define NATSBC_RTPPROXY_BPF_MEDIA_H

#include <linux/types.h>

enum {
	MEDIA_RANGE_MAX = 16,
	MEDIA_RANGE_WORDS = 65536 / 64, /* of the map `open`, for each range: a bit for each port */
	MEDIA_BAN_MAX = 16384,          /* prefixes of each family */
};

struct media_range {
	__u32 host[4];     /* network order; IPv4 in the first word */
	__u16 first, last; /* host order, both included */
	__u16 ether;       /* 0x0800 or 0x86dd */
	__u16 zero;
};

/* The one value of the map `media`. */
struct media_ranges {
	__u32 n;
	struct media_range range[MEDIA_RANGE_MAX];
};

/* Keys of `banned_v4` and `banned_v6`, as the kernel wants them: longest prefix first. */
struct media_ban_v4 {
	__u32 bits;
	__u32 host; /* network order */
};

struct media_ban_v6 {
	__u32 bits;
	__u32 host[4];
};

/* What media ends in the kernel of, by its place in the map `dropped`. */
enum media_drop {
	MEDIA_CLOSED, /* no session has the port */
	MEDIA_BANNED,
	MEDIA_NO_SOCKET, /* open, but the relay is gone: killed, or not quite there yet */
	MEDIA_FORWARDED, /* no end: see shortcut.h */
	MEDIA_DROP_N
};

enum {
	MEDIA_EXIT_MAX = 18,  /* the relay's interfaces */
	MEDIA_BEAT_MS = 1000, /* a relay that is silent for so long is gone, and nothing is forwarded in its name */
};

/* An interface that the kernel's program may send by. */
struct media_exit {
	__u32 ifindex; /* 0: what leaves by it comes to the relay first */
	__u16 frame_max;
	__u8 mac[6];
};

/* The one value of the map `shortcut`. All zero: nothing is forwarded. */
struct media_shortcut {
	__u32 base[MEDIA_RANGE_MAX]; /* of each range: what is added to a port is its place among the flows */
	struct media_exit exit[MEDIA_EXIT_MAX]; /* by the number that a flow has it under */
};

#endif
