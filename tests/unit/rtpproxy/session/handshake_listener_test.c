/* SPDX-License-Identifier: BSD-3-Clause */
/* Who only listens, or only speaks, gets his keys from a handshake like any side of a call. */
#include "tests/unit/rtpproxy/session/handshake_scene.h"

/* "m=audio 7000 UDP/TLS/RTP/SAVPF 0" and what shows who it is. */
static const char *described(struct scene *c, const char *setup, const char *direction)
{
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);

	writer_format(&w, "m=audio 7000 UDP/TLS/RTP/SAVPF 0\r\na=rtcp-mux\r\na=%s\r\n", direction);
	sdp_fingerprint_write(&w, &c->id->fingerprint);
	writer_format(&w, "a=setup:%s\r\n", setup);
	c->text[w.n] = '\0';
	return rig_sdp(c->g, "198.51.100.7", c->text);
}

static void who_listens_has_keys(void **state)
{
	struct scene *c = *state;

	c->g->flags = "from-tag=B WebRTC rtcp-mux-offer interface=out";
	rig_say(c->g, (struct rig_say){ .command = NG_SUBSCRIBE_REQUEST, .call = "c", .to = "L" });
	c->g->flags = NULL;
	assert_ok(c->g);
	c->leg = c->session->listeners;
	rig_say(c->g, (struct rig_say){ .command = NG_SUBSCRIBE_ANSWER,
					.call = "c",
					.to = "L",
					.sdp = described(c, "active", "recvonly") });
	assert_ok(c->g);
	assert_true(port_of(c, RTP)->spec.awaits_keys);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:7000", RTP);
	assert_keys(c, c->end, RTP);
	assert_int_equal(port_of(c, RTP)->spec.peer.port, 0);
	assert_int_equal(c->g->ncopy, 2);
	rig_say(c->g, (struct rig_say){ .command = NG_UNSUBSCRIBE, .call = "c", .to = "L" });
	assert_ok(c->g);
	assert_int_equal(c->g->ncopy, 0);
}

static void who_publishes_has_keys(void **state)
{
	struct scene *c = *state;

	c->g->flags = "interface=out";
	rig_say(c->g,
		(struct rig_say){
			.command = NG_PUBLISH, .call = "p", .from = "P", .sdp = described(c, "actpass", "sendonly") });
	c->g->flags = NULL;
	assert_ok(c->g);
	assert_true(rig_has(c->g->answer.sdp, "a=setup:passive\r\n"));
	assert_true(rig_has(c->g->answer.sdp, "a=rtcp-mux\r\n"));
	c->session = table_find(&c->g->relay.sessions, SPAN("p"));
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:7000", RTP);
	assert_keys(c, c->end, RTP);
}

int main(void)
{
	const struct CMUnitTest tests[] = { SCENE(who_listens_has_keys), SCENE(who_publishes_has_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
