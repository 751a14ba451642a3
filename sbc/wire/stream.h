/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.h: SIP over connections: TCP, TLS, WebSocket, and WebSocket over TLS (RFC 3261 18, RFC 7118). */
#ifndef NATSBC_SBC_STREAM_H
#define NATSBC_SBC_STREAM_H

#include "alg/base/siphash.h"
#include "sbc/base/flow.h"
#include "sbc/base/log.h"

/* Why a connection ended, or never was. */
/* One row, one entry. clang-format would join them. */
/* clang-format off */
#define STREAM_END_TABLE(X)                                                                                            \
	/* while it was open */                                                                                        \
	X(PEER_CLOSED, "closed-by-peer")                                                                               \
	X(RESET, "reset-by-peer")                                                                                      \
	X(LOST, "peer-lost")                                                                                           \
	X(BROKEN, "framing-broken")                                                                                    \
	X(TOO_LARGE, "message-too-large")                                                                              \
	X(MESSAGE_TIMEOUT, "message-not-completed")                                                                    \
	X(READS_SLOWLY, "peer-reads-too-slowly")                                                                       \
	X(IDLE, "idle")                                                                                                \
	X(BANNED, "source-banned") /* then, or when it wants to connect */                                            \
	/* before it was */                                                                                            \
	X(CONNECT_REFUSED, "connect-refused")                                                                          \
	X(CONNECT_FAILED, "connect-failed")                                                                            \
	X(CONNECT_TIMEOUT, "connect-timeout")                                                                          \
	X(TLS_FAILED, "tls-handshake-failed")                                                                          \
	X(TLS_TIMEOUT, "tls-handshake-timeout")                                                                        \
	X(TLS_CHAIN, "certificate-not-trusted")                                                                        \
	X(TLS_NAME, "certificate-of-another-name")                                                                     \
	X(UPGRADE_REFUSED, "upgrade-refused")                                                                          \
	X(UPGRADE_TIMEOUT, "upgrade-timeout")                                                                          \
	/* not accepted at all */                                                                                      \
	X(NETWORK, "source-not-in-networks")                                                                           \
	X(LIMIT, "connection-limit")                                                                                   \
	X(SOURCE_LIMIT, "connection-limit-of-source")                                                                  \
	X(DESCRIPTORS, "no-descriptors")                                                                               \
	X(MEMORY, "no-memory")
/* clang-format on */

enum stream_end {
#define X(id, name) STREAM_END_##id,
	STREAM_END_TABLE(X)
#undef X
		STREAM_END_N
};

const char *stream_end_name(enum stream_end why);

struct stream_stats {
	uint32_t open;                                  /* connections now, those being opened included */
	uint32_t open_of[CONF_REALM_MAX][CONF_WSS + 1]; /* by realm and transport */
	uint64_t accepted, started;                     /* by peers; by us */
	uint64_t handshakes;                            /* TLS, done */
	uint64_t ended[STREAM_END_N];
};

/* All connections. Belongs to one worker. */
struct streams;

/* A whole message. bytes are borrowed for the call. Anything may be sent from here, on any connection. */
typedef void stream_received_fn(void *ctx, const struct flow *from, struct span bytes);

/* A connection that carried or was to carry something is no more. Called from stream_flush() only. */
typedef void stream_closed_fn(void *ctx, const struct flow *flow, enum stream_end why);

struct stream_setup {
	const struct config *conf; /* borrowed */
	struct log log;
	struct hash_key key;     /* random */
	uint64_t (*clock)(void); /* ms, monotonic */
	stream_received_fn *received;
	stream_closed_fn *closed;
	bool (*banned)(void *ctx, const struct addr *peer); /* NULL: nobody is */
	void *ctx;
};

/* Listens wherever the configuration says tcp, tls, ws or wss. NULL with the reason in error. Caller closes with
 * stream_close(). */
struct streams *stream_open(const struct stream_setup *setup, char *error, uint32_t error_size);

/* Closes all connections; nobody is told. */
void stream_close(struct streams *s);

/* Readable when there is something to do: then call stream_ready(), and stream_flush() at the end of the turn. */
int stream_fd(const struct streams *s);
void stream_ready(struct streams *s);

/* Runs what is due; when to call it next (ms; UINT64_MAX: nothing waits). */
void stream_advance(struct streams *s);
uint64_t stream_next(const struct streams *s);

/* Queues a copy for the connection to->connection; where that is 0, for one that leads to the peer already, else for a
 * new one (TCP and TLS only: browsers can't be called). to->connection tells which it was. TLS is opened to trunks
 * only: others could not be verified. 0, or -1 when it can't be sent. */
int stream_send(struct streams *s, struct flow *to, struct span bytes);

/* Is there still the connection to->connection? */
bool stream_is_open(const struct streams *s, const struct flow *to);

/* Requests to that address may take this connection from now on (RFC 5923). */
void stream_alias(struct streams *s, const struct flow *flow, const struct addr *to);

/* Writes what was queued, tells of connections that ended. To be called at the end of every turn. */
void stream_flush(struct streams *s);

/* Reads the certificates again: SIGHUP. What is wrong is said in the log, and the old ones stay. */
void stream_reload(struct streams *s);

const struct stream_stats *stream_stats(const struct streams *s);

/* All of it for Prometheus, and when our certificates expire. */
void stream_write_metrics(const struct streams *s, struct writer *w);

/* The port that the listener really has: of tests, which let the kernel choose. 0: no such listener. */
uint16_t stream_port(const struct streams *s, unsigned realm, unsigned listen);

#endif
