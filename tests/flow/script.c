/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/script.h"

#include <stdio.h>

#include "alg/base/cursor.h"
#include "sbc/base/transport.h"
#include "sbc/call/callend.h"
#include "tests/flow/act.h"
#include "tests/flow/expect.h"
#include "tests/flow/guise.h"
#include "tests/flow/line.h"
#include "tests/flow/slot.h"

static char *text_of(struct span s, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", SPAN_ARG(s));
	return buf;
}

static struct party *party_of(struct world *w, struct span *left)
{
	struct span name = line_word(left);
	struct party *p = world_party(w, name);

	if (!p)
		world_fail(w, "there is no party \"%.*s\"", SPAN_ARG(name));
	return p;
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
	struct party *p = party_of(w, &left);

	if (p && !party_word(w, p, left))
		world_fail(w, "no such transport here");
}

/* lose NAME: its connection ends. */
static void do_lose(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		world_lose(w, p);
}

/* refuse NAME: it takes no connections. */
static void do_refuse(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		p->refuses = true;
}

/* move NAME SEEN: its NAT gives it another address or port. */
static void do_move(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
	char text[64];

	if (p && addr_parse(left, 5060, &p->flow.peer))
		world_fail(w, "where is %s?", text_of(left, text, sizeof(text)));
	else if (p)
		party_know(p, party_host(&p->flow.peer, text, sizeof(text), false));
}

/* password NAME TEXT */
static void do_password(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		party_copy(p->password, sizeof(p->password), left);
}

/* domain NAME DOMAIN: what it writes for the SBC. */
static void do_domain(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		party_copy(p->domain, sizeof(p->domain), left);
}

/* user NAME USER: another phone of that user. */
static void do_user(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (!p)
		return;
	party_copy(p->user, sizeof(p->user), left);
	snprintf(p->password, sizeof(p->password), "%.16s-secret", p->user);
}

/* unreachable NAME: nothing can be sent there any more. */
static void do_unreachable(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		p->unreachable = true;
}

static void do_register(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		act_register(w, p);
}

/* count NAME N */
static void do_count(struct world *w, struct span left)
{
	struct span name = line_word(&left);
	uint32_t want;

	if (span_u32(left, &want)) {
		world_fail(w, "count what?");
		return;
	}
	for (unsigned i = 0; i < COUNT_N; i++) {
		unsigned long long n = w->engine->core.count.n[i];

		if (!span_eq(span_str(count_name((enum count)i)), name))
			continue;
		if (n != want)
			world_fail(w, "%.*s was counted %llu times, not %u", SPAN_ARG(name), n, want);
		return;
	}
	world_fail(w, "no counter %.*s", SPAN_ARG(name));
}

/* calls N: that are not over; subscriptions and single requests count, too. */
static void do_calls(struct world *w, struct span left)
{
	uint32_t want, n = 0;

	for (const struct call *c = w->engine->calls; c; c = c->next)
		n += c->state != CALL_OVER;
	if (span_u32(left, &want) || n != want)
		world_fail(w, "%u calls, not %.*s", n, SPAN_ARG(left));
}

/* store: what outlives a restart is kept from now on. */
static void do_store(struct world *w, struct span left)
{
	(void)left;
	world_store(w);
}

/* restart [SECONDS]: the SBC is killed, and started again after that time. */
static void do_restart(struct world *w, struct span left)
{
	uint32_t away = 0;

	if (left.n && span_u32(left, &away))
		world_fail(w, "restart after how long?");
	world_restart(w, away);
}

/* relay silent|answers|restart */
static void do_relay(struct world *w, struct span left)
{
	if (span_eq(left, SPAN("restart"))) {
		world_restart_relay(w);
		return;
	}
	w->relay_silent = span_eq(left, SPAN("silent"));
}

/* name NAME TYPE DATA: a record that name servers have. */
static void do_name(struct world *w, struct span left)
{
	struct span name = line_word(&left), type = line_word(&left);

	if (nameserver_add(&w->names, name, type, left))
		world_fail(w, "too many names");
}

