/* SPDX-License-Identifier: BSD-3-Clause */
/* session_expires.h: the Session-Expires and Min-SE values (RFC 4028 4, 5). */
#ifndef NATSBC_SIP_SESSION_EXPIRES_H
#define NATSBC_SIP_SESSION_EXPIRES_H

#include "alg/base/writer.h"

enum { SESSION_EXPIRES_LEAST = 90 }; /* seconds: no Min-SE is below it (RFC 4028 5) */

/* As the parameter says it: of the transaction that carries it. */
enum refresher { REFRESHER_NONE, REFRESHER_UAC, REFRESHER_UAS };

struct session_expires {
	uint32_t delta; /* seconds; as sent, also below SESSION_EXPIRES_LEAST */
	enum refresher refresher;
};

/* 0 or -1. Parameters other than refresher are skipped. */
int session_expires_parse(struct span s, struct session_expires *out);
void session_expires_write(struct writer *w, const struct session_expires *v);

/* Seconds, as sent. 0 or -1. */
int min_se_parse(struct span s, uint32_t *out);

#endif
