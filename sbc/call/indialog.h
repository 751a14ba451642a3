/* SPDX-License-Identifier: BSD-3-Clause */
/* indialog.h: requests within a dialog of ours (RFC 3261 12.2.2). */
#ifndef NATSBC_SBC_INDIALOG_H
#define NATSBC_SBC_INDIALOG_H

#include "sbc/engine/engine.h"

/* t is the server transaction of m, which belongs to the dialog of l. */
void indialog_request(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

/* An ACK has no transaction. */
void indialog_ack(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif
