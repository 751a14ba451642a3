/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel's program forwards by itself, and that it does so as the worker would: the kernel runs it on made-up
 * packets, no interface is touched. Needs root; without it there is nothing to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <time.h>
#include <unistd.h>

#include "rtpproxy/path/doors.h"
#include "rtpproxy/path/shortcut.h"
#include "tests/unit/alg/net/datagram.h"

extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

enum { V4, V6, FAMILIES };
enum { NIC = 1, FRAME_MAX = 1514, RTP_LEN = 172, SSRC = 0x11223344 };

/* What comes to each port of a realm is from its source; what came to the first leaves from the second. */
static const struct {
	const char *realm, *caller, *callee;
} sides[FAMILIES] = {
	{ "192.0.2.1", "198.51.100.7:4000", "203.0.113.9:5004" },
	{ "2001:db8::1", "[2001:db8:7::7]:4000", "[2001:db8:9::9]:5004" },
};

static const uint8_t next_hop[6] = { 2, 0, 0, 0, 0, 9 }, own_mac[6] = { 2, 0, 0, 0, 0, 5 };

struct bench {
	struct config *conf;
	struct flow_table t;
	struct bpf_object *object;
	int program, map;
	struct media_shortcut told;
	struct doors doors;
	uint16_t seq[FAMILIES];
};

static struct addr addr_of(const char *text)
{
	struct addr a = { 0 };

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s: no address", text);
	return a;
}

static void ignore(void *ctx, const struct notice *n)
{
	(void)ctx;
	(void)n;
}

/* --- a call ------------------------------------------------------------------------------------------------- */

static void port_set(struct bench *b, uint8_t realm, uint16_t port, uint16_t peer, const char *expected)
{
	struct order o = { .kind = ORDER_SET };

	o.set.spec = (struct port_spec){ .own = { realm, port },
					 .peer = { realm, peer },
					 .policy = LATCH_EXACT,
					 .window_open = true,
					 .session = 1,
					 .dscp = 46,
					 .clock_hz = 8000,
					 .expected = addr_of(expected) };
	o.index = flow_index(&b->t, o.set.spec.own);
	o.set.peer = flow_index(&b->t, o.set.spec.peer);
	o.set.expected.nic = NIC;
	memcpy(o.set.expected.mac, next_hop, sizeof(next_hop));
	o.set.signalling.nic = NIC_NONE;
	flow_order(&b->t, &o, 0, ignore, NULL);
}

static struct flow *flow_at(const struct bench *b, uint8_t family, uint16_t port)
{
	return &b->t.flow[flow_index(&b->t, (struct own_port){ family, port })];
}

static struct addr own_of(const struct bench *b, uint8_t family)
{
	struct addr a = b->conf->realms[family].address;

	a.port = 20000;
	return a;
}

