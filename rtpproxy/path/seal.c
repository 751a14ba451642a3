/* SPDX-License-Identifier: BSD-3-Clause */
/* The low level of SHA-1: state that is copied for each packet, where the other one takes memory each time. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "rtpproxy/path/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "alg/base/octets.h"
#include "alg/rtp/rtp.h"
#include "alg/rtp/srtp_window.h"

enum {
	SALT_MAX = 14,
	AUTH_KEY = 20,
	SHA_BLOCK = 64,
	AEAD_IV = 12,
	AEAD_TAG = 16,
	CONTROL_CLEAR = 8, /* bytes of RTCP that stay as they are */
	CONTROL_WORD = 4,  /* E and index, behind it */
	LATE_ROUNDS = 64,  /* a day of 50 packets a second has 66 */
	LATE_SHARE = LATE_ROUNDS / SEAL_LATE_PACKETS,
	LATE_BYTES = 2048,
};

#define CONTROL_INDEX 0x7fffffffU /* beside E */

struct suite {
	const EVP_CIPHER *(*cipher)(void);
	const EVP_CIPHER *(*derives)(void); /* keys from the master key */
	uint8_t key, salt;                  /* bytes */
	uint8_t tag, control_tag;
	bool aead;
};

/* Bytes and tags: RFC 4568 6.2, RFC 6188 4, RFC 7714 12. RTCP has a whole tag even where RTP has a short one. */
static const struct suite suites[SRTP_SUITE_N] = {
	[SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = { EVP_aes_128_ctr, EVP_aes_128_ctr, 16, 14, 10, 10, false },
	[SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = { EVP_aes_128_ctr, EVP_aes_128_ctr, 16, 14, 4, 10, false },
	[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = { EVP_aes_256_ctr, EVP_aes_256_ctr, 32, 14, 10, 10, false },
	[SRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = { EVP_aes_256_ctr, EVP_aes_256_ctr, 32, 14, 4, 10, false },
	[SRTP_SUITE_AEAD_AES_128_GCM] = { EVP_aes_128_gcm, EVP_aes_128_ctr, 16, 12, AEAD_TAG, AEAD_TAG, true },
	[SRTP_SUITE_AEAD_AES_256_GCM] = { EVP_aes_256_gcm, EVP_aes_256_ctr, 32, 12, AEAD_TAG, AEAD_TAG, true },
};

/* Of RTP, or of RTCP. */
struct half {
	EVP_CIPHER_CTX *cipher;
	uint8_t salt[SALT_MAX];
	uint8_t tag;
	SHA_CTX inner, outer; /* HMAC with the key taken in */
};

/* Of one SSRC. */
struct source {
	uint32_t ssrc;
	uint32_t control_next; /* of those that we seal */
	struct srtp_window media, control;
};

struct seal {
	unsigned holders;
	const struct suite *suite;
	struct srtp_key key;
	struct half half[2];
	uint64_t left[2]; /* packets that its key may seal yet, RTP and RTCP */
	unsigned n;
	bool heard;                         /* RTP has been opened */
	uint8_t late;                       /* packets that were looked for in all rounds */
	struct source source[SEAL_SOURCES]; /* the latest first */
	uint32_t gone[SEAL_GONE];           /* who was forgotten, the latest of them: ngone by turns */
	uint32_t ngone;
};

/* --- keys --------------------------------------------------------------------------------------------------- */

/* RFC 3711 4.3.1, without a rate: what the label says, of n bytes. A short salt is as if zeros followed (RFC 7714 11).
 */
static int key_derive(EVP_CIPHER_CTX *master, const struct seal *s, uint8_t label, uint8_t *out, int n)
{
	uint8_t iv[16] = { 0 };

	memcpy(iv, s->key.secret + s->suite->key, s->suite->salt);
	iv[7] ^= label;
	memset(out, 0, (size_t)n);
	return EVP_EncryptInit_ex(master, s->suite->derives(), NULL, s->key.secret, iv) == 1 &&
			       EVP_EncryptUpdate(master, out, &n, out, n) == 1
		       ? 0
		       : -1;
}

static void hmac_begin(SHA_CTX *c, const uint8_t *key, uint8_t pad)
{
	uint8_t block[SHA_BLOCK];

	memset(block, pad, sizeof(block));
	for (unsigned i = 0; i < AUTH_KEY; i++)
		block[i] ^= key[i];
	SHA1_Init(c);
	SHA1_Update(c, block, sizeof(block));
	OPENSSL_cleanse(block, sizeof(block));
}

static int half_init(struct half *h, const struct seal *s, EVP_CIPHER_CTX *master, bool control)
{
	enum { ENCRYPTION, AUTHENTICATION, SALT, CONTROL };
	const uint8_t from = control ? CONTROL : 0;
	uint8_t key[32], auth[AUTH_KEY];
	int result = -1;

	h->tag = control ? s->suite->control_tag : s->suite->tag;
	h->cipher = EVP_CIPHER_CTX_new();
	if (h->cipher && key_derive(master, s, from + ENCRYPTION, key, s->suite->key) == 0 &&
	    key_derive(master, s, from + AUTHENTICATION, auth, AUTH_KEY) == 0 &&
	    key_derive(master, s, from + SALT, h->salt, s->suite->salt) == 0 &&
	    EVP_EncryptInit_ex(h->cipher, s->suite->cipher(), NULL, key, NULL) == 1)
		result = 0;
	hmac_begin(&h->inner, auth, 0x36);
	hmac_begin(&h->outer, auth, 0x5c);
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(auth, sizeof(auth));
	return result;
}

static void seal_free(struct seal *s)
{
	if (!s)
		return;
	EVP_CIPHER_CTX_free(s->half[0].cipher);
	EVP_CIPHER_CTX_free(s->half[1].cipher);
	OPENSSL_cleanse(s, sizeof(*s));
	free(s);
}

struct seal *seal_new(const struct srtp_key *key)
{
	struct seal *s;
	EVP_CIPHER_CTX *master;
	int failed;

	if (key->suite == SRTP_SUITE_NONE || key->suite >= SRTP_SUITE_N)
		return NULL;
	s = calloc(1, sizeof(*s));
	master = EVP_CIPHER_CTX_new();
	failed = !s || !master;
	if (!failed) {
		s->holders = 1;
		s->suite = &suites[key->suite];
		s->key = *key;
		s->left[0] = SEAL_MEDIA_MAX;
		s->left[1] = SEAL_CONTROL_MAX;
		failed = half_init(&s->half[0], s, master, false) | half_init(&s->half[1], s, master, true);
	}
	EVP_CIPHER_CTX_free(master);
	if (!failed)
		return s;
	seal_free(s);
	return NULL;
}

struct seal *seal_hold(struct seal *s)
{
	if (s)
		s->holders++;
	return s;
}

void seal_drop(struct seal *s)
{
	if (s && --s->holders == 0)
		seal_free(s);
}

int seal_prepare(void)
{
	struct srtp_key key = { .suite = SRTP_SUITE_NONE };

	while (++key.suite < SRTP_SUITE_N) {
		struct seal *s = seal_new(&key);

		if (!s)
			return -1;
		seal_drop(s);
	}
	return 0;
}

bool seal_is_of(const struct seal *s, const struct srtp_key *key)
{
	return s->key.suite == key->suite && CRYPTO_memcmp(s->key.secret, key->secret, sizeof(key->secret)) == 0;
}

/* --- sources ------------------------------------------------------------------------------------------------ */

/* NULL where it is unknown; else it is the first from now on. */
static struct source *source_find(struct seal *s, uint32_t ssrc)
{
	struct source found;
	unsigned i = 0;

	while (i < s->n && s->source[i].ssrc != ssrc)
		i++;
	if (i == s->n)
		return NULL;
	if (i) {
		found = s->source[i];
		memmove(&s->source[1], &s->source[0], i * sizeof(found));
		s->source[0] = found;
	}
	return &s->source[0];
}

static struct source *source_add(struct seal *s, uint32_t ssrc)
{
	if (s->n < SEAL_SOURCES)
		s->n++;
	else
		s->gone[s->ngone++ % SEAL_GONE] = s->source[SEAL_SOURCES - 1].ssrc;
	memmove(&s->source[1], &s->source[0], (s->n - 1) * sizeof(s->source[0]));
	s->source[0] = (struct source){ .ssrc = ssrc };
	return &s->source[0];
}

/* To be sealed for. Who was forgotten is not known anew: his numbers would begin again, under the same key. */
static struct source *source_sealed(struct seal *s, uint32_t ssrc)
{
	const uint32_t n = s->ngone < SEAL_GONE ? s->ngone : SEAL_GONE;
	struct source *found = source_find(s, ssrc);

	for (uint32_t i = 0; !found && i < n; i++)
		if (s->gone[i] == ssrc)
			return NULL;
	return found ? found : source_add(s, ssrc);
}

/* --- packets ------------------------------------------------------------------------------------------------ */

/* A packet as it is sealed: bytes that stay as they are, then what is or is to be encrypted. */
struct parts {
	uint8_t *p;
	uint32_t clear, body;
	uint32_t ssrc;
	uint64_t index;
	uint8_t word[4]; /* authenticated as well: RTP: the rollover counter, RTCP: E and index */
};

static void iv_mix(uint8_t *iv, const struct parts *g)
{
	uint8_t bytes[10];

	octets_put32(bytes, g->ssrc);
	bytes[4] = (uint8_t)(g->index >> 40);
	bytes[5] = (uint8_t)(g->index >> 32);
	octets_put32(bytes + 6, (uint32_t)g->index);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		iv[i] ^= bytes[i];
}

/* RFC 3711 4.1.1. */
static int counter_run(const struct half *h, const struct parts *g)
{
	uint8_t iv[16] = { 0 };
	int n = (int)g->body;

	memcpy(iv, h->salt, SALT_MAX);
	iv_mix(iv + 4, g);
	return EVP_EncryptInit_ex(h->cipher, NULL, NULL, NULL, iv) == 1 &&
			       EVP_EncryptUpdate(h->cipher, g->p + g->clear, &n, g->p + g->clear, n) == 1
		       ? 0
		       : -1;
}

/* Over clear bytes, body and word (RFC 3711 4.2). */
static void tag_make(const struct half *h, const struct parts *g, uint8_t tag[SHA_DIGEST_LENGTH])
{
	SHA_CTX c = h->inner;

	SHA1_Update(&c, g->p, g->clear + g->body);
	SHA1_Update(&c, g->word, sizeof(g->word));
	SHA1_Final(tag, &c);
	c = h->outer;
	SHA1_Update(&c, tag, SHA_DIGEST_LENGTH);
	SHA1_Final(tag, &c);
}

/* RFC 7714 8, 9. RTCP has its word authenticated, too, where RTP has the rollover counter in the vector alone. */
static int aead_run(const struct half *h, const struct parts *g, bool control, bool sealing, uint8_t tag[AEAD_TAG])
{
	uint8_t iv[AEAD_IV], last[AEAD_TAG];
	int n;

	memcpy(iv, h->salt, AEAD_IV);
	iv_mix(iv + 2, g);
	if (EVP_CipherInit_ex(h->cipher, NULL, NULL, NULL, iv, sealing) != 1)
		return -1;
	if (!sealing && EVP_CIPHER_CTX_ctrl(h->cipher, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) != 1)
		return -1;
	if (EVP_CipherUpdate(h->cipher, NULL, &n, g->p, (int)g->clear) != 1 ||
	    (control && EVP_CipherUpdate(h->cipher, NULL, &n, g->word, sizeof(g->word)) != 1))
		return -1;
	if (g->body && EVP_CipherUpdate(h->cipher, g->p + g->clear, &n, g->p + g->clear, (int)g->body) != 1)
		return -1;
	if (EVP_CipherFinal_ex(h->cipher, last, &n) != 1)
		return -1;
	return sealing && EVP_CIPHER_CTX_ctrl(h->cipher, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, tag) != 1 ? -1 : 0;
}

/* RTCP may say that only its tag is ours (RFC 3711 3.4). */
static void control_clear(struct parts *g)
{
	if (g->word[0] & 0x80)
		return;
	g->clear += g->body;
	g->body = 0;
}

static enum seal_result parts_open(const struct seal *s, struct parts *g, uint8_t *tag, bool control)
{
	const struct half *h = &s->half[control];
	uint8_t expected[SHA_DIGEST_LENGTH];

	if (s->suite->aead)
		return aead_run(h, g, control, false, tag) == 0 ? SEAL_DONE : SEAL_FALSE;
	tag_make(h, g, expected);
	if (CRYPTO_memcmp(expected, tag, h->tag) != 0)
		return SEAL_FALSE;
	return g->body == 0 || counter_run(h, g) == 0 ? SEAL_DONE : SEAL_FALSE;
}

static void parts_count(struct parts *g, uint64_t index)
{
	g->index = index;
	octets_put32(g->word, (uint32_t)(index >> 16));
}

/* Of RTP, n bytes without its tag, by a source whose packets so far are in the window. */
static inline struct parts media_parts(uint8_t *p, uint32_t n, const struct rtp_header *h, const struct srtp_window *w)
{
	struct parts g = { .p = p, .clear = h->header_len, .body = n - h->header_len, .ssrc = h->ssrc };

	parts_count(&g, srtp_window_index(w, h->seq));
	return g;
}

static bool late_fits(const struct seal *s, struct parts *g, uint8_t *tag, const uint8_t *body, uint64_t round)
{
	parts_count(g, round << 16 | (uint16_t)g->index);
	if (parts_open(s, g, tag, false) == SEAL_DONE)
		return true;
	memcpy(g->p + g->clear, body, g->body);
	return false;
}

/* The first that is heard under a key may be of somebody who has talked under it for long, to a relay that was killed:
 * how often his numbers began again is in no packet (RFC 3711 3.3.1), but only with the right one is the tag true. So
 * all are tried, until forged packets have made us do so in vain; then those that are a number's share: whoever else
 * speaks there, of SEAL_LATE_PACKETS in a row one is opened. Most calls have just begun: that is tried of each. */
__attribute__((cold)) static enum seal_result late_open(struct seal *s, struct parts *g, uint8_t *tag)
{
	const bool all = s->late < SEAL_LATE_BURST;
	const uint32_t first = all ? 0 : (uint16_t)g->index * LATE_SHARE, n = all ? LATE_ROUNDS : LATE_SHARE;
	uint8_t kept[LATE_BYTES];

	if (g->body > sizeof(kept))
		return parts_open(s, g, tag, false);
	s->late += all;
	memcpy(kept, g->p + g->clear, g->body);
	if (late_fits(s, g, tag, kept, 0))
		return SEAL_DONE;
	for (uint32_t i = 0; i < n; i++)
		if (late_fits(s, g, tag, kept, (first + i) % LATE_ROUNDS))
			return SEAL_DONE;
	return SEAL_FALSE;
}

static enum seal_result media_open(struct seal *s, uint8_t *p, uint32_t *n)
{
	const uint8_t tag = s->half[0].tag;
	struct source *from, none = { 0 };
	enum seal_result result;
	struct rtp_header header;
	struct parts g;

	if (rtp_parse(p, *n, true, &header) < 0 || *n < (uint32_t)header.header_len + tag)
		return SEAL_FALSE;
	from = source_find(s, header.ssrc);
	g = media_parts(p, *n - tag, &header, from ? &from->media : &none.media);
	if (from && !srtp_window_is_new(&from->media, g.index))
		return SEAL_OLD;
	result = s->heard ? parts_open(s, &g, p + *n - tag, false) : late_open(s, &g, p + *n - tag);
	if (result != SEAL_DONE)
		return result;
	if (!from)
		from = source_add(s, g.ssrc);
	srtp_window_take(&from->media, g.index);
	s->heard = true;
	*n -= tag;
	return SEAL_DONE;
}

static enum seal_result control_open(struct seal *s, uint8_t *p, uint32_t *n)
{
	const uint32_t more = s->half[1].tag + CONTROL_WORD;
	const bool tag_last = !s->suite->aead;
	struct parts g = { .p = p, .clear = CONTROL_CLEAR };
	enum seal_result result;
	struct source *from;
	uint8_t *end = p + *n;

	if (*n < CONTROL_CLEAR + more || rtp_demux(p, *n - more) != RTP_CONTROL)
		return SEAL_FALSE;
	memcpy(g.word, tag_last ? end - more : end - CONTROL_WORD, CONTROL_WORD);
	g.body = *n - CONTROL_CLEAR - more;
	g.ssrc = octets_u32(p + 4);
	g.index = octets_u32(g.word) & CONTROL_INDEX;
	from = source_find(s, g.ssrc);
	if (from && !srtp_window_is_new(&from->control, g.index))
		return SEAL_OLD;
	control_clear(&g);
	result = parts_open(s, &g, tag_last ? end - s->half[1].tag : end - more, true);
	if (result != SEAL_DONE)
		return result;
	if (!from)
		from = source_add(s, g.ssrc);
	srtp_window_take(&from->control, g.index);
	*n -= more;
	return SEAL_DONE;
}

enum seal_result seal_open(struct seal *s, uint8_t *p, uint32_t *n, bool control)
{
	return control ? control_open(s, p, n) : media_open(s, p, n);
}

static enum seal_result parts_seal(const struct seal *s, struct parts *g, uint8_t *tag, bool control)
{
	const struct half *h = &s->half[control];
	uint8_t whole[SHA_DIGEST_LENGTH];

	if (s->suite->aead)
		return aead_run(h, g, control, true, tag) == 0 ? SEAL_DONE : SEAL_FALSE;
	if (g->body && counter_run(h, g) < 0)
		return SEAL_FALSE;
	tag_make(h, g, whole);
	memcpy(tag, whole, h->tag);
	return SEAL_DONE;
}

bool seal_spend(struct seal *s, bool control, uint64_t packets)
{
	if (!s->left[0] || !s->left[1] || packets > s->left[control])
		return false;
	s->left[control] -= packets;
	return true;
}

static enum seal_result media_put(struct seal *s, uint8_t *p, uint32_t *n)
{
	struct rtp_header header;
	struct source *from;
	struct parts g;

	if (rtp_parse(p, *n, true, &header) < 0)
		return SEAL_FALSE;
	from = source_sealed(s, header.ssrc);
	if (!from)
		return SEAL_OLD;
	g = media_parts(p, *n, &header, &from->media);
	/* Two packets under one number would give away what they differ by (RFC 3711 9.1). */
	if (!srtp_window_is_new(&from->media, g.index))
		return SEAL_OLD;
	if (!seal_spend(s, false, 1))
		return SEAL_SPENT;
	srtp_window_take(&from->media, g.index);
	if (parts_seal(s, &g, p + *n, false) != SEAL_DONE)
		return SEAL_FALSE;
	*n += s->half[0].tag;
	return SEAL_DONE;
}

static enum seal_result control_put(struct seal *s, uint8_t *p, uint32_t *n)
{
	const uint8_t tag = s->half[1].tag;
	struct parts g = { .p = p, .clear = CONTROL_CLEAR };
	uint8_t *end = p + *n;
	struct source *from;

	if (rtp_demux(p, *n) != RTP_CONTROL)
		return SEAL_FALSE;
	g.body = *n - CONTROL_CLEAR;
	g.ssrc = octets_u32(p + 4);
	from = source_sealed(s, g.ssrc);
	if (!from)
		return SEAL_OLD;
	/* It ends before the numbers of any source do. */
	if (!seal_spend(s, true, 1))
		return SEAL_SPENT;
	g.index = from->control_next++;
	octets_put32(g.word, (uint32_t)g.index | 0x80000000U);
	if (parts_seal(s, &g, s->suite->aead ? end : end + CONTROL_WORD, true) != SEAL_DONE)
		return SEAL_FALSE;
	memcpy(s->suite->aead ? end + tag : end, g.word, CONTROL_WORD);
	*n += tag + CONTROL_WORD;
	return SEAL_DONE;
}

enum seal_result seal_put(struct seal *s, uint8_t *p, uint32_t *n, bool control)
{
	return control ? control_put(s, p, n) : media_put(s, p, n);
}
