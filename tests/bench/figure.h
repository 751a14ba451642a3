/* SPDX-License-Identifier: BSD-3-Clause */
/* figure.h: how a benchmark measures one operation and says so: rounds, their median, one line of JSON. */
#ifndef NATSBC_BENCH_FIGURE_H
#define NATSBC_BENCH_FIGURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FIGURE_ROUNDS = 15, FIGURE_ROUND_NS = 8000000 };

struct figure {
	double median, least; /* ns for one operation, over the rounds */
};

typedef void figure_repeat_fn(void *work, uint32_t times);

/* Our own time on the processor: neighbours that take it away count for nothing. */
static inline uint64_t figure_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t figure_round(figure_repeat_fn *repeat, void *work, uint32_t times)
{
	uint64_t from = figure_clock_ns();

	repeat(work, times);
	return figure_clock_ns() - from;
}

static inline int figure_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median tells what the machine does with its neighbours about, the least what it does without. */
static inline struct figure figure_measure(figure_repeat_fn *repeat, void *work)
{
	double ns[FIGURE_ROUNDS];
	uint32_t times = 16;

	while (figure_round(repeat, work, times) < FIGURE_ROUND_NS && times < 1u << 28)
		times *= 2;
	for (unsigned i = 0; i < FIGURE_ROUNDS; i++)
		ns[i] = (double)figure_round(repeat, work, times) / times;
	qsort(ns, FIGURE_ROUNDS, sizeof(*ns), figure_compare);
	return (struct figure){ .median = ns[FIGURE_ROUNDS / 2], .least = ns[0] };
}

#endif