/* The caller is known, and has sent so far as the worker would count it. */
static void call_begin(struct bench *b, uint8_t family)
{
	struct flow *f = flow_at(b, family, 20000);
	struct learn_packet p = { .source = addr_of(sides[family].caller), .ssrc = SSRC, .media = true };
	const struct addr own = own_of(b, family);

	port_set(b, family, 20000, 20002, sides[family].caller);
	port_set(b, family, 20002, 20000, sides[family].callee);
	for (p.seq = 1; p.seq <= LEARN_CONFIRM; p.seq++) {
		assert_int_equal(flow_learn(&b->t, (uint32_t)(f - b->t.flow), &p, 0, ignore, NULL), LEARN_ACCEPT);
		rtp_measure_packet(&f->measure, SSRC, p.seq, 160U * p.seq, false, 20000U * p.seq);
	}
	b->seq[family] = p.seq;
	doors_set(&b->doors, &own, true);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void exit_tell(struct bench *b, uint32_t ifindex, uint16_t frame_max)
{
	struct media_exit *e = &b->told.exit[NIC];

	*e = (struct media_exit){ .ifindex = ifindex, .frame_max = frame_max };
	memcpy(e->mac, own_mac, sizeof(own_mac));
	assert_int_equal(shortcut_tell(b->map, &b->told), 0);
}

/* 0; -1: not allowed to. */
static int bench_load(struct bench *b)
{
	const size_t n = (size_t)(_binary_steer_bpf_o_end - _binary_steer_bpf_o_start);

	b->object = bpf_object__open_mem(_binary_steer_bpf_o_start, n, NULL);
	assert_non_null(b->object);
	if (bpf_object__load(b->object)) {
		bpf_object__close(b->object);
		return -1;
	}
	b->program = bpf_program__fd(bpf_object__find_program_by_name(b->object, "natsbc_steer"));
	return 0;
}

static void bench_open(struct bench *b)
{
	struct media_ranges ranges = { .n = FAMILIES };
	int lines;

	*b = (struct bench){ .conf = calloc(1, sizeof(*b->conf)) };
	assert_non_null(b->conf);
	if (bench_load(b) < 0) {
		if (geteuid() == 0)
			fail_msg("natsbc_steer cannot be loaded");
		free(b->conf);
		skip();
	}
	b->conf->nrealm = FAMILIES;
	for (unsigned i = 0; i < FAMILIES; i++) {
		struct conf_realm *r = &b->conf->realms[i];

		*r = (struct conf_realm){ .address = addr_of(sides[i].realm),
					  .media_first = 20000,
					  .media_last = 20009 };
		ranges.range[i] = (struct media_range){ .first = 20000, .last = 20009 };
		ranges.range[i].ether = i == V6 ? 0x86dd : 0x0800;
		memcpy(ranges.range[i].host, r->address.ip, sizeof(ranges.range[i].host));
	}
	assert_int_equal(flow_table_init(&b->t, b->conf), 0);
	assert_int_equal(doors_open(&b->doors, b->program, &ranges), 0);
	lines = shortcut_share(&b->t);
	assert_true(lines >= 0);
	b->told = shortcut_begin(&b->t, &ranges);
	b->map = shortcut_join(b->program, lines, &b->told);
	assert_true(b->map >= 0);
	close(lines);
	exit_tell(b, 1, FRAME_MAX);
	flow_beat(&b->t, now_ms());
	call_begin(b, V4);
	call_begin(b, V6);
}

static void bench_close(struct bench *b)
{
	close(b->map);
	doors_close(&b->doors);
	bpf_object__close(b->object);
	flow_table_fini(&b->t);
	free(b->conf);
}

/* --- packets ------------------------------------------------------------------------------------------------ */

struct packet {
	uint8_t bytes[DATAGRAM_MAX];
	uint32_t n;
};

static void rtp_write(uint8_t *rtp, uint16_t seq)
{
	memset(rtp, 0xd5, RTP_LEN);
	rtp[0] = 0x80;
	rtp[1] = 8;
	rtp[2] = (uint8_t)(seq >> 8);
	rtp[3] = (uint8_t)seq;
	datagram_put16(rtp + 4, 160U * seq >> 16);
	datagram_put16(rtp + 6, 160U * seq);
	datagram_put16(rtp + 8, SSRC >> 16);
	datagram_put16(rtp + 10, SSRC & 0xffff);
}

/* The caller's next. */
static struct packet packet_next(const struct bench *b, uint8_t family)
{
	const struct addr from = addr_of(sides[family].caller), to = own_of(b, family);
	uint8_t rtp[RTP_LEN];
	struct packet p;

	rtp_write(rtp, b->seq[family]);
	p.n = datagram_write(p.bytes, &from, &to, rtp, sizeof(rtp));
	return p;
}

static int run(const struct bench *b, struct packet *p)
{
	struct packet out;
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = p->bytes, .data_size_in = p->n, .data_out = out.bytes,
		    .data_size_out = sizeof(out.bytes));

	assert_int_equal(bpf_prog_test_run_opts(b->program, &o), 0);
	memcpy(p->bytes, out.bytes, o.data_size_out);
	p->n = o.data_size_out;
	return (int)o.retval;
}

static uint64_t counted(const struct bench *b, enum media_drop why)
{
	uint64_t counts[MEDIA_DROP_N] = { 0 };

	doors_count(&b->doors, counts);
	return counts[why];
}

/* As the worker rewrites it. */
static struct packet expected_of(const struct bench *b, uint8_t family, const struct packet *in)
{
	struct packet p = *in;
	struct frame f = { 0 };

