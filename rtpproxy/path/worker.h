/* SPDX-License-Identifier: BSD-3-Clause */
/* worker.h: a thread that moves packets, and the rings by which control speaks with it. */
#ifndef NATSBC_RTPPROXY_WORKER_H
#define NATSBC_RTPPROXY_WORKER_H

/* The ring's own order by atomics instead of barriers: the same code, and the thread sanitizer understands it. */
#define RTE_USE_C11_MEM_MODEL
#include <poll.h>
#include <rte_ring.h>

#include "rtpproxy/path/burst.h"
#include "rtpproxy/path/orderring.h"
#include "rtpproxy/path/share.h"

enum {
	WORKER_INPUT_MAX = 64,
	WORKER_NOTICES = 4096,
	WORKER_EMPTY_POLLS = 64, /* before the first nap */
	WORKER_NAP_US = 25,      /* the first; they double up to the configured latency */
	/* With fewer packets than this in a window, to be woken by each takes less than to look for them. */
	WORKER_WINDOW_MS = 16,
	WORKER_WINDOW_PACKETS = 32,
	WORKER_QUIET_POLLS = 4, /* before it waits to be woken */
	WORKER_WAIT_MS = 50,    /* at most: orders wait as long where there are no packets */
};

struct worker_input {
	uint8_t nic;
	uint8_t kernel; /* the interface that takes what is not media; NIC_NONE: the kernel has it already */
	uint8_t pass;   /* the interface by which all that comes here leaves; NIC_NONE: it is looked at */
	uint16_t port, queue;
	int fd; /* the socket that DPDK reads it from, to sleep on; -1: none is known */
};

struct worker {
	struct burst_path path;
	struct share share; /* what it does for other workers */
	struct worker_input input[WORKER_INPUT_MAX];
	unsigned ninput;
	struct rte_ring *orders, *notices;
	int wake;  /* eventfd, of all workers: there are notices */
	bool told; /* notices posted since control was woken */
	uint32_t idle_latency_us;
	struct pollfd wait[2 + WORKER_INPUT_MAX]; /* behind the last: the bell, where only mail needs it */
	unsigned nwait;                           /* 0: nothing to wait on, it naps */
	uint64_t window_ms;
	uint32_t window_packets;
	bool busy; /* many packets in the last window */
	uint32_t turn, empty;
	uint64_t naps, notices_lost;
	uint32_t stop; /* set by control */
	uint32_t lcore;
};

/* Rings; the worker is alone. Borrows wake. 0, or -1 without memory. The path is filled in by the caller. */
int worker_init(struct worker *w, unsigned number, struct flow_table *flows, uint32_t idle_latency_us, int wake);
void worker_fini(struct worker *w);

/* An interface joins; the index by which hops name it, or -1 when there is no more room. Packets leave by its first
 * queue, unless path.nic[] is made to say otherwise. */
int worker_nic_add(struct worker *w, uint16_t port, const uint8_t mac[6], unsigned mtu);

/* Packets are taken from this queue of the interface. fd: see worker_input. 0, or -1 when there is no more room. */
int worker_input_add(struct worker *w, unsigned nic, uint16_t queue, int fd);

/* Two interfaces are the ends of one: what comes by the device and is no media goes on to the kernel's end, and all
 * that comes from there leaves by the device. */
void worker_nic_share(struct worker *w, unsigned device, unsigned kernel);

/* Where no packets come it sleeps on the sockets of its inputs, if all of them are known. */
void worker_wait_on_sockets(struct worker *w);

/* Starts the thread on a DPDK lcore; tells it to end; waits until it has. */
int worker_start(struct worker *w, unsigned lcore);
void worker_stop(struct worker *w);
void worker_join(struct worker *w);

/* What control has ordered and the thread, which has ended, has not done: nothing is sent any more. */
void worker_drain(struct worker *w);

/* One turn over all inputs: how many packets came. What the thread does, for tests and benchmarks. */
unsigned worker_turn(struct worker *w);

/* What the thread does after a turn in which nothing came: a pause, a nap, or sleep until packets come. */
void worker_idle(struct worker *w);

/* Control's ends. order_post: 0, or -1 when the ring is full. notice_take: false when there is none. */
int worker_order_post(struct worker *w, const struct order *o);
bool worker_notice_take(struct worker *w, struct notice *out);

#endif
