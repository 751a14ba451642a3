/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/doors.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAPS_MAX = 8, CPUS_MAX = 1024 };

static const size_t open_bytes = sizeof(uint64_t) * MEDIA_RANGE_MAX * MEDIA_RANGE_WORDS;

/* The program's map of that name. Its descriptor, or -1. */
static int map_open(const struct bpf_prog_info *program, const char *name)
{
	const uint32_t *ids = (const uint32_t *)(uintptr_t)program->map_ids;

	for (uint32_t i = 0; i < program->nr_map_ids && i < MAPS_MAX; i++) {
		struct bpf_map_info info = { 0 };
		uint32_t len = sizeof(info);
		const int fd = bpf_map_get_fd_by_id(ids[i]);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && strcmp(info.name, name) == 0)
			return fd;
		close(fd);
	}
	return -1;
}

static int ranges_put(const struct bpf_prog_info *program, const struct media_ranges *ranges)
{
	const uint32_t key = 0;
	const int fd = map_open(program, "media");
	int result;

	if (fd < 0)
		return -1;
	result = bpf_map_update_elem(fd, &key, ranges, BPF_ANY);
	close(fd);
	return result == 0 ? 0 : -1;
}

static uint64_t *open_map(const struct bpf_prog_info *program)
{
	const int fd = map_open(program, "open");
	void *p;

	if (fd < 0)
		return NULL;
	p = mmap(NULL, open_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

int doors_open(struct doors *d, int program, const struct media_ranges *ranges)
{
	uint32_t ids[MAPS_MAX];
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uint64_t)(uintptr_t)ids };
	uint32_t len = sizeof(info);

	*d = (struct doors){ .ranges = *ranges };
	if (bpf_obj_get_info_by_fd(program, &info, &len) < 0)
		return -1;
	d->open = open_map(&info);
	if (!d->open)
		return -1;
	d->banned_v4 = map_open(&info, "banned_v4");
	d->banned_v6 = map_open(&info, "banned_v6");
	d->dropped = map_open(&info, "dropped");
	if (d->banned_v4 >= 0 && d->banned_v6 >= 0 && d->dropped >= 0 && ranges_put(&info, ranges) == 0)
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
