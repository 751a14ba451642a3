/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/endpoint.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

enum {
	FIRST_TIMEOUT_US = 250 * 1000, /* a second (RFC 6347 4.2.4.1) is long where somebody waits to be heard */
	LONGEST_TIMEOUT_US = 4000 * 1000,
	RECORD_HEADER = 13,
	RECORD_LENGTH_AT = 11,
	RECORD_HANDSHAKE = 22,
	FRAGMENT_OFFSET_AT = RECORD_HEADER + 6,
	CLIENT_HELLO = 1,
	SECRET_BOTH_MAX = 2 * SRTP_SECRET_MAX,
};

struct endpoint {
	SSL *ssl;
	BIO *in, *out; /* ssl's */
	struct sdp_fingerprints peer;
	uint64_t cookie;
	enum endpoint_state state;
	bool client;
	bool impostor;
	const char *why;
};

/* The first that the other side knows is taken. */
static const char profile_names[] =
	"SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_32";

static const struct profile {
	unsigned long id;
	enum srtp_suite suite;
	uint8_t key, salt; /* bytes */
} profiles[] = {
	{ SRTP_AES128_CM_SHA1_80, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 16, 14 },
	{ SRTP_AES128_CM_SHA1_32, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, 16, 14 },
	{ SRTP_AEAD_AES_128_GCM, SRTP_SUITE_AEAD_AES_128_GCM, 16, 12 },
	{ SRTP_AEAD_AES_256_GCM, SRTP_SUITE_AEAD_AES_256_GCM, 32, 12 },
};

/* ----- what all have in common ----- */

static unsigned timeout_next(SSL *ssl, unsigned us)
{
	(void)ssl;
	if (!us)
		return FIRST_TIMEOUT_US;
	return us < LONGEST_TIMEOUT_US / 2 ? 2 * us : LONGEST_TIMEOUT_US;
}

static const EVP_MD *digest_of(enum sdp_hash hash)
{
	switch (hash) {
	case SDP_SHA1:
		return EVP_sha1();
	case SDP_SHA224:
		return EVP_sha224();
	case SDP_SHA256:
		return EVP_sha256();
	case SDP_SHA384:
		return EVP_sha384();
	case SDP_SHA512:
	case SDP_HASH_N:
		break;
	}
	return EVP_sha512();
}

/* Who signed it, for whom and until when does not matter: the description says which one it is (RFC 5763 5). */
static int certificate_check(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct endpoint *e = SSL_get_app_data(ssl);
	const X509 *cert = X509_STORE_CTX_get0_cert(store);
	struct sdp_fingerprint shown = { .hash = e->peer.at[0].hash };
	unsigned n = sizeof(shown.digest);

	(void)arg;
	if (cert && X509_digest(cert, digest_of(shown.hash), shown.digest, &n) == 1 &&
	    sdp_fingerprints_have(&e->peer, &shown)) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	e->impostor = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static int cookie_make(SSL *ssl, unsigned char *cookie, unsigned *n)
{
	const struct endpoint *e = SSL_get_app_data(ssl);

	memcpy(cookie, &e->cookie, sizeof(e->cookie));
	*n = sizeof(e->cookie);
	return 1;
}

static int cookie_check(SSL *ssl, const unsigned char *cookie, unsigned n)
{
	const struct endpoint *e = SSL_get_app_data(ssl);

	return n == sizeof(e->cookie) && CRYPTO_memcmp(cookie, &e->cookie, n) == 0;
}

SSL_CTX *endpoint_context(EVP_PKEY *key, X509 *cert)
{
	SSL_CTX *c = SSL_CTX_new(DTLS_method());

	if (!c)
		return NULL;
	/* Level 1: phones have certificates of RSA with 1024 bits. The description vouches for them, not a signature.
	 */
	SSL_CTX_set_security_level(c, 1);
	SSL_CTX_set_options(c, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
				       SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_max_send_fragment(c, ENDPOINT_DATAGRAM_MAX);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(c, certificate_check, NULL);
	SSL_CTX_set_cookie_generate_cb(c, cookie_make);
	SSL_CTX_set_cookie_verify_cb(c, cookie_check);
	if (SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) == 1 && SSL_CTX_use_certificate(c, cert) == 1 &&
	    SSL_CTX_use_PrivateKey(c, key) == 1 &&
	    SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL") == 1 &&
	    SSL_CTX_set_tlsext_use_srtp(c, profile_names) == 0)
		return c;
	SSL_CTX_free(c);
	return NULL;
}

/* ----- one of them ----- */

static struct endpoint *endpoint_new(const struct identity *who, const struct sdp_fingerprints *peer)
{
	struct endpoint *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->peer = *peer;
	e->ssl = SSL_new(who->context);
	e->in = BIO_new(BIO_s_mem());
	e->out = BIO_new(BIO_s_mem());
	if (!e->ssl || !e->in || !e->out) {
		BIO_free(e->in);
		BIO_free(e->out);
		SSL_free(e->ssl);
		free(e);
		return NULL;
	}
	BIO_set_mem_eof_return(e->in, -1);
	BIO_set_mem_eof_return(e->out, -1);
	SSL_set_bio(e->ssl, e->in, e->out);
	SSL_set_app_data(e->ssl, e);
	SSL_set_mtu(e->ssl, ENDPOINT_DATAGRAM_MAX);
	DTLS_set_timer_cb(e->ssl, timeout_next);
	return e;
}

void endpoint_free(struct endpoint *e)
{
	if (!e)
		return;
	SSL_free(e->ssl);
	free(e);
}

static enum endpoint_state fail(struct endpoint *e, const char *why)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	e->state = ENDPOINT_FAILED;
	e->why = why ? why : reason ? reason : "broken off";
	ERR_clear_error();
	return e->state;
}

