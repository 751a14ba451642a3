/* SPDX-License-Identifier: BSD-3-Clause */
/* Subscriptions: how long they live, and that each notifier of one SUBSCRIBE has one, in whatever order they speak. */
#include "sbc/call/subscription.h"

#include "tests/unit/sbc/bench.h"

enum { NOTIFIERS = 10, SEEDS = 300, STEPS = 20 };

static struct bench bench;
static struct sip_msg asked[2]; /* our SUBSCRIBE, as each of alice's phones has it */
static unsigned place;          /* whose turn it is */

/* The carrier subscribes to alice, who has so many phones. */
static void open_bench_of(unsigned phones)
{
	bench_open(&bench, "{ " BENCH_REALMS ", " BENCH_TRUNK
			   ", \"limits\": { \"calls\": 50, \"transactions\": 400, \"registrations\": 8 } }");
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	if (phones > 1)
		bench_register(&bench, "alice", "sip:desk@10.0.0.20:5062");
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "SUBSCRIBE", "sip:alice@198.51.100.5", "t", 1,
				    "Event: dialog\nExpires: 600\n", ""));
	assert_int_equal(bench.nsent, phones);
	for (place = phones; place-- > 0;) {
		asked[place] = bench_msg(bench.sent[place].text);
		assert_int_equal(asked[place].method, SIP_SUBSCRIBE);
	}
	place = 0;
}

static void open_bench(void)
{
	open_bench_of(1);
}

static struct span accepted(uint16_t status, const char *tag, const char *lines)
{
	char text[4096];
	struct writer w = writer_over(text, sizeof(text));
	struct reply r = { .status = status, .to_tag = span_str(tag), .headers = bench_text(&bench, "%s", lines) };

	reply_write(&w, &asked[place], &r);
	return bench_keep(&bench, writer_done(&w));
}

static struct span notify(const char *tag, unsigned cseq, const char *lines)
{
	return bench_text(
		&bench,
		"NOTIFY sip:x@10.0.0.5 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.20;branch=z9hG4bK%s-%u\n"
		"Max-Forwards: 70\nFrom: <sip:alice@10.0.0.5>;tag=%s\nTo: %.*s\nCall-ID: %.*s\nCSeq: %u NOTIFY\n"
		"Contact: <sip:%s@10.0.0.20>\n%sContent-Length: 0\n\n",
		tag, cseq, tag, SPAN_ARG(sip_msg_value(&asked[place], SIP_HDR_FROM)),
		SPAN_ARG(sip_msg_value(&asked[place], SIP_HDR_CALL_ID)), cseq, tag, lines);
}

/* The status that a NOTIFY gets at once; 0: it went to the subscriber. */
static unsigned told_from(struct flow from, const char *tag, unsigned cseq, const char *lines)
{
	bench_receive(&bench, from, notify(tag, cseq, lines));
	return bench_last_status(&bench);
}

static unsigned told(const char *tag, unsigned cseq, const char *lines)
{
	return told_from(bench_phone(&bench), tag, cseq, lines);
}

static void hear(void)
{
	assert_int_equal(bench_msg(bench_last(&bench)).method, SIP_NOTIFY);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
}

#define ACTIVE "Event: dialog\nSubscription-State: active\n"

