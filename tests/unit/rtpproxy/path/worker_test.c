/* SPDX-License-Identifier: BSD-3-Clause */
/* The rings between control and worker, without the thread and with it (that is for the thread sanitizer). Needs
 * neither root nor huge pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/pool.h"
#include "rtpproxy/path/worker.h"
#include "tests/unit/rtpproxy/ringport.h"

struct stage {
	struct config conf;
	struct flow_table flows;
	struct worker w;
	int wake;
};

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 1;
	s->conf.realms[0] = (struct conf_realm){ .media_first = 10000, .media_last = 10009 };
	if (addr_parse_host(SPAN("192.0.2.1"), &s->conf.realms[0].address) < 0)
		return -1;
	*state = s;
	s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return flow_table_init(&s->flows, &s->conf) < 0 || worker_init(&s->w, 0, &s->flows, 100, s->wake) < 0 ? -1 : 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	worker_fini(&s->w);
	close(s->wake);
	flow_table_fini(&s->flows);
	free(s);
	return 0;
}

static struct order set_order(uint32_t index)
{
	struct order o = { .kind = ORDER_SET, .index = index };

	o.set.spec =
		(struct port_spec){ .own = { 0, (uint16_t)(10000 + index - 1) }, .window_open = true, .session = 3 };
	return o;
}

static void orders_are_applied_in_order(void **state)
{
	struct stage *s = *state;
	const struct order set = set_order(1), clear = { .kind = ORDER_CLEAR, .index = 1 };

	assert_int_equal(worker_order_post(&s->w, &set), 0);
	assert_int_equal(s->flows.flow[1].in.use, FLOW_UNUSED);
	assert_int_equal(worker_turn(&s->w), 1);
	assert_int_equal(s->flows.flow[1].in.use, FLOW_ON);
	worker_order_post(&s->w, &clear);
	worker_order_post(&s->w, &set);
	worker_order_post(&s->w, &clear);
	assert_int_equal(worker_turn(&s->w), 3);
	assert_int_equal(s->flows.flow[1].in.use, FLOW_UNUSED);
	assert_int_equal(s->flows.slow[1].applied, 4);
	assert_int_equal(worker_turn(&s->w), 0);
}

static void a_full_ring_says_so(void **state)
{
	struct stage *s = *state;
	const struct order set = set_order(2);
	unsigned posted = 0;

	while (posted <= ORDERRING_UNITS && worker_order_post(&s->w, &set) == 0)
		posted++;
	assert_int_equal(posted, (ORDERRING_UNITS - 1) / orderring_units(ORDER_SET));
	assert_true(worker_turn(&s->w) > 0);
	assert_int_equal(worker_order_post(&s->w, &set), 0);
}

static void notices_wake_control(void **state)
{
	struct stage *s = *state;
	const struct notice told = { .kind = NOTICE_LATCHED, .index = 5, .session = 3, .ssrc = 7 };
	struct notice n;
	uint64_t wakes;

	assert_false(worker_notice_take(&s->w, &n));
	s->w.path.tell(s->w.path.tell_ctx, &told);
	assert_int_equal(read(s->wake, &wakes, sizeof(wakes)), -1);
	worker_turn(&s->w);
	assert_int_equal(read(s->wake, &wakes, sizeof(wakes)), sizeof(wakes));
	assert_true(worker_notice_take(&s->w, &n));
	assert_int_equal(n.index, 5);
	assert_int_equal(n.ssrc, 7);
	assert_false(worker_notice_take(&s->w, &n));
}

static void notices_lost_are_counted(void **state)
{
	struct stage *s = *state;
	const struct notice told = { .kind = NOTICE_REFUSED };

	for (int i = 0; i < WORKER_NOTICES + 9; i++)
		s->w.path.tell(s->w.path.tell_ctx, &told);
	assert_int_equal(s->w.notices_lost, 10);
}

static void inputs_and_interfaces(void **state)
{
	struct stage *s = *state;
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 5 };

	assert_int_equal(worker_nic_add(&s->w, 7, mac, 1500), 0);
	assert_int_equal(worker_nic_add(&s->w, 8, mac, 1500), 1);
	assert_int_equal(worker_input_add(&s->w, 0, 3, -1), 0);
	assert_int_equal(worker_input_add(&s->w, 1, 0, -1), 0);
	assert_int_equal(s->w.input[0].queue, 3);
	assert_int_equal(s->w.input[1].port, 8);
	while (s->w.ninput < WORKER_INPUT_MAX)
		assert_int_equal(worker_input_add(&s->w, 1, 0, -1), 0);
	assert_int_equal(worker_input_add(&s->w, 1, 0, -1), -1);
	while (s->w.path.nnic < BURST_NIC_MAX)
		assert_true(worker_nic_add(&s->w, 9, mac, 1500) > 0);
	assert_int_equal(worker_nic_add(&s->w, 9, mac, 1500), -1);
}

/* A device shares its wire with the kernel: what is no datagram to a media port goes on to the kernel's end, and what
 * comes from there leaves by the device. */
