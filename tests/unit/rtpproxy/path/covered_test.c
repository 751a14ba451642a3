/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames that are opened and sealed where they are; the other side is libsrtp. */
#include "rtpproxy/path/covered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/alg/net/datagram.h"
#include "tests/unit/rtpproxy/srtp_peer.h"

#define SUITE SRTP_SUITE_AES_CM_128_HMAC_SHA1_80
#define VOICE "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice"
#define TOLD  "\x80\xc9\x00\x01\x01\x02\x03\x04"

enum { OURS = 1, THEIRS = 2, VOICE_LEN = sizeof(VOICE) - 1, TOLD_LEN = sizeof(TOLD) - 1 };

struct bench {
	struct cover *c;
	struct srtp_peer peer;
	uint8_t bytes[DATAGRAM_MAX];
	struct frame f;
};

static int bench_open(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SUITE, OURS), theirs = srtp_peer_key(SUITE, THEIRS);
	const struct port_spec spec = { .opens = theirs, .seals = ours };
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	srtp_init();
	srtp_peer_open(&b->peer, &ours, &theirs);
	b->c = cover_new(&spec, NULL, NULL);
	assert_non_null(b->c);
	*state = b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	srtp_peer_close(&b->peer);
	srtp_shutdown();
	cover_free(b->c);
	free(b);
	return 0;
}

/* A frame with n bytes of payload. */
static void frame_put(struct bench *b, bool six, const void *payload, uint32_t n)
{
	static const char *const hosts[][2] = { { "198.51.100.7:4000", "192.0.2.1:10000" },
						{ "[2001:db8::7]:4000", "[2001:db8::1]:10000" } };
	struct addr from, to;

	assert_int_equal(addr_parse(span_str(hosts[six][0]), 0, &from), 0);
	assert_int_equal(addr_parse(span_str(hosts[six][1]), 0, &to), 0);
	n = datagram_write(b->bytes, &from, &to, payload, n);
	assert_int_equal(frame_parse(b->bytes, n, &b->f), FRAME_OK);
}

/* The same, sealed by the peer. */
static void frame_sealed(struct bench *b, bool six, const void *payload, uint32_t n, bool control)
{
	uint8_t sealed[256];

	memcpy(sealed, payload, n);
	frame_put(b, six, sealed, srtp_peer_seals(&b->peer, sealed, n, control));
}

static enum verdict opened(struct bench *b, bool control)
{
	return covered_open(b->c, b->bytes, &b->f, frame_addresses_sum(b->bytes, &b->f), control, 1000);
}

/* Does the frame say of itself, in all its headers, that it has these bytes? What is opened gets an IPv4 header of its
 * own later. */
static void assert_holds(const struct bench *b, const char *payload, uint32_t n)
{
	const uint8_t *udp = b->bytes + b->f.udp;

	assert_int_equal(b->f.payload_len, n);
	assert_memory_equal(udp + FRAME_UDP, payload, n);
	assert_int_equal(frame_get16(udp + 4), FRAME_UDP + n);
}

static void what_is_opened_is_a_sound_datagram(void **state)
{
	struct bench *b = *state;

	for (unsigned six = 0; six < 2; six++) {
		char voice[VOICE_LEN + 1] = VOICE;

		voice[3] = (char)(7 + six);
		frame_sealed(b, six, voice, VOICE_LEN, false);
		assert_int_equal(opened(b, false), VERDICT_NONE);
		assert_holds(b, voice, VOICE_LEN);
		if (six)
			assert_int_equal(frame_get16(b->bytes + FRAME_ETHER + 4), FRAME_UDP + VOICE_LEN);
		/* The checksum is right over what is left: summed the plain way, without the header of IPv4. */
		assert_int_equal(datagram_sum(datagram_pseudo(b->bytes, FRAME_UDP + VOICE_LEN), b->bytes + b->f.udp,
					      FRAME_UDP + VOICE_LEN),
				 0xffff);
	}
	frame_sealed(b, false, TOLD, TOLD_LEN, true);
	assert_int_equal(opened(b, true), VERDICT_NONE);
	assert_holds(b, TOLD, TOLD_LEN);
	assert_int_equal(b->c->unopened, 0);
}

static void what_is_not_opened_says_why_and_is_counted(void **state)
{
	struct bench *b = *state;
	uint8_t kept[DATAGRAM_MAX];
	struct frame f;

	frame_sealed(b, false, VOICE, VOICE_LEN, false);
	memcpy(kept, b->bytes, sizeof(kept));
	f = b->f;
	b->bytes[frame_payload(&b->f) + VOICE_LEN - 1] ^= 1;
	assert_int_equal(opened(b, false), VERDICT_NOT_AUTHENTIC);
	assert_int_equal(b->f.payload_len, f.payload_len);
	memcpy(b->bytes, kept, sizeof(kept));
	assert_int_equal(opened(b, false), VERDICT_NONE);
	memcpy(b->bytes, kept, sizeof(kept));
	b->f = f;
	assert_int_equal(opened(b, false), VERDICT_REPLAYED);
	frame_put(b, false, VOICE, VOICE_LEN);
	assert_int_equal(opened(b, false), VERDICT_NOT_AUTHENTIC); /* in the clear */
	assert_int_equal(b->c->unopened, 3);
}

