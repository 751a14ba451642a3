/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/cursor.h"
#include "alg/sip/txn_table.h"

/* The arrows of the figures, one a line: state, event, next state, and what the figure and the text say to do.
 * What is not here must not be allowed. */
static const char *const figures[TXN_KIND_N] = {
	/* RFC 3261 figure 5 as RFC 6026 figure 5 has it. */
	[TXN_ICT] = "init            start             calling     send start-retransmit start-timeout\n"
		    "calling         timer-retransmit  calling     resend double\n"
		    "calling         timer-timeout     terminated  tell-timeout\n"
		    "calling         transport-error   terminated  tell-error\n"
		    "calling         rx-1xx            proceeding  tell stop-retransmit stop-timeout\n"
		    "calling         rx-2xx            accepted    tell stop-retransmit stop-timeout linger\n"
		    "calling         rx-final          completed   ack tell stop-retransmit stop-timeout linger\n"
		    "proceeding      rx-1xx            proceeding  tell\n"
		    "proceeding      rx-2xx            accepted    tell linger\n"
		    "proceeding      rx-final          completed   ack tell linger\n"
		    /* Not in the figure: a connection that ends while it rings (18.4). */
		    "proceeding      transport-error   terminated  tell-error\n"
		    "completed       rx-final          completed   ack\n"
		    "completed       transport-error   terminated  tell-error\n"
		    "completed       timer-linger      terminated\n"
		    "accepted        rx-2xx            accepted    tell\n"
		    "accepted        timer-linger      terminated\n",
	/* RFC 3261 figure 6; what Completed takes is 17.1.2.2: "to buffer any additional response retransmissions". */
	[TXN_NICT] = "init            start             trying      send start-retransmit start-timeout\n"
		     "trying          timer-retransmit  trying      resend double\n"
		     "trying          timer-timeout     terminated  tell-timeout\n"
		     "trying          transport-error   terminated  tell-error\n"
		     "trying          rx-1xx            proceeding  tell\n"
		     "trying          rx-2xx            completed   tell stop-retransmit stop-timeout linger\n"
		     "trying          rx-final          completed   tell stop-retransmit stop-timeout linger\n"
		     "proceeding      timer-retransmit  proceeding  resend t2\n"
		     "proceeding      timer-timeout     terminated  tell-timeout\n"
		     "proceeding      transport-error   terminated  tell-error\n"
		     "proceeding      rx-1xx            proceeding  tell\n"
		     "proceeding      rx-2xx            completed   tell stop-retransmit stop-timeout linger\n"
		     "proceeding      rx-final          completed   tell stop-retransmit stop-timeout linger\n"
		     "completed       rx-1xx            completed\n"
		     "completed       rx-2xx            completed\n"
		     "completed       rx-final          completed\n"
		     "completed       timer-linger      terminated\n",
	/* RFC 3261 figure 7 as RFC 6026 figure 7 has it. That timer H tells the TU is RFC 3261 17.2.1; that Confirmed
	 * absorbs ACKs is there too. */
	[TXN_IST] = "init            start             proceeding  tell\n"
		    "proceeding      rx-request        proceeding  resend\n"
		    "proceeding      tx-1xx            proceeding  send store\n"
		    "proceeding      tx-2xx            accepted    send linger\n"
		    "proceeding      tx-final          completed   send store start-retransmit start-timeout\n"
		    "proceeding      transport-error   proceeding  tell-error\n"
		    "completed       rx-request        completed   resend\n"
		    "completed       timer-retransmit  completed   resend double\n"
		    "completed       rx-ack            confirmed   stop-retransmit stop-timeout linger\n"
		    "completed       timer-timeout     terminated  tell-timeout\n"
		    "completed       transport-error   completed   tell-error\n"
		    "confirmed       rx-ack            confirmed\n"
		    "confirmed       timer-linger      terminated\n"
		    "accepted        rx-request        accepted\n"
		    "accepted        rx-ack            accepted    tell\n"
		    "accepted        tx-2xx            accepted    send\n"
		    "accepted        transport-error   accepted    tell-error\n"
		    "accepted        timer-linger      terminated\n",
	/* RFC 3261 figure 8; what is discarded is 17.2.2; the end without an answer is RFC 4320 4.2. */
	[TXN_NIST] = "init            start             trying      tell start-timeout\n"
		     "trying          rx-request        trying\n"
		     "trying          tx-1xx            proceeding  send store\n"
		     "trying          tx-2xx            completed   send store stop-timeout linger\n"
		     "trying          tx-final          completed   send store stop-timeout linger\n"
		     "trying          timer-timeout     terminated  tell-timeout\n"
		     "proceeding      rx-request        proceeding  resend\n"
		     "proceeding      tx-1xx            proceeding  send store\n"
		     "proceeding      tx-2xx            completed   send store stop-timeout linger\n"
		     "proceeding      tx-final          completed   send store stop-timeout linger\n"
		     "proceeding      timer-timeout     terminated  tell-timeout\n"
		     "proceeding      transport-error   terminated  tell-error\n"
		     "completed       rx-request        completed   resend\n"
		     "completed       tx-2xx            completed\n"
		     "completed       tx-final          completed\n"
		     "completed       timer-linger      terminated\n"
		     "completed       transport-error   terminated  tell-error\n",
};

