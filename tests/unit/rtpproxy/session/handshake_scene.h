/* SPDX-License-Identifier: BSD-3-Clause */
/* handshake_scene.h: a call of which one side has DTLS and is the test, by an end of its own. */
#ifndef NATSBC_TESTS_HANDSHAKE_SCENE_H
#define NATSBC_TESTS_HANDSHAKE_SCENE_H

#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/secure.h"
#include "rtpproxy/stream/mail.h"
#include "tests/unit/rtpproxy/dtls_clock.h"
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
	struct leg *leg; /* the test's; NULL: near */
	struct identity *id;
	struct endpoint *end;
	struct sent post[POST_MAX];
	unsigned npost;
	char text[1024];
};

static inline int scene_reply(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n)
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

static inline bool no_mail(void *ctx, struct datapath_mail *out)
{
	(void)ctx;
	(void)out;
	return false;
}

static inline int set_port(void *ctx, const struct port_spec *spec)
{
	return rig_set(((struct scene *)ctx)->g, spec);
}

static inline int clear_port(void *ctx, struct own_port own)
{
	return rig_clear(((struct scene *)ctx)->g, own);
}

static inline bool port_numbers(void *ctx, struct own_port own, struct port_stats *out)
{
	return rig_stats(((struct scene *)ctx)->g, own, out);
}

static inline bool port_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	return rig_quality(((struct scene *)ctx)->g, own, out);
}

static inline int copy_ports(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map)
{
	return rig_copy(((struct scene *)ctx)->g, from, to, map);
}

static inline int uncopy_ports(void *ctx, struct own_port from, struct own_port to)
{
	return rig_uncopy(((struct scene *)ctx)->g, from, to);
}

static inline struct leg *near(const struct scene *c)
{
	return c->leg ? c->leg : c->session->near;
}

static inline struct stream *stream_of(const struct scene *c)
{
	return &near(c)->stream[0];
}

static inline const struct handshake *handshake_of(const struct scene *c)
{
	return stream_of(c)->secure->handshake;
}

static inline const struct rig_port *port_of(const struct scene *c, unsigned at)
{
	return rig_port(c->g, (struct own_port){ near(c)->realm, (uint16_t)(stream_of(c)->port + at) });
}

/* The near side says so much of itself in an offer, and the far one, in the clear, answers it. */
static inline void scene_describe_with(struct scene *c, const struct identity *shown, const char *setup,
				       const char *more)
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

static inline void scene_describe(struct scene *c, const struct identity *shown, const char *setup)
{
	scene_describe_with(c, shown, setup, "");
}

static inline int scene_setup(void **state)
{
	struct scene *c = calloc(1, sizeof(*c));
	struct datapath *path;

	c->g = rig_new();
	rig_begin(c->g);
	path = &c->g->relay.path;
	*path = (struct datapath){ .ctx = c,
				   .set = set_port,
				   .clear = clear_port,
				   .copy = copy_ports,
				   .uncopy = uncopy_ports,
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

static inline int scene_teardown(void **state)
{
	struct scene *c = *state;

	endpoint_free(c->end);
	rig_free(c->g);
	identity_release(c->id);
	free(c);
	return 0;
}

/* Whom the relay shows itself to be. */
static inline struct sdp_fingerprints relay_shown(const struct scene *c)
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

static inline void hand_in(struct scene *c, const char *source, unsigned at, const uint8_t *bytes, size_t n)
{
	static struct datapath_mail what;
	struct mail m = { .session = c->session, .leg = near(c), .rtcp = at == RTCP, .what = &what, .now = c->g->now };

	what = (struct datapath_mail){ .own = { near(c)->realm, (uint16_t)(stream_of(c)->port + at) },
				       .session = c->session->id,
				       .n = (uint16_t)n };
	assert_int_equal(addr_parse(span_str(source), 0, &what.source), 0);
	memcpy(what.bytes, bytes, n);
	mail_take(&c->g->relay, &m);
}

/* What the end has to say goes in as from source, what the relay answers comes to the end: until both are silent. */
static inline void talk(struct scene *c, struct endpoint *end, const char *source, unsigned at)
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

static inline struct endpoint *end_begin(const struct scene *c, const struct identity *who)
{
	const struct sdp_fingerprints relay = relay_shown(c);

	return endpoint_client(who, &relay);
}

/* The packet path has the keys that the end has. */
static inline void assert_keys(struct scene *c, struct endpoint *end, unsigned at)
{
	const struct rig_port *p = port_of(c, at);
	struct srtp_key ours, theirs;

	assert_int_equal(endpoint_keys(end, &ours, &theirs), 0);
	assert_false(p->spec.awaits_keys);
	assert_memory_equal(&p->spec.opens, &ours, sizeof(ours));
	assert_memory_equal(&p->spec.seals, &theirs, sizeof(theirs));
}

static inline void assert_no_keys(struct scene *c)
{
	assert_int_equal(stream_of(c)->secure->shield.ours.suite, SRTP_SUITE_NONE);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

#endif