	assert_int_equal(frame_parse(p.bytes, p.n, &f), FRAME_OK);
	frame_rewrite(p.bytes, f, frame_addresses_sum(p.bytes, &f), &flow_at(b, family, 20002)->out.to, own_mac);
	return p;
}

static void forwarded(struct bench *b, uint8_t family, struct packet p)
{
	const struct packet expected = expected_of(b, family, &p);
	const struct flow *in = flow_at(b, family, 20000), *out = flow_at(b, family, 20002);
	const struct flow in_before = *in, out_before = *out;
	const uint64_t before = counted(b, MEDIA_FORWARDED);

	assert_int_equal(run(b, &p), XDP_REDIRECT);
	assert_int_equal(p.n, expected.n);
	assert_memory_equal(p.bytes, expected.bytes, p.n);
	assert_int_equal(counted(b, MEDIA_FORWARDED), before + 1);
	assert_int_equal(in->in.packets, in_before.in.packets + 1);
	assert_int_equal(in->in.bytes, in_before.in.bytes + RTP_LEN);
	assert_int_equal(out->out.packets, out_before.out.packets + 1);
	assert_int_equal(out->out.bytes, out_before.out.bytes + RTP_LEN);
	assert_int_equal(in->in.payload_type, 8);
	assert_int_equal(in->measure.highest, in_before.measure.highest + 1);
	assert_int_equal(in->measure.window, in_before.measure.window << 1 | 1);
	assert_true(now_ms() - in->in.at_ms < 10000);
	assert_int_equal(in->in.held, 0);
	assert_int_equal(out->out.to.tag[FLOW_TAG_HELD], 0);
	b->seq[family]++;
}

/* Nothing of it has changed: it goes to the relay, whose socket is not there. */
static void left(struct bench *b, uint8_t family, struct packet p, const char *what)
{
	const struct packet before = p;
	const struct flow in = *flow_at(b, family, 20000), out = *flow_at(b, family, 20002);
	const uint64_t forwarded = counted(b, MEDIA_FORWARDED), homeless = counted(b, MEDIA_NO_SOCKET);

	if (run(b, &p) != XDP_DROP || counted(b, MEDIA_NO_SOCKET) != homeless + 1 ||
	    counted(b, MEDIA_FORWARDED) != forwarded)
		fail_msg("%s: is not left to the relay", what);
	if (p.n != before.n || memcmp(p.bytes, before.bytes, p.n) != 0 ||
	    memcmp(&in, flow_at(b, family, 20000), sizeof(in)) != 0 ||
	    memcmp(&out, flow_at(b, family, 20002), sizeof(out)) != 0)
		fail_msg("%s: something has changed", what);
}

/* --- what is shown ------------------------------------------------------------------------------------------ */

static void the_next_is_forwarded_as_the_worker_would(void **state)
{
	struct bench b;
	struct packet p;
	(void)state;

	bench_open(&b);
	for (uint8_t family = V4; family < FAMILIES; family++) {
		for (unsigned i = 0; i < 5; i++) {
			p = packet_next(&b, family);
			forwarded(&b, family, p);
		}
		assert_int_equal(flow_at(&b, family, 20000)->measure.missing, 0);
	}
	p = packet_next(&b, V4);
	memset(p.bytes + 40, 0, 2); /* without a UDP checksum */
	forwarded(&b, V4, p);
	bench_close(&b);
}

