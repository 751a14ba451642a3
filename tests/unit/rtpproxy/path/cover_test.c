/* SPDX-License-Identifier: BSD-3-Clause */
/* Covers, and keys that come back; as threads for the thread sanitizer. */
#include "rtpproxy/path/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "tests/unit/rtpproxy/srtp_peer.h"

#define SUITE SRTP_SUITE_AES_CM_128_HMAC_SHA1_80

enum { RTP_LEN = 12 + 20, RTCP_LEN = 28, ROOM = 64 };

static void a_port_takes_so_much_mail_and_no_more(void **state)
{
	struct cover c = { 0 };
	(void)state;

	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, false, 1000000));
	assert_false(cover_mail(&c, false, 1000000));
	assert_false(cover_mail(&c, false, 1000000 + COVER_MAIL_MS - 1));
	assert_true(cover_mail(&c, false, 1000000 + COVER_MAIL_MS));
	assert_false(cover_mail(&c, false, 1000000 + COVER_MAIL_MS));
	/* What the time before allowed is not saved beyond the burst; a clock that steps back is no gift. */
	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, false, 9000000));
	assert_false(cover_mail(&c, false, 9000000));
	assert_false(cover_mail(&c, false, 8000000));
}

/* A flood of others leaves the side what it needs to keep up its consent. */
static void strangers_use_up_nothing_of_the_side(void **state)
{
	struct cover c = { 0 };
	(void)state;

	while (cover_mail(&c, false, 5000))
		;
	for (unsigned i = 0; i < COVER_MAIL_BURST; i++)
		assert_true(cover_mail(&c, true, 5000));
	assert_false(cover_mail(&c, true, 5000));
}

static void the_next_one_goes_on_where_the_last_one_was(void **state)
{
	struct cover before = { 0 }, c = { .wants_stun = true };
	(void)state;

	while (cover_mail(&before, false, 5000))
		;
	while (cover_mail(&before, true, 5000))
		;
	cover_follow(&c, &before, 0);
	assert_false(cover_mail(&c, false, 5000) || cover_mail(&c, true, 5000));
	assert_true(c.wants_stun);
}

static void it_fits_what_is_asked_for(void **state)
{
	const struct port_spec plain = { .session = 1 }, stun = { .wants_stun = true }, dtls = { .wants_dtls = true };
	struct cover *c;
	(void)state;

	assert_false(cover_is_asked(&plain));
	assert_true(cover_is_asked(&stun) && cover_is_asked(&dtls));
	c = cover_new(&stun, NULL, NULL);
	assert_non_null(c);
	assert_true(cover_fits(c, &stun));
	assert_false(cover_fits(c, &dtls));
	cover_free(c);
}

/* The sanitizer tells of what is lost. */
static void what_is_given_back_is_freed(void **state)
{
	const struct port_spec stun = { .wants_stun = true };
	struct cover_pile pile = { 0 };
	(void)state;

	for (unsigned i = 0; i < 3; i++)
		cover_give(&pile, cover_new(&stun, NULL, NULL));
	cover_pile_free(&pile);
	assert_null(pile.top);
	cover_pile_free(&pile);
}

/* --- keys that come back ------------------------------------------------------------------------------------ */

/* A port as its worker has it: by number the keys that it opens and seals with, 0: none. */
struct port {
	struct cover *c;
	struct cover_pile pile;
};

/* beside: what its pair's other port has; NULL: nothing. */
static void port_seals(struct port *t, const struct cover *beside, uint8_t opens, const struct srtp_key *seals)
{
	struct port_spec spec = { .awaits_keys = !opens, .seals = *seals };
	struct cover *before = t->c;

	if (opens)
		spec.opens = srtp_peer_key(SUITE, opens);
	t->c = cover_new(&spec, before, beside);
	assert_non_null(t->c);
	if (!before)
		return;
	cover_follow(t->c, before, 1000);
	cover_give(&t->pile, before);
	cover_pile_free(&t->pile);
}

static void port_turn_beside(struct port *t, const struct cover *beside, uint8_t opens, uint8_t seals)
{
	const struct srtp_key none = { 0 }, key = srtp_peer_key(SUITE, seals);

	port_seals(t, beside, opens, seals ? &key : &none);
}

static void port_turn(struct port *t, uint8_t opens, uint8_t seals)
{
	port_turn_beside(t, NULL, opens, seals);
}

