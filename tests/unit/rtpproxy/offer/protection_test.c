/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/protection.h"

#include "tests/unit/rtpproxy/rig.h"

#define KEY_A                 "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
#define KEY_A2                "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw"
#define KEY_B                 "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlq"
#define KEY_C                 "QUJDREVGR0hJSkFCQ0RFRkdISUpBQkNERUZHSElK"
#define LINE(tag, suite, key) "a=crypto:" tag " " suite " inline:" key "\r\n"
#define AES80(key)            LINE("1", "AES_CM_128_HMAC_SHA1_80", key)
#define AES32(key)            LINE("2", "AES_CM_128_HMAC_SHA1_32", key)
#define SAVP(port)            "m=audio " port " RTP/SAVP 0 8\r\n"

/* Line number at (from 0) of the keys in the description that was answered with; suite SRTP_SUITE_NONE: there is none.
 */
static struct sdp_crypto crypto_at(const struct rig *g, unsigned at)
{
	struct span left = g->answer.sdp;
	struct sdp_crypto c = { 0 };

	for (;; at--) {
		const uint32_t from = span_search(left, SPAN("a=crypto:"));

		if (from == left.n)
			return (struct sdp_crypto){ 0 };
		left = span_from(left, from + sizeof("a=crypto:") - 1);
		if (at == 0)
			break;
	}
	assert_int_equal(sdp_crypto_parse(span_slice(left, 0, span_find(left, '\r')), &c), 0);
	return c;
}

static struct srtp_key key_of(const char *line)
{
	struct sdp_crypto c;

	assert_int_equal(sdp_crypto_parse(span_slice(span_str(line), sizeof("a=crypto:") - 1, UINT32_MAX), &c), 0);
	return c.key;
}

static void assert_key(struct srtp_key a, struct srtp_key b)
{
	assert_memory_equal(&a, &b, sizeof(a));
}

static bool keys_differ(struct srtp_key a, struct srtp_key b)
{
	return memcmp(&a, &b, sizeof(a)) != 0;
}

static const struct srtp_key plain;

/* Of the port and its RTCP. */
static void assert_sealed(struct rig *g, unsigned realm, int port, struct srtp_key opens, struct srtp_key seals)
{
	for (int i = 0; i < 2; i++) {
		const struct port_spec *spec = rig_spec(g, realm, port + i);

		assert_key(spec->opens, opens);
		assert_key(spec->seals, seals);
		assert_false(spec->awaits_keys);
	}
}

static const char *offer_of(struct rig *g, const char *media)
{
	return rig_sdp(g, "198.51.100.7", media);
}

static const char *answer_of(struct rig *g, const char *media)
{
	return rig_sdp(g, "10.0.0.50", media);
}

static void sealed_on_one_side(void **state)
{
	struct rig *g = *state;
	const struct srtp_key theirs = key_of(AES80(KEY_A));
	struct sdp_crypto ours;
	int lan, out;

	rig_offer_with(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)), "RTP/AVP");
	assert_ok(g);
	assert_int_equal(crypto_at(g, 0).key.suite, SRTP_SUITE_NONE);
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000")));
	assert_ok(g);
	out = rig_port_of(g, 0);
	ours = crypto_at(g, 0);
	assert_int_equal(ours.tag, 1);
	assert_int_equal(ours.key.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	assert_true(keys_differ(ours.key, theirs));
	assert_sealed(g, RIG_OUT, out, theirs, ours.key);
	assert_sealed(g, RIG_LAN, lan, plain, plain);
}

static void sealed_on_the_other_side(void **state)
{
	struct rig *g = *state;
	const struct srtp_key theirs = key_of(AES80(KEY_B));
	struct sdp_crypto ours;
	int lan;

	rig_offer_with(g, "c", offer_of(g, RIG_AUDIO("4000")), "RTP/SAVP");
	assert_ok(g);
	lan = rig_port_of(g, 0);
	ours = crypto_at(g, 0);
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	assert_ok(g);
	assert_sealed(g, RIG_LAN, lan, theirs, ours.key);
	assert_sealed(g, RIG_OUT, rig_port_of(g, 0), plain, plain);
}

