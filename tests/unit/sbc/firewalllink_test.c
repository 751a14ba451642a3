/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewalllink.h"

#include "tests/unit/sbc/bench.h"

enum { THINGS = 2000 };

/* Something to be told, by its number. */
struct thing {
	struct firewalllink_item item;
	uint64_t id;
	unsigned written, answered;
	enum firewall_result result;
	bool nothing; /* there is nothing to tell */
};

static struct bench bench;
static struct firewalllink l;
static struct thing things[THINGS];
static unsigned nagain, npacket, ntold;
static bool takes; /* the socket */
static char packets[64][WIRE_REQUESTS_MAX];
static uint32_t sizes[64];

static bool on_firewall(void *ctx, struct span packet)
{
	(void)ctx;
	if (!takes)
		return false;
	assert_in_range(packet.n, WIRE_HEAD + WIRE_REQUEST, WIRE_REQUESTS_MAX);
	assert_true(npacket < 64);
	memcpy(packets[npacket], packet.p, packet.n);
	sizes[npacket++] = packet.n;
	return true;
}

static bool thing_write(void *ctx, struct firewalllink_item *i, struct firewall_request *out)
{
	struct thing *t = (struct thing *)i;

	assert_ptr_equal(ctx, &things);
	if (t->nothing)
		return false;
	t->written++;
	out->verb = FIREWALL_CLOSE;
	out->hole.id = t->id;
	return true;
}

static void thing_answered(void *ctx, struct firewalllink_item *i, const struct firewall_answer *a)
{
	struct thing *t = (struct thing *)i;

	assert_ptr_equal(ctx, &things);
	t->answered++;
	t->result = a->result;
}

static const struct firewalllink_kind kind = { thing_write, thing_answered };

static void tell(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		firewalllink_tell(&l, &things[i].item);
}

static void on_again(void *ctx)
{
	assert_ptr_equal(ctx, &nagain);
	nagain++;
	tell(0, ntold);
}

static int open_link(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench.e->core.out.firewall = on_firewall;
	memset(things, 0, sizeof(things));
	for (unsigned i = 0; i < THINGS; i++) {
		things[i].id = i;
		things[i].item = (struct firewalllink_item){ .kind = &kind, .ctx = &things };
	}
	nagain = npacket = ntold = 0;
	takes = true;
	return firewalllink_init(&l, &bench.e->core, "edge-1", on_again, &nagain);
}

static int close_link(void **state)
{
	(void)state;
	firewalllink_fini(&l);
	bench_close(&bench);
	return 0;
}

/* Request number i of that packet. */
static struct firewall_request request(unsigned packet, unsigned i)
{
	struct firewall_request r;
	uint32_t seq;

	assert_true(packet < npacket);
	assert_int_equal(wire_request_read(span_of(packets[packet], sizes[packet]), i, &r, &seq), 0);
	return r;
}

static int requests(unsigned packet)
{
	assert_true(packet < npacket);
	return wire_requests(span_of(packets[packet], sizes[packet]));
}

static void answer_with(struct firewall_answer a)
{
	char text[WIRE_HEAD + WIRE_ANSWER];
	struct writer w = writer_over(text, sizeof(text));

	wire_answer_write(&w, &a);
	assert_false(w.failed);
	firewalllink_receive(&l, writer_done(&w));
}

static void answer(uint32_t seq, enum firewall_verb verb, enum firewall_result result)
{
	answer_with((struct firewall_answer){ .seq = seq, .verb = verb, .result = result, .last = true });
}

/* Answers everything that was asked; packets are forgotten. */
static void answer_all(void)
{
	for (unsigned k = 0; k < npacket; k++)
		for (int i = 0; i < requests(k); i++) {
			struct firewall_request r = request(k, (unsigned)i);

			answer(r.seq, r.verb, FIREWALL_DONE);
		}
	npacket = 0;
}

static void connect_link(void)
{
	firewalllink_connected(&l);
	firewalllink_flush(&l);
	answer_all();
}

/* ----- the tests ----- */

static void who_we_are_comes_first(void **state)
{
	(void)state;
	ntold = 3;
	firewalllink_connected(&l);
	firewalllink_flush(&l);
	assert_int_equal(npacket, 1);
	assert_int_equal(requests(0), 4);
	assert_int_equal(request(0, 0).verb, FIREWALL_HELLO);
	assert_true(span_eq(request(0, 0).name, SPAN("edge-1")));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(request(0, 1 + i).hole.id, i);
	assert_int_equal(nagain, 1);
	answer_all();
	assert_int_equal(things[2].answered, 1);
	bench_expect(span_str(bench.log), "sbc-firewall is there");
}

