/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules M1-M5 and M8 of latching, each as a little story of packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/path/learn.h"

enum what {
	END,
	RTP,    /* a packet from `source` */
	ALIEN,  /* RTP with a payload that nobody negotiated */
	MUXED,  /* RTCP on the RTP port */
	SEALED, /* RTP that was opened with the key of its side */
	TAGGED, /* RTCP on the RTP port, opened so */
	RUN,    /* five packets from `source`, 20 ms apart, numbered on from seq */
	SPEC,   /* new SDP: expected = source, learn again */
	OPENED, /* the window opens */
	TICK,   /* time passes */
};

enum want { NO, YES, FIRST, EARLY, LATCH };

struct step {
	enum what what;
	uint32_t at_ms;
	const char *source;
	uint32_t ssrc;
	uint16_t seq;
	enum want want;
	const char *target; /* afterwards; "" nobody; NULL not looked at */
};

enum { STEPS_MAX = 12 };

struct story {
	const char *name;
	enum latch_policy policy;
	uint8_t bits;
	const char *expected, *signalling;
	bool closed;
	struct step steps[STEPS_MAX];
};

#define PHONE    "198.51.100.7:4000"
#define PHONE_2  "198.51.100.7:4002"
#define SIG      "198.51.100.9"
#define SIG_PORT "198.51.100.9:7777"
#define NEAR_SIG "198.51.100.200:5555"
#define BAD      "203.0.113.66:6666"
#define BAD_2    "203.0.113.67:6666"

