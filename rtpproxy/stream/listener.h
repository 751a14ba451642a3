/* SPDX-License-Identifier: BSD-3-Clause */
/* listener.h: a leg that hears what sides of a call send, and is none of them: copies of their packets go to it, what
 * it sends is counted and goes nowhere. */
#ifndef NATSBC_RTPPROXY_LISTENER_H
#define NATSBC_RTPPROXY_LISTENER_H

#include "rtpproxy/session/state.h"

/* A copy that the packet path has been asked for; ports 0: none. */
struct ear_copy {
	struct own_port from, to;
};

/* Whom one of its m-lines is of. */
struct ear_line {
	struct leg *source; /* a side of the same session; NULL: nobody any more */
	unsigned stream;
	struct ear_copy told[2]; /* of RTP, of RTCP */
};

/* The stream that it is of; NULL: nobody's. */
static inline const struct stream *ear_source(const struct ear_line *line)
{
	return line->source ? &line->source->stream[line->stream] : NULL;
}

/* Leg's `ear`. */
struct ear {
	unsigned n, nasked; /* nasked 0: no offer of ours waits for its answer */
	uint64_t asked_at;  /* ms */
	struct ear_line now[SDP_MEDIA_MAX], asked[SDP_MEDIA_MAX];
};

/* The listener with this tag; NULL where none has it. */
struct leg *listener_find(const struct session *s, struct span tag);

/* Takes over l and gives it an ear. 0, or -1 without memory: l is freed then. */
int listener_add(struct session *s, struct leg *l);

/* Its ports come back; frees it. */
void listener_end(struct relay *r, struct session *s, struct leg *l, uint64_t now);
void listener_end_all(struct relay *r, struct session *s, uint64_t now);

/* Once a second: what has been offered for as long as an offer of a call may wait for its answer, and has none, is
 * taken back. Who hears nothing yet ends with it. */
void listener_tick(struct relay *r, struct session *s, uint64_t now);

/* source is to go: who hears it hears nobody there any more. */
void listener_forget(struct session *s, const struct leg *source);

/* What the source of the m-line was shown of the other side of its call: it sends what both have. NULL: nothing yet. */
const struct stream *listener_shown(const struct session *s, const struct ear_line *line);

/* How many m-lines of others than `but` are of the source's stream, in force or asked for. */
unsigned listener_count(const struct session *s, const struct leg *source, unsigned stream, const struct leg *but);

/* Tells the packet path which copies are to be made, as things stand. */
void listener_tell(struct relay *r, struct session *s);

/* The stream's ports are closed, and with them all copies to it has ended. */
void listener_shut(struct leg *l, unsigned stream);

#endif
