/* SPDX-License-Identifier: BSD-3-Clause */
/* sdp_format.h: the payload numbers of an m-line, and the attributes that belong to one of them, as a plan wants them.
 */
#ifndef NATSBC_NAT_SDP_FORMAT_H
#define NATSBC_NAT_SDP_FORMAT_H

#include "alg/base/writer.h"
#include "alg/sdp/payload_plan.h"

/* " 0 8 101" */
void sdp_format_list(struct writer *w, const struct payload_plan *plan);

/* An a= line with this value, if it belongs to one format: written under the number that is shown, or not at all where
 * the format is not shown. False where it belongs to none: nothing is written then. */
bool sdp_format_attribute(struct writer *w, const struct payload_plan *plan, struct span value);

/* The attributes of the telephone events that the plan adds. */
void sdp_format_events(struct writer *w, const struct payload_plan *plan);

#endif
