/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests and turns, on a kernel that is made up: nft_run() and its kin are here. */
#include "sbc/firewall/request.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct nft {
	char ran[16384];   /* the last transaction */
	unsigned runs;     /* since the last look */
	unsigned failures; /* so many will fail */
	int there;
};

int nft_run(struct nft *n, const char *script)
{
	n->runs++;
	snprintf(n->ran, sizeof(n->ran), "%s", script);
	if (n->failures == 0)
		return 0;
	n->failures--;
	return -1;
}

const char *nft_error(struct nft *n)
{
	(void)n;
	return "made up";
}

int nft_table_is_there(struct nft *n)
{
	return n->there;
}

json_t *nft_table(struct nft *n)
{
	(void)n;
	return NULL;
}

json_t *nft_set(struct nft *n, const char *name)
{
	(void)n;
	(void)name;
	return json_object();
}

struct bench {
	struct firewall f;
	struct nft nft;
	struct turn turn;
	char said[1024]; /* results, as digits by seq */
	struct writer w;
};

static void heard(void *ctx, unsigned client, const struct firewall_answer *a)
{
	struct bench *b = ctx;

	assert_int_equal(client, 0);
	writer_format(&b->w, "%s%u:%d", b->w.n ? " " : "", a->seq, a->result);
}

static void no_log(void *ctx, int level, const char *line)
{
	(void)ctx;
	(void)level;
	(void)line;
}

static void no_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("%s: %s", p->path, p->text);
}

static int bench_open(void **state)
{
	static const struct hash_key key = { 1, 2 };
	static const char json[] = "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}}}";
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->f.conf = conf_load(span_str(json), "sbc.json", no_problem, NULL);
	b->f.nft = &b->nft;
	b->f.log = no_log;
	b->nft.there = 1;
	b->turn.firewall = &b->f;
	b->turn.answer = heard;
	b->turn.ctx = b;
	b->turn.now = 1000000;
	assert_int_equal(book_init(&b->f.book, &key), 0);
	*state = b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	book_fini(&b->f.book);
	conf_free((struct config *)(uintptr_t)b->f.conf);
	free(b);
	return 0;
}

static struct firewall_hole hole(uint64_t id, const char *ours, const char *peer)
{
	struct firewall_hole h = { .id = id, .protocol = IPPROTO_UDP, .idle_s = 30 };

	if (ours)
		assert_int_equal(addr_parse(span_str(ours), 0, &h.ours), 0);
	if (peer)
		assert_int_equal(addr_parse(span_str(peer), 0, &h.peer), 0);
	return h;
}

static void ask(struct bench *b, enum firewall_verb verb, uint32_t seq, struct firewall_hole h)
{
	struct firewall_request r = { verb, seq, .hole = h };

	request_take(&b->turn, 0, true, &r);
}

static void hello(struct bench *b, uint32_t seq, const char *name)
{
	struct firewall_request r = { FIREWALL_HELLO, seq, .name = span_str(name) };

	request_take(&b->turn, 0, true, &r);
}

static void ban(struct bench *b, enum firewall_verb verb, uint32_t seq, const char *whom, uint32_t seconds)
{
	struct firewall_request r = { verb, seq, .ban.seconds = seconds };

	assert_int_equal(prefix_parse(span_str(whom), &r.ban.whom), 0);
	request_take(&b->turn, 0, true, &r);
}

