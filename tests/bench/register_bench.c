/* SPDX-License-Identifier: BSD-3-Clause */
/* register_bench: what registrations cost: REGISTER after REGISTER over UDP on loopback through the whole control plane
 * and its store, from phones in a process of their own; then a restart.
 *
 *   register_bench [PHONES]    100,000 unless told
 */
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "sbc/engine/engine.h"
#include "sbc/registrar/keepalive.h"
#include "sbc/store/store.h"
#include "sbc/wire/udp.h"
#include "tests/bench/phones.h"

enum { PORT = 25960, PHONES = 100000, PHONES_MOST = 1000000, PER_SECOND = 1700, GIVE_UP_S = 120, PAUSE_MS = 40000 };

struct bench {
	struct config *conf;
	struct engine *e;
	struct udp *udp;
	unsigned count;
	uint64_t got;     /* requests */
	uint64_t skipped; /* ms */
	char folder[64], store[80];
};

/* What each round costs; what the phones' process says at its end. */
static const struct round {
	const char *name;
	double aim_ms;
} rounds[PHONES_ROUND_N] = {
	[PHONES_ASK] = { "challenge", 0.03 },
	[PHONES_ANSWER] = { "first", 0.05 },
	[PHONES_REFRESH] = { "refresh", 0.05 },
};

static void fail(const char *what)
{
	fprintf(stderr, "register_bench: %s\n", what);
	exit(1);
}

static double seconds(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t clock_ms(void)
{
	return (uint64_t)(seconds(CLOCK_MONOTONIC) * 1e3);
}

static int64_t clock_wall(void)
{
	return (int64_t)time(NULL);
}

static void fill_random(void *ctx, void *bytes, uint32_t n)
{
	(void)ctx;
	if (getrandom(bytes, n, 0) != (ssize_t)n)
		fail("no randomness");
}

/* What is ours alone. */
static long private_bytes(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kb, sum = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_Clean: %ld", &kb) == 1 || sscanf(line, "Private_Dirty: %ld", &kb) == 1)
			sum += kb * 1024;
	if (!f)
		fail("cannot read /proc/self/smaps_rollup");
	fclose(f);
	return sum;
}

/* ----- the server ----- */

/* Phones come as fast as they are served; its clock goes as if they came at the rate of 100,000 that register each
 * minute: so many transactions wait for their end as would. */
static uint64_t now_of(const struct bench *b)
{
	return 1000000 + b->skipped + b->got * 1000 / PER_SECOND;
}

static int on_send(void *ctx, struct flow *to, struct span bytes)
{
	struct bench *b = ctx;

	return udp_send(b->udp, to, bytes) ? 0 : -1;
}

static void on_relay(void *ctx, struct span datagram)
{
	(void)ctx, (void)datagram;
}

static void on_received(void *ctx, const struct flow *from, struct span bytes)
{
	struct bench *b = ctx;

	b->got++;
	engine_receive(b->e, from, bytes, now_of(b));
}

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fprintf(stderr, "register_bench: %s: %s\n", p->path, p->text);
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	if (level <= LOG_WARN || span_starts(span_str(line), SPAN("store:")))
		fprintf(stderr, "register_bench: %s\n", line);
}

static struct config *make_config(const struct bench *b)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"realms\": {\"lo\": {\"address\": \"127.0.0.1\", \"listen\": [\"udp:%d\"],"
		 " \"media\": {\"ports\": \"20000-20099\"}, \"phones\": {\"domains\": [\"bench.example\"],"
		 " \"keepalive\": \"0\", \"expires\": {\"nat-udp\": \"1h\"}}}},"
		 " \"limits\": {\"registrations\": %u, \"transactions\": 200000}, \"store\": {\"local\": \"%s\"}}",
		 PORT, b->count, b->store);
	return conf_load(span_str(text), "bench.json", on_problem, NULL);
}

static struct users *make_users(const struct bench *b)
{
	static const struct hash_key key = { 1, 2 };
	uint32_t size = 64 * b->count + 64;
	char *text = malloc(size);
	struct writer w = writer_over(text, size);
	struct users *users;

