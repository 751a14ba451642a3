/* SPDX-License-Identifier: BSD-3-Clause */
/* registration.h: a REGISTER, read: which Contacts of one user are to be made, kept or removed, and what is answered
 * (RFC 3261 10.3). Who asks, and whether he may, was settled before. */
#ifndef NATSBC_SBC_REGISTRATION_H
#define NATSBC_SBC_REGISTRATION_H

#include <time.h>

#include "alg/sip/msg.h"
#include "alg/sip/uri.h"
#include "sbc/registrar/bindings.h"

enum {
	REGISTRATION_MIN_S = 10, /* shorter is refused with 423 */
	REGISTRATION_RETRY_AFTER_S = 30,
	REGISTRATION_FLOW_TIMER_S = 120, /* what RFC 5626 4.4.1 lets a phone's keepalives wait */
};

/* One Contact of the request and what is to become of it. */
struct registration_wish {
	struct binding_facts facts;
	struct uri uri;
	struct span params;    /* of the Contact, as sent */
	uint32_t expires_s;    /* 0: to be removed */
	struct binding *match; /* the binding that it is about; NULL: none yet */
};

/* The request, read; nothing is changed before all of it is found good. */
struct registration {
	/* Given by the caller. */
	const struct sip_msg *msg; /* a sound REGISTER (sip_msg_check) */
	struct flow from;
	const struct conf_realm *where;
	struct bindings *bindings;
	struct span user; /* the key of the address-of-record */
	uint64_t now;     /* ms, monotonic */
	time_t wall;      /* for the Date of the answer; 0: none */

	bool via_is_elsewhere; /* the phone does not send from where its Via says */
	struct span call_id;
	uint32_t cseq;
	uint32_t expires_s; /* of the Expires header, or the default */
	bool star;
	char path[BINDING_TEXT_MAX];
	struct writer path_text; /* over path: the Path values joined */
	unsigned n;
	struct registration_wish wish[BINDINGS_PER_USER];
	const char *why; /* a phrase for the log, where it is refused */
};

/* Reads the request. 0, or the status to refuse with. */
uint16_t registration_read(struct registration *g);

/* Finds the bindings that it is about. */
void registration_match(struct registration *g);

/* RFC 3261 10.3 step 7: within one Call-ID, only a later CSeq changes a binding. */
bool registration_in_order(const struct registration *g, const struct binding *b);

/* What a phone at that flow is granted at most. */
uint32_t registration_grant_max(const struct registration *g);

/* May the Contacts be registered so? 0, or the status to refuse with and lines to go with it. */
uint16_t registration_check(struct registration *g, struct writer *headers);

/* Does all of it or nothing. 0, or the status to refuse with and lines to go with it. */
uint16_t registration_apply(struct registration *g, struct writer *headers);

/* The lines of the 200: Contact, Path, P-Associated-URI, Require, Flow-Timer, Date. */
void registration_answer_write(const struct registration *g, struct writer *w);

#endif
