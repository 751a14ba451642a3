/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/steer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <sys/mman.h>
#include <unistd.h>

extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

void steer_log(bool debug)
{
	if (!debug)
		(void)libbpf_set_print(NULL);
}

int steer_file(void)
{
	const size_t n = (size_t)(_binary_steer_bpf_o_end - _binary_steer_bpf_o_start);
	const int fd = memfd_create("steer.bpf.o", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, _binary_steer_bpf_o_start, n) != (ssize_t)n) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The attached program, with what the kernel says of it. */
static int attached_open(unsigned ifindex, struct bpf_prog_info *info)
{
	struct bpf_prog_info asked = { 0 };
	uint32_t len = sizeof(asked), id = 0;
	int fd;

	if (bpf_xdp_query_id((int)ifindex, 0, &id) < 0 || id == 0)
		return -1;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return -1;
	if (bpf_obj_get_info_by_fd(fd, &asked, &len) < 0) {
		close(fd);
		return -1;
	}
	*info = asked;
	return fd;
}

int steer_program(unsigned ifindex)
{
	struct bpf_prog_info info;

	return attached_open(ifindex, &info);
}

const char *steer_mode(unsigned ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	if (bpf_xdp_query((int)ifindex, 0, &opts) < 0 || opts.prog_id == 0)
		return NULL;
	return opts.attach_mode == XDP_ATTACHED_SKB ? "generic" : "native";
}

int steer_detach(unsigned ifindex, char name[16])
{
	struct bpf_prog_info info;
	const int fd = attached_open(ifindex, &info);

	if (fd < 0)
		return 0;
	close(fd);
	memcpy(name, info.name, 16);
	if (strncmp(info.name, "natsbc_steer", sizeof(info.name)) != 0)
		return -1;
	return bpf_xdp_detach((int)ifindex, 0, NULL) == 0 ? 0 : -1;
}
