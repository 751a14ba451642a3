/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/script.h"

#include "alg/base/cursor.h"
#include "sbc/call/callend.h"
#include "tests/flow/act.h"
#include "tests/flow/expect.h"
#include "tests/flow/line.h"
#include "tests/flow/slot.h"
#include "tests/flow/word.h"

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

/* In foul weather other things are said. */
static void look_into_log(struct world *w, struct span left, bool wanted)
{
	struct span all = span_of(w->said.text, (uint32_t)w->said.n);

	if (!left.n)
		world_fail(w, "said what?");
	else if (!w->weather && (span_search(all, left) < all.n) != wanted)
		world_fail(w, "the log %s \"%.*s\":\n%.*s", wanted ? "does not say" : "says", SPAN_ARG(left),
			   SPAN_ARG(all));
}

/* said TEXT: a line of the log had that in it. */
static void do_said(struct world *w, struct span left)
{
	look_into_log(w, left, true);
}

/* unsaid TEXT: none had. */
static void do_unsaid(struct world *w, struct span left)
{
	look_into_log(w, left, false);
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

static void do_hangup(struct world *w, struct span left)
{
	(void)left;
	for (struct call *c = w->engine->calls; c; c = c->next)
		callend(w->engine, c, COUNT_CALL_OPERATOR, 503, NULL);
	callend_reap(w->engine);
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

/* pass NAME HOME: a whole registration that HOME keeps. */
static void do_pass(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left), *home = p ? word_party(w, &left) : NULL;

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

/* call NAME NAME: from INVITE to ACK. */
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

/* False: it is none of these. */
static bool word_play(struct world *w, const struct word *words, struct span first, struct span left)
{
	for (const struct word *one = words; one->name; one++)
		if (span_eq(first, span_str(one->name))) {
			one->play(w, left);
			return true;
		}
	return false;
}

/* One word, one row. */
/* clang-format off */
static const struct word words[] = {
	{ "behind", do_behind },
	{ "clock", do_clock },
	{ "config", do_config },
	{ "phones", do_phones },
	{ "call", do_call },
	{ "bye", do_bye },
	{ "count", do_count },
	{ "said", do_said },
	{ "unsaid", do_unsaid },
	{ "calls", do_calls },
	{ "store", do_store },
	{ "restart", do_restart },
	{ "name", do_name },
	{ "names", do_names },
	{ "forget", do_forget },
	{ "hangup", do_hangup },
	{ "repeat", do_repeat },
	{ "shutdown", do_shutdown },
	{ "pass", do_pass },
	{ "end", do_end },
	{ NULL, NULL },
};
/* clang-format on */

static void line_play(struct world *w, struct span written)
{
	char text[2048];
	struct writer out = writer_over(text, sizeof(text));
	struct span line;
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
	if (!word_play(w, words, first, left) && !word_play(w, word_of_parties, first, left) &&
	    !word_play(w, word_of_media, first, left))
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
