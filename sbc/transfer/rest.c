/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/rest.h"

#include "sbc/call/callend.h"
#include "sbc/call/refresh.h"
#include "sbc/media/media.h"

bool rest_is_unusable(struct engine *e, struct call *asked, const struct ng_answer *a)
{
	enum count why;
	uint16_t status;

	if (a && a->sdp.n)
		return false;
	status = media_refusal(a, &why);
	callend(e, asked, why, status, NULL);
	return true;
}

void rest_answered(struct engine *e, struct rest *r, struct call *asked, enum side side, const struct sip_msg *m,
		   relaylink_done_fn *done, void *user)
{
	struct leg *own = asked->leg[side];

	r->moved = true;
	refresh_said(e, r->leg, buf_span(r->offer));
	if (!media_has_sdp(m))
		callend(e, asked, COUNT_REFUSE_SDP, 488, NULL);
	else if (!media_answer(e, own, asked->leg[side_other(side)], m, done, user))
		callend(e, asked, COUNT_REFUSE_RELAY_GONE, 503, NULL);
}