/* Nothing waits for who is not there; all of it is told when it comes, and again to the next one. */
static void all_of_it_again(void **state)
{
	(void)state;
	tell(0, 2);
	assert_null(l.first);
	firewalllink_flush(&l);
	assert_int_equal(npacket, 0);
	ntold = 2;
	connect_link();
	tell(0, 1);
	firewalllink_flush(&l);
	firewalllink_lost(&l, "it went away");
	assert_int_equal(things[0].item.seq, 0);
	assert_int_equal(l.nout, 0);
	firewalllink_lost(&l, "it is not there");
	npacket = 0;
	connect_link();
	assert_int_equal(nagain, 2);
	assert_int_equal(things[0].written, 3);
	assert_int_equal(things[1].written, 2);
	/* Told once each time, in words. */
	bench_expect(span_str(bench.log), "it went away: pinholes and bans wait for it");
	bench_expect_no(span_str(bench.log), "it is not there");
	bench_expect(span_str(bench.log), "there again");
}

/* What changes twice before the batch goes is told once, as it is then; what changes while it is out is told again. */
static void the_latest_counts(void **state)
{
	uint32_t seq;

	(void)state;
	connect_link();
	tell(5, 6);
	tell(5, 6);
	firewalllink_flush(&l);
	assert_int_equal(requests(0), 1);
	seq = request(0, 0).seq;
	tell(5, 6);
	firewalllink_flush(&l);
	assert_int_equal(requests(1), 1);
	answer(seq, FIREWALL_CLOSE, FIREWALL_FULL); /* of what is no longer so */
	assert_int_equal(things[5].answered, 0);
	answer(request(1, 0).seq, FIREWALL_CLOSE, FIREWALL_NO_SUCH);
	assert_int_equal(things[5].answered, 1);
	assert_int_equal(things[5].result, FIREWALL_NO_SUCH);
	assert_int_equal(l.nout, 0);
}

static void what_goes_away_is_not_told_of(void **state)
{
	(void)state;
	connect_link();
	tell(0, 3);
	firewalllink_forget(&l, &things[1].item);
	firewalllink_flush(&l);
	assert_int_equal(requests(0), 2);
	firewalllink_forget(&l, &things[2].item); /* its answer is on its way */
	answer_all();
	assert_int_equal(things[0].answered, 1);
	assert_int_equal(things[2].answered, 0);
	things[4].nothing = true;
	tell(4, 6);
	firewalllink_flush(&l);
	assert_int_equal(requests(0), 1);
	assert_int_equal(request(0, 0).hole.id, 5);
	answer_all();
	assert_int_equal(l.nout, 0);
	assert_null(l.first);
}

/* Batches are full, and no more wait for answers than there is room for. */
static void batches_and_window(void **state)
{
	unsigned all = 0;

	(void)state;
	ntold = THINGS;
	firewalllink_connected(&l);
	while (l.first || npacket) {
		firewalllink_flush(&l);
		assert_true(l.nout <= FIREWALLLINK_WINDOW);
		assert_true(npacket > 0);
		assert_true(!l.first || requests(0) == FIREWALL_BATCH);
		for (unsigned k = 0; k < npacket; k++)
			all += (unsigned)requests(k);
		answer_all();
	}
	assert_int_equal(all, THINGS + 1);
	for (unsigned i = 0; i < THINGS; i++)
		assert_int_equal(things[i].answered, 1);
}

static void a_socket_that_is_full(void **state)
{
	(void)state;
	connect_link();
	takes = false;
	tell(0, 600);
	firewalllink_flush(&l);
	firewalllink_flush(&l);
	assert_int_equal(npacket, 0);
	takes = true;
	firewalllink_flush(&l);
	assert_int_equal(npacket, 3);
	answer_all();
	for (unsigned i = 0; i < 600; i++)
		assert_int_equal(things[i].answered, 1);
	/* What could not be sent to the one is not sent to the next. */
	takes = false;
	tell(0, 1);
	firewalllink_flush(&l);
	firewalllink_lost(&l, "gone");
	takes = true;
	ntold = 1;
	firewalllink_connected(&l);
	firewalllink_flush(&l);
	assert_int_equal(npacket, 1);
	assert_int_equal(requests(0), 2);
}

