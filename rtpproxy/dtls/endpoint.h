/* SPDX-License-Identifier: BSD-3-Clause */
/* endpoint.h: our end of one DTLS association that gives keys to SRTP (RFC 5764). Datagrams in, datagrams out. */
#ifndef NATSBC_RTPPROXY_ENDPOINT_H
#define NATSBC_RTPPROXY_ENDPOINT_H

#include <openssl/types.h>
#include <stddef.h>

#include "alg/rtp/srtp_key.h"
#include "rtpproxy/dtls/identity.h"

struct endpoint;

enum { ENDPOINT_DATAGRAM_MAX = 1200 }; /* what we send is no longer: it fits through any tunnel */

enum endpoint_state {
	ENDPOINT_SHAKING,
	ENDPOINT_DONE,   /* the keys are there */
	ENDPOINT_CLOSED, /* the keys are there, and the other side has said goodbye since */
	ENDPOINT_FAILED,
};

/* What associations of one identity have in common. Takes a hold of both. NULL without memory. */
SSL_CTX *endpoint_context(EVP_PKEY *key, X509 *cert);

/* Ends of an association with who shows one of the certificates (at least one is named). A client has its first
 * datagrams to give at once. A server does at once what is asked: only for a source that has been checked. Caller frees
 * with endpoint_free(). NULL without memory. */
struct endpoint *endpoint_client(const struct identity *who, const struct sdp_fingerprints *peer);
struct endpoint *endpoint_server(const struct identity *who, const struct sdp_fingerprints *peer);

/* A server for whom this datagram is from, once he has sent back the cookie that stands for his address (RFC
 * 6347 4.2.1). NULL: it was no ClientHello, or one without the cookie: what is to be sent to him then is in reply. */
struct endpoint *endpoint_greet(const struct identity *who, const struct sdp_fingerprints *peer, uint64_t cookie,
				const uint8_t *bytes, size_t n, struct writer *reply);

/* Somebody begins: this is a ClientHello or a part of one. */
bool endpoint_is_hello(const uint8_t *bytes, size_t n);
/* Where in it the part begins (RFC 6347 4.2.3); 0 of what is whole, or none. */
uint32_t endpoint_hello_offset(const uint8_t *bytes, size_t n);

/* NULL is nothing. */
void endpoint_free(struct endpoint *e);

enum endpoint_state endpoint_state(const struct endpoint *e);

/* Done, and the other side is, too: there is nothing that it could still miss. A server's last flight may be lost. */
bool endpoint_is_over(const struct endpoint *e);

/* Why it failed, in words; borrowed for ever. */
const char *endpoint_why(const struct endpoint *e);
/* It failed since the certificate is none of those that the description named. */
bool endpoint_is_impostor(const struct endpoint *e);

/* A datagram has come. */
enum endpoint_state endpoint_take(struct endpoint *e, const uint8_t *bytes, size_t n);

/* Sends again what is due, by the wall clock: to be called every 50 ms or so while it is shaking. */
enum endpoint_state endpoint_tick(struct endpoint *e);

/* Takes the next datagram that is to be sent; out has room for ENDPOINT_DATAGRAM_MAX. Its length; 0: none. */
size_t endpoint_give(struct endpoint *e, uint8_t *out);

/* Says goodbye. */
void endpoint_close(struct endpoint *e);

/* Once done: what we seal with, what we open with (RFC 5764 4.2). */
int endpoint_keys(const struct endpoint *e, struct srtp_key *ours, struct srtp_key *theirs);

#endif
