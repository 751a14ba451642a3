/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/endpoint.h"

#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/time.h>

#include <cmocka.h>

enum { WALL_S = 1800000000, COOKIE = 0x1234567, STEP_MS = 50 };

/* The library reads the clock by this: here it is the test's. */
static uint64_t fake_us;

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	tv->tv_sec = WALL_S + (time_t)(fake_us / 1000000);
	tv->tv_usec = (suseconds_t)(fake_us % 1000000);
	return 0;
}

/* Two that mean to talk, and each other's fingerprints. */
struct pair {
	struct identity *a, *b;
	struct sdp_fingerprints of_a, of_b;
	struct endpoint *client, *server;
};

static struct sdp_fingerprints named(const struct identity *i)
{
	return (struct sdp_fingerprints){ .n = 1, .at = { i->fingerprint } };
}

static void pair_open(struct pair *p)
{
	*p = (struct pair){ .a = identity_new(WALL_S), .b = identity_new(WALL_S) };
	p->of_a = named(p->a);
	p->of_b = named(p->b);
	p->client = endpoint_client(p->a, &p->of_b);
	p->server = endpoint_server(p->b, &p->of_a);
	assert_non_null(p->client);
	assert_non_null(p->server);
}

static void pair_close(struct pair *p)
{
	endpoint_free(p->client);
	endpoint_free(p->server);
	identity_release(p->a);
	identity_release(p->b);
}

/* What one of them sends now; n: how many datagrams. */
struct flight {
	uint8_t bytes[16][ENDPOINT_DATAGRAM_MAX];
	size_t length[16];
	unsigned n;
};

static void flight_take(struct endpoint *from, struct flight *f)
{
	for (f->n = 0; (f->length[f->n] = endpoint_give(from, f->bytes[f->n])) > 0; f->n++)
		assert_true(f->n < 15);
}

static unsigned deliver(struct endpoint *from, struct endpoint *to)
{
	struct flight f;

	flight_take(from, &f);
	for (unsigned i = 0; i < f.n; i++)
		endpoint_take(to, f.bytes[i], f.length[i]);
	return f.n;
}

static void talk(struct pair *p)
{
	while (deliver(p->client, p->server) + deliver(p->server, p->client))
		;
}

static void assert_same_keys(const struct pair *p)
{
	struct srtp_key a[2], b[2];

	assert_int_equal(endpoint_keys(p->client, &a[0], &a[1]), 0);
	assert_int_equal(endpoint_keys(p->server, &b[0], &b[1]), 0);
	assert_memory_equal(&a[0], &b[1], sizeof(a[0]));
	assert_memory_equal(&a[1], &b[0], sizeof(a[0]));
	assert_memory_not_equal(&a[0], &a[1], sizeof(a[0]));
	assert_int_equal(a[0].suite, SRTP_SUITE_AEAD_AES_128_GCM);
}

static void both_ends_have_the_same_keys(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	talk(&p);
	assert_int_equal(endpoint_state(p.client), ENDPOINT_DONE);
	assert_int_equal(endpoint_state(p.server), ENDPOINT_DONE);
	assert_same_keys(&p);
	pair_close(&p);
}

static void there_are_no_keys_before_the_end(void **state)
{
	struct srtp_key ours, theirs;
	struct pair p;

	(void)state;
	pair_open(&p);
	deliver(p.client, p.server);
	assert_int_equal(endpoint_keys(p.client, &ours, &theirs), -1);
	assert_int_equal(endpoint_keys(p.server, &ours, &theirs), -1);
	pair_close(&p);
}

static void datagrams_are_short(void **state)
{
	struct flight f;
	struct pair p;

	(void)state;
	pair_open(&p);
	do {
		flight_take(p.client, &f);
		for (unsigned i = 0; i < f.n; i++) {
			assert_true(f.length[i] <= ENDPOINT_DATAGRAM_MAX);
			endpoint_take(p.server, f.bytes[i], f.length[i]);
		}
	} while (f.n && deliver(p.server, p.client));
	assert_int_equal(endpoint_state(p.client), ENDPOINT_DONE);
	pair_close(&p);
}

