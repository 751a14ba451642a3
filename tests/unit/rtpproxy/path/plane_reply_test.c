/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/path/plane_scene.h"

#include "rtpproxy/path/reply.h"

static const struct own_port near = { 0, NEAR }, cable = { 1, NEAR };

static int answer(struct scene *s, struct own_port own, const char *to, const char *text)
{
	const struct addr a = at(to);

	return s->d.reply(s->d.ctx, own, &a, (const uint8_t *)text, (uint16_t)strlen(text));
}

static void open_port(struct scene *s, struct own_port own)
{
	struct port_spec all = spec(own.port, 0, own.realm ? "10.9.0.9:4000" : "127.0.0.2:4000");

	all.own = own;
	assert_int_equal(s->d.set(s->d.ctx, &all), 0);
}

/* To anybody: nothing need be learnt of him, nor expected from there. */
static void it_leaves_from_the_port(void **state)
{
	struct scene *s = scene(state);
	const int fd = socket_at("127.0.0.9:9000");
	struct pollfd arrives = { .fd = fd, .events = POLLIN };
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	char bytes[64];

	open_port(s, near);
	assert_int_equal(answer(s, near, "127.0.0.9:9000", "who is there"), 0);
	assert_int_equal(poll(&arrives, 1, TURNS * TURN_MS), 1);
	assert_int_equal(recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &len), 12);
	assert_memory_equal(bytes, "who is there", 12);
	assert_int_equal(ntohs(from.sin_port), NEAR);
	assert_int_equal(ntohl(from.sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(s->d.clear(s->d.ctx, near), 0);
	close(fd);
}

static void what_cannot_leave(void **state)
{
	static const uint8_t long_one[DATAPATH_MAIL_MAX + 1];
	const struct own_port outside = { 0, 30000 };
	struct scene *s = scene(state);
	const struct addr to = at("127.0.0.9:9000");

	assert_int_equal(answer(s, outside, "127.0.0.9:9000", "x"), -1);
	assert_int_equal(answer(s, near, "127.0.0.9:9000", "x"), -1); /* is nobody's */
	open_port(s, near);
	assert_int_equal(answer(s, near, "[2001:db8::9]:9000", "x"), -1);
	assert_int_equal(s->d.reply(s->d.ctx, near, &to, long_one, sizeof(long_one)), -1);
	assert_int_equal(s->d.reply(s->d.ctx, near, &to, long_one, sizeof(long_one) - 1), 0);
	open_port(s, cable);
	assert_int_equal(answer(s, cable, "192.0.2.7:9000", "x"), -1); /* the kernel has no route */
	assert_int_equal(s->d.clear(s->d.ctx, near), 0);
	assert_int_equal(s->d.clear(s->d.ctx, cable), 0);
}

/* Of what a port has to say to somebody who is still looked for the last is said, once he is found. */
static void it_waits_for_its_way(void **state)
{
	struct scene *s = scene(state);
	const int fd = cable_end();

	open_port(s, cable);
	assert_int_equal(answer(s, cable, "10.9.0.7:9000", "first"), 0);
	assert_int_equal(answer(s, cable, "10.9.0.7:9000", "last"), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.7:9000", 5), "");
	neighbour_appears("10.9.0.7");
	assert_string_equal(cable_hears(s, fd, "10.9.0.7:9000", TURNS), "last");
	assert_string_equal(cable_hears(s, fd, "10.9.0.7:9000", 5), "");
	assert_int_equal(answer(s, cable, "10.9.0.7:9000", "at once"), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.7:9000", TURNS), "at once");
	assert_int_equal(s->d.clear(s->d.ctx, cable), 0);
	close(fd);
}

/* An answer that comes too late would only be taken for another one. */
static void it_does_not_wait_for_ever(void **state)
{
	struct scene *s = scene(state);
	const int fd = cable_end();

	open_port(s, cable);
	assert_int_equal(answer(s, cable, "10.9.0.8:9000", "late"), 0);
	poll(NULL, 0, REPLY_WAIT_MS + TURN_MS);
	plane_tick(s->plane, 1000);
	neighbour_appears("10.9.0.8");
	assert_string_equal(cable_hears(s, fd, "10.9.0.8:9000", 20), "");
	assert_int_equal(answer(s, cable, "10.9.0.8:9000", "in time"), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.8:9000", TURNS), "in time");
	assert_int_equal(s->d.clear(s->d.ctx, cable), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_leaves_from_the_port),
		cmocka_unit_test(what_cannot_leave),
		cmocka_unit_test(it_waits_for_its_way),
		cmocka_unit_test(it_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
