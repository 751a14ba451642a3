/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/handshake.h"

#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/rig.h"

enum { POST_MAX = 32, RTP = 0, RTCP = 1 };

/* What the relay has sent by itself. */
struct sent {
	struct own_port own;
	struct addr to;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	uint16_t n;
};

/* A call whose near side has DTLS: the test is that side. */
struct scene {
	struct rig *g;
	struct session *session;
	struct identity *id;
	struct endpoint *end;
	struct sent post[POST_MAX];
	unsigned npost;
	char text[1024];
};

static int scene_reply(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n)
{
	struct scene *c = ctx;
	struct sent *s = &c->post[c->npost++];

	assert_true(c->npost < POST_MAX && n <= ENDPOINT_DATAGRAM_MAX);
	s->own = own;
	s->to = *to;
	memcpy(s->bytes, bytes, n);
	s->n = n;
	return 0;
}

static bool no_mail(void *ctx, struct datapath_mail *out)
{
	(void)ctx;
	(void)out;
	return false;
}

static int set_port(void *ctx, const struct port_spec *spec)
{
	return rig_set(((struct scene *)ctx)->g, spec);
}

static int clear_port(void *ctx, struct own_port own)
{
	return rig_clear(((struct scene *)ctx)->g, own);
}

static bool port_numbers(void *ctx, struct own_port own, struct port_stats *out)
{
	return rig_stats(((struct scene *)ctx)->g, own, out);
}

static bool port_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	return rig_quality(((struct scene *)ctx)->g, own, out);
}

static struct leg *near(const struct scene *c)
{
	return c->session->near;
}

static struct stream *stream_of(const struct scene *c)
{
	return &near(c)->stream[0];
}

static const struct handshake *handshake_of(const struct scene *c)
{
	return stream_of(c)->secure->handshake;
}

static const struct rig_port *port_of(const struct scene *c, unsigned at)
{
	return rig_port(c->g, (struct own_port){ near(c)->realm, (uint16_t)(stream_of(c)->port + at) });
}

