/* SPDX-License-Identifier: BSD-3-Clause */
/* uri.h: sip, sips and tel URIs (RFC 3261 19.1, RFC 3966); others are kept as scheme and rest. */
#ifndef NATSBC_SIP_URI_H
#define NATSBC_SIP_URI_H

#include "alg/base/writer.h"

/* More parameters or headers than this in one URI are refused: comparing two URIs is quadratic. */
enum { URI_PARAM_MAX = 32 };

enum uri_scheme { URI_SIP, URI_SIPS, URI_TEL, URI_OTHER };

/* All spans borrow the text that was parsed; absent where the part is absent. */
struct uri {
	enum uri_scheme scheme;
	struct span scheme_name;
	struct span user;     /* escaped as sent; tel: the number */
	struct span password; /* never written again */
	struct span host;     /* IPv6 in its brackets; other schemes: all after the colon */
	uint16_t port;        /* 0 when absent */
	struct span params;   /* from the first ';' */
	struct span headers;  /* from after the '?' */
};

/* 0, or -1 on anything RFC 3261 25.1 would not write; out untouched then. A parameter given twice is refused (19.1.1).
 * Tolerated beyond it: "_" in host names, a tel number without its phone-context. */
int uri_parse(struct span s, struct uri *out);

/* A host name, an IPv4 address, or an IPv6 address in brackets, there also with the three colons that the grammar of
 * RFC 3261 asked for by mistake (RFC 5118 4.10): addr_parse_host() does not read that form, so it is never sent to. */
bool uri_host_ok(struct span host);

/* scheme:user@host:port;params, without password and without headers. */
void uri_write(struct writer *w, const struct uri *u);

/* user == user after one unescape (RFC 3261 19.1.4; escaped reserved characters match too, as in 10.3 step 5: dialled
 * numbers come with "+" and "%2B" alike). An absent user equals only an absent one. */
bool uri_user_eq(struct span a, struct span b);

/* Writes the user part unescaped once: the key of an address-of-record. */
void uri_user_plain(struct writer *w, struct span user);

/* The equality of RFC 3261 19.1.4; of tel URIs, RFC 3966 4. */
bool uri_eq(const struct uri *a, const struct uri *b);

#endif
