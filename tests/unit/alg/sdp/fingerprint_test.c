/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD               "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO              "m=audio 4 UDP/TLS/RTP/SAVP 0\r\n"
#define S1_A               "01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14"
#define S1_B               "FF" S1_REST
#define S1_C               "FE" S1_REST
#define S1_D               "FD" S1_REST
#define S1_E               "FC" S1_REST
#define S1_REST            ":02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14"
#define S256               S1_A ":15:16:17:18:19:1A:1B:1C:1D:1E:1F:20"
#define LINE(hash, digest) "a=fingerprint:" hash " " digest "\r\n"

static const struct parse_case {
	struct span text;
	int result;
	enum sdp_hash hash;
	uint8_t first, last;
} cases[] = {
	{ SPAN("sha-1 " S1_A), 0, SDP_SHA1, 1, 0x14 },
	{ SPAN("SHA-256 " S256), 0, SDP_SHA256, 1, 0x20 },
	{ SPAN("sha-256  " S256 " "), 0, SDP_SHA256, 1, 0x20 },
	{ SPAN("sha-224 " S1_A ":15:16:17:18:19:1a:1b:1c"), 0, SDP_SHA224, 1, 0x1c },
	{ SPAN("sha-384 " S256 ":" S1_REST), -1, 0, 0, 0 },
	{ SPAN("sha-384 " S256 ":21:22:23:24:25:26:27:28:29:2a:2b:2c:2d:2e:2f:30"), 0, SDP_SHA384, 1, 0x30 },
	{ SPAN("sha-512 " S256 ":" S256), 0, SDP_SHA512, 1, 0x20 },
	{ SPAN("sha-1 " S1_A ":15"), -1, 0, 0, 0 },
	{ SPAN("sha-256 " S1_A), -1, 0, 0, 0 },
	{ SPAN("sha-1 " S1_A ":"), -1, 0, 0, 0 },
	{ SPAN("sha-1 0102030405060708090A0B0C0D0E0F1011121314"), -1, 0, 0, 0 },
	{ SPAN("sha-1 G1" S1_REST), -1, 0, 0, 0 },
	{ SPAN("sha-1 1" S1_REST), -1, 0, 0, 0 },
	{ SPAN("sha-1" S1_A), -1, 0, 0, 0 },
	{ SPAN("md5 01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10"), -1, 0, 0, 0 },
	{ SPAN("sha-1"), -1, 0, 0, 0 },
	{ SPAN("sha-1 "), -1, 0, 0, 0 },
	{ SPAN(""), -1, 0, 0, 0 },
};

static void parse_gives_hash_and_digest(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_fingerprint f;

		if (sdp_fingerprint_parse(text, &f) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_int_equal(f.hash, cases[i].hash);
			assert_int_equal(f.digest[0], cases[i].first);
			assert_int_equal(f.digest[sdp_hash_length(f.hash) - 1], cases[i].last);
		}
		guard_free(text);
	}
}

static void what_is_written_is_read_again(void **state)
{
	struct sdp_fingerprint f = { .hash = SDP_SHA256 }, again;
	char buf[256];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	for (unsigned i = 0; i < 32; i++)
		f.digest[i] = (uint8_t)(0xf0 + 7 * i);
	sdp_fingerprint_write(&w, &f);
	assert_false(w.failed);
	assert_true(span_starts(writer_done(&w), SPAN("a=fingerprint:sha-256 F0:F7:")));
	assert_int_equal(sdp_fingerprint_parse(span_from(writer_done(&w), sizeof("a=fingerprint:") - 1), &again), 0);
	assert_memory_equal(&again, &f, sizeof(f));
}

static const struct read_case {
	const char *name;
	struct span text;
	unsigned n;
	enum sdp_hash hash;
	uint8_t first; /* of the digest of the first */
} readings[] = {
	{ "none", SPAN(HEAD AUDIO), 0, 0, 0 },
	{ "the session's", SPAN(HEAD LINE("sha-1", S1_A) AUDIO), 1, SDP_SHA1, 1 },
	{ "its own first", SPAN(HEAD LINE("sha-256", S256) AUDIO LINE("sha-1", S1_B)), 1, SDP_SHA1, 0xff },
	{ "the strongest", SPAN(HEAD AUDIO LINE("sha-1", S1_B) LINE("sha-256", S256)), 1, SDP_SHA256, 1 },
	{ "the strongest, first", SPAN(HEAD AUDIO LINE("sha-256", S256) LINE("sha-1", S1_B)), 1, SDP_SHA256, 1 },
	{ "two certificates", SPAN(HEAD AUDIO LINE("sha-1", S1_A) LINE("sha-1", S1_B)), 2, SDP_SHA1, 1 },
	{ "one said twice", SPAN(HEAD AUDIO LINE("sha-1", S1_A) LINE("sha-1", S1_A)), 1, SDP_SHA1, 1 },
	{ "no more than there is room for",
	  SPAN(HEAD AUDIO LINE("sha-1", S1_A) LINE("sha-1", S1_B) LINE("sha-1", S1_C) LINE("sha-1", S1_D)
		       LINE("sha-1", S1_E)),
	  SDP_FINGERPRINT_MAX, SDP_SHA1, 1 },
	{ "one that cannot be used", SPAN(HEAD AUDIO LINE("md5", "01:02") LINE("sha-1", S1_A)), 1, SDP_SHA1, 1 },
};

static void fingerprints_of_a_stream(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		struct span text = guard_span(readings[i].text);
		struct sdp_fingerprints all;
		struct sdp s;

		assert_int_equal(sdp_index(text, &s), SDP_OK);
		sdp_fingerprints_read(&s, 0, &all);
		if (all.n != readings[i].n)
			fail_msg("%s: %u", readings[i].name, all.n);
		if (all.n && (all.at[0].hash != readings[i].hash || all.at[0].digest[0] != readings[i].first))
			fail_msg("%s", readings[i].name);
		guard_free(text);
	}
}

static void the_same_certificates_in_any_order(void **state)
{
	struct sdp_fingerprint a = { .hash = SDP_SHA1, .digest = { 1 } }, b = { .hash = SDP_SHA1, .digest = { 2 } };
	struct sdp_fingerprints ab = { 2, { a, b } }, ba = { 2, { b, a } }, only = { 1, { a } }, none = { 0 };

	(void)state;
	assert_true(sdp_fingerprints_eq(&ab, &ba));
	assert_true(sdp_fingerprints_eq(&none, &none));
	assert_false(sdp_fingerprints_eq(&ab, &only));
	assert_false(sdp_fingerprints_eq(&only, &none));
	assert_false(sdp_fingerprints_eq(&only, &(struct sdp_fingerprints){ 1, { b } }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_gives_hash_and_digest),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(fingerprints_of_a_stream),
		cmocka_unit_test(the_same_certificates_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
