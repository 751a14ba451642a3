/* SPDX-License-Identifier: BSD-3-Clause */
/* Two workers on one interface, turn by turn and as threads (that is for the thread sanitizer). Needs neither root nor
 * huge pages. */
#include "rtpproxy/path/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/pool.h"
#include "tests/unit/rtpproxy/ringport.h"
#include "tests/unit/rtpproxy/srtp_peer.h"

enum { WORKERS = 2, PORTS = 16, POOL = 4095, FEED_TURNS = 4 };

/* Of two calls, each with two ports of one worker. */
enum { FIRST = 10000, FIRST_PEER = 10004, SECOND = 10002, SECOND_PEER = 10006 };

static const char rtp[] = "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice";

struct stage {
	struct config conf;
	struct flow_table flows;
	struct workers all;
	struct rte_mempool *pool;
	struct ringport wire;
	uint32_t stop;
	struct mailbox box;
	struct cover *cover[PORTS]; /* as last ordered */
};

static struct addr phone_of(uint16_t port)
{
	struct addr a;

	assert_int_equal(addr_parse(SPAN("198.51.100.7"), (uint16_t)(port + 10000), &a), 0);
	return a;
}

static void order_to(struct stage *s, const struct order *o)
{
	while (worker_order_post(workers_of(&s->all, &s->flows, o->index), o) < 0)
		sched_yield();
}

static void port_set(struct stage *s, uint16_t port, uint16_t peer, uint32_t session)
{
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, (struct own_port){ 0, port }) };

	o.set.spec = (struct port_spec){ .own = { 0, port },
					 .policy = LATCH_EXACT,
					 .window_open = true,
					 .session = session,
					 .expected = phone_of(port) };
	o.set.peer = flow_index(&s->flows, (struct own_port){ 0, peer });
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = 0 };
	o.set.signalling.nic = NIC_NONE;
	o.set.cover = s->cover[o.index % PORTS];
	order_to(s, &o);
}

/* Keys that change, come back and are taken away: to the port comes what they do not open, and mail. */
static struct cover *cover_next(struct stage *s, uint32_t index, unsigned round)
{
	struct port_spec spec = { .wants_stun = true, .mux = round & 1 };
	struct cover *c;

	if (round % 8 > 1) {
		spec.opens = srtp_peer_key(SRTP_SUITE_AEAD_AES_128_GCM, (uint8_t)(round % 7));
		spec.seals = srtp_peer_key(SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, (uint8_t)(round % 3));
	}
	if (round % 8 == 0)
		return NULL;
	c = s->cover[index];
	return c && cover_fits(c, &spec) ? c : cover_new(&spec, c, NULL);
}

static void turns(struct stage *s)
{
	for (int i = 0; i < 3; i++)
		for (unsigned k = 0; k < s->all.n; k++)
			worker_turn(s->all.of[k]);
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 1;
	s->conf.realms[0] = (struct conf_realm){ .media_first = FIRST, .media_last = FIRST + PORTS - 1 };
	if (addr_parse_host(SPAN("192.0.2.1"), &s->conf.realms[0].address) < 0)
		return -1;
	s->pool = pool_create("workers", POOL);
	*state = s;
	return !s->pool || flow_table_init(&s->flows, &s->conf) < 0 ||
			       workers_init(&s->all, WORKERS, &s->flows, 100) < 0
		       ? -1
		       : 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	workers_stop(&s->all);
	workers_fini(&s->all);
	if (s->wire.pool)
		ringport_close(&s->wire);
	flow_table_fini(&s->flows);
	if (rte_mempool_in_use_count(s->pool) != 0)
		return -1;
	rte_mempool_free(s->pool);
	free(s);
	return 0;
}

/* An interface of so many queues, and both calls. */
static void wire_open(struct stage *s, unsigned queues)
{
	struct nic nic = { .mac = { 2, 0, 0, 0, 0, 5 }, .mtu = 1500, .queues = (uint16_t)queues, .socket = { -1, -1 } };

	ringport_open(&s->wire, "wire", queues, s->pool);
	nic.port = s->wire.port;
	nic.pool = s->pool;
	assert_int_equal(workers_nic_add(&s->all, &nic), 0);
	port_set(s, FIRST, FIRST_PEER, 1);
	port_set(s, FIRST_PEER, FIRST, 1);
	port_set(s, SECOND, SECOND_PEER, 2);
	port_set(s, SECOND_PEER, SECOND, 2);
	turns(s);
}

