/* SPDX-License-Identifier: BSD-3-Clause */
/* SRTP on its way through the relay, with peers that speak it by libsrtp. */
#include "tests/unit/rtpproxy/burst_stage.h"

#include "tests/unit/rtpproxy/srtp_peer.h"

#define AT_PHONE   "192.0.2.1:10000"
#define AT_TRUNK   "10.0.0.1:20000"
#define AT_PHONE_C "192.0.2.1:10001"
#define AT_TRUNK_C "10.0.0.1:20001"
#define PHONE_C    "198.51.100.7:4001"
#define TRUNK_C    "203.0.113.9:5005"

#define SUITE SRTP_SUITE_AES_CM_128_HMAC_SHA1_80

enum { VOICE = 12 + 160 };

/* A call: each side in the clear, or with keys; RTCP on a port of its own, or not. */
struct side {
	enum srtp_suite suite;
	bool mux, awaits;
	uint8_t ours, theirs; /* numbers of keys */
	struct srtp_peer peer;
	struct cover *cover[2];
};

struct call {
	struct stage *s;
	struct side phone, trunk;
	bool six;     /* the trunk is in the other family */
	bool numbers; /* the phone's payload 0 is the trunk's 8 */
	uint16_t seq;
	uint64_t now;
};

static struct own_port own_of(const struct call *c, bool trunk, bool control)
{
	const uint8_t realm = !trunk ? PHONES : c->six ? SIX : TRUNKS;

	return (struct own_port){ realm, (uint16_t)((!trunk ? 10000 : c->six ? 30000 : 20000) + control) };
}

static const char *peer_of(const struct call *c, bool trunk, bool control)
{
	if (trunk && c->six)
		return control ? "[2001:db8::7]:4001" : PHONE_6;
	return trunk ? control ? TRUNK_C : TRUNK : control ? PHONE_C : PHONE;
}

static void port_order(struct call *c, bool trunk, bool control)
{
	struct side *me = trunk ? &c->trunk : &c->phone;
	const struct side *other = trunk ? &c->phone : &c->trunk;
	struct order o = { .kind = ORDER_SET, .index = flow_index(&c->s->flows, own_of(c, trunk, control)) };
	struct port_spec spec = {
		.own = own_of(c, trunk, control),
		.peer = own_of(c, !trunk, control && !other->mux),
		.kind = control ? STREAM_RTCP : STREAM_RTP,
		.policy = LATCH_SDP_IP,
		.window_open = true,
		.session = 1,
		.mux = me->mux,
		.awaits_keys = me->awaits,
		.expected = addr(peer_of(c, trunk, control)),
	};

	if (me->suite != SRTP_SUITE_NONE && !me->awaits) {
		spec.opens = srtp_peer_key(me->suite, me->theirs);
		spec.seals = srtp_peer_key(me->suite, me->ours);
	}
	if (c->numbers && !control)
		payload_map_add(&spec.map, trunk ? 8 : 0, trunk ? 0 : 8);
	if (cover_is_asked(&spec) && !(me->cover[control] && cover_fits(me->cover[control], &spec)))
		me->cover[control] = cover_new(&spec, me->cover[control], me->cover[!control]);
	o.set.spec = spec;
	o.set.peer = flow_index(&c->s->flows, spec.peer);
	o.set.cover = cover_is_asked(&spec) ? me->cover[control] : NULL;
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = trunk };
	flow_order(&c->s->flows, &o, c->now, tell, c->s);
	cover_pile_free(&c->s->flows.covers);
}

static void port_shut(struct call *c, bool trunk, bool control)
{
	const struct order o = { .kind = ORDER_CLEAR, .index = flow_index(&c->s->flows, own_of(c, trunk, control)) };

	(trunk ? &c->trunk : &c->phone)->cover[control] = NULL;
	flow_order(&c->s->flows, &o, c->now, tell, c->s);
	cover_pile_free(&c->s->flows.covers);
}

static void call_order(struct call *c)
{
	for (unsigned trunk = 0; trunk < 2; trunk++) {
		port_order(c, trunk, false);
		if ((trunk ? &c->trunk : &c->phone)->mux)
			port_shut(c, trunk, true);
		else
			port_order(c, trunk, true);
	}
}

static void side_begin(struct side *side, uint8_t ours, uint8_t theirs)
{
	const struct srtp_key hears = srtp_peer_key(side->suite, ours), speaks = srtp_peer_key(side->suite, theirs);

	side->ours = ours;
	side->theirs = theirs;
	if (side->suite != SRTP_SUITE_NONE)
		srtp_peer_open(&side->peer, &hears, &speaks);
}

