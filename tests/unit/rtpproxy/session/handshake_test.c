/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/session/handshake_scene.h"

static void the_other_side_begins(void **state)
{
	struct scene *c = *state;

	assert_string_equal(handshake_state(handshake_of(c)), "waiting");
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_int_equal(endpoint_state(c->end), ENDPOINT_DONE);
	assert_keys(c, c->end, RTP);
	assert_string_equal(handshake_state(handshake_of(c)), "done");
	assert_int_equal(c->g->relay.handshakes.counters.done, 1);
	assert_non_null(strstr(c->g->log, "RTP has keys with 198.51.100.7:4000"));
}

/* Behind a NAT, and silent: it is known by now where it is. */
static void who_has_proved_himself_is_sent_to(void **state)
{
	struct scene *c = *state;

	stream_of(c)->now.rtp_expected = false;
	stream_of(c)->now.policy = LATCH_OPEN;
	c->end = end_begin(c, c->id);
	talk(c, c->end, "192.0.2.44:9000", RTP);
	assert_addr(&port_of(c, RTP)->spec.expected, "192.0.2.44:9000");
}

static void rtcp_has_keys_of_its_own(void **state)
{
	struct scene *c = *state;
	struct endpoint *rtcp;

	c->end = end_begin(c, c->id);
	rtcp = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_true(port_of(c, RTCP)->spec.awaits_keys);
	talk(c, rtcp, "198.51.100.7:4001", RTCP);
	assert_keys(c, c->end, RTP);
	assert_keys(c, rtcp, RTCP);
	endpoint_free(rtcp);
}

/* While RTCP is on RTP's port, RTP's keys may change any number of times, and the packet path remembers few of them. */
static void rtcp_has_its_keys_back_unless_rtp_has_others(void **state)
{
	struct scene *c = *state;
	struct endpoint *rtcp = end_begin(c, c->id), *again;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	talk(c, rtcp, "198.51.100.7:4001", RTCP);
	scene_describe_with(c, c->id, "active", "a=rtcp-mux\r\n");
	assert_false(port_of(c, RTCP)->is_set);
	scene_describe(c, c->id, "active");
	assert_keys(c, rtcp, RTCP);
	scene_describe_with(c, c->id, "active", "a=rtcp-mux\r\n");
	again = end_begin(c, c->id);
	talk(c, again, "198.51.100.7:4000", RTP);
	assert_keys(c, again, RTP);
	scene_describe(c, c->id, "active");
	assert_true(port_of(c, RTCP)->spec.awaits_keys);
	assert_int_equal(port_of(c, RTCP)->spec.seals.suite, SRTP_SUITE_NONE);
	endpoint_free(rtcp);
	rtcp = end_begin(c, c->id);
	talk(c, rtcp, "198.51.100.7:4001", RTCP);
	assert_keys(c, rtcp, RTCP);
	endpoint_free(rtcp);
	endpoint_free(again);
}

static void we_begin_where_it_waits(void **state)
{
	struct scene *c = *state;
	const struct sdp_fingerprints relay = relay_shown(c);

	scene_describe(c, c->id, "passive");
	assert_int_equal(c->npost, 2);
	assert_int_equal(c->post[0].to.port, 4000);
	assert_int_equal(c->post[1].to.port, 4001);
	assert_int_equal(c->post[1].own.port, stream_of(c)->port + 1);
	assert_true(handshake_is_on(&c->g->relay));
	c->end = endpoint_server(c->id, &relay);
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	c->npost = 0;
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
}

static void a_wrong_certificate_is_refused_and_the_right_one_heard(void **state)
{
	struct scene *c = *state;
	struct identity *stranger = identity_new(1800000000);
	struct endpoint *wrong;

	wrong = end_begin(c, stranger);
	talk(c, wrong, "198.51.100.7:9999", RTP);
	assert_int_equal(c->g->relay.handshakes.counters.impostors, 1);
	assert_no_keys(c);
	assert_string_equal(handshake_why(handshake_of(c)), "its certificate is none that the description names");
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
	assert_string_equal(handshake_why(handshake_of(c)), "");
	endpoint_free(wrong);
	identity_release(stranger);
}

