/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/firewall/wire.h"

/* The head: two letters, the version of the layout, and which kind of records follow. */
enum { VERSION = 1, REQUESTS = 'q', ANSWERS = 'a' };

/* --- writing ----------------------------------------------------------------------------------------------- */

static void put(struct writer *w, uint64_t v, unsigned bytes)
{
	while (bytes--)
		writer_byte(w, (char)(v >> 8 * bytes & 0xff));
}

/* At most max bytes, and room is left for as many. */
static void put_text(struct writer *w, struct span s, unsigned max)
{
	if (s.n > max) {
		w->failed = true;
		return;
	}
	put(w, s.n, 1);
	writer_put(w, s);
	for (unsigned i = s.n; i < max; i++)
		writer_byte(w, 0);
}

static void put_addr(struct writer *w, const struct addr *a)
{
	put(w, a->family, 1);
	put(w, a->port, 2);
	writer_put(w, span_of(a->ip, sizeof(a->ip)));
}

static void put_hole(struct writer *w, const struct firewall_hole *h)
{
	put(w, h->id, 8);
	put(w, h->direction, 1);
	put(w, h->protocol, 1);
	put(w, h->idle_s, 4);
	put(w, h->lifetime_s, 4);
	put_addr(w, &h->ours);
	put_addr(w, &h->peer);
	put_text(w, h->owner, FIREWALL_OWNER_MAX);
}

static void put_ban(struct writer *w, const struct firewall_ban *b)
{
	put_addr(w, &b->whom.base);
	put(w, b->whom.bits, 1);
	put(w, b->seconds, 4);
}

static void put_map(struct writer *w, const struct firewall_map *m)
{
	put(w, m->protocol, 1);
	put_addr(w, &m->ours);
	put_addr(w, &m->outside);
	put(w, m->seconds, 4);
}

static void put_head(struct writer *w, char kind)
{
	if (w->n)
		return;
	writer_str(w, "fw");
	writer_byte(w, VERSION);
	writer_byte(w, kind);
}

/* A record ends where the next begins. */
static void put_rest(struct writer *w, uint32_t end)
{
	while (!w->failed && w->n < end)
		writer_byte(w, 0);
}

void wire_request_write(struct writer *w, const struct firewall_request *r)
{
	uint32_t from;

	put_head(w, REQUESTS);
	from = w->n;
	if (from >= WIRE_REQUESTS_MAX)
		w->failed = true;
	put(w, r->verb, 1);
	put(w, r->seq, 4);
	switch (r->verb) {
	case FIREWALL_HELLO:
		put_text(w, r->name, FIREWALL_NAME_MAX);
		break;
	case FIREWALL_OPEN:
	case FIREWALL_NARROW:
	case FIREWALL_CLOSE:
	case FIREWALL_LIST:
		put_hole(w, &r->hole);
		break;
	case FIREWALL_BAN:
	case FIREWALL_UNBAN:
		put_ban(w, &r->ban);
		break;
	case FIREWALL_MAP:
	case FIREWALL_UNMAP:
	case FIREWALL_PUBLIC:
		put_map(w, &r->map);
		break;
	case FIREWALL_VERB_N:
		w->failed = true;
	}
	put_rest(w, from + WIRE_REQUEST);
}

static bool answers_with_map(enum firewall_verb verb)
{
	return verb == FIREWALL_MAP || verb == FIREWALL_PUBLIC;
}

void wire_answer_write(struct writer *w, const struct firewall_answer *a)
{
	uint32_t from;

	put_head(w, ANSWERS);
	from = w->n;
	if (from >= WIRE_ANSWERS_MAX)
		w->failed = true;
	put(w, a->verb, 1);
	put(w, a->seq, 4);
	put(w, a->result, 1);
	put(w, a->last, 1);
	if (a->verb == FIREWALL_LIST) {
		put_hole(w, &a->hole);
		put(w, a->packets, 8);
		put(w, a->bytes, 8);
		put(w, a->expires_s, 4);
	} else if (answers_with_map(a->verb)) {
		put_map(w, &a->map);
		put_addr(w, &a->router);
		put(w, a->language, 1);
		put_text(w, a->why, FIREWALL_WHY_MAX);
	}
	put_rest(w, from + WIRE_ANSWER);
}

/* --- reading ----------------------------------------------------------------------------------------------- */

/* A record: its length was checked, and no layout is longer. */
struct record {
	const char *p;
	bool wrong; /* something made no sense */
};

static uint64_t get(struct record *r, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | (uint8_t)*r->p++;
	return v;
}

/* A number below n. */
static unsigned get_below(struct record *r, unsigned n)
{
	uint64_t v = get(r, 1);

	if (v < n)
		return (unsigned)v;
	r->wrong = true;
	return 0;
}

static uint32_t get_seconds(struct record *r)
{
	uint64_t v = get(r, 4);

	r->wrong |= v > FIREWALL_SECONDS_MAX;
	return (uint32_t)v;
}

