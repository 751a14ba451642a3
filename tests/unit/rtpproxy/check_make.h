/* SPDX-License-Identifier: BSD-3-Clause */
/* check_make.h: connectivity checks as the other agent sends them. */
#ifndef NATSBC_TESTS_CHECK_MAKE_H
#define NATSBC_TESTS_CHECK_MAKE_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "alg/base/octets.h"
#include "alg/net/stun.h"
#include "alg/net/stun_attribute.h"
#include "alg/net/stun_check.h"

struct check_make {
	const char *username, *pwd; /* NULL: without that */
	const char *transaction;    /* NULL: some */
	uint32_t priority;
	bool nominates, follows;
	struct span extra; /* attributes before the MAC */
};

static inline void check_make_mac(struct writer *w, const char *pwd)
{
	uint8_t mac[STUN_MAC];
	unsigned n = sizeof(mac);
	const uint32_t length = w->n + 4 + STUN_MAC - STUN_HEADER;

	w->p[2] = (char)(length >> 8);
	w->p[3] = (char)length;
	HMAC(EVP_sha1(), pwd, (int)strlen(pwd), (const uint8_t *)w->p, w->n, mac, &n);
	writer_u16(w, STUN_MESSAGE_INTEGRITY);
	writer_u16(w, STUN_MAC);
	writer_put(w, span_of(mac, n));
}

/* In buf, of STUN_CHECK_MAX bytes. */
static inline struct span check_make(const struct check_make *c, char *buf)
{
	static const char some[] = "0123456789ab";
	struct writer w = writer_over(buf, STUN_CHECK_MAX);
	const uint32_t n = c->username ? (uint32_t)strlen(c->username) : 0;

	stun_head_write(&w, STUN_BINDING_REQUEST, 0, (const uint8_t *)(c->transaction ? c->transaction : some));
	if (c->username) {
		writer_u16(&w, STUN_USERNAME);
		writer_u16(&w, (uint16_t)n);
		writer_put(&w, span_of(c->username, n));
		while (w.n % 4)
			writer_byte(&w, 0);
	}
	if (c->priority) {
		writer_u16(&w, STUN_PRIORITY);
		writer_u16(&w, 4);
		writer_u32(&w, c->priority);
	}
	if (c->nominates)
		writer_u32(&w, STUN_USE_CANDIDATE << 16);
	if (c->username) {
		writer_u16(&w, c->follows ? STUN_ICE_CONTROLLED : STUN_ICE_CONTROLLING);
		writer_u16(&w, 8);
		writer_put(&w, SPAN("tiebreak"));
	}
	if (c->extra.n)
		writer_put(&w, c->extra);
	if (c->pwd)
		check_make_mac(&w, c->pwd);
	w.p[2] = (char)((w.n + STUN_FINGERPRINT_SIZE - STUN_HEADER) >> 8);
	w.p[3] = (char)(w.n + STUN_FINGERPRINT_SIZE - STUN_HEADER);
	stun_fingerprint_write(&w, 0);
	return writer_done(&w);
}

#endif
