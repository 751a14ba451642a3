/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/hide.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern const char _binary_hide_bpf_o_start[], _binary_hide_bpf_o_end[];

/* Where our filter hangs: handles that nobody picks by chance. Which of them tells the next run, should this one be
 * killed, whether the clsact qdisc is ours, too. */
enum { HIDE_ON_OURS = 0x5bc, HIDE_ON_THEIRS = 0x5bd, HIDE_PRIORITY = 1 };

static struct bpf_object *object_load(void)
{
	const size_t n = (size_t)(_binary_hide_bpf_o_end - _binary_hide_bpf_o_start);
	struct bpf_object *o = bpf_object__open_mem(_binary_hide_bpf_o_start, n, NULL);

	if (!o || bpf_object__load(o) == 0)
		return o;
	bpf_object__close(o);
	return NULL;
}

static int program_fd(struct bpf_object *o, const char *name)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(o, name);

	return p ? bpf_program__fd(p) : -1;
}

/* Is fd a packet socket bound to this interface? */
static bool is_tap(int fd, unsigned ifindex)
{
	struct sockaddr_ll at = { 0 };
	socklen_t len = sizeof(at);
	int domain = 0;
	socklen_t domain_len = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_len) < 0 || domain != AF_PACKET)
		return false;
	return getsockname(fd, (struct sockaddr *)&at, &len) == 0 && (unsigned)at.sll_ifindex == ifindex;
}

/* DPDK keeps the descriptors of its packet sockets to itself: they are found among ours. Returns how many there are, or
 * -1. */
static int taps_filter(unsigned ifindex, int program)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int fd, found = 0;

	if (!dir)
		return -1;
	while ((e = readdir(dir))) {
		fd = atoi(e->d_name);
		if (fd <= 2 || !is_tap(fd, ifindex))
			continue;
		if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) < 0) {
			found = -1;
			break;
		}
		found++;
	}
	closedir(dir);
	return found;
}

static int ingress_attach(struct hide *h, int program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)h->ifindex, .attach_point = BPF_TC_INGRESS);
	const int made = bpf_tc_hook_create(&hook);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = program, .handle = made == 0 ? HIDE_ON_OURS : HIDE_ON_THEIRS,
		    .priority = HIDE_PRIORITY, .flags = BPF_TC_F_REPLACE);

	if (made < 0 && made != -EEXIST)
		return -1;
	h->made_hook = made == 0;
	if (bpf_tc_attach(&hook, &opts) != 0)
		return -1;
	h->program = opts.prog_id;
	return 0;
}

int hide_attach(struct hide *h, unsigned ifindex, const struct media_ranges *ranges, struct doors *doors)
{
	struct bpf_object *o = object_load();
	int result = -1;

	*h = (struct hide){ .ifindex = ifindex };
	if (!o)
		return -1;
	if (doors_open(doors, program_fd(o, "natsbc_hide"), ranges) == 0 &&
	    taps_filter(ifindex, program_fd(o, "natsbc_take")) > 0)
		result = ingress_attach(h, program_fd(o, "natsbc_hide"));
	/* The kernel holds what is attached. */
	bpf_object__close(o);
	if (result < 0) {
		doors_close(doors);
		hide_detach(h);
	}
	return result;
}

/* To look at a program takes rights that are gone when the relay ends; its number does not. */
static bool is_ours(uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	const int fd = bpf_prog_get_fd_by_id(id);
	bool ours = false;

	if (fd < 0)
		return false;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
		ours = strcmp(info.name, "natsbc_hide") == 0;
	close(fd);
	return ours;
}

/* program: 0 for any of ours. False: it does not hang there. */
static bool ingress_detach(unsigned ifindex, uint32_t handle, uint32_t program)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, found, .handle = handle, .priority = HIDE_PRIORITY);
	LIBBPF_OPTS(bpf_tc_opts, gone, .handle = handle, .priority = HIDE_PRIORITY);

	return bpf_tc_query(&hook, &found) == 0 && (program ? found.prog_id == program : is_ours(found.prog_id)) &&
	       bpf_tc_detach(&hook, &gone) == 0;
}

static void hook_destroy(unsigned ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = (enum bpf_tc_attach_point)(BPF_TC_INGRESS | BPF_TC_EGRESS));

	(void)bpf_tc_hook_destroy(&hook);
}

void hide_detach(struct hide *h)
{
	if (h->program)
		(void)ingress_detach(h->ifindex, h->made_hook ? HIDE_ON_OURS : HIDE_ON_THEIRS, h->program);
	if (h->made_hook)
		hook_destroy(h->ifindex);
	*h = (struct hide){ 0 };
}

void hide_detach_stale(unsigned ifindex)
{
	if (ingress_detach(ifindex, HIDE_ON_OURS, 0))
		hook_destroy(ifindex);
	(void)ingress_detach(ifindex, HIDE_ON_THEIRS, 0);
}
