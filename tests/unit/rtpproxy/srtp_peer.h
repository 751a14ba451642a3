/* SPDX-License-Identifier: BSD-3-Clause */
/* srtp_peer.h: somebody who speaks SRTP by a library that is not ours (libsrtp). */
#ifndef NATSBC_TESTS_SRTP_PEER_H
#define NATSBC_TESTS_SRTP_PEER_H

#include <srtp2/srtp.h>
#include <string.h>

#include "alg/rtp/srtp_key.h"

struct srtp_peer {
	srtp_t in, out;
};

/* A key of the suite that is another for each number. */
static inline struct srtp_key srtp_peer_key(enum srtp_suite suite, uint8_t number)
{
	static const uint8_t bytes[SRTP_SUITE_N] = { 0, 30, 30, 46, 46, 28, 44 };
	struct srtp_key k = { .suite = (uint8_t)suite };

	for (unsigned i = 0; i < bytes[suite]; i++)
		k.secret[i] = (uint8_t)(number * 37 + i * 11 + 5);
	return k;
}

static inline srtp_t srtp_peer_session(const struct srtp_key *key, srtp_ssrc_type_t way)
{
	static void (*const rtp[SRTP_SUITE_N])(srtp_crypto_policy_t *) = {
		[SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = srtp_crypto_policy_set_rtp_default,
		[SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
		[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
		[SRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
		[SRTP_SUITE_AEAD_AES_128_GCM] = srtp_crypto_policy_set_aes_gcm_128_16_auth,
		[SRTP_SUITE_AEAD_AES_256_GCM] = srtp_crypto_policy_set_aes_gcm_256_16_auth,
	};
	static const uint8_t control[SRTP_SUITE_N] = {
		[SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
		[SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
		[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = SRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
		[SRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = SRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
		[SRTP_SUITE_AEAD_AES_128_GCM] = SRTP_SUITE_AEAD_AES_128_GCM,
		[SRTP_SUITE_AEAD_AES_256_GCM] = SRTP_SUITE_AEAD_AES_256_GCM,
	};
	uint8_t secret[64] = { 0 };
	srtp_policy_t policy = { .ssrc.type = way, .key = secret, .window_size = 128 };
	srtp_t session;

	memcpy(secret, key->secret, sizeof(key->secret));
	rtp[key->suite](&policy.rtp);
	rtp[control[key->suite]](&policy.rtcp);
	assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
	return session;
}

/* Hears what is sealed with `hears`, seals with `speaks`. */
static inline void srtp_peer_open(struct srtp_peer *p, const struct srtp_key *hears, const struct srtp_key *speaks)
{
	p->in = srtp_peer_session(hears, ssrc_any_inbound);
	p->out = srtp_peer_session(speaks, ssrc_any_outbound);
}

static inline void srtp_peer_close(struct srtp_peer *p)
{
	srtp_dealloc(p->in);
	srtp_dealloc(p->out);
}

/* In place, with room; the new length. */
static inline uint32_t srtp_peer_seals(const struct srtp_peer *p, uint8_t *bytes, uint32_t n, bool control)
{
	int len = (int)n;

	assert_int_equal((control ? srtp_protect_rtcp : srtp_protect)(p->out, bytes, &len), srtp_err_status_ok);
	return (uint32_t)len;
}

/* 0 where it is not for this peer. */
static inline uint32_t srtp_peer_hears(const struct srtp_peer *p, uint8_t *bytes, uint32_t n, bool control)
{
	int len = (int)n;

	return (control ? srtp_unprotect_rtcp : srtp_unprotect)(p->in, bytes, &len) == srtp_err_status_ok
		       ? (uint32_t)len
		       : 0;
}

#endif