/* forget NAME: they have none of it any more. */
static void do_forget(struct world *w, struct span left)
{
	nameserver_forget(&w->names, left);
}

/* names silent|answer: whether they answer. */
static void do_names(struct world *w, struct span left)
{
	w->names.silent = span_eq(left, SPAN("silent"));
}

/* media: one packet from everybody, now. */
static void do_media(struct world *w, struct span left)
{
	(void)left;
	mediarelay_packets(w->relay, w->now);
}

/* relayed NAME PORT: the relay has an open stream with that port of the party at its other end. Of a phone behind NAT
 * it knows that only once media came. */
static void do_relayed(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
	uint32_t port;

	if (!p)
		return;
	if (span_u32(left, &port) || !mediarelay_expects(w->relay, p->flow.realm, &p->own, (uint16_t)port))
		world_fail(w, "no stream to port %.*s of %s", SPAN_ARG(left), p->name);
}

/* number NAME FROM TO: what NAME sends to the last port for audio that it was told, under payload number FROM, goes on
 * as TO. */
static void do_number(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
	uint32_t from, to;
	int got;

	if (!p)
		return;
	if (span_u32(line_word(&left), &from) || span_u32(line_word(&left), &to)) {
		world_fail(w, "number NAME FROM TO");
		return;
	}
	got = mediarelay_number(w->relay, (struct own_port){ (uint8_t)p->flow.realm, (uint16_t)p->far_port },
				(uint8_t)from);
	if (got != (int)to)
		world_fail(w, "%s: payload number %u goes on as %d, not %u", p->name, from, got, to);
}

/* digit NAME EVENT: a telephone event comes from NAME, where the relay is to tell of it. */
static void do_digit(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
	uint32_t event;

	if (!p)
		return;
	if (span_u32(left, &event) ||
	    !mediarelay_digit(w->relay, (struct own_port){ (uint8_t)p->flow.realm, (uint16_t)p->far_port },
			      (uint8_t)event, w->now))
		world_fail(w, "a digit from %s is nobody's business", p->name);
	world_advance(w, 1);
}

/* dialled NAME EVENT NUMBER: in the place of NAME that telephone event is sent, under that payload number. */
static void do_dialled(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
	struct mediarelay_dialled d = mediarelay_dialled(w->relay, w->now);
	uint32_t event, number;

	if (!p)
		return;
	if (span_u32(line_word(&left), &event) || span_u32(line_word(&left), &number) || d.at.port != p->far_port ||
	    d.at.realm != p->flow.realm || d.order.event != event || d.order.payload_type != number)
		world_fail(w, "event %u as %u at port %u is dialled", d.order.event, d.order.payload_type, d.at.port);
}

/* protected NAME GUISE: its media is so in the relay. */
static void do_protected(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		guise_check(w, p, left);
}

static void do_hangup(struct world *w, struct span left)
{
	(void)left;
	for (struct call *c = w->engine->calls; c; c = c->next)
		callend(w->engine, c, COUNT_CALL_OPERATOR, 503, NULL);
	callend_reap(w->engine);
}

/* pairs N: of media ports are taken. */
static void do_pairs(struct world *w, struct span left)
{
	unsigned n = mediarelay_use(w->relay).port_pairs;
	uint32_t want;

	if (span_u32(left, &want) || n != want)
		world_fail(w, "%u pairs of ports, not %.*s", n, SPAN_ARG(left));
}

/* holes N [narrowed]: so many pinholes are open; for one peer only. */
static void do_holes(struct world *w, struct span left)
{
	struct span word = span_slice(left, 0, span_find(left, ' ')), more = span_from(left, word.n);
	bool narrowed = span_eq(span_trim(more), SPAN("narrowed"));
	unsigned n = narrowed ? firewallfake_narrowed(&w->firewall, w->now) : firewallfake_open(&w->firewall, w->now);
	uint32_t want;

	if ((more.n && !narrowed) || span_u32(word, &want) || n != want)
		world_fail(w, "%u pinholes, not %.*s", n, SPAN_ARG(left));
}

