/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/reach.h"

struct kin {
	struct prefix prefix;
	enum reach reach;
};

/* First match. RFC 6890 and the registries that it founded. */
static const struct kin kin[] = {
	{ { { .ip = { 0 }, .family = ADDR_V4 }, 8 }, REACH_UNSPECIFIED },
	{ { { .ip = { 127 }, .family = ADDR_V4 }, 8 }, REACH_LOOPBACK },
	{ { { .ip = { 169, 254 }, .family = ADDR_V4 }, 16 }, REACH_LINK_LOCAL },
	{ { { .ip = { 168, 63, 129, 16 }, .family = ADDR_V4 }, 32 }, REACH_METADATA },
	{ { { .ip = { 224 }, .family = ADDR_V4 }, 4 }, REACH_MULTICAST },
	{ { { .ip = { 255, 255, 255, 255 }, .family = ADDR_V4 }, 32 }, REACH_BROADCAST },
	{ { { .ip = { 240 }, .family = ADDR_V4 }, 4 }, REACH_RESERVED },
	{ { { .ip = { 0 }, .family = ADDR_V6 }, 128 }, REACH_UNSPECIFIED },
	{ { { .ip = { [15] = 1 }, .family = ADDR_V6 }, 128 }, REACH_LOOPBACK },
	{ { { .ip = { 0xfe, 0x80 }, .family = ADDR_V6 }, 10 }, REACH_LINK_LOCAL },
	{ { { .ip = { 0xff }, .family = ADDR_V6 }, 8 }, REACH_MULTICAST },
	{ { { .ip = { 0xfd, 0, 0x0e, 0xc2, [14] = 2, [15] = 0x54 }, .family = ADDR_V6 }, 128 }, REACH_METADATA },
};

struct disguise {
	struct prefix prefix;
	uint8_t at;   /* where the IPv4 address is */
	uint8_t flip; /* its bits are turned over */
};

static const struct disguise disguises[] = {
	/* mapped (RFC 4291 2.5.5.2) */
	{ { { .ip = { [10] = 0xff, [11] = 0xff }, .family = ADDR_V6 }, 96 }, 12, 0 },
	/* translated (RFC 2765 2.1) */
	{ { { .ip = { [8] = 0xff, [9] = 0xff }, .family = ADDR_V6 }, 96 }, 12, 0 },
	/* compatible (RFC 4291 2.5.5.1) */
	{ { { .ip = { 0 }, .family = ADDR_V6 }, 96 }, 12, 0 },
	/* NAT64 (RFC 6052 2.1), and where a site has its own (RFC 8215) */
	{ { { .ip = { 0, 0x64, 0xff, 0x9b }, .family = ADDR_V6 }, 96 }, 12, 0 },
	{ { { .ip = { 0, 0x64, 0xff, 0x9b, 0, 1 }, .family = ADDR_V6 }, 48 }, 12, 0 },
	/* 6to4 (RFC 3056 2) */
	{ { { .ip = { 0x20, 0x02 }, .family = ADDR_V6 }, 16 }, 2, 0 },
	/* Teredo (RFC 4380 4) */
	{ { { .ip = { 0x20, 0x01 }, .family = ADDR_V6 }, 32 }, 12, 0xff },
};

static enum reach kin_of(const struct addr *a)
{
	/* Most addresses are none of them, and are looked at often. */
	for (size_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++)
		if (kin[i].prefix.base.family == a->family && prefix_has(&kin[i].prefix, a))
			return kin[i].reach;
	return REACH_FINE;
}

/* The IPv4 address that an IPv6 address leads to; others are what they are. */
static struct addr undisguised(const struct addr *a)
{
	struct addr v4 = { .port = a->port, .family = ADDR_V4 };

	for (size_t i = 0; i < sizeof(disguises) / sizeof(disguises[0]); i++) {
		const struct disguise *d = &disguises[i];

		if (!prefix_has(&d->prefix, a))
			continue;
		for (unsigned j = 0; j < 4; j++)
			v4.ip[j] = a->ip[d->at + j] ^ d->flip;
		return v4;
	}
	return *a;
}

enum reach reach_of(const struct addr *a)
{
	enum reach reach = kin_of(a);
	struct addr plain;

	if (!addr_is_set(a))
		return REACH_UNSPECIFIED;
	if (reach != REACH_FINE || a->family == ADDR_V4)
		return reach;
	plain = undisguised(a);
	return kin_of(&plain);
}

enum reach reach_from(const struct addr *own, const struct addr *a)
{
	const enum reach reach = reach_of(a);

	if (reach == REACH_LOOPBACK || reach == REACH_LINK_LOCAL)
		return reach_of(own) == reach ? REACH_FINE : reach;
	return reach;
}

const char *reach_name(enum reach r)
{
	static const char *const names[REACH_N] = {
		[REACH_FINE] = "fine",           [REACH_UNSPECIFIED] = "unspecified",
		[REACH_LOOPBACK] = "loopback",   [REACH_LINK_LOCAL] = "link-local",
		[REACH_MULTICAST] = "multicast", [REACH_BROADCAST] = "broadcast",
		[REACH_RESERVED] = "reserved",   [REACH_METADATA] = "metadata",
		[REACH_OWN] = "our own",
	};

	return r < REACH_N ? names[r] : names[REACH_FINE];
}
