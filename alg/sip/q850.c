/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/q850.h"

#include "alg/sip/reason.h"

enum { CAUSE_MAX = 127 };

static const uint16_t statuses[CAUSE_MAX + 1] = {
	[1] = 404,   /* unallocated number */
	[2] = 404,   /* no route to network */
	[3] = 404,   /* no route to destination */
	[17] = 486,  /* user busy */
	[18] = 408,  /* no user responding */
	[19] = 480,  /* no answer from the user */
	[20] = 480,  /* subscriber absent */
	[21] = 403,  /* call rejected */
	[22] = 410,  /* number changed */
	[23] = 410,  /* redirection to new destination */
	[26] = 404,  /* non-selected user clearing */
	[27] = 502,  /* destination out of order */
	[28] = 484,  /* address incomplete */
	[29] = 501,  /* facility rejected */
	[31] = 480,  /* normal, unspecified */
	[34] = 503,  /* no circuit available */
	[38] = 503,  /* network out of order */
	[41] = 503,  /* temporary failure */
	[42] = 503,  /* switching equipment congestion */
	[47] = 503,  /* resource unavailable */
	[55] = 403,  /* incoming calls barred within a closed user group */
	[57] = 403,  /* bearer capability not authorized */
	[58] = 503,  /* bearer capability not presently available */
	[65] = 488,  /* no such bearer capability */
	[70] = 488,  /* only restricted digital information is available */
	[79] = 501,  /* no such service or option */
	[87] = 403,  /* user not member of a closed user group */
	[88] = 503,  /* incompatible destination */
	[102] = 504, /* recovery on timer expiry */
	[111] = 500, /* protocol error */
	[127] = 500, /* interworking, unspecified */
};

uint16_t q850_status(unsigned cause)
{
	return cause <= CAUSE_MAX ? statuses[cause] : 0;
}

uint16_t q850_status_of(const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct reason r;
	struct span value;

	while (sip_walk_next(m, SIP_HDR_REASON, &walk, &value))
		if (reason_parse(value, &r) == 0 && span_ieq(r.protocol, SPAN("Q.850")))
			return q850_status(r.cause);
	return 0;
}
