/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/stun_check.h"

#include "alg/base/octets.h"
#include "alg/net/stun.h"
#include "alg/net/stun_attribute.h"

enum { MAC_SIZE = STUN_ATTRIBUTE_HEAD + STUN_MAC };

typedef bool take_fn(struct stun_check *c, const struct stun_attribute *a);

static bool take_username(struct stun_check *c, const struct stun_attribute *a)
{
	if (!span_is_set(c->username))
		c->username = a->value;
	return true;
}

static bool take_mac(struct stun_check *c, const struct stun_attribute *a)
{
	if (a->value.n != STUN_MAC)
		return false;
	c->mac = (const uint8_t *)a->value.p;
	return true;
}

static bool take_priority(struct stun_check *c, const struct stun_attribute *a)
{
	if (a->value.n != 4)
		return false;
	c->priority = octets_u32((const uint8_t *)a->value.p);
	return true;
}

static bool take_nomination(struct stun_check *c, const struct stun_attribute *a)
{
	c->nominates = true;
	return a->value.n == 0;
}

static bool take_role(struct stun_check *c, const struct stun_attribute *a)
{
	c->role = a->type == STUN_ICE_CONTROLLED ? STUN_ROLE_CONTROLLED : STUN_ROLE_CONTROLLING;
	return a->value.n == 8;
}

/* What says something in a check. */
static const struct {
	uint16_t type;
	take_fn *take;
} taken[] = {
	{ STUN_USERNAME, take_username },   { STUN_MESSAGE_INTEGRITY, take_mac },
	{ STUN_PRIORITY, take_priority },   { STUN_USE_CANDIDATE, take_nomination },
	{ STUN_ICE_CONTROLLED, take_role }, { STUN_ICE_CONTROLLING, take_role },
};

/* False where its value is none. */
static bool attribute_take(struct stun_check *c, const struct stun_attribute *a)
{
	if (c->mac)
		return true;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (taken[i].type == a->type)
			return taken[i].take(c, a);
	if (!stun_attribute_is_known(a->type) && c->nunknown < STUN_CHECK_UNKNOWN_MAX)
		c->unknown[c->nunknown++] = a->type;
	return true;
}

int stun_check_parse(struct span datagram, struct stun_check *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	struct stun_check c = { 0 };
	struct stun_attribute a = { 0 };
	uint32_t size;

	if (!stun_is(datagram) || datagram.n > STUN_CHECK_MAX || octets_u16(p) != STUN_BINDING_REQUEST ||
	    octets_u16(p + 2) % 4 || (uint32_t)octets_u16(p + 2) + STUN_HEADER != datagram.n)
		return -1;
	c.transaction = p + 8;
	for (uint32_t at = STUN_HEADER; at < datagram.n; at += size) {
		const bool before = !c.mac;

		size = stun_attribute_read(datagram, at, &a);
		if (size == 0 || (a.type == STUN_FINGERPRINT && !stun_fingerprint_holds(datagram, at)))
			return -1;
		if (a.type != STUN_FINGERPRINT && !attribute_take(&c, &a))
			return -1;
		if (before && c.mac)
			c.signed_n = at;
	}
	if (a.type != STUN_FINGERPRINT)
		return -1;
	*out = c;
	return 0;
}

/* In a time that tells nothing of where they differ. */
static bool mac_eq(const uint8_t *a, const uint8_t *b)
{
	unsigned different = 0;

	for (unsigned i = 0; i < STUN_MAC; i++)
		different |= a[i] ^ b[i];
	return different == 0;
}

/* Over all before the attribute, as if that were the last (RFC 8489 14.5). */
bool stun_check_is_signed(const struct stun_check *c, struct span datagram, stun_mac_fn *mac, void *ctx)
{
	uint8_t message[STUN_CHECK_MAX], right[STUN_MAC];
	const uint32_t length = c->signed_n + MAC_SIZE - STUN_HEADER;

	if (!c->mac)
		return false;
	memcpy(message, datagram.p, c->signed_n);
	message[2] = (uint8_t)(length >> 8);
	message[3] = (uint8_t)length;
	mac(ctx, span_of(message, c->signed_n), right);
	return mac_eq(right, c->mac);
}

static void mac_write(struct writer *w, uint32_t begin, stun_mac_fn *mac, void *ctx)
{
	uint8_t bytes[STUN_MAC];

	if (w->failed)
		return;
	mac(ctx, span_of(w->p + begin, w->n - begin), bytes);
	writer_u16(w, STUN_MESSAGE_INTEGRITY);
	writer_u16(w, STUN_MAC);
	writer_put(w, span_of(bytes, sizeof(bytes)));
}

/* What each of the last two attributes is over has a head that ends with that attribute (RFC 8489 14.5, 14.7). */
static void length_write(struct writer *w, uint32_t begin, uint32_t length)
{
	if (w->failed)
		return;
	w->p[begin + 2] = (char)(length >> 8);
	w->p[begin + 3] = (char)length;
}

void stun_check_answer(struct writer *w, const struct stun_check *c, unsigned code, const struct addr *source,
		       stun_mac_fn *mac, void *ctx)
{
	const uint32_t begin = w->n;
	uint32_t n;

	stun_head_write(w, code ? STUN_BINDING_ERROR : STUN_BINDING_SUCCESS, 0, c->transaction);
	if (!code)
		stun_mapped_write(w, c->transaction, source);
	else
		stun_error_write(w, code);
	if (code == 420)
		stun_unknown_write(w, c->unknown, c->nunknown);
	n = w->n - begin - STUN_HEADER + (mac ? (uint32_t)MAC_SIZE : 0);
	length_write(w, begin, n);
	if (mac)
		mac_write(w, begin, mac, ctx);
	length_write(w, begin, n + STUN_FINGERPRINT_SIZE);
	stun_fingerprint_write(w, begin);
}
