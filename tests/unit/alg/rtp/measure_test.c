/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alg/rtp/measure.h"

enum { HZ = 8000, FRAME = 160, FRAME_US = 20000, SSRC = 0x1020304 };

static struct rtp_measure fresh(uint32_t hz)
{
	struct rtp_measure m = { 0 };

	rtp_measure_clock(&m, hz);
	return m;
}

static struct rtp_quality quality(const struct rtp_measure *m)
{
	struct rtp_measure copy;
	struct rtp_quality q;

	rtp_measure_copy(&copy, m);
	rtp_measure_quality(&copy, &q);
	return q;
}

/* Sequence numbers as they come; 20 ms of voice each, on time by their number. */
static void sequences(void **state)
{
	static const struct {
		const char *name, *numbers; /* "s" before a number: from another source */
		struct rtp_quality want;
	} cases[] = {
		{ "nothing", "", { 0 } },
		{ "one", "7", { .highest = 7, .expected = 1, .received = 1 } },
		{ "in order", "1 2 3 4 5", { .highest = 5, .expected = 5, .received = 5 } },
		{ "begins with 0", "0 1 2", { .highest = 2, .expected = 3, .received = 3 } },
		{ "one lost",
		  "1 2 4 5",
		  { .highest = 5, .expected = 5, .received = 4, .lost = 1, .gaps = 1, .gap_max = 1 } },
		{ "two runs lost",
		  "1 2 4 8 9",
		  { .highest = 9, .expected = 9, .received = 5, .lost = 4, .gaps = 2, .gap_max = 3 } },
		{ "two change places",
		  "1 3 2 4",
		  { .highest = 4, .expected = 4, .received = 4, .reordered = 1, .gaps = 1, .gap_max = 1 } },
		{ "twice", "1 2 2 3", { .highest = 3, .expected = 3, .received = 3, .duplicates = 1 } },
		{ "the first twice", "1 1", { .highest = 1, .expected = 1, .received = 1, .duplicates = 1 } },
		{ "late, then again",
		  "1 3 2 2 4",
		  { .highest = 4,
		    .expected = 4,
		    .received = 4,
		    .reordered = 1,
		    .duplicates = 1,
		    .gaps = 1,
		    .gap_max = 1 } },
		{ "before the first", "5 4 6", { .highest = 6, .expected = 3, .received = 3, .reordered = 1 } },
		{ "long before the first",
		  "5 2 6",
		  { .highest = 6, .expected = 5, .received = 3, .lost = 2, .reordered = 1 } },
		{ "a round", "65534 65535 0 1", { .highest = 65537, .expected = 4, .received = 4 } },
		{ "lost at the turn",
		  "65534 1",
		  { .highest = 65537, .expected = 4, .received = 2, .lost = 2, .gaps = 1, .gap_max = 2 } },
		{ "late at the turn",
		  "65535 1 0",
		  { .highest = 65537, .expected = 3, .received = 3, .reordered = 1, .gaps = 1, .gap_max = 1 } },
		{ "before the first, at the turn",
		  "0 65535 1",
		  { .highest = 1, .expected = 3, .received = 3, .reordered = 1 } },
		{ "63 back is late",
		  "100 164 101",
		  { .highest = 164,
		    .expected = 65,
		    .received = 3,
		    .lost = 62,
		    .reordered = 1,
		    .gaps = 1,
		    .gap_max = 63 } },
		{ "64 back is astray",
		  "100 165 101",
		  { .highest = 165, .expected = 66, .received = 2, .lost = 64, .gaps = 1, .gap_max = 64 } },
		{ "2999 on is loss",
		  "1 3000",
		  { .highest = 3000, .expected = 3000, .received = 2, .lost = 2998, .gaps = 1, .gap_max = 2998 } },
		{ "3000 on is astray", "1 3001 2", { .highest = 2, .expected = 2, .received = 2 } },
		{ "new numbering",
		  "1 2 9000 9001 9002",
		  { .highest = 9002, .expected = 4, .received = 4, .restarts = 1 } },
		{ "new numbering, back",
		  "9000 9001 5 6 7",
		  { .highest = 7, .expected = 4, .received = 4, .restarts = 1 } },
		{ "another source",
		  "1 2 s40000 s40001",
		  { .highest = 40001, .expected = 4, .received = 4, .restarts = 1 } },
		{ "another source after loss",
		  "1 4 s7 s9",
		  { .highest = 9, .expected = 7, .received = 4, .lost = 3, .restarts = 1, .gaps = 2, .gap_max = 2 } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rtp_measure m = fresh(HZ);
		struct rtp_quality got, want = cases[i].want;
		const char *p = cases[i].numbers;

		while (*p) {
			const bool other = *p == 's';
			char *end;
			const unsigned long n = strtoul(p + other, &end, 10);

			want.ssrc = other ? SSRC + 1 : SSRC;
			rtp_measure_packet(&m, want.ssrc, (uint16_t)n, (uint32_t)n * FRAME, false, n * FRAME_US);
			p = end + (*end == ' ');
		}
		got = quality(&m);
		if (memcmp(&got, &want, sizeof(got)) != 0)
			fail_msg("%s: highest %u, expected %u, received %u, lost %u, reordered %u, duplicates %u, gaps "
				 "%u up to "
				 "%u, restarts %u, jitter %u",
				 cases[i].name, got.highest, got.expected, got.received, got.lost, got.reordered,
				 got.duplicates, got.gaps, got.gap_max, got.restarts, got.jitter);
	}
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state % n);
}

