/* SPDX-License-Identifier: BSD-3-Clause */
/* datapath_bench.c: cycles per packet of the relay's stages, next to what moving packets costs at the least.
 * Packets of 214 bytes (172 of RTP) go round for ever: each port's peer is another of our ports, so what leaves one
 * session enters the next one, in an order that no prefetcher guesses. Everything is on: learning, source check,
 * rewriting, checksums, counters. The floors run over the same ring of packets in the same minute. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rtpproxy/eal.h"
#include "rtpproxy/pool.h"
#include "rtpproxy/worker.h"
#include "tests/bench/allocations.h"
#include "tests/unit/alg/net/datagram.h"

enum {
	PACKETS = 512, /* in the ring */
	TURNS = 20000, /* bursts in a round */
	ROUNDS = 9,
	PORTS_A_REALM = 50000,
	RTP_BYTES = 172,
};

struct bench {
	struct rte_mempool *pool;
	struct config *conf;
	struct flow_table flows;
	struct worker worker;
	uint16_t port;
	bool mapped;    /* payload numbers change at each port */
	uint32_t *next; /* by flow index: the port that the packet goes to */
};

static void fail(const char *what)
{
	fprintf(stderr, "datapath_bench: %s\n", what);
	exit(1);
}

static uint64_t mix(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void notice_ignore(void *ctx, const struct notice *n)
{
	(void)ctx;
	(void)n;
}

/* --- the world ----------------------------------------------------------------------------------------------- */

static void realms_make(struct bench *b, uint32_t ports, bool six)
{
	char text[32];
	unsigned n = 0;

	b->conf = calloc(1, sizeof(*b->conf));
	if (!b->conf)
		fail("no memory");
	for (; ports; n++) {
		const uint32_t some = ports < PORTS_A_REALM ? ports : PORTS_A_REALM;
		struct conf_realm *r = &b->conf->realms[n];

		snprintf(text, sizeof(text), six ? "2001:db8::%u" : "10.0.0.%u", n + 1);
		if (addr_parse_host(span_str(text), &r->address) < 0)
			fail("address");
		r->media_first = 10000;
		r->media_last = (uint16_t)(10000 + some - 1);
		ports -= some;
	}
	b->conf->nrealm = n;
}

static struct addr own_addr(const struct bench *b, uint32_t index)
{
	const struct own_port own = flow_own(&b->flows, index);
	struct addr a = b->conf->realms[own.realm].address;

	a.port = own.port;
	return a;
}

/* Ports 2i-1 and 2i are a session: what comes to one leaves from the other. */
static uint32_t peer_of(uint32_t index)
{
	return index % 2 ? index + 1 : index - 1;
}

/* A random circle through all ports that packets come to: the odd ones. */
static void circle_make(struct bench *b, uint32_t sessions)
{
	uint32_t *order = calloc(sessions, sizeof(*order));
	uint64_t state = 88172645463325252;

	b->next = calloc(b->flows.count, sizeof(*b->next));
	if (!order || !b->next)
		fail("no memory");
	for (uint32_t i = 0; i < sessions; i++)
		order[i] = 2 * i + 1;
	for (uint32_t i = sessions - 1; i; i--) {
		const uint32_t j = (uint32_t)(mix(&state) % (i + 1)), keep = order[i];

		order[i] = order[j];
		order[j] = keep;
	}
	for (uint32_t i = 0; i < sessions; i++)
		b->next[order[i]] = order[(i + 1) % sessions];
	free(order);
}

static void port_set(struct bench *b, uint32_t index, const struct addr *other)
{
	struct order o = { .kind = ORDER_SET, .index = index };

	o.set.spec = (struct port_spec){ .own = flow_own(&b->flows, index),
					 .policy = LATCH_SDP_IP,
					 .window_open = true,
					 .session = index / 2 + 1,
					 .clock_hz = 8000,
					 .expected = *other };
	if (b->mapped) {
		(void)payload_map_add(&o.set.spec.map, 0, 8);
		(void)payload_map_add(&o.set.spec.map, 8, 0);
	}
	o.set.peer = peer_of(index);
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = 0 };
	o.set.signalling.nic = NIC_NONE;
	flow_order(&b->flows, &o, 0, notice_ignore, NULL);
}

static void port_confirm(struct bench *b, uint32_t index, const struct addr *source)
{
	struct learn_packet p = { .source = *source, .ssrc = 1, .media = true };

	for (uint16_t i = 0; i < LEARN_CONFIRM; i++, p.seq++)
		if (flow_learn(&b->flows, index, &p, 0, notice_ignore, NULL) != LEARN_ACCEPT)
			fail("a source was refused");
}

