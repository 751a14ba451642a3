/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/memo.h"

#include "alg/sip/msg.h"

static int via_read(const struct sip_msg *m, struct via *out)
{
	struct sip_walk walk = { 0 };
	struct span top;

	return sip_walk_next(m, SIP_HDR_VIA, &walk, &top) ? via_parse(top, out) : -1;
}

static int value_read(const struct sip_msg *m, enum sip_memo_of what, struct sip_memo *memo)
{
	switch (what) {
	case SIP_MEMO_VIA:
		return via_read(m, &memo->via);
	case SIP_MEMO_FROM:
		return nameaddr_parse(sip_msg_value(m, SIP_HDR_FROM), &memo->party[0]);
	case SIP_MEMO_TO:
		return nameaddr_parse(sip_msg_value(m, SIP_HDR_TO), &memo->party[1]);
	case SIP_MEMO_TARGET:
		return uri_parse(m->uri, &memo->target);
	case SIP_MEMO_N:
		break;
	}
	return -1;
}

/* Whether it can be read. That it was is no change of the message: so it is const to who asks. */
static bool is_read(const struct sip_msg *m, enum sip_memo_of what)
{
	struct sip_msg *own = (struct sip_msg *)m;
	const uint8_t bit = (uint8_t)(1U << what);

	if (!(m->tried & bit)) {
		own->tried |= bit;
		if (value_read(m, what, &own->memo) == 0)
			own->readable |= bit;
	}
	return m->readable & bit;
}

const struct via *sip_msg_top_via(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_VIA) ? &m->memo.via : NULL;
}

const struct nameaddr *sip_msg_from(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_FROM) ? &m->memo.party[0] : NULL;
}

const struct nameaddr *sip_msg_to(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TO) ? &m->memo.party[1] : NULL;
}

const struct uri *sip_msg_target(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TARGET) ? &m->memo.target : NULL;
}

struct span sip_msg_from_tag(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_FROM) ? m->memo.party[0].tag : (struct span){ 0 };
}

struct span sip_msg_to_tag(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TO) ? m->memo.party[1].tag : (struct span){ 0 };
}