/* False where the ring is full. */
static bool speak_with(const struct stage *s, unsigned queue, uint16_t port, uint16_t seq, struct rte_mbuf *m)
{
	const struct addr from = phone_of(port);
	struct addr to = s->conf.realms[0].address;
	char bytes[sizeof(rtp) - 1];

	memcpy(bytes, rtp, sizeof(bytes));
	if (s->box.ring && seq / FEED_TURNS % 15 == 14)
		bytes[0] = 0; /* STUN */
	bytes[2] = (char)(seq >> 8);
	bytes[3] = (char)seq;
	to.port = port;
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &from, &to, bytes, sizeof(bytes));
	m->pkt_len = m->data_len;
	return rte_ring_sp_enqueue(s->wire.in[queue], m) == 0;
}

static bool speak(const struct stage *s, unsigned queue, uint16_t port, uint16_t seq)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(s->pool);

	assert_non_null(m);
	if (speak_with(s, queue, port, seq, m))
		return true;
	rte_pktmbuf_free(m);
	return false;
}

static struct port_stats stats_of(const struct stage *s, uint16_t port)
{
	struct port_stats stats;

	flow_stats(&s->flows, flow_index(&s->flows, (struct own_port){ 0, port }), 0, &stats);
	return stats;
}

static const uint64_t *counts_of(const struct stage *s, unsigned worker)
{
	return s->all.of[worker]->path.counts.of;
}

static void ports_and_queues_are_divided(void **state)
{
	struct stage *s = *state;

	wire_open(s, 2);
	for (uint32_t i = 1; i < s->flows.count; i++)
		assert_int_equal(flow_worker(&s->flows, i), (i - 1) / 2 % 2);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(s->all.of[i]->ninput, 1);
		assert_int_equal(s->all.of[i]->input[0].queue, i);
		assert_int_equal(s->all.of[i]->path.nic[0].queue, i);
		assert_null(s->all.of[i]->path.nic[0].hand);
	}
}

/* Both ways to reckon whose a port is, for as many workers as there may be. */
static void the_owner_is_the_same_without_division(void **state)
{
	struct share all[SHARE_MAX];
	(void)state;

	for (unsigned i = 0; i < SHARE_MAX; i++)
		assert_int_equal(share_open(&all[i], i), 0);
	for (unsigned n = 2; n <= SHARE_MAX; n++) {
		assert_int_equal(all[0].n, n - 1);
		assert_int_equal(share_join(&all[0], &all[n - 1]), 0);
		for (uint32_t port = 0; port <= UINT16_MAX; port++)
			if (share_owner((uint16_t)port, n, all[0].nth) != datapath_worker((uint16_t)port, n))
				fail_msg("port %u of %u", port, n);
	}
	for (unsigned i = 0; i < SHARE_MAX; i++)
		share_close(&all[i]);
}

/* Each call by the queue of its own worker: nothing goes from one to the other. */
static void what_comes_right_stays(void **state)
{
	struct stage *s = *state;

	wire_open(s, 2);
	assert_true(speak(s, 0, FIRST, 1));
	assert_true(speak(s, 1, SECOND, 1));
	turns(s);
	assert_int_equal(ringport_sent(&s->wire, 0), 1);
	assert_int_equal(ringport_sent(&s->wire, 1), 1);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_int_equal(counts_of(s, i)[VERDICT_SENT], 1);
		assert_int_equal(counts_of(s, i)[VERDICT_HANDED], 0);
	}
}

static void what_comes_by_the_wrong_queue_goes_to_the_owner(void **state)
{
	struct stage *s = *state;

	wire_open(s, 2);
	assert_true(speak(s, 0, SECOND, 1));
	assert_true(speak(s, 0, FIRST, 1));
	assert_true(speak(s, 1, FIRST, 2));
	turns(s);
	assert_int_equal(ringport_sent(&s->wire, 0), 2);
	assert_int_equal(ringport_sent(&s->wire, 1), 1);
	assert_int_equal(counts_of(s, 0)[VERDICT_HANDED], 1);
	assert_int_equal(counts_of(s, 1)[VERDICT_HANDED], 1);
	assert_int_equal(counts_of(s, 0)[VERDICT_SENT], 2);
	assert_int_equal(counts_of(s, 1)[VERDICT_SENT], 1);
	assert_int_equal(stats_of(s, FIRST).rx_packets, 2);
	assert_int_equal(stats_of(s, SECOND_PEER).tx_packets, 1);
}

/* The port's own statistics are its worker's to write, of what is no RTP, too. */
static void what_is_wrong_ends_with_the_owner(void **state)
{
	struct stage *s = *state;
	struct workers_sums sums;

	wire_open(s, 2);
	ringport_put(&s->wire, 0, "198.51.100.7:20002", "192.0.2.1:10002", "hello", 5);
	ringport_put(&s->wire, 0, "198.51.100.9:20002", "192.0.2.1:10002", rtp, sizeof(rtp) - 1);
	ringport_put(&s->wire, 0, "198.51.100.7:20002", "192.0.2.9:10002", rtp, sizeof(rtp) - 1);
	turns(s);
	assert_int_equal(counts_of(s, 1)[VERDICT_NOT_RTP], 1);
	assert_int_equal(counts_of(s, 1)[VERDICT_SOURCE], 1);
	assert_int_equal(counts_of(s, 0)[VERDICT_NOT_OURS], 1);
	assert_int_equal(stats_of(s, SECOND).malformed_packets, 1);
	assert_int_equal(stats_of(s, SECOND).refused_packets, 1);
	sums = workers_sums(&s->all);
	assert_int_equal(sums.received, 3);
	assert_int_equal(sums.counts.of[VERDICT_SOURCE], 1);
	assert_int_equal(sums.counts.of[VERDICT_SENT], 0);
}

/* The second worker has no queue: what it has to send leaves by the first one's. */
static void who_has_no_queue_sends_by_another(void **state)
{
	static const uint8_t alive[4] = { 0x80 };
	struct stage *s = *state;
	struct order o = { .kind = ORDER_SEND, .index = flow_index(&s->flows, (struct own_port){ 0, SECOND }) };

	wire_open(s, 1);
	assert_int_equal(s->all.of[1]->ninput, 0);
	assert_true(speak(s, 0, SECOND, 1));
	turns(s);
	assert_int_equal(ringport_sent(&s->wire, 0), 1);
	assert_int_equal(counts_of(s, 0)[VERDICT_SENT], 1);
	assert_int_equal(counts_of(s, 1)[VERDICT_SENT], 0);
	assert_int_equal(stats_of(s, SECOND_PEER).tx_packets, 1);
	o.send.n = sizeof(alive);
	memcpy(o.send.bytes, alive, sizeof(alive));
	order_to(s, &o);
	turns(s);
	assert_int_equal(ringport_sent(&s->wire, 0), 1);
	assert_int_equal(s->all.of[1]->path.injected, 1);
}

/* What control says to somebody leaves as it is, by whoever has a queue; and what waits when all ends is no loss. */
static void a_reply_leaves_as_it_is(void **state)
{
	static const char text[] = "a frame";
	struct stage *s = *state;
	struct order o = { .kind = ORDER_REPLY, .index = flow_index(&s->flows, (struct own_port){ 0, SECOND }) };
	struct rte_mbuf *m = NULL;

	wire_open(s, 1);
	for (unsigned i = 0; i < 2; i++) {
		o.reply.frame = rte_pktmbuf_alloc(s->pool);
		memcpy(rte_pktmbuf_append(o.reply.frame, sizeof(text)), text, sizeof(text));
		order_to(s, &o);
		if (i == 0)
			turns(s);
	}
	assert_int_equal(rte_ring_sc_dequeue(s->wire.out[0], (void **)&m), 0);
	assert_string_equal(rte_pktmbuf_mtod(m, const char *), text);
	rte_pktmbuf_free(m);
	assert_int_equal(ringport_sent(&s->wire, 0), 0);
}

/* Order is kept on the way: what was sent first leaves first. */
static void order_is_kept(void **state)
{
	enum { PACKETS = 100 };
	struct stage *s = *state;
	struct rte_mbuf *m;

	wire_open(s, 1);
	for (uint16_t i = 0; i < PACKETS; i++)
		assert_true(speak(s, 0, SECOND, i));
	turns(s);
	turns(s);
	for (uint16_t i = 0; i < PACKETS; i++) {
		assert_int_equal(rte_ring_sc_dequeue(s->wire.out[0], (void **)&m), 0);
		assert_int_equal(rte_pktmbuf_mtod_offset(m, uint8_t *, 45)[0], i);
		rte_pktmbuf_free(m);
	}
}

