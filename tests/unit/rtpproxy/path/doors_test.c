/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel programs do with packets to ports that are open and closed, from who is banned and who is not: the
 * kernel runs them on made-up packets, no interface is touched. Needs root; without it there is nothing to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <unistd.h>

#include "rtpproxy/path/doors.h"
#include "tests/unit/alg/net/datagram.h"

extern const char _binary_hide_bpf_o_start[], _binary_hide_bpf_o_end[];
extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

enum fate { KERNEL, RELAY, CLOSED, BANNED, FATE_N };

/* A program, and what it answers for each fate. There is no socket here: what is for the relay is dropped and counted
 * as such by natsbc_steer. */
struct program {
	const char *name, *keeper, *begin, *end;
	int answer[FATE_N];
	bool counts;
	uint32_t skip; /* the kernel takes an Ethernet header off before it */
};

static const struct program programs[] = {
	{ "natsbc_steer",
	  "natsbc_steer",
	  _binary_steer_bpf_o_start,
	  _binary_steer_bpf_o_end,
	  { XDP_PASS, XDP_DROP, XDP_DROP, XDP_DROP },
	  true,
	  0 },
	{ "natsbc_hide",
	  "natsbc_hide",
	  _binary_hide_bpf_o_start,
	  _binary_hide_bpf_o_end,
	  { TC_ACT_UNSPEC, TC_ACT_SHOT, TC_ACT_SHOT, TC_ACT_SHOT },
	  true,
	  0 },
	{ "natsbc_take",
	  "natsbc_hide",
	  _binary_hide_bpf_o_start,
	  _binary_hide_bpf_o_end,
	  { 0, -1, 0, 0 },
	  false,
	  DATAGRAM_ETHER },
};

struct bench {
	const struct program *program;
	struct bpf_object *object;
	int fd;
	int keeper; /* the program whose maps are all there */
	struct doors doors;
};

static struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s: no address", text);
	return a;
}

static struct prefix prefix_of(const char *text)
{
	struct prefix p;

	if (prefix_parse(span_str(text), &p))
		fail_msg("%s: no prefix", text);
	return p;
}

static void range_add(struct media_ranges *r, const char *host, uint16_t first, uint16_t last)
{
	struct media_range *range = &r->range[r->n++];
	const struct addr a = addr_of(host);

	memcpy(range->host, a.ip, sizeof(range->host));
	range->first = first;
	range->last = last;
	range->ether = a.family == ADDR_V6 ? 0x86dd : 0x0800;
}

/* 0; -1: not allowed to. */
static int bench_open(struct bench *b, const struct program *p)
{
	struct media_ranges ranges = { 0 };

	range_add(&ranges, "192.0.2.1", 20000, 29999);
	range_add(&ranges, "2001:db8::1", 0, 65535);
	*b = (struct bench){ .program = p };
	b->object = bpf_object__open_mem(p->begin, (size_t)(p->end - p->begin), NULL);
	assert_non_null(b->object);
	if (bpf_object__load(b->object)) {
		bpf_object__close(b->object);
		return -1;
	}
	b->fd = bpf_program__fd(bpf_object__find_program_by_name(b->object, p->name));
	b->keeper = bpf_program__fd(bpf_object__find_program_by_name(b->object, p->keeper));
	assert_true(b->fd >= 0 && b->keeper >= 0);
	assert_int_equal(doors_open(&b->doors, b->keeper, &ranges), 0);
	return 0;
}

static void bench_close(struct bench *b)
{
	doors_close(&b->doors);
	bpf_object__close(b->object);
}

static void port_set(struct bench *b, const char *own, bool open)
{
	const struct addr a = addr_of(own);

	doors_set(&b->doors, &a, open);
}

static int ban(struct bench *b, const char *whom)
{
	const struct prefix p = prefix_of(whom);

	return doors_ban(&b->doors, &p);
}

static int unban(struct bench *b, const char *whom)
{
	const struct prefix p = prefix_of(whom);

	return doors_unban(&b->doors, &p);
}

static uint64_t counted(const struct bench *b, enum media_drop why)
{
	uint64_t counts[MEDIA_DROP_N] = { 0 };

	doors_count(&b->doors, counts);
	return counts[why];
}

/* The packet ends as expected, and that is what is counted. */
static void sent(struct bench *b, const char *from, const char *to, enum fate expected)
{
	static const uint8_t rtp[12] = { 0x80, 8 };
	const bool xdp = b->program->answer[KERNEL] == XDP_PASS;
	const uint64_t closed = counted(b, MEDIA_CLOSED), banned = counted(b, MEDIA_BANNED),
		       homeless = counted(b, MEDIA_NO_SOCKET);
	const struct addr source = addr_of(from), target = addr_of(to);
	uint8_t frame[DATAGRAM_MAX + DATAGRAM_ETHER];
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame);

	run.data_size_in = datagram_write(frame + b->program->skip, &source, &target, rtp, sizeof(rtp));
	if (b->program->skip)
		memcpy(frame, frame + b->program->skip, b->program->skip);
	run.data_size_in += b->program->skip;
	assert_int_equal(bpf_prog_test_run_opts(b->fd, &run), 0);
	if ((int)run.retval != b->program->answer[expected])
		fail_msg("%s: %s to %s: %d", b->program->name, from, to, (int)run.retval);
	if (counted(b, MEDIA_CLOSED) - closed != (b->program->counts && expected == CLOSED) ||
	    counted(b, MEDIA_BANNED) - banned != (b->program->counts && expected == BANNED) ||
	    counted(b, MEDIA_NO_SOCKET) - homeless != (xdp && expected == RELAY))
		fail_msg("%s: %s to %s: counted otherwise", b->program->name, from, to);
}

