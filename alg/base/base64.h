/* SPDX-License-Identifier: BSD-3-Clause */
/* base64.h: bytes as text (RFC 4648 4). */
#ifndef NATSBC_BASE_BASE64_H
#define NATSBC_BASE_BASE64_H

#include "alg/base/writer.h"

void base64_write(struct writer *w, const uint8_t *bytes, uint32_t n);

/* Exactly n bytes, n being more than 0; "=" at the end may be missing. 0; -1 where s is anything else: out may have
 * been written to. */
int base64_read(struct span s, uint8_t *out, uint32_t n);

#endif
