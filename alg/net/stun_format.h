/* SPDX-License-Identifier: BSD-3-Clause */
/* stun_format.h: numbers of RFC 8489, for those who read or write its messages. */
#ifndef NATSBC_NET_STUN_FORMAT_H
#define NATSBC_NET_STUN_FORMAT_H

enum {
	STUN_TRANSACTION = 12,   /* bytes */
	STUN_ATTRIBUTE_HEAD = 4, /* bytes */
	STUN_COOKIE = 0x2112a442,
	STUN_FINGERPRINT_XOR = 0x5354554e,
	STUN_FINGERPRINT_SIZE = 8, /* with its head */
	STUN_MAC = 20,             /* bytes of an HMAC-SHA1 */
};

enum { STUN_BINDING_REQUEST = 0x0001, STUN_BINDING_SUCCESS = 0x0101, STUN_BINDING_ERROR = 0x0111 };

enum {
	STUN_MAPPED_ADDRESS = 0x0001,
	STUN_USERNAME = 0x0006,
	STUN_MESSAGE_INTEGRITY = 0x0008,
	STUN_ERROR_CODE = 0x0009,
	STUN_UNKNOWN_ATTRIBUTES = 0x000a,
	STUN_XOR_MAPPED_ADDRESS = 0x0020,
	STUN_PRIORITY = 0x0024, /* this and the next: RFC 8445 16.1 */
	STUN_USE_CANDIDATE = 0x0025,
	STUN_OPTIONAL = 0x8000, /* from here on attributes may be skipped */
	STUN_FINGERPRINT = 0x8028,
	STUN_ICE_CONTROLLED = 0x8029,
	STUN_ICE_CONTROLLING = 0x802a,
};

#endif
