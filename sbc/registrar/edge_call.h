/* SPDX-License-Identifier: BSD-3-Clause */
/* edge_call.h: requests between phones and the trunk that keeps their registrations: who asks, where to, and the
 * credentials and challenges that cross as they are (CALLS.md A1, G4, G7). */
#ifndef NATSBC_SBC_EDGE_CALL_H
#define NATSBC_SBC_EDGE_CALL_H

#include "alg/sip/uri.h"
#include "sbc/registrar/edge_name.h"
#include "sbc/route/route.h"

/* Nothing of the source is known here, neither by a binding nor as a trunk. False in realms without such a home. */
bool edge_is_stranger(const struct engine *e, const struct flow *from);

/* A phone of a realm whose home is a trunk: it is who registered from there. False: refused, t was answered. */
bool edge_identify(struct engine *e, struct txn *t, const struct sip_msg *m, struct identity *out);

/* The token in that Request-URI; absent: it is none. Home may ring all of a user's phones by one INVITE: each is
 * somebody of his own, and only the same phone over two paths is asked twice (RFC 3261 8.2.2.2). */
struct span edge_called(const struct engine *e, const struct sip_msg *m);

/* Whom the trunk calls that is his home: the key of his bindings. *phone: the one that is called by its token; NULL: he
 * is called by name. Absent: it is no home, or nobody who is registered. */
struct span edge_callee(const struct engine *e, const struct uri *uri, int trunk, const struct binding **phone);

/* Where a request goes that home sends to a phone, or a phone sends while there are no routes. False: that is for
 * others to say. *status: as of route_find(). */
bool edge_route(struct engine *e, const struct sip_msg *m, struct span uri, const struct identity *who,
		struct route *out, enum count *why, uint16_t *status);

/* Where a request of a phone goes that no route fits. False: it is no phone of ours. */
bool edge_route_home(struct engine *e, const struct sip_msg *m, struct span uri, const struct identity *who,
		     struct route *out, enum count *why, uint16_t *status);

/* A phone that nobody let in under the name in its From: home asks who that is, others to whom a route leads would not.
 */
bool edge_is_unproven(const struct engine *e, const struct sip_msg *m, const struct identity *who);

/* The phone's credentials, for its home alone: lines for the request m that goes out on leg `to`. */
void edge_credentials_write(const struct engine *e, struct writer *w, const struct leg *from, const struct leg *to,
			    const struct sip_msg *m);

/* A phone hangs up, by the request of t: its credentials go with the BYE to its home. */
void edge_proof_keep(struct engine *e, struct leg *phone, const struct txn *t);

/* Home asks the phone behind that leg for its password: the trunk's own would let anybody in. */
bool edge_proves_itself(const struct engine *e, const struct leg *home);

/* m is home's challenge to the phone behind p. */
bool edge_is_challenge(const struct engine *e, const struct pass *p, const struct leg *by, const struct sip_msg *m);

/* It goes to the phone as it is. False: it is none. */
bool edge_pass_challenge(struct engine *e, struct pass *p, const struct leg *by, const struct sip_msg *m);

#endif
