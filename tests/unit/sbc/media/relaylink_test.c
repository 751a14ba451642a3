/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/relaylink.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;
static struct relaylink link_;

/* What the asker heard. */
static struct heard {
	unsigned answers, silences, events;
	char message[64], result[32], event[32];
} heard;

static void copy(char *to, size_t size, struct span s)
{
	snprintf(to, size, "%.*s", SPAN_ARG(s));
}

static void on_done(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	assert_ptr_equal(env, &bench);
	assert_ptr_equal(w->user, &heard);
	/* It has left its list: the asker may go away from here. */
	assert_null(w->link);
	if (a)
		heard.answers++;
	else
		heard.silences++;
	copy(heard.message, sizeof(heard.message), buf_span(w->message));
	copy(heard.result, sizeof(heard.result), a ? a->result : (struct span){ 0 });
}

static void on_event(void *env, const struct ng_answer *event)
{
	assert_ptr_equal(env, &bench);
	heard.events++;
	copy(heard.event, sizeof(heard.event), event->event);
}

static int open_link(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	bench_open(&bench, BENCH_CONF);
	return relaylink_init(&link_, &bench.e->core, &bench, on_event);
}

static int close_link(void **state)
{
	(void)state;
	relaylink_fini(&link_);
	assert_int_equal(bench.e->core.wheel.count, 0);
	assert_int_equal(bench.e->core.bufs.bytes_out, 0);
	bench_close(&bench);
	return 0;
}

static struct relaylink_wait *ask(const char *message, struct relaylink_wait **list)
{
	struct ng_request r = { .command = NG_PING, .call_id = SPAN("c1") };

	return relaylink_ask(&link_, &r, buf_keep(&bench.e->core.bufs, span_str(message)), on_done, &heard, list);
}

static struct span cookie_of_question(unsigned i)
{
	return span_slice(bench.asked[i].text, 0, span_find(bench.asked[i].text, ' '));
}

static void answer(struct span cookie, const char *dict)
{
	relaylink_receive(&link_, bench_text(&bench, "%.*s %s", SPAN_ARG(cookie), dict));
}

#define OK "d6:result2:oke"

static void answered(void **state)
{
	struct relaylink_wait *list = NULL;

	(void)state;
	assert_non_null(ask("INVITE …", &list));
	assert_non_null(list);
	bench_expect(bench.asked[0].text, "7:command4:ping");
	bench_expect(bench.asked[0].text, link_.owner);
	answer(cookie_of_question(0), OK);
	assert_int_equal(heard.answers, 1);
	assert_string_equal(heard.result, "ok");
	assert_string_equal(heard.message, "INVITE …");
	assert_null(list);
	assert_int_equal(link_.nwait, 0);
	assert_true(link_.reachable);
	assert_true(link_.last_answer == BENCH_NOW);
	bench_pass(&bench, 10000);
	assert_int_equal(bench.nasked, 1);
}

/* The same datagram at 0, 100, 300, 700 and 1500 ms; given up at 3100. */
static void silence(void **state)
{
	static const unsigned at[] = { 0, 100, 300, 700, 1500 };

	(void)state;
	assert_non_null(ask("m", NULL));
	bench_pass(&bench, 3099);
	assert_int_equal(heard.silences, 0);
	bench_pass(&bench, 1);
	assert_int_equal(heard.silences, 1);
	assert_string_equal(heard.message, "m");
	assert_int_equal(bench.nasked, RELAYLINK_TRIES);
	for (unsigned i = 0; i < RELAYLINK_TRIES; i++) {
		assert_int_equal(bench.asked[i].at, at[i]);
		assert_true(span_eq(bench.asked[i].text, bench.asked[0].text));
	}
	assert_false(link_.reachable);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_REQUEST), 1);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_RETRY), 4);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_TIMEOUT), 1);
}

/* What was asked while it was away is asked anew as soon as it says anything, and the log does not call it away
 * again. */
