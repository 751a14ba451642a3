/* SPDX-License-Identifier: BSD-3-Clause */
/* call.h: a call is two legs joined; each leg is one half of a dialog of its own (RFC 3261 12), and the requests on
 * their way from one leg to the other are its passes. A pass goes out by one branch, or, where it sets up the call, by
 * several; each branch may come to several phones behind a forking proxy, each an early dialog, a leg of its own. */
#ifndef NATSBC_SBC_CALL_H
#define NATSBC_SBC_CALL_H

#include "alg/sip/best_response.h"
#include "alg/sip/session_timer.h"
#include "sbc/media/relaylink.h"
#include "sbc/trunk/credentials.h"
#include "sbc/txn/txn.h"

struct callholes;
struct hunt;
struct takeover;
struct transfer;
struct branch_ops;
struct kept_call;
struct own;
struct reliable;
struct renew;

enum side { SIDE_A, SIDE_B }; /* A called, B was called */

static inline enum side side_other(enum side s)
{
	return s == SIDE_A ? SIDE_B : SIDE_A;
}

enum leg_state {
	LEG_NEW, /* no response that makes a dialog yet */
	LEG_EARLY,
	LEG_CONFIRMED, /* 2xx */
	LEG_ENDED,     /* BYE was sent or received, or there never was a dialog */
};

/* What became of the UPDATEs that the peer said it takes. */
enum leg_update { LEG_UPDATE_UNTRIED, LEG_UPDATE_TAKEN, LEG_UPDATE_REFUSED };

enum { REFERS = 2 };

/* A REFER that crossed (referid.h): its CSeq here, and on the other leg. */
struct refer_cseq {
	uint32_t theirs, ours;
};

/* Its part of what was agreed with the relay (anchor.h). */
struct anchor {
	struct buf *said;    /* the peer's description that is in force; NULL: none */
	struct buf *offered; /* one that waits for its answer */
	struct buf *told;    /* our o= and ports that the peer was told: "ID VERSION PORT …" */
	struct buf *real;    /* until an offer is made: "CALL TAG" of the relay's side that it stands for; else NULL */
	bool offers;         /* what is in force was its offer */
};

/* Our own user agent towards one peer. */
struct leg {
	struct leg *next; /* of the call */
	struct leg *twin; /* another dialog of the same request: it has the same Call-ID and local tag */
	struct leg *peer; /* on the other side: what comes here goes there */
	struct call *call;
	struct branch *branch; /* our INVITE that made it, until the call is up; NULL: it called us */
	uint8_t side;
	uint8_t state; /* enum leg_state */
	int16_t trunk; /* index, or -1: a phone */
	bool secure;   /* sips: our Contact is one (RFC 5630 5.1) */
	bool named;    /* in the table of dialogs */
	bool admitted; /* it counts for limits, there: see admission.h */
	uint8_t admitted_realm;
	int16_t admitted_trunk;
	bool bye_due;     /* a BYE waits for the ACK of our 2xx (RFC 3261 15) */
	char media[4];    /* what the relay knows it by: "a", "b", "b2", … */
	struct name name; /* key of the dialog: Call-ID and local tag */
	struct flow flow; /* where the peer really is: goes before its Contact (R7) */
	struct buf *call_id;
	struct buf *local; /* our From or To: display and <URI>, no tag */
	struct buf *local_tag;
	struct buf *remote;     /* the peer's, no tag */
	struct buf *remote_tag; /* NULL until known */
	struct buf *target;     /* the peer's Contact URI: Request-URI of what we send */
	struct buf *routes;     /* route set, comma-separated; NULL: none */
	uint32_t local_cseq;    /* of the last request we sent */
	uint32_t remote_cseq;   /* of the last request we got */
	uint32_t invite_cseq;   /* of the INVITE that was last answered 2xx on this leg */
	/* We answered an INVITE 2xx: sent again until its ACK comes (RFC 3261 13.3.1.4). */
	struct buf *answer;
	struct timer answer_timer;
	uint32_t answer_interval;
	uint64_t answer_deadline;
	/* We sent the INVITE: the ACK of its 2xx, sent again for each repeated 2xx. */
	struct buf *ack;
	bool ack_owed;   /* 2xx came, the other side's ACK did not yet */
	struct txn *bye; /* our BYE, until it is answered: one that crosses it is still of this dialog */
	struct credentials_asked bye_asked;
	struct buf *farewell;    /* the BYE of the other side, for what ours says too; NULL: it is our own */
	struct buf *credentials; /* lines of our INVITE: its ACK repeats them (RFC 3261 22.1); NULL: it had none */
	struct buf *proof;       /* the phone's credentials, for the BYE to its home: lines; else NULL (edge_call.h) */
	/* Session timer (refresh.h). */
	struct session_timer session;
	struct timer refresh;
	uint64_t lapse_at;  /* ms */
	struct buf *device; /* on a connection: which phone it is (device.h) */
	struct buf *sdp;    /* what we said last, where it may have to be said again; else NULL */
	struct name said,
		offered; /* the SDP of the peer's that is in force, and its offer (absorb.h); zero: not known */
	struct anchor anchor;
	bool early_offer; /* our INVITE had an offer of ours, until its ACK (ownoffer.h) */
	struct buf *told; /* reliably: what the other side is, where it may come to differ; else NULL */
	struct buf *owed; /* a message of the other side whose SDP is to be offered (reoffer.h) */
	bool owed_needed;
	bool updates;         /* the peer allows UPDATE (RFC 3311 4) */
	bool replaces;        /* the peer supports Replaces (RFC 3891) */
	bool tdialog;         /* and Target-Dialog (RFC 4538) */
	bool from_change;     /* the peer knows that From may change (RFC 4916) */
	bool focus;           /* the peer is a conference (RFC 4579) */
	uint8_t update_tried; /* enum leg_update */

