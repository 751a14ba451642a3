/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/workers.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* No cache line of one worker's is another's, too. */
static struct worker *worker_new(void)
{
	const size_t line = 64;

	return aligned_alloc(line, (sizeof(struct worker) + line - 1) / line * line);
}

static int workers_join(struct workers *all)
{
	for (unsigned i = 0; i < all->n; i++)
		for (unsigned k = 0; k < all->n; k++)
			if (i != k && share_join(&all->of[i]->share, &all->of[k]->share) < 0)
				return -1;
	return 0;
}

int workers_init(struct workers *all, unsigned n, struct flow_table *flows, uint32_t idle_latency_us)
{
	*all = (struct workers){ .wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	if (all->wake < 0)
		return -1;
	for (; all->n < n; all->n++) {
		struct worker *w = worker_new();

		if (!w || worker_init(w, all->n, flows, idle_latency_us, all->wake) < 0) {
			free(w);
			break;
		}
		all->of[all->n] = w;
	}
	flows->workers = n;
	if (all->n == n && workers_join(all) == 0)
		return 0;
	workers_fini(all);
	return -1;
}

void workers_fini(struct workers *all)
{
	for (unsigned i = 0; i < all->n; i++) {
		worker_fini(all->of[i]);
		free(all->of[i]);
	}
	if (all->wake >= 0)
		close(all->wake);
	*all = (struct workers){ .wake = -1 };
}

/* Interfaces of one queue are not all one worker's. */
static unsigned queue_worker(const struct workers *all, unsigned nic, unsigned queue)
{
	return (nic + queue) % all->n;
}

/* Where the worker sends by: a queue that it has, else by a worker that has one. */
static void way_out(struct workers *all, unsigned number, unsigned nic, unsigned queues)
{
	struct burst_nic *out = &all->of[number]->path.nic[nic];

	for (unsigned q = 0; q < queues; q++) {
		if (queue_worker(all, nic, q) != number)
			continue;
		out->queue = (uint16_t)q;
		return;
	}
	out->hand = &all->of[number]->share.to[queue_worker(all, nic, number % queues)];
}

int workers_nic_add(struct workers *all, const struct nic *nic)
{
	int index = -1;

	for (unsigned i = 0; i < all->n; i++) {
		index = worker_nic_add(all->of[i], nic->port, nic->mac, nic->mtu);
		if (index < 0)
			return -1;
		all->of[i]->path.nic[index].pool = nic->pool;
		way_out(all, i, (unsigned)index, nic->queues);
	}
	for (uint16_t q = 0; q < nic->queues; q++)
		if (worker_input_add(all->of[queue_worker(all, (unsigned)index, q)], (unsigned)index, q,
				     nic->socket[q]) < 0)
			return -1;
	return index;
}

void workers_nic_share(struct workers *all, unsigned device, unsigned kernel)
{
	for (unsigned i = 0; i < all->n; i++)
		worker_nic_share(all->of[i], device, kernel);
}

int workers_start(struct workers *all, unsigned lcore)
{
	for (unsigned i = 0; i < all->n; i++) {
		worker_wait_on_sockets(all->of[i]);
		if (worker_start(all->of[i], lcore + i) < 0) {
			workers_stop(all);
			return -1;
		}
	}
	return 0;
}

void workers_stop(struct workers *all)
{
	for (unsigned i = 0; i < all->n; i++)
		worker_stop(all->of[i]);
	for (unsigned i = 0; i < all->n; i++)
		worker_join(all->of[i]);
	for (unsigned i = 0; i < all->n; i++) {
		share_drain(&all->of[i]->share);
		worker_drain(all->of[i]);
	}
}

static uint64_t load(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

bool workers_have_turned(struct workers *all)
{
	bool have = true;

	for (unsigned i = 0; i < all->n; i++) {
		const uint32_t turn = __atomic_load_n(&all->of[i]->turn, __ATOMIC_RELAXED);

		have &= turn != all->turn[i];
		all->turn[i] = turn;
	}
	return have;
}

struct workers_sums workers_sums(const struct workers *all)
{
	struct workers_sums sums = { 0 };

	for (unsigned i = 0; i < all->n; i++) {
		const struct worker *w = all->of[i];

		sums.received += load(&w->path.received);
		sums.injected += load(&w->path.injected);
		sums.copied += load(&w->path.copied);
		sums.notices_lost += load(&w->notices_lost);
		sums.naps += load(&w->naps);
		for (int v = 0; v < VERDICT_N; v++)
			sums.counts.of[v] += load(&w->path.counts.of[v]);
	}
	return sums;
}
