/* SPDX-License-Identifier: BSD-3-Clause */
/* What is asked of a router and when, with a router that answers as it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "alg/base/octets.h"
#include "alg/nat/natpmp.h"
#include "alg/nat/portmap.h"

enum { START = 1000000, LIFETIME_S = 120, CAPACITY = 4, SENT_MAX = 64 };

struct sent {
	uint8_t bytes[PCP_REQUEST_MAX];
	uint32_t n;
};

struct world {
	struct portmap *map;
	uint64_t now;
	uint64_t born; /* of the router */
	struct sent sent[SENT_MAX];
	unsigned nsent, ntold;
	struct portmap_port told; /* the last one */
	uint32_t dice;
};

static void on_send(void *ctx, struct span datagram)
{
	struct world *w = ctx;
	struct sent *s = &w->sent[w->nsent++];

	assert_true(w->nsent < SENT_MAX && datagram.n <= sizeof(s->bytes));
	memcpy(s->bytes, datagram.p, datagram.n);
	s->n = datagram.n;
}

static void on_told(void *ctx, const struct portmap_port *p)
{
	struct world *w = ctx;

	w->told = *p;
	w->ntold++;
}

static void on_random(void *ctx, void *bytes, uint32_t n)
{
	struct world *w = ctx;

	w->dice += 7;
	memset(bytes, (int)(w->dice & 0x7f), n);
}

static int setup(void **state)
{
	static struct world w;
	struct portmap_setup s = { .lifetime_s = LIFETIME_S,
				   .capacity = CAPACITY,
				   .ctx = &w,
				   .send = on_send,
				   .told = on_told,
				   .random = on_random,
				   .now = START };

	w = (struct world){ .now = START, .born = START - 60000 };
	assert_int_equal(addr_parse(SPAN("10.0.0.5"), 0, &s.ours), 0);
	w.map = portmap_new(&s);
	*state = &w;
	return w.map ? 0 : -1;
}

static int teardown(void **state)
{
	portmap_free(((struct world *)*state)->map);
	return 0;
}

static uint32_t epoch(const struct world *w)
{
	return (uint32_t)((w->now - w->born) / 1000);
}

static const struct sent *last(const struct world *w)
{
	assert_true(w->nsent > 0);
	return &w->sent[w->nsent - 1];
}

