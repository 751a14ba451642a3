/* SPDX-License-Identifier: BSD-3-Clause */
/* server_stream.h: commands over connections, TCP and unix streams: requests end where their dictionaries do. */
#ifndef NATSBC_RTPPROXY_SERVER_STREAM_H
#define NATSBC_RTPPROXY_SERVER_STREAM_H

#include "rtpproxy/command/relay.h"

enum {
	SERVER_STREAM_MAX = 256,           /* connections; the one that was quiet longest makes room for one more */
	SERVER_STREAM_PATIENCE_MS = 10000, /* with half a request, or with a client that does not take its answer */
};

struct server_stream;

/* Commands of all connections go to r, borrowed. NULL with errno. Caller closes with server_stream_close(). */
struct server_stream *server_stream_open(struct relay *r);

/* Connections are closed, the listening sockets are not ours. */
void server_stream_close(struct server_stream *s);

/* Connections to fd, a listening socket, are taken from now on; number: its index in relay.ng. 0 or -1 with errno. */
int server_stream_listen(struct server_stream *s, int fd, uint8_t number);

/* Readable when there is work for server_stream_run. */
int server_stream_poll_fd(const struct server_stream *s);

/* Handles what has arrived, never waits. */
void server_stream_run(struct server_stream *s, uint64_t now);

/* Now and then: closes connections that wear our patience out. */
void server_stream_tick(struct server_stream *s, uint64_t now);

/* To a connection that is open still, and whose client uses cookies: others could not tell an event from an answer. */
void server_stream_send(struct server_stream *s, const struct server_peer *to, struct span event);

#endif
