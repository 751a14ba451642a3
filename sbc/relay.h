/* SPDX-License-Identifier: BSD-3-Clause */
/* relay.h: asking the media relay over ng: one datagram a question, repeated until answered or given up. */
#ifndef NATSBC_SBC_RELAY_H
#define NATSBC_SBC_RELAY_H

#include "alg/ng/ng.h"
#include "sbc/core.h"

struct relay_wait;

/* answer is NULL when the relay never answered. user is what was given to relay_ask, NULL after relay_forget: then the
 * function is not called. The wait ends with this call. */
typedef void relay_done_fn(void *env, struct relay_wait *w, const struct ng_answer *answer);

/* Events the relay sends by itself. */
typedef void relay_event_fn(void *env, const struct ng_answer *event);

/* A question that is out. */
struct relay_wait {
	struct relay_wait *next, **link; /* in the asker's list; see relay_forget */
	struct timer retry;
	struct relay *home;
	struct buf *datagram;
	struct buf *message;  /* parked until the answer: the SIP message the question is about; may be NULL */
	relay_done_fn *done;
	void *user;
	uint32_t generation;
	uint8_t tries;
	bool out;
};

enum { RELAY_WAITS = 8192, RELAY_TRIES = 5, RELAY_FIRST_MS = 100 };

struct relay {
	struct core *core;
	void *env;
	relay_event_fn *event;
	struct relay_wait *pool, *free;
	uint32_t nwait;
	char owner[48];       /* our name as owner of media sessions */
	bool reachable;       /* answered the last time it was asked */
	uint64_t last_answer; /* ms; 0 = never */
};

/* 0, or -1 without memory. */
int relay_init(struct relay *r, struct core *core, void *env, relay_event_fn *event);
void relay_fini(struct relay *r);

/* Sends the request (its cookie, coding and owner are set here). list (may be NULL) is the asker's list of waits; message
 * is kept until the answer. NULL when too many questions are out: nothing will be called. */
struct relay_wait *relay_ask(struct relay *r, struct ng_request *request, struct span message, relay_done_fn *done,
			     void *user, struct relay_wait **list);

/* The asker goes away: all answers to the waits of its list are dropped when they come. */
void relay_forget(struct relay_wait **list);

/* A datagram from the relay. */
void relay_receive(struct relay *r, struct span datagram);

#endif
