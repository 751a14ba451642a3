/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/cover.h"

#include <stdlib.h>

bool cover_is_asked(const struct port_spec *spec)
{
	return spec->wants_stun || spec->wants_dtls;
}

struct cover *cover_new(const struct port_spec *spec)
{
	struct cover *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	*c = (struct cover){ .wants_stun = spec->wants_stun, .wants_dtls = spec->wants_dtls };
	return c;
}

void cover_free(struct cover *c)
{
	free(c);
}

bool cover_fits(const struct cover *c, const struct port_spec *spec)
{
	return c->wants_stun == spec->wants_stun && c->wants_dtls == spec->wants_dtls;
}

void cover_follow(struct cover *c, const struct cover *before)
{
	c->mails = before->mails;
	c->mails_at_ms = before->mails_at_ms;
}

bool cover_mail(struct cover *c, uint64_t now_ms)
{
	const uint64_t more = now_ms > c->mails_at_ms ? (now_ms - c->mails_at_ms) / COVER_MAIL_MS : 0;

	c->mails_at_ms += more * COVER_MAIL_MS;
	c->mails = more < c->mails ? (uint8_t)(c->mails - more) : 0;
	if (c->mails == COVER_MAIL_BURST)
		return false;
	c->mails++;
	return true;
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