static void answers_of_nobody(void **state)
{
	(void)state;
	firewalllink_receive(&l, SPAN("x"));
	connect_link();
	tell(0, 1);
	firewalllink_flush(&l);
	answer(request(0, 0).seq + 1, FIREWALL_CLOSE, FIREWALL_DONE);
	answer(0, FIREWALL_CLOSE, FIREWALL_DONE);
	answer(request(0, 0).seq + FIREWALLLINK_WINDOW, FIREWALL_CLOSE, FIREWALL_DONE);
	assert_int_equal(things[0].answered, 0);
	answer(request(0, 0).seq, FIREWALL_CLOSE, FIREWALL_DONE);
	answer(request(0, 0).seq, FIREWALL_CLOSE, FIREWALL_DONE);
	assert_int_equal(things[0].answered, 1);
	firewalllink_receive(&l, SPAN("no packet of ours"));
	assert_int_equal(bench_count(&bench, COUNT_FIREWALL_STRAY), 5);
}

static void it_refuses_us(void **state)
{
	(void)state;
	ntold = 1;
	firewalllink_connected(&l);
	firewalllink_flush(&l);
	answer(request(0, 0).seq, FIREWALL_HELLO, FIREWALL_REFUSED);
	assert_int_equal(l.state, FIREWALLLINK_REFUSED);
	tell(1, 2);
	firewalllink_flush(&l);
	assert_int_equal(npacket, 1);
	assert_int_equal(bench_count(&bench, COUNT_FIREWALL_REFUSED), 1);
	bench_expect(span_str(l.error), "another SBC");
	assert_int_equal(l.nout, 0); /* what was told behind it counts for nothing */
}

/* It is asked again, later each time; once it takes us it is told everything. */
static void it_refuses_us_for_a_while(void **state)
{
	uint64_t wait = FIREWALLLINK_AGAIN_MS;

	(void)state;
	ntold = 1;
	firewalllink_connected(&l);
	firewalllink_flush(&l);
	answer(request(0, 0).seq, FIREWALL_HELLO, FIREWALL_REFUSED);
	bench.log[0] = 0;
	for (unsigned i = 1; i <= 8; i++) {
		npacket = 0;
		bench_pass(&bench, wait - 10);
		assert_int_equal(npacket, 0);
		bench_pass(&bench, 20);
		assert_int_equal(npacket, 1);
		assert_int_equal(requests(0), 1);
		assert_int_equal(request(0, 0).verb, FIREWALL_HELLO);
		answer(request(0, 0).seq, FIREWALL_HELLO, i < 8 ? FIREWALL_REFUSED : FIREWALL_DONE);
		wait = 2 * wait < FIREWALLLINK_AGAIN_MOST_MS ? 2 * wait : FIREWALLLINK_AGAIN_MOST_MS;
	}
	bench_expect_no(span_str(bench.log), "wants nothing"); /* that was said */
	bench_expect(span_str(bench.log), "there again");
	assert_int_equal(l.state, FIREWALLLINK_UP);
	assert_null(l.error);
	firewalllink_flush(&l);
	assert_int_equal(nagain, 2);
	assert_int_equal(request(1, 0).hole.id, things[0].id);
}

static void what_it_refuses_is_told_again(void **state)
{
	(void)state;
	connect_link();
	tell(0, 2);
	firewalllink_flush(&l);
	answer(request(0, 0).seq, FIREWALL_CLOSE, FIREWALL_FULL);
	answer(request(0, 1).seq, FIREWALL_CLOSE, FIREWALL_FULL);
	assert_true(firewalllink_tell_later(&l, &things[0].item, FIREWALL_FULL));
	assert_false(firewalllink_tell_later(&l, &things[1].item, FIREWALL_FULL)); /* no second line for the log */
	assert_string_equal(l.error, "it holds no more");
	npacket = 0;
	firewalllink_flush(&l);
	assert_int_equal(npacket, 0);
	tell(1, 2); /* it changed: at once */
	firewalllink_flush(&l);
	assert_int_equal(requests(0), 1);
	answer_all();
	assert_non_null(l.error);
	bench_pass(&bench, FIREWALLLINK_AGAIN_MS + 10);
	firewalllink_flush(&l);
	assert_int_equal(requests(0), 1);
	answer_all();
	assert_null(l.error);
	assert_int_equal(things[0].written, 2);
	/* One that goes away is not told again. */
	assert_true(firewalllink_tell_later(&l, &things[0].item, FIREWALL_FAILED));
	firewalllink_forget(&l, &things[0].item);
	assert_null(l.later);
}

