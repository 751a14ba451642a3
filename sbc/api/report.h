/* SPDX-License-Identifier: BSD-3-Clause */
/* report.h: the state of the control plane as JSON, for the API. Each returns a new reference. */
#ifndef NATSBC_SBC_REPORT_H
#define NATSBC_SBC_REPORT_H

#include <jansson.h>

#include "sbc/engine/engine.h"

/* What phones wrote is not always UTF-8: it must not make an answer fail. */
json_t *report_text(struct span s);
/* ADDR:PORT, or ADDR where there is no port; null where it is not set. */
json_t *report_address(const struct addr *a);

json_t *report_status(const struct engine *e);
json_t *report_call_brief(const struct engine *e, const struct call *c);
json_t *report_registration(const struct engine *e, const struct binding *b);
json_t *report_realms(const struct engine *e);
json_t *report_trunks(const struct engine *e);

/* One call with its legs; media (may be the absent span) is the relay's answer to a query, in bencode. */
json_t *report_call(const struct engine *e, const struct call *c, struct span media);

#endif