static void side_end(struct side *side)
{
	if (side->suite != SRTP_SUITE_NONE)
		srtp_peer_close(&side->peer);
}

static void call_begin(struct call *c, struct stage *s)
{
	c->s = s;
	c->now = 1000;
	side_begin(&c->phone, 1, 2);
	side_begin(&c->trunk, 3, 4);
	call_order(c);
}

static void call_end(struct call *c)
{
	side_end(&c->phone);
	side_end(&c->trunk);
}

static uint32_t packet_make(uint8_t *p, uint16_t seq, bool control)
{
	static const uint8_t report[] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };

	if (control) {
		memcpy(p, report, sizeof(report));
		return sizeof(report);
	}
	memset(p, 0x55, VOICE);
	memcpy(p, RTP, 12);
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	return VOICE;
}

/* A side says something, from where it is expected, or elsewhere; what becomes of it. */
static enum verdict say_from(struct call *c, bool trunk, bool control, const char *from)
{
	struct side *me = trunk ? &c->trunk : &c->phone;
	uint8_t p[512];
	uint32_t n = packet_make(p, c->seq, control);
	struct addr to;
	char text[ADDR_TEXT_MAX];

	if (trunk && c->numbers && !control)
		p[1] = 8;
	if (me->suite != SRTP_SUITE_NONE)
		n = srtp_peer_seals(&me->peer, p, n, control);
	to = c->s->conf.realms[own_of(c, trunk, control && !me->mux).realm].address;
	to.port = own_of(c, trunk, control && !me->mux).port;
	burst_free(c->s);
	put(c->s, from, addr_text(&to, text), span_of((const char *)p, n));
	run_at(c->s, c->now);
	return (enum verdict)c->s->b.packet[0].verdict;
}

static enum verdict say(struct call *c, bool trunk, bool control)
{
	return say_from(c, trunk, control, peer_of(c, trunk, control && !(trunk ? &c->trunk : &c->phone)->mux));
}

/* What left towards a side just now is whole, and this side can read it. */
static void hear(struct call *c, bool trunk, bool control)
{
	struct side *me = trunk ? &c->trunk : &c->phone;
	struct burst_nic *nic = &c->s->path.nic[trunk];
	struct rte_mbuf *m;
	struct frame f;
	uint8_t *p, want[512];
	uint32_t n;

	assert_int_equal(nic->n, 1);
	m = nic->mbuf[0];
	p = rte_pktmbuf_mtod(m, uint8_t *);
	assert_int_equal(frame_parse(p, m->data_len, &f), FRAME_OK);
	assert_true(datagram_sound(p));
	assert_int_equal(frame_len(&f), m->data_len);
	assert_int_equal(__builtin_bswap16(frame_source_port(p, &f)), own_of(c, trunk, control && !me->mux).port);
	n = f.payload_len;
	if (me->suite != SRTP_SUITE_NONE)
		n = srtp_peer_hears(&me->peer, p + frame_payload(&f), n, control);
	assert_int_equal(n, packet_make(want, c->seq, control));
	if (trunk && c->numbers && !control)
		want[1] = 8;
	assert_memory_equal(p + frame_payload(&f), want, n);
}

/* Both sides are heard by the other, and so is their RTCP. */
static void talk(struct call *c, unsigned packets)
{
	for (unsigned i = 0; i < packets; i++, c->seq++) {
		for (unsigned trunk = 0; trunk < 2; trunk++) {
			for (unsigned control = 0; control <= (i % 8 == 0); control++) {
				assert_int_equal(say(c, trunk, control), VERDICT_SENT);
				hear(c, !trunk, control);
				burst_free(c->s);
			}
		}
	}
}

