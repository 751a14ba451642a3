/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/standin.h"

#include "tests/unit/rtpproxy/session/handshake_scene.h"

/* The scene's call "c" is of A, with DTLS, and B. In "n" D is called, or calls, who talks with one of them from then
 * on. */
static void offer_standing(struct scene *c, const char *from_is, const char *to_is)
{
	c->g->flags = "UDP/TLS/RTP/SAVP";
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "n",
					.from = "D",
					.to = "E",
					.sdp = rig_sdp(c->g, "10.0.0.51", RIG_AUDIO("7000")),
					.direction = { "lan", "out" },
					.stands = { from_is, to_is } });
	c->g->flags = NULL;
	assert_ok(c->g);
}

static void answer_to_standing(struct scene *c)
{
	rig_say(c->g, (struct rig_say){ .command = NG_ANSWER,
					.call = "n",
					.from = "D",
					.to = "E",
					.sdp = c->text,
					.direction = { "out", "lan" } });
	assert_ok(c->g);
}

/* Of the description in hand. */
struct origin {
	unsigned long long id, version;
};

static struct origin shown(const struct scene *c)
{
	const uint32_t o = span_search(c->g->answer.sdp, SPAN("o=- "));
	struct origin found;

	assert_int_equal(sscanf(c->g->answer.sdp.p + o, "o=- %llu %llu ", &found.id, &found.version), 2);
	return found;
}

static bool has(const struct scene *c, const char *line)
{
	return span_search(c->g->answer.sdp, span_str(line)) < c->g->answer.sdp.n;
}

/* RFC 3264 8: the receiver's. Whatever it is told next there is newer, too. */
static void our_origin_goes_on(void **state)
{
	struct scene *c = *state;
	struct origin before, now, later;

	scene_describe(c, c->id, "active");
	before = shown(c);
	offer_standing(c, "", "c A");
	now = shown(c);
	assert_true(now.id == before.id && now.version == before.version + 1);
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "c",
					.from = "B",
					.to = "A",
					.sdp = rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5002")) });
	later = shown(c);
	assert_true(later.id == before.id && later.version > now.version);
}

/* Who offers stands for somebody, too: what it is answered goes on. */
static void so_it_does_for_who_offers(void **state)
{
	struct scene *c = *state;
	struct origin before, now;

	rig_offer(c->g, "c", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")));
	before = shown(c);
	rig_answer(c->g, "c", rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")));
	offer_standing(c, "c B", "");
	snprintf(c->text, sizeof(c->text), "%s",
		 rig_sdp(c->g, "198.51.100.9",
			 "m=audio 9000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\na=fingerprint:sha-1 "
			 "01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14\r\n"));
	answer_to_standing(c);
	now = shown(c);
	assert_true(now.id == before.id && now.version > before.version);
}

static void the_certificate_is_another_one(void **state)
{
	struct scene *c = *state;
	struct sdp_fingerprints before = relay_shown(c), now;

	offer_standing(c, "", "c A");
	c->session = table_find(&c->g->relay.sessions, SPAN("n"));
	c->leg = c->session->far;
	now = relay_shown(c);
	assert_false(sdp_fingerprints_eq(&before, &now));
}

/* The side has heard of the new session, and begins at the ports of the old one (handshake_leave). */
static void nobody_answers_at_the_old_ports(void **state)
{
	struct scene *c = *state;

	offer_standing(c, "", "c A");
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_no_keys(c);
	assert_int_equal(endpoint_state(c->end), ENDPOINT_SHAKING);
}

static void the_receivers_names_are_said_again(void **state)
{
	struct scene *c = *state;

	scene_describe_with(c, c->id, "active", "a=mid:voice\r\n");
	offer_standing(c, "", "c A");
	assert_true(has(c, "\r\na=mid:voice\r\n"));
}

static void what_is_not_found_is_passed_over(void **state)
{
	static const char *const nobody[] = { "", "c", "c ", "c X", "x A", " ", " A", "n D", "n E" };
	struct scene *c = *state;
	const struct origin before = shown(c);

	for (unsigned i = 0; i < sizeof(nobody) / sizeof(*nobody); i++) {
		offer_standing(c, nobody[i], nobody[i]);
		if (shown(c).id == before.id || c->g->relay.handshakes.identity->renew == 0)
			fail_msg("\"%s\"", nobody[i]);
		rig_delete(c->g, "n");
	}
}

/* Its o= is its own, then. */
static void who_was_told_something_here_stands_for_nobody(void **state)
{
	struct scene *c = *state;
	struct origin first;

	scene_describe(c, c->id, "active");
	offer_standing(c, "", "");
	first = shown(c);
	offer_standing(c, "", "c A");
	assert_true(shown(c).id == first.id);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP); /* nor has it left */
}

/* ----- few ports ----- */

enum { PAIRS = 4 };

static int few_ports(void **state)
{
	struct rig *g = rig_new();

	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->conf.realms[i].media_last = (uint16_t)(g->conf.realms[i].media_first + 2 * PAIRS - 1);
	rig_begin(g);
	*state = g;
	return 0;
}

static const struct leg *side(const struct rig *g, const char *call, const char *tag)
{
	const struct session *s = table_find(&g->relay.sessions, span_str(call));

	return s ? session_leg(s, span_str(tag)) : NULL;
}

/* A call whose caller has a name for its m-line. */
static void named_call(struct rig *g)
{
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") "a=mid:hers\r\n"));
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
}

/* Somebody else offers to the same caller, in another session. */
static void offer_to(struct rig *g, const char *whom, const char *media)
{
	rig_ask(g, (struct ng_request){ .command = NG_OFFER,
					.call_id = SPAN("d"),
					.from_tag = SPAN("C"),
					.direction = { SPAN("lan"), SPAN("out") },
					.stands_for = { SPAN(""), span_str(whom) },
					.sdp = span_str(rig_sdp(g, "10.0.0.51", media)) });
}

/* The session that the side is known from is over, and ends when the new one needs its ports. */
static void its_ports_may_be_taken(void **state)
{
	struct rig *g = *state;

	named_call(g);
	g->flags = "delete-delay=5";
	rig_delete(g, "c");
	g->flags = NULL;
	offer_to(g, "c A", RIG_AUDIO("6100") RIG_AUDIO("6102") RIG_AUDIO("6104") RIG_AUDIO("6106"));
	assert_ok(g);
	assert_null(side(g, "c", "A"));
	assert_false(rig_has(g->answer.sdp, "a=mid:hers\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(our_origin_goes_on),
		SCENE(so_it_does_for_who_offers),
		SCENE(the_certificate_is_another_one),
		SCENE(nobody_answers_at_the_old_ports),
		SCENE(the_receivers_names_are_said_again),
		SCENE(what_is_not_found_is_passed_over),
		SCENE(who_was_told_something_here_stands_for_nobody),
		cmocka_unit_test_setup_teardown(its_ports_may_be_taken, few_ports, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