/* M9: cookies are brought back, too. */
static void a_spray_of_hellos_is_not_in_the_way(void **state)
{
	enum { SPRAY = 12 };
	struct scene *c = *state;
	struct endpoint *spray[SPRAY];
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	char source[32];

	c->end = end_begin(c, c->id);
	/* Ours has brought its cookie, and has its certificate yet to show. */
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	c->npost--;
	c->post[0] = c->post[1];
	for (unsigned i = 0; i < SPRAY; i++) {
		snprintf(source, sizeof(source), "198.51.100.7:%u", 7000 + i);
		spray[i] = end_begin(c, c->id);
		hand_in(c, source, RTP, bytes, endpoint_give(spray[i], bytes));
		endpoint_take(spray[i], c->post[c->npost - 1].bytes, c->post[c->npost - 1].n);
		c->npost--;
		hand_in(c, source, RTP, bytes, endpoint_give(spray[i], bytes));
		c->npost = 1;
	}
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	c->npost = 0;
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
	for (unsigned i = 0; i < SPRAY; i++)
		endpoint_free(spray[i]);
}

static void only_sources_that_may_be_learnt_are_heard(void **state)
{
	static const struct {
		enum latch_policy policy;
		const char *source;
		bool heard;
	} cases[] = {
		{ LATCH_EXACT, "198.51.100.7:4000", true },  { LATCH_EXACT, "198.51.100.7:4002", false },
		{ LATCH_SDP_IP, "198.51.100.7:4002", true }, { LATCH_SDP_IP, "192.0.2.9:4000", false },
		{ LATCH_SIG_IP, "192.0.2.77:4002", true },   { LATCH_SIG_IP, "192.0.2.78:4002", false },
		{ LATCH_OPEN, "192.0.2.9:1", true },
	};
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	stream_of(c)->now.signalling = rig_addr("192.0.2.77");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint *end = end_begin(c, c->id);
		const uint64_t strangers = c->g->relay.handshakes.strangers;

		stream_of(c)->now.policy = cases[i].policy;
		c->npost = 0;
		hand_in(c, cases[i].source, RTP, bytes, endpoint_give(end, bytes));
		if (c->npost != cases[i].heard || c->g->relay.handshakes.strangers - strangers == cases[i].heard)
			fail_msg("%s, policy %u", cases[i].source, cases[i].policy);
		endpoint_free(end);
	}
}

static void who_is_to_wait_may_not_begin(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	scene_describe(c, c->id, "passive");
	c->npost = 0;
	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4002", RTP, bytes, endpoint_give(c->end, bytes));
	assert_int_equal(c->npost, 0);
}

static void the_same_again_changes_nothing(void **state)
{
	struct scene *c = *state;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	scene_describe(c, c->id, "actpass");
	assert_string_equal(handshake_state(handshake_of(c)), "done");
	assert_keys(c, c->end, RTP);
}

static void another_certificate_is_another_association(void **state)
{
	struct scene *c = *state;
	struct identity *next = identity_new(1800000000);
	struct endpoint *end;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	scene_describe(c, next, "actpass");
	assert_string_equal(handshake_state(handshake_of(c)), "waiting");
	assert_keys(c, c->end, RTP); /* the old ones, until there are others */
	end = end_begin(c, next);
	talk(c, end, "198.51.100.7:4000", RTP);
	assert_keys(c, end, RTP);
	endpoint_free(end);
	identity_release(next);
}

/* The other side was started again, or has moved: it begins anew, and proves itself. */
static void who_has_lost_everything_begins_anew(void **state)
{
	struct scene *c = *state;
	struct endpoint *again;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	again = end_begin(c, c->id);
	talk(c, again, "198.51.100.7:4000", RTP);
	assert_int_equal(endpoint_state(again), ENDPOINT_DONE);
	assert_keys(c, again, RTP);
	endpoint_free(again);
}