/* With bytes changed; the UDP checksum is no longer right, which nobody looks at. */
static void odd_packets_are_left(void **state)
{
	static const struct {
		const char *what;
		uint16_t at; /* in the frame of each family */
		uint16_t at_v6;
		uint8_t value;
	} cases[] = {
		{ "another host", 29, 37, 0x55 },
		{ "another port", 35, 55, 1 },
		{ "RTCP", 43, 63, 200 },
		{ "STUN", 42, 62, 0 },
		{ "an extension", 42, 62, 0x90 },
		{ "a contributing source", 42, 62, 0x81 },
		{ "another SSRC", 53, 73, 1 },
		{ "a gap", 45, 65, 200 },
		{ "a packet once more", 45, 65, 5 },
	};
	struct bench b;
	struct packet p;
	(void)state;

	bench_open(&b);
	for (uint8_t family = V4; family < FAMILIES; family++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			p = packet_next(&b, family);
			p.bytes[family == V4 ? cases[i].at : cases[i].at_v6] = cases[i].value;
			left(&b, family, p, cases[i].what);
		}
		p = packet_next(&b, family);
		memset(p.bytes + p.n, 0, 4);
		p.n += 4;
		left(&b, family, p, "what Ethernet padded");
		p = packet_next(&b, family);
		datagram_put16(p.bytes + DATAGRAM_ETHER + datagram_ip_len(p.bytes) + 6,
			       datagram_pseudo(p.bytes, DATAGRAM_UDP + RTP_LEN));
		left(&b, family, p, "a checksum that is left to hardware");
		forwarded(&b, family, packet_next(&b, family));
	}
	p = packet_next(&b, V6);
	memset(p.bytes + 60, 0, 2);
	left(&b, V6, p, "IPv6 without a checksum");
	bench_close(&b);
}

/* Somebody listens at the third port to what the caller says, or no longer. */
static void listener(struct bench *b, bool begins)
{
	const struct own_port caller = { V4, 20000 }, ear = { V4, 20004 };
	struct order o = { .kind = begins ? ORDER_COPY : ORDER_UNCOPY, .index = flow_index(&b->t, caller) };

	if (begins)
		o.copy = copy_new(o.index, flow_index(&b->t, ear), &(struct payload_map){ 0 });
	else
		o.uncopy = flow_index(&b->t, ear);
	flow_order(&b->t, &o, 0, ignore, NULL);
}

/* A port that is its own peer: the worker counts hops. */
static void an_echo_is_the_workers(void **state)
{
	struct bench b;
	(void)state;

	bench_open(&b);
	for (uint8_t family = V4; family < FAMILIES; family++) {
		struct flow *f = flow_at(&b, family, 20000);
		struct packet p = packet_next(&b, family);
		const struct flow before = *f;

		port_set(&b, family, 20000, 20000, sides[family].caller);
		assert_int_equal(run(&b, &p), XDP_DROP);
		assert_int_equal(f->in.packets, before.in.packets);
		assert_int_equal(f->in.held | f->out.to.tag[FLOW_TAG_HELD], 0);
	}
	bench_close(&b);
}

/* What control orders holds for the next packet. */
static void orders_hold_at_once(void **state)
{
	const struct own_port own = { V4, 20000 };
	struct bench b;
	struct cover waits = { .awaits_keys = true };
	struct order o = { .kind = ORDER_SET };
	struct flow_slow *s;
	uint32_t index;
	(void)state;

	bench_open(&b);
	index = flow_index(&b.t, own);
	s = &b.t.slow[index];
	forwarded(&b, V4, packet_next(&b, V4));
	s->gate.media = true;
	flow_publish(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "blocked");
	s->gate.media = false;
	flow_publish(&b.t, index);
	forwarded(&b, V4, packet_next(&b, V4));
	s->capture = CAPTURE_HEADERS;
	flow_publish(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "captured");
	s->capture = CAPTURE_NONE;
	s->dial.active = true;
	flow_publish(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "a digit is dialled");
	s->dial.active = false;
	(void)payload_map_add(&s->map, 8, 0);
	flow_publish(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "renumbered");
	s->map = (struct payload_map){ 0 };
	s->cover = &waits;
	flow_publish(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "sealed");
	s->cover = NULL;
	listener(&b, true);
	left(&b, V4, packet_next(&b, V4), "somebody listens");
	listener(&b, false);
	forwarded(&b, V4, packet_next(&b, V4));
	flow_doubt(&b.t, index);
	left(&b, V4, packet_next(&b, V4), "an order is on its way");
	flow_publish(&b.t, index);
	forwarded(&b, V4, packet_next(&b, V4));
	o = (struct order){ .kind = ORDER_CLEAR, .index = index };
	flow_order(&b.t, &o, 0, ignore, NULL);
	left(&b, V4, packet_next(&b, V4), "cleared");
	bench_close(&b);
}

