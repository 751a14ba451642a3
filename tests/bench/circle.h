/* SPDX-License-Identifier: BSD-3-Clause */
/* circle.h: sessions among which packets go round for ever: each port's peer is another of our ports, so what leaves
 * one session enters the next one, in an order that no prefetcher guesses. Each worker has a circle of its own. */
#ifndef NATSBC_BENCH_CIRCLE_H
#define NATSBC_BENCH_CIRCLE_H

#include <arpa/inet.h>
#include <rte_mbuf.h>
#include <stdio.h>
#include <stdlib.h>

#include "rtpproxy/path/flow.h"
#include "tests/unit/alg/net/datagram.h"

enum {
	CIRCLE_PORTS_A_REALM = 50000,
	CIRCLE_RTP_BYTES = 172,
};

struct circle {
	struct config *conf;
	struct flow_table flows;
	uint32_t sessions, workers;
	bool mapped;    /* payload numbers change at each port */
	bool sealed;    /* all is SRTP: opened and sealed at each session */
	uint32_t *next; /* by flow index: the port that the packet goes to */
};

static inline void circle_fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static inline uint64_t circle_mix(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline void circle_ignore(void *ctx, const struct notice *n)
{
	(void)ctx;
	(void)n;
}

static inline void circle_realms(struct circle *c, bool six)
{
	uint32_t ports = 2 * c->sessions + 2;
	char text[32];
	unsigned n = 0;

	c->conf = calloc(1, sizeof(*c->conf));
	if (!c->conf)
		circle_fail("no memory");
	for (; ports; n++) {
		const uint32_t some = ports < CIRCLE_PORTS_A_REALM ? ports : CIRCLE_PORTS_A_REALM;
		struct conf_realm *r = &c->conf->realms[n];

		snprintf(text, sizeof(text), six ? "2001:db8::%u" : "10.0.0.%u", n + 1);
		if (addr_parse_host(span_str(text), &r->address) < 0)
			circle_fail("address");
		r->media_first = 10000;
		r->media_last = (uint16_t)(10000 + some - 1);
		ports -= some;
	}
	c->conf->nrealm = n;
}

static inline struct addr circle_own(const struct circle *c, uint32_t index)
{
	const struct own_port own = flow_own(&c->flows, index);
	struct addr a = c->conf->realms[own.realm].address;

	a.port = own.port;
	return a;
}

/* A random circle through all ports of a worker's that packets come to: odd ones. Ports 2i-1 and 2i are a session: what
 * comes to one leaves from the other. */
static inline void circle_close(struct circle *c, unsigned worker, uint32_t *order, uint64_t *state)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i <= 2 * c->sessions; i += 2)
		if (flow_worker(&c->flows, i) == worker)
			order[n++] = i;
	for (uint32_t i = n - 1; i; i--) {
		const uint32_t j = (uint32_t)(circle_mix(state) % (i + 1)), keep = order[i];

		order[i] = order[j];
		order[j] = keep;
	}
	for (uint32_t i = 0; i < n; i++)
		c->next[order[i]] = order[(i + 1) % n];
}

static const struct srtp_key circle_key = { .suite = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, .secret = "as good as any" };

static inline void circle_port(struct circle *c, uint32_t index, const struct addr *other)
{
	struct order o = { .kind = ORDER_SET, .index = index };

	o.set.spec = (struct port_spec){ .own = flow_own(&c->flows, index),
					 .policy = LATCH_SDP_IP,
					 .window_open = true,
					 .session = index / 2 + 1,
					 .clock_hz = 8000,
					 .expected = *other };
	if (c->mapped) {
		(void)payload_map_add(&o.set.spec.map, 0, 8);
		(void)payload_map_add(&o.set.spec.map, 8, 0);
	}
	if (c->sealed) {
		o.set.spec.opens = o.set.spec.seals = circle_key;
		o.set.cover = cover_new(&o.set.spec, NULL, NULL);
	}
	o.set.peer = index % 2 ? index + 1 : index - 1;
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = 0 };
	o.set.signalling.nic = NIC_NONE;
	flow_order(&c->flows, &o, 0, circle_ignore, NULL);
}

static inline void circle_confirm(struct circle *c, uint32_t index, const struct addr *source)
{
	struct learn_packet p = { .source = *source, .ssrc = 1, .media = true };

	for (uint16_t i = 0; i < LEARN_CONFIRM; i++, p.seq++)
		if (flow_learn(&c->flows, index, &p, 0, circle_ignore, NULL) != LEARN_ACCEPT)
			circle_fail("a source was refused");
}