static struct span get_text(struct record *r, unsigned max)
{
	unsigned n = get_below(r, max + 1);
	struct span s = span_of(r->p, n);

	r->p += max;
	return s;
}

/* Addresses are compared byte by byte: unused bytes are zero, or two would be one and the same. */
static struct addr get_addr(struct record *r)
{
	static const uint8_t used[] = { [ADDR_NONE] = 0, [ADDR_V4] = 4, [ADDR_V6] = 16 };
	struct addr a = { .family = (uint8_t)get(r, 1) };

	a.port = (uint16_t)get(r, 2);
	memcpy(a.ip, r->p, sizeof(a.ip));
	r->p += sizeof(a.ip);
	if (a.family != ADDR_NONE && a.family != ADDR_V4 && a.family != ADDR_V6) {
		r->wrong = true;
		return (struct addr){ 0 };
	}
	for (unsigned i = used[a.family]; i < sizeof(a.ip); i++)
		r->wrong |= a.ip[i] != 0;
	r->wrong |= a.family == ADDR_NONE && a.port;
	return a;
}

static struct firewall_hole get_hole(struct record *r)
{
	struct firewall_hole h = { .id = get(r, 8) };

	h.direction = get_below(r, FIREWALL_DIRECTION_N);
	h.protocol = (uint8_t)get(r, 1);
	h.idle_s = get_seconds(r);
	h.lifetime_s = get_seconds(r);
	h.ours = get_addr(r);
	h.peer = get_addr(r);
	h.owner = get_text(r, FIREWALL_OWNER_MAX);
	return h;
}

static struct firewall_ban get_ban(struct record *r)
{
	struct firewall_ban b = { .whom.base = get_addr(r) };

	b.whom.bits = (uint8_t)get(r, 1);
	b.seconds = get_seconds(r);
	r->wrong |= !addr_is_set(&b.whom.base) || b.whom.bits > (b.whom.base.family == ADDR_V4 ? 32 : 128);
	return b;
}

static struct firewall_map get_map(struct record *r)
{
	struct firewall_map m = { .protocol = (uint8_t)get(r, 1) };

	m.ours = get_addr(r);
	m.outside = get_addr(r);
	m.seconds = get_seconds(r);
	return m;
}

static int count(struct span packet, char kind, unsigned record)
{
	uint32_t n;

	if (packet.n < WIRE_HEAD || packet.p[0] != 'f' || packet.p[1] != 'w' || packet.p[2] != VERSION ||
	    packet.p[3] != kind)
		return -1;
	n = (packet.n - WIRE_HEAD) / record;
	return n && n <= FIREWALL_BATCH && packet.n == WIRE_HEAD + n * record ? (int)n : -1;
}

int wire_requests(struct span packet)
{
	return count(packet, REQUESTS, WIRE_REQUEST);
}

int wire_answers(struct span packet)
{
	return count(packet, ANSWERS, WIRE_ANSWER);
}

int wire_request_read(struct span packet, unsigned i, struct firewall_request *out, uint32_t *seq)
{
	struct record r = { .p = packet.p + WIRE_HEAD + i * WIRE_REQUEST };
	struct firewall_request q = { .verb = get_below(&r, FIREWALL_VERB_N) };

	*seq = q.seq = (uint32_t)get(&r, 4);
	switch (q.verb) {
	case FIREWALL_HELLO:
		q.name = get_text(&r, FIREWALL_NAME_MAX);
		break;
	case FIREWALL_OPEN:
	case FIREWALL_NARROW:
	case FIREWALL_CLOSE:
	case FIREWALL_LIST:
		q.hole = get_hole(&r);
		break;
	case FIREWALL_BAN:
	case FIREWALL_UNBAN:
		q.ban = get_ban(&r);
		break;
	case FIREWALL_MAP:
	case FIREWALL_UNMAP:
	case FIREWALL_PUBLIC:
		q.map = get_map(&r);
		break;
	case FIREWALL_VERB_N:
		return -1;
	}
	if (r.wrong)
		return -1;
	*out = q;
	return 0;
}

int wire_answer_read(struct span packet, unsigned i, struct firewall_answer *out)
{
	struct record r = { .p = packet.p + WIRE_HEAD + i * WIRE_ANSWER };
	struct firewall_answer a = { .verb = get_below(&r, FIREWALL_VERB_N) };

	a.seq = (uint32_t)get(&r, 4);
	a.result = get_below(&r, FIREWALL_RESULT_N);
	a.last = get_below(&r, 2) == 1;
	if (a.verb == FIREWALL_LIST) {
		a.hole = get_hole(&r);
		a.packets = get(&r, 8);
		a.bytes = get(&r, 8);
		a.expires_s = get_seconds(&r);
	} else if (answers_with_map(a.verb)) {
		a.map = get_map(&r);
		a.router = get_addr(&r);
		a.language = get_below(&r, FIREWALL_ROUTER_N);
		a.why = get_text(&r, FIREWALL_WHY_MAX);
	}
	if (r.wrong)
		return -1;
	*out = a;
	return 0;
}
