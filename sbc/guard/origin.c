/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/origin.h"

enum { V6_BITS = 64, USER_MAX = 64 };

/* Told apart by kind, for they share tables. */
enum kind { HOST = 1, FLOW, USER };

struct prefix origin_prefix(const struct addr *a)
{
	struct prefix p = { .base = *a, .bits = a->family == ADDR_V4 ? 32 : V6_BITS };

	p.base.port = 0;
	if (a->family == ADDR_V6)
		memset(p.base.ip + V6_BITS / 8, 0, sizeof(p.base.ip) - V6_BITS / 8);
	return p;
}

static uint64_t name(const struct hash_key *key, const void *bytes, uint32_t n)
{
	uint64_t h = siphash(key, bytes, n);

	return h ? h : 1;
}

static uint8_t head(enum kind kind, const struct addr *a)
{
	return (uint8_t)(kind << 4 | a->family);
}

/* An address takes whole words, which are hashed fastest: 8 bytes with IPv4, 16 with an IPv6 subscriber. */
uint64_t origin_host(const struct hash_key *key, const struct addr *a)
{
	uint8_t b[16] = { head(HOST, a) };
	bool v4 = a->family == ADDR_V4;

	memcpy(b + 4, a->ip, v4 ? 4 : 8);
	return name(key, b, v4 ? 8 : 16);
}

_Static_assert(CONF_REALM_MAX <= 16 && CONF_LISTEN_MAX <= 16, "a listener is told in one byte, with its transport");

/* Each value has one before it: no two flows of a host have the same name. The finalizer of MurmurHash3. */
static uint64_t stir(uint64_t x)
{
	x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

/* Not hashed with the key again: the host's name is a secret number already. Of a connection its number says all. */
uint64_t origin_flow(uint64_t host, const struct flow *f)
{
	uint64_t listener = (uint64_t)(f->realm << 4 | f->listen), way = (uint64_t)FLOW << 60 | listener << 32;
	uint64_t rest, h = host;

	if (f->connection) {
		way |= UINT64_C(1) << 48 | f->connection;
	} else {
		way |= f->peer.port;
		if (f->peer.family == ADDR_V6) {
			memcpy(&rest, f->peer.ip + V6_BITS / 8, sizeof(rest));
			h = stir(h ^ rest);
		}
	}
	h = stir(h ^ way);
	return h ? h : 1;
}

uint64_t origin_user(const struct hash_key *key, const struct addr *a, struct span user)
{
	uint8_t b[12 + USER_MAX] = { head(USER, a) };
	uint32_t n = user.n < USER_MAX ? user.n : USER_MAX;

	memcpy(b + 4, a->ip, 8);
	if (n)
		memcpy(b + 12, user.p, n);
	return name(key, b, 12 + n);
}
