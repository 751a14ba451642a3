/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/stuncheck.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const struct {
	const char *name;
	unsigned code;
	bool is_signed; /* the answer */
} ends[STUNCHECK_N] = {
	[STUNCHECK_GOOD] = { "good", 0, true },
	[STUNCHECK_NO_CHECK] = { "no-check", 0, false },
	[STUNCHECK_UNSIGNED] = { "unsigned", 400, false },
	[STUNCHECK_STRANGER] = { "stranger", 401, false },
	[STUNCHECK_UNKNOWN] = { "unknown-attribute", 420, true },
	[STUNCHECK_CONTROLLED] = { "controlled", 487, true },
};

const char *stuncheck_name(enum stuncheck s)
{
	return ends[s].name;
}

/* Zeros, which no MAC is, where it cannot be had. */
static void mac_make(void *ctx, struct span message, uint8_t mac[STUN_MAC])
{
	const struct span *key = ctx;
	unsigned n = STUN_MAC;

	if (!HMAC(EVP_sha1(), key->p, (int)key->n, (const uint8_t *)message.p, message.n, mac, &n))
		memset(mac, 0, STUN_MAC);
}

/* "ours:theirs": the user name that a check for one of us has. */
static bool us_find(struct span username, const struct stuncheck_us *us, unsigned n, struct stuncheck_result *r)
{
	const uint32_t colon = span_find(username, ':');

	for (unsigned i = 0; i < n; i++) {
		if (colon == username.n || !us[i].ufrag.n || !span_eq(span_slice(username, 0, colon), us[i].ufrag))
			continue;
		r->us = i;
		r->them = span_from(username, colon + 1);
		return true;
	}
	return false;
}

static enum stuncheck check_judge(struct span datagram, const struct stuncheck_us *us, unsigned n,
				  struct stuncheck_result *r)
{
	struct span pwd;

	if (stun_check_parse(datagram, &r->check))
		return STUNCHECK_NO_CHECK;
	if (!span_is_set(r->check.username) || !r->check.mac)
		return STUNCHECK_UNSIGNED;
	if (!us_find(r->check.username, us, n, r))
		return STUNCHECK_STRANGER;
	pwd = us[r->us].pwd;
	if (!stun_check_is_signed(&r->check, datagram, mac_make, &pwd))
		return STUNCHECK_STRANGER;
	if (r->check.nunknown)
		return STUNCHECK_UNKNOWN;
	/* Both are controlled: the one whose number is greater gives way (RFC 8445 7.3.1.1), and ours is the least. */
	return r->check.role == STUN_ROLE_CONTROLLED ? STUNCHECK_CONTROLLED : STUNCHECK_GOOD;
}

enum stuncheck stuncheck_judge(struct span datagram, const struct addr *source, const struct stuncheck_us *us,
			       unsigned n, struct writer *answer, struct stuncheck_result *out)
{
	struct stuncheck_result r = { 0 };
	const enum stuncheck end = check_judge(datagram, us, n, &r);
	struct span pwd = { 0 };

	if (end == STUNCHECK_NO_CHECK)
		return end;
	if (ends[end].is_signed)
		pwd = us[r.us].pwd;
	stun_check_answer(answer, &r.check, ends[end].code, source, ends[end].is_signed ? mac_make : NULL, &pwd);
	if (!ends[end].is_signed && answer->n > datagram.n)
		answer->n = 0;
	*out = r;
	return end;
}