static const struct {
	struct span word;
	uint16_t effect;
} effects[] = {
	{ SPAN("send"), TXN_DO_SEND },
	{ SPAN("resend"), TXN_DO_RESEND },
	{ SPAN("ack"), TXN_DO_ACK },
	{ SPAN("tell"), TXN_DO_TELL },
	{ SPAN("tell-timeout"), TXN_DO_TELL_TIMEOUT },
	{ SPAN("tell-error"), TXN_DO_TELL_ERROR },
	{ SPAN("start-retransmit"), TXN_DO_RETRANSMIT_START },
	{ SPAN("double"), TXN_DO_RETRANSMIT_DOUBLE },
	{ SPAN("t2"), TXN_DO_RETRANSMIT_T2 },
	{ SPAN("stop-retransmit"), TXN_DO_RETRANSMIT_STOP },
	{ SPAN("start-timeout"), TXN_DO_TIMEOUT_START },
	{ SPAN("stop-timeout"), TXN_DO_TIMEOUT_STOP },
	{ SPAN("linger"), TXN_DO_LINGER_START },
	{ SPAN("store"), TXN_DO_STORE },
};

static struct span next_word(struct span *line)
{
	struct cursor c = { .left = *line };
	struct span word;

	cursor_blank(&c);
	word = cursor_until(&c, BLANK);
	*line = c.left;
	return word;
}

static unsigned find_name(struct span word, unsigned n, const char *(*name)(unsigned))
{
	for (unsigned i = 0; i < n; i++)
		if (span_eq(word, span_str(name(i))))
			return i;
	fail_msg("no such name: %.*s", SPAN_ARG(word));
	return n;
}

static const char *state_name(unsigned i)
{
	return txn_state_name((enum txn_state)i);
}

static const char *event_name(unsigned i)
{
	return txn_event_name((enum txn_event)i);
}

static uint16_t find_effect(struct span word)
{
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (span_eq(word, effects[i].word))
			return effects[i].effect;
	fail_msg("no such effect: %.*s", SPAN_ARG(word));
	return 0;
}

struct figure {
	struct txn_step cell[TXN_STATE_N][TXN_EVENT_N];
};

static void read_arrow(struct figure *f, struct span line)
{
	unsigned from = find_name(next_word(&line), TXN_STATE_N, state_name);
	unsigned event = find_name(next_word(&line), TXN_EVENT_N, event_name);
	struct txn_step step = { .allowed = true };
	struct span word;

	step.next = (uint8_t)find_name(next_word(&line), TXN_STATE_N, state_name);
	while ((word = next_word(&line)).n)
		step.effects |= find_effect(word);
	assert_false(f->cell[from][event].allowed);
	f->cell[from][event] = step;
}

static struct figure read_figure(const char *text)
{
	struct span left = span_str(text);
	struct figure f = { 0 };

	while (left.n) {
		uint32_t end = span_find(left, '\n');

		read_arrow(&f, span_slice(left, 0, end));
		left = span_from(left, end + 1);
	}
	return f;
}

