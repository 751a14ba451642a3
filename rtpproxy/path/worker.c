/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/worker.h"

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_pause.h>
#include <rte_ring_elem.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "rtpproxy/path/clock.h"
#include "rtpproxy/path/dialport.h"
#include "rtpproxy/path/inject.h"

enum { ORDERS_PER_TURN = 64, HOUSEKEEPING_TURNS = 256 };

static void worker_tell(void *ctx, const struct notice *n)
{
	struct worker *w = ctx;

	if (rte_ring_sp_enqueue_elem(w->notices, (void *)(uintptr_t)n, sizeof(*n)) < 0)
		flow_count(&w->notices_lost, 1);
	w->told = true;
}

static struct rte_ring *notices_open(unsigned number)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "notices%u", number);
	return rte_ring_create_elem(name, sizeof(struct notice), WORKER_NOTICES, SOCKET_ID_ANY,
				    RING_F_SP_ENQ | RING_F_SC_DEQ);
}

int worker_init(struct worker *w, unsigned number, struct flow_table *flows, uint32_t idle_latency_us, int wake)
{
	*w = (struct worker){ .wake = wake, .idle_latency_us = idle_latency_us };
	w->path.flows = flows;
	w->path.us_rate = (uint64_t)(((unsigned __int128)1000000 << 64) / rte_get_tsc_hz());
	w->path.tell = worker_tell;
	w->path.tell_ctx = w;
	w->orders = orderring_open(number);
	w->notices = notices_open(number);
	if (share_open(&w->share, number) == 0 && w->orders && w->notices)
		return 0;
	worker_fini(w);
	return -1;
}

void worker_fini(struct worker *w)
{
	orderring_close(w->orders);
	rte_ring_free(w->notices);
	share_close(&w->share);
	*w = (struct worker){ .wake = -1, .share.bell.fd = -1 };
}

int worker_nic_add(struct worker *w, uint16_t port, const uint8_t mac[6], unsigned mtu)
{
	const unsigned nic = w->path.nnic;

	if (nic == BURST_NIC_MAX)
		return -1;
	w->path.nic[nic].port = port;
	memcpy(w->path.nic[nic].mac, mac, 6);
	w->path.nic[nic].frame_max = FRAME_ETHER + mtu;
	w->path.nnic++;
	return (int)nic;
}

int worker_input_add(struct worker *w, unsigned nic, uint16_t queue, int fd)
{
	if (w->ninput == WORKER_INPUT_MAX)
		return -1;
	w->input[w->ninput++] = (struct worker_input){
		.nic = (uint8_t)nic,
		.kernel = NIC_NONE,
		.pass = NIC_NONE,
		.port = w->path.nic[nic].port,
		.queue = queue,
		.fd = fd,
	};
	return 0;
}

void worker_nic_share(struct worker *w, unsigned device, unsigned kernel)
{
	for (unsigned i = 0; i < w->ninput; i++) {
		if (w->input[i].nic == device)
			w->input[i].kernel = (uint8_t)kernel;
		else if (w->input[i].nic == kernel)
			w->input[i].pass = (uint8_t)device;
	}
}

/* Others ring for it: workers that have something for it, and control, where packets need not come by any more. */
static bool is_rung(const struct worker *w)
{
	return w->share.n > 1 || w->path.flows->shared;
}

void worker_wait_on_sockets(struct worker *w)
{
	unsigned n = 0;

	w->nwait = 0;
	if (is_rung(w))
		w->wait[n++] = (struct pollfd){ .fd = w->share.bell.fd, .events = POLLIN };
	for (unsigned i = 0; i < w->ninput; i++) {
		if (w->input[i].fd < 0)
			return;
		w->wait[n++] = (struct pollfd){ .fd = w->input[i].fd, .events = POLLIN };
	}
	w->wait[n] = (struct pollfd){ .fd = w->share.bell.fd, .events = POLLIN };
	w->nwait = n;
}

/* What an order makes us send. */
static void order_send(struct worker *w, const struct order *o, uint64_t now)
{
	struct flow_table *t = w->path.flows;
	uint8_t digit[DIAL_LEN];

	if (o->kind == ORDER_REPLY)
		inject_frame(&w->path, o->reply.nic, o->reply.frame);
	else if (o->kind == ORDER_SEND)
		inject_queue(&w->path, o->index, o->send.bytes, o->send.n);
	else if (o->kind == ORDER_DIAL && dialport_order(t, o, now, w->path.tell, w->path.tell_ctx, digit))
		inject_queue(&w->path, t->flow[o->index].in.peer, digit, sizeof(digit));
	else
		return;
	flow_count(&w->path.injected, burst_send(&w->path));
}

static unsigned orders_apply(struct worker *w, uint64_t now)
{
	struct order o;
	unsigned n = 0;

	while (n < ORDERS_PER_TURN && orderring_take(w->orders, &o)) {
		flow_order(w->path.flows, &o, now, w->path.tell, w->path.tell_ctx);
		order_send(w, &o, now);
		n++;
	}
	return n;
}

void worker_drain(struct worker *w)
{
	struct order o;

	while (orderring_take(w->orders, &o)) {
		flow_order(w->path.flows, &o, 0, w->path.tell, w->path.tell_ctx);
		if (o.kind == ORDER_REPLY)
			rte_pktmbuf_free(o.reply.frame);
	}
}

static void worker_housekeeping(struct worker *w)
{
	const uint64_t one = 1;

	if (!w->told)
		return;
	w->told = write(w->wake, &one, sizeof(one)) != (ssize_t)sizeof(one);
}

