/* SPDX-License-Identifier: BSD-3-Clause */
/* stun_attribute.h: one attribute of a STUN message (RFC 8489 14): read from a datagram, or written into one. */
#ifndef NATSBC_NET_STUN_ATTRIBUTE_H
#define NATSBC_NET_STUN_ATTRIBUTE_H

#include "alg/base/addr.h"

struct stun_attribute {
	uint16_t type;
	struct span value; /* without its padding */
};

/* May be skipped, or means something, though not in each message. */
bool stun_attribute_is_known(uint16_t type);

/* The attribute at this offset. Returns how many bytes it takes with its padding, 0 where it is cut. */
uint32_t stun_attribute_read(struct span datagram, uint32_t at, struct stun_attribute *out);

/* Is the FINGERPRINT at this offset the last attribute, and right? */
bool stun_fingerprint_holds(struct span datagram, uint32_t at);

/* A message's head; length: of its attributes, bytes. */
void stun_head_write(struct writer *w, uint16_t type, uint32_t length, const uint8_t *transaction);

void stun_mapped_write(struct writer *w, const uint8_t *transaction, const struct addr *source);

/* An ERROR-CODE without a phrase: nobody reads it, and the answer stays small. */
void stun_error_write(struct writer *w, unsigned code);
void stun_unknown_write(struct writer *w, const uint16_t *unknown, unsigned n);

/* Over the message that began at that byte of w; its head must have counted this attribute. */
void stun_fingerprint_write(struct writer *w, uint32_t begin);

#endif
