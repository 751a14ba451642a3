/* SPDX-License-Identifier: BSD-3-Clause */
/* leg.h: one side of a call: our ports that face it, what it said about its media, and our o= line towards it. */
#ifndef NATSBC_RTPPROXY_LEG_H
#define NATSBC_RTPPROXY_LEG_H

#include "alg/rtp/payload_map.h"
#include "rtpproxy/line/target.h"
#include "rtpproxy/session/grade.h"
#include "rtpproxy/session/totals.h"

enum { LEG_TAG_MAX = 8 }; /* dialogs that one branch may fork into further on */

/* When the relay sends something itself. */
struct keepalive {
	uint64_t since; /* ms: no packet has left since then; 0: not looked at yet */
	uint64_t sent;  /* packets that had left by then */
	uint16_t seq;
};

/* What was so when we last reported on the stream. */
struct reported {
	uint64_t rtcp; /* packets of it that the side had sent */
	uint32_t expected, lost;
};

/* One m-line. */
struct stream {
	uint16_t port; /* our RTP port facing the side, RTCP is the next; 0: none */
	bool fresh;    /* taken by an offer that has no answer yet: a rollback gives it back */
	bool in_path;  /* the packet path knows the port */
	bool unpushed; /* the packet path has yet to be told: its ring was full */
	bool relearn;  /* to be told with the next push */
	bool lost;     /* what the side knows of it is of a relay that is no more (resume.h) */
	bool told;     /* but of the offer that it answers next it was told */
	struct keepalive keepalive;
	struct sdp_numbers events_shown; /* telephone events in it that the other side did not offer */
	struct sdp_numbers shown;        /* payload numbers of the last offer to the side */
	bool own_numbers;                /* the last offer to the side had the payload numbers of its own */
	struct payload_map map;          /* what arrives from the side, as the other one numbers it */
	struct target now;               /* in force */
	struct grade grade;              /* of what this side sends */
	struct secure *secure;           /* owned; NULL: plain RTP on two ports */
	struct reported reported;
	struct totals_mark totals;
};

struct leg_tag {
	struct leg_tag *next;
	struct span text; /* behind it in the same memory */
};

struct ear;

struct session;
struct leg;

/* A side of a call, this one or another. */
struct partner {
	struct session *session;
	struct leg *leg;
};

/* What becomes of a side's media where a client has asked for an echo. */
enum leg_echo {
	LEG_ECHO_NONE,
	LEG_ECHO_BACK, /* it goes back to the side */
	LEG_ECHO_SINK, /* it goes nowhere */
};

struct leg {
	struct leg *next; /* further far legs, or listeners, of the session */
	struct ear *ear;  /* owned: it is a listener, see listener.h; NULL: a side of the call */
	uint8_t realm;
	bool offered;           /* an offer for it has been carried out */
	struct span via_branch; /* owned; absent where the client does not use it */
	struct span label;      /* owned; the client's name for the side */
	struct span
		elsewhere; /* owned; the side of another session that it is, too, until it agrees to something here */
	uint64_t elsewhere_since; /* ms: it was shown something here last */
	struct leg_tag *tags;     /* at most LEG_TAG_MAX; the first is the one in force */
	unsigned ntag;
	struct gate gate; /* what a client has blocked */
	uint8_t agreed;   /* m-lines as of the last answer */
	uint8_t forward;  /* enum forward */
	bool publishes;   /* it speaks to listeners alone, see publish.h */
	bool speaks;      /* the same, and is not on hold */
	bool dtmf_info;   /* digits come from it and go to it by SIP INFO */
	uint8_t echo;     /* enum leg_echo */
	struct stream *stream;
	struct target *offer; /* of each stream, as an offer has it that waits for its answer; NULL: all is in force */
	unsigned nstream;
	uint64_t sdp_id, sdp_version; /* of our o= towards it; version 0: nothing sent yet */
	uint64_t sdp_hash;            /* of what was sent last */
	struct partner *connected;    /* owned; whom its media goes to instead of who its call says; see connect.h */
	/* By bit, m-lines, see hidden.h: */
	uint32_t hidden;   /* that the last offer, to it or of its own, had not */
	uint32_t absent;   /* that it has not, as of the last answer */
	uint32_t withheld; /* that it has not because a client wanted so */
};

/* Caller frees with leg_free(). NULL without memory. */
struct leg *leg_new(uint8_t realm, struct span via_branch, uint64_t sdp_id);
/* Ports must have been given back. */
void leg_free(struct leg *l);

/* 0, or -1 without memory. */
int leg_set_label(struct leg *l, struct span label);

/* See elsewhere.h; absent: it is not. The same. */
int leg_set_elsewhere(struct leg *l, struct span what);

bool leg_has_tag(const struct leg *l, struct span tag);

/* Makes tag the one in force; it is added where the leg does not have it yet. 0, or -1 without memory. */
int leg_use_tag(struct leg *l, struct span tag);
void leg_drop_tag(struct leg *l, struct span tag);

/* At least n streams. 0, or -1 without memory. */
int leg_grow(struct leg *l, unsigned n);

/* Keeps the first n streams as they are offered until the answer; the others are refused. 0, or -1 without memory. */
int leg_expect(struct leg *l, const struct target *offered, unsigned n);
/* The offer is in force, or forgotten. */
void leg_settle(struct leg *l);

/* What the side has said last of the stream, whether it is in force or waits. */
static inline const struct target *leg_offered(const struct leg *l, unsigned stream)
{
	return l->offer ? &l->offer[stream] : &l->stream[stream].now;
}

/* The tag in force; absent where the side has none yet. */
static inline struct span leg_tag(const struct leg *l)
{
	return l->tags ? l->tags->text : (struct span){ 0 };
}

/* The m-line can carry media as far as this side goes. */
static inline bool stream_is_open(const struct stream *m)
{
	return m->now.known && !m->now.refused;
}

#endif
