/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/recall.h"

#include "alg/base/cursor.h"
#include "sbc/firewall/kind.h"
#include "sbc/firewall/script.h"

static struct span text_of(const json_t *v)
{
	return json_is_string(v) ? span_of(json_string_value(v), json_string_length(v)) : (struct span){ 0 };
}

/* A number that is one, or is written as a text. */
static uint64_t number_of(const json_t *v, uint64_t max)
{
	uint32_t n = 0;

	if (json_is_integer(v))
		return json_integer_value(v) >= 0 && (uint64_t)json_integer_value(v) <= max ? json_integer_value(v) : 0;
	if (span_u32(text_of(v), &n) == 0 && n <= max)
		return n;
	return 0;
}

static int host_of(const json_t *v, uint8_t family, struct addr *out)
{
	return addr_parse_host(text_of(v), out) == 0 && out->family == family ? 0 : -1;
}

static unsigned digit_of(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* A number of n bytes: JSON's own where it has 64 bits, which may have become a sign, else "0x1234". */
static int bytes_of(const json_t *v, uint8_t *out, unsigned n)
{
	struct span text = text_of(v);

	memset(out, 0, n);
	if (json_is_integer(v)) {
		uint64_t number = (uint64_t)json_integer_value(v);

		for (unsigned i = 0; i < n && i < sizeof(number); i++)
			out[n - 1 - i] = (uint8_t)(number >> 8 * i);
		return 0;
	}
	if (!span_starts(text, SPAN("0x")) || text.n == 2 || text.n - 2 > 2 * n ||
	    !span_all(span_slice(text, 2, text.n), HEX))
		return -1;
	for (uint32_t i = 0; i < text.n - 2; i++)
		out[n - 1 - i / 2] |= (uint8_t)(digit_of(text.p[text.n - 1 - i]) << 4 * (i & 1));
	return 0;
}

/* The peer's, then ours. */
static int hosts_of(const json_t *v, const struct kind *k, struct firewall_hole *h)
{
	unsigned n = k->family == ADDR_V4 ? 4 : 16;
	uint8_t both[32];

	if (bytes_of(v, both, 2 * n))
		return -1;
	h->peer.family = h->ours.family = k->family;
	memcpy(h->peer.ip, both, n);
	memcpy(h->ours.ip, both + n, n);
	return 0;
}

/* {"concat": [14281909440211255809, 262164000]}, as kind_key() wrote it. */
static int key_read(const json_t *val, const struct kind *k, struct firewall_hole *h)
{
	const json_t *list = json_object_get(val, "concat"), *hosts = json_array_get(list, 0);
	uint32_t ports = (uint32_t)number_of(json_array_get(list, 1), UINT32_MAX);

	if (json_array_size(list) != 2 || (k->shape != KIND_PEER && ports > UINT16_MAX) ||
	    (k->shape == KIND_ANY ? host_of(hosts, k->family, &h->ours) : hosts_of(hosts, k, h)))
		return -1;
	h->protocol = k->protocol;
	h->ours.port = (uint16_t)ports;
	h->peer.port = (uint16_t)(ports >> 16);
	return h->ours.port && (k->shape != KIND_PEER || h->peer.port) ? 0 : -1;
}

/* The kernel tells whole seconds, those that are over left out. */
static uint32_t seconds_left(const json_t *elem)
{
	return (uint32_t)number_of(json_object_get(elem, "expires"), FIREWALL_SECONDS_MAX) + 1;
}

static struct hole *hole_adopt(struct recall *r, struct firewall_hole *h, const struct kind *k, uint32_t instance)
{
	struct hole *hole;

	if (!r->adopt || book_hole(r->book, instance, h->id))
		return NULL;
	h->idle_s = k->idle_s;
	h->lifetime_s = k->ends ? 1 : 0; /* when it ends comes with KIND_LIFE */
	hole = book_add(r->book, h, instance, r->now);
	if (hole)
		hole->confirmed = false;
	return hole;
}

static int hole_recall(struct recall *r, const json_t *elem, const struct kind *k, enum kind_set set)
{
	struct firewall_hole h = { 0 };
	const json_t *counter = json_object_get(elem, "counter");
	char owner[FIREWALL_OWNER_MAX];
	uint32_t instance, left = seconds_left(elem);
	struct hole *hole;

	if (key_read(json_object_get(elem, "val"), k, &h) ||
	    script_comment_read(text_of(json_object_get(elem, "comment")), &h, owner, &instance))
		return -1;
	hole = book_hole_like(r->book, &h);
	if (!hole)
		hole = hole_adopt(r, &h, k, instance);
	if (!hole)
		return r->adopt ? -1 : 0;
	hole->seen |= (uint8_t)(1u << set);
	if (set == KIND_LIFE && r->adopt) {
		hole->said.lifetime_s = left;
		hole->ends_ms = r->now + 1000ull * left;
	}
	if (set == KIND_LIFE && k->idle_s)
		return 0;
	hole->left_s = left;
	/* Looking for it and refreshing it each count a packet. */
	hole->packets = number_of(json_object_get(counter, "packets"), UINT64_MAX) / (set == KIND_IDLE ? 2 : 1);
	hole->bytes = number_of(json_object_get(counter, "bytes"), UINT64_MAX) / (set == KIND_IDLE ? 2 : 1);
	return 0;
}

static int ban_recall(struct recall *r, const json_t *elem, uint8_t family, uint8_t bits)
{
	struct prefix whom = { .bits = bits };

	if (!r->adopt)
		return 0;
	if (host_of(json_object_get(elem, "val"), family, &whom.base))
		return -1;
	return book_ban_add(r->book, &whom, r->now + 1000ull * seconds_left(elem)) ? 0 : -1;
}

static void set_recall(struct recall *r, const json_t *set)
{
	struct span name = text_of(json_object_get(set, "name"));
	uint8_t family, bits;
	struct kind k;
	enum kind_set which;
	bool holes = kind_parse(name, &k, &which) == 0;
	json_t *item;
	size_t i;

	if (!holes && kind_ban_parse(name, &family, &bits))
		return;
	json_array_foreach(json_object_get(set, "elem"), i, item)
	{
		const json_t *elem = json_object_get(item, "elem");

		r->strange += (holes ? hole_recall(r, elem, &k, which) : ban_recall(r, elem, family, bits)) != 0;
	}
}

/* A hole is open where it is in all sets of its kind. */
static bool is_gone(const struct hole *h)
{
	struct kind k = kind_of(&h->said);

	for (enum kind_set set = 0; set < KIND_SET_N; set++)
		if (kind_has(&k, set) && !(h->seen & 1u << set))
			return true;
	return false;
}

static void gone_remove(struct book *b)
{
	enum { AT_ONCE = 256 };
	struct hole *gone[AT_ONCE], *h;
	unsigned n;

	do {
		uint32_t pos = 0;

		for (n = 0; n < AT_ONCE && (h = table_next(&b->by_id, &pos));)
			if (is_gone(h))
				gone[n++] = h;
		for (unsigned i = 0; i < n; i++)
			book_remove(b, gone[i]);
	} while (n == AT_ONCE);
}

void recall_begin(struct recall *r, struct book *b, bool adopt, uint64_t now)
{
	uint32_t pos = 0;
	struct hole *h;

	*r = (struct recall){ .book = b, .adopt = adopt, .now = now };
	while ((h = table_next(&b->by_id, &pos)))
		h->seen = 0;
}

void recall_take(struct recall *r, const json_t *told)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(told, "nftables"), i, item)
	{
		const json_t *set = json_object_get(item, "set");

		if (set)
			set_recall(r, set);
	}
}

void recall_end(struct recall *r)
{
	gone_remove(r->book);
}
