/* SPDX-License-Identifier: BSD-3-Clause */
/* All of the packet path, over the lo of a network of the test's own: that takes root; without it there is nothing to
 * see. Realm 0 is at 127.0.0.1 with ports 20000 to 20029. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rtpproxy/path/plane.h"
#include "tests/unit/rtpproxy/srtp_peer.h"

enum { NEAR = 20000, FAR = 20002, EAR = 20004, SESSION = 7, TURNS = 400, TURN_MS = 10 };

struct scene {
	struct config conf;
	struct plane *plane;
	struct datapath d;
};

static void ignore(void *ctx, int level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

static int lo_up(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0), result = ioctl(fd, SIOCSIFFLAGS, &r);

	close(fd);
	return result;
}

static struct addr at(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s", text);
	return a;
}

static struct addr host(const char *text)
{
	struct addr a = { 0 };

	if (addr_parse_host(span_str(text), &a))
		fail_msg("%s", text);
	return a;
}

static int begin(void **state)
{
	static struct scene s;
	char error[256] = "";

	*state = NULL;
	if (geteuid() != 0)
		return 0;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, NULL) || lo_up())
		return -1;
	s.conf.nrealm = 1;
	s.conf.realms[0] = (struct conf_realm){ .name = "here",
						.address = host("127.0.0.1"),
						.public = host("198.51.100.1"),
						.media_first = 20000,
						.media_last = 20029 };
	s.conf.relay.port = "af_packet";
	s.conf.relay.sessions = 4;
	s.conf.relay.idle_latency_us = 250;
	s.conf.log.level = 1;
	s.plane = plane_open(&s.conf, ignore, NULL, error, sizeof(error));
	if (!s.plane) {
		print_error("%s\n", error);
		return -1;
	}
	s.d = plane_datapath(s.plane);
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct scene *s = *state;

	if (s)
		plane_close(s->plane);
	return 0;
}

static struct scene *scene(void **state)
{
	if (!*state)
		skip();
	return *state;
}

static struct port_spec spec(uint16_t port, uint16_t peer, const char *expected)
{
	return (struct port_spec){ .own = { 0, port },
				   .peer = { 0, peer },
				   .policy = LATCH_SDP_IP,
				   .window_open = true,
				   .session = SESSION,
				   .clock_hz = 8000,
				   .expected = at(expected) };
}

static void call_begin(struct scene *s)
{
	const struct port_spec near = spec(NEAR, FAR, "127.0.0.2:4000"), far = spec(FAR, NEAR, "127.0.0.3:5004");

	assert_int_equal(s->d.set(s->d.ctx, &near), 0);
	assert_int_equal(s->d.set(s->d.ctx, &far), 0);
}

static void call_end(struct scene *s)
{
	assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, NEAR }), 0);
	assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, FAR }), 0);
}

static int socket_at(const char *where)
{
	const struct addr a = at(where);
	struct sockaddr_storage sa;
	const socklen_t len = addr_to_sockaddr(&a, &sa);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	return fd;
}

static void speak(int fd, uint16_t seq)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(NEAR),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint8_t rtp[172] = { 0x80, 0, (uint8_t)(seq >> 8), (uint8_t)seq, [11] = 1 };

	(void)sendto(fd, rtp, sizeof(rtp), 0, (const struct sockaddr *)&to, sizeof(to));
}

static struct port_stats stats(struct scene *s, uint16_t port)
{
	struct port_stats out;

	assert_true(s->d.stats(s->d.ctx, (struct own_port){ 0, port }, &out));
	return out;
}

/* Who speaks is learnt, the other side hears it from our port, and control is told of whom. */
static void media_crosses(void **state)
{
	struct scene *s = scene(state);
	const int one = socket_at("127.0.0.2:4000"), other = socket_at("127.0.0.3:5004");
	struct datapath_event e = { 0 };
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	char bytes[512];
	bool heard = false, told = false;

	call_begin(s);
	for (uint16_t i = 1; i < TURNS && !(heard && told); i++) {
		speak(one, i);
		poll(NULL, 0, TURN_MS);
		plane_tick(s->plane, 1000U * i);
		if (s->d.events(s->d.ctx, &e, 1) == 1)
			told |= e.kind == DATAPATH_LATCHED && e.session == SESSION && e.own.port == NEAR;
		heard |= recvfrom(other, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &len) == 172;
	}
	assert_true(heard);
	assert_true(told);
	assert_int_equal(ntohs(from.sin_port), FAR);
	assert_int_equal(stats(s, NEAR).state, PORT_LATCHED);
	assert_true(stats(s, NEAR).rx_packets > 0);
	assert_true(s->d.sent(s->d.ctx, (struct own_port){ 0, FAR }) > 0);
	assert_true(plane_is_alive(s->plane));
	call_end(s);
	close(one);
	close(other);
}