static void nobody_begins_and_it_is_told_once(void **state)
{
	struct scene *c = *state;

	assert_false(handshake_is_on(&c->g->relay));
	for (unsigned i = 0; i < 40; i++) {
		c->g->now += 1000;
		handshake_tick(&c->g->relay, c->g->now);
	}
	assert_int_equal(c->g->relay.handshakes.unfinished, 1);
	assert_string_equal(handshake_state(handshake_of(c)), "failed");
	assert_non_null(strstr(c->g->log, "no keys: the other side has not begun"));
	/* Late is not too late. */
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
	assert_string_equal(handshake_state(handshake_of(c)), "done");
}

static void ends_are_kept_for_a_while_and_then_forgotten(void **state)
{
	struct scene *c = *state;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_false(handshake_is_on(&c->g->relay));
	assert_non_null(c->g->relay.handshakes.resting);
	c->g->now += ASSOCIATION_KEEP_MS;
	handshake_tick(&c->g->relay, c->g->now);
	assert_null(c->g->relay.handshakes.resting);
	assert_keys(c, c->end, RTP);
}

static void media_shows_that_an_end_is_needed_no_more(void **state)
{
	struct scene *c = *state;
	struct rig_port *p = rig_port(c->g, (struct own_port){ near(c)->realm, stream_of(c)->port });

	p->stats.rx_packets = 7;
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	c->g->now += 5000;
	handshake_tick(&c->g->relay, c->g->now);
	assert_non_null(c->g->relay.handshakes.resting);
	p->stats.rx_packets = 8;
	handshake_tick(&c->g->relay, c->g->now);
	assert_null(c->g->relay.handshakes.resting);
	assert_keys(c, c->end, RTP);
}

static void there_are_so_many_within_a_second(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	c->g->relay.handshakes.used = HANDSHAKES_PER_SECOND;
	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_int_equal(c->npost, 0);
	assert_int_equal(c->g->relay.handshakes.counters.deferred, 1);
	handshake_tick(&c->g->relay, c->g->now);
	endpoint_free(c->end);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
	assert_int_equal(c->g->relay.handshakes.used, 1);
}

static void an_identity_is_renewed_for_new_calls_only(void **state)
{
	struct scene *c = *state;
	const struct identity *first = c->g->relay.handshakes.identity;
	const struct sdp_fingerprints shown = relay_shown(c);
	struct sdp_fingerprints later;

	c->g->relay.wall_ms += IDENTITY_FRESH_S * 1000;
	assert_int_equal(handshake_prepare(&c->g->relay, stream_of(c), c->g->now), 0);
	assert_ptr_equal(c->g->relay.handshakes.identity, first);
	secure_make(&c->session->far->stream[0]);
	assert_int_equal(handshake_prepare(&c->g->relay, &c->session->far->stream[0], c->g->now), 0);
	assert_ptr_not_equal(c->g->relay.handshakes.identity, first);
	later = relay_shown(c);
	assert_true(sdp_fingerprints_eq(&shown, &later));
}

static void a_call_that_ends_meanwhile_leaves_nothing(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	scene_describe(c, c->id, "passive");
	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_true(handshake_is_on(&c->g->relay));
	rig_delete(c->g, "c");
	assert_false(handshake_is_on(&c->g->relay));
	assert_null(c->g->relay.handshakes.resting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(the_other_side_begins),
		SCENE(who_has_proved_himself_is_sent_to),
		SCENE(rtcp_has_keys_of_its_own),
		SCENE(rtcp_has_its_keys_back_unless_rtp_has_others),
		SCENE(we_begin_where_it_waits),
		SCENE(a_wrong_certificate_is_refused_and_the_right_one_heard),
		SCENE(a_spray_of_hellos_is_not_in_the_way),
		SCENE(only_sources_that_may_be_learnt_are_heard),
		SCENE(who_is_to_wait_may_not_begin),
		SCENE(the_same_again_changes_nothing),
		SCENE(another_certificate_is_another_association),
		SCENE(who_has_lost_everything_begins_anew),
		SCENE(nobody_begins_and_it_is_told_once),
		SCENE(ends_are_kept_for_a_while_and_then_forgotten),
		SCENE(media_shows_that_an_end_is_needed_no_more),
		SCENE(there_are_so_many_within_a_second),
		SCENE(an_identity_is_renewed_for_new_calls_only),
		SCENE(a_call_that_ends_meanwhile_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
