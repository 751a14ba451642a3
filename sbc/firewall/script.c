/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/script.h"

#include "alg/base/cursor.h"

/* No ban ends earlier: the kernel would take 0 for never. */
enum { SECONDS_MIN = 1 };

void script_begin(struct script *s, char *text, uint32_t cap, uint64_t now)
{
	*s = (struct script){ .w = writer_over(text, cap), .now = now };
}

static void command_end(struct script *s)
{
	if (s->verb != SCRIPT_NONE)
		writer_str(&s->w, " }\n");
	s->verb = SCRIPT_NONE;
}

const char *script_end(struct script *s)
{
	command_end(s);
	writer_byte(&s->w, '\0');
	return s->w.failed ? NULL : s->w.p;
}

/* Goes on with the command, where it is the same. */
static void command(struct script *s, enum script_verb verb, struct span set)
{
	if (s->verb == verb && span_eq(span_of(s->set, s->set_n), set)) {
		writer_str(&s->w, ", ");
		return;
	}
	command_end(s);
	writer_str(&s->w, verb == SCRIPT_ADD ? "add element inet natsbc " : "delete element inet natsbc ");
	writer_put(&s->w, set);
	writer_str(&s->w, " { ");
	s->verb = verb;
	if (set.n)
		memcpy(s->set, set.p, set.n);
	s->set_n = set.n;
}

void script_kind(struct script *s, const struct kind *k)
{
	command_end(s);
	kind_make(&s->w, k);
}

void script_ban_kind(struct script *s, const struct prefix *whom)
{
	command_end(s);
	kind_ban_make(&s->w, whom);
}

static void hole_command(struct script *s, enum script_verb verb, const struct kind *k, enum kind_set set)
{
	char name[SCRIPT_SET_MAX];
	struct writer w = writer_over(name, sizeof(name));

	kind_name(&w, k, set);
	command(s, verb, writer_done(&w));
}

static uint32_t seconds_left(const struct script *s, uint64_t ends_ms)
{
	uint64_t left = ends_ms > s->now ? (ends_ms - s->now) / 1000 : 0;

	return left < SECONDS_MIN ? SECONDS_MIN : (uint32_t)left;
}

static void idle_add(struct script *s, const struct kind *k, const struct hole *h)
{
	hole_command(s, SCRIPT_ADD, k, KIND_IDLE);
	kind_key(&s->w, k, &h->said);
	if (h->packets)
		writer_format(&s->w, " counter packets %llu bytes %llu", (unsigned long long)h->packets,
			      (unsigned long long)h->bytes);
	writer_format(&s->w, " timeout %us", k->idle_s);
	if (h->left_s < k->idle_s)
		writer_format(&s->w, " expires %us", h->left_s);
}

static void life_add(struct script *s, const struct kind *k, const struct hole *h)
{
	hole_command(s, SCRIPT_ADD, k, KIND_LIFE);
	kind_key(&s->w, k, &h->said);
	writer_format(&s->w, " timeout %us", seconds_left(s, h->ends_ms));
}

void script_hole_add(struct script *s, const struct hole *h)
{
	struct kind k = kind_of(&h->said);

	for (enum kind_set set = 0; set < KIND_SET_N; set++) {
		if (!kind_has(&k, set))
			continue;
		(set == KIND_IDLE ? idle_add : life_add)(s, &k, h);
		writer_str(&s->w, " comment \"");
		script_comment(&s->w, h);
		writer_byte(&s->w, '"');
	}
}

static void hole_in_all(struct script *s, enum script_verb verb, const struct hole *h)
{
	struct kind k = kind_of(&h->said);

	for (enum kind_set set = 0; set < KIND_SET_N; set++) {
		if (!kind_has(&k, set))
			continue;
		hole_command(s, verb, &k, set);
		kind_key(&s->w, &k, &h->said);
	}
}

void script_hole_delete(struct script *s, const struct hole *h)
{
	hole_in_all(s, SCRIPT_DELETE, h);
}

void script_hole_touch(struct script *s, const struct hole *h)
{
	hole_in_all(s, SCRIPT_ADD, h);
}

static void ban_command(struct script *s, enum script_verb verb, const struct ban *b)
{
	char name[SCRIPT_SET_MAX];
	struct writer w = writer_over(name, sizeof(name));

	kind_ban_name(&w, &b->whom);
	command(s, verb, writer_done(&w));
	addr_write_host(&s->w, &b->whom.base, false);
}

void script_ban_add(struct script *s, const struct ban *b)
{
	ban_command(s, SCRIPT_ADD, b);
	writer_format(&s->w, " timeout %us", seconds_left(s, b->ends_ms));
}

void script_ban_delete(struct script *s, const struct ban *b)
{
	ban_command(s, SCRIPT_DELETE, b);
}

void script_ban_touch(struct script *s, const struct ban *b)
{
	ban_command(s, SCRIPT_ADD, b);
}

/* --- comments ---------------------------------------------------------------------------------------------- */

/* Anything else is written as %XX: the text stands between quotes, and in front of the operator. */
static bool is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '%';
}

void script_comment(struct writer *w, const struct hole *h)
{
	static const char digits[] = "0123456789abcdef";
	struct span owner = hole_owner(h);
	uint32_t room = SCRIPT_COMMENT_MAX - 2;

	writer_format(w, "%016llx %s %08x ", (unsigned long long)h->said.id,
		      h->said.direction == FIREWALL_FORWARD ? "forward" : "in", h->instance);
	room -= 16 + 1 + 7 + 1 + 8 + 1;
	/* An owner that is too long once it is written is cut off: he tells his name again when he is back. */
	for (uint32_t i = 0; i < owner.n && room >= 3; i++) {
		char c = owner.p[i];

		if (is_plain(c)) {
			writer_byte(w, c);
			room--;
			continue;
		}
		writer_byte(w, '%');
		writer_byte(w, digits[(uint8_t)c >> 4]);
		writer_byte(w, digits[(uint8_t)c & 15]);
		room -= 3;
	}
}

static uint64_t take_hex(struct cursor *c, unsigned digits)
{
	struct span s = span_slice(c->left, 0, digits);
	uint64_t v = 0;

	if (c->failed || s.n != digits || !span_all(s, HEX)) {
		c->failed = true;
		return 0;
	}
	cursor_take(c, digits);
	for (unsigned i = 0; i < digits; i++) {
		unsigned d = (uint8_t)s.p[i];

		v = v << 4 | (d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
	}
	return v;
}

int script_comment_read(struct span comment, struct firewall_hole *said, char owner[FIREWALL_OWNER_MAX],
			uint32_t *instance)
{
	struct cursor c = { .left = comment };
	uint64_t id = take_hex(&c, 16);
	enum firewall_direction direction = FIREWALL_IN;
	uint32_t whose, n = 0;

	cursor_word(&c, SPAN(" "));
	if (span_starts(c.left, SPAN("forward")))
		direction = FIREWALL_FORWARD;
	cursor_word(&c, direction == FIREWALL_FORWARD ? SPAN("forward ") : SPAN("in "));
	whose = (uint32_t)take_hex(&c, 8);
	cursor_word(&c, SPAN(" "));
	while (!c.failed && c.left.n && n < FIREWALL_OWNER_MAX) {
		if (cursor_try(&c, '%'))
			owner[n++] = (char)take_hex(&c, 2);
		else
			owner[n++] = cursor_take(&c, 1).p[0];
	}
	if (c.failed)
		return -1;
	said->id = id;
	said->direction = direction;
	said->owner = span_of(owner, n);
	*instance = whose;
	return 0;
}
