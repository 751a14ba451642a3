/* SPDX-License-Identifier: BSD-3-Clause */
/* workers.h: all threads that move packets, as control sees them. Each port has one of them (datapath_worker()), each
 * queue of an interface too; what comes by a queue of another worker than its port's goes from one to the other. */
#ifndef NATSBC_RTPPROXY_WORKERS_H
#define NATSBC_RTPPROXY_WORKERS_H

#include "rtpproxy/path/nic.h"
#include "rtpproxy/path/worker.h"

struct workers {
	struct worker *of[SHARE_MAX];
	unsigned n;
	int wake;                 /* eventfd: there are notices */
	uint32_t turn[SHARE_MAX]; /* of each, when it was looked at last */
};

/* n of them, which share the table. 0, or -1 without memory. */
int workers_init(struct workers *all, unsigned n, struct flow_table *flows, uint32_t idle_latency_us);
void workers_fini(struct workers *all);

/* An interface joins, whose queues they divide; the index by which hops name it, or -1 when there is no more room. */
int workers_nic_add(struct workers *all, const struct nic *nic);

/* As worker_nic_share(). */
void workers_nic_share(struct workers *all, unsigned device, unsigned kernel);

/* Starts the threads, on the lcores from `lcore` on. 0 or -1. */
int workers_start(struct workers *all, unsigned lcore);
/* Ends them; frees what was on its way from one to another. */
void workers_stop(struct workers *all);

/* Who has the port with this index of the flow table. */
static inline struct worker *workers_of(const struct workers *all, const struct flow_table *t, uint32_t index)
{
	return all->of[flow_worker(t, index)];
}

/* All have looked for packets since it was asked last, as each does every WORKER_WAIT_MS: none has hung. */
bool workers_have_turned(struct workers *all);

/* What all of them have counted so far. */
struct workers_sums {
	uint64_t received, injected, copied, notices_lost, naps;
	struct verdict_counts counts;
};

struct workers_sums workers_sums(const struct workers *all);

#endif
