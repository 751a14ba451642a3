/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/progmap.h"

#include <bpf/bpf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { MAPS_MAX = 16 };

/* The map with this number, if that is its name. */
static int named_open(uint32_t id, const char *name)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	const int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0)
		return -1;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && strcmp(info.name, name) == 0)
		return fd;
	close(fd);
	return -1;
}

int progmap_open(int program, const char *name)
{
	uint32_t ids[MAPS_MAX];
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uint64_t)(uintptr_t)ids };
	uint32_t len = sizeof(info);
	int fd = -1;

	if (bpf_obj_get_info_by_fd(program, &info, &len) < 0)
		return -1;
	for (uint32_t i = 0; fd < 0 && i < info.nr_map_ids && i < MAPS_MAX; i++)
		fd = named_open(ids[i], name);
	return fd;
}

int progmap_put(int program, const char *name, const void *value)
{
	const uint32_t key = 0;
	const int fd = progmap_open(program, name);
	int result;

	if (fd < 0)
		return -1;
	result = bpf_map_update_elem(fd, &key, value, BPF_ANY);
	close(fd);
	return result == 0 ? 0 : -1;
}
