/* SPDX-License-Identifier: BSD-3-Clause */
/* certificate.h: certificates from files, and whom they name (RFC 5922). */
#ifndef NATSBC_SBC_CERTIFICATE_H
#define NATSBC_SBC_CERTIFICATE_H

#include <openssl/ssl.h>

#include "alg/base/addr.h"

enum { CERTIFICATE_WHY_MAX = 256 };

/* Gives ctx the chain and the key in the files (paths, or "cred:NAME"). 0 with the time it expires (seconds since
 * 1970), or -1 with the reason, file first. One that is expired already is loaded all the same. */
int certificate_load(SSL_CTX *ctx, const char *cert, const char *key, int64_t *expires, char why[CERTIFICATE_WHY_MAX]);

/* When the one that ctx has expires, in seconds since 1970. */
int64_t certificate_expires(SSL_CTX *ctx);

/* The authorities that ctx believes: of the file, or the system's where it is NULL. 0 or -1. */
int certificate_authorities(SSL_CTX *ctx, const char *file, char why[CERTIFICATE_WHY_MAX]);

/* Is it for that domain (RFC 5922 7.2)? Identities are the SIP URIs without a user part, and only where there is none
 * of them the DNS names. A name of "*.example.net" admits any one label there; that a certificate says so admits
 * nothing. */
bool certificate_is_for(X509 *cert, struct span name);

/* Is it for that IP address? */
bool certificate_is_for_host(X509 *cert, const struct addr *host);

/* Its identities, for logs. */
void certificate_write_names(struct writer *w, X509 *cert);

/* True where pattern is name, or "*.example.net" and name is one label more than example.net. Case is ignored. */
bool certificate_name_fits(struct span pattern, struct span name);

#endif
