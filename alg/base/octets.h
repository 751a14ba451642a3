/* SPDX-License-Identifier: BSD-3-Clause */
/* octets.h: numbers in network order, at any address. */
#ifndef NATSBC_BASE_OCTETS_H
#define NATSBC_BASE_OCTETS_H

#include "alg/base/writer.h"

static inline uint16_t octets_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t octets_u32(const uint8_t *p)
{
	return (uint32_t)octets_u16(p) << 16 | octets_u16(p + 2);
}

static inline void octets_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void writer_u16(struct writer *w, uint16_t v)
{
	writer_byte(w, (char)(v >> 8));
	writer_byte(w, (char)v);
}

static inline void writer_u32(struct writer *w, uint32_t v)
{
	writer_u16(w, (uint16_t)(v >> 16));
	writer_u16(w, (uint16_t)v);
}

#endif
