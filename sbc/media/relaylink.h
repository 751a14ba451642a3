/* SPDX-License-Identifier: BSD-3-Clause */
/* relaylink.h: asking the media relay over ng: one datagram a question, repeated until answered or given up. */
#ifndef NATSBC_SBC_RELAYLINK_H
#define NATSBC_SBC_RELAYLINK_H

#include "alg/ng/ng.h"
#include "sbc/base/core.h"
#include "sbc/media/relaytotals.h"

struct leg;
struct relaylink_wait;

/* answer is NULL when the relay never answered. user is what was given to relaylink_ask, NULL after relaylink_forget:
 * then the function is not called. The wait ends with this call. */
typedef void relaylink_done_fn(void *env, struct relaylink_wait *w, const struct ng_answer *answer);

/* True: the answer is to be kept until relaylink_release. Not called after relaylink_forget. */
typedef bool relaylink_hold_fn(void *env, struct relaylink_wait *w, const struct ng_answer *answer);

/* Events the relay sends by itself. */
typedef void relaylink_event_fn(void *env, const struct ng_answer *event);

/* A question that is out. */
struct relaylink_wait {
	struct relaylink_wait *next, **link; /* in the asker's list; see relaylink_forget */
	struct timer retry;
	struct relaylink *home;
	struct buf *datagram;
	struct buf *message; /* parked until the answer: the SIP message the question is about; may be NULL */
	struct buf *answer;  /* held back */
	relaylink_done_fn *done;
	void *user;
	/* A description that was given to the relay: media.c hears first what became of it. */
	struct buf *sdp;
	struct leg *from, *to;
	relaylink_done_fn *then;
	void *asker;
	bool answers;            /* it answered an offer */
	relaylink_hold_fn *hold; /* NULL: the answer is told when it comes. For who asked to set, and the next two */
	struct relaylink_wait *held_next; /* see mappinghold.h */
	uint64_t held_for;
	uint32_t generation;
	uint8_t tries;
	bool once; /* not repeated, and nobody minds when there is no answer */
	bool out;
	bool anew; /* asked anew, since the relay had been away */
};

enum { RELAYLINK_WAITS = 8192, RELAYLINK_TRIES = 5, RELAYLINK_FIRST_MS = 100, RELAYLINK_ANEW_EACH_MS = 8 };

struct relaylink {
	struct core *core;
	void *env;
	relaylink_event_fn *event;
	struct relaylink_wait *pool, *free;
	uint32_t nwait;
	char owner[48];       /* our name as owner of media sessions */
	bool reachable;       /* answered the last time it was asked */
	bool missed;          /* the log says that it does not answer */
	bool silent;          /* it may be away: a question was repeated twice, and nothing came since */
	uint64_t last_answer; /* ms; 0 = never */
	struct relaytotals totals;
};

/* 0, or -1 without memory. */
int relaylink_init(struct relaylink *r, struct core *core, void *env, relaylink_event_fn *event);
void relaylink_fini(struct relaylink *r);

/* Our name for as long as that text is ours, over restarts; "": it stays one of this run. */
void relaylink_name(struct relaylink *r, const char *instance);

/* Sends the request (its cookie, coding and owner are set here). list (may be NULL) is the asker's list of waits;
 * message, which may be NULL, is the link's from now on, and kept until the answer. NULL when too many questions are
 * out: nothing will be called. */
struct relaylink_wait *relaylink_ask(struct relaylink *r, struct ng_request *request, struct buf *message,
				     relaylink_done_fn *done, void *user, struct relaylink_wait **list);

/* The asker goes away: all answers to the waits of its list are dropped when they come. */
void relaylink_forget(struct relaylink_wait **list);

/* The answer that was held back is told now, unless its asker is gone. Its retry timer was the holder's. */
void relaylink_release(struct relaylink_wait *w);

/* A datagram from the relay. */
void relaylink_receive(struct relaylink *r, struct span datagram);

#endif