/* It is shut: nothing is remembered there. */
static void port_shut(struct port *t)
{
	cover_give(&t->pile, t->c);
	cover_pile_free(&t->pile);
	t->c = NULL;
}

static void port_close(const struct port *t)
{
	cover_free(t->c);
}

static uint32_t make(uint8_t *p, uint16_t seq, bool control)
{
	memset(p, 0x55, ROOM);
	memcpy(p, control ? "\x80\xc8\0\6\0\0\0\7" : "\x80\0\0\0\0\0\0\0\0\0\0\7", control ? 8 : 12);
	if (control)
		return RTCP_LEN;
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	return RTP_LEN;
}

static enum seal_result say(struct cover *c, uint16_t seq, bool control)
{
	uint8_t p[ROOM];
	uint32_t n = make(p, seq, control);

	return seal_put(c->seals, p, &n, control);
}

/* Says it, and who has the key hears it: he takes no number twice. */
static void say_to(struct cover *c, struct srtp_peer *peer, uint16_t seq, bool control)
{
	uint8_t p[ROOM], plain[ROOM];
	const uint32_t whole = make(plain, seq, control);
	uint32_t n = make(p, seq, control);

	assert_int_equal(seal_put(c->seals, p, &n, control), SEAL_DONE);
	assert_int_equal(srtp_peer_hears(peer, p, n, control), whole);
	assert_memory_equal(p, plain, whole);
}

/* RFC 3711 9.1: begun anew it would be 0 that follows 65535, in the first round, and SRTCP's number 0 once more. */
static void a_key_that_comes_back_seals_where_it_was(void **state)
{
	const struct srtp_key key = srtp_peer_key(SUITE, 1);
	struct port t = { 0 };
	struct srtp_peer peer;
	(void)state;

	srtp_peer_open(&peer, &key, &key);
	port_turn(&t, 9, 1);
	for (unsigned i = 0; i < 3; i++) {
		say_to(t.c, &peer, (uint16_t)(65533 + i), false);
		say_to(t.c, &peer, 0, true);
	}
	port_turn(&t, 9, 2);
	assert_int_equal(say(t.c, 0, false), SEAL_DONE);
	port_turn(&t, 9, 1);
	assert_int_equal(say(t.c, 65535, false), SEAL_OLD);
	say_to(t.c, &peer, 0, false);
	say_to(t.c, &peer, 0, true);
	port_turn(&t, 0, 0); /* new ones are awaited, and do not come */
	assert_null(t.c->seals);
	port_turn(&t, 9, 1);
	assert_int_equal(say(t.c, 0, false), SEAL_OLD);
	say_to(t.c, &peer, 1, false);
	say_to(t.c, &peer, 0, true);
	srtp_peer_close(&peer);
	port_close(&t);
}

static void a_key_that_comes_back_opens_nothing_again(void **state)
{
	const struct srtp_key key = srtp_peer_key(SUITE, 1);
	struct port t = { 0 };
	struct srtp_peer peer;
	(void)state;

	srtp_peer_open(&peer, &key, &key);
	for (unsigned control = 0; control < 2; control++) {
		uint8_t sealed[ROOM], p[ROOM];
		const uint32_t whole = srtp_peer_seals(&peer, sealed, make(sealed, 5, control), control);

		for (unsigned i = 0; i < 3; i++) {
			uint32_t n = whole;

			port_turn(&t, 1, 9);
			memcpy(p, sealed, sizeof(p));
			assert_int_equal(cover_open(t.c, p, &n, control, 9000), i ? SEAL_OLD : SEAL_DONE);
			port_turn(&t, 2, 9);
			if (i == 1)
				port_turn(&t, 0, 0);
		}
	}
	srtp_peer_close(&peer);
	port_close(&t);
}

static void so_many_keys_are_remembered(void **state)
{
	(void)state;

	for (uint8_t others = 1; others <= COVER_KEYS; others++) {
		const enum seal_result again = others < COVER_KEYS ? SEAL_OLD : SEAL_DONE;
		struct port t = { 0 };

		for (uint8_t k = 0; k <= others; k++) {
			port_turn(&t, 9, 1 + k);
			assert_int_equal(say(t.c, 5, false), SEAL_DONE);
			/* One that was there just now takes nobody's place. */
			if (k) {
				port_turn(&t, 9, k);
				port_turn(&t, 9, 1 + k);
			}
		}
		port_turn(&t, 9, 1);
		assert_int_equal(say(t.c, 5, false), again);
		port_close(&t);
	}
}