	struct refer_cseq refer[REFERS]; /* of its peer's REFERs that crossed, the last first */
	struct reliable *reliable;       /* of the INVITE under way on it; NULL: nothing reliable yet */
};

/* A request of ours, to one place. */
struct branch {
	struct branch *next; /* of the pass */
	struct pass *pass;
	struct leg *to; /* the dialog it goes out in, or the first that its responses make */
	struct txn *out;
	struct buf *reason; /* Reason line of its CANCEL */
	struct timer ring;  /* Timer C (RFC 3261 16.6 step 11), or the time that its place has to say anything */
	const struct conf_route *route; /* that led here; NULL: none */
	uint64_t answer_by;             /* ms: no longer than that; 0: Timer C alone */
	uint16_t status;                /* its final response, or what stands for it; 0: none yet */
	uint16_t retry_ms; /* ring: how long to wait for a first response, while there are other places; 0: Timer C */
	uint8_t depth;     /* redirections that led here */
	uint8_t breadth;   /* Max-Breadth that it may have; 0: as the request says (RFC 5393) */
	struct branch *after; /* whose redirection led here; NULL: none */
	struct name place;    /* where it went: nobody is asked twice */
	bool provisional;     /* some 1xx came back */
	bool rang;            /* 180: whom it is for was reached */
	bool over;            /* what it came to was dealt with */
	bool media;           /* the relay keeps a side for it */
	bool oversize;        /* too large for UDP: it went out on a connection instead */
	bool cancelled;       /* CANCEL is to go out, or did */
	bool cancel_sent;
	uint8_t raised;                   /* how often its Session-Expires was too small (422) */
	struct session_timer_terms asked; /* what it said about session timers */
	struct buf *sdp;                  /* it carried that, until the answer; NULL: none, or nobody will need it */
	uint32_t rseq;                    /* a PRACK: of the response that it acknowledges */
	bool insists;                     /* its place wants to answer reliably (421) */
	struct credentials_asked asked_who;
};

/* One request on its way through: a server transaction on one leg, branches on the other side. */
struct pass {
	struct pass *next, **link; /* of the call */
	struct call *call;
	struct leg *from;        /* where the request came from */
	uint8_t method;          /* enum sip_method */
	bool setup;              /* the request that made the call */
	bool offered;            /* its SDP was prepared in the relay */
	bool cancelled;          /* CANCEL came, or we gave up */
	bool ends;               /* the subscription ends with it: a NOTIFY that says so, or what that one overtook */
	bool answered;           /* the final response went back, or is on its way through the relay */
	bool answers;            /* a PRACK whose SDP answers an offer */
	bool can_rel;            /* an INVITE: its sender supports reliable provisional responses (RFC 3262) */
	bool must_rel;           /* it requires them */
	uint8_t hops;            /* Max-Forwards as it came; 0: there was none */
	struct txn *in;          /* NULL: it ended, or nobody asked: see own, made */
	struct buf *made;        /* the request, where nobody sent it: see transfer.h */
	struct own *own;         /* a request of our own, with nobody behind it; else NULL */
	struct branch *branches; /* in the order they were made */
	struct branch *winner;   /* whose 2xx was taken */
	const struct branch_ops *ops;   /* who hears of them */
	const struct conf_route *route; /* setup: whose places are tried; NULL: no route's */
	uint8_t outcomes;               /* of these, as a set of 1 << enum conf_outcome */
	uint8_t passed_over;            /* enum count: a place that could not be tried, and why; 0: none */
	struct hunt *hunt;              /* setup: the places that are still to be tried; NULL: none */
	struct best_response best;
	struct buf *best_text; /* the response that is it; NULL: one of our own making */
	struct branch *best_from;
	struct leg *heard; /* whose early media the caller hears; NULL: nobody's (F3) */
	uint8_t breadth;   /* setup: branches that may be open at once (Max-Breadth, RFC 5393) */
	bool breadth_given;
	uint8_t best_cause; /* enum count */
};