static void each_program(void (*show)(struct bench *b))
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct bench b;

		if (bench_open(&b, &programs[i]) < 0) {
			if (geteuid() == 0)
				fail_msg("%s cannot be loaded", programs[i].name);
			skip();
		}
		show(&b);
		bench_close(&b);
	}
}

static void show_ports(struct bench *b)
{
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:29999", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:19999", KERNEL);
	sent(b, "198.51.100.1:4000", "192.0.2.1:30000", KERNEL);
	sent(b, "198.51.100.1:4000", "192.0.2.1:5060", KERNEL);
	sent(b, "198.51.100.1:4000", "192.0.2.2:20000", KERNEL);
	sent(b, "[2001:db8::7]:4000", "[2001:db8::1]:65535", CLOSED);
	sent(b, "[2001:db8::7]:4000", "[2001:db8::2]:20000", KERNEL);

	port_set(b, "192.0.2.1:20000", true);
	port_set(b, "192.0.2.1:20063", true);
	port_set(b, "192.0.2.1:29999", true);
	port_set(b, "192.0.2.1:30000", true); /* not of the range */
	port_set(b, "[2001:db8::1]:65535", true);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", RELAY);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20001", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20062", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20063", RELAY);
	sent(b, "198.51.100.1:4000", "192.0.2.1:29999", RELAY);
	sent(b, "198.51.100.1:4000", "192.0.2.1:30000", KERNEL);
	sent(b, "[2001:db8::7]:4000", "[2001:db8::1]:20000", CLOSED);
	sent(b, "[2001:db8::7]:4000", "[2001:db8::1]:65535", RELAY);

	port_set(b, "192.0.2.1:20063", false);
	port_set(b, "[2001:db8::1]:65535", false);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20063", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", RELAY);
	sent(b, "[2001:db8::7]:4000", "[2001:db8::1]:65535", CLOSED);
}

static void ports_open_and_close(void **state)
{
	(void)state;
	each_program(show_ports);
}

static void show_bans(struct bench *b)
{
	port_set(b, "192.0.2.1:20000", true);
	port_set(b, "[2001:db8::1]:20000", true);
	assert_int_equal(ban(b, "198.51.100.1"), 0);
	assert_int_equal(ban(b, "203.0.113.0/24"), 0);
	assert_int_equal(ban(b, "2001:db8:7::/48"), 0);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", BANNED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20002", CLOSED);
	sent(b, "198.51.100.1:4000", "192.0.2.1:5060", KERNEL); /* who may signal is decided elsewhere */
	sent(b, "198.51.100.2:4000", "192.0.2.1:20000", RELAY);
	sent(b, "203.0.113.255:4000", "192.0.2.1:20000", BANNED);
	sent(b, "203.0.114.0:4000", "192.0.2.1:20000", RELAY);
	sent(b, "[2001:db8:7::5]:4000", "[2001:db8::1]:20000", BANNED);
	sent(b, "[2001:db8:8::5]:4000", "[2001:db8::1]:20000", RELAY);

	assert_int_equal(ban(b, "198.51.100.1"), 0);
	assert_int_equal(unban(b, "198.51.100.1"), 0);
	assert_int_equal(unban(b, "198.51.100.1"), -1);
	assert_int_equal(unban(b, "203.0.113.0/25"), -1);
	assert_int_equal(unban(b, "2001:db8:7::/48"), 0);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", RELAY);
	sent(b, "203.0.113.1:4000", "192.0.2.1:20000", BANNED);
	sent(b, "[2001:db8:7::5]:4000", "[2001:db8::1]:20000", RELAY);
}

static void the_banned_are_dropped(void **state)
{
	(void)state;
	each_program(show_bans);
}

/* Who holds the maps has gone, the program is still there: what was open is for nobody, and not for the kernel. */
static void show_left_alone(struct bench *b)
{
	struct bench left = *b;

	port_set(b, "192.0.2.1:20000", true);
	left.fd = dup(b->fd);
	left.keeper = dup(b->keeper);
	bench_close(b);
	assert_int_equal(doors_open(&left.doors, left.keeper, &left.doors.ranges), 0);
	sent(&left, "198.51.100.1:4000", "192.0.2.1:20000", RELAY);
	sent(&left, "198.51.100.1:4000", "192.0.2.1:20002", CLOSED);
	doors_close(&left.doors);
	assert_int_equal(bench_open(b, b->program), 0);
	sent(b, "198.51.100.1:4000", "192.0.2.1:20000", CLOSED);
	close(left.fd);
	close(left.keeper);
}

static void a_program_left_alone_stays_shut(void **state)
{
	(void)state;
	each_program(show_left_alone);
}

static void without_a_program(void **state)
{
	const struct addr own = addr_of("192.0.2.1:20000");
	const struct prefix whom = prefix_of("198.51.100.1");
	uint64_t counts[MEDIA_DROP_N] = { 7, 7, 7 };
	const struct media_ranges none = { 0 };
	struct doors d = { 0 };

	(void)state;
	doors_set(&d, &own, true);
	assert_int_equal(doors_ban(&d, &whom), 0);
	assert_int_equal(doors_unban(&d, &whom), 0);
	doors_count(&d, counts);
	assert_int_equal(counts[MEDIA_CLOSED], 7);
	assert_int_equal(doors_open(&d, -1, &none), -1);
	doors_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_open_and_close),
		cmocka_unit_test(the_banned_are_dropped),
		cmocka_unit_test(a_program_left_alone_stays_shut),
		cmocka_unit_test(without_a_program),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
