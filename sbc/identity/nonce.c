/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/nonce.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

/* A nonce is 7 bytes of stamp, then 8 of an HMAC over stamp, realm and address, in base64url (RFC 4648 5). The stamp is
 * the time (ms, 40 bits) with a counter below it, so that no two nonces are alike. */
enum {
	NONCE_STAMP_LEN = 7,
	NONCE_MAC_LEN = 8,
	NONCE_COUNTER_BITS = 16,
	NONCE_WAYS = 4,
};

/* A nonce in use and the highest count seen with it. Zero is a free one: no stamp is zero. */
struct nonce_used {
	uint64_t stamp;
	uint32_t count;
};

/* Where a use may be kept. A full bucket forgets its oldest and from then on takes no nonce that old or older: what was
 * forgotten cannot be replayed. */
struct nonce_bucket {
	uint64_t forgotten; /* stamp */
	struct nonce_used use[NONCE_WAYS];
};

struct nonces {
	EVP_MAC_CTX *mac;
	uint64_t lifetime_ms;
	uint16_t counter;
	uint32_t mask;
	struct nonce_bucket bucket[];
};

_Static_assert(3 * NONCE_LEN == 4 * (NONCE_STAMP_LEN + NONCE_MAC_LEN), "digits of a nonce");

static EVP_MAC_CTX *mac_new(const void *key)
{
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	char name[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};

	EVP_MAC_free(hmac);
	if (ctx && !EVP_MAC_init(ctx, key, NONCE_KEY_LEN, params)) {
		EVP_MAC_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

struct nonces *nonces_new(const void *key, uint64_t lifetime_ms, uint32_t capacity)
{
	uint32_t buckets = 1;
	struct nonces *n;

	while (buckets < capacity / NONCE_WAYS && buckets < 1U << 20)
		buckets *= 2;
	n = calloc(1, sizeof(*n) + buckets * sizeof(n->bucket[0]));
	if (!n)
		return NULL;
	n->lifetime_ms = lifetime_ms;
	n->mask = buckets - 1;
	n->mac = mac_new(key);
	if (!n->mac) {
		free(n);
		return NULL;
	}
	return n;
}

void nonces_free(struct nonces *n)
{
	if (!n)
		return;
	EVP_MAC_CTX_free(n->mac);
	free(n);
}

/* False where the library fails: then there is no nonce to be had or to be trusted. */
static bool nonce_mac(struct nonces *n, const unsigned char *stamp, struct span realm, const struct addr *peer,
		      unsigned char *out)
{
	unsigned char full[EVP_MAX_MD_SIZE];
	size_t length;

	if (!EVP_MAC_init(n->mac, NULL, 0, NULL) || !EVP_MAC_update(n->mac, stamp, NONCE_STAMP_LEN) ||
	    !EVP_MAC_update(n->mac, peer->ip, sizeof(peer->ip)) || !EVP_MAC_update(n->mac, &peer->family, 1) ||
	    !EVP_MAC_update(n->mac, (const unsigned char *)realm.p, realm.n) ||
	    !EVP_MAC_final(n->mac, full, &length, sizeof(full)))
		return false;
	memcpy(out, full, NONCE_MAC_LEN);
	return true;
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void nonce_write(struct nonces *n, struct writer *w, struct span realm, const struct addr *peer, uint64_t now)
{
	unsigned char bytes[NONCE_STAMP_LEN + NONCE_MAC_LEN];
	uint64_t stamp = (now + 1) << NONCE_COUNTER_BITS | ++n->counter;

	for (int i = 0; i < NONCE_STAMP_LEN; i++)
		bytes[i] = (unsigned char)(stamp >> (8 * (NONCE_STAMP_LEN - 1 - i)));
	if (!nonce_mac(n, bytes, realm, peer, bytes + NONCE_STAMP_LEN)) {
		w->failed = true;
		return;
	}
	for (unsigned i = 0; i < sizeof(bytes); i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			writer_byte(w, digits[three >> shift & 63]);
	}
}

/* 0, or -1 where nonce does not have the form. */
static int nonce_bytes(struct span nonce, unsigned char *out)
{
	if (nonce.n != NONCE_LEN)
		return -1;
	for (uint32_t i = 0; i < nonce.n; i += 4) {
		uint32_t four = 0;

		for (uint32_t k = i; k < i + 4; k++) {
			const char *at = nonce.p[k] ? strchr(digits, nonce.p[k]) : NULL;

			if (!at)
				return -1;
			four = four << 6 | (uint32_t)(at - digits);
		}
		*out++ = (unsigned char)(four >> 16);
		*out++ = (unsigned char)(four >> 8);
		*out++ = (unsigned char)four;
	}
	return 0;
}

static uint64_t nonce_stamp(const unsigned char *bytes)
{
	uint64_t stamp = 0;

	for (int i = 0; i < NONCE_STAMP_LEN; i++)
		stamp = stamp << 8 | bytes[i];
	return stamp;
}

static bool stamp_is_old(const struct nonces *n, uint64_t stamp, uint64_t now)
{
	uint64_t made = (stamp >> NONCE_COUNTER_BITS) - 1;

	return now > made && now - made > n->lifetime_ms;
}

enum nonce_verdict nonce_check(struct nonces *n, struct span nonce, struct span realm, const struct addr *peer,
			       uint64_t now)
{
	unsigned char bytes[NONCE_STAMP_LEN + NONCE_MAC_LEN], mac[NONCE_MAC_LEN];

	if (nonce_bytes(nonce, bytes) || !nonce_mac(n, bytes, realm, peer, mac))
		return NONCE_FORGED;
	if (CRYPTO_memcmp(mac, bytes + NONCE_STAMP_LEN, NONCE_MAC_LEN) != 0)
		return NONCE_FORGED;
	return stamp_is_old(n, nonce_stamp(bytes), now) ? NONCE_STALE : NONCE_OK;
}

/* Its use where it is known, else the place for it: the oldest. */
static struct nonce_used *bucket_place(struct nonce_bucket *b, uint64_t stamp)
{
	struct nonce_used *oldest = &b->use[0];

	for (int i = 0; i < NONCE_WAYS; i++) {
		if (b->use[i].stamp == stamp)
			return &b->use[i];
		if (b->use[i].stamp < oldest->stamp)
			oldest = &b->use[i];
	}
	return oldest;
}

static struct nonce_bucket *nonce_bucket_of(struct nonces *n, const unsigned char *bytes)
{
	uint32_t hash;

	/* The HMAC spreads well enough. */
	memcpy(&hash, bytes + NONCE_STAMP_LEN, sizeof(hash));
	return &n->bucket[hash & n->mask];
}

bool nonce_use(struct nonces *n, struct span nonce, uint32_t count)
{
	unsigned char bytes[NONCE_STAMP_LEN + NONCE_MAC_LEN];
	struct nonce_bucket *b;
	struct nonce_used *use;
	uint64_t stamp;

	if (nonce_bytes(nonce, bytes))
		return false;
	stamp = nonce_stamp(bytes);
	b = nonce_bucket_of(n, bytes);
	use = bucket_place(b, stamp);
	if (use->stamp == stamp) {
		if (count <= use->count)
			return false;
		use->count = count;
		return true;
	}
	if (stamp <= b->forgotten || count == 0)
		return false;
	if (b->forgotten < use->stamp)
		b->forgotten = use->stamp;
	*use = (struct nonce_used){ stamp, count };
	return true;
}
