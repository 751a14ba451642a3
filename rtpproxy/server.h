/* SPDX-License-Identifier: BSD-3-Clause */
/* server.h: the sockets on which the relay is commanded: datagrams, unix and UDP; streams, unix and TCP. */
#ifndef NATSBC_RTPPROXY_SERVER_H
#define NATSBC_RTPPROXY_SERVER_H

#include "rtpproxy/command/relay.h"

struct server;

/* Opens all of conf->relay.ng for r, both borrowed. NULL with the reason in error (NUL-terminated).
 * Caller closes with server_close(). */
struct server *server_open(const struct config *conf, struct relay *r, char *error, uint32_t error_size);

/* Closes the sockets and removes their files. */
void server_close(struct server *s);

/* Numbers of what server_run() runs: sockets of datagrams as in relay.ng, all that has connections is one. */
enum { SERVER_STREAMS = CONF_NG_MAX, SERVER_NUMBERS };

/* Puts all that can have work into the caller's epoll, with first + its number as data. 0 or -1 with errno. */
int server_watch(const struct server *s, int epoll, uint32_t first);

/* Handles what has arrived there, never waits. A flood is handled in portions: the descriptor stays readable. */
void server_run(struct server *s, uint32_t number, uint64_t now);

/* Once a second: ends connections of clients that stand still. */
void server_tick(struct server *s, uint64_t now);

/* Programs of this host may command, and hosts of the networks that relay.ng-from names. */
bool server_is_client(const struct config *conf, const struct sockaddr *from);

/* Sends one datagram to a client that has spoken before: fits relay.event with the server as its context. */
void server_event_send(void *server, const struct server_peer *to, struct span datagram);

#endif