/* Each side in a suite of its own. */
static void sealed_on_both_sides(void **state)
{
	struct rig *g = *state;
	const char *const of_a = LINE("7", "F8_128_HMAC_SHA1_80", "x") LINE("8", "AES_CM_128_HMAC_SHA1_32", KEY_A);
	const struct srtp_key a = key_of(LINE("8", "AES_CM_128_HMAC_SHA1_32", KEY_A)), b = key_of(AES80(KEY_B));
	struct sdp_crypto to_a, to_b;
	char media[512];
	int lan;

	snprintf(media, sizeof(media), SAVP("4000") "%s", of_a);
	rig_offer(g, "c", offer_of(g, media));
	lan = rig_port_of(g, 0);
	to_b = crypto_at(g, 0);
	assert_int_equal(to_b.key.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	assert_ok(g);
	to_a = crypto_at(g, 0);
	assert_int_equal(to_a.tag, 8);
	assert_true(memcmp(to_a.key.secret, to_b.key.secret, 30) != 0);
	assert_sealed(g, RIG_OUT, rig_port_of(g, 0), a, to_a.key);
	assert_sealed(g, RIG_LAN, lan, b, to_b.key);
}

/* Before there is an answer nothing can be opened: it is not taken for plain. */
static void nothing_passes_without_keys(void **state)
{
	struct rig *g = *state;
	int out;

	rig_offer_with(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)), "RTP/AVP");
	for (out = 20000; !g->ports[RIG_OUT][out].is_set; out++)
		;
	assert_true(rig_spec(g, RIG_OUT, out)->awaits_keys);
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000")));
	assert_int_equal(rig_port_of(g, 0), out);
	assert_false(rig_spec(g, RIG_OUT, out)->awaits_keys);
}

static const struct {
	const char *flags;
	unsigned suites[SRTP_SUITE_N]; /* ends with SRTP_SUITE_NONE */
} choices[] = {
	{ "RTP/SAVP",
	  { SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, SRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	    SRTP_SUITE_AES_256_CM_HMAC_SHA1_32, SRTP_SUITE_AEAD_AES_128_GCM, SRTP_SUITE_AEAD_AES_256_GCM } },
	{ "RTP/SAVP SDES-no-AES_CM_128_HMAC_SHA1_80 SDES-no-AES_256_CM_HMAC_SHA1_32 SDES-no-AEAD_AES_128_GCM",
	  { SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, SRTP_SUITE_AES_256_CM_HMAC_SHA1_80, SRTP_SUITE_AEAD_AES_256_GCM } },
	{ "RTP/SAVP SDES-only-AEAD_AES_256_GCM SDES-only-AES_CM_128_HMAC_SHA1_32",
	  { SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, SRTP_SUITE_AEAD_AES_256_GCM } },
	{ "RTP/SAVP SDES-only-AEAD_AES_256_GCM SDES-no-AES_CM_128_HMAC_SHA1_32", { SRTP_SUITE_AEAD_AES_256_GCM } },
};

/* The suites that are offered, each answered: our key in it is that line's. */
static void any_line_of_ours_may_be_answered(void **state)
{
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		for (unsigned k = 0; choices[i].suites[k]; k++) {
			struct sdp_crypto ours, theirs = { .tag = choices[i].suites[k] };
			char media[512];
			struct writer w = writer_over(media, sizeof(media) - 1);
			int lan;

			rig_offer_with(g, "c", offer_of(g, RIG_AUDIO("4000")), choices[i].flags);
			lan = rig_port_of(g, 0);
			ours = crypto_at(g, k);
			assert_int_equal(ours.key.suite, choices[i].suites[k]);
			assert_true(choices[i].suites[k + 1] || !crypto_at(g, k + 1).key.suite);
			theirs.key.suite = ours.key.suite;
			writer_str(&w, SAVP("6000"));
			sdp_crypto_write(&w, &theirs);
			media[w.n] = '\0';
			rig_answer(g, "c", answer_of(g, media));
			assert_ok(g);
			assert_sealed(g, RIG_LAN, lan, theirs.key, ours.key);
			rig_delete(g, "c");
		}
	}
}

static void no_suite_left_is_an_error(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", offer_of(g, RIG_AUDIO("4000")),
		       "RTP/SAVP SDES-only-AEAD_AES_256_GCM SDES-no-AEAD_AES_256_GCM");
	assert_refused(g, "SRTP without keys that can be used");
	assert_int_equal(relay_sessions(&g->relay), 0);
}

/* What one side of a call has as keys. */
struct keys {
	struct srtp_key ours, theirs;
};

struct call {
	int out, lan;
};

