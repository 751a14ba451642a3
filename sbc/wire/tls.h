/* SPDX-License-Identifier: BSD-3-Clause */
/* tls.h: certificates of the realms, and whom the certificates of peers prove (RFC 5922). */
#ifndef NATSBC_SBC_TLS_H
#define NATSBC_SBC_TLS_H

#include <openssl/ssl.h>

#include "sbc/base/flow.h"
#include "sbc/base/log.h"

struct tls;

/* Reads all certificates and keys that the configuration names. NULL with the reason in error. conf and log are
 * borrowed. Caller closes with tls_close(). */
struct tls *tls_open(const struct config *conf, const struct log *log, char *error, uint32_t error_size);
void tls_close(struct tls *t);

/* Reads them again. What is wrong is said in the log, and the old ones stay, each for itself. Connections live on.
 * Returns how many were wrong. */
unsigned tls_reload(struct tls *t);

/* Says in the log which certificates expire within a month. */
void tls_remind(const struct tls *t);

/* When the first certificate of ours expires (seconds since 1970); 0: there is none. */
int64_t tls_expires(const struct tls *t);

/* Our half of a connection on fd, which stays the caller's. trunk: its number + 1. NULL without memory, or without a
 * certificate. */
SSL *tls_accept(struct tls *t, unsigned realm, int fd);
SSL *tls_connect(struct tls *t, unsigned trunk, const struct addr *peer, int fd);

enum tls_step {
	TLS_DONE,
	TLS_MORE, /* once the socket is ready again */
	TLS_FAILED,
	TLS_UNTRUSTED,  /* the peer's certificate: its chain */
	TLS_OTHER_NAME, /* or whom it names */
};

/* Goes on with the handshake. When it is done the peer is who it should be (flow->trunk of one we called), or
 * flow->trunk says which trunk an incoming one proved to be. */
enum tls_step tls_handshake(struct tls *t, SSL *ssl, struct flow *flow);

/* Like SSL_read and SSL_write, with a clean error queue. */
int tls_read(SSL *ssl, void *to, uint32_t room);
int tls_write(SSL *ssl, const void *from, uint32_t n);

/* Says so to the peer if the socket takes it, and frees ssl. */
void tls_close_connection(SSL *ssl);

#endif
