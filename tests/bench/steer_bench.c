/* SPDX-License-Identifier: BSD-3-Clause */
/* steer_bench: what the kernel's program takes for one packet, as the kernel itself measures it. No interface is
 * touched. Needs root. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rtpproxy/path/doors.h"
#include "tests/unit/alg/net/datagram.h"

extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

enum { ROUNDS = 15, PACKETS = 1 << 18, BANS = 10000, AIM_NS = 200 };

static const struct figure_case {
	const char *name, *from, *to;
	unsigned ranges; /* the packet's is the last */
	bool open;
	unsigned bans;
	unsigned aim; /* ns; 0: none */
} cases[] = {
	{ "kernel", "198.51.100.7:4000", "192.0.2.1:5060", 1, false, 0, 0 },
	{ "kernel_16_realms", "198.51.100.7:4000", "192.0.2.1:5060", MEDIA_RANGE_MAX, false, 0, 0 },
	{ "closed", "198.51.100.7:4000", "192.0.2.1:20000", 1, false, 0, AIM_NS },
	{ "closed_ipv6", "[2001:db8::7]:4000", "[2001:db8::1]:20000", 1, false, 0, AIM_NS },
	{ "closed_16_realms", "198.51.100.7:4000", "192.0.2.1:20000", MEDIA_RANGE_MAX, false, BANS, AIM_NS },
	{ "banned", "10.0.1.1:4000", "192.0.2.1:20000", 1, true, BANS, AIM_NS },
	{ "banned_ipv6", "[fd00:0:101::]:4000", "[2001:db8::1]:20000", 1, true, BANS, AIM_NS },
	{ "open", "198.51.100.7:4000", "192.0.2.1:20000", 1, true, 0, 0 },
	{ "open_with_bans", "198.51.100.7:4000", "192.0.2.1:20000", 1, true, BANS, 0 },
	{ "open_with_bans_ipv6", "[2001:db8::7]:4000", "[2001:db8::1]:20000", 1, true, BANS, 0 },
};

static struct addr addr_of(const char *text)
{
	struct addr a = { 0 };

	(void)addr_parse(span_str(text), 0, &a);
	return a;
}

static struct media_ranges ranges_of(const struct figure_case *c, const struct addr *to)
{
	struct media_ranges r = { .n = c->ranges };

	for (unsigned i = 0; i < r.n; i++) {
		struct media_range *range = &r.range[i];

		*range = (struct media_range){ .first = 20000, .last = 29999 };
		range->ether = to->family == ADDR_V6 ? 0x86dd : 0x0800;
		memcpy(range->host, to->ip, sizeof(range->host));
		range->host[0] ^= r.n - 1 - i;
	}
	return r;
}

/* Of both families, hosts far and near. */
static int bans_put(struct doors *d, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const uint8_t low = (uint8_t)i, high = (uint8_t)(i >> 8);
		const struct prefix v4 = { { .ip = { 10, 0, high, low }, .family = ADDR_V4 }, 32 };
		const struct prefix v6 = { { .ip = { 0xfd, [4] = high, [5] = low }, .family = ADDR_V6 }, 48 };

		if (doors_ban(d, &v4) < 0 || doors_ban(d, &v6) < 0)
			return -1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static int measure(const struct figure_case *c, int program)
{
	static const uint8_t rtp[172] = { 0x80, 8 };
	const struct addr from = addr_of(c->from), to = addr_of(c->to);
	uint8_t frame[DATAGRAM_MAX];
	uint32_t ns[ROUNDS];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .repeat = PACKETS);

	run.data_size_in = datagram_write(frame, &from, &to, rtp, sizeof(rtp));
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (bpf_prog_test_run_opts(program, &run))
			return -1;
		ns[i] = run.duration;
	}
	qsort(ns, ROUNDS, sizeof(ns[0]), compare);
	printf("{\"name\":\"steer.%s\",\"value\":%u,\"unit\":\"ns\",\"least\":%u", c->name, ns[ROUNDS / 2], ns[0]);
	if (c->aim)
		printf(",\"aim\":%u", c->aim);
	printf("}\n");
	return 0;
}

static int run_case(const struct figure_case *c)
{
	const size_t n = (size_t)(_binary_steer_bpf_o_end - _binary_steer_bpf_o_start);
	struct bpf_object *o = bpf_object__open_mem(_binary_steer_bpf_o_start, n, NULL);
	const struct addr to = addr_of(c->to);
	const struct media_ranges ranges = ranges_of(c, &to);
	struct doors doors = { 0 };
	int program, result = -1;

	if (!o)
		return -1;
	if (bpf_object__load(o) == 0) {
		program = bpf_program__fd(bpf_object__find_program_by_name(o, "natsbc_steer"));
		if (doors_open(&doors, program, &ranges) == 0 && bans_put(&doors, c->bans) == 0) {
			doors_set(&doors, &to, c->open);
			result = measure(c, program);
		}
	}
	doors_close(&doors);
	bpf_object__close(o);
	return result;
}

int main(void)
{
	if (geteuid() != 0) {
		fprintf(stderr, "steer_bench: left out: needs root\n");
		return 0;
	}
	libbpf_set_print(NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (run_case(&cases[i])) {
			fprintf(stderr, "steer_bench: %s cannot be measured\n", cases[i].name);
			return 1;
		}
	}
	return 0;
}
