/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/join.h"

#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/rig.h"

#define DTLS_AUDIO                                                                                                     \
	"m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=setup:actpass\r\n"                                                       \
	"a=fingerprint:sha-256 "                                                                                       \
	"12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD\r\n"

/* A call, and its legs. */
struct two {
	struct session *s;
	struct leg *a, *b;
};

static struct two two_of(struct rig *g, const char *call)
{
	struct two t = { .s = table_find(&g->relay.sessions, span_str(call)) };

	assert_non_null(t.s);
	t.a = t.s->near;
	t.b = t.s->far;
	return t;
}

static struct two two_talk(struct rig *g)
{
	rig_call(g, "c");
	assert_ok(g);
	return two_of(g, "c");
}

static struct rig_port *path_port(struct rig *g, const struct leg *l, int port)
{
	return rig_port(g, (struct own_port){ l->realm, (uint16_t)port });
}

static void a_pair_is_taken_once_and_is_of_its_worker(void **state)
{
	struct rig *g = *state;
	struct session s = { .worker = 1 };
	struct leg *l = leg_new(RIG_OUT, (struct span){ 0 }, 1);

	assert_int_equal(leg_grow(l, 2), 0);
	for (unsigned i = 0; i < 2; i++) {
		uint16_t port;

		assert_int_equal(join_take(&g->relay, &s, l, i, g->now), 0);
		port = l->stream[i].port;
		assert_true(l->stream[i].fresh);
		assert_int_equal(datapath_worker(port, 2), 1);
		assert_int_equal(join_take(&g->relay, &s, l, i, g->now), 0);
		assert_int_equal(l->stream[i].port, port);
	}
	assert_int_not_equal(l->stream[0].port, l->stream[1].port);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	join_drop_all(&g->relay, l, g->now);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->clears, 0); /* the packet path had never heard of them */
	leg_free(l);
}

/* Of a realm with one pair the second stream gets none. */
static void where_none_is_left_none_is_taken(void **state)
{
	struct rig *g = *state;
	const struct session s = { .worker = 0 };
	struct leg *l = leg_new(RIG_OUT, (struct span){ 0 }, 1);

	assert_int_equal(leg_grow(l, 2), 0);
	assert_int_equal(join_take(&g->relay, &s, l, 0, g->now), 0);
	assert_int_equal(join_take(&g->relay, &s, l, 1, g->now), -1);
	assert_int_equal(l->stream[1].port, 0);
	assert_false(l->stream[1].fresh);
	join_drop(&g->relay, l, 0, g->now);
	join_drop(&g->relay, l, 0, g->now); /* has none any more */
	assert_int_equal(relay_ports_used(&g->relay), 0);
	leg_free(l);
}

/* An offer that is taken back takes its ports along, and no others. */
static void what_is_fresh_goes_alone(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const uint16_t kept = t.a->stream[0].port;

	assert_false(t.a->stream[0].fresh);
	assert_int_equal(leg_grow(t.a, 2), 0);
	assert_int_equal(join_take(&g->relay, t.s, t.a, 1, g->now), 0);
	join_drop_fresh(&g->relay, t.a, g->now);
	assert_int_equal(t.a->stream[0].port, kept);
	assert_int_equal(t.a->stream[1].port, 0);
	assert_true(path_port(g, t.a, kept)->is_set);
}

/* Both have said something of the m-line when it had no ports: a new offer takes them, and has no answer yet. */
static void what_is_fresh_is_told_to_nobody_before_the_answer(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	struct leg *const legs[] = { t.a, t.b };

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(leg_grow(legs[i], 2), 0);
		legs[i]->stream[1].now = (struct target){ .known = true, .type = "video" };
		assert_int_equal(join_take(&g->relay, t.s, legs[i], 1, g->now), 0);
	}
	join_push(&g->relay, t.s, t.b);
	assert_false(path_port(g, t.b, t.b->stream[1].port)->is_set);
	/* Nor is another port told to send there. */
	t.b->stream[1].fresh = false;
	join_push(&g->relay, t.s, t.b);
	assert_int_equal(path_port(g, t.b, t.b->stream[1].port)->spec.peer.port, 0);
	t.a->stream[1].fresh = false;
	join_push(&g->relay, t.s, t.b);
	assert_int_equal(path_port(g, t.b, t.b->stream[1].port)->spec.peer.port, t.a->stream[1].port);
}