static struct keys keys_at(struct rig *g, unsigned realm, int port)
{
	const struct port_spec *spec = rig_spec(g, realm, port);

	return (struct keys){ spec->seals, spec->opens };
}

static struct call call_begin(struct rig *g)
{
	struct call c;

	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	c.lan = rig_port_of(g, 0);
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	assert_ok(g);
	c.out = rig_port_of(g, 0);
	return c;
}

/* Hold, and going on: the same keys, the same bytes. */
static void what_comes_again_changes_no_key(void **state)
{
	static const char *const again[] = {
		SAVP("4000") AES80(KEY_A),
		SAVP("4000") "a=sendonly\r\n" AES80(KEY_A),
		SAVP("4000") "c=IN IP4 0.0.0.0\r\n" AES80(KEY_A),
		SAVP("4002") AES80(KEY_A),
	};
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys out = keys_at(g, RIG_OUT, c.out), lan = keys_at(g, RIG_LAN, c.lan);

	for (unsigned i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		rig_offer(g, "c", offer_of(g, again[i]));
		assert_ok(g);
		assert_memory_equal(crypto_at(g, 0).key.secret, lan.ours.secret, 30);
		rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
		assert_ok(g);
		assert_sealed(g, RIG_OUT, c.out, out.theirs, out.ours);
		assert_sealed(g, RIG_LAN, c.lan, lan.theirs, lan.ours);
	}
}

/* RFC 3711 9.1: with tags of another length numbers begin again, so the key must be another one; back at the first
 * suite it is the first one, under which the packet path goes on. */
static void another_suite_has_another_key(void **state)
{
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys first = keys_at(g, RIG_LAN, c.lan);
	const char *const answers[] = { SAVP("6000") AES32(KEY_B), SAVP("6000") AES80(KEY_B) };

	for (unsigned i = 0; i < 2; i++) {
		struct keys now;

		rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
		rig_answer(g, "c", answer_of(g, answers[i]));
		assert_ok(g);
		now = keys_at(g, RIG_LAN, c.lan);
		assert_int_equal(now.ours.suite, now.theirs.suite);
		assert_int_equal(memcmp(now.ours.secret, first.ours.secret, 16) == 0, i);
	}
	assert_key(keys_at(g, RIG_LAN, c.lan).ours, first.ours);
}

/* Its voice is answered with fax: no line tells it a key of ours, so none holds, nor is one made up that it hears of
 * later.
 */
static void who_was_told_no_key_has_none(void **state)
{
	static const uint8_t nothing[SRTP_SECRET_MAX];
	struct rig *g = *state;
	int out;

	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	rig_answer(g, "c", answer_of(g, "m=image 6000 udptl t38\r\n"));
	assert_ok(g);
	assert_int_equal(crypto_at(g, 0).key.suite, SRTP_SUITE_NONE);
	for (unsigned port = 0; port <= UINT16_MAX; port++)
		assert_int_equal(g->ports[RIG_OUT][port].spec.seals.suite, SRTP_SUITE_NONE);
	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	assert_ok(g);
	out = rig_port_of(g, 0);
	assert_memory_not_equal(crypto_at(g, 0).key.secret, nothing, 30);
	assert_sealed(g, RIG_OUT, out, key_of(AES80(KEY_A)), crypto_at(g, 0).key);
}

static void the_same_offer_has_the_same_version(void **state)
{
	struct rig *g = *state;
	char first[2048];

	call_begin(g);
	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	snprintf(first, sizeof(first), "%.*s", SPAN_ARG(g->answer.sdp));
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	assert_true(span_eq(g->answer.sdp, span_str(first)));
}

/* A side's new key is answered by a new one of ours: whoever sends with it knows nothing of the old one's packets. Both
 * hold with the answer, not before. */
static void a_new_key_gets_a_new_key(void **state)
{
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys out = keys_at(g, RIG_OUT, c.out), lan = keys_at(g, RIG_LAN, c.lan);
	const struct srtp_key next = key_of(AES80(KEY_A2));
	struct sdp_crypto ours;

	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A2)));
	assert_sealed(g, RIG_OUT, c.out, out.theirs, out.ours);
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	ours = crypto_at(g, 0);
	assert_true(keys_differ(ours.key, out.ours));
	assert_sealed(g, RIG_OUT, c.out, next, ours.key);
	assert_sealed(g, RIG_LAN, c.lan, lan.theirs, lan.ours);
}

