/* SPDX-License-Identifier: BSD-3-Clause */
/* match.h: the questions that all kernel programs of the relay ask (for BPF only). */
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

/* The relay has these in its memory: a port opens by one store. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MEDIA_RANGE_MAX *MEDIA_RANGE_WORDS);
	__type(key, __u32);
	__type(value, __u64);
} open SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MEDIA_BAN_MAX);
	__type(key, struct media_ban_v4);
	__type(value, __u8);
} banned_v4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MEDIA_BAN_MAX);
	__type(key, struct media_ban_v6);
	__type(value, __u8);
} banned_v6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MEDIA_DROP_N);
	__type(key, __u32);
	__type(value, __u64);
} dropped SEC(".maps");

struct datagram {
	__u32 from[4], host[4];
	__u16 ether, port; /* host order */
	__u32 range;       /* that it is addressed to, once it is judged */
};

enum media_fate { NOT_MEDIA, MEDIA_TAKE, MEDIA_DROP };

/* The range that it is addressed to; MEDIA_RANGE_MAX: none of ours. */
static __always_inline __u32 media_range_of(const struct datagram *d)
{
	const __u32 key = 0;
	const struct media_ranges *m = bpf_map_lookup_elem(&media, &key);

	if (!m)
		return MEDIA_RANGE_MAX;
	for (__u32 i = 0; i < MEDIA_RANGE_MAX; i++) {
		const struct media_range *r = &m->range[i];

		if (i >= m->n)
			break;
		if (r->ether == d->ether && d->port >= r->first && d->port <= r->last && r->host[0] == d->host[0] &&
		    r->host[1] == d->host[1] && r->host[2] == d->host[2] && r->host[3] == d->host[3])
			return i;
	}
	return MEDIA_RANGE_MAX;
}

static __always_inline int is_open(const struct datagram *d, __u32 range)
{
	const __u32 key = range * MEDIA_RANGE_WORDS + d->port / 64;
	const __u64 *word = bpf_map_lookup_elem(&open, &key);

	return word && *word >> d->port % 64 & 1;
}

static __always_inline int is_banned(const struct datagram *d)
{
	const struct media_ban_v4 v4 = { 32, d->from[0] };
	const struct media_ban_v6 v6 = { 128, { d->from[0], d->from[1], d->from[2], d->from[3] } };

	if (d->ether == ETH_P_IP)
		return bpf_map_lookup_elem(&banned_v4, &v4) != 0;
	return bpf_map_lookup_elem(&banned_v6, &v6) != 0;
}

static __always_inline void media_count(enum media_drop why)
{
	const __u32 key = why;
	__u64 *n = bpf_map_lookup_elem(&dropped, &key);

	if (n)
		++*n;
}

/* count: by one of two programs that see the same packet. */
static __always_inline enum media_fate media_judge(struct datagram *d, int count)
{
	const __u32 range = d->range = media_range_of(d);
	enum media_drop why = MEDIA_CLOSED;

	if (range == MEDIA_RANGE_MAX)
		return NOT_MEDIA;
	if (is_open(d, range)) {
		if (!is_banned(d))
			return MEDIA_TAKE;
		why = MEDIA_BANNED;
	}
	if (count)
		media_count(why);
	return MEDIA_DROP;
}

#endif
