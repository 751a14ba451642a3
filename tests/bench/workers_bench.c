/* SPDX-License-Identifier: BSD-3-Clause */
/* workers_bench.c: how much two workers relay beside one, each on a core, a queue and a circle of sessions of its own
 * (circle.h), by turns with one of them alone; and the same where each packet comes by the other one's queue, so that
 * all go from one to the other. Reckoned by the cycles of turns in which something came and nobody disturbed: on a
 * machine with neighbours the clock says what those left. */
#include <pthread.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/pool.h"
#include "rtpproxy/path/workers.h"
#include "tests/bench/circle.h"

enum {
	WORKERS = 2,
	ROUNDS = 15,
	ROUND_MS = 60,
	WARM_TURNS = 2000,
	SESSIONS = 20000,
	APART = 8,     /* queues from one worker's to the next: the ring port counts for several in one cache line */
	PACKETS = 256, /* of each worker's circle: all of them fit into one queue */
	DISTURBED = 50000, /* cycles of a turn, of which some other program took most */
};

/* Who takes part in a round, and what it did. */
struct runner {
	struct worker *worker;
	pthread_barrier_t *begin;
	unsigned core;
	uint64_t packets, cycles;
};

struct bench {
	struct rte_mempool *pool;
	struct circle circle;
	struct workers all;
	struct worker alone[WORKERS]; /* as it is where there is but one, on each queue by turns */
	uint16_t port;
};

static double clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void runner_turn(struct runner *r)
{
	const uint64_t *sent = &r->worker->path.counts.of[VERDICT_SENT], before = *sent;
	const uint64_t from = rte_rdtsc();
	const unsigned n = worker_turn(r->worker);
	const uint64_t took = rte_rdtsc() - from;

	if (n == 0 || took > DISTURBED)
		return;
	r->packets += *sent - before;
	r->cycles += took;
}

static void *runner_main(void *arg)
{
	struct runner *r = arg;
	cpu_set_t set;
	double until;

	CPU_ZERO(&set);
	CPU_SET(r->core, &set);
	(void)pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	for (int i = 0; i < WARM_TURNS; i++)
		worker_turn(r->worker);
	pthread_barrier_wait(r->begin);
	until = clock_s() + ROUND_MS / 1e3;
	while (clock_s() < until)
		for (int i = 0; i < 64; i++)
			runner_turn(r);
	return NULL;
}

/* Packets that they relay in a million cycles, if all of them are at it. */
static double round_run(struct worker *const *workers, unsigned n, unsigned core)
{
	struct runner runners[WORKERS];
	pthread_t threads[WORKERS];
	pthread_barrier_t begin;
	uint64_t packets = 0, cycles = 0;

	pthread_barrier_init(&begin, NULL, n);
	for (unsigned i = 0; i < n; i++) {
		runners[i] = (struct runner){ .worker = workers[i], .begin = &begin, .core = core + i };
		if (pthread_create(&threads[i], NULL, runner_main, &runners[i]))
			circle_fail("no thread");
	}
	for (unsigned i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		packets += runners[i].packets;
		cycles += runners[i].cycles;
	}
	pthread_barrier_destroy(&begin);
	return cycles ? n * 1e6 * (double)packets / (double)cycles : 0;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, double value, const char *unit)
{
	printf("{\"name\":\"workers_%s\",\"value\":%.2f,\"unit\":\"%s\"}\n", name, value, unit);
	fflush(stdout);
}

/* Pairs of rounds: both, and one alone on either core. */
static void measure(struct bench *b, const char *name, double aim)
{
	double both[ROUNDS], ratio[ROUNDS];
	char text[64];

	for (unsigned r = 0; r < ROUNDS; r++) {
		double alone = 0;

		both[r] = round_run(b->all.of, WORKERS, 0);
		for (unsigned i = 0; i < WORKERS; i++)
			alone += round_run(&(struct worker *){ &b->alone[i] }, 1, i) / WORKERS;
		ratio[r] = both[r] / alone;
	}
	qsort(both, ROUNDS, sizeof(double), by_value);
	qsort(ratio, ROUNDS, sizeof(double), by_value);
	snprintf(text, sizeof(text), "%s_two", name);
	report(text, both[ROUNDS / 2], "packets/Mcycle");
	printf("{\"name\":\"workers_%s_ratio\",\"value\":%.2f,\"unit\":\"ratio\",\"best\":%.2f,\"aim\":%.1f}\n", name,
	       ratio[ROUNDS / 2], ratio[ROUNDS - 1], aim);
}

static uint16_t queue_of(unsigned worker)
{
	return (uint16_t)(worker * APART);
}

static void workers_make(struct bench *b)
{
	const struct nic nic = {
		.mac = { 2, 0, 0, 0, 0, 1 }, .mtu = 1500, .queues = WORKERS, .socket = { -1, -1 }, .port = b->port
	};

	for (uint16_t i = 0; i < WORKERS; i++) {
		struct worker *w = &b->alone[i];

		if (worker_init(w, WORKERS + i, &b->circle.flows, 0, -1) < 0 ||
		    worker_nic_add(w, b->port, nic.mac, nic.mtu) != 0 || worker_input_add(w, 0, queue_of(i), -1) < 0)
			circle_fail("no worker");
		w->path.nic[0].queue = queue_of(i);
	}
	if (workers_init(&b->all, WORKERS, &b->circle.flows, 0) < 0 || workers_nic_add(&b->all, &nic) != 0)
		circle_fail("no workers");
	for (unsigned i = 0; i < WORKERS; i++) {
		b->all.of[i]->input[0].queue = queue_of(i);
		b->all.of[i]->path.nic[0].queue = queue_of(i);
	}
}

/* Each sends by the other one's queue: what comes there is for this one again. */
static void queues_cross(struct bench *b)
{
	for (unsigned i = 0; i < WORKERS; i++)
		b->all.of[i]->path.nic[0].queue = queue_of((i + 1) % WORKERS);
}

static void losses_check(const struct bench *b)
{
	const struct workers_sums sums = workers_sums(&b->all);

	for (int v = VERDICT_SENT + 1; v < VERDICT_N; v++)
		if (sums.counts.of[v])
			circle_fail(verdict_name((enum verdict)v));
}

int main(void)
{
	const struct eal_ask ask = { .megabytes = 96, .workers = WORKERS };
	struct bench b = { 0 };
	char error[256];

	if (eal_start(&ask, error, sizeof(error)) < 0)
		circle_fail(error);
	b.pool = pool_create("bench", 8 * PACKETS);
	if (!b.pool)
		circle_fail("no memory");
	b.port = circle_port_open(queue_of(WORKERS - 1) + 1, b.pool);
	circle_make(&b.circle, SESSIONS, false, WORKERS, false, false);
	workers_make(&b);
	for (unsigned i = 0; i < WORKERS; i++)
		circle_fill(&b.circle, i, PACKETS, b.pool, b.port, queue_of(i));
	measure(&b, "own_queues", 1.8);
	queues_cross(&b);
	measure(&b, "wrong_queues", 1);
	losses_check(&b);
	eal_stop();
	return 0;
}