static void an_offer_that_fails_changes_no_key(void **state)
{
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys out = keys_at(g, RIG_OUT, c.out), lan = keys_at(g, RIG_LAN, c.lan);

	rig_offer_with(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A2)), "RTP/SAVPF");
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c" });
	assert_ok(g);
	rig_offer(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)));
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_C)));
	assert_sealed(g, RIG_OUT, c.out, out.theirs, out.ours);
	/* The called side chose a new one for what it sends, and has been told ours. */
	assert_sealed(g, RIG_LAN, c.lan, key_of(AES80(KEY_C)), lan.ours);
}

/* Once it was in the clear, an old key is never used again. */
static void back_from_plain_with_a_new_key(void **state)
{
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys out = keys_at(g, RIG_OUT, c.out), lan = keys_at(g, RIG_LAN, c.lan);

	rig_offer_with(g, "c", offer_of(g, RIG_AUDIO("4000")), "RTP/AVP");
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000")));
	assert_sealed(g, RIG_OUT, c.out, plain, plain);
	assert_sealed(g, RIG_LAN, c.lan, plain, plain);
	rig_offer_with(g, "c", offer_of(g, SAVP("4000") AES80(KEY_A)), "RTP/SAVP");
	rig_answer(g, "c", answer_of(g, SAVP("6000") AES80(KEY_B)));
	assert_true(keys_differ(keys_at(g, RIG_OUT, c.out).ours, out.ours));
	assert_true(keys_differ(keys_at(g, RIG_LAN, c.lan).ours, lan.ours));
}

static void branch_offer(struct rig *g, const char *via)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = via,
				     .sdp = offer_of(g, SAVP("4000") AES80(KEY_A)),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
	assert_ok(g);
}

static void branch_answer(struct rig *g, const char *via, const char *tag, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = tag,
				     .via = via,
				     .sdp = answer_of(g, media),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	assert_ok(g);
}

/* What the client says of the first offer holds for those that come later, either way round: nobody is asked to do
 * without the protection that he has. */
static void a_side_keeps_its_protection(void **state)
{
	static const struct {
		const char *flags, *near, *far; /* m-lines of the two */
		const char *near_again, *shown_to_near, *shown_to_far;
	} cases[] = {
		{ "RTP/AVP", SAVP("4000") AES80(KEY_A), RIG_AUDIO("6000"), SAVP("4000") AES80(KEY_A), " RTP/SAVP ",
		  " RTP/AVP " },
		{ "RTP/SAVP", RIG_AUDIO("4000"), SAVP("6000") AES80(KEY_B), RIG_AUDIO("4000"), " RTP/AVP ",
		  " RTP/SAVP " },
		/* Keys beside plain RTP, on one side. */
		{ "OSRTP-offer", RIG_AUDIO("4000"), RIG_AUDIO("6000") AES80(KEY_B), RIG_AUDIO("4000"), " RTP/AVP ",
		  "a=crypto:" },
		/* Who goes over to it does so for himself. */
		{ NULL, RIG_AUDIO("4000"), RIG_AUDIO("6000"), SAVP("4000") AES80(KEY_A), " RTP/SAVP ", " RTP/AVP " },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", offer_of(g, cases[i].near), cases[i].flags);
		rig_answer(g, "c", answer_of(g, cases[i].far));
		assert_ok(g);
		rig_offer(g, "c", offer_of(g, cases[i].near_again));
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].shown_to_far))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		rig_answer(g, "c", answer_of(g, cases[i].far));
		assert_ok(g);
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "B",
					     .to = "A",
					     .sdp = answer_of(g, cases[i].far),
					     .received = "10.0.0.50" });
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].shown_to_near))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		rig_delete(g, "c");
	}
}

/* F2: the caller has one key of ours, whoever of the called answers; these have one each. */
static void branches_have_keys_of_their_own(void **state)
{
	struct rig *g = *state;
	struct sdp_crypto to_1, to_2, to_a;
	int one, two, out;

	branch_offer(g, "z1");
	one = rig_port_of(g, 0);
	to_1 = crypto_at(g, 0);
	branch_offer(g, "z2");
	two = rig_port_of(g, 0);
	to_2 = crypto_at(g, 0);
	assert_true(keys_differ(to_1.key, to_2.key));
	branch_answer(g, "z1", "B1", SAVP("6000") AES80(KEY_B));
	out = rig_port_of(g, 0);
	to_a = crypto_at(g, 0);
	assert_sealed(g, RIG_LAN, one, key_of(AES80(KEY_B)), to_1.key);
	branch_answer(g, "z2", "B2", SAVP("6002") AES80(KEY_C));
	assert_key(crypto_at(g, 0).key, to_a.key);
	assert_sealed(g, RIG_LAN, two, key_of(AES80(KEY_C)), to_2.key);
	assert_sealed(g, RIG_OUT, out, key_of(AES80(KEY_A)), to_a.key);
}