/* The router's answer to the request q in PCP: that port, or a refusal. */
static void answer_pcp(struct world *w, const struct sent *q, unsigned result, uint16_t port, uint32_t lifetime_s)
{
	static const char outside[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\7";
	char text[PCP_REQUEST_MAX];
	struct writer a = writer_over(text, sizeof(text));

	assert_true(q->n >= 60 && q->bytes[0] == 2);
	writer_put(&a, SPAN("\2\x81"));
	writer_u16(&a, (uint16_t)result);
	writer_u32(&a, lifetime_s);
	writer_u32(&a, epoch(w));
	writer_put(&a, span_of("\0\0\0\0\0\0\0\0\0\0\0\0", 12));
	writer_put(&a, span_of(q->bytes + 24, 18));
	writer_u16(&a, port);
	writer_put(&a, span_of(outside, 16));
	portmap_receive(w->map, writer_done(&a), w->now);
}

static void answer_natpmp(struct world *w, const char *head, uint32_t n, const char *rest, uint32_t nrest)
{
	char text[32];
	struct writer a = writer_over(text, sizeof(text));

	writer_put(&a, span_of(head, n));
	writer_u32(&a, epoch(w));
	writer_put(&a, span_of(rest, nrest));
	portmap_receive(w->map, writer_done(&a), w->now);
}

/* On to when something is due, and that often. */
static void pass(struct world *w, uint64_t ms)
{
	w->now += ms;
	portmap_advance(w->map, w->now);
}

static void want(struct world *w, uint16_t port)
{
	assert_int_equal(portmap_want(w->map, IPPROTO_UDP, port, 3600, w->now), 0);
}

static void assert_open(const struct world *w, const char *where)
{
	char text[ADDR_TEXT_MAX];

	assert_int_equal(w->told.state, PORTMAP_OPEN);
	assert_string_equal(addr_text(&w->told.outside, text), where);
}

static void opens_a_port(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	assert_int_equal(w->nsent, 1);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	assert_int_equal(w->ntold, 1);
	assert_open(w, "198.51.100.7:5060");
	want(w, 5060);
	assert_int_equal(w->ntold, 2);
	assert_int_equal(w->nsent, 1);
}

/* Between half and five eighths of the time, and the nonce stays: else it would be somebody else's (11.3.2). */
static void renews_in_time(void **state)
{
	struct world *w = *state;
	struct sent first;

	want(w, 5060);
	first = *last(w);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	pass(w, 59000);
	assert_int_equal(w->nsent, 1);
	pass(w, 17000);
	assert_int_equal(w->nsent, 2);
	assert_memory_equal(first.bytes + 24, last(w)->bytes + 24, PCP_NONCE);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	assert_int_equal(w->ntold, 1);
}

static void asks_again_without_an_answer(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	pass(w, 2600);
	assert_int_equal(w->nsent, 1);
	pass(w, 800);
	assert_int_equal(w->nsent, 4); /* PCP, then the address and the port by NAT-PMP: one of these it may know */
	pass(w, 7000);
	assert_int_equal(w->ntold, 0);
	pass(w, 14000);
	assert_int_equal(w->ntold, 1);
	assert_int_equal(w->told.state, PORTMAP_REFUSED);
	assert_string_equal(w->told.why, "it does not answer");
	/* It is there after all. */
	for (unsigned i = w->nsent; i-- > 0;)
		if (w->sent[i].bytes[0] == 2) {
			answer_pcp(w, &w->sent[i], 0, 5060, LIFETIME_S);
			break;
		}
	assert_open(w, "198.51.100.7:5060");
}

static void tells_why_it_is_refused(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_pcp(w, last(w), PCP_NOT_AUTHORIZED, 0, 60);
	assert_int_equal(w->told.state, PORTMAP_REFUSED);
	assert_string_equal(w->told.why, pcp_result_text(PCP_NOT_AUTHORIZED));
	pass(w, 59000);
	assert_int_equal(w->nsent, 1);
	pass(w, 2000);
	assert_int_equal(w->nsent, 2);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	assert_open(w, "198.51.100.7:5060");
}

static void takes_no_other_port(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_pcp(w, last(w), 0, 6000, LIFETIME_S);
	assert_int_equal(w->told.state, PORTMAP_REFUSED);
	assert_int_equal(w->nsent, 2);
	assert_int_equal(octets_u32(last(w)->bytes + 4), 0);
}

static void takes_no_strangers_word(void **state)
{
	struct world *w = *state;
	struct sent forged;

	want(w, 5060);
	forged = *last(w);
	forged.bytes[24] ^= 1;
	answer_pcp(w, &forged, 0, 5060, LIFETIME_S);
	assert_int_equal(w->ntold, 0);
}

static void falls_back_to_natpmp(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_natpmp(w, "\0\x81\0\1", 4, "", 0);
	assert_int_equal(w->nsent, 3);
	assert_int_equal(last(w)->n, NATPMP_REQUEST_MAX);
	assert_int_equal(w->sent[1].n, 2);
	answer_natpmp(w, "\0\x80\0\0", 4, "\xc6\x33\x64\7", 4);
	answer_natpmp(w, "\0\x81\0\0", 4, "\x13\xc4\x13\xc4\0\0\0\x78", 8);
	assert_open(w, "198.51.100.7:5060");
	/* Nobody asked. */
	answer_natpmp(w, "\0\x81\0\2", 4, "\x13\xc4\0\0\0\0\0\0", 8);
	assert_int_equal(w->ntold, 1);
	/* The address changed meanwhile. */
	pass(w, 76000);
	answer_natpmp(w, "\0\x80\0\0", 4, "\xc6\x33\x64\x8", 4);
	answer_natpmp(w, "\0\x81\0\0", 4, "\x13\xc4\x13\xc4\0\0\0\x78", 8);
	assert_open(w, "198.51.100.8:5060");
}

/* It speaks neither: it is not asked for ever, at once. */
static void is_not_sent_in_circles(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	for (unsigned i = 0; i < 5; i++)
		answer_natpmp(w, "\0\x81\0\1", 4, "", 0);
	assert_int_equal(w->nsent, 3);
}

static void begins_anew_with_the_router(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	want(w, 5061);
	answer_pcp(w, last(w), 0, 5061, LIFETIME_S);
	pass(w, 10000);
	assert_int_equal(w->nsent, 2);
	w->born = w->now; /* it was switched off and on */
	want(w, 5062);
	answer_pcp(w, last(w), 0, 5062, LIFETIME_S);
	assert_true(w->nsent >= 5);
	assert_memory_equal(w->sent[3].bytes + 24, w->sent[0].bytes + 24, 18);
}

static void its_clock_may_drift(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	w->now += 100000;
	w->born += 5000;
	want(w, 5061);
	assert_true(w->nsent >= 2);
	w->nsent = 0;
	want(w, 5062);
	answer_pcp(w, last(w), 0, 5062, LIFETIME_S);
	assert_int_equal(w->nsent, 1);
}

static void gives_back_what_is_not_wanted(void **state)
{
	struct world *w = *state;

	want(w, 5060);
	answer_pcp(w, last(w), 0, 5060, LIFETIME_S);
	portmap_leave(w->map, IPPROTO_UDP, 5060, w->now);
	assert_int_equal(w->nsent, 2);
	assert_int_equal(octets_u32(last(w)->bytes + 4), 0);
	assert_null(portmap_find(w->map, IPPROTO_UDP, 5060));
	assert_int_equal(portmap_next(w->map), UINT64_MAX);
	/* Or not any longer. */
	assert_int_equal(portmap_want(w->map, IPPROTO_UDP, 5061, 40, w->now), 0);
	answer_pcp(w, last(w), 0, 5061, LIFETIME_S);
	pass(w, 41000);
	assert_int_equal(octets_u32(last(w)->bytes + 4), 0);
	assert_null(portmap_find(w->map, IPPROTO_UDP, 5061));
}

static void has_an_end(void **state)
{
	struct world *w = *state;

	for (uint16_t i = 0; i < CAPACITY; i++)
		want(w, (uint16_t)(5060 + i));
	assert_int_equal(portmap_want(w->map, IPPROTO_UDP, 6000, 60, w->now), -1);
	assert_int_equal(portmap_want(w->map, IPPROTO_UDP, 5060, 60, w->now), 0);
	portmap_leave_all(w->map, w->now);
	assert_int_equal(w->nsent, 2 * CAPACITY);
	assert_int_equal(portmap_want(w->map, IPPROTO_TCP, 6000, 60, w->now), 0);
	assert_int_equal(last(w)->bytes[36], IPPROTO_TCP);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opens_a_port),
		TEST(renews_in_time),
		TEST(asks_again_without_an_answer),
		TEST(tells_why_it_is_refused),
		TEST(takes_no_other_port),
		TEST(takes_no_strangers_word),
		TEST(falls_back_to_natpmp),
		TEST(is_not_sent_in_circles),
		TEST(begins_anew_with_the_router),
		TEST(its_clock_may_drift),
		TEST(gives_back_what_is_not_wanted),
		TEST(has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