static void what_is_not_media_is_the_kernels(void **state)
{
	static const char to[] = "192.0.2.1:10000", rtp[] = "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice";
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 5 };
	struct rte_mempool *pool = pool_create("share", 1023);
	struct ringport device = { 0 }, kernel = { 0 };
	struct stage *s = *state;
	const uint64_t *counts = s->w.path.counts.of;

	ringport_open(&device, "device", 1, pool);
	ringport_open(&kernel, "kernel", 1, pool);
	worker_nic_add(&s->w, device.port, mac, 1500);
	worker_nic_add(&s->w, kernel.port, mac, 1500);
	worker_input_add(&s->w, 0, 0, -1);
	worker_input_add(&s->w, 1, 0, -1);
	worker_nic_share(&s->w, 0, 1);
	ringport_put(&device, 0, "198.51.100.7:5060", "192.0.2.1:5060", "SIP", 3);
	ringport_put(&device, 0, "198.51.100.7:5060", "192.0.2.9:10000", rtp, sizeof(rtp) - 1);
	ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1)[13] = 0x06; /* ARP */
	ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1)[23] = 1;    /* ICMP */
	ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1)[20] = 0x20; /* a fragment */
	ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1)[14] = 0x46; /* options */
	ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1);            /* nobody's media */
	ringport_put(&device, 0, "198.51.100.7:4000", to, "hello", 5);
	ringport_put(&kernel, 0, "192.0.2.1:5060", "198.51.100.7:5060", "SIP", 3);
	ringport_put(&kernel, 0, "198.51.100.7:4000", to, rtp, sizeof(rtp) - 1);
	assert_int_equal(worker_turn(&s->w), 10);
	assert_int_equal(ringport_sent(&kernel, 0), 6);
	assert_int_equal(ringport_sent(&device, 0), 2);
	assert_int_equal(counts[VERDICT_TO_KERNEL], 6);
	assert_int_equal(counts[VERDICT_FROM_KERNEL], 2);
	assert_int_equal(counts[VERDICT_NO_SESSION], 1);
	assert_int_equal(counts[VERDICT_NOT_RTP], 1);
	assert_int_equal(counts[VERDICT_NOT_OURS] + counts[VERDICT_SENT], 0);
	ringport_close(&device);
	ringport_close(&kernel);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	rte_mempool_free(pool);
}

/* Makes a tagged frame of an untagged one with four bytes to spare (IEEE 802.1Q). */
static uint8_t *tag_put(uint8_t *frame, uint16_t type, uint16_t tag)
{
	memmove(frame + 16, frame + 12, 64);
	frame[12] = (uint8_t)(type >> 8);
	frame[13] = (uint8_t)type;
	frame[14] = (uint8_t)(tag >> 8);
	frame[15] = (uint8_t)tag;
	frame[21] -= 4; /* of IP */
	frame[43] -= 4; /* of UDP */
	return frame;
}