/* mapped N: so many ports are open at the router above. */
static void do_mapped(struct world *w, struct span left)
{
	unsigned n = firewallfake_mapped(&w->firewall);
	uint32_t want;

	if (span_u32(left, &want) || n != want)
		world_fail(w, "%u ports are mapped, not %.*s", n, SPAN_ARG(left));
}

/* router MS|silent|refuses: what it takes to map a port. */
static void do_router(struct world *w, struct span left)
{
	w->firewall.router_refuses = span_eq(left, SPAN("refuses"));
	if (span_eq(left, SPAN("silent")))
		w->firewall.router_ms = FIREWALLFAKE_NEVER;
	else if (w->firewall.router_refuses)
		w->firewall.router_ms = 0;
	else if (span_u32(left, &w->firewall.router_ms))
		world_fail(w, "\"router\" is followed by milliseconds, \"silent\" or \"refuses\"");
}

/* skip NAME: what it got so far does not matter. */
static void do_skip(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p)
		p->count = 0;
}

/* shutdown: the program was told to stop. */
static void do_shutdown(struct world *w, struct span left)
{
	(void)left;
	engine_shutdown(w->engine);
}

/* behind: the program has not kept up with its work for long. */
static void do_behind(struct world *w, struct span left)
{
	uint64_t now = core_now(&w->engine->core);

	(void)left;
	for (unsigned ms = 0; ms < 4000; ms += OVERLOAD_STEP_MS)
		engine_turn(w->engine, true, now + ms);
	w->engine->overload.due[OVERLOAD_KNOWN] = 0;
}

static void expect_nothing_more(struct world *w)
{
	for (unsigned i = 0; i < w->nparty && !w->failure[0]; i++)
		expect(w, &w->parties[i], SPAN("nothing"));
}

/* Nothing more may come, and after all timers nothing may be left. */
static void do_end(struct world *w, struct span left)
{
	(void)left;
	w->ended = true;
	world_audit(w);
	if (w->weather) {
		world_quiet(w);
		/* Whatever still stood gives up by itself: ringing, silent media, subscriptions, held calls. */
		world_advance(w, 8000000);
		world_check_empty(w);
		return;
	}
	expect_nothing_more(w);
	world_quiet(w);
	world_advance(w, 40000);
	expect_nothing_more(w);
	world_check_empty(w);
}

/* keep NAME SLOT, take NAME SLOT */
static void do_keep(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p && !slot_keep(p, left))
		world_fail(w, "no room to keep that dialog");
}

static void do_take(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);

	if (p && !slot_take(p, left))
		world_fail(w, "%s keeps no dialog %.*s", p->name, SPAN_ARG(left));
}

static void line_play(struct world *w, struct span line);

/* Plays lines in which $1 and $2 stand for the two texts. */
static void play_lines(struct world *w, struct span lines, struct span one, struct span two)
{
	while (lines.n && (!w->failure[0] || w->weather)) {
		struct span line = span_slice(lines, 0, span_find(lines, '\n'));
		char text[256];
		struct writer out = writer_over(text, sizeof(text));

		lines = span_from(lines, line.n + 1);
		while (line.n) {
			uint32_t dollar = span_find(line, '$');

			writer_put(&out, span_slice(line, 0, dollar));
			line = span_from(line, dollar);
			if (line.n > 1)
				writer_put(&out, line.p[1] == '1' ? one : two);
			line = span_from(line, 2);
		}
		line_play(w, writer_done(&out));
	}
}

/* phones: the two that most flows are about, registered: alice behind a NAT, bob on the LAN. */
static void do_phones(struct world *w, struct span left)
{
	(void)left;
	play_lines(w,
		   SPAN("party alice internet 203.0.113.10:40000 192.168.1.10:5060\n"
			"party bob lan 10.0.0.20:5060\n"
			"register alice\n"
			"register bob\n"),
		   SPAN(""), SPAN(""));
}