static void before_keys_are_known_nothing_passes(void **state)
{
	const struct port_spec spec = { .awaits_keys = true, .wants_dtls = true };
	struct bench *b = *state;
	struct cover *c = cover_new(&spec, NULL, NULL);
	uint8_t voice[VOICE_LEN + SEAL_ROOM] = VOICE;
	uint32_t n = VOICE_LEN;

	assert_non_null(c);
	frame_sealed(b, false, VOICE, VOICE_LEN, false);
	assert_int_equal(covered_open(c, b->bytes, &b->f, 0, false, 1000), VERDICT_NO_KEYS);
	frame_put(b, false, VOICE, VOICE_LEN);
	assert_int_equal(covered_seal(c, b->bytes, &b->f, DATAGRAM_MAX, false), VERDICT_NO_KEYS);
	assert_int_equal(covered_seal_own(c, voice, &n), VERDICT_NO_KEYS);
	assert_holds(b, VOICE, VOICE_LEN);
	assert_true(datagram_sound(b->bytes));
	cover_free(c);
	/* Nor while new ones are awaited, whatever the old ones are. */
	b->c->awaits_keys = true;
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, DATAGRAM_MAX, false), VERDICT_NO_KEYS);
}

static void what_is_sealed_is_a_sound_datagram_for_the_peer(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 0; i < 4; i++) {
		const bool six = i & 1, control = i & 2;
		char text[VOICE_LEN] = VOICE;
		uint32_t n = VOICE_LEN;

		text[3] = (char)(7 + i);
		if (control)
			memcpy(text, TOLD, n = TOLD_LEN);
		frame_put(b, six, text, n);
		assert_int_equal(covered_seal(b->c, b->bytes, &b->f, DATAGRAM_MAX, control), VERDICT_NONE);
		assert_true(b->f.payload_len > n && b->f.payload_len <= n + SEAL_ROOM);
		assert_true(datagram_sound(b->bytes));
		assert_int_equal(frame_parse(b->bytes, frame_len(&b->f), &b->f), FRAME_OK); /* its lengths agree */
		assert_int_equal(srtp_peer_hears(&b->peer, b->bytes + frame_payload(&b->f), b->f.payload_len, control),
				 n);
		assert_memory_equal(b->bytes + frame_payload(&b->f), text, n);
	}
}

static void there_must_be_room_for_all_that_it_may_grow_by(void **state)
{
	struct bench *b = *state;
	uint32_t whole;

	frame_put(b, false, VOICE, VOICE_LEN);
	whole = frame_len(&b->f);
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, whole + SEAL_ROOM - 1, false), VERDICT_TOO_LONG);
	assert_holds(b, VOICE, VOICE_LEN);
	assert_true(datagram_sound(b->bytes));
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, whole + SEAL_ROOM, false), VERDICT_NONE);
}

/* RFC 3711 9.1: two contents under one number would tell both. */
static void a_number_is_sealed_once(void **state)
{
	struct bench *b = *state;
	char other[VOICE_LEN] = VOICE;

	other[VOICE_LEN - 1] = 'X';
	frame_put(b, false, VOICE, VOICE_LEN);
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, DATAGRAM_MAX, false), VERDICT_NONE);
	frame_put(b, false, other, VOICE_LEN);
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, DATAGRAM_MAX, false), VERDICT_UNSEALED);
}

static void a_key_that_is_used_up_is_named(void **state)
{
	struct bench *b = *state;
	uint8_t voice[VOICE_LEN + SEAL_ROOM] = VOICE;
	uint32_t n = VOICE_LEN;

	assert_true(seal_spend(b->c->seals, false, SEAL_MEDIA_MAX));
	frame_put(b, false, VOICE, VOICE_LEN);
	assert_int_equal(covered_seal(b->c, b->bytes, &b->f, DATAGRAM_MAX, false), VERDICT_KEY_SPENT);
	assert_holds(b, VOICE, VOICE_LEN);
	assert_int_equal(covered_seal_own(b->c, voice, &n), VERDICT_KEY_SPENT);
	assert_string_equal(verdict_name(VERDICT_KEY_SPENT), "drop_key_used_up");
}

/* What the relay says itself: which of the two it is, its bytes tell. */
static void our_own_is_sealed_by_what_it_is(void **state)
{
	static const struct {
		const char *text;
		uint32_t n;
		bool control;
		enum verdict verdict;
	} cases[] = {
		{ VOICE, VOICE_LEN, false, VERDICT_NONE },
		{ TOLD, TOLD_LEN, true, VERDICT_NONE },
		{ "\x16\xfe\xfd\x00 a handshake", 16, false, VERDICT_UNSEALED },
		{ "", 0, false, VERDICT_UNSEALED },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[64] = { 0 };
		uint32_t n = cases[i].n;

		memcpy(bytes, cases[i].text, n);
		assert_int_equal(covered_seal_own(b->c, bytes, &n), cases[i].verdict);
		if (cases[i].verdict == VERDICT_NONE) {
			assert_int_equal(srtp_peer_hears(&b->peer, bytes, n, cases[i].control), cases[i].n);
			assert_memory_equal(bytes, cases[i].text, cases[i].n);
		} else {
			assert_int_equal(n, cases[i].n);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
	const struct CMUnitTest tests[] = {
		TEST(what_is_opened_is_a_sound_datagram),
		TEST(what_is_not_opened_says_why_and_is_counted),
		TEST(before_keys_are_known_nothing_passes),
		TEST(what_is_sealed_is_a_sound_datagram_for_the_peer),
		TEST(there_must_be_room_for_all_that_it_may_grow_by),
		TEST(a_number_is_sealed_once),
		TEST(a_key_that_is_used_up_is_named),
		TEST(our_own_is_sealed_by_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
