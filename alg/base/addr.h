/* SPDX-License-Identifier: BSD-3-Clause */
/* addr.h: a transport address, IPv4 or IPv6, and a network prefix. */
#ifndef NATSBC_BASE_ADDR_H
#define NATSBC_BASE_ADDR_H

#include <sys/socket.h>

#include "alg/base/span.h"
#include "alg/base/writer.h"

enum addr_family { ADDR_NONE = 0, ADDR_V4 = 4, ADDR_V6 = 6 };

/* All bytes are significant for comparison: unused ones are zero. */
struct addr {
	uint8_t ip[16]; /* network order; IPv4 in the first four bytes */
	uint16_t port;  /* host order; 0 is "none" */
	uint8_t family; /* enum addr_family */
};

struct prefix {
	struct addr base; /* port unused */
	uint8_t bits;
};

/* Longest text: "[" + 45 + "]:65535". */
enum { ADDR_TEXT_MAX = 56 };

/* An IP literal without a port: 192.0.2.1, 2001:db8::1 or [2001:db8::1]. No names, no zone ids; port is set to 0.
 * IPv4-mapped IPv6 stays IPv6 here: addr_unmap() makes it IPv4. 0 or -1. */
int addr_parse_host(struct span s, struct addr *out);

/* How many bytes at the front of s are an IPv4 address; 0: none. What follows is not looked at: it may be one more
 * digit, and the whole no address. */
uint32_t addr_v4_length(struct span s);

/* HOST, HOST:PORT, [V6]:PORT; the port is default_port where absent. 0 or -1. */
int addr_parse(struct span s, uint16_t default_port, struct addr *out);

/* 192.0.2.0/24 or 2001:db8::/32; without a slash the whole address. 0 or -1. */
int prefix_parse(struct span s, struct prefix *out);

/* The host alone; IPv6 in brackets when bracket (SIP), bare otherwise (SDP). */
void addr_write_host(struct writer *w, const struct addr *a, bool bracket);

/* HOST:PORT, IPv6 in brackets. */
void addr_write(struct writer *w, const struct addr *a);

/* The same, NUL-terminated, for logs. Returns buf. */
const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_MAX]);

/* Without its port. */
const char *addr_host_text(const struct addr *a, char buf[ADDR_TEXT_MAX]);

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->port == b->port && memcmp(a->ip, b->ip, 16) == 0;
}

static inline bool addr_same_host(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, 16) == 0;
}

static inline bool addr_is_set(const struct addr *a)
{
	return a->family != ADDR_NONE;
}

/* ::ffff:192.0.2.1 becomes 192.0.2.1; all else is unchanged. */
struct addr addr_unmap(const struct addr *a);

bool prefix_has(const struct prefix *p, const struct addr *a);

/* True where a and b agree in the first bits. */
bool addr_same_prefix(const struct addr *a, const struct addr *b, unsigned bits);

/* 0.0.0.0 or ::, what old phones write for hold (RFC 3264 8.4). */
bool addr_is_any(const struct addr *a);
bool addr_is_loopback(const struct addr *a);
bool addr_is_multicast(const struct addr *a);

/* Not routed on the internet: RFC 1918, 6598 (carrier NAT), 3927, 4193, link-local; loopback too. */
bool addr_is_private(const struct addr *a);

/* An address that media or signalling may be sent to: set, not any, not multicast, not broadcast. */
bool addr_is_unicast(const struct addr *a);

/* Conversions for the socket calls. addr_from_sockaddr unmaps IPv4-mapped addresses; -1 on another family. */
int addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *out);

#endif
