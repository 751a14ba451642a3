/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/identity.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "rtpproxy/dtls/endpoint.h"

enum { DAY_S = 24 * 3600 };

/* A certificate must have a name (RFC 5280 4.1.2.4): digits by chance. */
static int name_set(X509 *cert)
{
	uint8_t bytes[8];
	char text[2 * sizeof(bytes) + 1] = { 0 };
	struct writer w = writer_over(text, sizeof(text));
	X509_NAME *name = X509_get_subject_name(cert);

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return -1;
	writer_hex(&w, bytes, sizeof(bytes));
	if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)text, -1, -1, 0) != 1)
		return -1;
	return X509_set_issuer_name(cert, name) == 1 ? 0 : -1;
}

static int serial_set(X509 *cert)
{
	uint64_t serial;

	if (RAND_bytes((uint8_t *)&serial, sizeof(serial)) != 1)
		return -1;
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1) == 1 ? 0 : -1;
}

static int certificate_fill(X509 *cert, EVP_PKEY *key, int64_t wall_s)
{
	enum { V3 = 2 };

	if (X509_set_version(cert, V3) != 1 || serial_set(cert) || name_set(cert))
		return -1;
	if (!ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(wall_s - DAY_S)) ||
	    !ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(wall_s + (int64_t)IDENTITY_DAYS * DAY_S)))
		return -1;
	return X509_set_pubkey(cert, key) == 1 && X509_sign(cert, key, EVP_sha256()) ? 0 : -1;
}

static int fingerprint_take(const X509 *cert, struct sdp_fingerprint *out)
{
	unsigned n = sizeof(out->digest);

	*out = (struct sdp_fingerprint){ .hash = SDP_SHA256 };
	return X509_digest(cert, EVP_sha256(), out->digest, &n) == 1 ? 0 : -1;
}

static int identity_fill(struct identity *i, EVP_PKEY *key, X509 *cert, int64_t wall_s)
{
	if (!key || !cert || certificate_fill(cert, key, wall_s) || fingerprint_take(cert, &i->fingerprint))
		return -1;
	i->context = endpoint_context(key, cert);
	return i->context ? 0 : -1;
}

struct identity *identity_new(int64_t wall_s)
{
	struct identity *i = calloc(1, sizeof(*i));
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	if (i && identity_fill(i, key, cert, wall_s)) {
		free(i);
		i = NULL;
	}
	/* The context holds them. */
	EVP_PKEY_free(key);
	X509_free(cert);
	ERR_clear_error();
	if (!i)
		return NULL;
	i->holders = 1;
	i->renew = wall_s + IDENTITY_FRESH_S;
	return i;
}

struct identity *identity_hold(struct identity *i)
{
	i->holders++;
	return i;
}

void identity_release(struct identity *i)
{
	if (!i || --i->holders)
		return;
	SSL_CTX_free(i->context);
	free(i);
}