static void back_again(void **state)
{
	(void)state;
	ask("lost", NULL);
	bench_pass(&bench, 1600); /* its last datagram is lost with the others */
	ask("heard", NULL);
	bench.log[0] = '\0';
	answer(cookie_of_question(bench.nasked - 1), OK);
	assert_int_equal(heard.answers, 1);
	assert_int_equal(link_.nwait, 1);
	bench_pass(&bench, 20);
	assert_true(span_eq(bench.asked[bench.nasked - 1].text, bench.asked[0].text));
	answer(cookie_of_question(0), OK);
	assert_int_equal(heard.answers, 2);
	assert_string_equal(heard.message, "lost");
	bench_pass(&bench, 5000);
	assert_int_equal(heard.silences, 0);
	assert_string_equal(bench.log, "");
}

/* Once: a question that is never answered ends, whatever else is. */
static void anew_but_once(void **state)
{
	uint64_t waited = 0;

	(void)state;
	ask("never", NULL);
	for (; heard.silences == 0 && waited < 20000; waited += 200) {
		bench_pass(&bench, 200);
		if (heard.silences == 0) {
			ask("other", NULL);
			answer(cookie_of_question(bench.nasked - 1), OK);
		}
	}
	assert_int_equal(heard.silences, 1);
	assert_in_range(waited, 3000, 6500);
}

/* What the relay answers only after it has thought is not asked anew for the answers to others. */
static void not_anew_at_once(void **state)
{
	(void)state;
	ask("slow", NULL);
	bench_pass(&bench, 50);
	ask("quick", NULL);
	answer(cookie_of_question(1), OK);
	bench_pass(&bench, 40);
	assert_int_equal(bench.nasked, 2);
	answer(cookie_of_question(0), OK);
}

/* Once when it begins, though it never answered before, and once when it is over. */
static void the_log_hears_of_it(void **state)
{
	(void)state;
	bench.log[0] = '\0';
	ask("", NULL);
	ask("", NULL);
	bench_pass(&bench, 4000);
	assert_true(strncmp(bench.log, "0 the relay does not answer (", 29) == 0);
	assert_ptr_equal(strchr(bench.log, '\n'), bench.log + strlen(bench.log) - 1);
	bench.log[0] = '\0';
	ask("", NULL);
	answer(cookie_of_question(bench.nasked - 1), OK);
	assert_string_equal(bench.log, "2 the relay answers again\n");
	ask("", NULL);
	answer(cookie_of_question(bench.nasked - 1), OK);
	assert_string_equal(bench.log, "2 the relay answers again\n");
}

/* Whatever is not the answer of a question that is out is counted and changes nothing. */
static void strays(void **state)
{
	/* Around the right cookie, which is cut after so many bytes. */
	static const struct {
		const char *before, *behind;
		size_t keep;
	} strange[] = {
		{ "1", "", 30 },  { "", "", 1 },
		{ "", "", 2 },    { "", ".", 0 },
		{ "0", "", 30 },  { "", "x", 30 },
		{ " ", "", 30 },  { "0x", "", 30 },
		{ "f", "", 30 },  { "fffffff", "", 30 },
		{ "zz", "", 30 }, { "", "0", 30 },
		{ "", ".0", 30 }, { "ffffffffffffffff", "", 30 },
	};
	enum { N = sizeof(strange) / sizeof(*strange) };
	char cookie[64], text[128];

	(void)state;
	ask("", NULL);
	snprintf(cookie, sizeof(cookie), "%.*s", SPAN_ARG(cookie_of_question(0)));
	assert_true(strncmp(cookie, "0.", 2) == 0);
	for (size_t i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "%s%.*s%s", strange[i].before, (int)strange[i].keep, cookie,
			 strange[i].behind);
		answer(span_str(text), OK);
		if (heard.answers)
			fail_msg("\"%s\" was taken for the answer", text);
	}
	relaylink_receive(&link_, SPAN(""));
	snprintf(text, sizeof(text), "%s dxe", cookie);
	relaylink_receive(&link_, span_str(text));
	relaylink_receive(&link_, span_str(cookie));
	assert_int_equal(heard.answers, 0);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_STRAY), N + 3);
	answer(span_str(cookie), OK);
	assert_int_equal(heard.answers, 1);
}

