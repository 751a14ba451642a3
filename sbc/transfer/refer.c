/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/refer.h"

#include "alg/sip/refer_to.h"
#include "sbc/engine/respond.h"
#include "sbc/transfer/transfer.h"

static enum conf_refer mode_of(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return l->trunk >= 0 ? conf->trunks[l->trunk].refer : conf->realms[l->flow.realm].refer;
}

/* RFC 3515 2.4.2. That there are not two Refer-To was seen before (alg/sip/hdr.h). */
static bool is_unusable(struct engine *e, struct txn *t, const struct sip_msg *m)
{
	struct refer_to to;

	if (refer_to_parse(sip_msg_value(m, SIP_HDR_REFER_TO), &to)) {
		refuse(e, t, 400, COUNT_REFUSE_MALFORMED, SPAN("Refer-To"));
		return true;
	}
	if (to.uri.scheme == URI_OTHER) {
		refuse(e, t, 416, COUNT_REFUSE_SCHEME, to.plain);
		return true;
	}
	return false;
}

bool refer_is_ours(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	enum conf_refer mode = mode_of(e, l);

	if (mode == CONF_REFER_BLOCK) {
		refuse(e, t, 603, COUNT_REFUSE_TRANSFER, sip_msg_value(m, SIP_HDR_REFER_TO));
		return true;
	}
	if (is_unusable(e, t, m))
		return true;
	if (mode != CONF_REFER_LOCAL)
		return false;
	transfer_begin(e, l, t, m);
	return true;
}
