/* SPDX-License-Identifier: BSD-3-Clause */
/* trust.h: what two sides of a call may tell each other of who they are (RFC 3323, RFC 3325). */
#ifndef NATSBC_SBC_TRUST_H
#define NATSBC_SBC_TRUST_H

#include "alg/nat/topology.h"
#include "sbc/engine/engine.h"

/* Is the leg's peer of the trust domain? */
bool trust_has(const struct engine *e, const struct leg *l);

/* The way of m, which came on to's peer, to the leg `to`. host: in its realm. */
struct topology_way trust_way(const struct engine *e, const struct leg *to, const struct sip_msg *m, struct span host);

/* The lines of that message that say who its sender is and what he wants to be kept from others. m may be NULL. */
void trust_lines(struct engine *e, struct writer *w, const struct leg *to, const struct sip_msg *m, struct span host);

/* The request m makes the dialog of `to`, which shall not learn whose it is: where its sender asked for that. */
void trust_hide(struct engine *e, struct leg *to, const struct sip_msg *m);

#endif
