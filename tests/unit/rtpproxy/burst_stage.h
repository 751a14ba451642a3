/* SPDX-License-Identifier: BSD-3-Clause */
/* burst_stage.h: media ports with somebody at each, and packets that come to them. Needs neither root nor huge pages.
 */
#ifndef NATSBC_TESTS_BURST_STAGE_H
#define NATSBC_TESTS_BURST_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "rtpproxy/path/burst.h"
#include "rtpproxy/path/dialport.h"
#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/inject.h"
#include "rtpproxy/path/pool.h"
#include "tests/unit/alg/net/datagram.h"

#define RTP  "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice"
#define RTCP "\x80\xc9\x00\x01\x01\x02\x03\x04"
#define SDES                                                                                                           \
	"\x81\xca\x00\x04\x01\x02\x03\x04\x01\x0a"                                                                     \
	"a@10.0.0.7"
#define STUN "\x00\x01\x00\x00\x21\x12\xa4\x42"
#define DTLS "\x16\xfe\xfd\x00"

#define PHONE   "198.51.100.7:4000"
#define TRUNK   "203.0.113.9:5004"
#define PHONE_6 "[2001:db8::7]:4000"

struct stage {
	struct config conf;
	struct flow_table flows;
	struct burst_path path;
	struct burst b;
	unsigned told, told_digits, dialled;
	struct notice digit; /* the last of them */
};

static struct rte_mempool *pool;

static inline struct addr addr(const char *text)
{
	struct addr a = { 0 };

	if (text && addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static inline void tell(void *ctx, const struct notice *n)
{
	struct stage *s = ctx;

	s->told++;
	s->dialled += n->kind == NOTICE_DIALLED;
	if (n->kind != NOTICE_DIGIT)
		return;
	s->told_digits++;
	s->digit = *n;
}

static inline void set(struct stage *s, struct port_spec spec, uint8_t nic)
{
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, spec.own) };

	spec.session = 1;
	spec.window_open = !spec.relearn;
	spec.relearn = false;
	o.set.spec = spec;
	o.set.peer = flow_index(&s->flows, spec.peer);
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = nic };
	flow_order(&s->flows, &o, 0, tell, s);
}

enum { PHONES = 0, TRUNKS = 1, SIX = 2 };

/* Ports of the phones' realm and what they are there for. */
static inline void sessions(struct stage *s)
{
	const struct own_port trunk = { TRUNKS, 20000 };

	set(s,
	    (struct port_spec){
		    .own = { PHONES, 10000 }, .peer = trunk, .policy = LATCH_SDP_IP, .expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = trunk, .peer = { PHONES, 10000 }, .dscp = 46, .expected = addr(TRUNK) }, 1);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10001 },
				.peer = trunk,
				.kind = STREAM_RTCP,
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { PHONES, 10002 }, .policy = LATCH_SDP_IP, .expected = addr(PHONE) }, 0);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10004 },
				.peer = { TRUNKS, 20002 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { TRUNKS, 20002 }, .policy = LATCH_OPEN }, 1);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10006 },
				.peer = { TRUNKS, 20004 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { TRUNKS, 20004 }, .expected = addr(TRUNK) }, NIC_NONE);
	set(s,
	    (struct port_spec){
		    .own = { PHONES, 10008 }, .peer = { SIX, 30000 }, .policy = LATCH_SDP_IP, .expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { SIX, 30000 }, .expected = addr(PHONE_6) }, 1);
	set(s, (struct port_spec){ .own = { PHONES, 10010 }, .drop = true, .expected = addr(PHONE) }, 0);
	/* Not open yet: set() reads relearn so. */
	set(s, (struct port_spec){ .own = { PHONES, 10012 }, .relearn = true, .policy = LATCH_OPEN }, 0);
}

static inline int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 3;
	s->conf.realms[PHONES] =
		(struct conf_realm){ .address = addr("192.0.2.1"), .media_first = 10000, .media_last = 10099 };
	s->conf.realms[TRUNKS] =
		(struct conf_realm){ .address = addr("10.0.0.1"), .media_first = 20000, .media_last = 20099 };
	s->conf.realms[SIX] =
		(struct conf_realm){ .address = addr("2001:db8::1"), .media_first = 30000, .media_last = 30099 };
	assert_int_equal(flow_table_init(&s->flows, &s->conf), 0);
	s->path.flows = &s->flows;
	s->path.nnic = 2;
	s->path.nic[0].frame_max = s->path.nic[1].frame_max = FRAME_ETHER + 1500;
	memcpy(s->path.nic[1].mac, "\2\0\0\0\0\1", 6);
	s->path.tell = tell;
	s->path.tell_ctx = s;
	sessions(s);
	*state = s;
	return 0;
}

static inline int end(void **state)
{
	struct stage *s = *state;

	for (unsigned i = 0; i < s->b.n; i++)
		rte_pktmbuf_free(s->b.mbuf[i]);
	flow_table_fini(&s->flows);
	free(s);
	return 0;
}

/* A packet in, as burst_rx would leave it. */
static inline void put(struct stage *s, const char *from, const char *to, struct span payload)
{
	const struct addr source = addr(from), target = addr(to);
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	assert_non_null(m);
	m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &source, &target, payload.p, payload.n);
	m->pkt_len = m->data_len;
	s->b.mbuf[s->b.n++] = m;
}

static inline void run_at(struct stage *s, uint64_t now)
{
	s->b.now = now;
	s->b.now_us = now * 1000;
	burst_parse(&s->b, &s->path);
	burst_accept(&s->b, &s->path);
	burst_forward(&s->b, &s->path);
}

static inline void run(struct stage *s)
{
	run_at(s, 1000);
}

/* As burst_tx would leave it, with nothing sent. */
static inline void burst_free(struct stage *s)
{
	for (unsigned i = 0; i < s->b.n; i++)
		rte_pktmbuf_free(s->b.mbuf[i]);
	s->b.n = 0;
	for (unsigned i = 0; i < s->path.nnic; i++)
		s->path.nic[i].n = 0;
}

static inline int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
	char error[256];

	(void)state;
	if (eal_start(&ask, error, sizeof(error)) < 0) {
		print_error("%s\n", error);
		return -1;
	}
	pool = pool_create("test", 1024);
	return pool ? 0 : -1;
}

static inline int dpdk_end(void **state)
{
	(void)state;
	/* What tests freed must all be back. */
	if (rte_mempool_in_use_count(pool) != 0)
		return -1;
	rte_mempool_free(pool);
	eal_stop();
	return 0;
}

#define BURST_TEST(what) cmocka_unit_test_setup_teardown(what, begin, end)

#endif