static void all_kinds_of_sides_talk(void **state)
{
	static const struct {
		enum srtp_suite phone, trunk;
		bool phone_mux, trunk_mux, six, numbers;
	} cases[] = {
		{ SUITE, SRTP_SUITE_NONE, .six = false },
		{ SRTP_SUITE_NONE, SUITE, .six = false },
		{ SUITE, SUITE, .six = false },
		{ SRTP_SUITE_AEAD_AES_256_GCM, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, .six = false },
		{ SRTP_SUITE_AES_256_CM_HMAC_SHA1_80, SRTP_SUITE_AEAD_AES_128_GCM, .numbers = true },
		{ SUITE, SRTP_SUITE_NONE, .six = true },
		{ SRTP_SUITE_NONE, SUITE, .six = true, .numbers = true },
		{ SUITE, SUITE, .six = true, .numbers = true },
		{ SUITE, SRTP_SUITE_NONE, .phone_mux = true },
		{ SUITE, SUITE, .phone_mux = true, .trunk_mux = true },
		{ SUITE, SRTP_SUITE_AES_256_CM_HMAC_SHA1_32, .trunk_mux = true, .six = true },
		{ SRTP_SUITE_NONE, SRTP_SUITE_NONE, .phone_mux = true },
		{ SRTP_SUITE_NONE, SRTP_SUITE_NONE, .phone_mux = true, .trunk_mux = true, .numbers = true },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call c = {
			.phone = { .suite = cases[i].phone, .mux = cases[i].phone_mux },
			.trunk = { .suite = cases[i].trunk, .mux = cases[i].trunk_mux },
			.six = cases[i].six,
			.numbers = cases[i].numbers,
		};

		if (i)
			assert_int_equal(end(state) | begin(state), 0);
		call_begin(&c, *state);
		talk(&c, 40);
		call_end(&c);
	}
}

static void numbers_begin_again(void **state)
{
	struct call c = { .phone.suite = SUITE, .trunk.suite = SRTP_SUITE_AEAD_AES_128_GCM, .seq = 65400 };

	call_begin(&c, *state);
	talk(&c, 65536 + 300);
	call_end(&c);
}

/* M2: what opens is the proof, at once; nothing else is. */
static void who_has_the_key_is_known_at_once(void **state)
{
	struct call c = { .phone.suite = SUITE };
	const struct learn *l;

	call_begin(&c, *state);
	l = &c.s->flows.slow[flow_index(&c.s->flows, own_of(&c, false, false))].learn;
	for (unsigned i = 0; i < 2 * LEARN_CONFIRM; i++) {
		char rtp[] = RTP;

		rtp[3] = (char)i;
		put(c.s, PHONE, AT_PHONE, span_of(rtp, sizeof(rtp) - 1));
		run(c.s);
		assert_int_equal(c.s->b.packet[0].verdict, VERDICT_NOT_AUTHENTIC);
		burst_free(c.s);
	}
	assert_int_equal(l->state, PORT_WAITING);
	/* From another port of its host, as behind a NAT. */
	assert_int_equal(say_from(&c, false, false, "198.51.100.7:777"), VERDICT_SENT);
	assert_int_equal(l->state, PORT_LATCHED);
	assert_int_equal(l->source.port, 777);
	call_end(&c);
}

/* Who may not speak there at all is not asked for a proof: what he repeats is still new when it comes from the phone.
 */
static void who_repeats_from_elsewhere_does_no_harm(void **state)
{
	struct call c = { .phone.suite = SUITE };
	uint8_t sealed[512];
	uint32_t n;

	call_begin(&c, *state);
	talk(&c, 3);
	n = srtp_peer_seals(&c.phone.peer, sealed, packet_make(sealed, 77, false), false);
	put(c.s, "198.51.100.66:1", AT_PHONE, span_of((const char *)sealed, n)); /* not the host of the SDP */
	put(c.s, "198.51.100.7:1", AT_PHONE, span_of((const char *)sealed, n));  /* it, while the phone speaks */
	put(c.s, PHONE, AT_PHONE, span_of((const char *)sealed, n));
	put(c.s, PHONE, AT_PHONE, span_of((const char *)sealed, n));
	run_at(c.s, c.now);
	assert_int_equal(c.s->b.packet[0].verdict, VERDICT_SOURCE);
	assert_int_equal(c.s->b.packet[1].verdict, VERDICT_SOURCE);
	assert_int_equal(c.s->b.packet[2].verdict, VERDICT_SENT);
	assert_int_equal(c.s->b.packet[3].verdict, VERDICT_REPLAYED);
	call_end(&c);
}

/* The relay has just begun, and the side keeps a key that the last one knew: what was recorded then is heard once more,
 * but not when the side has spoken. */