/* The near side says so much of itself in an offer, and the far one, in the clear, answers it. */
static void scene_describe_with(struct scene *c, const struct identity *shown, const char *setup, const char *more)
{
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);

	writer_str(&w, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n");
	sdp_fingerprint_write(&w, &shown->fingerprint);
	writer_format(&w, "a=setup:%s\r\n%s", setup, more);
	c->text[w.n] = '\0';
	rig_offer_with(c->g, "c", rig_sdp(c->g, "198.51.100.7", c->text), "RTP/AVP");
	assert_ok(c->g);
	rig_answer(c->g, "c", rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")));
	assert_ok(c->g);
}

static void scene_describe(struct scene *c, const struct identity *shown, const char *setup)
{
	scene_describe_with(c, shown, setup, "");
}

static int scene_setup(void **state)
{
	struct scene *c = calloc(1, sizeof(*c));
	struct datapath *path;

	c->g = rig_new();
	rig_begin(c->g);
	path = &c->g->relay.path;
	*path = (struct datapath){ .ctx = c,
				   .set = set_port,
				   .clear = clear_port,
				   .stats = port_numbers,
				   .quality = port_quality,
				   .mail = no_mail,
				   .reply = scene_reply };
	c->id = identity_new(1800000000);
	scene_describe(c, c->id, "active");
	c->session = table_find(&c->g->relay.sessions, SPAN("c"));
	*state = c;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *c = *state;

	endpoint_free(c->end);
	rig_free(c->g);
	identity_release(c->id);
	free(c);
	return 0;
}

/* Whom the relay shows itself to be. */
static struct sdp_fingerprints relay_shown(const struct scene *c)
{
	char buf[256];
	struct writer w = writer_over(buf, sizeof(buf));
	struct sdp_fingerprints f = { .n = 1 };

	handshake_write(handshake_of(c), SDP_SETUP_PASSIVE, &w);
	assert_int_equal(
		sdp_fingerprint_parse(span_slice(writer_done(&w), 14, span_find(writer_done(&w), '\r')), &f.at[0]), 0);
	assert_true(span_search(writer_done(&w), SPAN("\r\na=setup:passive\r\n")) < w.n);
	return f;
}

static void hand_in(struct scene *c, const char *source, unsigned at, const uint8_t *bytes, size_t n)
{
	static struct datapath_mail what;
	struct mail m = { .session = c->session, .leg = near(c), .rtcp = at == RTCP, .what = &what, .now = c->g->now };

	what = (struct datapath_mail){ .own = { near(c)->realm, (uint16_t)(stream_of(c)->port + at) },
				       .session = c->session->id,
				       .n = (uint16_t)n };
	assert_int_equal(addr_parse(span_str(source), 0, &what.source), 0);
	memcpy(what.bytes, bytes, n);
	handshake_take(&c->g->relay, &m);
}

/* What the end has to say goes in as from source, what the relay answers comes to the end: until both are silent. */
static void talk(struct scene *c, struct endpoint *end, const char *source, unsigned at)
{
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	size_t n;

	do {
		unsigned done = 0;

		while ((n = endpoint_give(end, bytes)) > 0)
			hand_in(c, source, at, bytes, n);
		for (; done < c->npost; done++) {
			struct addr to;

			assert_int_equal(addr_parse(span_str(source), 0, &to), 0);
			if (addr_eq(&c->post[done].to, &to))
				endpoint_take(end, c->post[done].bytes, c->post[done].n);
		}
		n = c->npost;
		c->npost = 0;
	} while (n);
}

static struct endpoint *end_begin(const struct scene *c, const struct identity *who)
{
	const struct sdp_fingerprints relay = relay_shown(c);

	return endpoint_client(who, &relay);
}

/* The packet path has the keys that the end has. */
static void assert_keys(struct scene *c, struct endpoint *end, unsigned at)
{
	const struct rig_port *p = port_of(c, at);
	struct srtp_key ours, theirs;

	assert_int_equal(endpoint_keys(end, &ours, &theirs), 0);
	assert_false(p->spec.awaits_keys);
	assert_memory_equal(&p->spec.opens, &ours, sizeof(ours));
	assert_memory_equal(&p->spec.seals, &theirs, sizeof(theirs));
}

static void assert_no_keys(struct scene *c)
{
	assert_int_equal(stream_of(c)->secure->shield.ours.suite, SRTP_SUITE_NONE);
}

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

/* ----- what the sides are shown ----- */

#define CERTIFICATE               "a=fingerprint:sha-1 01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14\r\n"
#define DTLS_AUDIO(port, profile) "m=audio " port " " profile " 0\r\n" CERTIFICATE

static bool shown(struct scene *c, const char *line)
{
	return span_search(c->g->answer.sdp, span_str(line)) < c->g->answer.sdp.n;
}

static void a_plain_side_does_not_see_the_others_certificate(void **state)
{
	struct scene *c = *state;

	rig_offer_with(c->g, "d", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVPF");
	assert_ok(c->g);
	assert_true(shown(c, " UDP/TLS/RTP/SAVPF 0 8\r\n"));
	assert_true(shown(c, "\r\na=fingerprint:sha-256 "));
	assert_true(shown(c, "\r\na=setup:actpass\r\n"));
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVPF") "a=setup:active\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/AVP 0\r\n"));
	assert_false(shown(c, "fingerprint") || shown(c, "setup") || shown(c, "01:02"));
}

static void each_side_sees_ours(void **state)
{
	struct scene *c = *state;
	char first[128];
	uint32_t at;

	rig_offer(c->g, "d",
		  rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP") "a=setup:actpass\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " UDP/TLS/RTP/SAVP 0\r\n") && shown(c, "a=setup:actpass\r\n"));
	assert_false(shown(c, "01:02:03"));
	at = span_search(c->g->answer.sdp, SPAN("a=fingerprint:sha-256 "));
	snprintf(first, sizeof(first), "%.*s", 117, c->g->answer.sdp.p + at);
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVP") "a=setup:passive\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, "a=setup:passive\r\n") && shown(c, first));
	assert_false(shown(c, "01:02:03"));
}

static void who_begins_is_as_was_offered(void **state)
{
	static const struct {
		const char *offered, *flags, *answered;
	} cases[] = {
		{ "a=setup:actpass\r\n", "RTP/AVP", "a=setup:passive\r\n" },
		{ "a=setup:actpass\r\n", "RTP/AVP DTLS=passive", "a=setup:passive\r\n" },
		{ "a=setup:actpass\r\n", "RTP/AVP DTLS=active", "a=setup:active\r\n" },
		{ "a=setup:active\r\n", "RTP/AVP DTLS=active", "a=setup:passive\r\n" },
		{ "a=setup:passive\r\n", "RTP/AVP", "a=setup:active\r\n" },
		{ "", "RTP/AVP", "a=setup:passive\r\n" },
	};
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[8];

		snprintf(call, sizeof(call), "call%u", i);
		snprintf(c->text, sizeof(c->text), "%s%s", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP"), cases[i].offered);
		rig_offer_with(c->g, call, rig_sdp(c->g, "198.51.100.7", c->text), "RTP/AVP");
		rig_answer_with(c->g, call, rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")),
				strstr(cases[i].flags, "DTLS"));
		assert_ok(c->g);
		if (!shown(c, cases[i].answered))
			fail_msg("%s, %s", cases[i].offered, cases[i].flags);
	}
}

