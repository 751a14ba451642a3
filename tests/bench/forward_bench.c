/* SPDX-License-Identifier: BSD-3-Clause */
/* forward_bench: what the kernel's program takes for a packet that it forwards, as the kernel itself measures it:
 * known, counted, measured and rewritten. One run for each packet, for a stream goes on; so beside it stands, run in
 * the same way, the same packet as it goes to the relay's socket. No interface is touched. Needs root. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "rtpproxy/path/doors.h"
#include "rtpproxy/path/shortcut.h"
#include "tests/unit/alg/net/datagram.h"

extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

enum { PACKETS = 1 << 15, PORT = 20000, FAR_PORT = 20002, NIC = 1, SSRC = 1 };

static const struct figure_case {
	const char *name, *realm, *caller, *callee;
	int action; /* what becomes of the packet */
} cases[] = {
	{ "forwarded", "192.0.2.1", "198.51.100.7:4000", "203.0.113.9:5004", XDP_REDIRECT },
	{ "forwarded_ipv6", "2001:db8::1", "[2001:db8:7::7]:4000", "[2001:db8:9::9]:5004", XDP_REDIRECT },
	{ "open_once", "192.0.2.1", "198.51.100.7:4000", "203.0.113.9:5004", XDP_DROP },
	{ "open_once_ipv6", "2001:db8::1", "[2001:db8:7::7]:4000", "[2001:db8:9::9]:5004", XDP_DROP },
};

struct bench {
	struct config conf;
	struct flow_table flows;
	struct doors doors;
	struct bpf_object *object;
	int program, map;
};

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "forward_bench: %s\n", what);
	exit(1);
}

static struct addr addr_of(const char *text)
{
	struct addr a = { 0 };

	must(addr_parse(span_str(text), 0, &a) == 0, text);
	return a;
}

static void ignore(void *ctx, const struct notice *n)
{
	(void)ctx, (void)n;
}

static void port_set(struct bench *b, uint16_t port, uint16_t peer, const char *expected)
{
	struct order o = { .kind = ORDER_SET };

	o.set.spec = (struct port_spec){ .own = { 0, port },
					 .peer = { 0, peer },
					 .policy = LATCH_EXACT,
					 .window_open = true,
					 .session = 1,
					 .clock_hz = 8000,
					 .expected = addr_of(expected) };
	o.index = flow_index(&b->flows, o.set.spec.own);
	o.set.peer = flow_index(&b->flows, o.set.spec.peer);
	o.set.expected.nic = NIC;
	o.set.signalling.nic = NIC_NONE;
	flow_order(&b->flows, &o, 0, ignore, NULL);
}

/* The caller is known; the next packet is number LEARN_CONFIRM + 1. */
static struct flow *call_begin(struct bench *b, const struct figure_case *c)
{
	struct learn_packet p = { .source = addr_of(c->caller), .ssrc = SSRC, .media = true };
	const uint32_t index = flow_index(&b->flows, (struct own_port){ 0, PORT });
	struct flow *f = &b->flows.flow[index];

	port_set(b, PORT, FAR_PORT, c->caller);
	port_set(b, FAR_PORT, PORT, c->callee);
	for (p.seq = 1; p.seq <= LEARN_CONFIRM; p.seq++) {
		must(flow_learn(&b->flows, index, &p, 0, ignore, NULL) == LEARN_ACCEPT, "a source was refused");
		rtp_measure_packet(&f->measure, SSRC, p.seq, 160U * p.seq, false, 20000U * p.seq);
	}
	return f;
}

static void lines_share(struct bench *b, const struct media_ranges *ranges, bool exits)
{
	struct media_shortcut told;
	const int lines = shortcut_share(&b->flows);

	must(lines >= 0, "the flow table cannot be shared");
	told = shortcut_begin(&b->flows, ranges);
	if (exits)
		told.exit[NIC] = (struct media_exit){ .ifindex = 1, .frame_max = 1514 };
	b->map = shortcut_join(b->program, lines, &told);
	must(b->map >= 0, "the program does not get the flow table");
	close(lines);
}

static void bench_open(struct bench *b, const struct figure_case *c)
{
	const size_t n = (size_t)(_binary_steer_bpf_o_end - _binary_steer_bpf_o_start);
	struct conf_realm *r = &b->conf.realms[0];
	struct media_ranges ranges = { .n = 1 };
	struct media_range *range = &ranges.range[0];

	*r = (struct conf_realm){ .address = addr_of(c->realm), .media_first = PORT, .media_last = 29999 };
	b->conf.nrealm = 1;
	*range = (struct media_range){ .first = PORT, .last = 29999 };
	range->ether = r->address.family == ADDR_V6 ? 0x86dd : 0x0800;
	memcpy(range->host, r->address.ip, sizeof(range->host));
	b->object = bpf_object__open_mem(_binary_steer_bpf_o_start, n, NULL);
	must(b->object && bpf_object__load(b->object) == 0, "the program cannot be loaded");
	b->program = bpf_program__fd(bpf_object__find_program_by_name(b->object, "natsbc_steer"));
	must(flow_table_init(&b->flows, &b->conf) == 0, "no memory");
	must(doors_open(&b->doors, b->program, &ranges) == 0, "the program's maps cannot be filled");
	lines_share(b, &ranges, c->action == XDP_REDIRECT);
}

static void bench_close(struct bench *b)
{
	close(b->map);
	doors_close(&b->doors);
	bpf_object__close(b->object);
	flow_table_fini(&b->flows);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void measure(struct bench *b, const struct figure_case *c, struct flow *f)
{
	static uint32_t ns[PACKETS];
	const struct addr from = addr_of(c->caller);
	const uint32_t before = f->measure.highest;
	uint8_t rtp[172] = { 0x80, 8, [3] = (uint8_t)(before + 1), [11] = SSRC }, frame[DATAGRAM_MAX];
	struct addr to = addr_of(c->realm);
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .repeat = 1);

	to.port = PORT;
	doors_set(&b->doors, &to, true);
	run.data_size_in = datagram_write(frame, &from, &to, rtp, sizeof(rtp));
	for (unsigned i = 0; i < PACKETS; i++) {
		flow_beat(&b->flows, now_ms());
		f->measure.highest = before;
		must(bpf_prog_test_run_opts(b->program, &run) == 0, "the kernel does not run it");
		must((int)run.retval == c->action, "the packet goes another way");
		ns[i] = run.duration;
	}
	qsort(ns, PACKETS, sizeof(ns[0]), compare);
	printf("{\"name\":\"steer.%s\",\"value\":%u,\"unit\":\"ns\",\"least\":%u}\n", c->name, ns[PACKETS / 2], ns[0]);
}

int main(void)
{
	static struct bench b;

	if (geteuid() != 0) {
		fprintf(stderr, "forward_bench: left out: needs root\n");
		return 0;
	}
	libbpf_set_print(NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b = (struct bench){ 0 };
		bench_open(&b, &cases[i]);
		measure(&b, &cases[i], call_begin(&b, &cases[i]));
		bench_close(&b);
	}
	return 0;
}
