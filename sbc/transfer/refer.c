/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/refer.h"

#include "alg/sip/refer_to.h"
#include "sbc/engine/respond.h"
#include "sbc/transfer/replaced.h"
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

/* ----- outside of the dialog that it is of ----- */

/* Who knows the dialog's names is in it (RFC 4538 7); we ask more of him where we know more. */
static bool is_in(struct engine *e, const struct leg *l, const struct flow *from, const struct identity *who)
{
	const struct buf *user = l->side == SIDE_A ? l->call->user : NULL;

	if (!leg_is_from(e, l, from))
		return false;
	return who->kind == IDENTITY_TRUNK ? l->trunk == who->trunk
					   : l->trunk < 0 && (!user || span_eq(buf_span(user), who->user));
}

/* The leg of the one who refers; NULL: there is none, or nobody on its other side to tell. */
static struct leg *named(struct engine *e, const struct txn *t, const struct sip_msg *m, const struct identity *who)
{
	struct replaces r;
	struct leg *l;

	if (target_dialog_parse(sip_msg_value(m, SIP_HDR_TARGET_DIALOG), &r))
		return NULL;
	l = replaced_with_us(e, &r);
	if (!l || l->call->kind != CALL_INVITE || l->call->state != CALL_UP || l->state != LEG_CONFIRMED ||
	    l->peer->state != LEG_CONFIRMED || !is_in(e, l, &t->flow, who))
		return NULL;
	return l;
}

bool refer_outside_is_ours(struct engine *e, struct txn *t, const struct sip_msg *m, const struct identity *who)
{
	struct leg *l = named(e, t, m, who);
	enum conf_refer mode = l ? mode_of(e, l) : CONF_REFER_BLOCK;

	if (l && mode == CONF_REFER_BLOCK) {
		refuse(e, t, 603, COUNT_REFUSE_TRANSFER, sip_msg_value(m, SIP_HDR_REFER_TO));
		return true;
	}
	/* A stranger to the call may not move it. And who does not know the header would make another call instead. */
	if (!l || (mode != CONF_REFER_LOCAL && !l->peer->tdialog)) {
		refuse(e, t, 403, COUNT_REFUSE_NOT_ALLOWED, SPAN("REFER outside of a call"));
		return true;
	}
	if (is_unusable(e, t, m))
		return true;
	if (mode != CONF_REFER_LOCAL)
		return false;
	transfer_begin(e, l, t, m);
	return true;
}