static void the_table_is_the_figures(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < TXN_KIND_N; kind++) {
		struct figure f = read_figure(figures[kind]);

		for (unsigned s = 0; s < TXN_STATE_N; s++)
			for (unsigned e = 0; e < TXN_EVENT_N; e++) {
				struct txn_step want = f.cell[s][e], got = txn_step(kind, s, e);

				/* An event that is not allowed leaves everything as it was. */
				if (!want.allowed)
					want.next = (uint8_t)s;
				if (got.allowed != want.allowed || got.next != want.next || got.effects != want.effects)
					fail_msg("kind %u, %s, %s: %s, %#x", kind, state_name(s), event_name(e),
						 got.allowed ? state_name(got.next) : "not allowed", got.effects);
			}
	}
}

static void nothing_leaves_terminated(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < TXN_KIND_N; kind++)
		for (unsigned e = 0; e < TXN_EVENT_N; e++)
			assert_false(txn_step(kind, TXN_TERMINATED, e).allowed);
}

/* A state that nobody can leave would be a leak: from each that can be reached, timers alone lead to the end; but an
 * INVITE in progress waits for people, and it is the TU that gives it up. */
static void every_state_ends_by_itself(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < TXN_KIND_N; kind++)
		for (unsigned s = TXN_CALLING; s < TXN_TERMINATED; s++) {
			bool entered = false, ends;

			for (unsigned from = 0; from < TXN_STATE_N; from++)
				for (unsigned e = 0; e < TXN_EVENT_N; e++)
					entered |= from != s && txn_step(kind, from, e).next == s;
			ends = txn_step(kind, s, TXN_EV_TIMER_TIMEOUT).next == TXN_TERMINATED ||
			       txn_step(kind, s, TXN_EV_TIMER_LINGER).next == TXN_TERMINATED;
			if (s == TXN_PROCEEDING && (kind == TXN_ICT || kind == TXN_IST))
				assert_false(ends);
			else if (entered != ends)
				fail_msg("kind %u, %s", kind, state_name(s));
		}
}

/* RFC 3261 table 4 and RFC 6026: timers D, M, K, I, L, J. */
static void lingering(void **state)
{
	static const struct {
		enum txn_kind kind;
		enum txn_state state;
		uint32_t unreliable_ms, reliable_ms;
	} cases[] = {
		{ TXN_ICT, TXN_COMPLETED, 32000, 0 },    { TXN_ICT, TXN_ACCEPTED, 32000, 32000 },
		{ TXN_NICT, TXN_COMPLETED, 5000, 0 },    { TXN_IST, TXN_CONFIRMED, 5000, 0 },
		{ TXN_IST, TXN_ACCEPTED, 32000, 32000 }, { TXN_NIST, TXN_COMPLETED, 32000, 0 },
		{ TXN_ICT, TXN_PROCEEDING, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(txn_linger_ms(cases[i].kind, cases[i].state, false), cases[i].unreliable_ms);
		assert_int_equal(txn_linger_ms(cases[i].kind, cases[i].state, true), cases[i].reliable_ms);
	}
}

/* Lingering is started exactly where there is a time for it. */
static void who_lingers_has_a_time(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < TXN_KIND_N; kind++)
		for (unsigned s = 0; s < TXN_STATE_N; s++)
			for (unsigned e = 0; e < TXN_EVENT_N; e++) {
				struct txn_step step = txn_step(kind, s, e);

				if (step.effects & TXN_DO_LINGER_START)
					assert_true(txn_linger_ms(kind, step.next, false) > 0);
				else if (step.allowed && step.next != s)
					assert_int_equal(txn_linger_ms(kind, step.next, false), 0);
			}
}

static void names_are_there_and_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TXN_STATE_N; i++)
		assert_int_equal(find_name(span_str(state_name(i)), TXN_STATE_N, state_name), i);
	for (unsigned i = 0; i < TXN_EVENT_N; i++)
		assert_int_equal(find_name(span_str(event_name(i)), TXN_EVENT_N, event_name), i);
	assert_string_equal(state_name(TXN_STATE_N), "none");
	assert_string_equal(event_name(TXN_EVENT_N), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_figures),   cmocka_unit_test(nothing_leaves_terminated),
		cmocka_unit_test(every_state_ends_by_itself), cmocka_unit_test(lingering),
		cmocka_unit_test(who_lingers_has_a_time),     cmocka_unit_test(names_are_there_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