static const struct story stories[] = {
	{ "M2: five packets confirm",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RTP, 0, PHONE, 1, 10, YES, PHONE },
	    { RTP, 20, PHONE, 1, 11, YES, PHONE },
	    { RTP, 40, PHONE, 1, 12, YES, PHONE },
	    { RTP, 60, PHONE, 1, 13, YES, PHONE },
	    { RTP, 80, PHONE, 1, 14, LATCH, PHONE },
	    { RTP, 100, PHONE, 1, 15, YES, PHONE } } },
	{ "M2: numbers that do not grow begin anew",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RTP, 0, PHONE, 1, 10, YES, PHONE },
	    { RTP, 20, PHONE, 1, 11, YES, PHONE },
	    { RTP, 40, PHONE, 1, 12, YES, PHONE },
	    { RTP, 60, PHONE, 1, 13, YES, PHONE },
	    { RTP, 80, PHONE, 1, 13, YES, PHONE },
	    { RTP, 100, PHONE, 1, 14, YES, PHONE },
	    { RTP, 120, PHONE, 1, 15, YES, PHONE },
	    { RTP, 140, PHONE, 1, 16, YES, PHONE },
	    { RTP, 160, PHONE, 1, 17, LATCH, PHONE } } },
	{ "M2: another SSRC begins anew",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RTP, 0, PHONE, 1, 10, YES, NULL },
	    { RTP, 20, PHONE, 1, 11, YES, NULL },
	    { RTP, 40, PHONE, 1, 12, YES, NULL },
	    { RTP, 60, PHONE, 1, 13, YES, NULL },
	    { RTP, 80, PHONE, 2, 14, YES, NULL },
	    { RTP, 100, PHONE, 2, 15, YES, NULL } } },
	{ "M2: nobody is learnt before that side's SDP",
	  LATCH_OPEN,
	  32,
	  NULL,
	  NULL,
	  true,
	  { { RTP, 0, BAD, 1, 10, EARLY, "" },
	    { RUN, 20, BAD, 1, 11, EARLY, "" },
	    { OPENED, 200, NULL, 0, 0, NO, "" },
	    { RTP, 220, PHONE, 1, 10, YES, "" } } },
	{ "M2: RTCP on the same port passes and proves nothing",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { MUXED, 0, PHONE, 0, 0, YES, PHONE },
	    { MUXED, 20, PHONE, 0, 0, YES, PHONE },
	    { MUXED, 40, PHONE, 0, 0, YES, PHONE },
	    { MUXED, 60, PHONE, 0, 0, YES, PHONE },
	    { MUXED, 80, PHONE, 0, 0, YES, PHONE },
	    { RUN, 100, PHONE, 1, 1, LATCH, PHONE } } },
	{ "M2: a payload that nobody negotiated passes and proves nothing",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { ALIEN, 0, PHONE, 1, 1, YES, PHONE },
	    { ALIEN, 20, PHONE, 1, 2, YES, PHONE },
	    { ALIEN, 40, PHONE, 1, 3, YES, PHONE },
	    { ALIEN, 60, PHONE, 1, 4, YES, PHONE },
	    { ALIEN, 80, PHONE, 1, 5, YES, PHONE },
	    { RUN, 100, PHONE, 1, 6, LATCH, PHONE } } },
	{ "M2: of a stranger it does not pass",
	  LATCH_OPEN,
	  32,
	  NULL,
	  NULL,
	  false,
	  { { ALIEN, 0, BAD, 6, 1, FIRST, "" }, { MUXED, 10, BAD, 0, 0, NO, "" }, { RTP, 20, BAD_2, 7, 1, YES, "" } } },
	{ "M4: it does not show that a stream has moved",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { ALIEN, 1100, PHONE_2, 1, 6, FIRST, PHONE },
	    { ALIEN, 1120, PHONE_2, 1, 7, NO, PHONE },
	    { ALIEN, 1140, PHONE_2, 1, 8, NO, PHONE },
	    { ALIEN, 1160, PHONE_2, 1, 9, NO, PHONE },
	    { ALIEN, 1180, PHONE_2, 1, 10, NO, PHONE } } },
	{ "M2: what opens confirms at once, of any payload",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { SEALED, 0, PHONE_2, 1, 10, LATCH, PHONE_2 }, { SEALED, 20, PHONE_2, 1, 5, YES, PHONE_2 } } },
	{ "M2: RTCP that opens proves nothing where it has a port of its own",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { TAGGED, 0, PHONE, 1, 0, YES, PHONE }, { SEALED, 20, PHONE_2, 1, 5, LATCH, PHONE_2 } } },
	{ "M1: with a key, too, only from where the policy allows",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { SEALED, 0, BAD, 1, 10, FIRST, PHONE }, { SEALED, 20, PHONE, 1, 11, LATCH, PHONE } } },
	{ "M4: with a key, too, a silence must come before; then one packet of any stream is enough",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { SEALED, 0, PHONE, 1, 10, LATCH, PHONE },
	    { SEALED, 500, PHONE_2, 1, 11, FIRST, PHONE },
	    { SEALED, 1000, PHONE_2, 9, 999, LATCH, PHONE_2 },
	    { SEALED, 1020, PHONE, 1, 12, LATCH, PHONE } } },
	{ "R4: of the new SDP the first packet that opens ends the overlap",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { SEALED, 0, PHONE, 1, 10, LATCH, PHONE },
	    { SPEC, 20, BAD, 0, 0, NO, PHONE },
	    { SEALED, 40, PHONE, 1, 11, YES, PHONE },
	    { SEALED, 60, BAD, 2, 1, LATCH, BAD } } },
	{ "M1: exact takes the SDP's address and port only",
	  LATCH_EXACT,
	  32,
	  PHONE,
	  SIG,
	  false,
	  { { RTP, 0, PHONE_2, 1, 1, FIRST, PHONE },
	    { RTP, 20, SIG_PORT, 1, 1, NO, PHONE },
	    { RUN, 40, PHONE, 1, 1, LATCH, PHONE } } },
	{ "M1: sdp-ip takes any port of that address",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  SIG,
	  false,
	  { { RTP, 0, BAD, 1, 1, FIRST, PHONE },
	    { RTP, 0, SIG_PORT, 1, 1, NO, PHONE },
	    { RUN, 20, PHONE_2, 1, 1, LATCH, PHONE_2 } } },
	{ "M1: sig-ip takes any port of the signalling's address",
	  LATCH_SIG_IP,
	  32,
	  NULL,
	  SIG,
	  false,
	  { { RTP, 0, NEAR_SIG, 1, 1, FIRST, "" },
	    { RTP, 10, SIG_PORT, 1, 1, YES, SIG_PORT },
	    { RUN, 20, SIG_PORT, 1, 2, LATCH, SIG_PORT } } },
	{ "M1: sig-ip under a prefix: a carrier's NAT pool",
	  LATCH_SIG_IP,
	  24,
	  NULL,
	  SIG,
	  false,
	  { { RTP, 0, BAD, 1, 1, FIRST, "" }, { RUN, 20, NEAR_SIG, 1, 1, LATCH, NEAR_SIG } } },
	{ "M1: a valid SDP address is fine under sig-ip too",
	  LATCH_SIG_IP,
	  32,
	  PHONE,
	  SIG,
	  false,
	  { { RTP, 0, PHONE_2, 1, 1, FIRST, PHONE }, { RUN, 20, PHONE, 1, 1, LATCH, PHONE } } },
	{ "M3: a better source takes over while learning",
	  LATCH_OPEN,
	  32,
	  PHONE,
	  SIG,
	  false,
	  { { RTP, 0, BAD, 6, 1, YES, PHONE },
	    { RTP, 10, BAD, 6, 2, YES, PHONE },
	    { RTP, 20, SIG_PORT, 1, 1, YES, SIG_PORT },
	    { RTP, 30, BAD, 6, 3, FIRST, SIG_PORT },
	    { RTP, 40, PHONE_2, 1, 1, YES, PHONE_2 },
	    { RTP, 50, SIG_PORT, 1, 2, NO, PHONE_2 },
	    { RUN, 60, PHONE, 2, 1, LATCH, PHONE } } },
	{ "M3: nothing is sent to a stranger before it is confirmed",
	  LATCH_OPEN,
	  32,
	  NULL,
	  NULL,
	  false,
	  { { RTP, 0, BAD, 6, 1, YES, "" },
	    { RTP, 20, BAD, 6, 2, YES, "" },
	    { RTP, 40, BAD, 6, 3, YES, "" },
	    { RTP, 60, BAD, 6, 4, YES, "" },
	    { RTP, 80, BAD, 6, 5, LATCH, BAD } } },
	{ "M3: an equal waits until the first fell silent",
	  LATCH_OPEN,
	  32,
	  NULL,
	  NULL,
	  false,
	  { { RTP, 0, BAD, 6, 1, YES, "" },
	    { RTP, 20, BAD_2, 7, 1, FIRST, "" },
	    { RTP, 999, BAD_2, 7, 2, NO, "" },
	    { RTP, 1000, BAD_2, 7, 3, YES, "" } } },
	{ "M4: strict once confirmed",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { RTP, 100, BAD, 1, 6, FIRST, PHONE },
	    { RTP, 101, PHONE_2, 1, 6, NO, PHONE },
	    { RTP, 102, BAD, 1, 7, NO, PHONE } } },
	{ "M4: the same stream from a new port, after a silence",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { RTP, 1100, PHONE_2, 1, 6, FIRST, PHONE },
	    { RTP, 1120, PHONE_2, 1, 7, NO, PHONE },
	    { RTP, 1140, PHONE_2, 1, 8, NO, PHONE },
	    { RTP, 1160, PHONE_2, 1, 9, NO, PHONE },
	    { RTP, 1180, PHONE_2, 1, 10, LATCH, PHONE_2 },
	    { RTP, 1200, PHONE_2, 1, 11, YES, PHONE_2 },
	    { RTP, 1220, PHONE, 1, 12, LATCH, PHONE } } }, /* the former comes back: it wins */
	{ "M4: no silence, no hand-over",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE }, { RUN, 900, PHONE_2, 1, 6, FIRST, PHONE } } },
	{ "M4: another SSRC is another stream",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE }, { RUN, 5000, PHONE_2, 2, 6, FIRST, PHONE } } },
	{ "M4: numbers from before, or from far ahead",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 100, LATCH, PHONE },
	    { RUN, 5000, PHONE_2, 1, 90, FIRST, PHONE },
	    { RUN, 6000, PHONE_2, 1, 3105, NO, PHONE },
	    { RUN, 7000, PHONE_2, 1, 3100, LATCH, PHONE_2 } } },
	{ "M4: who the policy shuts out cannot follow",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE }, { RUN, 5000, BAD, 1, 6, FIRST, PHONE } } },
	{ "R4: new SDP: the old source speaks on until the new is confirmed",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { SPEC, 100, SIG_PORT, 0, 0, NO, PHONE },
	    { RTP, 120, PHONE, 1, 6, YES, PHONE },
	    { RTP, 130, SIG_PORT, 9, 1, YES, PHONE },
	    { RTP, 140, PHONE, 1, 7, YES, PHONE },
	    { RUN, 150, SIG_PORT, 9, 2, LATCH, SIG_PORT },
	    { RTP, 300, PHONE, 1, 8, FIRST, SIG_PORT } } },
	{ "R4: two seconds at most",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { SPEC, 100, SIG_PORT, 0, 0, NO, PHONE },
	    { RTP, 2099, PHONE, 1, 6, YES, PHONE },
	    { RTP, 2100, PHONE, 1, 7, FIRST, SIG_PORT } } },
	{ "R4: time alone ends it, and media goes where SDP says",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { SPEC, 100, SIG_PORT, 0, 0, NO, PHONE },
	    { TICK, 2099, NULL, 0, 0, NO, PHONE },
	    { TICK, 2100, NULL, 0, 0, NO, SIG_PORT } } },
	{ "R4: a silent phone behind NAT keeps its place until another one speaks",
	  LATCH_SIG_IP,
	  32,
	  NULL,
	  SIG,
	  false,
	  { { RUN, 0, SIG_PORT, 1, 1, LATCH, SIG_PORT },
	    { SPEC, 100, NULL, 0, 0, NO, SIG_PORT },
	    { TICK, 2100, NULL, 0, 0, NO, SIG_PORT },
	    { RTP, 3099, SIG ":8888", 2, 1, FIRST, SIG_PORT },
	    { RTP, 3100, SIG ":8888", 2, 2, YES, SIG ":8888" } } },
	{ "R4: an attacker gains nothing by it",
	  LATCH_SDP_IP,
	  32,
	  PHONE,
	  NULL,
	  false,
	  { { RUN, 0, PHONE, 1, 1, LATCH, PHONE },
	    { SPEC, 100, SIG_PORT, 0, 0, NO, PHONE },
	    { RUN, 110, BAD, 1, 6, FIRST, PHONE },
	    { RUN, 2200, BAD, 1, 12, NO, SIG_PORT } } },
};