/* The called side makes an offer in the call: roles change, keys do not. */
static void the_other_side_offers(void **state)
{
	struct rig *g = *state;
	const struct call c = call_begin(g);
	const struct keys out = keys_at(g, RIG_OUT, c.out), lan = keys_at(g, RIG_LAN, c.lan);

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = answer_of(g, SAVP("6000") AES80(KEY_B)),
				     .received = "10.0.0.50" });
	assert_ok(g);
	assert_memory_equal(crypto_at(g, 0).key.secret, out.ours.secret, 30);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = offer_of(g, SAVP("4000") AES80(KEY_A)),
				     .received = "198.51.100.7" });
	assert_ok(g);
	assert_key(crypto_at(g, 0).key, lan.ours);
	assert_sealed(g, RIG_OUT, c.out, out.theirs, out.ours);
	assert_sealed(g, RIG_LAN, c.lan, lan.theirs, lan.ours);
}

/* A port that was given back and one that is taken anew: the packet path knows nothing of the old key's packets. */
static void a_stream_that_comes_back_has_a_new_key(void **state)
{
	struct rig *g = *state;
	struct sdp_crypto before;

	rig_offer(g, "c", offer_of(g, RIG_AUDIO("4000") SAVP("4002") AES80(KEY_A)));
	before = crypto_at(g, 0);
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000") SAVP("6002") AES80(KEY_B)));
	rig_offer(g, "c", offer_of(g, RIG_AUDIO("4000") SAVP("0")));
	assert_int_equal(crypto_at(g, 0).key.suite, SRTP_SUITE_NONE);
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000") SAVP("0")));
	rig_offer(g, "c", offer_of(g, RIG_AUDIO("4000") SAVP("4002") AES80(KEY_A)));
	assert_true(keys_differ(crypto_at(g, 0).key, before.key));
}

/* The called side may take part of what is offered. */
static void streams_are_protected_one_by_one(void **state)
{
	struct rig *g = *state;
	int lan[2];

	rig_offer(g, "c", offer_of(g, RIG_AUDIO("4000") SAVP("4002") AES80(KEY_A)));
	assert_ok(g);
	lan[0] = rig_port_of(g, 0);
	lan[1] = rig_port_of(g, 1);
	rig_answer(g, "c", answer_of(g, RIG_AUDIO("6000") SAVP("6002") AES80(KEY_B)));
	assert_ok(g);
	assert_sealed(g, RIG_LAN, lan[0], plain, plain);
	assert_true(rig_spec(g, RIG_LAN, lan[1])->opens.suite != SRTP_SUITE_NONE);
}

/* A plain call has nothing of all this. */
static void plain_streams_have_no_room_for_it(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	for (const struct session *s = g->relay.all.first; s; s = s->next) {
		assert_null(s->near->stream[0].secure);
		assert_null(s->far->stream[0].secure);
		assert_null(s->near->stream[0].now.terms);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(sealed_on_one_side),
		TEST(sealed_on_the_other_side),
		TEST(sealed_on_both_sides),
		TEST(nothing_passes_without_keys),
		TEST(any_line_of_ours_may_be_answered),
		TEST(no_suite_left_is_an_error),
		TEST(what_comes_again_changes_no_key),
		TEST(another_suite_has_another_key),
		TEST(who_was_told_no_key_has_none),
		TEST(the_same_offer_has_the_same_version),
		TEST(a_new_key_gets_a_new_key),
		TEST(an_offer_that_fails_changes_no_key),
		TEST(back_from_plain_with_a_new_key),
		TEST(a_side_keeps_its_protection),
		TEST(branches_have_keys_of_their_own),
		TEST(the_other_side_offers),
		TEST(a_stream_that_comes_back_has_a_new_key),
		TEST(streams_are_protected_one_by_one),
		TEST(plain_streams_have_no_room_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
