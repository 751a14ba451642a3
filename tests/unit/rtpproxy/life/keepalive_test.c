/* SPDX-License-Identifier: BSD-3-Clause */
/* M7 and RFC 6263: what the relay sends by itself, and when. */
#include "rtpproxy/life/keepalive.h"

#include "alg/rtp/rtp.h"
#include "tests/unit/rtpproxy/rig.h"

enum { INTERVAL_MS = 15000 };

struct ends {
	struct rig_port *out, *lan;
};

static struct rig *begin(void **state)
{
	struct rig *g = *state;

	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->conf.realms[i].media_keepalive_ms = INTERVAL_MS;
	return g;
}

static struct ends call_of(struct rig *g, const char *offered)
{
	struct ends e;

	rig_offer(g, "c", rig_sdp(g, offered, RIG_AUDIO("4000")));
	e.lan = rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)rig_port_of(g, 0) });
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	e.out = rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)rig_port_of(g, 0) });
	return e;
}

/* Time passes second by second, as the relay's own clock does; media flows each second where `spoken`. */
static void seconds(struct rig *g, unsigned n, struct rig_port *spoken)
{
	for (unsigned i = 0; i < n; i++) {
		g->now += 1000;
		if (spoken)
			spoken->stats.tx_packets += 50;
		keepalive_tick(&g->relay, g->now);
	}
}

static void latch(struct rig_port *p, const char *source)
{
	p->stats.state = PORT_LATCHED;
	p->stats.latched = rig_addr(source);
}

/* Both wait for the other to speak first: both are spoken to, then once in an interval. */
static void where_both_wait_both_are_spoken_to(void **state)
{
	struct rig *g = begin(state);
	const struct ends e = call_of(g, "198.51.100.7");

	seconds(g, 1, NULL);
	assert_int_equal(e.out->sends + e.lan->sends, 0);
	seconds(g, 1, NULL);
	assert_int_equal(e.out->sends, 1);
	assert_int_equal(e.lan->sends, 1);
	seconds(g, INTERVAL_MS / 1000 - 1, NULL);
	assert_int_equal(e.out->sends, 1);
	seconds(g, 1, NULL);
	assert_int_equal(e.out->sends, 2);
}

static void where_media_flows_nothing_is_added(void **state)
{
	struct rig *g = begin(state);
	const struct ends e = call_of(g, "192.168.1.5");

	seconds(g, 60, e.out);
	assert_int_equal(e.out->sends, 0);
}

/* The far side is mute, or holds: what the phone behind NAT is reached by must not be forgotten. */
static void a_nat_is_kept_open_while_nobody_speaks(void **state)
{
	struct rig *g = begin(state);
	const struct ends e = call_of(g, "192.168.1.5");

	latch(e.out, "198.51.100.7:40000");
	latch(e.lan, "10.0.0.50:6000");
	seconds(g, 5, e.out);
	seconds(g, 2 * INTERVAL_MS / 1000, NULL);
	assert_int_equal(e.out->sends, 2);
	assert_int_equal(e.lan->sends, 0); /* it is where it said */
}

static void who_is_where_it_said_needs_none(void **state)
{
	struct rig *g = begin(state);
	const struct ends e = call_of(g, "198.51.100.7");

	latch(e.out, "198.51.100.7:4000");
	latch(e.lan, "10.0.0.99:6000"); /* not where it said: there is a NAT */
	seconds(g, 60, NULL);
	assert_int_equal(e.out->sends, 0);
	assert_int_equal(e.lan->sends, 4);
}

static void it_can_be_turned_off(void **state)
{
	struct rig *g = begin(state);
	struct ends e;

	g->conf.realms[RIG_OUT].media_keepalive_ms = 0;
	e = call_of(g, "192.168.1.5");
	seconds(g, 60, NULL);
	assert_int_equal(e.out->sends, 0);
	assert_true(e.lan->sends > 0);
}

static void not_before_the_answer(void **state)
{
	struct rig *g = begin(state);

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	seconds(g, 60, NULL);
	for (unsigned port = 0; port < 65536; port++)
		assert_int_equal(g->ports[RIG_OUT][port].sends + g->ports[RIG_LAN][port].sends, 0);
}

static void it_is_rtp_that_nobody_plays(void **state)
{
	struct rig *g = begin(state);
	const struct ends e = call_of(g, "192.168.1.5");
	struct rtp_header first, second;

	seconds(g, 2, NULL);
	assert_int_equal(rtp_parse(e.out->sent, e.out->nsent, false, &first), 0);
	assert_int_equal(first.header_len, e.out->nsent);
	assert_int_equal(first.payload_type, 127);
	seconds(g, 15, NULL);
	assert_int_equal(rtp_parse(e.out->sent, e.out->nsent, false, &second), 0);
	assert_int_equal(second.ssrc, first.ssrc);
	assert_int_equal(second.seq, first.seq + 1);
	assert_int_equal(rtp_parse(e.lan->sent, e.lan->nsent, false, &second), 0);
	assert_int_not_equal(second.ssrc, first.ssrc);
}

/* Whatever we sent into a fax would be taken for a part of it. */
static void a_fax_is_left_alone(void **state)
{
	struct rig *g = begin(state);

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", "m=image 4000 udptl t38\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=image 6000 udptl t38\r\n"));
	seconds(g, 60, NULL);
	for (unsigned port = 0; port < 65536; port++)
		assert_int_equal(g->ports[RIG_OUT][port].sends + g->ports[RIG_LAN][port].sends, 0);
}

static void its_number_is_none_that_was_negotiated(void **state)
{
	struct rig *g = begin(state);
	struct rtp_header h;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", "m=audio 4000 RTP/AVP 127 126\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 127 126 125\r\n"));
	seconds(g, 2, NULL);
	for (unsigned port = 0; port < 65536; port++) {
		const struct rig_port *p = &g->ports[RIG_OUT][port];

		if (p->sends == 0)
			continue;
		assert_int_equal(rtp_parse(p->sent, p->nsent, false, &h), 0);
		assert_int_equal(h.payload_type, 125);
	}
}

/* The branch that has answered is deleted, another one is still there: near talks with nobody for now. */
static void nobody_across_is_nobody_to_speak_to(void **state)
{
	struct rig *g = begin(state);

	for (const char *const *via = (const char *const[]){ "1", "2", NULL }; *via; via++)
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "A",
					     .via = *via,
					     .sdp = rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")),
					     .direction = { "out", "lan" } });
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .via = "1",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")) });
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .via = "1" });
	assert_null(g->relay.all.first->joined);
	seconds(g, 60, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_both_wait_both_are_spoken_to),
		TEST(where_media_flows_nothing_is_added),
		TEST(a_nat_is_kept_open_while_nobody_speaks),
		TEST(who_is_where_it_said_needs_none),
		TEST(it_can_be_turned_off),
		TEST(not_before_the_answer),
		TEST(it_is_rtp_that_nobody_plays),
		TEST(a_fax_is_left_alone),
		TEST(its_number_is_none_that_was_negotiated),
		TEST(nobody_across_is_nobody_to_speak_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
