/* SPDX-License-Identifier: BSD-3-Clause */
/* join.h: ports for a leg's streams, and telling the packet path what they are for and who talks with whom. */
#ifndef NATSBC_RTPPROXY_JOIN_H
#define NATSBC_RTPPROXY_JOIN_H

#include "rtpproxy/session/state.h"

/* A pair of ports for the stream, fresh; does nothing where it has one. 0, or -1 when the realm has none left for the
 * session's worker. */
int join_take(struct relay *r, const struct session *s, struct leg *l, unsigned stream, uint64_t now);

/* Takes the stream's ports out of the packet path and gives them back. */
void join_drop(struct relay *r, struct leg *l, unsigned stream, uint64_t now);
void join_drop_all(struct relay *r, struct leg *l, uint64_t now);

/* Gives back what was taken since the last answer. */
void join_drop_fresh(struct relay *r, struct leg *l, uint64_t now);

/* The leg has been offered something: where that is a handshake the packet path is told to listen for its beginning,
 * though there is no answer yet. */
void join_listen(struct relay *r, struct session *s, struct leg *l);

/* Tells the packet path the state of all open streams of the leg. */
void join_push(struct relay *r, struct session *s, struct leg *l);

/* The packet path had no room for something about the stream: join_retry() is to tell it again. */
void join_again(struct relay *r, struct stream *m);

/* The same of the side that the leg's media goes to, if any. */
void join_push_peer(struct relay *r, struct session *s, const struct leg *l);

/* Tries again what the packet path had no room for. */
void join_retry(struct relay *r, uint64_t now);

#endif