	writer_str(&w, "{\"users\": [");
	for (unsigned i = 0; i < b->count; i++)
		writer_format(&w, "%s{\"name\":\"u%06u\",\"password\":\"p%06u\"}", i ? "," : "", i, i);
	writer_str(&w, "]}");
	users = users_load(writer_done(&w), &key, on_problem, NULL);
	free(text);
	return users;
}

static void start(struct bench *b, bool stored)
{
	struct engine_setup s = {
		.conf = b->conf,
		.out = { .ctx = b, .send = on_send, .relay = on_relay },
		.log = { LOG_INFO, on_log, NULL },
		.users = { make_users(b) },
		.random = fill_random,
		.wall = clock_wall,
		.now = now_of(b),
	};
	const struct store_conf store = { .path = b->conf->store.local, .log = s.log, .wall = clock_wall };

	s.store = stored ? store_open(&store) : NULL;
	b->e = (s.store || !stored) && s.users[0] ? engine_new(&s) : NULL;
	if (!b->e)
		fail("cannot start the engine");
}

/* All phones once. */
static void serve(struct bench *b, enum count what, uint64_t until)
{
	struct pollfd p = { .fd = udp_fd(b->udp, 0), .events = POLLIN };
	uint64_t give_up = clock_ms() + GIVE_UP_S * 1000;

	while (b->e->core.count.n[what] < until) {
		if (clock_ms() > give_up)
			fail("the phones did not all come");
		poll(&p, 1, 100);
		while (udp_read(b->udp, 0, on_received, b))
			;
		udp_flush(b->udp);
	}
}

/* ----- the phones ----- */

/* In a child: a byte tells it to begin the next round. */
static void be_phones(unsigned count, int go)
{
	struct phones p;
	char c;

	phones_open(&p, count, PORT, clock_ms);
	for (enum phones_round r = 0; r < PHONES_ROUND_N && read(go, &c, 1) == 1; r++) {
		phones_register(&p, r);
		if (p.again || p.stale)
			fprintf(stderr, "register_bench: %s: %u requests were sent again, %u with a new nonce\n",
				rounds[r].name, p.again, p.stale);
	}
	_exit(0);
}

/* ----- measuring ----- */

static void measure_round(struct bench *b, enum phones_round r, int go)
{
	double all = seconds(CLOCK_PROCESS_CPUTIME_ID), sip = seconds(CLOCK_THREAD_CPUTIME_ID);

	(void)!write(go, "", 1);
	serve(b, r == PHONES_ASK ? COUNT_REFUSE_CHALLENGED : COUNT_REGISTER_OK, (r ? r : 1) * (uint64_t)b->count);
	all = seconds(CLOCK_PROCESS_CPUTIME_ID) - all;
	sip = seconds(CLOCK_THREAD_CPUTIME_ID) - sip;
	printf("{\"name\":\"register.%s.cpu\",\"value\":%.4f,\"unit\":\"ms/REGISTER\",\"aim\":%.2f,\"sip\":%.4f,"
	       "\"store\":%.4f}\n",
	       rounds[r].name, all * 1e3 / b->count, rounds[r].aim_ms, sip * 1e3 / b->count,
	       (all - sip) * 1e3 / b->count);
	fflush(stdout);
}

static void measure_memory(const struct bench *b, long grown)
{
	printf("{\"name\":\"register.memory\",\"value\":%ld,\"unit\":\"B/"
	       "registration\",\"aim\":1024,\"registrations\":%u,"
	       "\"bindings\":%zu,\"keepalive\":%zu,\"store\":%zu}\n",
	       grown / (long)b->count, b->count, bindings_bytes(b->e->bindings) / b->count,
	       keepalive_bytes(b->e->keepalive) / b->count, store_bytes(b->e->store) / b->count);
}

