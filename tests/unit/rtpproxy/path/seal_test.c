/* SPDX-License-Identifier: BSD-3-Clause */
/* Both ways against libsrtp, in all suites. */
#include "rtpproxy/path/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/rtpproxy/srtp_peer.h"

enum { RTP_LEN = 12 + 160, RTCP_LEN = 28 };

struct talk {
	struct seal *in, *out;
	struct srtp_peer peer;
};

static void talk_begin(struct talk *t, enum srtp_suite suite)
{
	const struct srtp_key ours = srtp_peer_key(suite, 1), theirs = srtp_peer_key(suite, 2);

	t->in = seal_new(&theirs);
	t->out = seal_new(&ours);
	assert_non_null(t->in);
	assert_non_null(t->out);
	srtp_peer_open(&t->peer, &ours, &theirs);
}

static void talk_end(struct talk *t)
{
	seal_drop(t->in);
	seal_drop(t->out);
	srtp_peer_close(&t->peer);
}

static uint32_t rtp_of(uint8_t *p, uint32_t ssrc, uint16_t seq)
{
	static const uint8_t head[] = { 0x80, 8, 0, 0, 0, 0, 0, 0 };

	memcpy(p, head, sizeof(head));
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	memcpy(p + 8, &ssrc, 4);
	for (unsigned i = 12; i < RTP_LEN; i++)
		p[i] = (uint8_t)(i * 3 + seq);
	return RTP_LEN;
}

static uint32_t rtcp_of(uint8_t *p, uint32_t ssrc, uint8_t number)
{
	static const uint8_t head[] = { 0x80, 200, 0, 6 };

	memset(p, number, RTCP_LEN);
	memcpy(p, head, sizeof(head));
	memcpy(p + 4, &ssrc, 4);
	return RTCP_LEN;
}

static uint32_t make(uint8_t *p, uint32_t ssrc, uint16_t seq, bool control)
{
	return control ? rtcp_of(p, ssrc, (uint8_t)seq) : rtp_of(p, ssrc, seq);
}

static enum seal_result hear(struct talk *t, uint32_t ssrc, uint16_t seq, bool control)
{
	uint8_t p[512], plain[512];
	const uint32_t whole = make(plain, ssrc, seq, control);
	enum seal_result result;
	uint32_t n;

	make(p, ssrc, seq, control);
	n = srtp_peer_seals(&t->peer, p, whole, control);
	assert_memory_not_equal(p, plain, whole);
	result = seal_open(t->in, p, &n, control);
	if (result != SEAL_DONE)
		return result;
	assert_int_equal(n, whole);
	assert_memory_equal(p, plain, whole);
	return SEAL_DONE;
}

static enum seal_result say(struct talk *t, uint32_t ssrc, uint16_t seq, bool control)
{
	uint8_t p[512], plain[512];
	const uint32_t whole = make(plain, ssrc, seq, control);
	enum seal_result result;
	uint32_t n = whole;

	make(p, ssrc, seq, control);
	result = seal_put(t->out, p, &n, control);
	if (result != SEAL_DONE)
		return result;
	assert_in_range(n, whole + 4, whole + SEAL_ROOM);
	assert_memory_not_equal(p + 12, plain + 12, whole - 12);
	assert_int_equal(srtp_peer_hears(&t->peer, p, n, control), whole);
	assert_memory_equal(p, plain, whole);
	return SEAL_DONE;
}

#define EACH_SUITE(suite) for (enum srtp_suite suite = SRTP_SUITE_NONE + 1; suite < SRTP_SUITE_N; suite++)

static void both_ways_in_all_suites(void **state)
{
	(void)state;

	EACH_SUITE(suite)
	{
		struct talk t;

		talk_begin(&t, suite);
		for (uint16_t i = 0; i < 200; i++) {
			assert_int_equal(hear(&t, 7, i, false), SEAL_DONE);
			assert_int_equal(say(&t, 8, i, false), SEAL_DONE);
			if (i % 10)
				continue;
			assert_int_equal(hear(&t, 7, i, true), SEAL_DONE);
			assert_int_equal(say(&t, 8, i, true), SEAL_DONE);
		}
		talk_end(&t);
	}
}

