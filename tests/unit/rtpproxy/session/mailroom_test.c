/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/session/mailroom.h"

/* Mail that came to the port, for the session that had it when it came. */
static bool finds(struct rig *g, struct own_port own, uint32_t session, struct mail *m)
{
	static struct datapath_mail what;

	what = (struct datapath_mail){ .own = own, .session = session };
	*m = (struct mail){ .what = &what };
	return mailroom_find(&g->relay, m);
}

static void each_port_is_one_streams(void **state)
{
	struct rig *g = *state;
	struct session *s;
	struct own_port rtp;
	struct mail m;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	s = g->relay.all.first;
	for (struct leg *l = s->near; l; l = session_next(s, l)) {
		for (unsigned i = 0; i < 2; i++) {
			rtp = (struct own_port){ l->realm, l->stream[i].port };
			assert_false(finds(g, rtp, s->id, &m)); /* it wants none */
			mailroom_hold(&g->relay, s, rtp);
			for (unsigned rtcp = 0; rtcp < 2; rtcp++) {
				rtp.port = (uint16_t)(l->stream[i].port + rtcp);
				assert_true(finds(g, rtp, s->id, &m));
				assert_ptr_equal(m.session, s);
				assert_ptr_equal(m.leg, l);
				assert_int_equal(m.stream, i);
				assert_int_equal(m.rtcp, rtcp);
			}
		}
	}
	rtp.port = s->far->stream[0].port;
	mailroom_drop(&g->relay, rtp);
	assert_false(finds(g, rtp, s->id, &m));
	rtp.port = s->far->stream[1].port;
	assert_true(finds(g, rtp, s->id, &m));
}

/* The port had another call when it came, or is none of a call's. */
static void who_is_gone_gets_none(void **state)
{
	struct rig *g = *state;
	const struct conf_realm *lan = &g->conf.realms[RIG_LAN];
	struct session *s;
	struct own_port rtp;
	struct mail m;

	rig_call(g, "c");
	s = g->relay.all.first;
	rtp = (struct own_port){ RIG_LAN, s->far->stream[0].port };
	mailroom_hold(&g->relay, s, rtp);
	assert_true(finds(g, rtp, s->id, &m));
	assert_false(finds(g, rtp, s->id - 1, &m));
	assert_false(finds(g, (struct own_port){ RIG_LAN, (uint16_t)(lan->media_first - 2) }, s->id, &m));
	assert_false(finds(g, (struct own_port){ RIG_LAN, (uint16_t)(lan->media_last + 1) }, s->id, &m));
	assert_false(finds(g, (struct own_port){ RIG_OUT, rtp.port }, s->id, &m));
	rig_delete(g, "c");
	assert_false(finds(g, rtp, 1, &m));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_port_is_one_streams),
		TEST(who_is_gone_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
