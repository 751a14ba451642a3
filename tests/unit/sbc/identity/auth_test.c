/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "sbc/identity/auth.h"
#include "tests/unit/guard.h"

enum { NOW = 1000000, LIFETIME = 300 * 1000 };

static const unsigned char nonce_key[NONCE_KEY_LEN] = { 7 };
static const struct hash_key key = { 1, 2 };

#define REALM "sip.example.com"

/* What a phone does; the fields that are NULL are left out, so that each test breaks one thing. */
struct phone {
	const char *header, *method, *uri, *signed_uri, *username, *password, *realm, *qop, *nc, *cnonce, *algorithm,
		*hash;
	const char *response; /* sent in place of the right one */
	const char *nonce;    /* in place of the one that was given */
};

static const struct phone good = {
	.header = "Authorization",
	.method = "REGISTER",
	.uri = "sip:" REALM,
	.signed_uri = "sip:" REALM,
	.username = "1001",
	.password = "secret",
	.realm = REALM,
	.qop = "auth",
	.nc = "00000001",
	.cnonce = "0a4f113b",
	.algorithm = "SHA-256",
	.hash = "SHA256",
};

struct scene {
	struct conf_realm where;
	struct users *users;
	struct auth *auth;
	struct flow flow;
	char nonce[NONCE_LEN + 1];
};

static void no_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("%s: %s", p->path, p->text);
}

static struct users *users_of(const char *json)
{
	return users_load(span_str(json), &key, no_problem, NULL);
}

static void scene_init(struct scene *s, const char *users)
{
	*s = (struct scene){
		.where = { .name = "internet",
			   .phones = { .digest = CONF_DIGEST_BOTH, .domains = { REALM, "example.com" }, .ndomain = 2 } }
	};
	struct auth_conf conf = {
		.where = &s->where,
		.realm = SPAN(REALM),
		.nonce_key = nonce_key,
		.nonce_lifetime_ms = LIFETIME,
		.nonce_count = 64,
	};

	assert_int_equal(addr_parse(SPAN("10.0.0.1"), 0, &s->where.address), 0);
	assert_int_equal(addr_parse(SPAN("198.51.100.5"), 0, &s->where.public), 0);
	assert_int_equal(addr_parse(SPAN("203.0.113.9:40000"), 0, &s->flow.peer), 0);
	s->users = users_of(users);
	conf.users = s->users;
	s->auth = auth_new(&conf);
	assert_non_null(s->auth);
}

static void scene_fini(struct scene *s)
{
	auth_free(s->auth);
	users_free(s->users);
}

/* The hash, by another way than the one under test. */
static void hash_hex(const char *name, const char *text, char *hex)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	size_t n;

	assert_true(EVP_Q_digest(NULL, name, NULL, text, strlen(text), raw, &n));
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", raw[i]);
}

static void phone_response(const struct phone *p, const char *nonce, char *hex)
{
	char text[1024], ha1[65], ha2[65];

	snprintf(text, sizeof(text), "%s:%s:%s", p->username, p->realm, p->password);
	hash_hex(p->hash, text, ha1);
	snprintf(text, sizeof(text), "%s:%s", p->method, p->signed_uri);
	hash_hex(p->hash, text, ha2);
	if (p->qop)
		snprintf(text, sizeof(text), "%s:%s:%s:%s:%s:%s", ha1, nonce, p->nc, p->cnonce, p->qop, ha2);
	else
		snprintf(text, sizeof(text), "%s:%s:%s", ha1, nonce, ha2);
	hash_hex(p->hash, text, hex);
}

static void add(struct writer *w, const char *name, const char *value)
{
	if (value)
		writer_format(w, ", %s=%s", name, value);
}

/* Writes the request and sends it. */
static enum auth_verdict phone_send(struct scene *s, const struct phone *p, bool proxy, uint64_t now, struct span *user)
{
	char text[4096], response[65];
	struct writer w = writer_over(text, sizeof(text));
	const char *nonce = p->nonce ? p->nonce : s->nonce;
	enum auth_verdict v;
	struct sip_msg m;
	struct span raw;