static void what_was_recorded_before_a_kill(void **state)
{
	enum { RECORDED = 200 };
	const char *stranger = "198.51.100.7:666";
	struct call c = { .phone.suite = SUITE };
	uint8_t sealed[RECORDED][512];
	uint32_t n[RECORDED];

	call_begin(&c, *state);
	for (uint16_t i = 0; i < RECORDED; i++)
		n[i] = srtp_peer_seals(&c.phone.peer, sealed[i], packet_make(sealed[i], i, false), false);
	put(c.s, stranger, AT_PHONE, span_of((const char *)sealed[0], n[0]));
	put(c.s, stranger, AT_PHONE, span_of((const char *)sealed[0], n[0]));
	run_at(c.s, c.now);
	assert_int_equal(c.s->b.packet[0].verdict, VERDICT_SENT);
	assert_int_equal(c.s->b.packet[1].verdict, VERDICT_REPLAYED);
	c.seq = RECORDED;
	assert_int_equal(say(&c, false, false), VERDICT_SOURCE);
	c.now += LEARN_SILENCE_MS;
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_SENT);
	burst_free(c.s);
	put(c.s, stranger, AT_PHONE, span_of((const char *)sealed[1], n[1]));
	put(c.s, "198.51.100.7:667", AT_PHONE, span_of((const char *)sealed[1], n[1]));
	run_at(c.s, c.now);
	assert_int_equal(c.s->b.packet[0].verdict, VERDICT_REPLAYED);
	assert_int_equal(c.s->b.packet[1].verdict, VERDICT_SOURCE);
	call_end(&c);
}

/* A NAT has moved it: after a silence one packet is enough (M4). */
static void who_moves_proves_it_with_one_packet(void **state)
{
	struct call c = { .phone.suite = SUITE };

	call_begin(&c, *state);
	talk(&c, 3);
	assert_int_equal(say_from(&c, false, false, "198.51.100.7:999"), VERDICT_SOURCE);
	c.now += LEARN_SILENCE_MS;
	c.seq++;
	assert_int_equal(say_from(&c, false, false, "198.51.100.7:999"), VERDICT_SENT);
	c.seq++;
	assert_int_equal(say_from(&c, false, false, "198.51.100.7:999"), VERDICT_SENT);
	call_end(&c);
}

static void wrong_keys_and_what_is_plain_are_counted(void **state)
{
	struct call c = { .phone.suite = SUITE };
	const struct srtp_key other = srtp_peer_key(SUITE, 9);
	struct port_stats stats;

	call_begin(&c, *state);
	talk(&c, 2);
	srtp_peer_close(&c.phone.peer);
	srtp_peer_open(&c.phone.peer, &other, &other);
	assert_int_equal(say(&c, false, false), VERDICT_NOT_AUTHENTIC);
	assert_int_equal(say(&c, false, true), VERDICT_REPLAYED); /* its number is looked at first */
	assert_int_equal(say(&c, false, true), VERDICT_NOT_AUTHENTIC);
	put(c.s, PHONE, AT_PHONE, SPAN(RTP));
	run_at(c.s, c.now);
	assert_int_equal(c.s->b.packet[c.s->b.n - 1].verdict, VERDICT_NOT_AUTHENTIC);
	flow_stats(&c.s->flows, flow_index(&c.s->flows, own_of(&c, false, false)), 0, &stats);
	assert_int_equal(stats.unopened_packets, 2);
	call_end(&c);
}

static void before_keys_are_known_nothing_passes(void **state)
{
	struct call c = { .phone = { .suite = SUITE, .awaits = true } };

	call_begin(&c, *state);
	assert_int_equal(say(&c, false, false), VERDICT_NO_KEYS);
	assert_int_equal(say(&c, false, true), VERDICT_NO_KEYS);
	assert_int_equal(say(&c, true, false), VERDICT_NO_KEYS);
	assert_int_equal(say(&c, true, true), VERDICT_NO_KEYS);
	burst_free(c.s);
	c.phone.awaits = false;
	call_order(&c);
	c.seq++;
	talk(&c, 3);
	call_end(&c);
}

/* Told the same again, nothing of what there has been is forgotten. */
static void the_same_keys_again_change_nothing(void **state)
{
	struct call c = { .phone.suite = SUITE, .trunk.suite = SUITE, .seq = 65530 };
	uint8_t sealed[512];
	uint32_t n;

	call_begin(&c, *state);
	talk(&c, 20);
	n = srtp_peer_seals(&c.phone.peer, sealed, packet_make(sealed, c.seq++, false), false);
	for (unsigned i = 0; i < 2; i++) {
		put(c.s, PHONE, AT_PHONE, span_of((const char *)sealed, n));
		run_at(c.s, c.now);
		assert_int_equal(c.s->b.packet[0].verdict, i ? VERDICT_REPLAYED : VERDICT_SENT);
		burst_free(c.s);
		c.phone.cover[0] = c.s->flows.slow[1].cover;
		call_order(&c);
	}
	talk(&c, 20);
	call_end(&c);
}