/* call NAME NAME: from INVITE to ACK. */
/* pass NAME HOME: a whole registration that HOME keeps. */
static void do_pass(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left), *home = p ? party_of(w, &left) : NULL;

	if (!home)
		return;
	act(w, p, SPAN("REGISTER noauth"));
	expect(w, home, SPAN("REGISTER"));
	act(w, home, SPAN("401 REGISTER challenge=example.com nocontact"));
	expect(w, p, SPAN("401 REGISTER"));
	act(w, p, SPAN("REGISTER auth"));
	expect(w, home, SPAN("REGISTER"));
	act(w, home, SPAN("200 REGISTER echo"));
	expect(w, p, SPAN("200 REGISTER"));
}

static void do_call(struct world *w, struct span left)
{
	struct span from = line_word(&left), to = line_word(&left);

	play_lines(w,
		   SPAN("$1: INVITE $2 sdp\n$2< INVITE sdp\n$2: 180\n$1< 180 nosdp\n$2: 200 sdp\n$1< 200 INVITE sdp\n"
			"$1: ACK\n$2< ACK\n"),
		   from, to);
}

/* bye NAME NAME: the first one hangs up. */
static void do_bye(struct world *w, struct span left)
{
	struct span from = line_word(&left), to = line_word(&left);

	play_lines(w, SPAN("$1: BYE\n$1< 200 BYE\n$2< BYE\n$2: 200 BYE\n"), from, to);
}

/* clock DAY HH:MM: on the clock of the host. */
static void do_clock(struct world *w, struct span left)
{
	static const char days[] = "thufrisatsunmontuewed"; /* the first of January 1970 was a Thursday */
	struct span day = line_word(&left);
	struct cursor c = { .left = left };
	uint64_t hours = cursor_number(&c, 23), minutes;
	unsigned i = 0;

	cursor_sep(&c, ':');
	minutes = cursor_number(&c, 59);
	while (i < 7 && !span_eq(day, span_of(days + 3 * i, 3)))
		i++;
	if (c.failed || i == 7)
		world_fail(w, "clock DAY HH:MM");
	else
		*world_clock() = (int64_t)(i * 86400 + hours * 3600 + minutes * 60);
}

/* config NAME was read before. */
static void do_config(struct world *w, struct span left)
{
	(void)w, (void)left;
}

/* repeat N: up to the next "done", N times. */
static void do_repeat(struct world *w, struct span left)
{
	uint32_t times;

	if (span_u32(left, &times) || times == 0 || w->repeats)
		world_fail(w, "repeat how often?");
	else
		w->repeats = times;
}

/* +5s, +200ms, +5 */
static void advance(struct world *w, struct span left)
{
	struct cursor c = { .left = span_from(left, 1) };
	uint64_t n = cursor_number(&c, 100000000);

	if (c.failed)
		world_fail(w, "advance by how much?");
	else
		world_advance(w, span_eq(c.left, SPAN("ms")) ? n : n * 1000);
}