static void window_turn(struct worker *w, uint64_t now)
{
	if (now - w->window_ms < WORKER_WINDOW_MS)
		return;
	w->busy = w->window_packets >= WORKER_WINDOW_PACKETS;
	w->window_packets = 0;
	w->window_ms = now;
}

/* What has been parsed, and is ours, on its way. */
static void burst_finish(struct worker *w, struct burst *b)
{
	burst_accept(b, &w->path);
	burst_forward(b, &w->path);
	burst_tx(b, &w->path);
}

/* What other workers have for this one. */
static __rte_noinline unsigned share_turn(struct worker *w, struct burst *b)
{
	unsigned n = share_send(&w->share, &w->path);

	for (unsigned i = 0; i < w->share.n; i++) {
		if (i == w->share.number || share_take(&w->share, i, b, &w->path) == 0)
			continue;
		n += b->n;
		burst_parse(b, &w->path);
		burst_finish(w, b);
	}
	return n;
}

unsigned worker_turn(struct worker *w)
{
	const uint64_t now = clock_ms();
	const unsigned orders = orders_apply(w, now);
	unsigned n = 0;
	struct burst b; /* 2 KiB that the stages fill in order: clearing it would cost more than they do */

	b.now = now;
	flow_beat(w->path.flows, now);
	for (unsigned i = 0; i < w->ninput; i++) {
		const struct worker_input *in = &w->input[i];

		if (burst_rx(&b, &w->path, in->port, in->queue) == 0)
			continue;
		n += b.n;
		if (unlikely(in->pass != NIC_NONE)) {
			burst_pass(&b, &w->path, in->pass);
			continue;
		}
		b.kernel = in->kernel;
		burst_parse(&b, &w->path);
		if (w->share.n > 1)
			share_burst(&w->share, &b, &w->path);
		burst_finish(w, &b);
	}
	if (w->share.n > 1)
		n += share_turn(w, &b);
	w->window_packets += n;
	window_turn(w, now);
	__atomic_store_n(&w->turn, w->turn + 1, __ATOMIC_RELAXED);
	if (w->turn % HOUSEKEEPING_TURNS == 0 || w->told)
		worker_housekeeping(w);
	return orders + n;
}

static void worker_sleep(struct worker *w)
{
	const bool rung = is_rung(w), mailed = mailbox_is_open(w->path.mailbox);

	if (!rung && !mailed) {
		(void)poll(w->wait, w->nwait, WORKER_WAIT_MS);
		return;
	}
	bell_lie_down(&w->share.bell);
	if (share_is_empty(&w->share) && handover_ring_is_empty(w->orders))
		(void)poll(w->wait, rung ? w->nwait : w->nwait + 1, WORKER_WAIT_MS);
	bell_get_up(&w->share.bell);
}

/* Nothing came: a pause at first. Then, where little comes at all, it sleeps until something does. Else it naps, longer
 * each time, up to the latency that the configuration allows. */
void worker_idle(struct worker *w)
{
	const uint32_t doublings = w->empty - WORKER_EMPTY_POLLS;
	uint32_t nap = WORKER_NAP_US << (doublings < 16 ? doublings : 16);

	if (w->nwait && !w->busy && w->idle_latency_us && w->empty >= WORKER_QUIET_POLLS) {
		worker_sleep(w);
		return;
	}
	if (w->empty++ < WORKER_EMPTY_POLLS || w->idle_latency_us == 0) {
		rte_pause();
		return;
	}
	if (nap > w->idle_latency_us)
		nap = w->idle_latency_us;
	flow_count(&w->naps, 1);
	usleep(nap);
}

static void worker_name(const struct worker *w)
{
	char name[16] = "media";

	if (w->share.n > 1)
		snprintf(name, sizeof(name), "media%u", w->share.number);
	prctl(PR_SET_NAME, name);
}

static int worker_main(void *arg)
{
	struct worker *w = arg;

	/* Naps would otherwise last 50 us more. */
	prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);
	worker_name(w);
	while (!__atomic_load_n(&w->stop, __ATOMIC_RELAXED)) {
		if (worker_turn(w))
			w->empty = 0;
		else
			worker_idle(w);
	}
	return 0;
}

int worker_start(struct worker *w, unsigned lcore)
{
	w->lcore = lcore;
	return rte_eal_remote_launch(worker_main, w, lcore);
}

void worker_stop(struct worker *w)
{
	__atomic_store_n(&w->stop, 1, __ATOMIC_RELAXED);
}

void worker_join(struct worker *w)
{
	if (w->lcore)
		(void)rte_eal_wait_lcore(w->lcore);
}

/* What comes to the port, or leaves by it, may be forwarded in the driver: then no packet wakes the worker in time. */
static bool is_bypassed(const struct flow_table *t, uint32_t index)
{
	const struct flow *f = &t->flow[index];
	const struct flow *peer = &t->flow[__atomic_load_n(&f->in.peer, __ATOMIC_RELAXED)];
	const unsigned quick =
		__atomic_load_n(&f->in.quick, __ATOMIC_RELAXED) | __atomic_load_n(&peer->in.quick, __ATOMIC_RELAXED);

	return t->shared && quick & 1 << RTP_MEDIA;
}

int worker_order_post(struct worker *w, const struct order *o)
{
	if (orderring_post(w->orders, o) < 0)
		return -1;
	/* Who waits for a reply asks again only after a while. */
	if (o->kind == ORDER_REPLY || is_bypassed(w->path.flows, o->index))
		bell_ring(&w->share.bell);
	return 0;
}

bool worker_notice_take(struct worker *w, struct notice *out)
{
	return rte_ring_sc_dequeue_elem(w->notices, out, sizeof(*out)) == 0;
}