/* RFC 3550 6.4.1 as the formula stands there: J = J + (|D| - J) / 16, over packets in the order of arrival. */
struct oracle {
	double jitter, transit;
	bool begun;
};

static void oracle_hear(struct oracle *o, double arrival_s, double timestamp, uint32_t hz)
{
	const double transit = arrival_s * hz - timestamp;
	const double d = transit > o->transit ? transit - o->transit : o->transit - transit;

	if (o->begun)
		o->jitter += (d - o->jitter) / 16;
	o->transit = transit;
	o->begun = true;
}

/* A stream over several rounds of its numbers through a bad network: whatever is lost, late or doubled is known to the
 * test, which keeps every number it has seen. */
static void bad_network(void **state)
{
	enum { PACKETS = 200000, AHEAD = 8 };
	static const uint32_t clocks[] = { 8000, 16000, 48000, 90000 };
	uint8_t *seen = calloc(PACKETS + AHEAD, 1);
	(void)state;

	assert_non_null(seen);
	for (size_t c = 0; c < sizeof(clocks) / sizeof(clocks[0]); c++) {
		const uint32_t hz = clocks[c], first = 65000;
		struct rtp_measure m = fresh(hz);
		struct oracle o = { 0 };
		uint32_t received = 0, duplicates = 0, reordered = 0, highest = 0, lowest = PACKETS;
		uint64_t random = 88172645463325252u + c, now = UINT64_C(7000000000);
		struct rtp_quality q;

		memset(seen, 0, PACKETS + AHEAD);
		for (uint32_t i = AHEAD; i < PACKETS; i++) {
			/* Mostly the next, sometimes nothing, sometimes one that is late or was there already. */
			const uint32_t what = random_below(&random, 100);
			const uint32_t n = what < 90 ? i : i - random_below(&random, AHEAD);
			const uint32_t timestamp = n * (hz / 50) + 0xfffff000;
			const uint64_t arrival = now + random_below(&random, 15000);

			now += FRAME_US;
			if (what >= 97)
				continue;
			rtp_measure_packet(&m, SSRC, (uint16_t)(first + n), timestamp, false, arrival);
			if (seen[n]) {
				duplicates++;
				continue;
			}
			reordered += received && n < highest;
			seen[n] = 1;
			received++;
			highest = n > highest ? n : highest;
			lowest = n < lowest ? n : lowest;
			oracle_hear(&o, (double)arrival / 1e6, (double)n * hz / 50, hz);
		}
		q = quality(&m);
		assert_int_equal(q.received, received);
		assert_int_equal(q.expected, highest - lowest + 1);
		assert_int_equal(q.lost, q.expected - received);
		assert_int_equal(q.duplicates, duplicates);
		assert_int_equal(q.reordered, reordered);
		assert_int_equal(q.restarts, 0);
		/* Whole units: the RFC's own code is off by less than two of them. */
		if (q.jitter > o.jitter + 2 || q.jitter + 2 < o.jitter)
			fail_msg("%u Hz: jitter %u, not %.1f", hz, q.jitter, o.jitter);
		assert_in_range(q.jitter_us, (uint64_t)((o.jitter - 2) * 1e6 / hz),
				(uint64_t)((o.jitter + 2) * 1e6 / hz));
	}
	free(seen);
}

