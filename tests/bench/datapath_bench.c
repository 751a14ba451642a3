/* SPDX-License-Identifier: BSD-3-Clause */
/* datapath_bench.c: cycles per packet of the relay's stages, next to what moving packets costs at the least.
 * Packets of 214 bytes (172 of RTP) go round for ever (circle.h). Everything is on: learning, source check, rewriting,
 * checksums, counters. The floors run over the same ring of packets in the same minute. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/pool.h"
#include "rtpproxy/path/worker.h"
#include "tests/bench/allocations.h"
#include "tests/bench/circle.h"

enum {
	PACKETS = 512, /* in the ring */
	TURNS = 20000, /* bursts in a round */
	ROUNDS = 9,
};

struct bench {
	struct rte_mempool *pool;
	struct circle circle;
	struct worker worker;
	struct share other; /* of a second worker, that never turns */
	uint16_t port;
	bool mapped, sealed, heard;
	unsigned workers;
};

static void port_make(struct bench *b)
{
	b->pool = pool_create("bench", 4 * PACKETS);
	if (!b->pool)
		circle_fail("no memory");
	b->port = circle_port_open(1, b->pool);
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
		circle_fail("packets were lost");
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
		circle_fail("the packet path asks something of the kernel, or takes memory");
	report("syscalls_and_allocations", size, 0, "1/packet");
}

/* For comparison: the same packets sealed and opened by libsrtp, without a relay. */
static void libsrtp_run(unsigned long turns)
{
	static uint8_t secret[SRTP_SECRET_MAX] = "as good as any";
	srtp_policy_t policy = { .ssrc.type = ssrc_any_outbound, .key = secret, .window_size = 128 };
	srtp_t out, in;

	srtp_crypto_policy_set_rtp_default(&policy.rtp);
	srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
	if (srtp_init() || srtp_create(&out, &policy))
		circle_fail("no libsrtp");
	policy.ssrc.type = ssrc_any_inbound;
	if (srtp_create(&in, &policy))
		circle_fail("no libsrtp");
	for (unsigned long i = 0; i < turns * BURST_MAX; i++) {
		uint8_t rtp[CIRCLE_RTP_BYTES + SRTP_MAX_TRAILER_LEN] = { 0x80, 0, (uint8_t)(i >> 8), (uint8_t)i };
		int n = CIRCLE_RTP_BYTES;

		if (srtp_protect(out, rtp, &n) || srtp_unprotect(in, rtp, &n))
			circle_fail("libsrtp");
	}
	srtp_dealloc(out);
	srtp_dealloc(in);
}

/* Each packet leaves for a listener, too, by an interface that forgets it. */
static void listener_begin(struct bench *b)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 2 };
	const struct rte_eth_conf conf = { 0 };
	uint16_t port;

	if (rte_eal_hotplug_add("vdev", "net_null0", "") < 0 || rte_eth_dev_get_port_by_name("net_null0", &port) < 0 ||
	    rte_eth_dev_configure(port, 1, 1, &conf) < 0 ||
	    rte_eth_rx_queue_setup(port, 0, 64, SOCKET_ID_ANY, NULL, b->pool) < 0 ||
	    rte_eth_tx_queue_setup(port, 0, 1024, SOCKET_ID_ANY, NULL) < 0 || rte_eth_dev_start(port) < 0 ||
	    worker_nic_add(&b->worker, port, mac, 1500) != 1)
		circle_fail("no interface for listeners");
	b->worker.path.nic[1].pool = b->pool;
	circle_listen(&b->circle, 1);
}

/* turns 0: everything is measured; else only so many bursts are relayed, for counting instructions. */
static void bench_run(struct bench *b, uint32_t sessions, bool six, const char *size, unsigned long turns)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	uint64_t lost = 0;

	circle_make(&b->circle, sessions, six, b->workers, b->mapped, b->sealed);
	if (worker_init(&b->worker, 0, &b->circle.flows, 0, -1) < 0 ||
	    worker_nic_add(&b->worker, b->port, mac, 1500) != 0 || worker_input_add(&b->worker, 0, 0, -1) < 0)
		circle_fail("no worker");
	if (b->workers > 1 && (share_open(&b->other, 1) < 0 || share_join(&b->worker.share, &b->other) < 0 ||
			       share_join(&b->other, &b->worker.share) < 0))
		circle_fail("no second worker");
	if (b->heard)
		listener_begin(b);
	circle_fill(&b->circle, 0, PACKETS, b->pool, b->port, 0);
	for (unsigned long i = 0; i < turns; i++)
		worker_turn(&b->worker);
	if (turns == 0) {
		measure(b, size);
		silence_check(b, size);
	}
	for (int v = VERDICT_SENT + 1; v < VERDICT_N; v++)
		lost += b->worker.path.counts.of[v];
	if (lost)
		circle_fail("packets ended otherwise than sent");
	circle_empty(b->port, 0);
	worker_fini(&b->worker);
	circle_free(&b->circle);
}

/* Without arguments all sizes; "--once KIND TURNS": so many bursts of 1,000 sessions, unmeasured. */
int main(int argc, char **argv)
{
	static const struct {
		const char *once; /* its name there */
		uint32_t sessions;
		bool six, mapped;
		const char *size;
		unsigned workers;
		bool sealed, heard;
	} sizes[] = {
		{ "relay", 1000, false, false, "1k", 1, false, false },
		{ NULL, 10000, false, false, "10k", 1, false, false },
		{ NULL, 100000, false, false, "100k", 1, false, false },
		{ NULL, 100000, false, true, "100k_mapped", 1, false, false },
		{ NULL, 10000, true, false, "10k_ipv6", 1, false, false },
		{ NULL, 100000, true, false, "100k_ipv6", 1, false, false },
		{ "relay_mapped", 1000, false, true, NULL, 1, false, false },
		{ "relay_ipv6", 1000, true, false, NULL, 1, false, false },
		{ "relay_of_two", 2000, false, false, NULL, 2, false, false },
		{ "relay_srtp", 1000, false, false, NULL, 1, true, false },
		{ "relay_heard", 1000, false, false, NULL, 1, false, true },
	};
	const bool once = argc == 4 && strcmp(argv[1], "--once") == 0;
	const unsigned long turns = once ? strtoul(argv[3], NULL, 10) : 0;
	const struct eal_ask ask = { .megabytes = 64, .workers = 1 };
	struct bench b = { 0 };
	char error[256];

	if (once && strcmp(argv[2], "libsrtp") == 0) {
		libsrtp_run(turns);
		return 0;
	}
	if (eal_start(&ask, error, sizeof(error)) < 0)
		circle_fail(error);
	port_make(&b);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (once ? !sizes[i].once || strcmp(argv[2], sizes[i].once) != 0 : !sizes[i].size)
			continue;
		b.mapped = sizes[i].mapped;
		b.sealed = sizes[i].sealed;
		b.heard = sizes[i].heard;
		b.workers = sizes[i].workers;
		bench_run(&b, sizes[i].sessions, sizes[i].six, sizes[i].size, turns);
	}
	eal_stop();
	return 0;
}