static void rekey(struct call *c)
{
	const struct srtp_key hears = srtp_peer_key(SUITE, c->phone.ours),
			      speaks = srtp_peer_key(SUITE, c->phone.theirs);

	srtp_peer_close(&c->phone.peer);
	srtp_peer_open(&c->phone.peer, &hears, &speaks);
}

/* What is on its way with the old key is still heard, until the new one has been used, or for two seconds. */
static void keys_change(void **state)
{
	struct call c = { .phone.suite = SUITE, .phone.mux = true };

	call_begin(&c, *state);
	talk(&c, 3);
	c.phone.theirs = 7;
	call_order(&c);
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_SENT);
	rekey(&c);
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_SENT);
	c.phone.theirs = 2;
	rekey(&c);
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_NOT_AUTHENTIC);
	c.phone.theirs = 8;
	call_order(&c);
	c.phone.theirs = 7;
	rekey(&c);
	c.now += COVER_FORMER_MS;
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_NOT_AUTHENTIC);
	burst_free(c.s);
	/* What leaves has the new key at once. */
	c.phone.theirs = 8;
	c.phone.ours = 5;
	call_order(&c);
	rekey(&c);
	c.seq++;
	talk(&c, 3);
	call_end(&c);
}

/* Phones that ring at once are heard by turns: each goes on as it was, over the end of its numbers. */
static void keys_come_back(void **state)
{
	struct call c = { .phone.suite = SUITE, .seq = 65530 };
	struct srtp_peer first;

	call_begin(&c, *state);
	talk(&c, 20);
	first = c.phone.peer;
	side_begin(&c.phone, 5, 6);
	call_order(&c);
	talk(&c, 20);
	side_end(&c.phone);
	c.phone.peer = first;
	c.phone.ours = 1;
	c.phone.theirs = 2;
	call_order(&c);
	c.seq -= 20; /* has been sealed for the other one alone */
	talk(&c, 40);
	call_end(&c);
}

/* One re-INVITE puts RTCP on the port of RTP, the next one takes it away from there, and the keys stay: whoever has
 * them takes no number twice (RFC 3711 9.1). */
static void rtcp_changes_its_port(void **state)
{
	struct call c = { .phone.suite = SUITE, .trunk.suite = SRTP_SUITE_AEAD_AES_128_GCM };

	call_begin(&c, *state);
	for (unsigned i = 0; i < 8; i++) {
		c.phone.mux = i & 1;
		c.trunk.mux = i & 2;
		call_order(&c);
		talk(&c, 9);
	}
	call_end(&c);
}

/* A re-INVITE may take it away, or bring it. */
static void from_sealed_to_plain_and_back(void **state)
{
	struct call c = { .phone.suite = SUITE };

	call_begin(&c, *state);
	talk(&c, 3);
	side_end(&c.phone);
	c.phone.suite = SRTP_SUITE_NONE;
	call_order(&c);
	talk(&c, 10);
	memset(c.phone.cover, 0, sizeof(c.phone.cover));
	c.phone.suite = SRTP_SUITE_AES_256_CM_HMAC_SHA1_80;
	side_begin(&c.phone, 11, 12);
	call_order(&c);
	talk(&c, 10);
	call_end(&c);
}

/* One number is sealed once: what a plain side sends twice is heard once, so that nothing is given away. */
static void what_is_sent_twice_is_sealed_once(void **state)
{
	struct call c = { .phone.suite = SUITE };

	call_begin(&c, *state);
	talk(&c, 3);
	assert_int_equal(say(&c, true, false), VERDICT_SENT);
	assert_int_equal(say(&c, true, false), VERDICT_UNSEALED);
	call_end(&c);
}