static void it_hangs(void **state)
{
	(void)state;
	connect_link();
	engine_advance(bench.e, BENCH_NOW + 60000);
	assert_false(firewalllink_is_stuck(&l)); /* nothing was asked */
	tell(0, 1);
	firewalllink_flush(&l);
	engine_advance(bench.e, BENCH_NOW + 60000 + FIREWALLLINK_PATIENCE_MS - 1);
	assert_false(firewalllink_is_stuck(&l));
	engine_advance(bench.e, BENCH_NOW + 60000 + FIREWALLLINK_PATIENCE_MS);
	assert_true(firewalllink_is_stuck(&l));
	firewalllink_lost(&l, "it does not answer");
	assert_false(firewalllink_is_stuck(&l));
}

/* ----- lists ----- */

static unsigned nrow, ndone;
static bool complete;

static void on_row(void *ctx, const struct firewall_answer *row)
{
	assert_ptr_equal(ctx, &nrow);
	assert_int_equal(row->hole.id, nrow);
	nrow++;
}

static void on_done(void *ctx, bool all)
{
	assert_ptr_equal(ctx, &nrow);
	ndone++;
	complete = all;
}

static void row(uint32_t seq, uint64_t id, bool last)
{
	struct firewall_answer a = {
		.seq = seq,
		.verb = FIREWALL_LIST,
		.result = FIREWALL_DONE,
		.last = last,
		.hole = { .id = id, .owner = SPAN("c1"), .protocol = 17, .idle_s = 30 },
	};

	assert_int_equal(addr_parse(SPAN("198.51.100.5"), 20000, &a.hole.ours), 0);
	answer_with(a);
}

static void what_is_open(void **state)
{
	struct firewalllink_list list = { on_row, on_done, &nrow, 0 };

	(void)state;
	nrow = ndone = 0;
	assert_false(firewalllink_ask_list(&l, &list));
	connect_link();
	assert_true(firewalllink_ask_list(&l, &list));
	firewalllink_flush(&l);
	assert_int_equal(request(0, 0).verb, FIREWALL_LIST);
	row(request(0, 0).seq, 0, false);
	row(request(0, 0).seq, 1, false);
	assert_int_equal(ndone, 0);
	row(request(0, 0).seq, 2, true);
	assert_int_equal(nrow, 3);
	assert_int_equal(ndone, 1);
	assert_true(complete);
	/* Nothing is open. */
	npacket = 0;
	assert_true(firewalllink_ask_list(&l, &list));
	firewalllink_flush(&l);
	answer(request(0, 0).seq, FIREWALL_LIST, FIREWALL_NO_SUCH);
	assert_int_equal(nrow, 3);
	assert_int_equal(ndone, 2);
	assert_true(complete);
	/* Who asked goes; the firewall goes. */
	npacket = 0;
	assert_true(firewalllink_ask_list(&l, &list));
	firewalllink_flush(&l);
	firewalllink_forget_list(&l, &list);
	row(request(0, 0).seq, 3, true);
	assert_int_equal(nrow, 3);
	assert_int_equal(ndone, 2);
	assert_true(firewalllink_ask_list(&l, &list));
	firewalllink_lost(&l, "gone");
	assert_int_equal(ndone, 3);
	assert_false(complete);
	assert_int_equal(l.nout, 0);
}

/* Without a way to it the link does nothing. */
static void there_is_none(void **state)
{
	struct firewalllink off;

	(void)state;
	bench.e->core.out.firewall = NULL;
	assert_int_equal(firewalllink_init(&off, &bench.e->core, "edge-1", on_again, &nagain), 0);
	assert_int_equal(off.state, FIREWALLLINK_OFF);
	firewalllink_tell(&off, &things[0].item);
	firewalllink_flush(&off);
	firewalllink_forget(&off, &things[0].item);
	assert_null(off.first);
	firewalllink_fini(&off);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_link, close_link)
	const struct CMUnitTest tests[] = {
		TEST(who_we_are_comes_first),
		TEST(all_of_it_again),
		TEST(the_latest_counts),
		TEST(what_goes_away_is_not_told_of),
		TEST(batches_and_window),
		TEST(a_socket_that_is_full),
		TEST(answers_of_nobody),
		TEST(it_refuses_us),
		TEST(it_refuses_us_for_a_while),
		TEST(what_it_refuses_is_told_again),
		TEST(it_hangs),
		TEST(what_is_open),
		TEST(there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