/* It lives as long as the answer, then the last NOTIFY says, and a while; without a NOTIFY until Timer N. */
static void lives_as_long_as_told(void **state)
{
	static const struct {
		const char *expires, *notify;
		unsigned ms;
	} cases[] = {
		{ "Expires: 60\n", NULL, 32000 },
		{ "Expires: 60\n", ACTIVE, 92000 },
		{ "Expires: 60\n", "Event: dialog\nSubscription-State: active;expires=30\n", 62000 },
		{ "Expires: 60\n", "Event: dialog\nSubscription-State: pending;expires=90\n", 122000 },
		{ "Expires: 60\n", "Event: dialog\nSubscription-State: active;expires=99999999\n", 92000 },
		{ "Expires: 0\n", NULL, 32000 },
		{ "", ACTIVE, 3632000 },
		{ "Expires: 99999999\n", ACTIVE, 3632000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_bench();
		bench_expect(bench_last(&bench), "\r\nEvent: dialog\r\n");
		bench_receive(&bench, bench_phone(&bench), accepted(202, "one", cases[i].expires));
		assert_int_equal(bench_last_status(&bench), 202);
		assert_int_equal(bench.e->calls->kind, CALL_SUBSCRIPTION);
		if (cases[i].notify) {
			assert_int_equal(told("one", 1, cases[i].notify), 0);
			hear();
		}
		/* The binding expires before some of them: that ends nothing. */
		bench_pass(&bench, cases[i].ms - 1);
		assert_non_null(bench.e->calls);
		bench_pass(&bench, 1);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

static void the_last_notify(void **state)
{
	static const struct {
		const char *method, *lines;
		bool last;
	} cases[] = {
		{ "NOTIFY", "Subscription-State: terminated;reason=timeout\n", true },
		{ "NOTIFY", "Subscription-State: Terminated\n", true },
		{ "NOTIFY", "Subscription-State: active;expires=10\n", false },
		{ "NOTIFY", "", false },
		{ "INFO", "Subscription-State: terminated\n", false },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m =
			bench_msg(bench_request(&bench, cases[i].method, "sip:a@b", "t", 1, cases[i].lines, ""));

		assert_int_equal(subscription_is_last(&m), cases[i].last);
	}
	bench_close(&bench);
}

/* Who knows the names and is not whom we asked makes nothing of them. */
static void strangers(void **state)
{
	static const struct {
		const char *realm, *peer;
		unsigned status;
	} cases[] = {
		{ "lan", "10.0.0.20:5062", 0 },           { "lan", "10.0.0.20:40000", 0 }, /* another port of its NAT */
		{ "lan", "10.0.0.21:5062", 481 },         { "internet", "203.0.113.99:5060", 481 },
		{ "internet", "203.0.113.66:5060", 481 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_bench();
		bench_receive(&bench, bench_phone(&bench), accepted(200, "one", "Expires: 60\n"));
		assert_int_equal(told_from(bench_flow(&bench, cases[i].realm, cases[i].peer), "two", 1, ACTIVE),
				 cases[i].status);
		assert_int_equal(bench_count(&bench, COUNT_REFUSE_NOTIFIER_ELSEWHERE), cases[i].status != 0);
		assert_int_equal(bench.e->ncall, cases[i].status ? 1 : 2);
		bench_close(&bench);
	}
}

/* There is no more room than for calls, and nothing new while the program ends. */
static void no_room(void **state)
{
	(void)state;
	open_bench();
	bench_receive(&bench, bench_phone(&bench), accepted(200, "one", "Expires: 60\n"));
	assert_int_equal(told("one", 1, ACTIVE), 0);
	hear();
	bench.e->draining = true;
	assert_int_equal(told("two", 1, ACTIVE), 481);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_DRAINING), 1);
	bench.e->draining = false;
	bench_forget(&bench);
	for (unsigned i = 0; bench.e->ncall < 50; i++)
		bench_receive(&bench, bench_carrier(&bench),
			      bench_request(&bench, "SUBSCRIBE", "sip:alice@198.51.100.5",
					    bench_text(&bench, "more%u%c", i, 0).p, 1, "Event: reg\n", ""));
	assert_int_equal(told("two", 2, ACTIVE), 481);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_CALL_LIMIT), 1);
	bench_close(&bench);
}

/* ----- in any order ----- */

static struct shown {
	char tag[64]; /* under which the subscriber knows that notifier; empty: not yet */
	unsigned cseq;
} notifiers[NOTIFIERS];

static uint64_t dice;
static char trail[4096]; /* what happened so far, for who must find out why */

__attribute__((format(printf, 1, 2))) static void note(const char *fmt, ...)
{
	size_t n = strlen(trail);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trail + n, sizeof(trail) - n, fmt, ap);
	va_end(ap);
}

static unsigned roll(unsigned sides)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice >> 33) % sides;
}

static const char *name(unsigned n)
{
	static const char *const names[NOTIFIERS] = { "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9" };

	return names[n];
}

/* A notifier is one dialog, and no other's. */
static void is_shown_as(unsigned n, struct span tag)
{
	struct shown *s = &notifiers[n];

	assert_false(span_eq(tag, span_str(name(n))));
	for (unsigned i = 0; i < NOTIFIERS; i++)
		if (i != n && span_eq(tag, span_str(notifiers[i].tag)))
			fail_msg("%s is shown as %s", name(n), name(i));
	if (s->tag[0] && !span_eq(tag, span_str(s->tag)))
		fail_msg("%s is shown as %.*s, was %s\n%s", name(n), SPAN_ARG(tag), s->tag, trail);
	snprintf(s->tag, sizeof(s->tag), "%.*s", SPAN_ARG(tag));
}

static void a_notifier_tells(unsigned n)
{
	static const char *const lines[] = { ACTIVE, "Event: dialog\nSubscription-State: active;expires=40\n",
					     "Event: dialog\nSubscription-State: terminated;reason=timeout\n" };
	static const uint16_t answers[] = { 200, 200, 200, 200, 481, 500, 0 };
	uint16_t answer = answers[roll(sizeof(answers) / sizeof(*answers))];
	const char *what = lines[roll(3)];
	unsigned status = told(name(n), ++notifiers[n].cseq, what);
	struct sip_msg m;

	note("%s NOTIFY %s: %u, subscriber %u\n", name(n), what, status, answer);
	if (status)
		return;
	m = bench_msg(bench_last(&bench));
	assert_int_equal(m.method, SIP_NOTIFY);
	is_shown_as(n, sip_msg_from_tag(&m));
	if (answer)
		bench_answer(&bench, bench.nsent - 1, answer, "", "");
}