static void each_port_is_told_whom_it_is_for(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const int a = t.a->stream->port, b = t.b->stream->port;

	for (int rtcp = 0; rtcp < 2; rtcp++) {
		const struct port_spec *out = &path_port(g, t.a, a + rtcp)->spec;
		const struct port_spec *lan = &path_port(g, t.b, b + rtcp)->spec;

		assert_int_equal(out->peer.realm, RIG_LAN);
		assert_int_equal(out->peer.port, b + rtcp);
		assert_int_equal(lan->peer.port, a + rtcp);
		assert_int_equal(out->kind, rtcp ? STREAM_RTCP : STREAM_RTP);
		assert_int_equal(out->session, t.s->id);
		assert_int_equal(out->clock_hz, rtcp ? 0 : 8000);
		assert_true(numbers_have(&out->payloads, 13)); /* comfort noise is sent unasked */
		assert_false(numbers_have(&out->payloads, 9));
		assert_true(out->window_open);
	}
	assert_int_equal(g->nset, 4);
}

static void a_stream_that_is_off_goes_nowhere(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);

	t.a->stream->now.refused = true;
	join_push(&g->relay, t.s, t.a);
	assert_int_equal(path_port(g, t.a, t.a->stream->port)->spec.peer.port, 0);
	assert_int_equal(path_port(g, t.a, t.a->stream->port + 1)->spec.peer.port, 0);
	/* Nor does the other side send there. */
	join_push(&g->relay, t.s, t.b);
	assert_int_equal(path_port(g, t.b, t.b->stream->port)->spec.peer.port, 0);
	t.a->stream->now.refused = false;
}

/* The kind of media says how it is marked, unless a client has said so for all of the call. */
static void media_is_marked_by_its_kind(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	static const struct {
		const char *type;
		uint8_t dscp;
	} cases[] = { { "audio", 46 }, { "video", 34 }, { "application", 10 }, { "unheard-of", 10 } };

	g->conf.realms[RIG_OUT].dscp[CONF_KIND_AUDIO] = 46;
	g->conf.realms[RIG_OUT].dscp[CONF_KIND_VIDEO] = 34;
	g->conf.realms[RIG_OUT].dscp[CONF_KIND_APPLICATION] = 10;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(t.a->stream->now.type, sizeof(t.a->stream->now.type), "%s", cases[i].type);
		join_push(&g->relay, t.s, t.a);
		assert_int_equal(path_port(g, t.a, t.a->stream->port)->spec.dscp, cases[i].dscp);
	}
	t.s->has_dscp = true;
	t.s->dscp = 20;
	join_push(&g->relay, t.s, t.a);
	assert_int_equal(path_port(g, t.a, t.a->stream->port)->spec.dscp, 20);
}

/* A pair that the packet path still has is nobody else's: it would hear that call. */
static void what_it_could_not_be_told_is_told_later(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const int port = t.a->stream->port;
	uint32_t at = 0;

	g->path_is_full = true;
	t.a->stream->relearn = true;
	join_push(&g->relay, t.s, t.a);
	assert_true(t.a->stream->unpushed && t.a->stream->relearn);
	assert_int_equal(g->relay.nunpushed, 1);
	join_drop(&g->relay, t.a, 0, g->now);
	assert_int_equal(g->relay.nunpushed, 0);
	assert_int_equal(ports_parked(&g->relay.ports[RIG_OUT], &at), port);
	assert_int_equal(ports_take_that(&g->relay.ports[RIG_OUT], (uint16_t)port), -1);
	join_retry(&g->relay, g->now);
	assert_true(path_port(g, t.a, port)->is_set);
	g->path_is_full = false;
	join_retry(&g->relay, g->now);
	assert_false(path_port(g, t.a, port)->is_set);
	assert_int_equal(ports_take_that(&g->relay.ports[RIG_OUT], (uint16_t)port), 0);
	ports_give(&g->relay.ports[RIG_OUT], (uint16_t)port, g->now);
}