static struct addr addr(const char *text)
{
	struct addr a = { 0 };

	if (text && *text && addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

struct stage {
	struct learn learn;
	struct learn_heard heard;
	struct port_spec spec;
};

static enum want packet(struct stage *s, const struct step *t, uint64_t at, uint16_t seq)
{
	const struct learn_packet p = {
		.source = addr(t->source),
		.ssrc = t->ssrc,
		.seq = seq,
		.media = t->what != MUXED && t->what != TAGGED,
		.authentic = t->what == SEALED || t->what == TAGGED,
		.payload_type = t->what == ALIEN ? 96 : 8,
	};
	const struct learn_result r = learn_packet(&s->learn, &p, &s->heard, at);

	if (r.verdict == LEARN_ACCEPT) {
		s->heard.at_ms = at;
		if (p.media) {
			s->heard.ssrc = p.ssrc;
			s->heard.seq = p.seq;
		}
	}
	switch (r.verdict) {
	case LEARN_ACCEPT:
		return r.latched ? LATCH : YES;
	case LEARN_EARLY:
		return EARLY;
	case LEARN_REFUSE:
	case LEARN_BANNED:
		return NO;
	case LEARN_REFUSE_FIRST:
		return FIRST;
	}
	return NO;
}

/* Five packets: LATCH when one of them confirmed, else what became of the first, all others being alike. */
static enum want run(struct stage *s, const struct step *t)
{
	enum want first = NO, w;
	bool latched = false;

	for (uint16_t i = 0; i < LEARN_CONFIRM; i++) {
		w = packet(s, t, t->at_ms + 20u * i, (uint16_t)(t->seq + i));
		latched |= w == LATCH;
		if (i == 0)
			first = w;
		else if (!latched && w != first && !(first == FIRST && w == NO))
			fail_msg("packet %u of the run: got %d after %d", i + 1u, (int)w, (int)first);
	}
	return latched ? LATCH : first;
}

static enum want step(struct stage *s, const struct step *t)
{
	switch (t->what) {
	case RTP:
	case ALIEN:
	case MUXED:
	case SEALED:
	case TAGGED:
		return packet(s, t, t->at_ms, t->seq);
	case RUN:
		return run(s, t);
	case SPEC:
		s->spec.expected = addr(t->source);
		s->spec.relearn = true;
		learn_set(&s->learn, &s->spec, t->at_ms);
		return t->want;
	case OPENED:
		s->spec.window_open = true;
		learn_set(&s->learn, &s->spec, t->at_ms);
		return t->want;
	case TICK:
		learn_expire(&s->learn, t->at_ms);
		return t->want;
	case END:
		break;
	}
	return t->want;
}

static void tell(const struct story *story)
{
	struct stage s = { .spec = { .policy = story->policy,
				     .sig_bits = story->bits,
				     .window_open = !story->closed,
				     .payloads = numbers_of(SPAN("0 8 101")),
				     .expected = addr(story->expected),
				     .signalling = addr(story->signalling) } };
	char got[ADDR_TEXT_MAX];

	learn_set(&s.learn, &s.spec, 0);
	for (size_t i = 0; i < STEPS_MAX && story->steps[i].what != END; i++) {
		const struct step *t = &story->steps[i];
		const enum want w = step(&s, t);
		const struct addr target = learn_target(&s.learn), wanted = addr(t->target);

		if (w != t->want)
			fail_msg("%s: step %zu: got %d", story->name, i + 1, (int)w);
		if (t->target && !addr_eq(&target, &wanted))
			fail_msg("%s: step %zu: sends to %s", story->name, i + 1, addr_text(&target, got));
	}
}

static void all_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
		tell(&stories[i]);
}

/* --- RTCP --------------------------------------------------------------------------------------------------- */

static struct learn_result control_at(struct learn *l, const char *source, const char *tied, uint64_t now)
{
	const struct learn_heard heard = { 0 };
	const struct addr rtp = addr(tied);
	const struct learn_packet p = { .source = addr(source), .tied = tied ? &rtp : NULL };

