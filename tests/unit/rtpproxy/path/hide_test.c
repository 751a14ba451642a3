/* SPDX-License-Identifier: BSD-3-Clause */
/* What hangs on an interface and comes off again; what the programs do with packets is in doors_test.c. On the lo of a
 * network of the test's own: that takes root; without it there is nothing to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include "rtpproxy/path/hide.h"

enum { ON_OURS = 0x5bc, ON_THEIRS = 0x5bd, PRIORITY = 1 }; /* where ours is looked for */

static const struct media_ranges ranges = { .n = 1, .range[0] = { .ether = ETH_P_IP, .first = 20000, .last = 20099 } };

static int apart(void **state)
{
	(void)state;
	return geteuid() != 0 || unshare(CLONE_NEWNET) == 0 ? 0 : -1;
}

static unsigned lo(void)
{
	if (geteuid() != 0)
		skip();
	return if_nametoindex("lo");
}

/* As DPDK has one. */
static int tap_open(unsigned ifindex)
{
	const struct sockaddr_ll at = { .sll_family = AF_PACKET,
					.sll_protocol = htons(ETH_P_ALL),
					.sll_ifindex = (int)ifindex };
	const int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	assert_true(fd > 2);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* The number of what hangs there; 0: nothing does. */
static uint32_t hangs_at(unsigned ifindex, uint32_t handle)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, found, .handle = handle, .priority = PRIORITY);

	return bpf_tc_query(&hook, &found) == 0 ? found.prog_id : 0;
}

static uint32_t hangs(unsigned ifindex)
{
	const uint32_t ours = hangs_at(ifindex, ON_OURS);

	return ours ? ours : hangs_at(ifindex, ON_THEIRS);
}

/* A clsact qdisc of the operator's: true where there was none. */
static bool hook_make(unsigned ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = BPF_TC_INGRESS);

	return bpf_tc_hook_create(&hook) == 0;
}

static void hook_destroy(unsigned ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = (enum bpf_tc_attach_point)(BPF_TC_INGRESS | BPF_TC_EGRESS));

	(void)bpf_tc_hook_destroy(&hook);
}

static void comes_off_again(void **state)
{
	const unsigned ifindex = lo();
	const int tap = tap_open(ifindex);
	struct doors doors = { 0 };
	struct hide h;
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(hide_attach(&h, ifindex, &ranges, &doors), 0);
		assert_int_not_equal(h.program, 0);
		assert_int_equal(hangs(ifindex), h.program);
		doors_close(&doors);
		hide_detach(&h);
		assert_int_equal(hangs(ifindex), 0);
		hide_detach(&h); /* once more does no harm */
	}
	close(tap);
}

/* Media would be dropped that nobody gets: rather not at all. */
static void without_a_socket_nothing_stays(void **state)
{
	const unsigned ifindex = lo();
	struct doors doors = { 0 };
	struct hide h;
	(void)state;

	assert_int_equal(hide_attach(&h, ifindex, &ranges, &doors), -1);
	assert_int_equal(hangs(ifindex), 0);
}

static void what_a_run_that_was_killed_left(void **state)
{
	const unsigned ifindex = lo();
	const int tap = tap_open(ifindex);
	struct doors doors = { 0 };
	struct hide killed, h;
	(void)state;

	assert_int_equal(hide_attach(&killed, ifindex, &ranges, &doors), 0);
	doors_close(&doors);
	hide_detach_stale(ifindex);
	assert_int_equal(hangs(ifindex), 0);
	/* The next run's is not the killed one's to take off. */
	assert_int_equal(hide_attach(&h, ifindex, &ranges, &doors), 0);
	doors_close(&doors);
	killed.made_hook = false;
	hide_detach(&killed);
	assert_int_equal(hangs(ifindex), h.program);
	hide_detach(&h);
	assert_int_equal(hangs(ifindex), 0);
	assert_true(hook_make(ifindex)); /* nor is its qdisc left */
	hook_destroy(ifindex);
	close(tap);
}

/* The qdisc was there before us: neither the one who ends nor the one after a kill takes it away. */
static void the_operators_qdisc_stays(void **state)
{
	const unsigned ifindex = lo();
	const int tap = tap_open(ifindex);
	struct doors doors = { 0 };
	struct hide h;
	(void)state;

	assert_true(hook_make(ifindex));
	for (unsigned killed = 0; killed < 2; killed++) {
		assert_int_equal(hide_attach(&h, ifindex, &ranges, &doors), 0);
		assert_int_equal(hangs_at(ifindex, ON_THEIRS), h.program);
		doors_close(&doors);
		if (killed)
			hide_detach_stale(ifindex);
		else
			hide_detach(&h);
		assert_int_equal(hangs(ifindex), 0);
		assert_false(hook_make(ifindex));
	}
	hook_destroy(ifindex);
	close(tap);
}

/* A program of somebody else's, even in the same place. */
static void what_is_not_ours_stays(void **state)
{
	const struct bpf_insn nothing[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
					    { .code = BPF_JMP | BPF_EXIT } };
	static const uint32_t places[] = { ON_OURS, ON_THEIRS };
	const unsigned ifindex = lo();
	const int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "theirs", "GPL", nothing, 2, NULL);
	(void)state;

	assert_true(fd >= 0);
	for (unsigned i = 0; i < 2; i++) {
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = BPF_TC_INGRESS);
		LIBBPF_OPTS(bpf_tc_opts, theirs, .prog_fd = fd, .handle = places[i], .priority = PRIORITY);

		assert_true(hook_make(ifindex));
		assert_int_equal(bpf_tc_attach(&hook, &theirs), 0);
		hide_detach_stale(ifindex);
		assert_int_equal(hangs_at(ifindex, places[i]), theirs.prog_id);
		hook_destroy(ifindex);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_off_again),
		cmocka_unit_test(without_a_socket_nothing_stays),
		cmocka_unit_test(what_a_run_that_was_killed_left),
		cmocka_unit_test(the_operators_qdisc_stays),
		cmocka_unit_test(what_is_not_ours_stays),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, apart, NULL);
}
