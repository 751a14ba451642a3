/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/shield.h"

const char *shield_kind_name(enum shield_kind kind)
{
	static const char *const names[] = {
		[SHIELD_NONE] = "none",
		[SHIELD_SDES] = "sdes",
		[SHIELD_DTLS] = "dtls",
	};

	return names[kind];
}

void shield_secrets_make(struct shield *s, shield_random_fn *random, void *ctx)
{
	uint8_t *secret = &s->secret[0][0];

	for (unsigned i = 0; i < sizeof(s->secret); i += sizeof(uint64_t)) {
		const uint64_t r = random(ctx);
		const unsigned left = sizeof(s->secret) - i;

		memcpy(secret + i, &r, left < sizeof(r) ? left : sizeof(r));
	}
	s->has_secrets = true;
}

struct srtp_key shield_key(const struct shield *s, unsigned suite)
{
	struct srtp_key k = { .suite = (uint8_t)suite };

	memcpy(k.secret, s->secret[suite], sdp_crypto_suite(suite)->n);
	return k;
}

void shield_told(struct shield *s, const struct srtp_key *ours, shield_random_fn *random, void *ctx)
{
	const struct srtp_key before = shield_key(s, ours->suite);

	if (s->has_secrets && memcmp(&before, ours, sizeof(before)) == 0)
		return;
	shield_secrets_make(s, random, ctx);
	memcpy(s->secret[ours->suite], ours->secret, sizeof(ours->secret));
}

/* In the order of our liking: first what every phone has. */
static const uint8_t offered[] = {
	SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, SRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	SRTP_SUITE_AES_256_CM_HMAC_SHA1_32, SRTP_SUITE_AEAD_AES_128_GCM,        SRTP_SUITE_AEAD_AES_256_GCM,
};

static bool is_wanted(const struct ng_request *q, unsigned suite)
{
	static const bool none[SRTP_SUITE_N];

	return !q->sdes_off && !q->sdes_no[suite] &&
	       (q->sdes_only[suite] || memcmp(q->sdes_only, none, sizeof(none)) == 0);
}

bool shield_may_offer(const struct ng_request *q)
{
	for (unsigned i = 0; i < sizeof(offered); i++)
		if (is_wanted(q, offered[i]))
			return true;
	return false;
}

void shield_offer_write(const struct shield *s, const struct ng_request *q, struct writer *w)
{
	for (unsigned i = 0; i < sizeof(offered); i++)
		if (is_wanted(q, offered[i]))
			sdp_crypto_write(w, &(struct sdp_crypto){ offered[i], shield_key(s, offered[i]) });
}

bool shield_secrets_hold(const struct shield *s, const struct srtp_key *theirs)
{
	if (!s->has_secrets)
		return false;
	return s->theirs.suite == SRTP_SUITE_NONE || memcmp(&s->theirs, theirs, sizeof(*theirs)) == 0;
}

void shield_arm(struct shield *s, enum shield_kind kind, const struct srtp_key *ours, const struct srtp_key *theirs)
{
	s->kind = (uint8_t)kind;
	s->ours = *ours;
	s->theirs = *theirs;
}

void shield_drop(struct shield *s)
{
	*s = (struct shield){ .shown = s->shown, .optional = s->optional };
}

void shield_spec(const struct shield *s, enum shield_kind kind, struct port_spec *spec)
{
	if (kind == SHIELD_NONE)
		return;
	if (!s || s->kind != kind || s->ours.suite == SRTP_SUITE_NONE || s->theirs.suite == SRTP_SUITE_NONE) {
		spec->awaits_keys = true;
		return;
	}
	spec->opens = s->theirs;
	spec->seals = s->ours;
}
