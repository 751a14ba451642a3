/* SPDX-License-Identifier: BSD-3-Clause */
/* referral.h: the subscription that a REFER makes with us: its sender hears by NOTIFY how it goes (RFC 3515 2.4.4). */
#ifndef NATSBC_SBC_REFERRAL_H
#define NATSBC_SBC_REFERRAL_H

#include "sbc/engine/engine.h"

struct referral {
	struct leg *by; /* who sent the REFER */
	char dialog[TOKEN_ID_LEN +
		    1]; /* id of the call that holds its NOTIFYs, where it came outside of by's dialog; or "" */
	uint32_t id;    /* its CSeq: tells its NOTIFYs from those of another (RFC 3515 2.4.6) */
	uint16_t told;  /* status in the last NOTIFY */
	bool silent;    /* no NOTIFYs are wanted (RFC 4488) */
};

void referral_init(struct referral *r, struct leg *by, const struct sip_msg *refer);

/* 202 in the server transaction, and the first NOTIFY; in a dialog of their own where the REFER is in none. */
void referral_accept(struct engine *e, struct referral *r, struct txn *t, const struct sip_msg *refer);

/* A final status is the last one. Nothing where it was told, or the sender has hung up. */
void referral_tell(struct engine *e, struct referral *r, uint16_t status);

/* Nobody but us tells anything on the leg: it is the dialog of such a REFER. */
bool referral_is_dialog(const struct leg *l);

#endif
