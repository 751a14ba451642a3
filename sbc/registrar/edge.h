/* SPDX-License-Identifier: BSD-3-Clause */
/* edge.h: the access edge: phones whose registrations a trunk keeps, their home. What it need not hear of is answered
 * here, the rest is passed on with the phone's own credentials, and counts once home has said 200 (CALLS.md A1,
 * 4.12). */
#ifndef NATSBC_SBC_EDGE_H
#define NATSBC_SBC_EDGE_H

#include "sbc/registrar/edge_name.h"
#include "sbc/registrar/registration.h"

enum {
	EDGE_SURVIVAL_S = 60,     /* while home can't be reached, known phones are granted no more */
	EDGE_PATIENCE_MS = 4000,  /* with an answer of one of home's peers, where `hunt` does not say */
	EDGE_HOLD_MS = 35000,     /* as long as an answer may take (RFC 3261 17.1.2.2) */
	EDGE_ANSWER_LINES = 8192, /* bytes: what the answer's header lines may take */
	EDGE_PLACES = 4,          /* of home that are tried for one request */
	EDGE_RETRY_LEAST_S = 10,  /* Retry-After, and so many seconds more at random: phones must not come back */
	EDGE_RETRY_SPREAD_S = 30, /* together */
};

/* At start, once the rest of e is there. */
void edge_init(struct engine *e);
void edge_fini(struct engine *e);

/* A REGISTER from a phone of such a realm. */
void edge_register(struct engine *e, struct txn *t, const struct sip_msg *m);

/* What edge_register() and those who hear home's answers share. */

/* Reads m, which came over that flow, and finds the bindings that it is about. aor is room for the key. 0, or the
 * status to refuse with. */
uint16_t edge_read(struct engine *e, const struct sip_msg *m, const struct flow *from, char aor[BINDING_USER_MAX],
		   struct registration *g);

/* G2: home let all of it in before, for this phone over this flow, and it changes nothing. */
bool edge_is_known(const struct registration *g);

/* Answers it here: the bindings live on, for no longer than most_s. */
void edge_answer_here(struct engine *e, struct txn *t, struct registration *g, uint32_t most_s);

/* Home can't be reached, or can again. */
void edge_home_lost(struct engine *e, unsigned realm);
void edge_home_found(struct engine *e, unsigned realm);

/* Home can't be asked: a known phone is answered here all the same (G7), others are put off. */
void edge_survive(struct engine *e, struct txn *t, struct registration *g);

/* 503, to come back some time later (G8). */
void edge_put_off(struct engine *e, struct txn *t, enum count why);

#endif