/* Media is not served on a VLAN of a device: the kernel may have an interface there. Not a byte changes on the way,
 * either way. */
static void tagged_frames_are_the_kernels(void **state)
{
	static const char to[] = "192.0.2.1:10000", rtp[] = "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice12";
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 5 };
	struct rte_mempool *pool = pool_create("tags", 1023);
	struct ringport device = { 0 }, kernel = { 0 };
	struct stage *s = *state;
	struct rte_mbuf *m = NULL;
	uint8_t sent[2][60];

	ringport_open(&device, "device", 1, pool);
	ringport_open(&kernel, "kernel", 1, pool);
	worker_nic_add(&s->w, device.port, mac, 1500);
	worker_nic_add(&s->w, kernel.port, mac, 1500);
	worker_input_add(&s->w, 0, 0, -1);
	worker_input_add(&s->w, 1, 0, -1);
	worker_nic_share(&s->w, 0, 1);
	memcpy(sent[0], tag_put(ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, 19), 0x8100, 100), 60);
	memcpy(sent[1], tag_put(ringport_put(&device, 0, "198.51.100.7:4000", to, rtp, 19), 0x88a8, 5), 60);
	assert_int_equal(worker_turn(&s->w), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(rte_ring_sc_dequeue(kernel.out[0], (void **)&m), 0);
		assert_memory_equal(rte_pktmbuf_mtod(m, const uint8_t *), sent[i], 60);
		assert_int_equal(rte_ring_sp_enqueue(kernel.in[0], m), 0);
	}
	assert_int_equal(worker_turn(&s->w), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(rte_ring_sc_dequeue(device.out[0], (void **)&m), 0);
		assert_memory_equal(rte_pktmbuf_mtod(m, const uint8_t *), sent[i], 60);
		rte_pktmbuf_free(m);
	}
	ringport_close(&device);
	ringport_close(&kernel);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	rte_mempool_free(pool);
}

/* --- idle ---------------------------------------------------------------------------------------------------- */

/* A pipe stands for the socket that packets come by. */
static void quiet_begin(struct stage *s, int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	s->w.wait[0] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	s->w.nwait = 1;
	for (int i = 0; i < WORKER_QUIET_POLLS; i++)
		worker_idle(&s->w);
}