/* What is on time to the microsecond has no jitter but the clock's own steps. */
static void no_jitter(void **state)
{
	struct rtp_measure m = fresh(HZ);
	(void)state;

	for (uint32_t i = 0; i < 1000; i++)
		rtp_measure_packet(&m, SSRC, (uint16_t)i, i * FRAME, false, UINT64_C(1) << 40 | (uint64_t)i * FRAME_US);
	assert_int_equal(quality(&m).jitter, 0);
}

/* One packet 16 ms late in a steady stream: D is 128 units then, and once more when the next is on time. */
static void one_late_packet(void **state)
{
	struct rtp_measure m = fresh(HZ);
	(void)state;

	for (uint32_t i = 0; i < 10; i++)
		rtp_measure_packet(&m, SSRC, (uint16_t)i, i * FRAME, false, 1000 + i * FRAME_US + (i == 8 ? 16000 : 0));
	/* 128/16 = 8; 8 + (128 - 8)/16 = 15.5 */
	assert_in_range(quality(&m).jitter, 15, 16);
	assert_in_range(quality(&m).jitter_us, 1875, 2000);
}

/* RFC 4733 2.5.1.2: all packets of an event have the timestamp of its beginning. */
static void telephone_event(void **state)
{
	struct rtp_measure m = fresh(HZ);
	(void)state;

	for (uint32_t i = 0; i < 20; i++) {
		const uint32_t of = i < 5 ? i : i < 13 ? 5 : i;

		rtp_measure_packet(&m, SSRC, (uint16_t)i, of * FRAME, i == 5, i * FRAME_US);
	}
	assert_int_equal(quality(&m).jitter, 0);
	assert_int_equal(quality(&m).received, 20);
	assert_int_equal(quality(&m).marked, 1);
}

/* Muted for a minute, and timestamps that went on as if nothing had been: a new start, not a second of jitter. */
static void clock_set_anew(void **state)
{
	struct rtp_measure m = fresh(HZ);
	(void)state;

	for (uint32_t i = 0; i < 20; i++)
		rtp_measure_packet(&m, SSRC, (uint16_t)i, i * FRAME, false, i * FRAME_US + (i < 10 ? 0 : 60000000));
	assert_int_equal(quality(&m).jitter, 0);
}

static void clock_unknown(void **state)
{
	static const uint32_t clocks[] = { 0, MEASURE_CLOCK_MAX, UINT32_MAX };
	(void)state;

	for (size_t c = 0; c < sizeof(clocks) / sizeof(clocks[0]); c++) {
		struct rtp_measure m = fresh(clocks[c]);

		for (uint32_t i = 0; i < 20; i++)
			rtp_measure_packet(&m, SSRC, (uint16_t)i, i * FRAME, false, i * i * 1000);
		assert_int_equal(quality(&m).received, 20);
		assert_int_equal(quality(&m).jitter_us, 0);
	}
}

static void reset(void **state)
{
	static const struct rtp_quality nothing;
	struct rtp_measure m = fresh(HZ);
	struct rtp_quality q;
	(void)state;

	for (uint32_t i = 0; i < 20; i++)
		rtp_measure_packet(&m, SSRC + i / 10, (uint16_t)(i * i), i * FRAME, true, i * i * 1000);
	rtp_measure_reset(&m);
	q = quality(&m);
	assert_memory_equal(&q, &nothing, sizeof(q));
	rtp_measure_packet(&m, SSRC, 9, 0, false, 1);
	assert_int_equal(quality(&m).expected, 1);
	assert_int_equal(quality(&m).restarts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences),       cmocka_unit_test(bad_network),     cmocka_unit_test(no_jitter),
		cmocka_unit_test(one_late_packet), cmocka_unit_test(telephone_event), cmocka_unit_test(clock_set_anew),
		cmocka_unit_test(clock_unknown),   cmocka_unit_test(reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