/* Contributing sources, an extension, padding, nothing in it. */
static void headers_of_all_kinds(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t n;
	} cases[] = {
		{ "\x80\x00\x00\x01\0\0\0\1\0\0\0\7", 12 },
		{ "\x82\x00\x00\x02\0\0\0\1\0\0\0\7\1\1\1\1\2\2\2\2voice", 25 },
		{ "\x90\x00\x00\x03\0\0\0\1\0\0\0\7\xbe\xde\0\1\x10\xff\0\0voice", 25 },
		{ "\xa0\x00\x00\x04\0\0\0\1\0\0\0\7voice\0\0\3", 20 },
	};
	(void)state;

	EACH_SUITE(suite)
	{
		struct talk t;

		talk_begin(&t, suite);
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			uint8_t p[256];
			uint32_t n = cases[i].n;

			memcpy(p, cases[i].bytes, n);
			assert_int_equal(seal_put(t.out, p, &n, false), SEAL_DONE);
			assert_int_equal(srtp_peer_hears(&t.peer, p, n, false), cases[i].n);
			assert_memory_equal(p, cases[i].bytes, cases[i].n);
			n = srtp_peer_seals(&t.peer, p, cases[i].n, false);
			assert_int_equal(seal_open(t.in, p, &n, false), SEAL_DONE);
			assert_int_equal(n, cases[i].n);
			assert_memory_equal(p, cases[i].bytes, n);
		}
		talk_end(&t);
	}
}

/* Twice round, with some that are late and some that are lost. */
static void over_the_rollover(void **state)
{
	struct talk t;
	(void)state;

	talk_begin(&t, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	for (uint32_t i = 1000; i < 150000; i += i % 7 ? 20 : 23) {
		assert_int_equal(hear(&t, 7, (uint16_t)i, false), SEAL_DONE);
		assert_int_equal(hear(&t, 7, (uint16_t)(i - 13), false), SEAL_DONE);
		assert_int_equal(say(&t, 8, (uint16_t)i, false), SEAL_DONE);
		assert_int_equal(say(&t, 8, (uint16_t)(i - 13), false), SEAL_DONE);
	}
	talk_end(&t);
}

/* The peer seals so many packets that nobody opens, a quarter of a round apart. */
static uint16_t talk_alone(struct talk *t, unsigned packets)
{
	uint8_t p[512];
	uint16_t seq = 0;

	for (unsigned i = 0; i < packets; i++, seq = (uint16_t)(seq + 0x4000))
		srtp_peer_seals(&t->peer, p, rtp_of(p, 7, seq), false);
	return seq;
}

/* Who opens has just begun, who seals has not. */
static void the_first_may_be_of_any_round(void **state)
{
	static const struct {
		unsigned packets; /* four a round */
		enum seal_result result;
	} cases[] = { { 0, SEAL_DONE }, { 3, SEAL_DONE },   { 4, SEAL_DONE },
		      { 9, SEAL_DONE }, { 255, SEAL_DONE }, { 256, SEAL_FALSE } };
	(void)state;

	EACH_SUITE(suite)
	{
		for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct talk t;
			uint16_t seq;

			talk_begin(&t, suite);
			seq = talk_alone(&t, cases[i].packets);
			assert_int_equal(hear(&t, 7, 1, true), SEAL_DONE); /* RTCP tells nothing of it */
			assert_int_equal(hear(&t, 7, seq, false), cases[i].result);
			assert_int_equal(hear(&t, 7, (uint16_t)(seq + 1), false), cases[i].result);
			assert_int_equal(hear(&t, 9, 1, false), SEAL_DONE);
			talk_end(&t);
		}
	}
}

/* So many forged ones arrive. */
static void forge(struct talk *t, unsigned packets)
{
	uint8_t p[512];

	while (packets--) {
		uint32_t n = rtp_of(p, packets, (uint16_t)packets);

		assert_int_equal(seal_open(t->in, p, &n, false), SEAL_FALSE);
	}
}

