/* SPDX-License-Identifier: BSD-3-Clause */
/* match.h: the question that all kernel programs of the relay ask (for BPF only). */
#ifndef NATSBC_RTPPROXY_BPF_MATCH_H
#define NATSBC_RTPPROXY_BPF_MATCH_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "rtpproxy/bpf/media.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct media_ranges);
} media SEC(".maps");

struct datagram {
	__u32 host[4];
	__u16 ether, port; /* host order */
};

static __always_inline int is_media(const struct datagram *d)
{
	const __u32 key = 0;
	const struct media_ranges *m = bpf_map_lookup_elem(&media, &key);

	if (!m)
		return 0;
	for (__u32 i = 0; i < MEDIA_RANGE_MAX; i++) {
		const struct media_range *r = &m->range[i];

		if (i >= m->n)
			return 0;
		if (r->ether == d->ether && d->port >= r->first && d->port <= r->last && r->host[0] == d->host[0] &&
		    r->host[1] == d->host[1] && r->host[2] == d->host[2] && r->host[3] == d->host[3])
			return 1;
	}
	return 0;
}

#endif