static const struct profile *profile_of(const struct endpoint *e)
{
	const SRTP_PROTECTION_PROFILE *agreed = SSL_get_selected_srtp_profile(e->ssl);

	for (unsigned i = 0; agreed && i < sizeof(profiles) / sizeof(*profiles); i++)
		if (profiles[i].id == agreed->id)
			return &profiles[i];
	return NULL;
}

static enum endpoint_state endpoint_shake(struct endpoint *e)
{
	const int done = SSL_do_handshake(e->ssl);
	const int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(e->ssl, done);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return e->state;
	if (error != SSL_ERROR_NONE)
		return fail(e, e->impostor ? "its certificate is none that the description names" : NULL);
	if (!profile_of(e))
		return fail(e, "no SRTP profile in common");
	(void)SSL_free_buffers(e->ssl);
	return e->state = ENDPOINT_DONE;
}

/* What comes later: the last flight once more, which is answered with ours; data, which is nobody's; goodbye. */
static enum endpoint_state endpoint_drain(struct endpoint *e)
{
	uint8_t nobodys[256];

	if (SSL_alloc_buffers(e->ssl) != 1)
		return e->state;
	while (SSL_read(e->ssl, nobodys, sizeof(nobodys)) > 0)
		;
	if (SSL_get_shutdown(e->ssl) & SSL_RECEIVED_SHUTDOWN)
		e->state = ENDPOINT_CLOSED;
	(void)SSL_free_buffers(e->ssl);
	return e->state;
}

static enum endpoint_state endpoint_step(struct endpoint *e)
{
	ERR_clear_error();
	switch (e->state) {
	case ENDPOINT_SHAKING:
		return endpoint_shake(e);
	case ENDPOINT_DONE:
		return endpoint_drain(e);
	case ENDPOINT_CLOSED:
	case ENDPOINT_FAILED:
		break;
	}
	return e->state;
}

struct endpoint *endpoint_client(const struct identity *who, const struct sdp_fingerprints *peer)
{
	struct endpoint *e = endpoint_new(who, peer);

	if (!e)
		return NULL;
	e->client = true;
	SSL_set_connect_state(e->ssl);
	endpoint_step(e);
	return e;
}

struct endpoint *endpoint_server(const struct identity *who, const struct sdp_fingerprints *peer)
{
	struct endpoint *e = endpoint_new(who, peer);

	if (e)
		SSL_set_accept_state(e->ssl);
	return e;
}

bool endpoint_is_hello(const uint8_t *bytes, size_t n)
{
	return n > RECORD_HEADER && bytes[0] == RECORD_HANDSHAKE && bytes[RECORD_HEADER] == CLIENT_HELLO;
}

