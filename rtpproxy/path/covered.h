/* SPDX-License-Identifier: BSD-3-Clause */
/* covered.h: packets of ports that have a cover: opened where they arrive, sealed where they leave. The worker's side.
 */
#ifndef NATSBC_RTPPROXY_COVERED_H
#define NATSBC_RTPPROXY_COVERED_H

#include "alg/net/frame.h"
#include "rtpproxy/path/cover.h"
#include "rtpproxy/path/verdict.h"

/* The payload of the frame at p, which arrived, is opened where it is: *f is what is left, with a checksum of its own.
 * addresses: frame_addresses_sum(). */
enum verdict covered_open(struct cover *c, uint8_t *p, struct frame *f, uint16_t addresses, bool control, uint64_t now);

/* The same of the frame at p, which is about to leave and has room for so many bytes in all, is sealed. */
enum verdict covered_seal(struct cover *c, uint8_t *p, struct frame *f, uint32_t room, bool control);

/* A datagram of our own, with SEAL_ROOM bytes behind it; n is its length then. */
enum verdict covered_seal_own(struct cover *c, uint8_t *payload, uint32_t *n);

#endif