static void sessions_make(struct bench *b, uint32_t sessions, bool six)
{
	realms_make(b, 2 * sessions, six);
	if (flow_table_init(&b->flows, b->conf) < 0)
		fail("no memory for flows");
	circle_make(b, sessions);
	for (uint32_t i = 1; i < b->flows.count; i += 2) {
		const struct addr leaves_from = own_addr(b, i + 1), goes_to = own_addr(b, b->next[i]);

		port_set(b, i + 1, &goes_to);
		port_set(b, b->next[i], &leaves_from);
		port_confirm(b, b->next[i], &leaves_from);
	}
}

/* Puts the packets into the ring, each at another session. They pass each port by turns, the first one last: so
 * numbered, each port hears a stream without gaps. */
static void packets_make(struct bench *b, uint32_t sessions)
{
	uint8_t rtp[RTP_BYTES] = { 0x80 };
	uint32_t at = 1;

	for (uint32_t i = 0; i < PACKETS; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(b->pool);
		const struct addr from = own_addr(b, at + 1), to = own_addr(b, b->next[at]);
		const uint32_t number = PACKETS - i, timestamp = htonl(number * 160);

		if (!m)
			fail("no packet");
		rtp[2] = (uint8_t)(number >> 8);
		rtp[3] = (uint8_t)number;
		memcpy(rtp + 4, &timestamp, 4);
		m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &from, &to, rtp, sizeof(rtp));
		m->pkt_len = m->data_len;
		if (rte_eth_tx_burst(b->port, 0, &m, 1) != 1)
			fail("the ring is full");
		for (uint32_t step = 0; step < sessions / PACKETS; step++)
			at = b->next[at];
	}
}

static void packets_drop(const struct bench *b)
{
	struct rte_mbuf *m[BURST_MAX];
	uint16_t n;

	while ((n = rte_eth_rx_burst(b->port, 0, m, BURST_MAX)))
		rte_pktmbuf_free_bulk(m, n);
}

static void port_make(struct bench *b)
{
	const struct rte_eth_conf conf = { 0 };

	b->pool = pool_create("bench", 4 * PACKETS);
	if (!b->pool || rte_eal_hotplug_add("vdev", "net_ring0", "") < 0 ||
	    rte_eth_dev_get_port_by_name("net_ring0", &b->port) < 0)
		fail("cannot open a ring port");
	if (rte_eth_dev_configure(b->port, 1, 1, &conf) < 0 ||
	    rte_eth_rx_queue_setup(b->port, 0, 1024, SOCKET_ID_ANY, NULL, b->pool) < 0 ||
	    rte_eth_tx_queue_setup(b->port, 0, 1024, SOCKET_ID_ANY, NULL) < 0 || rte_eth_dev_start(b->port) < 0)
		fail("cannot start the ring port");
}

/* --- what is measured ---------------------------------------------------------------------------------------- */

static void swap(uint8_t *a, uint8_t *b, size_t n)
{
	uint8_t keep[16];

	memcpy(keep, a, n);
	memcpy(a, b, n);
	memcpy(b, keep, n);
}

/* As testpmd's 5tswap does: addresses and ports change places, so that checksums stay true. */
static void five_tuple_swap(uint8_t *p)
{
	swap(p, p + 6, 6);
	if (p[12] != 0x08 || p[23] != 17)
		return;
	swap(p + 26, p + 30, 4);
	swap(p + 34, p + 36, 2);
}

static unsigned floor_turn(const struct bench *b, bool swapping)
{
	struct rte_mbuf *m[BURST_MAX];
	const uint16_t n = rte_eth_rx_burst(b->port, 0, m, BURST_MAX);

	for (uint16_t i = 0; swapping && i < n; i++) {
		if (i + 1 < n)
			rte_prefetch0(rte_pktmbuf_mtod(m[i + 1], void *));
		five_tuple_swap(rte_pktmbuf_mtod(m[i], uint8_t *));
	}
	return rte_eth_tx_burst(b->port, 0, m, n);
}

enum lane { IO, SWAP, RELAY };

static double round_run(struct bench *b, enum lane lane)
{
	const uint64_t from = rte_rdtsc_precise();
	uint64_t packets = 0;

	for (int i = 0; i < TURNS; i++)
		packets += lane == RELAY ? worker_turn(&b->worker) : floor_turn(b, lane == SWAP);
	if (packets < (uint64_t)TURNS * BURST_MAX)
		fail("packets were lost");
	return (double)(rte_rdtsc_precise() - from) / (double)packets;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, const char *size, double value, const char *unit)
{
	printf("{\"name\":\"datapath_%s_%s\",\"value\":%.2f,\"unit\":\"%s\"}\n", name, size, value, unit);
	fflush(stdout);
}

