/* SPDX-License-Identifier: BSD-3-Clause */
/* hearing.h: who of a call hears whom, and how well: the relay's figures, short and in plain words. */
#ifndef NATSBC_SBC_HEARING_H
#define NATSBC_SBC_HEARING_H

#include <jansson.h>

#include "sbc/base/count.h"
#include "sbc/call/call.h"

/* The count, and so the log's word, for the end of a call of which the relay says this. */
enum count hearing_cause(const struct ng_answer *event);

/* One entry for each stream that comes from the leg's side: packets, loss, jitter, MOS, …; media is what the relay
 * answered, as JSON. Empty where it does not know the leg. Caller owns it. */
json_t *hearing_figures(const json_t *media, const struct leg *l);

/* What is wrong with the media, one sentence each: "bob hears nothing: no packet ever came from alice". Caller owns it.
 */
json_t *hearing_findings(const json_t *media, const struct call *c);

#endif
