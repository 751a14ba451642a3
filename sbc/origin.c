/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/origin.h"

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

uint64_t origin_host(const struct hash_key *key, const struct addr *a)
{
	uint8_t b[10] = { HOST, a->family };

	memcpy(b + 2, a->ip, sizeof(b) - 2);
	return name(key, b, sizeof(b));
}

uint64_t origin_flow(const struct hash_key *key, const struct flow *f)
{
	struct {
		uint8_t kind, realm, listen, transport;
		uint32_t connection;
		struct addr peer;
	} b;

	memset(&b, 0, sizeof(b));
	b.kind = FLOW;
	b.connection = f->connection;
	if (!f->connection) {
		b.realm = f->realm;
		b.listen = f->listen;
		b.transport = f->transport;
		memcpy(b.peer.ip, f->peer.ip, sizeof(b.peer.ip));
		b.peer.port = f->peer.port;
		b.peer.family = f->peer.family;
	}
	return name(key, &b, sizeof(b));
}

uint64_t origin_user(const struct hash_key *key, const struct addr *a, struct span user)
{
	uint8_t b[10 + USER_MAX] = { USER, a->family };
	uint32_t n = user.n < USER_MAX ? user.n : USER_MAX;

	memcpy(b + 2, a->ip, 8);
	if (n)
		memcpy(b + 10, user.p, n);
	return name(key, b, 10 + n);
}
