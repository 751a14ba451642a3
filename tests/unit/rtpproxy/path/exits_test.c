/* SPDX-License-Identifier: BSD-3-Clause */
/* Between which interfaces programs may forward: what they are told is read from maps of the kernel's that stand for
 * theirs, for which it takes root; without it there is nothing to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <unistd.h>

#include "rtpproxy/path/exits.h"

enum { LO = 1, FIRST = 7, SECOND = 8, MTU = 1500 };

struct bench {
	struct exits e;
	struct nics n;
	unsigned lines;
};

static void log_count(void *ctx, int level, const char *line)
{
	struct bench *b = ctx;

	(void)level;
	assert_non_null(strstr(line, "does not send"));
	b->lines++;
}

static struct nic native(unsigned ifindex)
{
	return (struct nic){
		.interface = "x", .ifindex = ifindex, .kind = NIC_AF_XDP, .mode = "native", .mtu = MTU, .mac = { 2, 9 }
	};
}

/* Two interfaces by AF_XDP in native mode, and both have programs. The kernel tells nothing about either. */
static void bench_open(struct bench *b)
{
	*b = (struct bench){ .n = { .lo = LO, .nopen = 2, .open = { native(FIRST), native(SECOND) } } };
	memset(b->e.map, -1, sizeof(b->e.map));
	for (unsigned i = 0; i < b->n.nopen; i++) {
		b->e.map[i] = bpf_map_create(BPF_MAP_TYPE_ARRAY, "told", sizeof(uint32_t),
					     sizeof(struct media_shortcut), 1, NULL);
		if (b->e.map[i] < 0 && geteuid() != 0)
			skip();
		assert_true(b->e.map[i] >= 0);
	}
	b->e.begun = true;
}

static struct media_shortcut told(const struct bench *b, unsigned nic)
{
	struct media_shortcut s;
	const uint32_t key = 0;

	assert_int_equal(bpf_map_lookup_elem(b->e.map[nic], &key, &s), 0);
	return s;
}

static void tick(struct bench *b)
{
	exits_tick(&b->e, &b->n, log_count, b);
}

static void which_interfaces(void **state)
{
	static const struct {
		const char *what;
		bool trust;
		unsigned ifindex;
		enum nic_kind kind;
		const char *mode;
		bool leaves;
	} cases[] = {
		{ "one that may", true, SECOND, NIC_AF_XDP, "native", true },
		{ "of which nobody tells", false, SECOND, NIC_AF_XDP, "native", false },
		{ "in the kernel's own path", true, SECOND, NIC_AF_XDP, "generic", false },
		{ "in no mode", true, SECOND, NIC_AF_XDP, NULL, false },
		{ "lo", true, LO, NIC_AF_XDP, "native", false },
		{ "packet sockets", true, SECOND, NIC_AF_PACKET, "native", false },
		{ "a device", true, SECOND, NIC_DEVICE, "native", false },
		{ "the kernel's end", true, SECOND, NIC_KERNEL, "native", false },
	};
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct media_shortcut s;
		struct bench b;

		bench_open(&b);
		b.e.trust = cases[i].trust;
		b.n.open[1].ifindex = cases[i].ifindex;
		b.n.open[1].kind = cases[i].kind;
		b.n.open[1].mode = cases[i].mode;
		tick(&b);
		s = told(&b, 0); /* the other one's program hears of it, too */
		if ((s.exit[1].ifindex != 0) != cases[i].leaves)
			fail_msg("%s", cases[i].what);
		assert_int_equal(s.exit[0].ifindex, cases[i].trust ? FIRST : 0);
		if (cases[i].leaves) {
			assert_int_equal(s.exit[1].ifindex, SECOND);
			assert_int_equal(s.exit[1].frame_max, FRAME_ETHER + MTU);
			assert_memory_equal(s.exit[1].mac, b.n.open[1].mac, 6);
		}
		exits_close(&b.e);
	}
}

static void who_does_not_send_is_told_once_each_time(void **state)
{
	struct bench b;
	(void)state;

	bench_open(&b);
	tick(&b);
	tick(&b);
	assert_int_equal(b.lines, 2);
	b.e.trust = true;
	tick(&b);
	assert_int_equal(told(&b, 1).exit[0].ifindex, FIRST);
	b.e.trust = false;
	tick(&b);
	assert_int_equal(told(&b, 1).exit[0].ifindex, 0);
	tick(&b);
	assert_int_equal(b.lines, 4);
	exits_close(&b.e);
}

/* A program is told what has changed, not each second the same. */
static void only_news_are_told(void **state)
{
	const struct media_shortcut nothing = { 0 };
	struct bench b;
	(void)state;

	bench_open(&b);
	b.e.trust = true;
	tick(&b);
	assert_int_equal(shortcut_tell(b.e.map[0], &nothing), 0);
	tick(&b);
	assert_int_equal(told(&b, 0).exit[0].ifindex, 0);
	b.n.open[1].mtu = 9000;
	tick(&b);
	assert_int_equal(told(&b, 0).exit[0].ifindex, FIRST);
	assert_int_equal(told(&b, 0).exit[1].frame_max, FRAME_ETHER + 9000);
	exits_close(&b.e);
}

/* The table stays the relay's own, and nothing is asked later. */
static void where_nothing_leaves_nothing_is_shared(void **state)
{
	static const struct {
		enum conf_in_driver in_driver;
		const char *mode;
	} cases[] = {
		{ CONF_IN_DRIVER_OFF, "native" },
		{ CONF_IN_DRIVER_ALWAYS, "generic" },
		{ CONF_IN_DRIVER_AUTO, "generic" },
	};
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config c = { .relay.in_driver = cases[i].in_driver };
		struct bench b = { .n = { .lo = LO, .nopen = 1, .open = { native(FIRST) } } };
		struct flow_table t = { .count = 1 };

		b.n.open[0].mode = cases[i].mode;
		exits_open(&b.e, &c, &b.n, &t, log_count, &b);
		assert_false(b.e.begun);
		assert_false(t.shared);
		assert_int_equal(b.e.map[0], -1);
		tick(&b);
		exits_close(&b.e);
		assert_int_equal(b.lines, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_interfaces),
		cmocka_unit_test(who_does_not_send_is_told_once_each_time),
		cmocka_unit_test(only_news_are_told),
		cmocka_unit_test(where_nothing_leaves_nothing_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