static void what_is_no_dtls_is_refused(void **state)
{
	static const struct {
		const char *what, *media;
	} answers[] = {
		{ "in the clear", RIG_AUDIO("5000") },
		{ "no certificate", "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n" },
		{ "MD5", "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=fingerprint:md5 01:02\r\n" },
		{ "not now", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVP") "a=setup:holdconn\r\n" },
	};
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char call[8];

		snprintf(call, sizeof(call), "call%u", i);
		rig_offer_with(c->g, call, rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP");
		rig_answer(c->g, call, rig_sdp(c->g, "10.0.0.50", answers[i].media));
		if (span_eq(c->g->answer.result, SPAN("ok")))
			fail_msg("%s", answers[i].what);
		rig_offer(c->g, call, rig_sdp(c->g, "198.51.100.7", answers[i].media));
		if (i && span_eq(c->g->answer.result, SPAN("ok")))
			fail_msg("offered: %s", answers[i].what);
	}
	rig_offer_with(c->g, "x", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP DTLS=off");
	assert_false(span_eq(c->g->answer.result, SPAN("ok")));
}

static void it_may_be_called_srtp(void **state)
{
	struct scene *c = *state;

	rig_offer(c->g, "d", rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "RTP/SAVPF") "a=setup:actpass\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/SAVPF 0\r\n") && shown(c, "a=setup:actpass\r\n"));
	assert_false(shown(c, "a=crypto"));
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "RTP/SAVPF") "a=setup:active\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/SAVPF 0\r\n") && shown(c, "a=setup:passive\r\n"));
}

/* M9: with ICE only from where a check came, and no cookie is needed there. */
static void with_ice_only_checked_addresses_are_heard(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	struct ice *ice;

	scene_describe_with(c, c->id, "active",
			    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
			    "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n"
			    "a=candidate:1 2 UDP 1 198.51.100.7 4001 typ host\r\n");
	ice = &stream_of(c)->secure->ice;
	assert_true(ice_is_on(stream_of(c)));
	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_int_equal(c->npost, 0);
	assert_int_equal(c->g->relay.handshakes.strangers, 1);
	assert_int_equal(addr_parse(SPAN("192.0.2.55:6000"), 0, &ice->known[0]), 0);
	ice->nknown = 1;
	endpoint_free(c->end);
	c->end = end_begin(c, c->id);
	hand_in(c, "192.0.2.55:6000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_true(c->npost > 0 && c->post[0].n > 200); /* a certificate, not a cookie */
	talk(c, c->end, "192.0.2.55:6000", RTP);
	assert_keys(c, c->end, RTP);
}

static void with_ice_we_begin_where_it_leads(void **state)
{
	struct scene *c = *state;

	scene_describe_with(c, c->id, "passive",
			    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=rtcp-mux\r\n"
			    "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n");
	assert_int_equal(c->npost, 0);
	assert_int_equal(addr_parse(SPAN("192.0.2.55:6000"), 0, &stream_of(c)->secure->ice.pair[0].at), 0);
	handshake_turn(&c->g->relay, c->g->now += ASSOCIATION_STEP_MS);
	assert_int_equal(c->npost, 1); /* RTCP has no port of its own */
	assert_int_equal(c->post[0].to.port, 6000);
}

static void a_handshake_is_not_resumed(void **state)
{
	struct scene *c = *state;
	char offer[512];

	snprintf(offer, sizeof(offer), "%s", rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP")));
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "r",
					.from = "A",
					.sdp = offer,
					.direction = { "out", "lan" },
					.resume = { "7 1 20004", "8 1 20004" } });
	assert_refused(c->g, "The ports or keys that the call had cannot be had again");
}