/* wait NAME SECONDS: until it gets something. */
static void do_wait(struct world *w, struct span left)
{
	struct party *p = party_of(w, &left);
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

/* NAME: sends; NAME< expects; NAME| types a line. */
static void line_of_party(struct world *w, struct span first, struct span left, struct span line)
{
	struct party *p = world_party(w, span_slice(first, 0, first.n - 1));
	char mark = first.p[first.n - 1];

	if (p && mark == ':')
		act(w, p, left);
	else if (p && mark == '<')
		expect(w, p, left);
	else if (p && mark == '|')
		act_type(w, p, span_trim(span_from(line, first.n)));
	else
		world_fail(w, "cannot read this line");
}

static void line_play(struct world *w, struct span written)
{
	char text[2048];
	struct writer out = writer_over(text, sizeof(text));
	struct span line;
	/* One word, one row. */
	/* clang-format off */
	static const struct {
		struct span word;
		void (*play)(struct world *w, struct span left);
	} words[] = {
		{ { "behind", 6 }, do_behind },
		{ { "clock", 5 }, do_clock },
		{ { "config", 6 }, do_config },
		{ { "party", 5 }, do_party },
		{ { "phones", 6 }, do_phones },
		{ { "move", 4 }, do_move },
		{ { "speak", 5 }, do_speak },
		{ { "lose", 4 }, do_lose },
		{ { "refuse", 6 }, do_refuse },
		{ { "password", 8 }, do_password },
		{ { "register", 8 }, do_register },
		{ { "call", 4 }, do_call },
		{ { "bye", 3 }, do_bye },
		{ { "count", 5 }, do_count },
		{ { "calls", 5 }, do_calls },
		{ { "relay", 5 }, do_relay },
		{ { "store", 5 }, do_store },
		{ { "restart", 7 }, do_restart },
		{ { "name", 4 }, do_name },
		{ { "names", 5 }, do_names },
		{ { "forget", 6 }, do_forget },
		{ { "media", 5 }, do_media },
		{ { "relayed", 7 }, do_relayed },
		{ { "number", 6 }, do_number },
		{ { "digit", 5 }, do_digit },
		{ { "dialled", 7 }, do_dialled },
		{ { "protected", 9 }, do_protected },
		{ { "hangup", 6 }, do_hangup },
		{ { "repeat", 6 }, do_repeat },
		{ { "pairs", 5 }, do_pairs },
		{ { "holes", 5 }, do_holes },
		{ { "mapped", 6 }, do_mapped },
		{ { "router", 6 }, do_router },
		{ { "skip", 4 }, do_skip },
		{ { "shutdown", 8 }, do_shutdown },
		{ { "user", 4 }, do_user },
		{ { "domain", 6 }, do_domain },
		{ { "pass", 4 }, do_pass },
		{ { "unreachable", 11 }, do_unreachable },
		{ { "wait", 4 }, do_wait },
		{ { "keep", 4 }, do_keep },
		{ { "take", 4 }, do_take },
		{ { "end", 3 }, do_end },
	};
	/* clang-format on */
	struct span left, first;

	if (span_starts(written, SPAN("#")))
		return;
	slot_expand(w, written, &out);
	line = left = writer_done(&out);
	first = line_word(&left);
	if (first.n == 0)
		return;
	if (first.p[0] == '+') {
		advance(w, first);
		return;
	}
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (span_eq(first, words[i].word)) {
			words[i].play(w, left);
			return;
		}
	}
	line_of_party(w, first, left, line);
}

static struct span take_line(struct span *text)
{
	uint32_t end = span_find(*text, '\n');
	struct span line = span_trim(span_slice(*text, 0, end));

	*text = span_from(*text, end + 1);
	return line;
}

void script_play(struct world *w, struct span text, unsigned *line)
{
	struct span begin = { 0 };
	unsigned begin_line = 0;

	*line = 0;
	while (text.n && !w->failure[0]) {
		struct span one = take_line(&text);

		++*line;
		if (span_eq(one, SPAN("done")) && w->repeats) {
			if (--w->repeats) {
				text = begin;
				*line = begin_line;
			}
			continue;
		}
		line_play(w, one);
		world_forgive(w);
		if (span_starts(one, SPAN("repeat "))) {
			begin = text;
			begin_line = *line;
		}
	}
	if (!w->failure[0] && !w->ended)
		world_fail(w, "the script has no \"end\"");
}

struct span script_config(struct span text)
{
	while (text.n) {
		struct span left = take_line(&text), first = line_word(&left);

		if (span_eq(first, SPAN("config")))
			return left;
		if (first.n && first.p[0] != '#')
			break;
	}
	return SPAN("sbc");
}
