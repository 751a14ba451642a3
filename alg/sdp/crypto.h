/* SPDX-License-Identifier: BSD-3-Clause */
/* crypto.h: SRTP keys in a description: one a=crypto line (RFC 4568). */
#ifndef NATSBC_SDP_CRYPTO_H
#define NATSBC_SDP_CRYPTO_H

#include "alg/base/writer.h"
#include "alg/rtp/srtp_key.h"

struct sdp_crypto {
	uint32_t tag; /* which of several an answer means */
	struct srtp_key key;
};

/* What is known of a suite; NULL for SRTP_SUITE_NONE and beyond. */
struct sdp_crypto_suite {
	struct span name;
	uint8_t n; /* bytes of master key and salt */
};
const struct sdp_crypto_suite *sdp_crypto_suite(unsigned suite);

/* The suite of that name, SRTP_SUITE_NONE where we do not know it. */
enum srtp_suite sdp_crypto_suite_find(struct span name);

/* "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31": 0; -1 where it is malformed, of a suite that we do not know or asks for
 * what we do not do (a master key identifier, several keys, streams that are not encrypted or not authenticated):
 * out is untouched then. */
int sdp_crypto_parse(struct span value, struct sdp_crypto *out);

/* The whole line, "a=crypto:..." with its end. */
void sdp_crypto_write(struct writer *w, const struct sdp_crypto *c);

#endif
