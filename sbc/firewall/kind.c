/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/kind.h"

#include <netinet/in.h>

#include "alg/base/cursor.h"

static const struct span shapes[] = {
	[KIND_ANY] = SPAN("any"),
	[KIND_HOST] = SPAN("host"),
	[KIND_PEER] = SPAN("peer"),
};

static const char *protocol(uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? "tcp" : "udp";
}

struct kind kind_of(const struct firewall_hole *h)
{
	struct kind k = {
		.family = h->ours.family, .protocol = h->protocol, .idle_s = h->idle_s, .ends = h->lifetime_s != 0
	};

	if (addr_is_set(&h->peer))
		k.shape = h->peer.port ? KIND_PEER : KIND_HOST;
	return k;
}

bool kind_same(const struct kind *a, const struct kind *b)
{
	return a->family == b->family && a->shape == b->shape && a->protocol == b->protocol && a->ends == b->ends &&
	       a->idle_s == b->idle_s;
}

bool kind_has(const struct kind *k, enum kind_set set)
{
	return set == KIND_IDLE ? k->idle_s != 0 : k->ends;
}

void kind_name(struct writer *w, const struct kind *k, enum kind_set set)
{
	writer_put(w, shapes[k->shape]);
	writer_u64(w, k->family);
	writer_format(w, "_%s", protocol(k->protocol));
	if (k->idle_s && k->ends) {
		writer_str(w, "_both");
		writer_u64(w, k->idle_s);
		writer_str(w, set == KIND_IDLE ? "_idle" : "_life");
	} else if (k->idle_s) {
		writer_str(w, "_idle");
		writer_u64(w, k->idle_s);
	} else {
		writer_str(w, "_life");
	}
}

static uint8_t take_family(struct cursor *c)
{
	if (cursor_try(c, '0' + ADDR_V4))
		return ADDR_V4;
	if (!cursor_try(c, '0' + ADDR_V6))
		c->failed = true;
	return ADDR_V6;
}

static bool try_word(struct cursor *c, struct span word)
{
	if (c->failed || !span_starts(c->left, word))
		return false;
	cursor_take(c, word.n);
	return true;
}

int kind_parse(struct span name, struct kind *k, enum kind_set *set)
{
	struct cursor c = { .left = name };
	struct kind out = { .shape = KIND_SHAPE_N };
	enum kind_set which = KIND_LIFE;

	for (uint8_t s = 0; s < KIND_SHAPE_N && out.shape == KIND_SHAPE_N; s++)
		if (try_word(&c, shapes[s]))
			out.shape = s;
	if (out.shape == KIND_SHAPE_N)
		return -1;
	out.family = take_family(&c);
	out.protocol = try_word(&c, SPAN("_tcp")) ? IPPROTO_TCP : IPPROTO_UDP;
	if (out.protocol == IPPROTO_UDP)
		cursor_word(&c, SPAN("_udp"));
	if (try_word(&c, SPAN("_both"))) {
		out.idle_s = (uint32_t)cursor_number(&c, FIREWALL_SECONDS_MAX);
		out.ends = true;
		which = try_word(&c, SPAN("_idle")) ? KIND_IDLE : KIND_LIFE;
		if (which == KIND_LIFE)
			cursor_word(&c, SPAN("_life"));
	} else if (try_word(&c, SPAN("_idle"))) {
		out.idle_s = (uint32_t)cursor_number(&c, FIREWALL_SECONDS_MAX);
		which = KIND_IDLE;
	} else {
		cursor_word(&c, SPAN("_life"));
		out.ends = true;
	}
	cursor_end(&c);
	if (c.failed)
		return -1;
	*k = out;
	*set = which;
	return 0;
}

static const char *ip(uint8_t family)
{
	return family == ADDR_V4 ? "ip" : "ip6";
}

/* What of a packet is looked for in the sets; and the type of that, for which any protocol's port will do. */
static void packet_key(struct writer *w, const struct kind *k, const char *ports)
{
	/* Source and destination stand one behind the other, where the header of that family has them. */
	if (k->shape == KIND_ANY)
		writer_format(w, "%s daddr", ip(k->family));
	else
		writer_str(w, k->family == ADDR_V4 ? "@nh,96,64" : "@nh,64,256");
	if (k->shape == KIND_PEER)
		writer_str(w, " . @th,0,32");
	else
		writer_format(w, " . %s dport", ports);
}