/* Whatever it has been told once a side may choose anew with each answer. */
static void keys_of_all_suites_are_remembered(void **state)
{
	struct port t = { 0 };
	(void)state;

	for (unsigned i = 0; i < 2 * (SRTP_SUITE_N - 1); i++) {
		const struct srtp_key key = srtp_peer_key((enum srtp_suite)(1 + i % (SRTP_SUITE_N - 1)), 1);

		port_seals(&t, NULL, 9, &key);
		assert_int_equal(say(t.c, 5, false), i < SRTP_SUITE_N - 1 ? SEAL_DONE : SEAL_OLD);
	}
	port_close(&t);
}

/* RTP's port and RTCP's: with rtcp-mux the second one is shut, whatever the keys of the two are (RFC 5764 has one for
 * each). All that is said under RTCP's key, on whichever port, has a number of its own. */
static void rtcp_goes_from_port_to_port(void **state)
{
	(void)state;

	for (unsigned same = 0; same < 2; same++) {
		const uint8_t rtcp_key = same ? 1 : 3;
		const struct srtp_key keys[] = { srtp_peer_key(SUITE, 1), srtp_peer_key(SUITE, rtcp_key) };
		struct port rtp = { 0 }, rtcp = { 0 };
		struct srtp_peer peer[2];

		for (unsigned i = 0; i < 2; i++)
			srtp_peer_open(&peer[i], &keys[i], &keys[i]);
		for (unsigned i = 0; i < 6; i++) {
			port_turn_beside(&rtp, rtcp.c, 9, 1);
			if (i & 1)
				port_shut(&rtcp);
			else
				port_turn_beside(&rtcp, rtp.c, 9, rtcp_key);
			say_to(rtp.c, &peer[0], (uint16_t)(65533 + i), false);
			say_to(i & 1 ? rtp.c : rtcp.c, &peer[i & 1 || same ? 0 : 1], 0, true);
		}
		for (unsigned i = 0; i < 2; i++)
			srtp_peer_close(&peer[i]);
		port_close(&rtp);
		port_close(&rtcp);
	}
}

/* What was heard on one port is not heard again on the other. */
static void nothing_is_repeated_to_the_other_port(void **state)
{
	const struct srtp_key key = srtp_peer_key(SUITE, 1);
	struct port rtp = { 0 }, rtcp = { 0 };
	uint8_t sealed[ROOM], again[ROOM];
	struct srtp_peer peer;
	uint32_t n, whole;
	(void)state;

	srtp_peer_open(&peer, &key, &key);
	whole = n = srtp_peer_seals(&peer, sealed, make(sealed, 0, true), true);
	memcpy(again, sealed, sizeof(again));
	port_turn(&rtp, 1, 9);
	port_turn_beside(&rtcp, rtp.c, 1, 9);
	assert_int_equal(cover_open(rtcp.c, sealed, &n, true, 9000), SEAL_DONE);
	assert_int_equal(cover_open(rtp.c, again, &whole, true, 9000), SEAL_OLD);
	srtp_peer_close(&peer);
	port_close(&rtp);
	port_close(&rtcp);
}

/* What was not ordered after all takes along what is its own, and no more. */
static void what_is_not_ordered_takes_nothing_along(void **state)
{
	struct port_spec spec = { .opens = srtp_peer_key(SUITE, 7), .seals = srtp_peer_key(SUITE, 1) };
	struct port t = { 0 };
	(void)state;

	port_turn(&t, 9, 1);
	assert_int_equal(say(t.c, 5, false), SEAL_DONE);
	port_turn(&t, 9, 2);
	cover_free(cover_new(&spec, t.c, NULL));
	cover_free(cover_new(&spec, NULL, t.c));
	cover_free(cover_new(&spec, NULL, NULL));
	cover_free(NULL);
	port_turn(&t, 9, 1);
	assert_int_equal(say(t.c, 5, false), SEAL_OLD);
	port_close(&t);
}

/* --- two threads, for the thread sanitizer ------------------------------------------------------------------ */

