/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/uri.h"

#include "alg/base/addr.h"
#include "alg/base/cursor.h"

/* Which bytes may stand unescaped in which part (RFC 3261 25.1, RFC 3966 3). */
enum {
	IN_USER = 1 << 0,
	IN_PASSWORD = 1 << 1,
	IN_PARAM = 1 << 2,
	IN_HEADER = 1 << 3,
	IN_LABEL = 1 << 4, /* of a host name */
	IN_PHONE = 1 << 5,
	IN_SCHEME = 1 << 6,
	IN_OTHER = 1 << 7, /* any scheme we do not know */
	UNRESERVED = IN_USER | IN_PASSWORD | IN_PARAM | IN_HEADER | IN_OTHER,
};

#define LETTER   (UNRESERVED | IN_LABEL | IN_SCHEME)
#define NUMBER   (LETTER | IN_PHONE)
#define RESERVED (IN_USER | IN_OTHER)

static const uint8_t part[256] = {
	['0' ... '9'] = NUMBER,
	['a' ... 'f'] = NUMBER,
	['g' ... 'z'] = LETTER,
	['A' ... 'F'] = NUMBER,
	['G' ... 'Z'] = LETTER,
	['-'] = NUMBER,
	['.'] = UNRESERVED | IN_PHONE | IN_SCHEME,
	['_'] = UNRESERVED | IN_LABEL,
	['!'] = UNRESERVED,
	['~'] = UNRESERVED,
	['*'] = UNRESERVED | IN_PHONE,
	['\''] = UNRESERVED,
	['('] = UNRESERVED | IN_PHONE,
	[')'] = UNRESERVED | IN_PHONE,
	['&'] = RESERVED | IN_PASSWORD | IN_PARAM,
	['='] = RESERVED | IN_PASSWORD,
	['+'] = RESERVED | IN_PASSWORD | IN_PARAM | IN_HEADER | IN_PHONE | IN_SCHEME,
	['$'] = RESERVED | IN_PASSWORD | IN_PARAM | IN_HEADER,
	[','] = RESERVED | IN_PASSWORD,
	[';'] = RESERVED,
	['?'] = RESERVED | IN_HEADER,
	['/'] = RESERVED | IN_PARAM | IN_HEADER,
	[':'] = IN_PARAM | IN_HEADER | IN_OTHER,
	['['] = IN_PARAM | IN_HEADER | IN_OTHER,
	[']'] = IN_PARAM | IN_HEADER | IN_OTHER,
	['@'] = IN_OTHER,
	['#'] = IN_PHONE | IN_OTHER,
};

#undef LETTER
#undef NUMBER
#undef RESERVED

static const struct {
	struct span name;
	enum uri_scheme scheme;
} schemes[] = {
	{ { "sip", 3 }, URI_SIP },
	{ { "sips", 4 }, URI_SIPS },
	{ { "tel", 3 }, URI_TEL },
};

/* A parameter or a header of a URI. */
struct piece {
	struct span name, value; /* value: absent without "=" */
};

static bool is_escape(struct span s)
{
	return s.n >= 3 && s.p[0] == '%' && byte_is(s.p[1], HEX) && byte_is(s.p[2], HEX);
}

static bool all_in(struct span s, unsigned where)
{
	for (uint32_t i = 0; i < s.n; i++) {
		if (part[(unsigned char)s.p[i]] & where)
			continue;
		if (!is_escape(span_from(s, i)))
			return false;
		i += 2;
	}
	return true;
}