	phone_response(p, nonce, response);
	writer_format(&w, "%s %s SIP/2.0\r\nTo: <sip:1001@" REALM ">\r\n", p->method, p->uri);
	writer_format(&w, "%s: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\"",
		      p->header, p->username, p->realm, nonce, p->signed_uri, p->response ? p->response : response);
	add(&w, "algorithm", p->algorithm);
	add(&w, "qop", p->qop);
	add(&w, "nc", p->nc);
	add(&w, "cnonce", p->cnonce);
	writer_str(&w, "\r\n\r\n");
	assert_false(w.failed);
	raw = guard_span(writer_done(&w));
	assert_int_equal(sip_msg_index(raw, &m), SIP_OK);
	v = auth_check(s->auth, &m, proxy, &s->flow, now, user);
	guard_free(raw);
	return v;
}

/* Asks for a challenge and keeps its nonce. Returns the lines, which live in buf. */
static struct span challenge(struct scene *s, bool proxy, bool stale, uint64_t now, char buf[AUTH_CHALLENGE_MAX])
{
	struct writer w = writer_over(buf, AUTH_CHALLENGE_MAX);
	uint32_t at;

	auth_challenge(s->auth, &w, proxy, &s->flow, stale, now);
	assert_false(w.failed);
	at = span_search(writer_done(&w), SPAN("nonce=\"")) + 7;
	assert_true(at + NONCE_LEN < w.n);
	memcpy(s->nonce, buf + at, NONCE_LEN);
	return writer_done(&w);
}

static void challenged(struct scene *s)
{
	char buf[AUTH_CHALLENGE_MAX];

	challenge(s, false, false, NOW, buf);
}

#define USERS                                                                                                          \
	"{\"users\":[{\"name\":\"1001\",\"password\":\"secret\"},"                                                     \
	"{\"name\":\"hashed\",\"ha1\":{\"MD5\":\"5092f21b5a36c9a11e15b6a4ee22d4e7\","                                  \
	"\"SHA-256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}]}"

/* --- vectors -------------------------------------------------------------------------------- */

static void test_vectors(void **state)
{
	static const struct {
		const char *name, *method, *credentials, *password, *expected;
	} cases[] = {
		{ "RFC 2617 3.5", "GET",
		  "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
		  "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
		  "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", response=\"\"",
		  "Circle Of Life", "6629fae49393a05397450978507c4ef1" },
		{ "the same without qop", "GET",
		  "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
		  "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
		  "uri=\"/dir/index.html\", response=\"\"",
		  "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02" },
		{ "RFC 7616 3.9.1, MD5", "GET",
		  "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
		  "algorithm=MD5, "
		  "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
		  "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"\"",
		  "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec" },
		{ "RFC 7616 3.9.1, SHA-256", "GET",
		  "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
		  "algorithm=SHA-256, "
		  "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
		  "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"\"",
		  "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
	};
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user user = { .password = span_str(cases[i].password) };
		struct digest_credentials c;
		struct hasher_hex got;

		print_message("%s\n", cases[i].name);
		assert_int_equal(digest_credentials_parse(span_str(cases[i].credentials), &c), 0);
		auth_response(s.auth, span_str(cases[i].method), &c, &user, &got);
		assert_int_equal(got.n, strlen(cases[i].expected));
		assert_memory_equal(got.text, cases[i].expected, got.n);
	}
	scene_fini(&s);
}

/* --- checking ------------------------------------------------------------------------------- */

