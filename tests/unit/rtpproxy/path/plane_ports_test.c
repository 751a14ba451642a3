/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/path/plane_scene.h"

static void who_may_be_copied_to(void **state)
{
	const struct own_port near = { 0, NEAR }, far = { 0, FAR }, ear = { 0, EAR }, outside = { 0, 30000 };
	const struct payload_map as_it_came = { 0 };
	struct scene *s = scene(state);
	const struct port_spec third = spec(EAR, 0, "127.0.0.4:7000");

	call_begin(s);
	assert_int_equal(s->d.copy(s->d.ctx, near, ear, &as_it_came), -1); /* is not set */
	assert_int_equal(s->d.copy(s->d.ctx, ear, near, &as_it_came), -1);
	assert_int_equal(s->d.copy(s->d.ctx, near, outside, &as_it_came), -1);
	assert_int_equal(s->d.copy(s->d.ctx, near, near, &as_it_came), -1);
	assert_int_equal(s->d.set(s->d.ctx, &third), 0);
	assert_int_equal(s->d.copy(s->d.ctx, near, ear, &as_it_came), 0);
	assert_int_equal(s->d.copy(s->d.ctx, near, ear, &as_it_came), 0);
	assert_int_equal(s->d.copy(s->d.ctx, far, ear, &as_it_came), 0);
	assert_int_equal(s->d.uncopy(s->d.ctx, near, outside), 0);
	assert_int_equal(s->d.uncopy(s->d.ctx, far, near), 0);
	assert_int_equal(s->d.clear(s->d.ctx, ear), 0);
	assert_int_equal(s->d.uncopy(s->d.ctx, near, ear), 0); /* ended with the port */
	call_end(s);
}

/* As many listeners as a port may have, who make room when one goes. */
static void a_port_has_so_many_listeners(void **state)
{
	const struct own_port near = { 0, NEAR };
	const struct payload_map as_it_came = { 0 };
	const struct port_spec ear = spec(EAR, 0, "127.0.0.4:7000");
	struct port_spec again = spec(NEAR, FAR, "127.0.0.9:4000");
	struct scene *s = scene(state);

	call_begin(s);
	for (uint16_t port = EAR; port <= EAR + DATAPATH_COPY_MAX; port++) {
		const struct port_spec third = spec(port, 0, "127.0.0.4:7000");
		const bool fits = port < EAR + DATAPATH_COPY_MAX;

		assert_int_equal(s->d.set(s->d.ctx, &third), 0);
		assert_int_equal(s->d.copy(s->d.ctx, near, third.own, &as_it_came), fits ? 0 : -1);
	}
	assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, EAR }), 0);
	assert_int_equal(s->d.copy(s->d.ctx, near, (struct own_port){ 0, EAR + DATAPATH_COPY_MAX }, &as_it_came), 0);
	/* Of a new call none listens yet. */
	again.session = SESSION + 1;
	assert_int_equal(s->d.set(s->d.ctx, &again), 0);
	assert_int_equal(s->d.set(s->d.ctx, &ear), 0);
	assert_int_equal(s->d.copy(s->d.ctx, near, ear.own, &as_it_came), 0);
	call_end(s);
	for (uint16_t port = EAR; port <= EAR + DATAPATH_COPY_MAX; port++)
		assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, port }), 0);
}

static void ports_that_nobody_has(void **state)
{
	const struct own_port outside = { 0, 30000 }, closed = { 0, 20004 };
	const struct port_spec wrong = spec(30000, 0, "127.0.0.2:4000");
	struct scene *s = scene(state);
	struct port_stats out;

	assert_int_equal(s->d.set(s->d.ctx, &wrong), -1);
	assert_int_equal(s->d.clear(s->d.ctx, outside), -1);
	assert_false(s->d.stats(s->d.ctx, outside, &out));
	assert_false(s->d.stats(s->d.ctx, closed, &out));
	assert_int_equal(s->d.send(s->d.ctx, outside, (const uint8_t *)"x", 1), -1);
	assert_int_equal(s->d.send(s->d.ctx, closed, (const uint8_t *)"x", 1), -1);
}

static void what_is_asked_of_a_port(void **state)
{
	static const uint8_t long_one[DATAPATH_SEND_MAX + 1];
	const struct own_port near = { 0, NEAR };
	const struct dial_order digit = { 0 };
	struct scene *s = scene(state);

	call_begin(s);
	assert_int_equal(s->d.send(s->d.ctx, near, long_one, sizeof(long_one)), -1);
	assert_int_equal(s->d.send(s->d.ctx, near, long_one, DATAPATH_SEND_MAX), 0);
	/* Of a call that had the port before. */
	assert_int_equal(s->d.dial(s->d.ctx, near, SESSION - 1, &digit), -1);
	assert_int_equal(s->d.dial(s->d.ctx, near, SESSION, &digit), 0);
	call_end(s);
	assert_int_equal(s->d.send(s->d.ctx, near, long_one, 1), -1);
	assert_int_equal(s->d.dial(s->d.ctx, near, SESSION, &digit), -1);
}

/* What another session had counted there is not this one's. */
static void a_port_that_is_taken_again(void **state)
{
	struct scene *s = scene(state);
	struct port_spec again = spec(NEAR, FAR, "127.0.0.9:4000");

	call_begin(s);
	again.session = SESSION + 1;
	assert_int_equal(s->d.set(s->d.ctx, &again), 0);
	assert_int_equal(stats(s, NEAR).rx_packets, 0);
	call_end(s);
}

/* Where a port is to send to may be looked for still, when the port is told: it is told again when it is found. */
static void a_way_that_is_found_later(void **state)
{
	const struct own_port cable = { 1, NEAR };
	struct port_spec first = spec(NEAR, 0, "10.9.0.5:4000"), moved = spec(NEAR, 0, "10.9.0.6:4000");
	struct scene *s = scene(state);
	const int fd = cable_end();

	first.own = moved.own = cable;
	assert_int_equal(s->d.set(s->d.ctx, &first), 0);
	assert_int_equal(s->d.send(s->d.ctx, cable, (const uint8_t *)"nowhere", 7), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.5:4000", 5), "");
	neighbour_appears("10.9.0.5");
	plane_run(s->plane, 1000);
	assert_int_equal(s->d.send(s->d.ctx, cable, (const uint8_t *)"there", 5), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.5:4000", TURNS), "there");
	assert_int_equal(s->d.set(s->d.ctx, &moved), 0);
	assert_int_equal(s->d.send(s->d.ctx, cable, (const uint8_t *)"nowhere", 7), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.6:4000", 5), ""); /* not by the way to who was there before */
	neighbour_appears("10.9.0.6");
	plane_run(s->plane, 1000);
	assert_int_equal(s->d.send(s->d.ctx, cable, (const uint8_t *)"moved", 5), 0);
	assert_string_equal(cable_hears(s, fd, "10.9.0.6:4000", TURNS), "moved");
	assert_int_equal(s->d.clear(s->d.ctx, cable), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_may_be_copied_to),       cmocka_unit_test(a_port_has_so_many_listeners),
		cmocka_unit_test(ports_that_nobody_has),      cmocka_unit_test(what_is_asked_of_a_port),
		cmocka_unit_test(a_port_that_is_taken_again), cmocka_unit_test(a_way_that_is_found_later),
	};

	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