/* Places are used again; the answer to the question before finds nobody. */
static void an_answer_that_comes_twice(void **state)
{
	struct span first;

	(void)state;
	ask("first", NULL);
	first = cookie_of_question(0);
	answer(first, OK);
	ask("second", NULL);
	assert_false(span_eq(cookie_of_question(1), first));
	answer(first, OK);
	assert_int_equal(heard.answers, 1);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_STRAY), 1);
	answer(cookie_of_question(1), OK);
	assert_string_equal(heard.message, "second");
}

/* The asker goes away: the question is repeated still (the relay should hear it), its answer told to nobody. */
static void forgotten(void **state)
{
	struct relaylink_wait *list = NULL, *other = NULL;

	(void)state;
	for (int i = 0; i < 3; i++)
		ask("", &list);
	ask("stays", &other);
	relaylink_forget(&list);
	assert_null(list);
	for (unsigned i = 0; i < 3; i++)
		answer(cookie_of_question(i), OK);
	assert_int_equal(heard.answers, 0);
	assert_int_equal(link_.nwait, 1);
	answer(cookie_of_question(3), OK);
	assert_string_equal(heard.message, "stays");
	assert_null(other);
}

/* Answers in any order take the right ones off the list. */
static void a_list_of_questions(void **state)
{
	static const unsigned order[] = { 1, 3, 0, 2 };
	struct relaylink_wait *list = NULL;

	(void)state;
	for (int i = 0; i < 4; i++)
		ask("", &list);
	for (unsigned i = 0; i < 4; i++) {
		unsigned left = 0;

		answer(cookie_of_question(order[i]), OK);
		for (struct relaylink_wait *w = list; w; w = w->next)
			left++;
		assert_int_equal(left, 3 - i);
	}
}

static void events_come_unasked(void **state)
{
	(void)state;
	relaylink_receive(&link_, SPAN("e7 d7:call-id2:c15:event13:media-timeoute"));
	assert_int_equal(heard.events, 1);
	assert_string_equal(heard.event, "media-timeout");
	assert_true(link_.reachable);
}

static void too_many_questions(void **state)
{
	struct ng_request r = { .command = NG_PING };

	(void)state;
	for (int i = 0; i < RELAYLINK_WAITS; i++) {
		assert_non_null(relaylink_ask(&link_, &r, NULL, NULL, NULL, NULL));
		/* Not the bench's to keep. */
		free(bench.texts[--bench.ntext]);
		bench.nasked = 0;
	}
	assert_null(relaylink_ask(&link_, &r, NULL, NULL, NULL, NULL));
	assert_int_equal(link_.nwait, RELAYLINK_WAITS);
}

static void too_long_a_question(void **state)
{
	static char sdp[70000];
	struct ng_request r = { .command = NG_OFFER, .sdp = span_of(sdp, sizeof(sdp)) };
	struct relaylink_wait *list = NULL;

	(void)state;
	assert_null(relaylink_ask(&link_, &r, NULL, on_done, &heard, &list));
	assert_null(list);
	assert_int_equal(link_.nwait, 0);
	assert_int_equal(bench.nasked, 0);
}

/* What is out when the program ends is freed: close_link() counts. */
static void ended_while_asking(void **state)
{
	struct relaylink_wait *list = NULL;

	(void)state;
	ask("kept", &list);
	assert_int_equal(link_.nwait, 1);
	relaylink_forget(&list);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_link, close_link)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answered),
		TEST(silence),
		TEST(back_again),
		TEST(anew_but_once),
		TEST(not_anew_at_once),
		TEST(the_log_hears_of_it),
		TEST(strays),
		TEST(an_answer_that_comes_twice),
		TEST(forgotten),
		TEST(a_list_of_questions),
		TEST(events_come_unasked),
		TEST(too_many_questions),
		TEST(too_long_a_question),
		TEST(ended_while_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