/* So many sessions, divided among the workers. Caller ends it with circle_free(). */
static inline void circle_make(struct circle *c, uint32_t sessions, bool six, unsigned workers, bool mapped,
			       bool sealed)
{
	uint64_t state = 88172645463325252;
	uint32_t *order;

	*c = (struct circle){ .sessions = sessions, .workers = workers, .mapped = mapped, .sealed = sealed };
	circle_realms(c, six);
	if (flow_table_init(&c->flows, c->conf) < 0)
		circle_fail("no memory for flows");
	c->flows.workers = workers;
	order = calloc(c->flows.count, sizeof(*order));
	c->next = calloc(c->flows.count, sizeof(*c->next));
	if (!order || !c->next)
		circle_fail("no memory");
	for (unsigned w = 0; w < workers; w++)
		circle_close(c, w, order, &state);
	free(order);
	for (uint32_t i = 1; i <= 2 * c->sessions; i += 2) {
		const struct addr leaves_from = circle_own(c, i + 1), goes_to = circle_own(c, c->next[i]);

		circle_port(c, i + 1, &goes_to);
		circle_port(c, c->next[i], &leaves_from);
		circle_confirm(c, c->next[i], &leaves_from);
	}
}

/* Somebody hears all of them at the port that no session has, by that interface. */
static inline void circle_listen(struct circle *c, uint8_t nic)
{
	struct order o = { .kind = ORDER_SET, .index = 2 * c->sessions + 1 };

	o.set.spec = (struct port_spec){ .own = flow_own(&c->flows, o.index), .session = UINT32_MAX };
	o.set.spec.expected = circle_own(c, o.index); /* anybody */
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = nic };
	o.set.signalling.nic = NIC_NONE;
	flow_order(&c->flows, &o, 0, circle_ignore, NULL);
	for (uint32_t i = 1; i <= 2 * c->sessions; i += 2) {
		struct order copy = { .kind = ORDER_COPY, .index = i };

		copy.copy = copy_new(i, o.index, &(struct payload_map){ 0 });
		if (!copy.copy)
			circle_fail("no memory");
		flow_order(&c->flows, &copy, 0, circle_ignore, NULL);
	}
}

static inline void circle_free(struct circle *c)
{
	flow_table_fini(&c->flows);
	free(c->next);
	free(c->conf);
}

static inline uint32_t circle_first(const struct circle *c, unsigned worker)
{
	uint32_t at = 1;

	while (flow_worker(&c->flows, at) != worker)
		at += 2;
	return at;
}

/* Its length then. Numbers go down from packet to packet, so that each one is the first of its seal. */
static inline uint32_t circle_seal(uint8_t *rtp, uint32_t n)
{
	struct seal *s = seal_new(&circle_key);

	if (!s || seal_put(s, rtp, &n, false) != SEAL_DONE)
		circle_fail("a packet was not sealed");
	seal_drop(s);
	return n;
}

/* Puts packets for the worker's circle into a queue, each at another session. They pass each port by turns, the first
 * one last: so numbered, each port hears a stream without gaps. */
static inline void circle_fill(const struct circle *c, unsigned worker, uint32_t packets, struct rte_mempool *pool,
			       uint16_t port, uint16_t queue)
{
	uint32_t at = circle_first(c, worker);

	for (uint32_t i = 0; i < packets; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		const struct addr from = circle_own(c, at + 1), to = circle_own(c, c->next[at]);
		const uint32_t number = packets - i, timestamp = htonl(number * 160);
		uint8_t rtp[CIRCLE_RTP_BYTES + SEAL_ROOM] = { 0x80 };
		uint32_t n = CIRCLE_RTP_BYTES;

		if (!m)
			circle_fail("no packet");
		rtp[2] = (uint8_t)(number >> 8);
		rtp[3] = (uint8_t)number;
		memcpy(rtp + 4, &timestamp, 4);
		if (c->sealed)
			n = circle_seal(rtp, n);
		m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &from, &to, rtp, n);
		m->pkt_len = m->data_len;
		if (rte_eth_tx_burst(port, queue, &m, 1) != 1)
			circle_fail("the ring is full");
		for (uint32_t step = 0; step < c->sessions / c->workers / packets; step++)
			at = c->next[at];
	}
}

static inline void circle_empty(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *m[32];
	uint16_t n;

	while ((n = rte_eth_rx_burst(port, queue, m, 32)))
		rte_pktmbuf_free_bulk(m, n);
}

/* A port of DPDK's whose queues are rings: what is sent by one is received by it. */
static inline uint16_t circle_port_open(uint16_t queues, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = { 0 };
	uint16_t port;

	if (rte_eal_hotplug_add("vdev", "net_ring0", "") < 0 || rte_eth_dev_get_port_by_name("net_ring0", &port) < 0)
		circle_fail("cannot open a ring port");
	if (rte_eth_dev_configure(port, queues, queues, &conf) < 0)
		circle_fail("cannot set the ring port up");
	for (uint16_t q = 0; q < queues; q++)
		if (rte_eth_rx_queue_setup(port, q, 1024, SOCKET_ID_ANY, NULL, pool) < 0 ||
		    rte_eth_tx_queue_setup(port, q, 1024, SOCKET_ID_ANY, NULL) < 0)
			circle_fail("cannot set a queue up");
	if (rte_eth_dev_start(port) < 0)
		circle_fail("cannot start the ring port");
	return port;
}

#endif
