/* SPDX-License-Identifier: BSD-3-Clause */
/* scrub.h: header values as they may be seen on the other side (CALLS.md 4.16): what they say stays, hosts go. */
#ifndef NATSBC_NAT_SCRUB_H
#define NATSBC_NAT_SCRUB_H

#include "alg/base/writer.h"

/* One value each. host stands in for the hosts of URIs. -1: nothing of it may be seen; w may hold a part of it. */

/* Of Alert-Info, Call-Info, Error-Info: a urn, a number, a bare word ("Bellcore-dr3"), a sip URI at our host; of others
 * only parameters that phones act upon, at our host. */
int scrub_info(struct writer *w, struct span value, struct span host);

/* Of Warning: the code with the text that RFC 3261 20.43 gives it, from us. */
int scrub_warning(struct writer *w, struct span value, struct span host);

/* The name of a part of a body (Content-ID, cid URIs), and what stands around it: an address behind the "@" is
 * replaced. What else stands there is kept, for names are also told where nobody looks: in HTML, in Content-Type. */
void scrub_part_name(struct writer *w, struct span text, struct span host);

/* Of Geolocation (RFC 6442 4.1): a part of the body is named as in its Content-ID; where else the place
 * is to be asked for stays. */
int scrub_location(struct writer *w, struct span value, struct span host);

/* Of P-Charging-Vector (RFC 7315 4.6): who correlates by it needs not know where it was made. */
int scrub_charging(struct writer *w, struct span value, struct span host);

#endif
