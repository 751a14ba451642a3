/* SPDX-License-Identifier: BSD-3-Clause */
/* hasher.h: the hashes of Digest (RFC 7616 3.4), for who asks for credentials and for who gives them. */
#ifndef NATSBC_SBC_HASHER_H
#define NATSBC_SBC_HASHER_H

#include <openssl/evp.h>

#include "alg/sip/digest.h"

enum { HASHER_HEX_MAX = 64 /* digits of the longest hash */ };

/* Belongs to one worker: it owns contexts of the crypto library. */
struct hasher {
	EVP_MD_CTX *ctx;
	EVP_MD *md[DIGEST_UNKNOWN]; /* fetched once: a fetch per hash costs more than the hash */
};

struct hasher_hex {
	char text[HASHER_HEX_MAX]; /* lower-case hexadecimal */
	uint32_t n;                /* 0 where there is none: equal to no hash */
};

/* 0, or -1 without memory, or where the crypto library lacks an algorithm. hasher_fini() in both cases. */
int hasher_init(struct hasher *h);
void hasher_fini(struct hasher *h);

/* Of username, realm and password: what a response is made with, and what a users file may have in its place. */
void hasher_ha1(struct hasher *h, const struct digest_credentials *c, struct span password, struct hasher_hex *out);

/* The same for an algorithm with -sess: from that one, with the nonce and the cnonce of the credentials. */
void hasher_ha1_session(struct hasher *h, const struct digest_credentials *c, struct span ha1, struct hasher_hex *out);

/* The response that the credentials should have (RFC 7616 3.4.1; with an absent qop, RFC 2617 3.2.2.1). body is only
 * looked at where their qop is auth-int. None from an empty ha1: what is made from nothing, anyone can make. */
void hasher_response(struct hasher *h, const struct digest_credentials *c, struct span ha1, struct span method,
		     struct span body, struct hasher_hex *out);

static inline struct span hasher_hex_span(const struct hasher_hex *h)
{
	return span_of(h->text, h->n);
}

#endif
