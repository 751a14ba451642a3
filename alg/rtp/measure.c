/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/measure.h"

#include "alg/rtp/rtp.h"

/* A round to go back into: a packet from before the first may yet come. */
enum { FIRST_ROUND = 1 << 16 };

static uint32_t load(const uint32_t *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static uint16_t load16(const uint16_t *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static void put16(uint16_t *at, uint16_t value)
{
	__atomic_store_n(at, value, __ATOMIC_RELAXED);
}

void rtp_measure_clock(struct rtp_measure *m, uint32_t hz)
{
	/* Rounded up, so that what is on time to the microsecond is so to the unit. */
	const uint32_t rate = hz < MEASURE_CLOCK_MAX ? (uint32_t)((((uint64_t)hz << 32) + 999999) / 1000000) : 0;

	if (m->rate == rate)
		return;
	measure_put(&m->rate, rate);
	measure_put(&m->jitter, 0);
}

void rtp_measure_reset(struct rtp_measure *m)
{
	uint32_t *const numbers[] = { &m->ssrc,   &m->highest,   &m->base,       &m->before, &m->missing,
				      &m->jitter, &m->reordered, &m->duplicates, &m->gaps };
	uint16_t *const small[] = { &m->gap_max, &m->restarts, &m->marked };

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		measure_put(numbers[i], 0);
	for (unsigned i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		put16(small[i], 0);
	m->window = 0;
	m->transit = m->timestamp = 0;
	m->bad = 0;
}

/* --- packets that are not simply the next --------------------------------------------------------------- */

static uint32_t due(const struct rtp_measure *m)
{
	return m->window ? m->highest - m->base + 1 : 0;
}

/* The first packet, or the first of a new source or of new numbering. What was due before stays due. */
static void begin(struct rtp_measure *m, uint32_t ssrc, uint16_t seq, uint32_t timestamp, uint64_t arrival_us)
{
	const bool again = m->window != 0;

	measure_put(&m->before, m->before + due(m));
	measure_put(&m->ssrc, ssrc);
	measure_put(&m->highest, FIRST_ROUND | seq);
	measure_put(&m->base, FIRST_ROUND | seq);
	if (again && m->restarts < UINT16_MAX)
		put16(&m->restarts, (uint16_t)(m->restarts + 1));
	m->window = 1;
	m->bad = seq;
	m->timestamp = timestamp;
	m->transit = measure_transit(m, timestamp, arrival_us);
}

static void ahead(struct rtp_measure *m, uint32_t step, uint32_t timestamp, uint64_t arrival_us)
{
	const uint32_t missing = step - 1;

	if (missing) {
		measure_put(&m->missing, m->missing + missing);
		measure_put(&m->gaps, m->gaps + 1);
		if (missing > m->gap_max)
			put16(&m->gap_max, (uint16_t)missing);
	}
	m->window = step < MEASURE_WINDOW ? m->window << step | 1 : 1;
	measure_put(&m->highest, m->highest + step);
	measure_time(m, timestamp, arrival_us);
}

/* Late by so many, or once more. */
static void behind(struct rtp_measure *m, uint32_t late, uint32_t timestamp, uint64_t arrival_us)
{
	const uint64_t bit = UINT64_C(1) << late;
	const uint32_t number = m->highest - late;

	if (m->window & bit) {
		measure_put(&m->duplicates, m->duplicates + 1);
		return;
	}
	m->window |= bit;
	measure_put(&m->reordered, m->reordered + 1);
	if (number < m->base) {
		/* It was the first after all; those between it and the one that seemed to be are missing. */
		measure_put(&m->missing, m->missing + (m->base - number - 1));
		measure_put(&m->base, number);
	} else {
		measure_put(&m->missing, m->missing - 1);
	}
	measure_time(m, timestamp, arrival_us);
}

void rtp_measure_odd(struct rtp_measure *m, uint32_t ssrc, uint16_t seq, uint32_t timestamp, uint64_t arrival_us)
{
	const bool goes_on = m->window && ssrc == m->ssrc;
	const int step = rtp_seq_ahead((uint16_t)m->highest, seq);

	if (goes_on && step > 0 && step < MEASURE_DROPOUT)
		ahead(m, (uint32_t)step, timestamp, arrival_us);
	else if (goes_on && step <= 0 && step > -MEASURE_WINDOW)
		behind(m, (uint32_t)-step, timestamp, arrival_us);
	else if (goes_on && seq != m->bad)
		m->bad = (uint16_t)(seq + 1);
	else /* the first, or the second in a row that is far away: they mean it */
		begin(m, ssrc, seq, timestamp, arrival_us);
}

/* --- reading ---------------------------------------------------------------------------------------------- */

void rtp_measure_copy(struct rtp_measure *to, const struct rtp_measure *from)
{
	*to = (struct rtp_measure){
		.ssrc = load(&from->ssrc),
		.highest = load(&from->highest),
		.base = load(&from->base),
		.before = load(&from->before),
		.missing = load(&from->missing),
		.jitter = load(&from->jitter),
		.rate = load(&from->rate),
		.reordered = load(&from->reordered),
		.duplicates = load(&from->duplicates),
		.gaps = load(&from->gaps),
		.gap_max = load16(&from->gap_max),
		.restarts = load16(&from->restarts),
		.marked = load16(&from->marked),
	};
}

void rtp_measure_quality(const struct rtp_measure *m, struct rtp_quality *out)
{
	const bool begun = m->highest != 0; /* FIRST_ROUND */
	const uint32_t expected = begun ? m->before + (m->highest - m->base + 1) : 0;
	/* Read while a packet is counted, it may be one ahead. */
	const uint32_t lost = m->missing < expected ? m->missing : expected;

	*out = (struct rtp_quality){
		.ssrc = m->ssrc,
		.highest = begun ? m->highest - FIRST_ROUND : 0,
		.expected = expected,
		.received = expected - lost,
		.lost = lost,
		.reordered = m->reordered,
		.duplicates = m->duplicates,
		.gaps = m->gaps,
		.gap_max = m->gap_max,
		.restarts = m->restarts,
		.marked = m->marked,
		.jitter = m->jitter >> 4,
		.jitter_us = m->rate ? (uint32_t)(((uint64_t)m->jitter << 28) / m->rate) : 0,
	};
}