/* Reports and keepalives of ours, digits that we dial. */
static void what_we_say_ourselves_is_sealed(void **state)
{
	struct call c = { .phone.suite = SUITE };
	struct order o = {
		.kind = ORDER_DIAL,
		.dial = { .id = 1, .duration = 320, .step = 160, .ratio = 1, .event = 5, .payload_type = 96 }
	};
	uint8_t p[64], made[DIAL_LEN];
	struct rte_mbuf *m;
	uint32_t n;

	call_begin(&c, *state);
	c.s->path.nic[0].pool = pool;
	talk(&c, 1);
	for (unsigned control = 0; control < 2; control++) {
		n = control ? packet_make(p, 0, true) : 12;
		if (!control)
			memcpy(p, "\x80\x7f\0\1\0\0\0\0\0\0\0\1", 12);
		inject_queue(&c.s->path, flow_index(&c.s->flows, own_of(&c, false, control)), p, (uint16_t)n);
		m = c.s->path.nic[0].mbuf[0];
		assert_true(datagram_sound(rte_pktmbuf_mtod(m, uint8_t *)));
		assert_int_equal(
			srtp_peer_hears(&c.phone.peer, rte_pktmbuf_mtod(m, uint8_t *) + 42, m->data_len - 42u, control),
			n);
		rte_pktmbuf_free(m);
		c.s->path.nic[0].n = 0;
	}
	/* What nobody could take for SRTP is not sent. */
	inject_queue(&c.s->path, flow_index(&c.s->flows, own_of(&c, false, false)), p, 2);
	assert_int_equal(c.s->path.nic[0].n, 0);
	/* A digit in the place of what the trunk says. */
	o.index = flow_index(&c.s->flows, own_of(&c, true, false));
	assert_false(dialport_order(&c.s->flows, &o, c.now, tell, c.s, made));
	c.seq++;
	assert_int_equal(say(&c, true, false), VERDICT_SENT);
	m = c.s->path.nic[0].mbuf[0];
	assert_true(datagram_sound(rte_pktmbuf_mtod(m, uint8_t *)));
	assert_int_equal(srtp_peer_hears(&c.phone.peer, rte_pktmbuf_mtod(m, uint8_t *) + 42, m->data_len - 42u, false),
			 DIAL_LEN);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[43] & 0x7f, 96);
	call_end(&c);
}

/* What is longer with its tag than its way allows, and what has no room for one. */
static void too_long_with_its_tag(void **state)
{
	struct call c = { .trunk.suite = SUITE };
	struct port_stats stats;

	call_begin(&c, *state);
	talk(&c, 1);
	c.s->path.nic[1].frame_max = 42 + VOICE + 9;
	assert_int_equal(say(&c, false, false), VERDICT_TOO_LONG);
	flow_stats(&c.s->flows, flow_index(&c.s->flows, own_of(&c, false, false)), 0, &stats);
	assert_int_equal(stats.unsent_packets, 1);
	c.s->path.nic[1].frame_max++;
	c.seq++;
	assert_int_equal(say(&c, false, false), VERDICT_SENT);
	hear(&c, true, false);
	burst_free(c.s);
	c.seq++;
	put(c.s, PHONE, AT_PHONE, SPAN(RTP));
	c.s->b.mbuf[0]->buf_len = (uint16_t)(c.s->b.mbuf[0]->data_off + 42 + sizeof(RTP) - 1 + SEAL_ROOM - 1);
	run_at(c.s, c.now);
	assert_int_equal(c.s->b.packet[0].verdict, VERDICT_TOO_LONG);
	c.s->b.mbuf[0]->buf_len = (uint16_t)(RTE_MBUF_DEFAULT_BUF_SIZE);
	call_end(&c);
}

static int all_begin(void **state)
{
	return srtp_init() == srtp_err_status_ok ? dpdk_begin(state) : -1;
}

static int all_end(void **state)
{
	srtp_shutdown();
	return dpdk_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(all_kinds_of_sides_talk),
		BURST_TEST(numbers_begin_again),
		BURST_TEST(who_has_the_key_is_known_at_once),
		BURST_TEST(who_repeats_from_elsewhere_does_no_harm),
		BURST_TEST(what_was_recorded_before_a_kill),
		BURST_TEST(who_moves_proves_it_with_one_packet),
		BURST_TEST(wrong_keys_and_what_is_plain_are_counted),
		BURST_TEST(before_keys_are_known_nothing_passes),
		BURST_TEST(the_same_keys_again_change_nothing),
		BURST_TEST(keys_change),
		BURST_TEST(keys_come_back),
		BURST_TEST(rtcp_changes_its_port),
		BURST_TEST(from_sealed_to_plain_and_back),
		BURST_TEST(what_is_sent_twice_is_sealed_once),
		BURST_TEST(what_we_say_ourselves_is_sealed),
		BURST_TEST(too_long_with_its_tag),
	};

	return cmocka_run_group_tests(tests, all_begin, all_end);
}