/* Who listens hears it, too, from a port of his own, until told otherwise. */
static void a_listener_hears_it(void **state)
{
	const struct own_port near = { 0, NEAR }, ear = { 0, EAR };
	const struct payload_map as_it_came = { 0 };
	struct scene *s = scene(state);
	const int one = socket_at("127.0.0.2:4000"), listener = socket_at("127.0.0.4:7000");
	const struct port_spec third = spec(EAR, 0, "127.0.0.4:7000");
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);
	char bytes[512];
	bool heard = false;

	call_begin(s);
	assert_int_equal(s->d.set(s->d.ctx, &third), 0);
	assert_int_equal(s->d.copy(s->d.ctx, near, ear, &as_it_came), 0);
	for (uint16_t i = 1; i < TURNS && !heard; i++) {
		speak(one, i);
		poll(NULL, 0, TURN_MS);
		plane_tick(s->plane, 1000U * i);
		heard = recvfrom(listener, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &len) == 172;
	}
	assert_true(heard);
	assert_int_equal(ntohs(from.sin_port), EAR);
	assert_int_equal(s->d.uncopy(s->d.ctx, near, ear), 0);
	call_end(s);
	assert_int_equal(s->d.clear(s->d.ctx, ear), 0);
	close(one);
	close(listener);
}

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
	call_end(s);
	for (uint16_t port = EAR + 1; port <= EAR + DATAPATH_COPY_MAX; port++)
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

/* What control says itself, from a port whose side has keys, is heard there: the side takes no number twice. */
static void report_is_heard(struct scene *s, uint16_t port, int fd, struct srtp_peer *peer)
{
	static const uint8_t report[] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	struct pollfd arrives = { .fd = fd, .events = POLLIN };
	uint8_t bytes[256];
	ssize_t n;

	assert_int_equal(s->d.send(s->d.ctx, (struct own_port){ 0, port }, report, sizeof(report)), 0);
	assert_int_equal(poll(&arrives, 1, TURNS * TURN_MS), 1);
	n = recv(fd, bytes, sizeof(bytes), 0);
	assert_true(n > (ssize_t)sizeof(report));
	assert_int_equal(srtp_peer_hears(peer, bytes, (uint32_t)n, true), sizeof(report));
	assert_memory_equal(bytes, report, sizeof(report));
}

/* RFC 3711 9.1: under one key SRTCP's numbers go on, whichever of the two ports it has from one re-INVITE to the next.
 */
static void rtcp_that_changes_its_port_goes_on_under_its_key(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1),
			      theirs = srtp_peer_key(SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 2);
	struct port_spec rtp = spec(NEAR, FAR, "127.0.0.5:4000"), rtcp = spec(NEAR + 1, FAR + 1, "127.0.0.5:4001");
	struct scene *s = scene(state);
	const int at_rtp = socket_at("127.0.0.5:4000"), at_rtcp = socket_at("127.0.0.5:4001");
	struct srtp_peer peer;

	srtp_init();
	srtp_peer_open(&peer, &ours, &theirs);
	rtcp.kind = STREAM_RTCP;
	rtp.opens = rtcp.opens = theirs;
	rtp.seals = rtcp.seals = ours;
	for (unsigned i = 0; i < 6; i++) {
		rtp.mux = i & 1;
		assert_int_equal(s->d.set(s->d.ctx, &rtp), 0);
		if (rtp.mux)
			assert_int_equal(s->d.clear(s->d.ctx, rtcp.own), 0);
		else
			assert_int_equal(s->d.set(s->d.ctx, &rtcp), 0);
		plane_tick(s->plane, 1000U * i);
		for (unsigned k = 0; k < 3; k++)
			report_is_heard(s, rtp.mux ? NEAR : NEAR + 1, rtp.mux ? at_rtp : at_rtcp, &peer);
	}
	assert_int_equal(s->d.clear(s->d.ctx, rtp.own), 0);
	srtp_peer_close(&peer);
	srtp_shutdown();
	close(at_rtp);
	close(at_rtcp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_crosses),
		cmocka_unit_test(a_listener_hears_it),
		cmocka_unit_test(who_may_be_copied_to),
		cmocka_unit_test(a_port_has_so_many_listeners),
		cmocka_unit_test(ports_that_nobody_has),
		cmocka_unit_test(what_is_asked_of_a_port),
		cmocka_unit_test(a_port_that_is_taken_again),
		cmocka_unit_test(rtcp_that_changes_its_port_goes_on_under_its_key),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