/* Ends the turn: so many transactions, these answers. */
static void commit(struct bench *b, unsigned runs, const char *said)
{
	b->nft.runs = 0;
	b->nft.ran[0] = '\0';
	memset(b->said, 0, sizeof(b->said));
	b->w = writer_over(b->said, sizeof(b->said) - 1);
	turn_commit(&b->turn);
	assert_string_equal(b->said, said);
	assert_int_equal(b->nft.runs, runs);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void a_turn_is_one_transaction(void **state)
{
	struct bench *b = *state;

	hello(b, 1, "edge1");
	ask(b, FIREWALL_OPEN, 2, hole(1, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_OPEN, 3, hole(2, "10.0.0.5:10002", NULL));
	ban(b, FIREWALL_BAN, 4, "192.0.2.0/24", 60);
	ask(b, FIREWALL_CLOSE, 5, hole(3, NULL, NULL));
	commit(b, 1, "1:0 2:0 3:0 4:0 5:1");
	assert_int_equal(count(b->nft.ran, "add set"), 2);
	assert_int_equal(count(b->nft.ran, "add element"), 2); /* one for both holes */
	/* The sets are there now. */
	ask(b, FIREWALL_NARROW, 6, hole(1, NULL, "192.0.2.9:4000"));
	ban(b, FIREWALL_BAN, 7, "192.0.3.0/24", 60);
	commit(b, 1, "6:0 7:0");
	assert_int_equal(count(b->nft.ran, "add set"), 1);
	assert_non_null(strstr(b->nft.ran, "delete element inet natsbc any4_udp_idle30 { 10.0.0.5 . 10000 }"));
	assert_non_null(strstr(b->nft.ran, "peer4_udp_idle30 { 0xc00002090a000005 . 262154000 "));
	commit(b, 0, ""); /* nothing to do */
}

static void what_never_was_leaves_no_element(void **state)
{
	struct bench *b = *state;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_NARROW, 2, hole(1, NULL, "192.0.2.9"));
	ask(b, FIREWALL_CLOSE, 3, hole(1, NULL, NULL));
	ban(b, FIREWALL_BAN, 4, "192.0.2.0/24", 60);
	ban(b, FIREWALL_UNBAN, 5, "192.0.2.0/24", 0);
	commit(b, 1, "1:0 2:0 3:0 4:0 5:0");
	assert_int_equal(count(b->nft.ran, "element"), 0);
	assert_int_equal(b->f.book.by_id.count + b->f.book.bans.count, 0);
}

/* Deleting comes before adding: what is there is not refreshed by being added again. */
static void opening_again_refreshes(void **state)
{
	struct bench *b = *state;
	const char *gone, *back;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	ban(b, FIREWALL_BAN, 2, "192.0.2.0/24", 60);
	commit(b, 1, "1:0 2:0");
	ask(b, FIREWALL_OPEN, 3, hole(1, "10.0.0.5:10000", NULL));
	ban(b, FIREWALL_BAN, 4, "192.0.2.0/24", 90);
	commit(b, 1, "3:0 4:0");
	gone = strstr(b->nft.ran, "delete element inet natsbc any4_udp_idle30 { 10.0.0.5");
	back = strstr(b->nft.ran, "add element inet natsbc any4_udp_idle30 { 10.0.0.5");
	assert_true(gone && back && gone < back);
	gone = strstr(b->nft.ran, "delete element inet natsbc ban4_24 { 192.0.2.0");
	back = strstr(b->nft.ran, "add element inet natsbc ban4_24 { 192.0.2.0 timeout 90s");
	assert_true(gone && back && gone < back);
}

static void a_port_leads_to_who_asked_last(void **state)
{
	struct bench *b = *state;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	commit(b, 1, "1:0");
	ask(b, FIREWALL_OPEN, 2, hole(2, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_CLOSE, 3, hole(1, NULL, NULL));
	commit(b, 1, "2:0 3:1");
	assert_non_null(book_hole(&b->f.book, b->f.instance, 2));
	assert_int_equal(b->f.book.by_id.count, 1);
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct bench *b = *state;
	struct firewall_hole h = hole(1, "10.0.0.5:10000", NULL);

	h.idle_s = 0;
	ask(b, FIREWALL_OPEN, 1, h);
	h = hole(1, "10.0.0.5", NULL);
	ask(b, FIREWALL_OPEN, 2, h);
	ask(b, FIREWALL_OPEN, 3, hole(1, "10.0.0.5:10000", "[2001:db8::1]:5"));
	h = hole(1, "10.0.0.5:10000", NULL);
	h.protocol = IPPROTO_ICMP;
	ask(b, FIREWALL_OPEN, 4, h);
	ban(b, FIREWALL_BAN, 5, "0.0.0.0/0", 60);
	ban(b, FIREWALL_BAN, 6, "192.0.2.0/24", 0);
	hello(b, 7, "");
	ask(b, FIREWALL_NARROW, 8, hole(1, NULL, "192.0.2.9"));
	ask(b, FIREWALL_OPEN, 10, hole(1, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_NARROW, 11, hole(1, NULL, NULL));
	commit(b, 1, "1:3 2:3 3:3 4:3 5:3 6:3 7:3 8:1 10:0 11:3");
	assert_int_equal(b->f.book.by_id.count, 1);
}

static void nobody_asks_before_he_says_who_he_is(void **state)
{
	struct firewall_request r = { FIREWALL_LIST, 1, .hole = { 0 } };
	struct bench *b = *state;

	request_take(&b->turn, 0, false, &r);
	r.verb = FIREWALL_CLOSE;
	request_take(&b->turn, 0, false, &r);
	commit(b, 0, "1:3 1:3");
}

/* Silence closed one of them: the kernel has no such element, and refuses the whole. */
static void a_second_try_is_careful(void **state)
{
	struct bench *b = *state;
	const char *touched, *gone;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	commit(b, 1, "1:0");
	ask(b, FIREWALL_CLOSE, 2, hole(1, NULL, NULL));
	b->nft.failures = 1;
	commit(b, 2, "2:0");
	touched = strstr(b->nft.ran, "add element inet natsbc any4_udp_idle30 { 10.0.0.5 . 10000 }");
	gone = strstr(b->nft.ran, "delete element inet natsbc any4_udp_idle30 { 10.0.0.5 . 10000 }");
	assert_true(touched && gone && touched < gone);
	assert_false(b->f.unsure);
}

static void what_fails_is_told_and_made_good(void **state)
{
	struct bench *b = *state;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	ban(b, FIREWALL_BAN, 2, "192.0.2.0/24", 60);
	ask(b, FIREWALL_CLOSE, 3, hole(7, NULL, NULL));
	b->nft.failures = 2;
	commit(b, 2, "1:4 2:4 3:1");
	assert_int_equal(b->f.book.by_id.count + b->f.book.bans.count, 0);
	assert_true(b->f.unsure);
	firewall_check(&b->f, b->turn.now); /* the table as the book has it */
	assert_false(b->f.unsure);
	assert_non_null(strstr(b->nft.ran, "delete table inet natsbc"));
	/* Its sets were not made: they are now. */
	ask(b, FIREWALL_OPEN, 4, hole(1, "10.0.0.5:10000", NULL));
	commit(b, 1, "4:0");
	assert_int_equal(count(b->nft.ran, "add set"), 1);
}

static void a_table_that_was_taken_away_is_made_anew(void **state)
{
	struct bench *b = *state;

	ask(b, FIREWALL_OPEN, 1, hole(1, "10.0.0.5:10000", NULL));
	commit(b, 1, "1:0");
	b->nft.there = 0;
	b->nft.failures = 2;
	ask(b, FIREWALL_OPEN, 2, hole(2, "10.0.0.5:10002", NULL));
	commit(b, 3, "2:0");
	assert_non_null(strstr(b->nft.ran, "table inet natsbc {"));
	assert_non_null(strstr(b->nft.ran, "10.0.0.5 . 10000"));
	assert_non_null(strstr(b->nft.ran, "10.0.0.5 . 10002"));
	assert_int_equal(count(b->nft.ran, "add set"), 1);
}

static void pass(struct bench *b, unsigned ms, unsigned runs)
{
	b->turn.now += ms;
	request_sweep(&b->turn);
	commit(b, runs, "");
}

/* Its calls go on while it asks again, under numbers that may be those of other holes. */
static void another_instance_takes_over(void **state)
{
	struct firewall_hole by_hand = hole(3, "10.0.0.5:10004", NULL);
	struct bench *b = *state;

	by_hand.lifetime_s = 3600;
	hello(b, 1, "edge1");
	ask(b, FIREWALL_OPEN, 2, hole(1, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_OPEN, 3, hole(2, "10.0.0.5:10002", NULL));
	ask(b, FIREWALL_OPEN, 4, by_hand);
	commit(b, 1, "1:0 2:0 3:0 4:0");
	hello(b, 5, "edge2");
	ask(b, FIREWALL_CLOSE, 6, hole(1, NULL, NULL)); /* it has none yet */
	commit(b, 0, "5:0 6:1");
	ask(b, FIREWALL_OPEN, 7, hole(1, "10.0.0.5:10002", NULL));
	commit(b, 1, "7:0");
	assert_null(strstr(b->nft.ran, "10000"));
	pass(b, 9999, 0);
	assert_int_equal(b->f.book.by_id.count, 3);
	pass(b, 1, 1);
	assert_int_equal(b->f.book.by_id.count, 1);
	assert_int_equal(book_hole(&b->f.book, b->f.instance, 1)->said.ours.port, 10002);
}

/* The same instance, connected anew: what it does not ask for again, nobody will close. */
static void what_nobody_asks_for_again_is_closed(void **state)
{
	struct firewall_hole by_hand = hole(3, "10.0.0.5:10004", NULL);
	struct bench *b = *state;

	by_hand.lifetime_s = 3600;
	hello(b, 1, "edge1");
	ask(b, FIREWALL_OPEN, 2, hole(1, "10.0.0.5:10000", NULL));
	ask(b, FIREWALL_OPEN, 3, hole(2, "10.0.0.5:10002", NULL));
	ask(b, FIREWALL_OPEN, 4, by_hand);
	commit(b, 1, "1:0 2:0 3:0 4:0");
	hello(b, 5, "edge1");
	ask(b, FIREWALL_OPEN, 6, hole(2, "10.0.0.5:10002", NULL));
	commit(b, 1, "5:0 6:0");
	pass(b, 9999, 0);
	pass(b, 1, 1);
	assert_null(book_hole(&b->f.book, b->f.instance, 1));
	assert_non_null(book_hole(&b->f.book, b->f.instance, 2));
	assert_non_null(book_hole(&b->f.book, b->f.instance, 3));
}

static void kinds_are_not_without_end(void **state)
{
	struct bench *b = *state;
	struct firewall_hole h = hole(0, "10.0.0.5:10000", NULL);

	for (h.id = 1; h.id <= FIREWALL_KINDS_MAX; h.id++) {
		h.idle_s = (uint32_t)h.id;
		h.ours.port++;
		ask(b, FIREWALL_OPEN, 0, h);
	}
	turn_commit(&b->turn);
	h.idle_s = 1000;
	ask(b, FIREWALL_OPEN, 1, h);
	h = hole(h.id, "10.0.0.5:9999", NULL);
	ask(b, FIREWALL_OPEN, 2, h);
	commit(b, 1, "1:2 2:0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
	const struct CMUnitTest tests[] = {
		TEST(a_turn_is_one_transaction),
		TEST(what_never_was_leaves_no_element),
		TEST(opening_again_refreshes),
		TEST(a_port_leads_to_who_asked_last),
		TEST(what_makes_no_sense_is_refused),
		TEST(nobody_asks_before_he_says_who_he_is),
		TEST(a_second_try_is_careful),
		TEST(what_fails_is_told_and_made_good),
		TEST(a_table_that_was_taken_away_is_made_anew),
		TEST(another_instance_takes_over),
		TEST(what_nobody_asks_for_again_is_closed),
		TEST(kinds_are_not_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
