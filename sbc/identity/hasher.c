/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/hasher.h"

#include <openssl/crypto.h>
#include <string.h>

static const char *const fetch_name[DIGEST_UNKNOWN] = {
	[DIGEST_MD5] = "MD5",
	[DIGEST_SHA256] = "SHA2-256",
	[DIGEST_SHA512_256] = "SHA2-512/256",
};

int hasher_init(struct hasher *h)
{
	memset(h, 0, sizeof(*h));
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		return -1;
	for (int i = 0; i < DIGEST_UNKNOWN; i++) {
		h->md[i] = EVP_MD_fetch(NULL, fetch_name[i], NULL);
		if (!h->md[i])
			return -1;
	}
	return 0;
}

void hasher_fini(struct hasher *h)
{
	for (int i = 0; i < DIGEST_UNKNOWN; i++)
		EVP_MD_free(h->md[i]);
	EVP_MD_CTX_free(h->ctx);
	memset(h, 0, sizeof(*h));
}

/* The hash of the parts joined by colons. */
static void hash(struct hasher *h, enum digest_algorithm how, const struct span *part, int parts,
		 struct hasher_hex *out)
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	struct writer w = writer_over(out->text, sizeof(out->text));
	unsigned length = 0;
	bool ok = EVP_DigestInit_ex2(h->ctx, h->md[how], NULL);

	for (int i = 0; i < parts; i++)
		ok = ok && (i == 0 || EVP_DigestUpdate(h->ctx, ":", 1)) &&
		     EVP_DigestUpdate(h->ctx, part[i].p, part[i].n);
	ok = ok && EVP_DigestFinal_ex(h->ctx, raw, &length);
	if (ok)
		writer_hex(&w, raw, length);
	out->n = w.n;
}

#define HASH(h, how, out, ...)                                                                                         \
	hash(h, how, (const struct span[]){ __VA_ARGS__ },                                                             \
	     (int)(sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span)), out)

void hasher_ha1(struct hasher *h, const struct digest_credentials *c, struct span password, struct hasher_hex *out)
{
	HASH(h, c->algorithm, out, c->username, c->realm, password);
}

void hasher_ha1_session(struct hasher *h, const struct digest_credentials *c, struct span ha1, struct hasher_hex *out)
{
	HASH(h, c->algorithm, out, ha1, c->nonce, c->cnonce);
}

void hasher_response(struct hasher *h, const struct digest_credentials *c, struct span ha1, struct span method,
		     struct span body, struct hasher_hex *out)
{
	enum digest_algorithm how = c->algorithm;
	struct hasher_hex a2, of_body;

	if (span_ieq(c->qop, SPAN("auth-int"))) {
		HASH(h, how, &of_body, body);
		HASH(h, how, &a2, method, c->uri, hasher_hex_span(&of_body));
	} else {
		HASH(h, how, &a2, method, c->uri);
	}
	if (span_is_set(c->qop))
		HASH(h, how, out, ha1, c->nonce, c->nc, c->cnonce, c->qop, hasher_hex_span(&a2));
	else
		HASH(h, how, out, ha1, c->nonce, hasher_hex_span(&a2));
	if (ha1.n == 0)
		out->n = 0;
}