	return learn_packet(l, &p, &heard, now);
}

static struct learn_result control(struct learn *l, const char *source, const char *tied)
{
	return control_at(l, source, tied, 0);
}

static struct learn control_port(enum latch_policy policy)
{
	const struct port_spec spec = {
		.kind = STREAM_RTCP, .policy = policy, .window_open = true, .expected = addr("198.51.100.7:4001")
	};
	struct learn l = { 0 };

	learn_set(&l, &spec, 0);
	return l;
}

static void rtcp_follows_its_rtp(void **state)
{
	struct learn l = control_port(LATCH_EXACT);
	struct addr target;
	(void)state;

	/* From the RTP stream's host, by any port: at once. */
	assert_true(control(&l, PHONE_2, PHONE).latched);
	target = learn_target(&l);
	assert_int_equal(target.port, 4002);
	assert_int_equal(control(&l, BAD, PHONE).verdict, LEARN_REFUSE_FIRST);
	assert_int_equal(control(&l, PHONE_2, PHONE).verdict, LEARN_ACCEPT);

	/* The RTP stream moved: what was learnt is void, the SDP's host may no longer speak. */
	learn_forget(&l);
	assert_int_equal(control(&l, PHONE_2, BAD).verdict, LEARN_REFUSE);
	assert_true(control(&l, BAD, BAD).latched);
}

/* M5: who forges the host's address cannot turn its RTCP away while it is there. */
static void rtcp_stays_while_it_is_heard(void **state)
{
	struct learn l = control_port(LATCH_EXACT);
	(void)state;

	assert_true(control(&l, PHONE_2, PHONE).latched);
	assert_int_equal(control_at(&l, PHONE, PHONE, LEARN_CONTROL_SILENCE_MS - 1).verdict, LEARN_REFUSE_FIRST);
	assert_true(control_at(&l, PHONE, PHONE, LEARN_CONTROL_SILENCE_MS).latched);
}

static void rtcp_alone_is_under_the_policy(void **state)
{
	struct learn l = control_port(LATCH_EXACT);
	(void)state;

	assert_int_equal(control(&l, PHONE_2, NULL).verdict, LEARN_REFUSE_FIRST);
	for (int i = 0; i < 2 * LEARN_CONFIRM; i++) {
		const struct learn_result r = control(&l, "198.51.100.7:4001", NULL);

		assert_int_equal(r.verdict, LEARN_ACCEPT);
		assert_false(r.latched);
	}
	assert_int_equal(l.state, PORT_LEARNING);
}

/* Flag asymmetric: the phone sends from elsewhere than where it wants to hear. */
static void asymmetric_media_goes_where_sdp_says(void **state)
{
	const struct port_spec spec = {
		.policy = LATCH_SDP_IP, .window_open = true, .expected = addr(PHONE), .asymmetric = true
	};
	const struct learn_heard heard = { 0 };
	struct learn l = { 0 };

	(void)state;
	learn_set(&l, &spec, 0);
	for (uint16_t i = 0; i < LEARN_CONFIRM; i++) {
		const struct learn_packet p = { .source = addr(PHONE_2), .ssrc = 7, .seq = i, .media = true };

		assert_int_equal(learn_packet(&l, &p, &heard, i).verdict, LEARN_ACCEPT);
	}
	assert_int_equal(l.state, PORT_LATCHED);
	assert_int_equal(learn_target(&l).port, 4000);
}

/* A stream without RTP has nothing in its packets that tells who sends: five from one source confirm it, and without
 * new SDP nobody follows it. */
static void datagrams_confirm_by_their_number(void **state)
{
	const struct port_spec spec = {
		.kind = STREAM_DATAGRAM, .policy = LATCH_SDP_IP, .window_open = true, .expected = addr(PHONE)
	};
	const struct learn_packet phone = { .source = addr(PHONE) }, other = { .source = addr(PHONE_2) };
	const struct learn_heard heard = { .at_ms = 100 };
	struct learn l = { 0 };

	(void)state;
	learn_set(&l, &spec, 0);
	for (int i = 0; i < LEARN_CONFIRM; i++) {
		assert_int_equal(l.state, i ? PORT_LEARNING : PORT_WAITING);
		assert_int_equal(learn_packet(&l, &phone, &heard, 100).verdict, LEARN_ACCEPT);
	}
	assert_int_equal(l.state, PORT_LATCHED);
	for (int i = 0; i < 2 * LEARN_CONFIRM; i++)
		assert_int_not_equal(learn_packet(&l, &other, &heard, 100 + 2 * LEARN_SILENCE_MS).verdict,
				     LEARN_ACCEPT);
	assert_int_equal(l.source.port, 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_confirm_by_their_number),
		cmocka_unit_test(all_stories),
		cmocka_unit_test(rtcp_follows_its_rtp),
		cmocka_unit_test(rtcp_stays_while_it_is_heard),
		cmocka_unit_test(rtcp_alone_is_under_the_policy),
		cmocka_unit_test(asymmetric_media_goes_where_sdp_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
