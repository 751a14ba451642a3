/* SPDX-License-Identifier: BSD-3-Clause */
/* payload_map.h: payload numbers of one side turned into those of the other, packet by packet. */
#ifndef NATSBC_RTP_PAYLOAD_MAP_H
#define NATSBC_RTP_PAYLOAD_MAP_H

#include <stdbool.h>
#include <stdint.h>

/* More differences than this are not made. */
enum { PAYLOAD_MAP_MAX = 8 };

/* As many pairs as there are, from the first on. Each packet is looked up once, so two numbers may change places. */
struct payload_map {
	uint8_t from[PAYLOAD_MAP_MAX]; /* number + 1, so that all zero maps nothing */
	uint8_t to[PAYLOAD_MAP_MAX];
};

/* 0, or -1 where it is full. A number that is mapped already stays as it was. */
int payload_map_add(struct payload_map *m, uint8_t from, uint8_t to);

/* What the number becomes. */
uint8_t payload_map_number(const struct payload_map *m, uint8_t number);

static inline bool payload_map_is_set(const struct payload_map *m)
{
	return m->from[0] != 0;
}

#endif