static void a_wrong_certificate_ends_it(void **state)
{
	static const bool of_client[] = { true, false };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct sdp_fingerprints wrong;
		struct endpoint *deceived;
		struct pair p;

		pair_open(&p);
		wrong = named(of_client[i] ? p.b : p.a);
		if (of_client[i]) {
			endpoint_free(p.server);
			deceived = p.server = endpoint_server(p.b, &wrong);
		} else {
			endpoint_free(p.client);
			deceived = p.client = endpoint_client(p.a, &wrong);
		}
		talk(&p);
		assert_int_equal(endpoint_state(deceived), ENDPOINT_FAILED);
		assert_true(endpoint_is_impostor(deceived));
		assert_string_equal(endpoint_why(deceived), "its certificate is none that the description names");
		assert_int_not_equal(endpoint_state(of_client[i] ? p.client : p.server), ENDPOINT_DONE);
		pair_close(&p);
	}
}

static void any_of_several_certificates_will_do(void **state)
{
	struct sdp_fingerprints both;
	struct pair p;

	(void)state;
	pair_open(&p);
	both = (struct sdp_fingerprints){ .n = 2, .at = { p.b->fingerprint, p.a->fingerprint } };
	endpoint_free(p.server);
	p.server = endpoint_server(p.b, &both);
	talk(&p);
	assert_same_keys(&p);
	pair_close(&p);
}

static void each_hash_can_be_checked(void **state)
{
	static const struct {
		enum sdp_hash hash;
		const EVP_MD *(*digest)(void);
	} hashes[] = { { SDP_SHA1, EVP_sha1 },
		       { SDP_SHA224, EVP_sha224 },
		       { SDP_SHA256, EVP_sha256 },
		       { SDP_SHA384, EVP_sha384 },
		       { SDP_SHA512, EVP_sha512 } };

	(void)state;
	for (unsigned i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		struct sdp_fingerprints f = { .n = 1, .at = { { .hash = (uint8_t)hashes[i].hash } } };
		unsigned n = SDP_DIGEST_MAX;
		struct pair p;

		pair_open(&p);
		X509_digest(SSL_CTX_get0_certificate(p.a->context), hashes[i].digest(), f.at[0].digest, &n);
		endpoint_free(p.server);
		p.server = endpoint_server(p.b, &f);
		talk(&p);
		assert_int_equal(endpoint_state(p.server), ENDPOINT_DONE);
		pair_close(&p);
	}
}

/* Time passes for both, and what they send then arrives. */
static unsigned wait_once(struct pair *p)
{
	fake_us += STEP_MS * 1000;
	endpoint_tick(p->client);
	endpoint_tick(p->server);
	return deliver(p->client, p->server) + deliver(p->server, p->client);
}

/* Every flight is lost once, whoever sends it. */
static void what_is_lost_is_sent_again(void **state)
{
	enum { FLIGHTS = 4 };

	(void)state;
	for (unsigned lost = 0; lost < FLIGHTS; lost++) {
		struct flight f;
		struct pair p;
		unsigned turns = 0;

		pair_open(&p);
		for (unsigned i = 0; i < lost; i++)
			deliver(i % 2 ? p.server : p.client, i % 2 ? p.client : p.server);
		flight_take(lost % 2 ? p.server : p.client, &f);
		assert_true(f.n > 0);
		while (endpoint_state(p.client) != ENDPOINT_DONE || endpoint_state(p.server) != ENDPOINT_DONE) {
			wait_once(&p);
			assert_true(++turns < 1000 / STEP_MS);
		}
		assert_same_keys(&p);
		pair_close(&p);
	}
}

/* The library sends again what is due when a datagram comes, too: what it has sent so the clock's turn does not. */
static void what_is_due_is_sent_again_once(void **state)
{
	struct flight hello, again;
	struct pair p;

	(void)state;
	pair_open(&p);
	flight_take(p.client, &hello);
	endpoint_take(p.server, hello.bytes[0], hello.length[0]);
	flight_take(p.server, &again); /* and is lost */
	for (unsigned clock_first = 0; clock_first < 2; clock_first++) {
		fake_us += 5000000;
		if (clock_first)
			endpoint_tick(p.server);
		endpoint_take(p.server, hello.bytes[0], hello.length[0]);
		endpoint_tick(p.server);
		flight_take(p.server, &hello);
		assert_int_equal(hello.n, again.n);
		flight_take(p.client, &hello);
		endpoint_tick(p.client);
		flight_take(p.client, &hello);
		assert_int_equal(hello.n, 1);
	}
	pair_close(&p);
}