uint32_t endpoint_hello_offset(const uint8_t *bytes, size_t n)
{
	const uint8_t *at = bytes + FRAGMENT_OFFSET_AT;

	if (!endpoint_is_hello(bytes, n) || n < FRAGMENT_OFFSET_AT + 3)
		return 0;
	return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

/* One that comes in several fragments is not understood here (nor is there a browser without ICE that would send it):
 * nothing is kept for a source that has not been checked. */
struct endpoint *endpoint_greet(const struct identity *who, const struct sdp_fingerprints *peer, uint64_t cookie,
				const uint8_t *bytes, size_t n, struct writer *reply)
{
	struct endpoint *e = endpoint_is_hello(bytes, n) ? endpoint_server(who, peer) : NULL;
	BIO_ADDR *nowhere = e ? BIO_ADDR_new() : NULL; /* the library wants to tell who it was */
	uint8_t out[ENDPOINT_DATAGRAM_MAX];
	bool welcome;

	if (!e)
		return NULL;
	e->cookie = cookie;
	ERR_clear_error();
	welcome = nowhere && BIO_write(e->in, bytes, (int)n) == (int)n && DTLSv1_listen(e->ssl, nowhere) == 1;
	BIO_ADDR_free(nowhere);
	if (welcome) {
		endpoint_step(e);
		return e;
	}
	writer_put(reply, span_of(out, endpoint_give(e, out)));
	endpoint_free(e);
	ERR_clear_error();
	return NULL;
}

enum endpoint_state endpoint_state(const struct endpoint *e)
{
	return e->state;
}

bool endpoint_is_over(const struct endpoint *e)
{
	return e->client && (e->state == ENDPOINT_DONE || e->state == ENDPOINT_CLOSED);
}

const char *endpoint_why(const struct endpoint *e)
{
	return e->why ? e->why : "";
}

bool endpoint_is_impostor(const struct endpoint *e)
{
	return e->impostor;
}

enum endpoint_state endpoint_take(struct endpoint *e, const uint8_t *bytes, size_t n)
{
	if (BIO_write(e->in, bytes, (int)n) != (int)n)
		return e->state;
	endpoint_step(e);
	/* Nothing of one datagram is left to be taken for a part of the next. */
	(void)BIO_reset(e->in);
	return e->state;
}

enum endpoint_state endpoint_tick(struct endpoint *e)
{
	ERR_clear_error();
	if (e->state == ENDPOINT_SHAKING && DTLSv1_handle_timeout(e->ssl) < 0)
		return fail(e, "no answer");
	return e->state;
}

/* Whole records, as many as fit. */
size_t endpoint_give(struct endpoint *e, uint8_t *out)
{
	const uint8_t *p;
	const long left = BIO_get_mem_data(e->out, &p);
	const size_t n = left > 0 ? (size_t)left : 0;
	size_t take = 0;

	while (n - take >= RECORD_HEADER) {
		const size_t length = (size_t)p[take + RECORD_LENGTH_AT] << 8 | p[take + RECORD_LENGTH_AT + 1];

		if (take + RECORD_HEADER + length > ENDPOINT_DATAGRAM_MAX)
			break;
		take += RECORD_HEADER + length;
	}
	if (take == 0 || BIO_read(e->out, out, (int)take) != (int)take)
		return 0;
	return take;
}

void endpoint_close(struct endpoint *e)
{
	ERR_clear_error();
	if ((e->state == ENDPOINT_DONE || e->state == ENDPOINT_CLOSED) && SSL_alloc_buffers(e->ssl) == 1)
		(void)SSL_shutdown(e->ssl);
	ERR_clear_error();
}

/* The client's key, the server's, the client's salt, the server's. */
int endpoint_keys(const struct endpoint *e, struct srtp_key *ours, struct srtp_key *theirs)
{
	static const char label[] = "EXTRACTOR-dtls_srtp";
	const struct profile *p = e->state == ENDPOINT_FAILED || e->state == ENDPOINT_SHAKING ? NULL : profile_of(e);
	struct srtp_key *const side[2] = { e->client ? ours : theirs, e->client ? theirs : ours };
	uint8_t both[SECRET_BOTH_MAX];

	if (!p || SSL_export_keying_material(e->ssl, both, 2U * (p->key + p->salt), label, sizeof(label) - 1, NULL, 0,
					     0) != 1)
		return -1;
	for (unsigned i = 0; i < 2; i++) {
		*side[i] = (struct srtp_key){ .suite = (uint8_t)p->suite };
		memcpy(side[i]->secret, both + i * p->key, p->key);
		memcpy(side[i]->secret + p->key, both + 2 * p->key + i * p->salt, p->salt);
	}
	OPENSSL_cleanse(both, sizeof(both));
	return 0;
}