/* Who is heard after forged packets, and with so many more between each two of his; whatever their number, it is not
 * long. All rounds are tried of SEAL_LATE_BURST packets, be it once. */
static void forged_ones_keep_nobody_out(void **state)
{
	static const struct {
		unsigned rounds, before, between, tries;
	} cases[] = {
		{ 1, SEAL_LATE_BURST - 1, 0, 1 },   { 63, SEAL_LATE_BURST - 1, 0, 1 },
		{ 0, SEAL_LATE_BURST, 0, 1 },       { 0, 5000, 20, 1 },
		{ 1, SEAL_LATE_BURST, 0, 8 },       { 1, 5000, 20, 8 },
		{ 32, SEAL_LATE_BURST - 1, 20, 1 }, { 32, 5000, 20, 8 },
		{ 63, SEAL_LATE_BURST, 63, 8 },     { 63, 5000, 1000, 8 },
	};
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum seal_result result = SEAL_FALSE;
		struct talk t;
		uint16_t seq;
		unsigned n;

		talk_begin(&t, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
		seq = talk_alone(&t, 4 * cases[i].rounds);
		forge(&t, cases[i].before);
		for (n = 0; n < SEAL_LATE_PACKETS && result != SEAL_DONE; n++) {
			result = hear(&t, 7, seq++, false);
			if (result != SEAL_DONE)
				forge(&t, cases[i].between);
		}
		assert_int_equal(result, SEAL_DONE);
		assert_in_range(n, 1, cases[i].tries);
		talk_end(&t);
	}
}

/* Each has its share, no more: who comes once is heard if he is lucky. */
static void a_forged_one_costs_little(void **state)
{
	unsigned heard = 0;
	(void)state;

	for (uint16_t skip = 0; skip < SEAL_LATE_PACKETS; skip++) {
		struct talk t;
		uint16_t seq;

		talk_begin(&t, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
		seq = (uint16_t)(talk_alone(&t, 24) + skip);
		forge(&t, SEAL_LATE_BURST);
		heard += hear(&t, 7, seq, false) == SEAL_DONE;
		talk_end(&t);
	}
	assert_int_equal(heard, 1);
}

static void each_packet_once(void **state)
{
	(void)state;

	EACH_SUITE(suite)
	{
		uint8_t p[512], again[512];
		uint32_t n, whole;
		struct talk t;

		talk_begin(&t, suite);
		for (unsigned control = 0; control < 2; control++) {
			whole = n = srtp_peer_seals(&t.peer, p, make(p, 7, 5, control), control);
			memcpy(again, p, n);
			assert_int_equal(seal_open(t.in, p, &n, control), SEAL_DONE);
			assert_int_equal(seal_open(t.in, again, &whole, control), SEAL_OLD);
		}
		/* One number is not sealed twice. */
		assert_int_equal(say(&t, 8, 5, false), SEAL_DONE);
		assert_int_equal(say(&t, 8, 5, false), SEAL_OLD);
		talk_end(&t);
	}
}

static void what_is_damaged_is_false_and_leaves_no_trace(void **state)
{
	(void)state;

	EACH_SUITE(suite)
	{
		struct talk t;

		talk_begin(&t, suite);
		for (unsigned control = 0; control < 2; control++) {
			uint8_t sealed[512], p[512];
			const uint32_t whole = srtp_peer_seals(&t.peer, sealed, make(sealed, 7, 9, control), control);
			uint32_t n;

			for (uint32_t at = 0; at < whole; at++) {
				n = whole;
				memcpy(p, sealed, n);
				p[at] ^= 0x20;
				assert_int_equal(seal_open(t.in, p, &n, control), SEAL_FALSE);
			}
			for (uint32_t cut = 0; cut < whole; cut++) {
				n = cut;
				memcpy(p, sealed, n);
				assert_int_equal(seal_open(t.in, p, &n, control), SEAL_FALSE);
			}
			n = whole;
			assert_int_equal(seal_open(t.in, sealed, &n, control), SEAL_DONE);
		}
		talk_end(&t);
	}
}

static void another_key_opens_nothing(void **state)
{
	(void)state;

	EACH_SUITE(suite)
	{
		const struct srtp_key theirs = srtp_peer_key(suite, 3);
		struct talk t;

		talk_begin(&t, suite);
		seal_drop(t.in);
		t.in = seal_new(&theirs);
		assert_int_equal(hear(&t, 7, 1, false), SEAL_FALSE);
		assert_int_equal(hear(&t, 7, 1, true), SEAL_FALSE);
		talk_end(&t);
	}
}

/* It is up to the sender (RFC 3711 3.4): the tag is there all the same. */
static void rtcp_that_is_only_tagged(void **state)
{
	static void (*const suites[])(srtp_crypto_policy_t *) = { srtp_crypto_policy_set_rtcp_default,
								  srtp_crypto_policy_set_aes_gcm_128_16_auth };
	static const uint8_t numbers[] = { SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, SRTP_SUITE_AEAD_AES_128_GCM };
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		const struct srtp_key key = srtp_peer_key((enum srtp_suite)numbers[i], 2);
		uint8_t secret[64] = { 0 }, p[512], plain[512];
		srtp_policy_t policy = { .ssrc.type = ssrc_any_outbound, .key = secret, .window_size = 128 };
		struct seal *s = seal_new(&key);
		int n = (int)rtcp_of(plain, 7, 3);
		srtp_t peer;
		uint32_t length;

		memcpy(secret, key.secret, sizeof(key.secret));
		suites[i](&policy.rtp);
		suites[i](&policy.rtcp);
		policy.rtcp.sec_serv = sec_serv_auth;
		assert_int_equal(srtp_create(&peer, &policy), srtp_err_status_ok);
		memcpy(p, plain, RTCP_LEN);
		assert_int_equal(srtp_protect_rtcp(peer, p, &n), srtp_err_status_ok);
		assert_memory_equal(p, plain, RTCP_LEN);
		length = (uint32_t)n;
		p[9] ^= 1;
		assert_int_equal(seal_open(s, p, &length, true), SEAL_FALSE);
		p[9] ^= 1;
		assert_int_equal(seal_open(s, p, &length, true), SEAL_DONE);
		assert_int_equal(length, RTCP_LEN);
		assert_memory_equal(p, plain, RTCP_LEN);
		srtp_dealloc(peer);
		seal_drop(s);
	}
}

