/* SPDX-License-Identifier: BSD-3-Clause */
/* media.h: which datagrams are the relay's: shared by the kernel programs and the code that fills their map. */
#ifndef NATSBC_RTPPROXY_BPF_MEDIA_H
#define NATSBC_RTPPROXY_BPF_MEDIA_H

#include <linux/types.h>

enum { MEDIA_RANGE_MAX = 16 };

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

#endif
