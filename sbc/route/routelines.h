/* SPDX-License-Identifier: BSD-3-Clause */
/* routelines.h: the header lines that a route adds to a request, and those that it keeps back. */
#ifndef NATSBC_SBC_ROUTELINES_H
#define NATSBC_SBC_ROUTELINES_H

#include "alg/base/writer.h"
#include "alg/conf/config.h"

/* route may be NULL. */
void routelines_add(struct writer *w, const struct conf_route *route);

/* Takes the lines with one of these names away from what w holds from there on. */
void routelines_cut(struct writer *w, uint32_t from, const char *const *drop, unsigned n);

#endif
