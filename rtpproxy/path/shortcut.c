/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/shortcut.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rtpproxy/path/progmap.h"

int shortcut_share(struct flow_table *t)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	const int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "flow_lines", sizeof(uint32_t), sizeof(struct flow), t->count,
				      &opts);
	void *p;

	if (fd < 0)
		return -1;
	p = mmap(NULL, (size_t)t->count * sizeof(struct flow), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		 0);
	if (p == MAP_FAILED) {
		close(fd);
		return -1;
	}
	flow_table_share(t, p);
	return fd;
}

struct media_shortcut shortcut_begin(const struct flow_table *t, const struct media_ranges *ranges)
{
	struct media_shortcut s = { 0 };

	for (unsigned i = 0; i < ranges->n; i++) {
		const struct media_range *r = &ranges->range[i];
		struct host host;

		memcpy(&host, r->host, sizeof(host));
		s.base[i] = flow_search(t, host, r->ether == 0x86dd ? ADDR_V6 : ADDR_V4, r->first) - r->first;
	}
	return s;
}

int shortcut_tell(int map, const struct media_shortcut *s)
{
	const uint32_t key = 0;

	return bpf_map_update_elem(map, &key, s, BPF_ANY) == 0 ? 0 : -1;
}

int shortcut_join(int program, int lines, const struct media_shortcut *s)
{
	const int map = progmap_open(program, "shortcut");

	if (map < 0)
		return -1;
	/* In this order: without lines a program does not look at the rest. */
	if (shortcut_tell(map, s) == 0 && progmap_put(program, "flows", &lines) == 0)
		return map;
	close(map);
	return -1;
}
