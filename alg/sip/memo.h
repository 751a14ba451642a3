/* SPDX-License-Identifier: BSD-3-Clause */
/* memo.h: the values that every layer asks a message for, read once. */
#ifndef NATSBC_SIP_MEMO_H
#define NATSBC_SIP_MEMO_H

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"

enum sip_memo_of { SIP_MEMO_VIA, SIP_MEMO_FROM, SIP_MEMO_TO, SIP_MEMO_TARGET, SIP_MEMO_CSEQ, SIP_MEMO_N };

/* Part of a struct sip_msg. */
struct sip_memo {
	struct via via;
	struct nameaddr party[2]; /* From, To */
	struct uri target;
	struct cseq cseq;
};

#endif
