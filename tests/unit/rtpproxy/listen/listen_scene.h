/* SPDX-License-Identifier: BSD-3-Clause */
/* listen_scene.h: a call, and somebody who listens to its sides. */
#ifndef NATSBC_TESTS_LISTEN_SCENE_H
#define NATSBC_TESTS_LISTEN_SCENE_H

#include "rtpproxy/stream/listener.h"
#include "tests/unit/rtpproxy/rig.h"

static inline struct session *session(struct rig *g)
{
	return table_find(&g->relay.sessions, SPAN("c"));
}

static inline void subscribe(struct rig *g, struct ng_request q)
{
	q.command = NG_SUBSCRIBE_REQUEST;
	q.call_id = SPAN("c");
	if (!span_is_set(q.interface))
		q.interface = SPAN("lan");
	rig_ask(g, q);
}

/* One who listens to both sides, as "L". */
static inline void subscribe_all(struct rig *g)
{
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .all = true });
}

static inline void accept_with(struct rig *g, const char *to, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = NG_SUBSCRIBE_ANSWER, .call = "c", .to = to, .sdp = sdp });
}

#define HEARS(port) "m=audio " port " RTP/AVP 0\r\na=recvonly\r\n"

/* A call, and L, who hears both sides. Returns the listener's first port. */
static inline int listen_to_call(struct rig *g)
{
	int port;

	rig_call(g, "c");
	assert_ok(g);
	subscribe_all(g);
	assert_ok(g);
	port = rig_port_of(g, 0);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002")));
	assert_ok(g);
	return port;
}

static inline const struct stream *stream_of_near(struct rig *g)
{
	return &session(g)->near->stream[0];
}

static inline struct own_port port_of(const struct leg *l, unsigned stream, unsigned rtcp)
{
	return (struct own_port){ l->realm, (uint16_t)(l->stream[stream].port + rtcp) };
}

/* L's m-line number at hears that side, RTP and RTCP. */
static inline void assert_hears(struct rig *g, const struct leg *source, unsigned at)
{
	const struct leg *l = listener_find(session(g), SPAN("L"));

	for (unsigned rtcp = 0; rtcp < 2; rtcp++)
		assert_non_null(rig_copy_find(g, port_of(source, 0, rtcp), port_of(l, at, rtcp)));
}

static inline void assert_agrees(struct rig *g)
{
	struct ng_value v;

	rig_ask(g, (struct ng_request){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	if (v.integer != 0)
		fail_msg("%.*s", SPAN_ARG(g->reply));
}

#endif