/* One deviation from the good phone, and what comes of it. */
static void test_check(void **state)
{
	static const char long_hex[] = "00000000000000000000000000000000000000000000000000000000000000000";
	static const struct {
		const char *name;
		enum auth_verdict expected;
		struct phone change;
	} cases[] = {
		{ "as it should be", AUTH_OK, { 0 } },
		{ "MD5", AUTH_OK, { .algorithm = "MD5", .hash = "MD5" } },
		{ "MD5 without saying so", AUTH_OK, { .algorithm = "", .hash = "MD5" } },
		{ "the old form without qop", AUTH_OK, { .qop = "", .nc = "", .cnonce = "" } },
		{ "user@domain", AUTH_OK, { .username = "1001@" REALM } },
		{ "another method", AUTH_OK, { .method = "SUBSCRIBE" } },
		{ "our address in the Request-URI, the domain signed", AUTH_OK, { .uri = "sip:198.51.100.5:5060" } },
		{ "the domain in the Request-URI, our address signed", AUTH_OK, { .signed_uri = "sip:198.51.100.5" } },
		{ "a parameter not signed", AUTH_OK, { .uri = "sip:" REALM ";transport=tcp" } },
		{ "a host of somebody else signed", AUTH_WRONG, { .signed_uri = "sip:example.net" } },
		{ "another user signed", AUTH_WRONG, { .uri = "sip:1@" REALM, .signed_uri = "sip:2@" REALM } },
		{ "another scheme signed", AUTH_WRONG, { .signed_uri = "sips:" REALM } },
		{ "no URI signed", AUTH_WRONG, { .signed_uri = "x" } },
		{ "wrong password", AUTH_WRONG, { .password = "guess" } },
		{ "empty password", AUTH_WRONG, { .password = "" } },
		{ "password in another case", AUTH_WRONG, { .password = "Secret" } },
		{ "MD5 said, SHA-256 done", AUTH_WRONG, { .algorithm = "MD5" } },
		{ "response too short", AUTH_WRONG, { .response = "0" } },
		{ "response empty", AUTH_WRONG, { .response = "" } },
		{ "response too long", AUTH_WRONG, { .response = long_hex } },
		{ "nobody of this name", AUTH_UNKNOWN_USER, { .username = "1002" } },
		{ "nobody of this name, no password", AUTH_UNKNOWN_USER, { .username = "1002", .password = "" } },
		{ "no name", AUTH_UNKNOWN_USER, { .username = "@" REALM } },
		{ "name in part", AUTH_UNKNOWN_USER, { .username = "100" } },
		{ "credentials for another realm", AUTH_NONE, { .realm = "elsewhere" } },
		{ "for the proxy", AUTH_NONE, { .header = "Proxy-Authorization" } },
		{ "an algorithm we do not have", AUTH_NONE, { .algorithm = "SHA-512-256" } },
		{ "session variant", AUTH_NONE, { .algorithm = "MD5-sess" } },
		{ "a nonce of somebody else", AUTH_STALE, { .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093" } },
		{ "a nonce of somebody else, unknown user", AUTH_STALE, { .nonce = "abc", .username = "1002" } },
		{ "nonce count zero", AUTH_STALE, { .nc = "00000000" } },
		{ "auth-int", AUTH_MALFORMED, { .qop = "auth-int" } },
		{ "qop without count", AUTH_MALFORMED, { .nc = "" } },
		{ "qop without cnonce", AUTH_MALFORMED, { .cnonce = "" } },
		{ "count of seven digits", AUTH_MALFORMED, { .nc = "0000001" } },
		{ "count not a number", AUTH_MALFORMED, { .nc = "0000000g" } },
	};
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const *change = (const char *const *)&cases[i].change;
		struct phone p = good;
		const char **field = (const char **)&p;
		struct span user = { 0 };

		for (size_t f = 0; f < sizeof(p) / sizeof(*field); f++) {
			bool optional = &field[f] == &p.qop || &field[f] == &p.nc || &field[f] == &p.cnonce ||
					&field[f] == &p.algorithm;

			if (change[f])
				field[f] = optional && !change[f][0] ? NULL : change[f];
		}
		challenged(&s);
		print_message("%s\n", cases[i].name);
		assert_string_equal(auth_verdict_name(phone_send(&s, &p, false, NOW, &user)),
				    auth_verdict_name(cases[i].expected));
		if (cases[i].expected == AUTH_OK)
			assert_true(span_eq(user, SPAN("1001")));
		else
			assert_false(span_is_set(user));
	}
	scene_fini(&s);
}

static void test_headers(void **state)
{
	static const struct {
		const char *name, *lines;
		enum auth_verdict expected;
	} cases[] = {
		{ "none", "", AUTH_NONE },
		{ "nothing in it", "Authorization:\r\n", AUTH_MALFORMED },
		{ "no parameters", "Authorization: Digest \r\n", AUTH_MALFORMED },
		{ "another scheme", "Authorization: Basic dXNlcjpwYXNz\r\n", AUTH_NONE },
		{ "an open quote",
		  "Authorization: Digest username=\"1001\", realm=\"" REALM
		  "\", nonce=\"1\", uri=\"sip:a\", response=\"1\r\n",
		  AUTH_MALFORMED },
		{ "a readable one after it counts",
		  "Authorization: Digest \r\nAuthorization: Digest username=\"1001\", realm=\"" REALM
		  "\", nonce=\"1\", uri=\"sip:a\", response=\"1\"\r\n",
		  AUTH_STALE },
		{ "ours after one for another realm",
		  "Authorization: Digest username=\"1001\", realm=\"x\", nonce=\"1\", uri=\"sip:a\", response=\"1\"\r\n"
		  "Authorization: Digest username=\"1001\", realm=\"" REALM
		  "\", nonce=\"1\", uri=\"sip:a\", response=\"1\"\r\n",
		  AUTH_STALE },
	};
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024];
		struct span raw, user;
		struct sip_msg m;

		snprintf(text, sizeof(text), "REGISTER sip:a SIP/2.0\r\n%s\r\n", cases[i].lines);
		raw = guard_span(span_str(text));
		print_message("%s\n", cases[i].name);
		(void)sip_msg_index(raw, &m);
		assert_string_equal(auth_verdict_name(auth_check(s.auth, &m, false, &s.flow, NOW, &user)),
				    auth_verdict_name(cases[i].expected));
		guard_free(raw);
	}
	scene_fini(&s);
}