static void who_does_not_keep_up_loses_packets_and_they_are_counted(void **state)
{
	struct stage *s = *state;
	unsigned given = 0;

	wire_open(s, 2);
	while (given < HANDOVER_WAITING + 9)
		while (given < HANDOVER_WAITING + 9 && speak(s, 0, SECOND, (uint16_t)given)) {
			given++;
			worker_turn(s->all.of[0]);
		}
	assert_int_equal(counts_of(s, 0)[VERDICT_HANDED], HANDOVER_WAITING - 1);
	assert_int_equal(counts_of(s, 0)[VERDICT_WORKER_FULL], 10);
}

/* --- sleep --------------------------------------------------------------------------------------------------- */

static bool is_rung(const struct worker *w)
{
	struct pollfd p = { .fd = w->share.bell.fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void only_who_sleeps_is_woken_and_once(void **state)
{
	struct stage *s = *state;
	struct bell *bell = &s->all.of[1]->share.bell;

	wire_open(s, 2);
	assert_true(speak(s, 0, SECOND, 1));
	worker_turn(s->all.of[0]);
	assert_false(is_rung(s->all.of[1]));
	bell_lie_down(bell);
	assert_false(share_is_empty(&s->all.of[1]->share));
	assert_true(speak(s, 0, SECOND, 2));
	worker_turn(s->all.of[0]);
	assert_true(is_rung(s->all.of[1]));
	bell_get_up(bell);
	assert_false(is_rung(s->all.of[1]));
	worker_turn(s->all.of[1]);
	assert_true(share_is_empty(&s->all.of[1]->share));
	assert_int_equal(ringport_sent(&s->wire, 1), 2);
}

/* Without a queue of its own a worker waits for the others only. */
static void who_has_no_queue_can_sleep_all_the_same(void **state)
{
	struct stage *s = *state;

	wire_open(s, 1);
	worker_wait_on_sockets(s->all.of[0]);
	worker_wait_on_sockets(s->all.of[1]);
	assert_int_equal(s->all.of[0]->nwait, 0); /* DPDK's ring is no socket */
	assert_int_equal(s->all.of[1]->nwait, 1);
	assert_int_equal(s->all.of[1]->wait[0].fd, s->all.of[1]->share.bell.fd);
}

/* --- threads ------------------------------------------------------------------------------------------------- */

enum { ROUNDS = 500, PORTS_SET = 4, STOCK = 1500, HANDED_ENOUGH = 200 };

static const uint16_t spoken_to[PORTS_SET] = { FIRST, FIRST_PEER, SECOND, SECOND_PEER };

/* A worker, and its end of the wire. It speaks with packets that it has; what the worker sends is its stock again. The
 * pool has no part in it: the sanitizer does not see into it. */
struct seat {
	struct stage *s;
	struct worker *w;
	unsigned queue, n;
	struct rte_mbuf *stock[2 * STOCK];
};

static void seat_feed(struct seat *t, unsigned turn)
{
	if (turn % FEED_TURNS == 0 && t->n &&
	    speak_with(t->s, t->queue, spoken_to[turn / FEED_TURNS % PORTS_SET], (uint16_t)turn, t->stock[t->n - 1]))
		t->n--;
}

static void *seat_main(void *arg)
{
	struct seat *t = arg;
	unsigned turn = 0;

	while (!__atomic_load_n(&t->s->stop, __ATOMIC_RELAXED)) {
		seat_feed(t, turn++);
		if (worker_turn(t->w) == 0)
			worker_idle(t->w);
		else
			t->w->empty = 0;
		while (t->n < 2 * STOCK && rte_ring_sc_dequeue(t->s->wire.out[t->queue], (void **)&t->stock[t->n]) == 0)
			t->n++;
	}
	return NULL;
}

/* Calls come and go, and are looked at, while packets pass. */
static void control_round(struct stage *s, unsigned round)
{
	struct order clear = { .kind = ORDER_CLEAR };
	struct datapath_mail mail;
	struct notice n;

	for (unsigned i = 0; i < PORTS_SET; i++) {
		struct cover **cover;

		clear.index = flow_index(&s->flows, (struct own_port){ 0, spoken_to[i] });
		cover = &s->cover[clear.index % PORTS];
		*cover = round % 64 == 63 || i > 1 ? NULL : cover_next(s, clear.index % PORTS, round);
		if (round % 64 == 63)
			order_to(s, &clear);
		else
			port_set(s, spoken_to[i], spoken_to[i ^ 1], round / 64 * 2 + i / 2 + 1);
		(void)stats_of(s, spoken_to[i]);
	}
	for (unsigned i = 0; i < s->all.n; i++)
		while (worker_notice_take(s->all.of[i], &n))
			assert_in_range(n.index, 1, PORTS);
	while (mailbox_take(&s->box, &mail))
		assert_int_equal(mail.n, sizeof(rtp) - 1);
	cover_pile_free(&s->flows.covers);
}

static struct seat *seat_new(struct stage *s, unsigned number)
{
	struct seat *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	*t = (struct seat){ .s = s, .w = s->all.of[number], .queue = number };
	for (; t->n < STOCK; t->n++) {
		t->stock[t->n] = rte_pktmbuf_alloc(s->pool);
		assert_non_null(t->stock[t->n]);
	}
	/* Its only socket is the bell. */
	t->w->wait[0] = (struct pollfd){ .fd = t->w->share.bell.fd, .events = POLLIN };
	t->w->nwait = 1;
	return t;
}

static void all_threads(void **state)
{
	struct stage *s = *state;
	struct seat *seats[WORKERS];
	pthread_t threads[WORKERS];
	struct workers_sums sums;

	wire_open(s, 2);
	assert_int_equal(mailbox_open(&s->box), 0);
	for (unsigned i = 0; i < WORKERS; i++) {
		s->all.of[i]->path.mailbox = &s->box;
		seats[i] = seat_new(s, i);
		assert_int_equal(pthread_create(&threads[i], NULL, seat_main, seats[i]), 0);
	}
	for (unsigned i = 0; i < ROUNDS || workers_sums(&s->all).counts.of[VERDICT_HANDED] < HANDED_ENOUGH; i++) {
		control_round(s, i);
		usleep(100);
	}
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	while (!share_is_empty(&s->all.of[0]->share) || !share_is_empty(&s->all.of[1]->share))
		turns(s);
	turns(s);
	for (unsigned i = 0; i < WORKERS; i++) {
		rte_pktmbuf_free_bulk(seats[i]->stock, seats[i]->n);
		free(seats[i]);
		ringport_sent(&s->wire, i);
	}
	sums = workers_sums(&s->all);
	assert_true(sums.counts.of[VERDICT_SENT] > 0);
	/* However it came, each packet ended once. */
	for (int v = VERDICT_SENT; v < VERDICT_N; v++)
		sums.received -= sums.counts.of[v];
	assert_int_equal(sums.received, 0);
	assert_true(sums.counts.of[VERDICT_NOT_AUTHENTIC] > 0);
	assert_true(sums.counts.of[VERDICT_MAIL] > 0);
	mailbox_close(&s->box);
}

/* Who does not look for packets has hung, whether there are any or not. */
static void one_that_hangs_is_noticed(void **state)
{
	struct stage *s = *state;

	for (unsigned k = 0; k < WORKERS; k++)
		worker_turn(s->all.of[k]);
	assert_true(workers_have_turned(&s->all));
	assert_false(workers_have_turned(&s->all));
	worker_turn(s->all.of[0]);
	assert_false(workers_have_turned(&s->all));
	for (unsigned k = 0; k < WORKERS; k++)
		worker_turn(s->all.of[k]);
	assert_true(workers_have_turned(&s->all));
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 48, .workers = WORKERS };
	char error[256];

	(void)state;
	if (eal_start(&ask, error, sizeof(error)) == 0)
		return 0;
	print_error("%s\n", error);
	return -1;
}

static int dpdk_end(void **state)
{
	(void)state;
	eal_stop();
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(ports_and_queues_are_divided),
		cmocka_unit_test(the_owner_is_the_same_without_division),
		TEST(what_comes_right_stays),
		TEST(what_comes_by_the_wrong_queue_goes_to_the_owner),
		TEST(what_is_wrong_ends_with_the_owner),
		TEST(who_has_no_queue_sends_by_another),
		TEST(a_reply_leaves_as_it_is),
		TEST(order_is_kept),
		TEST(who_does_not_keep_up_loses_packets_and_they_are_counted),
		TEST(only_who_sleeps_is_woken_and_once),
		TEST(who_has_no_queue_can_sleep_all_the_same),
		TEST(one_that_hangs_is_noticed),
		TEST(all_threads),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
