/* SPDX-License-Identifier: BSD-3-Clause */
/* ringport.h: a DPDK port of two rings: what a test puts into one is received, what was sent is in the other. */
#ifndef NATSBC_TESTS_RINGPORT_H
#define NATSBC_TESTS_RINGPORT_H

#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>

#include "tests/unit/alg/net/datagram.h"

enum { RINGPORT_SIZE = 256, RINGPORT_QUEUES = 2 };

struct ringport {
	struct rte_ring *in[RINGPORT_QUEUES], *out[RINGPORT_QUEUES];
	struct rte_mempool *pool;
	uint16_t port;
};

static inline void ringport_open(struct ringport *r, const char *name, unsigned queues, struct rte_mempool *from)
{
	const struct rte_eth_conf conf = { 0 };
	char text[32];
	int port;

	r->pool = from;
	for (unsigned q = 0; q < queues; q++) {
		snprintf(text, sizeof(text), "%s_in%u", name, q);
		r->in[q] = rte_ring_create(text, RINGPORT_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
		snprintf(text, sizeof(text), "%s_out%u", name, q);
		r->out[q] = rte_ring_create(text, RINGPORT_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
		assert_non_null(r->in[q]);
		assert_non_null(r->out[q]);
	}
	port = rte_eth_from_rings(name, r->in, queues, r->out, queues, 0);
	assert_true(port >= 0);
	r->port = (uint16_t)port;
	assert_int_equal(rte_eth_dev_configure(r->port, (uint16_t)queues, (uint16_t)queues, &conf), 0);
	for (uint16_t q = 0; q < queues; q++) {
		assert_int_equal(rte_eth_rx_queue_setup(r->port, q, 64, SOCKET_ID_ANY, NULL, from), 0);
		assert_int_equal(rte_eth_tx_queue_setup(r->port, q, 64, SOCKET_ID_ANY, NULL), 0);
	}
	assert_int_equal(rte_eth_dev_start(r->port), 0);
}

static inline void ringport_close(struct ringport *r)
{
	char name[RTE_ETH_NAME_MAX_LEN];

	assert_int_equal(rte_eth_dev_get_name_by_port(r->port, name), 0);
	(void)rte_eth_dev_stop(r->port);
	(void)rte_eal_hotplug_remove("vdev", name); /* and closes it; its name is free again */
	for (unsigned q = 0; q < RINGPORT_QUEUES; q++) {
		rte_ring_free(r->in[q]);
		rte_ring_free(r->out[q]);
	}
	*r = (struct ringport){ .pool = r->pool };
}

/* A datagram arrives; its bytes, to be spoilt. */
static inline uint8_t *ringport_put(const struct ringport *r, unsigned queue, const char *from, const char *to,
				    const void *payload, uint32_t n)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);
	struct addr source, target;

	assert_non_null(m);
	assert_int_equal(addr_parse(span_str(from), 0, &source), 0);
	assert_int_equal(addr_parse(span_str(to), 0, &target), 0);
	m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &source, &target, payload, n);
	m->pkt_len = m->data_len;
	assert_int_equal(rte_ring_sp_enqueue(r->in[queue], m), 0);
	return rte_pktmbuf_mtod(m, uint8_t *);
}

/* Takes what was sent away; how many. */
static inline unsigned ringport_sent(const struct ringport *r, unsigned queue)
{
	struct rte_mbuf *m = NULL;
	unsigned n = 0;

	for (; rte_ring_sc_dequeue(r->out[queue], (void **)&m) == 0; n++)
		rte_pktmbuf_free(m);
	return n;
}

#endif
