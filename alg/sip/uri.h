/* SPDX-License-Identifier: BSD-3-Clause */
/* uri.h: sip, sips and tel URIs (RFC 3261 19.1, RFC 3966); others are kept as scheme and rest. */
#ifndef NATSBC_SIP_URI_H
#define NATSBC_SIP_URI_H

#include "alg/base/writer.h"

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

/* 0, or -1 on anything RFC 3261 25.1 would not write; out untouched then. */
int uri_parse(struct span s, struct uri *out);

/* scheme:user@host:port;params, without password and without headers. */
void uri_write(struct writer *w, const struct uri *u);

/* user == user after one unescape (RFC 3261 19.1.4). */
bool uri_user_eq(struct span a, struct span b);

/* Writes the user part unescaped once: the key of an address-of-record. */
void uri_user_plain(struct writer *w, struct span user);

/* The equality of RFC 3261 19.1.4. */
bool uri_eq(const struct uri *a, const struct uri *b);

#endif