static void query_tells_how_far_it_is(void **state)
{
	struct scene *c = *state;

	rig_say(c->g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(span_search(c->g->reply, SPAN("9:handshake7:waiting")) < c->g->reply.n);
	assert_true(span_search(c->g->reply, SPAN("the other side has not begun")) < c->g->reply.n);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	rig_say(c->g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(span_search(c->g->reply, SPAN("9:handshake4:done")) < c->g->reply.n);
}

/* The ClientHello is here before the answer: it waits for it. */
static void who_is_quicker_than_his_answer_is_heard(void **state)
{
	struct scene *c = *state;
	struct session *d;
	struct datapath_mail what = { 0 };
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);
	const struct port_spec *spec;
	struct sdp_fingerprints relay = { .n = 1 };
	uint32_t at;

	rig_offer_with(c->g, "d", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP");
	assert_ok(c->g);
	d = table_find(&c->g->relay.sessions, SPAN("d"));
	what.own = (struct own_port){ RIG_LAN, d->far->stream[0].port };
	spec = &rig_port(c->g, what.own)->spec;
	assert_true(spec->wants_dtls && spec->awaits_keys && !spec->window_open);
	at = span_search(c->g->answer.sdp, SPAN("a=fingerprint:"));
	assert_int_equal(sdp_fingerprint_parse(span_slice(c->g->answer.sdp, at + 14, at + 14 + 103), &relay.at[0]), 0);
	c->end = endpoint_client(c->id, &relay);
	what.n = (uint16_t)endpoint_give(c->end, what.bytes);
	assert_int_equal(addr_parse(SPAN("10.0.0.50:5000"), 0, &what.source), 0);
	for (unsigned i = 0; i < 3; i++)
		handshake_take(&c->g->relay, &(struct mail){ .session = d, .leg = d->far, .what = &what });
	assert_int_equal(c->npost, 0);
	writer_str(&w, "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n");
	sdp_fingerprint_write(&w, &c->id->fingerprint);
	c->text[w.n] = '\0';
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", c->text));
	assert_ok(c->g);
	assert_int_equal(c->npost, 1);
	assert_int_equal(c->post[0].own.port, what.own.port);
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	assert_true(endpoint_give(c->end, what.bytes) > 0); /* with its cookie */
}

/* The side is asked again and answers with another certificate: its ClientHello may be here first. */
static void another_certificate_may_be_quicker_than_its_answer(void **state)
{
	struct scene *c = *state;
	struct identity *next = identity_new(1800000000);
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	struct endpoint *end;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	c->g->flags = "UDP/TLS/RTP/SAVP";
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "c",
					.from = "B",
					.to = "A",
					.sdp = rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")) });
	c->g->flags = NULL;
	assert_ok(c->g);
	end = end_begin(c, next);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(end, bytes));
	assert_int_equal(c->npost, 0);
	writer_str(&w, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n");
	sdp_fingerprint_write(&w, &next->fingerprint);
	c->text[w.n] = '\0';
	rig_say(c->g, (struct rig_say){ .command = NG_ANSWER,
					.call = "c",
					.from = "B",
					.to = "A",
					.sdp = rig_sdp(c->g, "198.51.100.7", c->text) });
	assert_ok(c->g);
	assert_int_equal(c->npost, 1);
	endpoint_take(end, c->post[0].bytes, c->post[0].n);
	c->npost = 0;
	talk(c, end, "198.51.100.7:4000", RTP);
	assert_keys(c, end, RTP);
	endpoint_free(end);
	identity_release(next);
}

static void an_offer_that_is_refused_changes_nothing(void **state)
{
	struct scene *c = *state;
	struct identity *next = identity_new(1800000000);
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	writer_str(&w, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=setup:actpass\r\n");
	sdp_fingerprint_write(&w, &next->fingerprint);
	c->text[w.n] = '\0';
	rig_offer_with(c->g, "c", rig_sdp(c->g, "198.51.100.7", c->text), "RTP/AVP");
	assert_ok(c->g);
	rig_say(c->g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A" });
	assert_ok(c->g);
	assert_string_equal(handshake_state(handshake_of(c)), "done");
	assert_keys(c, c->end, RTP);
	identity_release(next);
}

static void a_side_that_goes_on_in_the_clear_has_no_handshake(void **state)
{
	struct scene *c = *state;

	rig_offer(c->g, "c", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")));
	rig_answer(c->g, "c", rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")));
	assert_ok(c->g);
	assert_null(handshake_of(c));
	assert_false(port_of(c, RTP)->spec.wants_dtls || port_of(c, RTP)->spec.awaits_keys);
	assert_null(c->g->relay.handshakes.resting);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(the_other_side_begins),
		SCENE(who_has_proved_himself_is_sent_to),
		SCENE(rtcp_has_keys_of_its_own),
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
		SCENE(a_plain_side_does_not_see_the_others_certificate),
		SCENE(each_side_sees_ours),
		SCENE(who_begins_is_as_was_offered),
		SCENE(what_is_no_dtls_is_refused),
		SCENE(it_may_be_called_srtp),
		SCENE(with_ice_only_checked_addresses_are_heard),
		SCENE(with_ice_we_begin_where_it_leads),
		SCENE(a_handshake_is_not_resumed),
		SCENE(query_tells_how_far_it_is),
		SCENE(who_is_quicker_than_his_answer_is_heard),
		SCENE(another_certificate_may_be_quicker_than_its_answer),
		SCENE(an_offer_that_is_refused_changes_nothing),
		SCENE(a_side_that_goes_on_in_the_clear_has_no_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
