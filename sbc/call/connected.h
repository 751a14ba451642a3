/* SPDX-License-Identifier: BSD-3-Clause */
/* connected.h: who is there now, where that changes within a dialog (RFC 4916): a request with another From. */
#ifndef NATSBC_SBC_CONNECTED_H
#define NATSBC_SBC_CONNECTED_H

#include "sbc/engine/engine.h"

/* The peer of l said in m whether it can tell, and be told, of such changes. */
void connected_supported(struct leg *l, const struct sip_msg *m);

/* Is somebody else than before in the From of m, a request of the peer of l who may say so? */
bool connected_changes(const struct leg *l, const struct sip_msg *m);

/* m is a request of the peer of l. Somebody else than before in its From is who we have on this leg from now on; the
 * other side sees it in ours, if it can. */
void connected_learn(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif
