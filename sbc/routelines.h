/* SPDX-License-Identifier: BSD-3-Clause */
/* routelines.h: the header lines that a route adds to a request, and those that it keeps back. */
#ifndef NATSBC_SBC_ROUTELINES_H
#define NATSBC_SBC_ROUTELINES_H

#include "alg/base/writer.h"
#include "alg/conf/config.h"

/* Both: route may be NULL. */
void routelines_add(struct writer *w, const struct conf_route *route);

/* Lines without those that it drops. */
void routelines_keep(struct writer *w, const struct conf_route *route, struct span lines);

#endif