static void quiet_end(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void where_little_comes_it_sleeps_until_something_does(void **state)
{
	struct stage *s = *state;
	int ends[2];

	quiet_begin(s, ends);
	assert_int_equal(write(ends[1], "p", 1), 1);
	worker_idle(&s->w);
	assert_int_equal(s->w.wait[0].revents, POLLIN);
	assert_int_equal(s->w.naps, 0);
	quiet_end(ends);
}

static bool is_rung_by(struct stage *s, const struct order *o)
{
	struct pollfd bell = { .fd = s->w.share.bell.fd, .events = POLLIN };
	bool rung;

	bell_lie_down(&s->w.share.bell);
	assert_int_equal(worker_order_post(&s->w, o), 0);
	rung = poll(&bell, 1, 0) == 1;
	bell_get_up(&s->w.share.bell);
	return rung;
}

/* Packets that would bring it to its orders go by in the driver: those to the port, or to the one that leaves by it. */
static void where_packets_go_by_orders_wake_it(void **state)
{
	struct stage *s = *state;
	const struct order set = set_order(1);

	s->flows.flow[1].in.peer = 2;
	s->flows.flow[1].in.quick = 1 << RTP_MEDIA;
	assert_false(is_rung_by(s, &set));
	s->flows.shared = true;
	assert_true(is_rung_by(s, &set));
	s->flows.flow[1].in.quick = 0;
	assert_false(is_rung_by(s, &set));
	s->flows.flow[2].in.quick = 1 << RTP_MEDIA;
	assert_true(is_rung_by(s, &set));
}

/* It would sleep while somebody waits for an answer. */
static void a_reply_wakes_it_where_there_is_mail(void **state)
{
	const struct order reply = { .kind = ORDER_REPLY, .index = 1 };
	struct stage *s = *state;
	struct mailbox box = { 0 };
	int ends[2];

	quiet_begin(s, ends);
	worker_wait_on_sockets(&s->w);
	assert_int_equal(s->w.nwait, 0);
	s->w.wait[1] = s->w.wait[0]; /* the bell, behind the only socket */
	s->w.wait[0] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	s->w.nwait = 1;
	assert_true(is_rung_by(s, &reply));
	worker_drain(&s->w);
	s->w.path.mailbox = &box;
	assert_int_equal(mailbox_open(&box), 0);
	assert_int_equal(write(s->w.share.bell.fd, &(uint64_t){ 1 }, 8), 8);
	worker_idle(&s->w);
	assert_int_equal(s->w.wait[1].revents, POLLIN);
	mailbox_close(&box);
	quiet_end(ends);
}

/* Without it nothing is forwarded in its name. */
static void where_lines_are_shared_each_turn_is_a_sign_of_life(void **state)
{
	struct stage *s = *state;

	worker_turn(&s->w);
	assert_int_equal(s->flows.flow[0].in.at_ms, 0);
	s->flows.shared = true;
	worker_turn(&s->w);
	assert_int_not_equal(s->flows.flow[0].in.at_ms, 0);
}

static void it_does_not_sleep_for_ever(void **state)
{
	struct stage *s = *state;
	int ends[2];

	quiet_begin(s, ends);
	worker_idle(&s->w);
	assert_int_equal(s->w.wait[0].revents, 0);
	quiet_end(ends);
}

static void where_much_comes_it_naps(void **state)
{
	struct stage *s = *state;
	int ends[2];

	quiet_begin(s, ends);
	s->w.busy = true;
	for (int i = 0; i <= WORKER_EMPTY_POLLS; i++)
		worker_idle(&s->w);
	assert_true(s->w.naps > 0);
	quiet_end(ends);
}

static void a_window_of_many_packets_is_much(void **state)
{
	struct stage *s = *state;

	s->w.window_packets = WORKER_WINDOW_PACKETS;
	worker_turn(&s->w);
	assert_true(s->w.busy);
	assert_int_equal(s->w.window_packets, 0);
	s->w.window_ms = 0;
	worker_turn(&s->w);
	assert_false(s->w.busy);
}

/* One socket is not known: some packets would wake nobody. */
static void sockets_are_waited_for_where_all_are_known(void **state)
{
	struct stage *s = *state;
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 5 };

	worker_nic_add(&s->w, 7, mac, 1500);
	worker_input_add(&s->w, 0, 0, s->wake);
	worker_wait_on_sockets(&s->w);
	assert_int_equal(s->w.nwait, 1);
	assert_int_equal(s->w.wait[0].fd, s->wake);
	worker_input_add(&s->w, 0, 1, -1);
	worker_wait_on_sockets(&s->w);
	assert_int_equal(s->w.nwait, 0);
}

/* --- both threads -------------------------------------------------------------------------------------------- */

enum { ROUNDS = 300, ROUNDS_MAX = 10000, PACKETS_A_TURN = 3, PORTS = 10 };

/* The worker's part: its turns, and packets as they would come. */
static void *media_main(void *arg)
{
	struct stage *s = arg;
	struct learn_packet p = { .ssrc = 5, .media = true };
	uint64_t now = 0;

	while (!__atomic_load_n(&s->w.stop, __ATOMIC_RELAXED)) {
		worker_turn(&s->w);
		for (uint32_t i = 1; i <= PACKETS_A_TURN; i++) {
			struct flow *f = &s->flows.flow[i];

			p.seq = (uint16_t)now;
			p.source = s->conf.realms[0].address;
			p.source.port = (uint16_t)(4000 + now / 32 % 2);
			if (f->in.use == FLOW_ON &&
			    flow_learn(&s->flows, i, &p, now, s->w.path.tell, s->w.path.tell_ctx) == LEARN_ACCEPT)
				flow_count(&f->in.packets, 1);
		}
		now++;
	}
	return NULL;
}

