/* SPDX-License-Identifier: BSD-3-Clause */
/* request.h: what each request means for the book and for the turn that it is part of. */
#ifndef NATSBC_FIREWALL_REQUEST_HANDLED_H
#define NATSBC_FIREWALL_REQUEST_HANDLED_H

#include "sbc/firewall/turn.h"

/* greeted: this client said hello. */
void request_take(struct turn *t, unsigned client, bool greeted, const struct firewall_request *r);

/* Holes that nobody asked for again since the last hello are closed, when it is time. */
void request_sweep(struct turn *t);

#endif
