/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/auth.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "alg/base/cursor.h"
#include "alg/sip/uri.h"

struct auth {
	struct auth_conf conf;
	struct nonces *nonces;
	struct hasher hasher;
};

/* The order of offering. */
static const enum digest_algorithm strongest_first[] = { DIGEST_SHA256, DIGEST_MD5 };

const char *auth_verdict_name(enum auth_verdict v)
{
	static const char *const names[] = {
#define X(id, name) [AUTH_##id] = name,
		AUTH_VERDICT_TABLE(X)
#undef X
	};

	return names[v];
}

struct auth *auth_new(const struct auth_conf *conf)
{
	struct auth *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->conf = *conf;
	a->conf.nonce_key = NULL; /* nonces has its own copy */
	a->nonces = nonces_new(conf->nonce_key, conf->nonce_lifetime_ms, conf->nonce_count);
	if (hasher_init(&a->hasher) == 0 && a->nonces)
		return a;
	auth_free(a);
	return NULL;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	hasher_fini(&a->hasher);
	nonces_free(a->nonces);
	free(a);
}

void auth_set_users(struct auth *a, const struct users *users)
{
	a->conf.users = users;
}

/* --- hosts ---------------------------------------------------------------------------------- */

bool auth_host_is_ours(const struct conf_realm *r, struct span host)
{
	struct addr addr;

	if (addr_parse_host(host, &addr) == 0)
		return addr_same_host(&addr, &r->address) || addr_same_host(&addr, &r->public);
	for (unsigned i = 0; i < r->phones.ndomain; i++) {
		if (span_ieq(host, span_str(r->phones.domains[i])))
			return true;
	}
	return false;
}

/* The digest-uri should be the Request-URI (RFC 7616 3.4.6), but phones write the domain in one and our address in the
 * other, or leave out parameters: what they sign must have the same user, at a host of ours. */
static bool auth_uri_ok(const struct auth *a, const struct sip_msg *m, struct span signed_uri)
{
	struct uri said, asked;

	if (span_eq(signed_uri, m->uri))
		return true;
	if (uri_parse(signed_uri, &said) || uri_parse(m->uri, &asked))
		return false;
	if (uri_eq(&said, &asked))
		return true;
	return said.scheme == asked.scheme && uri_user_eq(said.user, asked.user) &&
	       (span_ieq(said.host, asked.host) || auth_host_is_ours(a->conf.where, said.host));
}

/* --- hashing -------------------------------------------------------------------------------- */

void auth_response(struct auth *a, struct span method, const struct digest_credentials *c, const struct user *user,
		   struct hasher_hex *out)
{
	struct hasher_hex made;
	struct span ha1;

	hasher_ha1(&a->hasher, c, user ? user->password : (struct span){ 0 }, &made);
	ha1 = user && !span_is_set(user->password) ? user->ha1[c->algorithm] : hasher_hex_span(&made);
	hasher_response(&a->hasher, c, ha1, method, (struct span){ 0 }, out);
	OPENSSL_cleanse(&made, sizeof(made));
}

/* What the realm asks for, of what every user can answer. */
static bool auth_offers(const struct auth *a, enum digest_algorithm how)
{
	static const unsigned wanted[] = {
		[CONF_DIGEST_MD5] = 1U << DIGEST_MD5,
		[CONF_DIGEST_SHA256] = 1U << DIGEST_SHA256,
		[CONF_DIGEST_BOTH] = 1U << DIGEST_MD5 | 1U << DIGEST_SHA256,
	};

	return how != DIGEST_UNKNOWN &&
	       (users_algorithms(a->conf.users) & wanted[a->conf.where->phones.digest] & 1U << how);
}

/* --- checking ------------------------------------------------------------------------------- */

/* The credentials that we can judge: our realm, an algorithm we offer. A phone may send one line per challenge. */
static bool is_of_another_scheme(struct span credentials)
{
	struct cursor c = { .left = span_trim(credentials) };
	struct span scheme = cursor_while(&c, TOKEN);

	return scheme.n && !span_ieq(scheme, SPAN("Digest"));
}

static enum auth_verdict auth_find(const struct auth *a, const struct sip_msg *m, bool proxy,
				   struct digest_credentials *out)
{
	enum sip_hdr hdr = proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION;
	enum auth_verdict verdict = AUTH_NONE;

	for (const struct sip_field *f = sip_field_first(m, hdr); f; f = sip_field_next(m, f)) {
		struct digest_credentials c;

		/* Credentials of another scheme are none that we asked for (RFC 4475 3.3.6): it is challenged. */
		if (is_of_another_scheme(sip_field_value(m, f)))
			continue;
		if (digest_credentials_parse(sip_field_value(m, f), &c)) {
			verdict = AUTH_MALFORMED;
			continue;
		}
		if (!span_eq(c.realm, a->conf.realm) || !auth_offers(a, c.algorithm))
			continue;
		*out = c;
		return AUTH_OK;
	}
	return verdict;
}

struct span auth_username(const struct sip_msg *m, bool proxy)
{
	struct digest_credentials c;
	struct span first = sip_msg_value(m, proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION);

	return first.n && digest_credentials_parse(first, &c) == 0
		       ? span_slice(c.username, 0, span_find(c.username, '@'))
		       : (struct span){ 0 };
}

/* The count of the credentials: 1 in the old form without qop. 0, or -1 when malformed (RFC 7616 3.4). */
static int auth_count(const struct digest_credentials *c, uint32_t *out)
{
	uint32_t count = 0;

	if (!span_is_set(c->qop)) {
		*out = 1;
		return 0;
	}
	if (!span_ieq(c->qop, SPAN("auth")) || !span_is_set(c->cnonce) || c->nc.n != 8 || !span_all(c->nc, HEX))
		return -1;
	for (uint32_t i = 0; i < c->nc.n; i++) {
		char digit = c->nc.p[i];

		count = count << 4 | (uint32_t)(byte_is(digit, DIGIT) ? digit - '0' : (digit | 0x20) - 'a' + 10);
	}
	*out = count;
	return 0;
}

/* "1001" of 1001 and of 1001@example.com. */
static const struct user *auth_user(const struct auth *a, struct span username)
{
	return users_find(a->conf.users, span_slice(username, 0, span_find(username, '@')));
}

static enum auth_verdict auth_prove(struct auth *a, const struct sip_msg *m, const struct digest_credentials *c,
				    struct span *name)
{
	const struct user *user = auth_user(a, c->username);
	struct hasher_hex expected;
	bool same;

	auth_response(a, m->method_name, c, user, &expected);
	same = expected.n && expected.n == c->response.n &&
	       CRYPTO_memcmp(expected.text, c->response.p, expected.n) == 0;
	if (!user)
		return AUTH_UNKNOWN_USER;
	if (!same)
		return AUTH_WRONG;
	*name = user->name;
	return AUTH_OK;
}

enum auth_verdict auth_check(struct auth *a, const struct sip_msg *m, bool proxy, const struct flow *from, uint64_t now,
			     struct span *user)
{
	struct digest_credentials c;
	enum auth_verdict v = auth_find(a, m, proxy, &c);
	struct span name;
	uint32_t count;

	if (v != AUTH_OK)
		return v;
	if (auth_count(&c, &count))
		return AUTH_MALFORMED;
	/* Before the proof: an old nonce is no oracle for guesses, and costs a flooder's victim no more than one HMAC.
	 * After a restart all phones come with nonces we cannot know any more: to them they are stale, too. */
	if (nonce_check(a->nonces, c.nonce, a->conf.realm, &from->peer, now) != NONCE_OK)
		return AUTH_STALE;
	if (!auth_uri_ok(a, m, c.uri))
		return AUTH_WRONG;
	v = auth_prove(a, m, &c, &name);
	if (v != AUTH_OK)
		return v;
	if (!nonce_use(a->nonces, c.nonce, count))
		return AUTH_STALE;
	*user = name;
	return AUTH_OK;
}

/* --- challenging ---------------------------------------------------------------------------- */

void auth_challenge(struct auth *a, struct writer *w, bool proxy, const struct flow *to, bool stale, uint64_t now)
{
	enum sip_hdr hdr = proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
	char text[NONCE_LEN];
	struct writer nonce = writer_over(text, sizeof(text));

	nonce_write(a->nonces, &nonce, a->conf.realm, &to->peer, now);
	if (nonce.failed) {
		w->failed = true;
		return;
	}
	for (unsigned i = 0; i < sizeof(strongest_first) / sizeof(strongest_first[0]); i++) {
		struct digest_challenge c = {
			.realm = a->conf.realm,
			.nonce = writer_done(&nonce),
			.qop = SPAN("auth"),
			.algorithm = strongest_first[i],
			.stale = stale,
		};

		if (!auth_offers(a, c.algorithm))
			continue;
		writer_put(w, sip_hdr_info[hdr].name);
		writer_put(w, SPAN(": "));
		digest_challenge_write(w, &c);
		writer_put(w, SPAN("\r\n"));
	}
}