/* The orders that set a port are longer than those that clear one. */
static int no_room_to_set(void *ctx, const struct port_spec *spec)
{
	(void)ctx;
	(void)spec;
	return -1;
}

/* With rtcp-mux the port of RTCP is shut. What keys it had the port of RTP remembers from its own order on. */
static void rtcp_is_shut_after_rtp_has_been_told(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const struct rig_port *rtcp = path_port(g, t.a, t.a->stream->port + 1);

	assert_non_null(secure_make(t.a->stream));
	t.a->stream->secure->mux.on = true;
	g->relay.path.set = no_room_to_set;
	join_push(&g->relay, t.s, t.a);
	join_retry(&g->relay, g->now);
	assert_true(rtcp->is_set);
	g->relay.path.set = rig_set;
	join_retry(&g->relay, g->now);
	assert_false(rtcp->is_set);
	assert_int_equal(g->relay.nunpushed, 0);
}

/* Once it is told, it is not told to learn again. */
static void it_learns_again_once(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const struct rig_port *p = path_port(g, t.a, t.a->stream->port);

	t.a->stream->relearn = true;
	join_push(&g->relay, t.s, t.a);
	join_push(&g->relay, t.s, t.a);
	assert_int_equal(p->relearns, 1);
	assert_false(p->spec.relearn);
}

/* Of a handshake the beginning may come before its answer; nothing else is taken then. */
static void a_handshake_is_listened_for_before_its_answer(void **state)
{
	struct rig *g = *state;
	const struct port_spec *spec;
	struct two t;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", DTLS_AUDIO));
	assert_ok(g);
	t = two_of(g, "c");
	if (!path_port(g, t.b, t.b->stream->port)->is_set)
		fail_msg("%.*s", SPAN_ARG(g->answer.sdp));
	spec = &path_port(g, t.b, t.b->stream->port)->spec;
	assert_true(spec->wants_dtls && spec->awaits_keys);
	assert_false(spec->window_open);
	assert_int_equal(spec->peer.port, 0);
	assert_false(addr_is_set(&spec->expected));
	/* In the clear nobody listens. */
	rig_offer(g, "d", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	t = two_of(g, "d");
	join_listen(&g->relay, t.s, t.b);
	assert_false(path_port(g, t.b, t.b->stream->port)->is_set);
}

static int two_workers(void **state)
{
	struct rig *g = rig_new();

	g->workers = 2;
	rig_begin(g);
	*state = g;
	return 0;
}

static int one_pair(void **state)
{
	struct rig *g = rig_new();

	g->conf.realms[RIG_OUT].media_last = g->conf.realms[RIG_OUT].media_first + 1;
	rig_begin(g);
	*state = g;
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pair_is_taken_once_and_is_of_its_worker, two_workers, rig_teardown),
		cmocka_unit_test_setup_teardown(where_none_is_left_none_is_taken, one_pair, rig_teardown),
		TEST(what_is_fresh_goes_alone),
		TEST(what_is_fresh_is_told_to_nobody_before_the_answer),
		TEST(each_port_is_told_whom_it_is_for),
		TEST(a_stream_that_is_off_goes_nowhere),
		TEST(media_is_marked_by_its_kind),
		TEST(what_it_could_not_be_told_is_told_later),
		TEST(rtcp_is_shut_after_rtp_has_been_told),
		TEST(it_learns_again_once),
		TEST(a_handshake_is_listened_for_before_its_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
