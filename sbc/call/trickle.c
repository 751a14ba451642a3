/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/trickle.h"

#include "alg/sip/content_type.h"
#include "sbc/engine/respond.h"

bool trickle_takes(struct engine *e, struct txn *t, const struct sip_msg *m)
{
	const struct answer ok = { .status = 200, .request = m };

	if (m->method != SIP_INFO ||
	    !content_type_is(sip_msg_value(m, SIP_HDR_CONTENT_TYPE), SPAN("application/trickle-ice-sdpfrag")))
		return false;
	core_count(&e->core, COUNT_TRICKLE);
	respond(e, t, &ok);
	return true;
}