static unsigned hex_value(char c)
{
	return byte_is(c, DIGIT) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The next byte of s after one unescape; s must not be empty. */
static char plain_next(struct span *s)
{
	char c = s->p[0];
	uint32_t used = 1;

	if (c == '%' && is_escape(*s)) {
		c = (char)(hex_value(s->p[1]) << 4 | hex_value(s->p[2]));
		used = 3;
	}
	s->p += used;
	s->n -= used;
	return c;
}

static bool plain_eq(struct span a, struct span b)
{
	while (a.n && b.n)
		if (plain_next(&a) != plain_next(&b))
			return false;
	return a.n == b.n;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The same without case. */
static bool plain_ieq(struct span a, struct span b)
{
	while (a.n && b.n)
		if (lower(plain_next(&a)) != lower(plain_next(&b)))
			return false;
	return a.n == b.n;
}

/* Takes one piece off *left, up to sep or the end. False when nothing is left. */
static bool piece_next(struct span *left, char sep, struct piece *out)
{
	struct span text = span_slice(*left, 0, span_find(*left, sep));
	uint32_t equals = span_find(text, '=');

	if (!span_is_set(*left))
		return false;
	*left = text.n < left->n ? span_from(*left, text.n + 1) : (struct span){ 0 };
	out->name = span_slice(text, 0, equals);
	out->value = equals < text.n ? span_from(text, equals + 1) : (struct span){ 0 };
	return true;
}

static bool piece_find(struct span list, char sep, struct span name, struct piece *out)
{
	while (piece_next(&list, sep, out))
		if (plain_ieq(out->name, name))
			return true;
	return false;
}

/* The list of parameters after their first ';' */
static struct span param_list(struct span params)
{
	return params.n ? span_from(params, 1) : (struct span){ 0 };
}

static bool param_list_ok(struct span list)
{
	struct span left = list;
	struct piece p, earlier;

	for (unsigned n = 0; piece_next(&left, ';', &p); n++) {
		if (n == URI_PARAM_MAX || p.name.n == 0 || (span_is_set(p.value) && p.value.n == 0))
			return false;
		if (!all_in(p.name, IN_PARAM) || !all_in(p.value, IN_PARAM))
			return false;
		if (piece_find(list, ';', p.name, &earlier) && earlier.name.p != p.name.p)
			return false;
	}
	return true;
}

static bool header_list_ok(struct span list)
{
	struct piece p;

	for (unsigned n = 0; piece_next(&list, '&', &p); n++)
		if (n == URI_PARAM_MAX || p.name.n == 0 || !span_is_set(p.value) || !all_in(p.name, IN_HEADER) ||
		    !all_in(p.value, IN_HEADER))
			return false;
	return true;
}

static bool is_ipv6(struct span literal)
{
	struct addr a;
	char fixed[ADDR_TEXT_MAX];
	struct writer w = writer_over(fixed, sizeof(fixed));
	uint32_t at = span_search(literal, SPAN(":::"));

	if (at < literal.n) {
		writer_put(&w, span_slice(literal, 0, at));
		writer_put(&w, span_from(literal, at + 1));
		literal = writer_done(&w);
	}
	return addr_parse_host(literal, &a) == 0 && a.family == ADDR_V6;
}

static bool is_ipv4(struct span literal)
{
	struct addr a;

	return addr_parse_host(literal, &a) == 0 && a.family == ADDR_V4;
}

/* How long the host name or IPv4 address is that s begins with; 0 where there is none. */
static uint32_t name_length(struct span s)
{
	uint32_t n = addr_v4_length(s), label, last = 0, end = 0; /* the last label is [last, end) */

	/* Most hosts: nothing follows that could belong to a name. */
	if (n && (n == s.n || !(s.p[n] == '.' || (part[(unsigned char)s.p[n]] & IN_LABEL))))
		return n;
	n = 0;
	for (;;) {
		label = n;
		while (n < s.n && (part[(unsigned char)s.p[n]] & IN_LABEL))
			n++;
		if (n == label) /* the dot before it is the root's, or there is no name */
			break;
		last = label;
		end = n;
		if (n == s.n || s.p[n] != '.')
			break;
		n++;
	}
	if (end == 0 || s.p[0] == '-')
		return 0;
	/* A name does not end in a number: it is an address then. */
	return !span_all(span_slice(s, last, end), DIGIT) || is_ipv4(span_slice(s, 0, end)) ? n : 0;
}

bool uri_host_ok(struct span host)
{
	if (host.n && host.p[0] == '[')
		return host.p[host.n - 1] == ']' && is_ipv6(host);
	return host.n && name_length(host) == host.n;
}

/* From after the host: ":port", or nothing. */
static int port_read(struct span s, struct uri *u)
{
	uint32_t port;

	if (s.n == 0)
		return 0;
	if (s.p[0] != ':' || span_u32(span_from(s, 1), &port) || port == 0 || port > UINT16_MAX)
		return -1;
	u->port = (uint16_t)port;
	return 0;
}

static int userinfo_read(struct span s, struct uri *u)
{
	uint32_t colon = span_find(s, ':');

	u->user = span_slice(s, 0, colon);
	if (colon < s.n)
		u->password = span_from(s, colon + 1);
	return u->user.n && all_in(u->user, IN_USER) && all_in(u->password, IN_PASSWORD) ? 0 : -1;
}

/* Takes "user@" or "user:password@" off the front, where it is there: no other part can hold an unescaped '@'. */
static int userinfo_take(struct span *s, struct uri *u)
{
	uint32_t n = 0;

	while (n < s->n && (part[(unsigned char)s->p[n]] & IN_USER))
		n++;
	if (n == s->n)
		return 0;
	if (s->p[n] == '@' && n) { /* a user without escapes: nearly all of them */
		u->user = span_slice(*s, 0, n);
	} else {
		n = span_find(*s, '@');
		if (n == s->n)
			return 0;
		if (userinfo_read(span_slice(*s, 0, n), u))
			return -1;
	}
	*s = span_from(*s, n + 1);
	return 0;
}

/* An IPv6 address in its brackets, a host name or an IPv4 address. */
static int host_take(struct span *s, struct uri *u)
{
	bool literal = s->n && s->p[0] == '[';
	uint32_t n = literal ? span_find(*s, ']') + 1 : name_length(*s);

	if (n == 0)
		return -1;
	u->host = span_slice(*s, 0, n);
	*s = span_from(*s, n);
	return !literal || uri_host_ok(u->host) ? 0 : -1;
}

/* ":port;params?headers", each of them or not. */
static int tail_read(struct span s, struct uri *u)
{
	uint32_t end;

	if (port_read(s, u) == 0) /* most have nothing behind it */
		return 0;
	end = span_find(s, '?');
	if (end < s.n) {
		u->headers = span_from(s, end + 1);
		s = span_slice(s, 0, end);
	}
	end = span_find(s, ';');
	if (end < s.n)
		u->params = span_from(s, end);
	if (!param_list_ok(param_list(u->params)) || !header_list_ok(u->headers))
		return -1;
	return port_read(span_slice(s, 0, end), u);
}

/* The user part may hold ';' and '?', so it goes first. */
static int sip_read(struct span s, struct uri *u)
{
	if (userinfo_take(&s, u) || host_take(&s, u))
		return -1;
	return s.n ? tail_read(s, u) : 0;
}

static int tel_read(struct span s, struct uri *u)
{
	uint32_t end = span_find(s, ';');
	bool digit = false;

	u->user = span_slice(s, 0, end);
	if (end < s.n)
		u->params = span_from(s, end);
	for (uint32_t i = 0; i < u->user.n; i++) {
		char c = u->user.p[i];

		if (!(part[(unsigned char)c] & IN_PHONE) || (c == '+' && i))
			return -1;
		digit |= byte_is(c, HEX) || c == '*' || c == '#';
	}
	return digit && param_list_ok(param_list(u->params)) ? 0 : -1;
}

static int other_read(struct span s, struct uri *u)
{
	u->host = s;
	return s.n && all_in(s, IN_OTHER) ? 0 : -1;
}

/* Takes the scheme and its colon. */
static int scheme_take(struct span *s, struct uri *u)
{
	uint32_t n = 0;

	if (span_starts(*s, SPAN("sip:"))) { /* nearly all of them */
		u->scheme_name = span_slice(*s, 0, 3);
		u->scheme = URI_SIP;
		*s = span_from(*s, 4);
		return 0;
	}
	while (n < s->n && (part[(unsigned char)s->p[n]] & IN_SCHEME))
		n++;
	if (n == 0 || n == s->n || s->p[n] != ':' || !byte_is(s->p[0], ALPHA))
		return -1;
	u->scheme_name = span_slice(*s, 0, n);
	u->scheme = URI_OTHER;
	*s = span_from(*s, n + 1);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (span_ieq(u->scheme_name, schemes[i].name)) {
			u->scheme = schemes[i].scheme;
			break;
		}
	}
	return 0;
}

int uri_parse(struct span s, struct uri *out)
{
	static int (*const read[])(struct span, struct uri *) = {
		[URI_SIP] = sip_read,
		[URI_SIPS] = sip_read,
		[URI_TEL] = tel_read,
		[URI_OTHER] = other_read,
	};
	struct uri u = { 0 };

	if (scheme_take(&s, &u) || read[u.scheme](s, &u))
		return -1;
	*out = u;
	return 0;
}

void uri_write(struct writer *w, const struct uri *u)
{
	writer_put(w, u->scheme_name);
	writer_byte(w, ':');
	writer_put(w, u->user);
	if (span_is_set(u->user) && u->scheme != URI_TEL)
		writer_byte(w, '@');
	writer_put(w, u->host);
	if (u->port) {
		writer_byte(w, ':');
		writer_u64(w, u->port);
	}
	writer_put(w, u->params);
}

bool uri_user_eq(struct span a, struct span b)
{
	return span_is_set(a) == span_is_set(b) && plain_eq(a, b);
}

void uri_user_plain(struct writer *w, struct span user)
{
	while (user.n)
		writer_byte(w, plain_next(&user));
}

static bool host_eq(struct span a, struct span b)
{
	struct addr x, y;

	if (span_ieq(a, b))
		return true;
	return addr_parse_host(a, &x) == 0 && addr_parse_host(b, &y) == 0 && addr_same_host(&x, &y);
}

/* These must be in both URIs or in neither (RFC 3261 19.1.4). */
static bool param_counts(struct span name)
{
	static const struct span names[] = {
		{ "transport", 9 }, { "user", 4 }, { "ttl", 3 }, { "method", 6 }, { "maddr", 5 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (plain_ieq(name, names[i]))
			return true;
	return false;
}

/* Each of a's is matched by b's. all: none may be missing. */
static bool params_match(struct span a, struct span b, bool all)
{
	struct span left = param_list(a);
	struct piece p, q;

	while (piece_next(&left, ';', &p)) {
		if (piece_find(param_list(b), ';', p.name, &q)) {
			if (!plain_ieq(p.value, q.value))
				return false;
		} else if (all || param_counts(p.name)) {
			return false;
		}
	}
	return true;
}

static unsigned header_count(struct span list, const struct piece *h)
{
	struct piece p;
	unsigned n = 0;

	while (piece_next(&list, '&', &p))
		n += plain_ieq(p.name, h->name) && plain_eq(p.value, h->value);
	return n;
}

/* A header may be there several times: each of a's as often in b. */
static bool headers_match(struct span a, struct span b)
{
	struct span left = a;
	struct piece p;

	while (piece_next(&left, '&', &p))
		if (header_count(a, &p) != header_count(b, &p))
			return false;
	return true;
}

/* Visual separators do not count (RFC 3966 4). */
static struct span phone_skip(struct span s)
{
	while (s.n && memchr("-.()", s.p[0], 4))
		s = span_from(s, 1);
	return s;
}

static bool phone_eq(struct span a, struct span b)
{
	for (;;) {
		a = phone_skip(a);
		b = phone_skip(b);
		if (a.n == 0 || b.n == 0)
			return a.n == b.n;
		if (lower(a.p[0]) != lower(b.p[0]))
			return false;
		a = span_from(a, 1);
		b = span_from(b, 1);
	}
}

bool uri_eq(const struct uri *a, const struct uri *b)
{
	bool tel = a->scheme == URI_TEL;

	if (a->scheme != b->scheme)
		return false;
	if (a->scheme == URI_OTHER)
		return span_ieq(a->scheme_name, b->scheme_name) && span_eq(a->host, b->host);
	if (!params_match(a->params, b->params, tel) || !params_match(b->params, a->params, tel))
		return false;
	if (tel)
		return phone_eq(a->user, b->user);
	return uri_user_eq(a->user, b->user) && uri_user_eq(a->password, b->password) && host_eq(a->host, b->host) &&
	       a->port == b->port && headers_match(a->headers, b->headers) && headers_match(b->headers, a->headers);
}