/* Control's part of a round: orders, notices, statistics; how many notices came. */
/* Each port is listened to at the next one for three rounds of five. */
static void control_listens(struct stage *s, uint32_t index, unsigned round)
{
	const uint32_t to = index % PORTS + 1;
	struct order o = { .kind = ORDER_UNCOPY, .index = index, .uncopy = to };

	if (round % 5 < 3) {
		o.kind = ORDER_COPY;
		o.copy = copy_new(index, to, &(struct payload_map){ 0 });
	}
	while (worker_order_post(&s->w, &o) < 0)
		sched_yield();
	copy_pile_free(&s->flows.copies);
}

static unsigned control_round(struct stage *s, unsigned round)
{
	struct port_stats stats;
	struct notice n;
	unsigned notices = 0;

	for (uint32_t i = 1; i <= PORTS; i++) {
		struct order o = set_order(i);

		o.kind = round % 5 == 4 ? ORDER_CLEAR : ORDER_SET;
		o.set.spec.policy = LATCH_OPEN;
		o.set.spec.session = round / 5 + 1;
		while (worker_order_post(&s->w, &o) < 0)
			sched_yield();
		control_listens(s, i, round);
		flow_stats(&s->flows, i, 0, &stats);
		assert_true(stats.state <= PORT_LATCHED);
	}
	while (worker_notice_take(&s->w, &n)) {
		assert_in_range(n.index, 1, PACKETS_A_TURN);
		notices++;
	}
	return notices;
}

static void both_threads(void **state)
{
	struct stage *s = *state;
	unsigned notices = 0, round;
	uint32_t applied = 0;
	pthread_t media;

	assert_int_equal(pthread_create(&media, NULL, media_main, s), 0);
	/* The worker may get its first turn late. */
	for (round = 0; round < ROUNDS || (notices == 0 && round < ROUNDS_MAX); round++) {
		notices += control_round(s, round);
		usleep(round < ROUNDS ? 0 : 1000);
	}
	__atomic_store_n(&s->w.stop, 1, __ATOMIC_RELAXED);
	pthread_join(media, NULL);
	while (worker_turn(&s->w))
		;
	for (uint32_t i = 1; i <= PORTS; i++)
		applied += s->flows.slow[i].applied;
	assert_int_equal(applied, round * PORTS);
	assert_true(notices > 0);
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(orders_are_applied_in_order, begin, end),
		cmocka_unit_test_setup_teardown(a_full_ring_says_so, begin, end),
		cmocka_unit_test_setup_teardown(notices_wake_control, begin, end),
		cmocka_unit_test_setup_teardown(notices_lost_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(inputs_and_interfaces, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_media_is_the_kernels, begin, end),
		cmocka_unit_test_setup_teardown(tagged_frames_are_the_kernels, begin, end),
		cmocka_unit_test_setup_teardown(where_little_comes_it_sleeps_until_something_does, begin, end),
		cmocka_unit_test_setup_teardown(where_packets_go_by_orders_wake_it, begin, end),
		cmocka_unit_test_setup_teardown(a_reply_wakes_it_where_there_is_mail, begin, end),
		cmocka_unit_test_setup_teardown(where_lines_are_shared_each_turn_is_a_sign_of_life, begin, end),
		cmocka_unit_test_setup_teardown(it_does_not_sleep_for_ever, begin, end),
		cmocka_unit_test_setup_teardown(where_much_comes_it_naps, begin, end),
		cmocka_unit_test_setup_teardown(a_window_of_many_packets_is_much, begin, end),
		cmocka_unit_test_setup_teardown(sockets_are_waited_for_where_all_are_known, begin, end),
		cmocka_unit_test_setup_teardown(both_threads, begin, end),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
