/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/path/plane_scene.h"
#include "tests/unit/rtpproxy/srtp_peer.h"

static void speak(int fd, uint16_t seq)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons(NEAR),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint8_t rtp[172] = { 0x80, 0, (uint8_t)(seq >> 8), (uint8_t)seq, [11] = 1 };

	(void)sendto(fd, rtp, sizeof(rtp), 0, (const struct sockaddr *)&to, sizeof(to));
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
		cmocka_unit_test(rtcp_that_changes_its_port_goes_on_under_its_key),
	};

	return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