/* What holds the legs together. Not every request that crosses makes a call. */
enum call_kind {
	CALL_INVITE,
	CALL_SUBSCRIPTION, /* SUBSCRIBE, or REFER, and its NOTIFYs (RFC 6665, RFC 3515) */
	CALL_REQUEST,      /* one request outside of dialogs, and its answer */
};

enum call_state { CALL_SETUP, CALL_UP, CALL_OVER };

/* Of a call that is one (subscription.h). */
struct subscription {
	uint64_t notify_by;  /* ms: the first NOTIFY comes until then, and those of other notifiers */
	uint64_t expires_at; /* ms; 0: nobody said anything yet */
	struct buf *event;   /* its Event, where other notifiers may be; else NULL */
	bool notified;
};

struct call {
	struct call *next, **link; /* all calls */
	struct call *next_ended;   /* see ending_queued */
	char id[TOKEN_ID_LEN + 1]; /* for the API, the log and the relay */
	uint8_t kind;              /* enum call_kind */
	uint8_t state;             /* enum call_state */
	bool media;                /* the relay holds a session for it */
	bool late_offer;           /* the offer came in the 2xx: the answer comes in the ACK */
	bool counted;              /* among its user's */
	bool emergency;            /* a route says so */
	bool restored;             /* it began before the last restart */
	bool ending_queued;        /* in the engine's list of calls to look at once this event is done */
	struct leg *leg[2];        /* that talk with each other, or try to */
	struct leg *offering;      /* B's side whose reliable offer waits for the caller's answer; NULL: none */
	struct leg *asked;         /* B's side whose offer the relay had last; NULL: none yet */
	struct leg *joined;        /* B's side whose session the relay has; NULL: none yet */
	struct leg *legs;          /* all that there ever were, these two included */
	uint8_t nbranch;           /* ever made by the setup */
	uint8_t reoffers;          /* see reoffer.h */
	struct pass *passes;
	struct pass *invite; /* the INVITE in progress on either leg, NULL: none (RFC 3261 14.1) */
	struct pass *offer;  /* the UPDATE or PRACK whose offer waits for its answer, NULL: none (RFC 3311 5.2) */
	struct relaylink_wait *waits;
	struct relaylink_wait *reviving; /* its media is being set up again (revive.h) */
	uint8_t revive_step;
	uint8_t revive_sides;          /* to be told anew, as a set of 1 << enum side */
	struct renew *renew;           /* which is under way (renew.h); NULL: it is not */
	struct callholes *holes;       /* in nftables; NULL: none, or they are not to be there */
	struct transfer *transfer;     /* that it is part of, on one side or the other; NULL: none */
	struct takeover *takeover;     /* likewise */
	struct buf *from, *to;         /* who called whom, for people */
	uint64_t created, answered_at; /* ms */
	int64_t created_wall;          /* seconds since 1970 */
	struct timer limit;            /* longest duration; of a subscription, its expiry, and how long it is kept */
	struct subscription subscription;
	struct buf *user; /* the phone user who called, for its limit; NULL for trunks */
	enum count cause; /* how it ended */
	/* What outlives a restart (callkeep.h). */
	struct call *fresh_next, **fresh_link; /* acknowledged of late; link NULL: not among these */
	uint64_t fresh_until;                  /* ms */
	struct kept_call *kept;                /* NULL: it would not */
	uint32_t seen;                         /* the round of reconcile.h in which the relay named it */
};

#endif