/* The 2xx to the SUBSCRIBE: of anybody, once or again. */
static void one_accepts(unsigned n)
{
	struct sip_msg m;

	bench_receive(&bench, bench_phone(&bench), accepted(200, name(n), "Expires: 50\nContact: <sip:a@10.0.0.20>\n"));
	if (!bench.nsent)
		return;
	m = bench_msg(bench.sent[0].text);
	note("%s accepts\n", name(n));
	if (m.status != 200)
		fail_msg("%u\n%s", m.status, trail);
	is_shown_as(n, sip_msg_to_tag(&m));
}

static void refreshed(unsigned n, unsigned cseq)
{
	static const char *const expires[] = { "Expires: 50\n", "Expires: 0\n" };
	static const uint16_t answers[] = { 200, 200, 200, 481, 423, 0 };
	uint16_t answer = answers[roll(sizeof(answers) / sizeof(*answers))];
	const char *lasts = expires[roll(2)];
	struct sip_msg m;

	if (!notifiers[n].tag[0])
		return;
	bench_receive(
		&bench, bench_carrier(&bench),
		bench_text(&bench,
			   "SUBSCRIBE sip:x@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKr%u\n"
			   "Max-Forwards: 70\nFrom: \"Caller\" <sip:t@example.com>;tag=ttag\nTo: <sip:a@b>;tag=%s\n"
			   "Call-ID: tcall\nCSeq: %u SUBSCRIBE\nContact: <sip:t@203.0.113.99>\nEvent: dialog\n"
			   "%sContent-Length: 0\n\n",
			   cseq, notifiers[n].tag, cseq, lasts));
	m = bench_msg(bench_last(&bench));
	note("%s refreshed %s: %u, notifier %u\n", name(n), lasts, m.status, answer);
	if (!m.is_request) {
		assert_int_equal(m.status, 481);
		return;
	}
	/* To the very one that it is of. */
	assert_int_equal(m.method, SIP_SUBSCRIBE);
	assert_true(span_eq(sip_msg_to_tag(&m), span_str(name(n))));
	if (answer)
		bench_answer(&bench, bench.nsent - 1, answer, lasts, "");
}

static void one_step(unsigned n, unsigned step)
{
	static const unsigned waits[] = { 10, 700, 9000, 40000 };
	unsigned wait;

	switch (roll(8)) {
	case 0:
		one_accepts(n);
		return;
	case 1:
	case 2:
		refreshed(n, 100 + step);
		return;
	case 3:
		wait = waits[roll(sizeof(waits) / sizeof(*waits))];
		note("%u ms\n", wait);
		bench_pass(&bench, wait);
		return;
	default:
		a_notifier_tells(n);
		return;
	}
}

/* What is over leaves nothing behind. */
static void nothing_is_left(void)
{
	for (unsigned i = 0; i < 40; i++) {
		bench_pass(&bench, 100000);
		bench_forget(&bench);
	}
	assert_null(bench.e->calls);
	assert_int_equal(bench.e->ncall, 0);
	assert_int_equal(bench.e->dialogs.count, 0);
	assert_int_equal(bench.e->core.bufs.bytes_out, 0);
}

/* How many notifiers the subscriber knows in the end. */
static unsigned play(unsigned phones)
{
	unsigned n = 0;

	memset(notifiers, 0, sizeof(notifiers));
	open_bench_of(phones);
	bench_forget(&bench);
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned who = roll(NOTIFIERS);

		place = who % phones;
		one_step(who, step);
		bench_forget(&bench);
	}
	for (unsigned i = 0; i < NOTIFIERS; i++)
		n += notifiers[i].tag[0] != '\0';
	nothing_is_left();
	bench_close(&bench);
	return n;
}

static void in_any_order(void **state)
{
	unsigned most = 0, forked = 0;

	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		unsigned phones = 1 + seed % 2, n;

		snprintf(trail, sizeof(trail), "seed %u\n", seed);
		dice = seed;
		n = play(phones);
		assert_true(phones > 1 || n <= SUBSCRIPTION_NOTIFIERS + 1);
		most = n > most ? n : most;
		forked += n > 1;
	}
	/* The dice showed what they are for. */
	assert_true(most >= SUBSCRIPTION_NOTIFIERS);
	assert_true(forked > SEEDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives_as_long_as_told),
		cmocka_unit_test(the_last_notify),
		cmocka_unit_test(strangers),
		cmocka_unit_test(no_room),
		cmocka_unit_test(in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
