/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/payload_map.h"

int payload_map_add(struct payload_map *m, uint8_t from, uint8_t to)
{
	for (unsigned i = 0; i < PAYLOAD_MAP_MAX; i++) {
		if (m->from[i] == from + 1)
			return 0;
		if (m->from[i])
			continue;
		m->from[i] = (uint8_t)(from + 1);
		m->to[i] = to;
		return 0;
	}
	return -1;
}

uint8_t payload_map_number(const struct payload_map *m, uint8_t number)
{
	for (unsigned i = 0; i < PAYLOAD_MAP_MAX; i++)
		if (m->from[i] == number + 1)
			return m->to[i];
	return number;
}