static void measure_restart(struct bench *b)
{
	double stop = seconds(CLOCK_MONOTONIC), from;
	struct stat st;

	engine_free(b->e);
	stop = seconds(CLOCK_MONOTONIC) - stop;
	if (stat(b->store, &st))
		fail("the store is not there");
	from = seconds(CLOCK_MONOTONIC);
	start(b, true);
	from = seconds(CLOCK_MONOTONIC) - from;
	if (bindings_count(b->e->bindings) != b->count)
		fail("not all registrations came back");
	printf("{\"name\":\"store.stop\",\"value\":%.3f,\"unit\":\"s\",\"registrations\":%u}\n", stop, b->count);
	printf("{\"name\":\"store.start\",\"value\":%.3f,\"unit\":\"s\",\"aim\":1,\"registrations\":%u}\n", from,
	       b->count);
	printf("{\"name\":\"store.file\",\"value\":%ld,\"unit\":\"B/registration\"}\n",
	       (long)st.st_size / (long)b->count);
}

/* All phones once, as their REGISTERs would: what keeping them takes where SIP is served is the difference. */
static double refresh_us(struct bench *b, bool stored)
{
	struct bindings *t = NULL;
	struct binding *binding;
	uint32_t pos = 0;
	double took;

	unlink(b->store);
	start(b, stored);
	t = b->e->bindings;
	for (unsigned i = 0; i < b->count; i++) {
		struct binding_facts f = {
			.contact = SPAN("sip:u000001@192.168.1.10:5060"),
			.instance = SPAN("\"<urn:uuid:00000000-0000-1000-8000-000000000001>\""),
			.agent = SPAN("Bench desk telephone 1.0.0.1"),
			.expires_at = UINT64_MAX / 2,
		};
		char user[16];

		snprintf(user, sizeof(user), "u%06u", i);
		f.flow.peer = (struct addr){ .ip = { 127, 1, (uint8_t)(i >> 8), (uint8_t)i },
					     .family = ADDR_V4,
					     .port = (uint16_t)(1 + i % 60000) };
		f.call_id = span_str(user);
		if (!bindings_put(t, span_str(user), NULL, &f, now_of(b)))
			fail("a binding does not fit");
	}
	took = seconds(CLOCK_THREAD_CPUTIME_ID);
	while ((binding = bindings_next(t, &pos))) {
		struct binding_facts f = binding->facts;

		f.cseq++;
		bindings_put(t, binding_user_name(binding), binding, &f, now_of(b));
		if (++b->got % 64 == 0)
			engine_advance(b->e, now_of(b));
	}
	took = seconds(CLOCK_THREAD_CPUTIME_ID) - took;
	engine_free(b->e);
	return took * 1e6 / b->count;
}

static void measure_marks(struct bench *b)
{
	double with = refresh_us(b, true), without = refresh_us(b, false);

	printf("{\"name\":\"store.mark\",\"value\":%.2f,\"unit\":\"us/REGISTER\",\"aim\":1,\"binding\":%.2f}\n",
	       with - without, without);
}

static void run(struct bench *b)
{
	int go[2];
	pid_t child;
	long before;

	if (pipe(go))
		fail("no pipe");
	child = fork();
	if (child == 0)
		be_phones(b->count, go[0]);
	start(b, true);
	measure_round(b, PHONES_ASK, go[1]); /* transactions have their memory then */
	before = private_bytes();
	measure_round(b, PHONES_ANSWER, go[1]);
	measure_round(b, PHONES_REFRESH, go[1]);
	measure_memory(b, private_bytes() - before);
	waitpid(child, NULL, 0);
	measure_restart(b);
	engine_free(b->e);
	measure_marks(b);
}

int main(int argc, char **argv)
{
	static struct bench b;
	char error[512];

	b.count = argc > 1 ? (unsigned)atoi(argv[1]) : PHONES;
	if (b.count == 0 || b.count > PHONES_MOST)
		fail("usage: register_bench [PHONES]");
	snprintf(b.folder, sizeof(b.folder), "/tmp/register-bench-%d", (int)getpid());
	snprintf(b.store, sizeof(b.store), "%s/state.db", b.folder);
	b.conf = make_config(&b);
	b.udp = b.conf ? udp_open(b.conf, error, sizeof(error)) : NULL;
	if (!b.udp)
		fail(b.conf ? error : "no configuration");
	run(&b);
	udp_close(b.udp);
	conf_free(b.conf);
	unlink(b.store);
	rmdir(b.folder);
	return 0;
}
