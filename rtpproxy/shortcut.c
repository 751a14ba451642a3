/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/shortcut.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rtpproxy/progmap.h"
#include "rtpproxy/steer.h"

_Static_assert((int)MEDIA_EXIT_MAX >= (int)NICS_MAX, "each interface has a number");

/* The kernel's memory of a table of lines, as ours. NULL: it has none to give. */
static struct flow *lines_map(int table, uint32_t count)
{
	void *p = mmap(NULL, (size_t)count * sizeof(struct flow), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, table,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

static int lines_create(uint32_t count)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE | BPF_F_INNER_MAP);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "flow_lines", sizeof(uint32_t), sizeof(struct flow), count, &opts);
}

static bool nic_forwards(const struct nics *n, const struct nic *nic)
{
	return nic->kind == NIC_AF_XDP && nic->ifindex != n->lo;
}

static struct media_shortcut shortcut_of(const struct flow_table *t, const struct nics *n, const struct nic *nic)
{
	const struct media_ranges *ranges = &nic->doors.ranges;
	struct media_shortcut s = { 0 };

	for (unsigned i = 0; i < ranges->n; i++) {
		const struct media_range *r = &ranges->range[i];
		struct host host;

		memcpy(&host, r->host, sizeof(host));
		s.base[i] = flow_search(t, host, r->ether == 0x86dd ? ADDR_V6 : ADDR_V4, r->first) - r->first;
	}
	for (unsigned i = 0; i < n->nopen; i++) {
		const struct nic *to = &n->open[i];

		if (!nic_forwards(n, to))
			continue;
		s.exit[i].ifindex = to->ifindex;
		s.exit[i].frame_max = (uint16_t)(FRAME_ETHER + to->mtu);
		memcpy(s.exit[i].mac, to->mac, sizeof(s.exit[i].mac));
	}
	return s;
}

/* The value first: a program without a table does not look at it. */
static int nic_join(const struct flow_table *t, const struct nics *n, const struct nic *nic, int table)
{
	const struct media_shortcut s = shortcut_of(t, n, nic);
	const int program = steer_program(nic->ifindex);
	int result;

	if (program < 0)
		return -1;
	result = progmap_put(program, "shortcut", &s) == 0 && progmap_put(program, "flows", &table) == 0 ? 0 : -1;
	close(program);
	return result;
}

unsigned shortcut_open(struct flow_table *t, const struct nics *n, bool all)
{
	const int table = lines_create(t->count);
	struct flow *lines = table < 0 ? NULL : lines_map(table, t->count);
	unsigned joined = 0;

	(void)all;
	for (unsigned i = 0; lines && i < n->nopen; i++)
		if (nic_forwards(n, &n->open[i]) && nic_join(t, n, &n->open[i], table) == 0)
			joined++;
	if (joined)
		flow_table_share(t, lines);
	else if (lines)
		munmap(lines, (size_t)t->count * sizeof(struct flow));
	if (table >= 0)
		close(table);
	return joined;
}
