/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static inline unsigned digit_at(const char *p)
{
	return (unsigned)(unsigned char)*p - '0';
}

/* Behind the decimal number up to 255 at p, without leading zeros; NULL: there is none. */
static inline const char *take_octet(const char *p, const char *end, uint8_t *out)
{
	unsigned v, digit;

	if (p == end || (v = digit_at(p++)) > 9)
		return NULL;
	if (p < end && (digit = digit_at(p)) < 10) {
		if (v == 0)
			return NULL;
		v = v * 10 + digit;
		p++;
		if (v < 26 && p < end && (digit = digit_at(p)) < 10) {
			v = v * 10 + digit;
			p++;
		}
	}
	*out = (uint8_t)v;
	return v < 256 ? p : NULL;
}

/* Four of them, as inet_pton() takes them; by hand because every message has many. How many bytes they are at the front
 * of s; 0: there are none. */
static inline uint32_t take_v4(struct span s, uint8_t ip[4])
{
	const char *end = s.p + s.n, *p = take_octet(s.p, end, &ip[0]);

	for (unsigned part = 1; part < 4; part++)
		if (!p || p == end || *p != '.' || !(p = take_octet(p + 1, end, &ip[part])))
			return 0;
	return (uint32_t)(p - s.p);
}

uint32_t addr_v4_length(struct span s)
{
	uint8_t ip[4];

	return take_v4(s, ip);
}

int addr_parse_host(struct span s, struct addr *out)
{
	char text[INET6_ADDRSTRLEN];
	struct addr a = { 0 };
	uint8_t v4[4];

	if (s.n && take_v4(s, v4) == s.n) {
		memcpy(a.ip, v4, sizeof(v4));
		a.family = ADDR_V4;
		*out = a;
		return 0;
	}

	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') {
		s = span_slice(s, 1, s.n - 1);
		if (span_find(s, ':') == s.n)
			return -1;
	}
	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, 0, s.n))
		return -1;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET6, text, a.ip) != 1)
		return -1;
	a.family = ADDR_V6;
	*out = a;
	return 0;
}

/* Where the host ends and ":PORT" begins: a bare IPv6 literal has no port. */
static uint32_t host_length(struct span s)
{
	uint32_t close, colon;

	if (s.n && s.p[0] == '[') {
		close = span_find(s, ']');
		return close < s.n ? close + 1 : s.n;
	}
	colon = span_find(s, ':');
	if (colon < s.n && span_find(span_from(s, colon + 1), ':') < s.n - colon - 1)
		return s.n;
	return colon;
}

int addr_parse(struct span s, uint16_t default_port, struct addr *out)
{
	struct addr a = { .family = ADDR_V4 };
	uint32_t host = s.n ? take_v4(s, a.ip) : 0, port = default_port;

	/* Nearly all are IPv4. */
	if (host == 0 || (host < s.n && s.p[host] != ':')) {
		host = host_length(s);
		if (addr_parse_host(span_slice(s, 0, host), &a))
			return -1;
	}
	if (host < s.n) {
		if (s.p[host] != ':' || span_u32(span_from(s, host + 1), &port) || port == 0 || port > 65535)
			return -1;
	}
	a.port = (uint16_t)port;
	*out = a;
	return 0;
}

int prefix_parse(struct span s, struct prefix *out)
{
	uint32_t slash = span_find(s, '/'), bits;
	struct addr a;

	if (addr_parse_host(span_slice(s, 0, slash), &a))
		return -1;
	bits = a.family == ADDR_V4 ? 32 : 128;
	if (slash < s.n) {
		uint32_t given;

		if (span_u32(span_from(s, slash + 1), &given) || given > bits)
			return -1;
		bits = given;
	}
	/* ::ffff:192.0.2.0/120 is what the sockets report as 192.0.2.0/24. */
	if (bits >= 96 && a.family == ADDR_V6 && addr_unmap(&a).family == ADDR_V4) {
		a = addr_unmap(&a);
		bits -= 96;
	}
	*out = (struct prefix){ .base = a, .bits = (uint8_t)bits };
	return 0;
}

static inline char *octet_put(char *p, unsigned v)
{
	if (v >= 100) {
		*p++ = (char)('0' + v / 100);
		v %= 100;
		*p++ = (char)('0' + v / 10);
		v %= 10;
	} else if (v >= 10) {
		*p++ = (char)('0' + v / 10);
		v %= 10;
	}
	*p++ = (char)('0' + v);
	return p;
}

