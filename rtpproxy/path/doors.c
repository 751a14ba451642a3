/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/doors.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rtpproxy/path/progmap.h"

enum { CPUS_MAX = 1024 };

static const size_t open_bytes = sizeof(uint64_t) * MEDIA_RANGE_MAX * MEDIA_RANGE_WORDS;

static uint64_t *open_map(int program)
{
	const int fd = progmap_open(program, "open");
	void *p;

	if (fd < 0)
		return NULL;
	p = mmap(NULL, open_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

int doors_open(struct doors *d, int program, const struct media_ranges *ranges)
{
	*d = (struct doors){ .ranges = *ranges };
	d->open = open_map(program);
	if (!d->open)
		return -1;
	d->banned_v4 = progmap_open(program, "banned_v4");
	d->banned_v6 = progmap_open(program, "banned_v6");
	d->dropped = progmap_open(program, "dropped");
	if (d->banned_v4 >= 0 && d->banned_v6 >= 0 && d->dropped >= 0 && progmap_put(program, "media", ranges) == 0)
		return 0;
	doors_close(d);
	return -1;
}

void doors_close(struct doors *d)
{
	const int fds[] = { d->banned_v4, d->banned_v6, d->dropped };

	if (!d->open)
		return;
	munmap(d->open, open_bytes);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*d = (struct doors){ 0 };
}

static bool range_has(const struct media_range *r, const struct addr *a)
{
	return (r->ether == 0x86dd) == (a->family == ADDR_V6) && memcmp(r->host, a->ip, sizeof(r->host)) == 0 &&
	       a->port >= r->first && a->port <= r->last;
}

void doors_set(struct doors *d, const struct addr *own, bool open)
{
	const uint64_t bit = UINT64_C(1) << own->port % 64;

	for (unsigned i = 0; d->open && i < d->ranges.n; i++) {
		uint64_t *word = &d->open[i * MEDIA_RANGE_WORDS + own->port / 64];

		if (!range_has(&d->ranges.range[i], own))
			continue;
		/* Nobody else writes. */
		__atomic_store_n(word, open ? *word | bit : *word & ~bit, __ATOMIC_RELAXED);
	}
}

/* The map and its key, from whom. */
static int ban_key(const struct doors *d, const struct prefix *whom, struct media_ban_v6 *key)
{
	*key = (struct media_ban_v6){ .bits = whom->bits };
	memcpy(key->host, whom->base.ip, sizeof(key->host));
	return whom->base.family == ADDR_V6 ? d->banned_v6 : d->banned_v4;
}

int doors_ban(struct doors *d, const struct prefix *whom)
{
	const uint8_t yes = 1;
	struct media_ban_v6 key; /* of IPv4 its front */
	const int map = ban_key(d, whom, &key);

	return !d->open || bpf_map_update_elem(map, &key, &yes, BPF_ANY) == 0 ? 0 : -1;
}

int doors_unban(struct doors *d, const struct prefix *whom)
{
	struct media_ban_v6 key;
	const int map = ban_key(d, whom, &key);

	return !d->open || bpf_map_delete_elem(map, &key) == 0 ? 0 : -1;
}

void doors_count(const struct doors *d, uint64_t counts[MEDIA_DROP_N])
{
	const int cpus = libbpf_num_possible_cpus();
	uint64_t by_cpu[CPUS_MAX];

	if (!d->open || cpus < 1 || cpus > CPUS_MAX)
		return;
	for (uint32_t why = 0; why < MEDIA_DROP_N; why++) {
		if (bpf_map_lookup_elem(d->dropped, &why, by_cpu) < 0)
			continue;
		for (int i = 0; i < cpus; i++)
			counts[why] += by_cpu[i];
	}
}