/* --- nonces over time ----------------------------------------------------------------------- */

static void test_replay(void **state)
{
	static const struct {
		const char *nc;
		enum auth_verdict expected;
	} steps[] = {
		{ "00000001", AUTH_OK }, { "00000001", AUTH_STALE }, { "00000002", AUTH_OK },
		{ "0000000A", AUTH_OK }, { "00000009", AUTH_STALE }, { "0000000b", AUTH_OK },
	};
	struct phone p = good, wrong = good;
	struct span user;
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	challenged(&s);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		p.nc = steps[i].nc;
		print_message("%s\n", p.nc);
		assert_int_equal(phone_send(&s, &p, false, NOW, &user), steps[i].expected);
	}
	/* Who does not know the password cannot use up counts. */
	wrong.password = "guess";
	wrong.nc = "7fffffff";
	assert_int_equal(phone_send(&s, &wrong, false, NOW, &user), AUTH_WRONG);
	p.nc = "0000000c";
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	scene_fini(&s);
}

static void test_without_qop_a_nonce_serves_once(void **state)
{
	struct phone p = good;
	struct span user;
	struct scene s;

	(void)state;
	p.qop = p.nc = p.cnonce = NULL;
	scene_init(&s, USERS);
	challenged(&s);
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_STALE);
	challenged(&s);
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	scene_fini(&s);
}

static void test_nonce_grows_old(void **state)
{
	struct phone p = good;
	struct span user;
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	challenged(&s);
	assert_int_equal(phone_send(&s, &p, false, NOW + LIFETIME, &user), AUTH_OK);
	p.nc = "00000002";
	assert_int_equal(phone_send(&s, &p, false, NOW + LIFETIME + 1, &user), AUTH_STALE);
	scene_fini(&s);
}

static void test_nonce_is_for_one_host(void **state)
{
	struct phone p = good;
	struct span user;
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	challenged(&s);
	s.flow.peer.port++;
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	p.nc = "00000002";
	s.flow.peer.ip[3]++;
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_STALE);
	scene_fini(&s);
}

/* The right digits with one more, or one less. */
static void test_length_of_response(void **state)
{
	char response[66];
	struct phone p = good;
	struct span user;
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	challenged(&s);
	phone_response(&p, s.nonce, response);
	p.response = response;
	strcat(response, "0");
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_WRONG);
	response[63] = '\0';
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_WRONG);
	scene_fini(&s);
}

/* --- secrets -------------------------------------------------------------------------------- */

/* A user without HA1 of an algorithm must not be open to all who use that algorithm. */
static void test_missing_ha1_opens_nothing(void **state)
{
	static const char nothing[] =
		"{\"users\":[{\"name\":\"1001\",\"ha1\":{\"MD5\":\"5092f21b5a36c9a11e15b6a4ee22d4e7\"}}]}";
	struct digest_credentials c = { .algorithm = DIGEST_SHA256 };
	struct span user;
	struct hasher_hex got;
	struct scene s;

	(void)state;
	scene_init(&s, nothing);
	challenged(&s);
	assert_int_equal(phone_send(&s, &good, false, NOW, &user), AUTH_NONE);
	auth_response(s.auth, SPAN("REGISTER"), &c, users_find(s.users, SPAN("1001")), &got);
	assert_int_equal(got.n, 0);
	scene_fini(&s);
}

