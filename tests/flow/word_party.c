/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "sbc/base/transport.h"
#include "tests/flow/act.h"
#include "tests/flow/line.h"
#include "tests/flow/slot.h"
#include "tests/flow/word.h"

struct party *word_party(struct world *w, struct span *left)
{
	struct span name = line_word(left);
	struct party *p = world_party(w, name);

	if (!p)
		world_fail(w, "there is no party \"%.*s\"", SPAN_ARG(name));
	return p;
}

static char *text_of(struct span s, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", SPAN_ARG(s));
	return buf;
}

static bool party_word(struct world *w, struct party *p, struct span word)
{
	if (span_eq(word, SPAN("trunk"))) {
		p->trunk = true;
		return true;
	}
	for (int t = CONF_UDP; t <= CONF_WSS; t++)
		if (span_ieq(word, transport_info((enum conf_transport)t)->via))
			return world_speak(w, p, (enum conf_transport)t) == 0;
	return false;
}

/* party NAME REALM SEEN [OWN] [trunk] [tcp|tls|ws|wss] */
static void do_party(struct world *w, struct span left)
{
	struct span name = line_word(&left), realm = line_word(&left), seen = line_word(&left), rest = left;
	struct span own = line_word(&rest);
	char a[64], b[64], c[64], d[64];
	struct party *p;

	if (span_find(own, '.') < own.n || span_find(own, ':') < own.n)
		left = rest;
	else
		own = seen;
	p = world_add(w, text_of(name, a, sizeof(a)), text_of(realm, b, sizeof(b)), text_of(seen, c, sizeof(c)),
		      text_of(own, d, sizeof(d)));
	while (p && left.n)
		if (!party_word(w, p, line_word(&left)))
			p = NULL;
	if (!p)
		world_fail(w, "bad party line");
}

/* speak NAME udp|tcp|tls|ws|wss: from now on. */
static void do_speak(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p && !party_word(w, p, left))
		world_fail(w, "no such transport here");
}

/* lose NAME: its connection ends. */
static void do_lose(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		world_lose(w, p);
}

/* refuse NAME: it takes no connections. */
static void do_refuse(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		p->refuses = true;
}

/* move NAME SEEN: its NAT gives it another address or port. */
static void do_move(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	char text[64];

	if (p && addr_parse(left, 5060, &p->flow.peer))
		world_fail(w, "where is %s?", text_of(left, text, sizeof(text)));
	else if (p)
		party_know(p, party_host(&p->flow.peer, text, sizeof(text), false));
}

/* password NAME TEXT */
static void do_password(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		party_copy(p->password, sizeof(p->password), left);
}

/* domain NAME DOMAIN: what it writes for the SBC. */
static void do_domain(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		party_copy(p->domain, sizeof(p->domain), left);
}

/* user NAME USER: another phone of that user. */
static void do_user(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (!p)
		return;
	party_copy(p->user, sizeof(p->user), left);
	snprintf(p->password, sizeof(p->password), "%.16s-secret", p->user);
}

/* unreachable NAME: nothing can be sent there any more. */
static void do_unreachable(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		p->unreachable = true;
}

static void do_register(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		act_register(w, p);
}

/* skip NAME: what it got so far does not matter. */
static void do_skip(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		p->count = 0;
}

/* keep NAME SLOT, take NAME SLOT */
static void do_keep(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p && !slot_keep(p, left))
		world_fail(w, "no room to keep that dialog");
}

static void do_take(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p && !slot_take(p, left))
		world_fail(w, "%s keeps no dialog %.*s", p->name, SPAN_ARG(left));
}

/* wait NAME SECONDS: until it gets something. */
static void do_wait(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	uint64_t until = w->now;
	uint32_t seconds;

	if (!p || span_u32(left, &seconds)) {
		world_fail(w, "wait how long?");
		return;
	}
	until += seconds * 1000;
	while (w->now < until && !p->count)
		world_advance(w, 10);
	if (!p->count)
		world_fail(w, "%s got nothing for %u s", p->name, seconds);
}

/* One word, one row. */
/* clang-format off */
const struct word word_of_parties[] = {
	{ "party", do_party },
	{ "move", do_move },
	{ "speak", do_speak },
	{ "lose", do_lose },
	{ "refuse", do_refuse },
	{ "password", do_password },
	{ "register", do_register },
	{ "skip", do_skip },
	{ "user", do_user },
	{ "domain", do_domain },
	{ "unreachable", do_unreachable },
	{ "wait", do_wait },
	{ "keep", do_keep },
	{ "take", do_take },
	{ NULL, NULL },
};
/* clang-format on */