static void twice_and_backwards_it_still_works(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	for (unsigned turn = 0; turn < 200 && endpoint_state(p.client) != ENDPOINT_DONE; turn++) {
		struct endpoint *from = turn % 2 ? p.server : p.client, *to = turn % 2 ? p.client : p.server;
		struct flight f;

		flight_take(from, &f);
		for (unsigned i = f.n; i-- > 0;) {
			endpoint_take(to, f.bytes[i], f.length[i]);
			endpoint_take(to, f.bytes[i], f.length[i]);
		}
		fake_us += STEP_MS * 1000;
		endpoint_tick(p.client);
		endpoint_tick(p.server);
	}
	assert_same_keys(&p);
	pair_close(&p);
}

/* 250 ms, then twice as long each time, up to 4 s. */
static void nobody_is_asked_less_and_less_often_and_then_no_more(void **state)
{
	struct flight f;
	struct pair p;
	unsigned sent = 0, turns = 0;
	uint64_t first;

	(void)state;
	pair_open(&p);
	flight_take(p.client, &f);
	first = fake_us;
	while (endpoint_state(p.client) == ENDPOINT_SHAKING) {
		fake_us += STEP_MS * 1000;
		endpoint_tick(p.client);
		flight_take(p.client, &f);
		sent += f.n > 0;
		if (fake_us - first == 1000 * 1000)
			assert_int_equal(sent, 2);
		assert_true(++turns < 60 * 1000 / STEP_MS);
	}
	assert_int_equal(endpoint_state(p.client), ENDPOINT_FAILED);
	assert_true(sent >= 8 && sent <= 14);
	assert_true(strlen(endpoint_why(p.client)) > 0);
	pair_close(&p);
}

static void garbage_does_no_harm(void **state)
{
	static const uint8_t garbage[][64] = {
		{ 0 },
		{ 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0xff, 0, 1, 0, 0, 39 },
		{ 23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 51 },
		{ 20, 254, 253, 0, 1, 0, 0, 0, 0, 0, 9, 0, 1, 1 },
		{ 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0xff, 0xff, 1 },
		{ 63, 63, 63, 63, 63, 63, 63, 63 },
	};
	struct pair p;

	(void)state;
	pair_open(&p);
	for (unsigned i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		endpoint_take(p.client, garbage[i], sizeof(garbage[i]));
		endpoint_take(p.server, garbage[i], sizeof(garbage[i]));
	}
	talk(&p);
	assert_same_keys(&p);
	for (unsigned i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++)
		assert_int_equal(endpoint_take(p.server, garbage[i], sizeof(garbage[i])), ENDPOINT_DONE);
	pair_close(&p);
}

static void goodbye_is_heard(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	talk(&p);
	endpoint_close(p.client);
	assert_int_equal(deliver(p.client, p.server), 1);
	assert_int_equal(endpoint_state(p.server), ENDPOINT_CLOSED);
	assert_same_keys(&p);
	pair_close(&p);
}

static void a_source_must_bring_its_cookie(void **state)
{
	uint8_t buf[ENDPOINT_DATAGRAM_MAX];
	struct writer reply = writer_over(buf, sizeof(buf));
	struct endpoint *greeted;
	struct flight f;
	struct pair p;

	(void)state;
	pair_open(&p);
	flight_take(p.client, &f);
	assert_int_equal(f.n, 1);
	assert_null(endpoint_greet(p.b, &p.of_a, COOKIE, f.bytes[0], f.length[0], &reply));
	assert_true(reply.n > 0 && reply.n < f.length[0]); /* never more than came */
	endpoint_take(p.client, buf, reply.n);
	flight_take(p.client, &f);
	assert_int_equal(f.n, 1);
	/* That of another address is none. */
	reply = writer_over(buf, sizeof(buf));
	assert_null(endpoint_greet(p.b, &p.of_a, COOKIE + 1, f.bytes[0], f.length[0], &reply));
	reply = writer_over(buf, sizeof(buf));
	greeted = endpoint_greet(p.b, &p.of_a, COOKIE, f.bytes[0], f.length[0], &reply);
	assert_non_null(greeted);
	endpoint_free(p.server);
	p.server = greeted;
	talk(&p);
	assert_same_keys(&p);
	pair_close(&p);
}