static void test_ha1(void **state)
{
	char text[256], ha1[65], users[512];
	struct phone p = good;
	struct span user;
	struct scene s;

	(void)state;
	snprintf(text, sizeof(text), "1001:%s:secret", REALM);
	hash_hex("SHA256", text, ha1);
	snprintf(users, sizeof(users), "{\"users\":[{\"name\":\"1001\",\"ha1\":{\"SHA-256\":\"%s\"}}]}", ha1);
	scene_init(&s, users);
	challenged(&s);
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	p.password = "guess";
	p.nc = "00000002";
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_WRONG);
	scene_fini(&s);
}

static void test_users_are_exchanged(void **state)
{
	struct phone p = good;
	struct users *old;
	struct span user;
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	challenged(&s);
	old = s.users;
	s.users = users_of("{\"users\":[{\"name\":\"1001\",\"password\":\"changed\"}]}");
	auth_set_users(s.auth, s.users);
	users_free(old);
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_WRONG);
	p.password = "changed";
	assert_int_equal(phone_send(&s, &p, false, NOW, &user), AUTH_OK);
	scene_fini(&s);
}

/* --- challenges ----------------------------------------------------------------------------- */

static void test_challenge(void **state)
{
	static const struct {
		const char *name, *users;
		bool proxy, stale;
		const char *expected; /* N: the nonce */
	} cases[] = {
		{ "the strongest first", "{\"users\":[]}", false, false,
		  "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"N\", algorithm=SHA-256, qop=\"auth\"\r\n"
		  "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"N\", qop=\"auth\"\r\n" },
		{ "proxy, stale", "{\"users\":[]}", true, true,
		  "Proxy-Authenticate: Digest realm=\"" REALM
		  "\", nonce=\"N\", algorithm=SHA-256, qop=\"auth\", stale=true\r\n"
		  "Proxy-Authenticate: Digest realm=\"" REALM "\", nonce=\"N\", qop=\"auth\", stale=true\r\n" },
		{ "only what all users can answer",
		  "{\"users\":[{\"name\":\"a\",\"ha1\":{\"MD5\":\"5092f21b5a36c9a11e15b6a4ee22d4e7\"}}]}", false, false,
		  "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"N\", qop=\"auth\"\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[AUTH_CHALLENGE_MAX], expected[AUTH_CHALLENGE_MAX];
		struct writer w = writer_over(expected, sizeof(expected));
		struct span got;
		struct scene s;

		scene_init(&s, cases[i].users);
		got = challenge(&s, cases[i].proxy, cases[i].stale, NOW, buf);
		for (const char *c = cases[i].expected; *c; c++) {
			if (c[0] == 'N' && c[-1] == '"')
				writer_str(&w, s.nonce);
			else
				writer_byte(&w, *c);
		}
		print_message("%s\n%.*s", cases[i].name, SPAN_ARG(got));
		assert_true(span_eq(got, writer_done(&w)));
		scene_fini(&s);
	}
}

static void test_challenge_without_room(void **state)
{
	char buf[100];
	struct writer w = writer_over(buf, sizeof(buf));
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	auth_challenge(s.auth, &w, false, &s.flow, false, NOW);
	assert_true(w.failed);
	scene_fini(&s);
}

static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool ours;
	} cases[] = {
		{ REALM, true },      { "SIP.Example.COM", true }, { "example.com", true },   { "example.net", false },
		{ "10.0.0.1", true }, { "198.51.100.5", true },    { "198.51.100.6", false }, { "", false },
	};
	struct scene s;

	(void)state;
	scene_init(&s, USERS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].host);
		assert_int_equal(auth_host_is_ours(&s.where, span_str(cases[i].host)), cases[i].ours);
	}
	scene_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_without_qop_a_nonce_serves_once),
		cmocka_unit_test(test_nonce_grows_old),
		cmocka_unit_test(test_nonce_is_for_one_host),
		cmocka_unit_test(test_length_of_response),
		cmocka_unit_test(test_missing_ha1_opens_nothing),
		cmocka_unit_test(test_ha1),
		cmocka_unit_test(test_users_are_exchanged),
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_challenge_without_room),
		cmocka_unit_test(test_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