/* Any number of them may come; what is known of the latest is kept. */
static void sources_come_and_go(void **state)
{
	struct talk t;
	(void)state;

	talk_begin(&t, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	for (uint32_t ssrc = 1; ssrc < 4 * SEAL_SOURCES; ssrc++) {
		assert_int_equal(hear(&t, ssrc, 65535, false), SEAL_DONE);
		assert_int_equal(hear(&t, ssrc, 0, false), SEAL_DONE);
		assert_int_equal(say(&t, ssrc, 65535, false), SEAL_DONE);
		assert_int_equal(say(&t, ssrc, 0, false), SEAL_DONE);
		/* Those before, over their rollover. */
		for (uint32_t k = ssrc > 9 ? ssrc - 9 : 1; k < ssrc; k++) {
			assert_int_equal(hear(&t, k, (uint16_t)ssrc, false), SEAL_DONE);
			assert_int_equal(say(&t, k, (uint16_t)ssrc, false), SEAL_DONE);
		}
	}
	talk_end(&t);
}

/* RFC 3711 9.1: who was forgotten would begin again at numbers that were used under this key. */
static void who_was_forgotten_is_not_sealed_for(void **state)
{
	enum { FIRST = 1, LATER = FIRST + SEAL_SOURCES };
	uint8_t p[RTP_LEN + SEAL_ROOM];
	struct talk t;
	uint32_t n;
	(void)state;

	talk_begin(&t, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	for (uint32_t ssrc = FIRST; ssrc <= LATER; ssrc++)
		assert_int_equal(say(&t, ssrc, 1, false), SEAL_DONE);
	n = rtp_of(p, FIRST, 2);
	assert_int_equal(seal_put(t.out, p, &n, false), SEAL_OLD);
	n = rtcp_of(p, FIRST, 2);
	assert_int_equal(seal_put(t.out, p, &n, true), SEAL_OLD);
	assert_int_equal(n, RTCP_LEN);
	assert_int_equal(say(&t, FIRST + 1, 2, false), SEAL_DONE);
	talk_end(&t);
}

/* RFC 3711 9.2: all sources of a key have so many packets together, and whichever kind ends first ends it. */
static void a_key_is_used_up(void **state)
{
	static const struct {
		bool control; /* the kind that ends it */
		uint64_t before;
	} cases[] = { { false, SEAL_MEDIA_MAX - 2 }, { true, SEAL_CONTROL_MAX - 2 } };
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		const bool control = cases[i].control;
		struct talk t;

		talk_begin(&t, SRTP_SUITE_AEAD_AES_256_GCM);
		assert_int_equal(say(&t, 8, 1, !control), SEAL_DONE);
		assert_true(seal_spend(t.out, control, cases[i].before));
		assert_int_equal(say(&t, 8, 2, control), SEAL_DONE);
		if (!control)
			assert_int_equal(say(&t, 8, 2, control), SEAL_OLD); /* costs nothing */
		assert_false(seal_spend(t.out, control, 2));
		assert_int_equal(say(&t, 9, 3, control), SEAL_DONE);
		assert_int_equal(say(&t, 9, 4, control), SEAL_SPENT);
		assert_int_equal(say(&t, 8, 5, !control), SEAL_SPENT);
		assert_int_equal(hear(&t, 7, 1, control), SEAL_DONE);
		talk_end(&t);
	}
}

/* What is no RTP is not sealed; what is no RTCP neither. */
static void only_rtp_is_sealed(void **state)
{
	uint8_t p[64] = "\x80\x00\x00\x01";
	uint32_t n = 4;
	struct talk t;
	(void)state;

	talk_begin(&t, SRTP_SUITE_AEAD_AES_128_GCM);
	assert_int_equal(seal_put(t.out, p, &n, false), SEAL_FALSE);
	assert_int_equal(seal_put(t.out, p, &n, true), SEAL_FALSE);
	assert_int_equal(n, 4);
	talk_end(&t);
}

static void keys_are_compared_whole(void **state)
{
	const struct srtp_key none = { 0 }, wrong = { .suite = SRTP_SUITE_N };
	struct srtp_key key = srtp_peer_key(SRTP_SUITE_AES_256_CM_HMAC_SHA1_80, 1);
	struct seal *s = seal_new(&key);
	(void)state;

	assert_true(seal_is_of(s, &key));
	key.secret[SRTP_SECRET_MAX - 1] ^= 1;
	assert_false(seal_is_of(s, &key));
	key.secret[SRTP_SECRET_MAX - 1] ^= 1;
	key.suite = SRTP_SUITE_AES_256_CM_HMAC_SHA1_32;
	assert_false(seal_is_of(s, &key));
	assert_int_equal(seal_prepare(), 0);
	assert_null(seal_new(&none));
	assert_null(seal_new(&wrong));
	seal_drop(s);
	seal_drop(NULL);
}

static int library_begin(void **state)
{
	(void)state;
	return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

static int library_end(void **state)
{
	(void)state;
	return srtp_shutdown() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_in_all_suites),
		cmocka_unit_test(headers_of_all_kinds),
		cmocka_unit_test(over_the_rollover),
		cmocka_unit_test(the_first_may_be_of_any_round),
		cmocka_unit_test(forged_ones_keep_nobody_out),
		cmocka_unit_test(a_forged_one_costs_little),
		cmocka_unit_test(each_packet_once),
		cmocka_unit_test(what_is_damaged_is_false_and_leaves_no_trace),
		cmocka_unit_test(another_key_opens_nothing),
		cmocka_unit_test(rtcp_that_is_only_tagged),
		cmocka_unit_test(sources_come_and_go),
		cmocka_unit_test(who_was_forgotten_is_not_sealed_for),
		cmocka_unit_test(a_key_is_used_up),
		cmocka_unit_test(only_rtp_is_sealed),
		cmocka_unit_test(keys_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, library_begin, library_end);
}