static void measure(struct bench *b, const char *size)
{
	double cycles[3][ROUNDS];

	for (int r = 0; r < ROUNDS; r++) {
		cycles[RELAY][r] = round_run(b, RELAY);
		cycles[IO][r] = round_run(b, IO);
		/* An even number of bursts through a ring of whole bursts: every packet is swapped back. */
		cycles[SWAP][r] = round_run(b, SWAP);
	}
	for (int lane = IO; lane <= RELAY; lane++)
		qsort(cycles[lane], ROUNDS, sizeof(double), by_value);
	report("relay", size, cycles[RELAY][ROUNDS / 2], "cycles/packet");
	report("relay_best", size, cycles[RELAY][0], "cycles/packet");
	report("floor_io", size, cycles[IO][ROUNDS / 2], "cycles/packet");
	report("floor_5tswap", size, cycles[SWAP][ROUNDS / 2], "cycles/packet");
	report("relay_to_5tswap", size, cycles[RELAY][ROUNDS / 2] / cycles[SWAP][ROUNDS / 2], "ratio");
}

/* From here on this process may only end: any other system call kills it, and with that goes whatever waits, logs or
 * maps memory. */
static int silence_begin(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -1 : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void silent_turns(struct bench *b)
{
	uint64_t before, packets = 0;

	if (silence_begin() < 0)
		_exit(2);
	before = allocations;
	for (int i = 0; i < TURNS; i++)
		packets += worker_turn(&b->worker);
	(void)syscall(SYS_exit, allocations == before && packets >= (uint64_t)TURNS * BURST_MAX ? 0 : 1);
}

static void silence_check(struct bench *b, const char *size)
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0)
		silent_turns(b);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail("the packet path asks something of the kernel, or takes memory");
	report("syscalls_and_allocations", size, 0, "1/packet");
}

/* turns 0: everything is measured; else only so many bursts are relayed, for counting instructions. */
static void bench_run(struct bench *b, uint32_t sessions, bool six, const char *size, unsigned long turns)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	uint64_t lost = 0;

	sessions_make(b, sessions, six);
	if (worker_init(&b->worker, 0, &b->flows, 0, -1) < 0 || worker_nic_add(&b->worker, b->port, mac, 1500) != 0 ||
	    worker_input_add(&b->worker, 0, 0, -1) < 0)
		fail("no worker");
	packets_make(b, sessions);
	for (unsigned long i = 0; i < turns; i++)
		worker_turn(&b->worker);
	if (turns == 0) {
		measure(b, size);
		silence_check(b, size);
	}
	for (int v = VERDICT_SENT + 1; v < VERDICT_N; v++)
		lost += b->worker.path.counts.of[v];
	if (lost)
		fail("packets ended otherwise than sent");
	packets_drop(b);
	worker_fini(&b->worker);
	flow_table_fini(&b->flows);
	free(b->next);
	free(b->conf);
}

/* Without arguments all sizes; "--once KIND TURNS": so many bursts of 1,000 sessions, unmeasured. */
int main(int argc, char **argv)
{
	static const struct {
		const char *once; /* its name there */
		uint32_t sessions;
		bool six, mapped;
		const char *size;
	} sizes[] = {
		{ "relay", 1000, false, false, "1k" },       { NULL, 10000, false, false, "10k" },
		{ NULL, 100000, false, false, "100k" },      { NULL, 100000, false, true, "100k_mapped" },
		{ NULL, 10000, true, false, "10k_ipv6" },    { NULL, 100000, true, false, "100k_ipv6" },
		{ "relay_mapped", 1000, false, true, NULL }, { "relay_ipv6", 1000, true, false, NULL },
	};
	const bool once = argc == 4 && strcmp(argv[1], "--once") == 0;
	const unsigned long turns = once ? strtoul(argv[3], NULL, 10) : 0;
	const struct eal_ask ask = { .megabytes = 64, .workers = 1 };
	struct bench b = { 0 };
	char error[256];

	if (eal_start(&ask, error, sizeof(error)) < 0)
		fail(error);
	port_make(&b);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (once ? !sizes[i].once || strcmp(argv[2], sizes[i].once) != 0 : !sizes[i].size)
			continue;
		b.mapped = sizes[i].mapped;
		bench_run(&b, sizes[i].sessions, sizes[i].six, sizes[i].size, turns);
	}
	eal_stop();
	return 0;
}