static void set_make(struct writer *w, const struct kind *k, enum kind_set set)
{
	writer_str(w, "add set inet natsbc ");
	kind_name(w, k, set);
	writer_str(w, " { typeof ");
	packet_key(w, k, "udp");
	/* An element that the packet path refreshes gets the set's own timeout. */
	if (set == KIND_IDLE)
		writer_format(w, "; flags timeout,dynamic; timeout %us; counter; }\n", k->idle_s);
	else
		writer_str(w, "; flags timeout; counter; }\n");
}

void kind_make(struct writer *w, const struct kind *k)
{
	for (enum kind_set set = 0; set < KIND_SET_N; set++)
		if (kind_has(k, set))
			set_make(w, k, set);
	writer_format(w, "add rule inet natsbc holes meta nfproto %s meta l4proto %s",
		      k->family == ADDR_V4 ? "ipv4" : "ipv6", protocol(k->protocol));
	for (enum kind_set set = KIND_SET_N; set-- > 0;) {
		if (!kind_has(k, set))
			continue;
		writer_byte(w, ' ');
		packet_key(w, k, "th");
		writer_str(w, " @");
		kind_name(w, k, set);
	}
	if (k->idle_s) {
		writer_str(w, " update @");
		kind_name(w, k, KIND_IDLE);
		writer_str(w, " { ");
		packet_key(w, k, "th");
		writer_str(w, " }");
	}
	writer_str(w, " accept\n");
}

static void host_digits(struct writer *w, const struct addr *a)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < (a->family == ADDR_V4 ? 4 : 16); i++) {
		writer_byte(w, digits[a->ip[i] >> 4]);
		writer_byte(w, digits[a->ip[i] & 15]);
	}
}

void kind_key(struct writer *w, const struct kind *k, const struct firewall_hole *h)
{
	if (k->shape == KIND_ANY) {
		addr_write_host(w, &h->ours, false);
	} else {
		writer_str(w, "0x");
		host_digits(w, &h->peer);
		host_digits(w, &h->ours);
	}
	writer_str(w, " . ");
	writer_u64(w, k->shape == KIND_PEER ? (uint32_t)h->peer.port << 16 | h->ours.port : h->ours.port);
}

void kind_ban_name(struct writer *w, const struct prefix *p)
{
	writer_str(w, "ban");
	writer_u64(w, p->base.family);
	writer_byte(w, '_');
	writer_u64(w, p->bits);
}

int kind_ban_parse(struct span name, uint8_t *family, uint8_t *bits)
{
	struct cursor c = { .left = name };
	uint64_t n;
	uint8_t f;

	cursor_word(&c, SPAN("ban"));
	f = take_family(&c);
	cursor_word(&c, SPAN("_"));
	n = cursor_number(&c, f == ADDR_V4 ? 32 : 128);
	cursor_end(&c);
	if (c.failed || n == 0)
		return -1;
	*family = f;
	*bits = (uint8_t)n;
	return 0;
}

void kind_ban_make(struct writer *w, const struct prefix *p)
{
	unsigned whole = p->base.family == ADDR_V4 ? 32 : 128;
	struct addr mask = { .family = p->base.family };

	for (unsigned i = 0; i < p->bits; i++)
		mask.ip[i / 8] |= (uint8_t)(0x80 >> i % 8);
	writer_str(w, "add set inet natsbc ");
	kind_ban_name(w, p);
	writer_format(w, " { type %s; flags timeout; counter; }\n", whole == 32 ? "ipv4_addr" : "ipv6_addr");
	writer_format(w, "add rule inet natsbc bans %s saddr ", ip(p->base.family));
	if (p->bits < whole) {
		writer_str(w, "& ");
		addr_write_host(w, &mask, false);
		writer_byte(w, ' ');
	}
	writer_byte(w, '@');
	kind_ban_name(w, p);
	writer_str(w, " drop\n");
}