static void what_is_no_hello_is_not_greeted(void **state)
{
	uint8_t buf[ENDPOINT_DATAGRAM_MAX], bytes[64] = { 22, 254, 253 };
	struct writer reply = writer_over(buf, sizeof(buf));
	struct pair p;

	(void)state;
	pair_open(&p);
	for (size_t n = 0; n <= sizeof(bytes); n++)
		assert_null(endpoint_greet(p.b, &p.of_a, COOKIE, bytes, n, &reply));
	bytes[13] = 1;
	for (size_t n = 0; n <= sizeof(bytes); n++)
		assert_null(endpoint_greet(p.b, &p.of_a, COOKIE, bytes, n, &reply));
	assert_int_equal(reply.n, 0);
	pair_close(&p);
}

/* A peer of another make: what it must not get. */
/* RFC 6347 4.2.2: record header, then type, length, number, offset, length of the part. */
static void parts_of_a_hello_are_told_apart(void **state)
{
	static const struct {
		uint8_t record, message, offset[3], n;
		bool hello;
		uint32_t at;
	} cases[] = {
		{ 22, 1, { 0, 0, 0 }, 40, true, 0 },     { 22, 1, { 0, 4, 0x97 }, 40, true, 1175 },
		{ 22, 1, { 1, 0, 2 }, 22, true, 65538 }, { 22, 1, { 1, 0, 2 }, 21, true, 0 },
		{ 22, 1, { 0, 4, 0x97 }, 14, true, 0 },  { 22, 1, { 0, 4, 0x97 }, 13, false, 0 },
		{ 22, 2, { 0, 4, 0x97 }, 40, false, 0 }, { 23, 1, { 0, 4, 0x97 }, 40, false, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t bytes[40] = { cases[i].record, [13] = cases[i].message };

		memcpy(bytes + 19, cases[i].offset, 3);
		if (endpoint_is_hello(bytes, cases[i].n) != cases[i].hello ||
		    endpoint_hello_offset(bytes, cases[i].n) != cases[i].at)
			fail_msg("case %u", i);
	}
}

static void check_foreign(const char *profile, int version, bool done, enum srtp_suite suite)
{
	struct srtp_key ours, theirs;
	struct pair p;

	pair_open(&p);
	endpoint_free(p.client);
	if (profile)
		assert_int_equal(SSL_CTX_set_tlsext_use_srtp(p.a->context, profile), 0);
	if (version) {
		SSL_CTX_set_security_level(p.a->context, 0);
		SSL_CTX_set_cipher_list(p.a->context, "ALL");
		SSL_CTX_set_min_proto_version(p.a->context, version);
		SSL_CTX_set_max_proto_version(p.a->context, version);
	}
	p.client = endpoint_client(p.a, &p.of_b);
	talk(&p);
	assert_int_equal(endpoint_state(p.server) == ENDPOINT_DONE, done);
	if (done) {
		assert_int_equal(endpoint_keys(p.server, &ours, &theirs), 0);
		assert_int_equal(ours.suite, suite);
	}
	pair_close(&p);
}

static void each_profile_gives_its_suite_and_old_versions_nothing(void **state)
{
	(void)state;
	check_foreign("SRTP_AES128_CM_SHA1_80", 0, true, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	check_foreign("SRTP_AES128_CM_SHA1_32", 0, true, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32);
	check_foreign("SRTP_AEAD_AES_256_GCM", 0, true, SRTP_SUITE_AEAD_AES_256_GCM);
	check_foreign("SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", 0, true, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	check_foreign(NULL, DTLS1_VERSION, false, SRTP_SUITE_NONE);
	check_foreign(NULL, DTLS1_2_VERSION, true, SRTP_SUITE_AEAD_AES_128_GCM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_have_the_same_keys),
		cmocka_unit_test(there_are_no_keys_before_the_end),
		cmocka_unit_test(datagrams_are_short),
		cmocka_unit_test(a_wrong_certificate_ends_it),
		cmocka_unit_test(any_of_several_certificates_will_do),
		cmocka_unit_test(each_hash_can_be_checked),
		cmocka_unit_test(what_is_lost_is_sent_again),
		cmocka_unit_test(what_is_due_is_sent_again_once),
		cmocka_unit_test(twice_and_backwards_it_still_works),
		cmocka_unit_test(nobody_is_asked_less_and_less_often_and_then_no_more),
		cmocka_unit_test(garbage_does_no_harm),
		cmocka_unit_test(goodbye_is_heard),
		cmocka_unit_test(a_source_must_bring_its_cookie),
		cmocka_unit_test(what_is_no_hello_is_not_greeted),
		cmocka_unit_test(parts_of_a_hello_are_told_apart),
		cmocka_unit_test(each_profile_gives_its_suite_and_old_versions_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