enum { TURNS = 2000, AHEAD = 8, KEYS = COVER_KEYS };

/* Covers on their way to the worker, as orders go: each by its place modulo AHEAD. */
struct way {
	struct cover *order[AHEAD];
	uint32_t ordered, taken;
	struct cover_pile pile;
	uint32_t sealed, sealed_twice, opened; /* by the worker; to be looked at when it is done */
};

static struct port_spec spec_of(unsigned turn)
{
	return (struct port_spec){ .opens = srtp_peer_key(SUITE, (uint8_t)(turn % 3)),
				   .seals = srtp_peer_key(SUITE, (uint8_t)(turn % KEYS)),
				   .mux = turn & 1 };
}

/* Under each key a number follows the one that it had last. */
static void way_use(struct way *w, struct cover *c, unsigned turn)
{
	const uint16_t seq = (uint16_t)(turn / KEYS);
	uint8_t p[ROOM];
	uint32_t n = make(p, seq, false);

	w->sealed += say(c, seq, false) == SEAL_DONE;
	w->sealed_twice += say(c, seq, false) != SEAL_OLD;
	w->sealed_twice += seq && say(c, seq - 1, false) != SEAL_OLD;
	w->opened += cover_open(c, p, &n, false, turn) == SEAL_DONE;
}

static void *way_work(void *arg)
{
	struct way *w = arg;
	struct cover *mine = NULL;

	for (unsigned turn = 0; turn < TURNS; turn++) {
		struct cover *next;

		while (__atomic_load_n(&w->ordered, __ATOMIC_ACQUIRE) == turn)
			sched_yield();
		next = w->order[turn % AHEAD];
		if (mine) {
			cover_follow(next, mine, turn);
			cover_give(&w->pile, mine);
		}
		mine = next;
		__atomic_store_n(&w->taken, turn + 1, __ATOMIC_RELEASE);
		way_use(w, mine, turn);
	}
	return mine;
}

static void covers_pass_between_threads(void **state)
{
	struct way w = { 0 };
	struct cover *last = NULL;
	pthread_t worker;
	void *left;
	(void)state;

	assert_int_equal(pthread_create(&worker, NULL, way_work, &w), 0);
	for (unsigned turn = 0; turn < TURNS; turn++) {
		const struct port_spec spec = spec_of(turn), other = spec_of(turn + 1);

		cover_free(cover_new(&other, last, NULL));
		last = cover_new(&spec, last, NULL);
		if (!last)
			abort();
		while (turn - __atomic_load_n(&w.taken, __ATOMIC_ACQUIRE) == AHEAD)
			sched_yield();
		w.order[turn % AHEAD] = last;
		__atomic_store_n(&w.ordered, turn + 1, __ATOMIC_RELEASE);
		cover_pile_free(&w.pile);
	}
	assert_int_equal(pthread_join(worker, &left), 0);
	assert_ptr_equal(left, last);
	cover_pile_free(&w.pile);
	cover_free(left);
	assert_int_equal(w.sealed, TURNS);
	assert_int_equal(w.sealed_twice, 0);
	assert_int_equal(w.opened, 0);
}

static int all_begin(void **state)
{
	(void)state;
	return srtp_init() == srtp_err_status_ok ? 0 : -1;
}

static int all_end(void **state)
{
	(void)state;
	return srtp_shutdown() == srtp_err_status_ok ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_takes_so_much_mail_and_no_more),
		cmocka_unit_test(strangers_use_up_nothing_of_the_side),
		cmocka_unit_test(the_next_one_goes_on_where_the_last_one_was),
		cmocka_unit_test(it_fits_what_is_asked_for),
		cmocka_unit_test(what_is_given_back_is_freed),
		cmocka_unit_test(a_key_that_comes_back_seals_where_it_was),
		cmocka_unit_test(a_key_that_comes_back_opens_nothing_again),
		cmocka_unit_test(so_many_keys_are_remembered),
		cmocka_unit_test(keys_of_all_suites_are_remembered),
		cmocka_unit_test(rtcp_goes_from_port_to_port),
		cmocka_unit_test(nothing_is_repeated_to_the_other_port),
		cmocka_unit_test(what_is_not_ordered_takes_nothing_along),
		cmocka_unit_test(covers_pass_between_threads),
	};

	return cmocka_run_group_tests(tests, all_begin, all_end);
}
