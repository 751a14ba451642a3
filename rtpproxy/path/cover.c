/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/cover.h"

#include <stdlib.h>
#include <string.h>

bool cover_is_asked(const struct port_spec *spec)
{
	return spec->wants_stun || spec->wants_dtls || spec->mux || spec->awaits_keys ||
	       spec->opens.suite != SRTP_SUITE_NONE || spec->seals.suite != SRTP_SUITE_NONE;
}

static bool seal_fits(const struct seal *s, const struct srtp_key *key)
{
	return s ? seal_is_of(s, key) : key->suite == SRTP_SUITE_NONE;
}

/* --- the keys of one direction ------------------------------------------------------------------------------ */

static struct seal *keys_find(const struct cover_keys *k, const struct srtp_key *key)
{
	for (unsigned i = 0; i < COVER_KEYS && k->seal[i]; i++)
		if (seal_is_of(k->seal[i], key))
			return k->seal[i];
	return NULL;
}

/* Not twice, and only where there is room. */
static void keys_add(struct cover_keys *k, struct seal *s)
{
	unsigned i = 0;

	while (i < COVER_KEYS && k->seal[i] && k->seal[i] != s)
		i++;
	if (i < COVER_KEYS && !k->seal[i])
		k->seal[i] = seal_hold(s);
}

/* The key's first, then of the others the latest of both ports. -1 without memory. */
static int keys_fill(struct cover_keys *k, const struct cover_keys *before, const struct cover_keys *beside,
		     const struct srtp_key *key, struct seal **now)
{
	if (key->suite != SRTP_SUITE_NONE) {
		struct seal *known = keys_find(before, key);

		if (!known)
			known = keys_find(beside, key);
		k->seal[0] = known ? seal_hold(known) : seal_new(key);
		if (!k->seal[0])
			return -1;
		*now = k->seal[0];
	}
	for (unsigned i = 0; i < COVER_KEYS; i++) {
		keys_add(k, before->seal[i]);
		keys_add(k, beside->seal[i]);
	}
	return 0;
}

static void keys_free(const struct cover_keys *k)
{
	for (unsigned i = 0; i < COVER_KEYS; i++)
		seal_drop(k->seal[i]);
}

/* --- covers ------------------------------------------------------------------------------------------------- */

struct cover *cover_new(const struct port_spec *spec, const struct cover *before, const struct cover *beside)
{
	static const struct cover nothing;
	struct cover *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = (struct cover){
		.wants_stun = spec->wants_stun,
		.wants_dtls = spec->wants_dtls,
		.mux = spec->mux,
		.awaits_keys = spec->awaits_keys,
	};
	before = before ? before : &nothing;
	beside = beside ? beside : &nothing;
	if (keys_fill(&c->to_open, &before->to_open, &beside->to_open, &spec->opens, &c->opens) == 0 &&
	    keys_fill(&c->to_seal, &before->to_seal, &beside->to_seal, &spec->seals, &c->seals) == 0)
		return c;
	cover_free(c);
	return NULL;
}

void cover_free(struct cover *c)
{
	if (!c)
		return;
	keys_free(&c->to_open);
	keys_free(&c->to_seal);
	free(c);
}

bool cover_fits(const struct cover *c, const struct port_spec *spec)
{
	return c->wants_stun == spec->wants_stun && c->wants_dtls == spec->wants_dtls && c->mux == spec->mux &&
	       c->awaits_keys == spec->awaits_keys && seal_fits(c->opens, &spec->opens) &&
	       seal_fits(c->seals, &spec->seals);
}

void cover_follow(struct cover *c, const struct cover *before, uint64_t now_ms)
{
	memcpy(c->mails, before->mails, sizeof(c->mails));
	__atomic_store_n(&c->unopened, before->unopened, __ATOMIC_RELAXED);
	if (c->opens == before->opens) {
		c->former = before->former;
		c->former_until_ms = before->former_until_ms;
	} else if (c->opens && before->opens) {
		c->former = before->opens;
		c->former_until_ms = now_ms + COVER_FORMER_MS;
	}
}

bool cover_mail(struct cover *c, bool known, uint64_t now_ms)
{
	struct cover_mails *m = &c->mails[known];
	const uint64_t more = now_ms > m->at_ms ? (now_ms - m->at_ms) / COVER_MAIL_MS : 0;

	m->at_ms += more * COVER_MAIL_MS;
	m->taken = more < m->taken ? (uint8_t)(m->taken - more) : 0;
	if (m->taken == COVER_MAIL_BURST)
		return false;
	m->taken++;
	return true;
}

/* What was tried is spoilt, so that the other key needs a copy. */
static enum seal_result open_with_either(struct cover *c, uint8_t *p, uint32_t *n, bool control)
{
	uint8_t copy[2048];
	const uint32_t whole = *n;
	enum seal_result result;

	if (whole > sizeof(copy))
		return SEAL_FALSE;
	memcpy(copy, p, whole);
	result = seal_open(c->opens, p, n, control);
	if (result == SEAL_DONE) {
		c->former_until_ms = 0;
		return SEAL_DONE;
	}
	memcpy(p, copy, whole);
	*n = whole;
	return seal_open(c->former, p, n, control);
}

enum seal_result cover_open(struct cover *c, uint8_t *p, uint32_t *n, bool control, uint64_t now_ms)
{
	if (c->former && now_ms < c->former_until_ms)
		return open_with_either(c, p, n, control);
	return seal_open(c->opens, p, n, control);
}

void cover_give(struct cover_pile *pile, struct cover *c)
{
	c->next = __atomic_load_n(&pile->top, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&pile->top, &c->next, c, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

void cover_pile_free(struct cover_pile *pile)
{
	struct cover *c = __atomic_exchange_n(&pile->top, NULL, __ATOMIC_ACQUIRE);

	while (c) {
		struct cover *next = c->next;

		cover_free(c);
		c = next;
	}
}
