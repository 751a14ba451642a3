/* SPDX-License-Identifier: BSD-3-Clause */
/* plane_scene.h: all of the packet path, in a network of the test's own: that takes root; without it there is nothing
 * to see. Realm 0 is at lo, 127.0.0.1, with ports 20000 to 20029; realm 1 at one end of a cable, 10.9.0.1, whose other
 * end is the test's. */
#ifndef NATSBC_TESTS_PLANE_SCENE_H
#define NATSBC_TESTS_PLANE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "rtpproxy/path/plane.h"

enum { NEAR = 20000, FAR = 20002, EAR = 20004, SESSION = 7, TURNS = 400, TURN_MS = 10 };

struct scene {
	struct config conf;
	struct plane *plane;
	struct datapath d;
};

static inline void ignore(void *ctx, int level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

static inline int lo_up(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0), result = ioctl(fd, SIOCSIFFLAGS, &r);

	close(fd);
	return result;
}

/* Who is behind it is nobody yet: an address there is not to be had before somebody says so. */
static inline int cable_lay(void)
{
	return system("ip link add here type veth peer name there && ip address add 10.9.0.1/24 dev here && "
		      "ip link set here up && ip link set there up");
}

static inline struct addr at(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s", text);
	return a;
}

static inline struct addr host(const char *text)
{
	struct addr a = { 0 };

	if (addr_parse_host(span_str(text), &a))
		fail_msg("%s", text);
	return a;
}

static inline int scene_begin(void **state)
{
	static struct scene s;
	char error[256] = "";

	*state = NULL;
	if (geteuid() != 0)
		return 0;
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, NULL) || lo_up() || cable_lay())
		return -1;
	s.conf.nrealm = 2;
	s.conf.realms[0] = (struct conf_realm){ .name = "here",
						.address = host("127.0.0.1"),
						.public = host("198.51.100.1"),
						.media_first = 20000,
						.media_last = 20029 };
	s.conf.realms[1] = (struct conf_realm){ .name = "there",
						.address = host("10.9.0.1"),
						.public = host("10.9.0.1"),
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

static inline int scene_end(void **state)
{
	struct scene *s = *state;

	if (s)
		plane_close(s->plane);
	return 0;
}

static inline struct scene *scene(void **state)
{
	if (!*state)
		skip();
	return *state;
}

static inline struct port_spec spec(uint16_t port, uint16_t peer, const char *expected)
{
	return (struct port_spec){ .own = { 0, port },
				   .peer = { 0, peer },
				   .policy = LATCH_SDP_IP,
				   .window_open = true,
				   .session = SESSION,
				   .clock_hz = 8000,
				   .expected = at(expected) };
}

static inline void call_begin(struct scene *s)
{
	const struct port_spec near = spec(NEAR, FAR, "127.0.0.2:4000"), far = spec(FAR, NEAR, "127.0.0.3:5004");

	assert_int_equal(s->d.set(s->d.ctx, &near), 0);
	assert_int_equal(s->d.set(s->d.ctx, &far), 0);
}

static inline void call_end(struct scene *s)
{
	assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, NEAR }), 0);
	assert_int_equal(s->d.clear(s->d.ctx, (struct own_port){ 0, FAR }), 0);
}

static inline int socket_at(const char *where)
{
	const struct addr a = at(where);
	struct sockaddr_storage sa;
	const socklen_t len = addr_to_sockaddr(&a, &sa);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	return fd;
}

static inline struct port_stats stats(struct scene *s, uint16_t port)
{
	struct port_stats out;

	assert_true(s->d.stats(s->d.ctx, (struct own_port){ 0, port }, &out));
	return out;
}

/* All that comes out of the cable. */
static inline int cable_end(void)
{
	const struct sockaddr_ll here = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(ETH_P_IP),
					  .sll_ifindex = (int)if_nametoindex("there") };
	const int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, htons(ETH_P_IP));

	assert_int_equal(bind(fd, (const struct sockaddr *)&here, sizeof(here)), 0);
	return fd;
}

/* What comes next from NEAR of the cable to this address, or "" once the time is over. */
static inline const char *cable_hears(struct scene *s, int fd, const char *to, unsigned turns)
{
	enum { IP_PROTOCOL = 9, IP_TARGET = 16, UDP_SOURCE = 20, UDP_TARGET = 22, UDP_BYTES = 28 };
	static char text[64];
	const struct addr target = at(to);

	for (unsigned i = 0; i < turns; i++) {
		uint8_t bytes[256] = { 0 };
		const ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n > UDP_BYTES && bytes[IP_PROTOCOL] == IPPROTO_UDP && !memcmp(&bytes[IP_TARGET], target.ip, 4) &&
		    (bytes[UDP_TARGET] << 8 | bytes[UDP_TARGET + 1]) == target.port) {
			assert_int_equal(bytes[UDP_SOURCE] << 8 | bytes[UDP_SOURCE + 1], NEAR);
			snprintf(text, sizeof(text), "%.*s", (int)n - UDP_BYTES, (const char *)bytes + UDP_BYTES);
			return text;
		}
		if (n > 0)
			continue;
		poll(NULL, 0, TURN_MS);
		plane_run(s->plane, 1000);
	}
	return "";
}

static inline void neighbour_appears(const char *host)
{
	char command[128];

	snprintf(command, sizeof(command), "ip neighbour replace %s lladdr 02:00:00:00:00:07 dev here", host);
	assert_int_equal(system(command), 0);
}

#endif
