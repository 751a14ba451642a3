/* SPDX-License-Identifier: BSD-3-Clause */
/* srtp_key.h: what SRTP is opened and sealed with (RFC 3711, RFC 6188, RFC 7714): a suite, its master key and salt. */
#ifndef NATSBC_RTP_SRTP_KEY_H
#define NATSBC_RTP_SRTP_KEY_H

#include <stdint.h>

enum srtp_suite {
	SRTP_SUITE_NONE, /* RTP in the clear */
	SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
	SRTP_SUITE_AES_CM_128_HMAC_SHA1_32,
	SRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	SRTP_SUITE_AES_256_CM_HMAC_SHA1_32,
	SRTP_SUITE_AEAD_AES_128_GCM,
	SRTP_SUITE_AEAD_AES_256_GCM,
	SRTP_SUITE_N
};

enum { SRTP_SECRET_MAX = 46 };

struct srtp_key {
	uint8_t suite;                   /* enum srtp_suite */
	uint8_t secret[SRTP_SECRET_MAX]; /* master key, then master salt; the rest is zero, so that keys compare whole
					  */
};

#endif
