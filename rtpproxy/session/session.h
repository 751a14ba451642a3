/* SPDX-License-Identifier: BSD-3-Clause */
/* session.h: the media of one call: the side that called, the sides that it reached (forks), who asked for it. */
#ifndef NATSBC_RTPPROXY_SESSION_H
#define NATSBC_RTPPROXY_SESSION_H

#include "rtpproxy/base/peers.h"
#include "rtpproxy/session/leg.h"

struct owner;

enum {
	SESSION_TEXT_MAX = 1024,        /* bytes of a call-id, tag, branch or owner */
	SESSION_UNANSWERED_MS = 300000, /* an offer that has no answer by then never will: Timer C is 3 minutes */
};

/* When media of one side was last seen to arrive, and the sum of packets by which that is seen. */
struct session_side {
	uint64_t heard; /* ms; counted from the answer */
	uint64_t packets;
};

struct session {
	struct session *next, *before; /* of all, the youngest first */
	uint32_t id;                   /* what the packet path gives back in events */
	struct span call_id;           /* owned; the key */
	struct span owner;             /* owned; of an adopted one, the holder's; absent where the client names none */
	struct owner *holder;          /* among its sessions; NULL: nobody's */
	struct session *held_next, *held_before; /* of the holder's, by id */
	struct peer *peer;                       /* who is told about it; NULL: nobody */
	enum ng_coding coding;                   /* that the peer speaks */
	struct leg *near;          /* who made the first offer: one set of ports for the whole call (F2) */
	struct leg *far;           /* list, newest first: one per Via branch */
	struct leg *listeners;     /* list: who hears sides and is none, see listener.h */
	struct leg *joined;        /* the far leg that near talks with; NULL before the first answer */
	struct leg *offerer;       /* whose offer waits for its answer; NULL: none */
	bool committed;            /* there has been an answer */
	uint64_t created, offered; /* ms */
	struct session_side from_near, from_far;
	uint64_t recorded; /* ms: when its file was begun; 0: it has none */
	uint32_t files;    /* begun so far */
	enum datapath_capture capture;
	uint64_t graded;       /* ms: next judgement of how it sounds */
	uint64_t linger_until; /* ms: deleted, and to end then; 0: alive */
	struct session *linger_prev, *linger_next;
	uint64_t check, told; /* ms: next look at the media, last event; told 0: none */
	uint64_t keep;        /* ms: next look at what has left, see keepalive.h */
	uint8_t worker;       /* which of the packet path's has its ports */
	bool held;
	bool resumed;       /* begun by a relay that is no more, of which we know ports and descriptions alone */
	bool published;     /* near speaks to listeners, as some of far may: none of them is another's other side */
	bool generate_rtcp; /* asked for by a client */
	bool detect_dtmf;   /* the client is told of telephone events */
	bool drop_traffic;  /* a client wants nothing to be relayed */
	struct gate gate;   /* what a client has blocked of all sides */
	bool forwarded;     /* a stream of it goes to who gets forwarded calls */
	uint8_t forward;    /* enum forward */
	bool has_dscp;      /* the client has chosen one for the whole call */
	uint8_t dscp;
};

/* All sessions, in a row: the table that finds them has room for many more than there are. */
struct session_list {
	struct session *first;
};

/* Sessions that linger, in the order in which they were deleted. */
struct lingering {
	struct session *first, *last;
	uint32_t count;
};

/* Caller frees with session_free(). NULL without memory. */
struct session *session_new(struct span call_id, struct span owner);
/* Ports must have been given back. */
void session_free(struct session *s);

void session_join(struct session_list *all, struct session *s);
void session_leave(struct session_list *all, struct session *s);

/* All legs, sides and listeners: the one after l; NULL: the first, and after the last. */
struct leg *session_next(const struct session *s, const struct leg *l);

/* The leg with this tag, NULL where none has it. */
struct leg *session_leg(const struct session *s, struct span tag);
/* The far leg with this Via branch. */
struct leg *session_branch(const struct session *s, struct span via_branch);

/* Takes over l as a far leg. */
void session_add_far(struct session *s, struct leg *l);
/* Gives l back to the caller; l must be a far leg of s. */
void session_take_far(struct session *s, struct leg *l);

/* Another takes near's place, who is a far leg then; there must be one. */
void session_step_down(struct session *s);

/* The other side of l as things stand: what its media is to be relayed to, which may be a side of another call
 * (connect.h). NULL where nobody yet. */
struct leg *session_peer(const struct session *s, const struct leg *l);

/* The same as the offers and answers of the session have it. */
struct leg *session_own_peer(const struct session *s, const struct leg *l);

/* What stream number `at` of l is relayed to; NULL: nobody there. */
struct stream *session_across(const struct session *s, const struct leg *l, unsigned at);

#endif