static void only_where_there_is_a_way(void **state)
{
	struct bench b;
	struct flow *in, *out;
	uint32_t peer;
	(void)state;

	bench_open(&b);
	in = flow_at(&b, V4, 20000);
	out = flow_at(&b, V4, 20002);
	exit_tell(&b, 0, FRAME_MAX);
	left(&b, V4, packet_next(&b, V4), "an interface that does not send");
	exit_tell(&b, 1, (uint16_t)(packet_next(&b, V4).n - 1));
	left(&b, V4, packet_next(&b, V4), "longer than the interface allows");
	exit_tell(&b, 1, (uint16_t)packet_next(&b, V4).n);
	forwarded(&b, V4, packet_next(&b, V4));
	out->out.to.family = ADDR_V6;
	left(&b, V4, packet_next(&b, V4), "another family");
	out->out.to.family = ADDR_NONE;
	left(&b, V4, packet_next(&b, V4), "no route");
	out->out.to.family = ADDR_V4 | FLOW_SEALED;
	left(&b, V4, packet_next(&b, V4), "to be sealed");
	out->out.to.family = ADDR_V4;
	out->out.to.tag[FLOW_TAG_NIC] = 200;
	left(&b, V4, packet_next(&b, V4), "no such interface");
	out->out.to.tag[FLOW_TAG_NIC] = NIC;
	peer = in->in.peer;
	in->in.peer = 0;
	left(&b, V4, packet_next(&b, V4), "no other side");
	in->in.peer = b.t.count;
	left(&b, V4, packet_next(&b, V4), "no such port");
	in->in.peer = peer;
	forwarded(&b, V4, packet_next(&b, V4));
	bench_close(&b);
}

static void what_the_worker_holds_is_left_to_it(void **state)
{
	struct bench b;
	(void)state;

	bench_open(&b);
	flow_in_hold(flow_at(&b, V4, 20000));
	left(&b, V4, packet_next(&b, V4), "in held");
	flow_in_let(flow_at(&b, V4, 20000));
	flow_out_hold(flow_at(&b, V4, 20002));
	left(&b, V4, packet_next(&b, V4), "out held");
	flow_out_let(flow_at(&b, V4, 20002));
	forwarded(&b, V4, packet_next(&b, V4));
	bench_close(&b);
}

static void nothing_in_the_name_of_a_relay_that_is_gone(void **state)
{
	struct bench b;
	(void)state;

	bench_open(&b);
	flow_beat(&b.t, now_ms() - MEDIA_BEAT_MS - 100);
	left(&b, V4, packet_next(&b, V4), "no sign of life");
	flow_beat(&b.t, now_ms());
	forwarded(&b, V4, packet_next(&b, V4));
	bench_close(&b);
}

static void closed_and_banned_end_before(void **state)
{
	struct bench b;
	struct prefix whom;
	struct addr own;
	struct packet p;
	(void)state;

	bench_open(&b);
	own = own_of(&b, V4);
	assert_int_equal(prefix_parse(span_str("198.51.100.7"), &whom), 0);
	assert_int_equal(doors_ban(&b.doors, &whom), 0);
	p = packet_next(&b, V4);
	assert_int_equal(run(&b, &p), XDP_DROP);
	assert_int_equal(counted(&b, MEDIA_BANNED), 1);
	assert_int_equal(doors_unban(&b.doors, &whom), 0);
	doors_set(&b.doors, &own, false);
	assert_int_equal(run(&b, &p), XDP_DROP);
	assert_int_equal(counted(&b, MEDIA_CLOSED), 1);
	assert_int_equal(counted(&b, MEDIA_FORWARDED), 0);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_is_forwarded_as_the_worker_would),
		cmocka_unit_test(odd_packets_are_left),
		cmocka_unit_test(orders_hold_at_once),
		cmocka_unit_test(only_where_there_is_a_way),
		cmocka_unit_test(an_echo_is_the_workers),
		cmocka_unit_test(what_the_worker_holds_is_left_to_it),
		cmocka_unit_test(nothing_in_the_name_of_a_relay_that_is_gone),
		cmocka_unit_test(closed_and_banned_end_before),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