/* Each message of ours has several. */
static void write_v4(struct writer *w, const uint8_t *ip)
{
	char text[sizeof("255.255.255.255")];
	const bool roomy = !w->failed && w->cap - w->n >= sizeof(text);
	char *begin = roomy ? w->p + w->n : text, *p = octet_put(begin, ip[0]);

	for (int i = 1; i < 4; i++) {
		*p++ = '.';
		p = octet_put(p, ip[i]);
	}
	if (roomy)
		w->n += (uint32_t)(p - begin);
	else
		writer_put(w, span_of(text, (size_t)(p - begin)));
}

void addr_write_host(struct writer *w, const struct addr *a, bool bracket)
{
	char text[INET6_ADDRSTRLEN];

	if (a->family == ADDR_V4) {
		write_v4(w, a->ip);
		return;
	}
	if (a->family != ADDR_V6 || !inet_ntop(AF_INET6, a->ip, text, sizeof(text))) {
		w->failed = true;
		return;
	}
	if (bracket)
		writer_byte(w, '[');
	writer_str(w, text);
	if (bracket)
		writer_byte(w, ']');
}

void addr_write(struct writer *w, const struct addr *a)
{
	addr_write_host(w, a, true);
	writer_byte(w, ':');
	writer_u64(w, a->port);
}

const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_MAX])
{
	struct writer w = writer_over(buf, ADDR_TEXT_MAX - 1);

	addr_write(&w, a);
	buf[w.failed ? 0 : w.n] = '\0';
	return w.failed ? "(none)" : buf;
}

const char *addr_host_text(const struct addr *a, char buf[ADDR_TEXT_MAX])
{
	struct writer w = writer_over(buf, ADDR_TEXT_MAX - 1);

	addr_write_host(&w, a, false);
	buf[w.n] = '\0';
	return buf;
}

struct addr addr_unmap(const struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct addr v4 = { .port = a->port, .family = ADDR_V4 };

	if (a->family != ADDR_V6 || memcmp(a->ip, mapped, 12) != 0)
		return *a;
	memcpy(v4.ip, a->ip + 12, 4);
	return v4;
}

bool addr_same_prefix(const struct addr *a, const struct addr *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (a->family != b->family || bits > 128)
		return false;
	/* Most that differ do so at once. */
	if (whole && (a->ip[0] != b->ip[0] || memcmp(a->ip, b->ip, whole) != 0))
		return false;
	return rest == 0 || ((a->ip[whole] ^ b->ip[whole]) & mask) == 0;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	return addr_same_prefix(&p->base, a, p->bits);
}

static bool in_v4(const struct addr *a, uint8_t first, uint8_t second, unsigned bits)
{
	struct addr net = { .ip = { first, second }, .family = ADDR_V4 };

	return addr_same_prefix(&net, a, bits);
}

static bool in_v6(const struct addr *a, uint8_t first, uint8_t second, unsigned bits)
{
	struct addr net = { .ip = { first, second }, .family = ADDR_V6 };

	return addr_same_prefix(&net, a, bits);
}

bool addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->family != ADDR_NONE && memcmp(a->ip, zero, 16) == 0;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return in_v4(a, 127, 0, 8) || (a->family == ADDR_V6 && memcmp(a->ip, one, 16) == 0);
}

bool addr_is_multicast(const struct addr *a)
{
	return in_v4(a, 224, 0, 4) || in_v6(a, 0xff, 0, 8);
}

bool addr_is_private(const struct addr *a)
{
	if (a->family == ADDR_V4)
		return in_v4(a, 10, 0, 8) || in_v4(a, 172, 16, 12) || in_v4(a, 192, 168, 16) || in_v4(a, 100, 64, 10) ||
		       in_v4(a, 169, 254, 16) || in_v4(a, 127, 0, 8);
	return in_v6(a, 0xfc, 0, 7) || in_v6(a, 0xfe, 0x80, 10) || addr_is_loopback(a);
}

bool addr_is_unicast(const struct addr *a)
{
	return addr_is_set(a) && !in_v4(a, 0, 0, 8) && !addr_is_any(a) && !addr_is_multicast(a) && !in_v4(a, 240, 0, 4);
}

int addr_from_sockaddr(const struct sockaddr *sa, struct addr *out)
{
	struct addr a = { 0 };

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;

		a.family = ADDR_V4;
		a.port = ntohs(in->sin_port);
		memcpy(a.ip, &in->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;

		a.family = ADDR_V6;
		a.port = ntohs(in6->sin6_port);
		memcpy(a.ip, &in6->sin6_addr, 16);
	} else {
		return -1;
	}
	*out = addr_unmap(&a);
	return 0;
}

socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (a->family == ADDR_V4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;

		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		memcpy(&in->sin_addr, a->ip, 4);
		return sizeof(*in);
	}
	if (a->family == ADDR_V6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		memcpy(&in6->sin6_addr, a->ip, 16);
		return sizeof(*in6);
	}
	return 0;
}
