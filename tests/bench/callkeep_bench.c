/* SPDX-License-Identifier: BSD-3-Clause */
/* callkeep_bench: what a call costs that outlives a restart: on the loop, in the thread that writes, on disk; and a
 * start with many of them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sbc/store/callkeep.h"
#include "sbc/store/callrestore.h"
#include "sbc/store/store.h"
#include "tests/bench/figure.h"

enum { CALLS = 10000, BATCH_TEXT = 1 << 20 };

static const char conf_text[] =
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"phones\": {} }, \"internet\": { \"address\": "
	"\"198.51.100.5\", \"phones\": {} } }, \"limits\": { \"calls\": 10000 } }";

static char path[] = "/tmp/natsbc-bench-XXXXXX";

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fprintf(stderr, "callkeep_bench: %s: %s\n", p->path, p->text);
}

/* Names must differ, and no more. */
static void on_random(void *ctx, void *bytes, uint32_t n)
{
	uint64_t *random = ctx;

	for (uint32_t i = 0; i < n; i++) {
		*random = *random * 6364136223846793005u + 1442695040888963407u;
		((unsigned char *)bytes)[i] = (unsigned char)(*random >> 56);
	}
}

static int64_t on_wall(void)
{
	return 1700000000;
}

static int on_send(void *ctx, struct flow *to, struct span bytes)
{
	(void)ctx, (void)to, (void)bytes;
	return 0;
}

static double clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct engine *start(const struct config *conf, uint64_t *random)
{
	const struct store_conf store = { .path = path, .wall = on_wall };
	struct engine_setup setup = {
		.conf = conf,
		.random = on_random,
		.random_ctx = random,
		.wall = on_wall,
		.now = 1000000,
		.out = { .send = on_send },
		.store = store_open(&store),
	};
	struct engine *e;

	for (unsigned i = 0; i < 2; i++) {
		static const struct hash_key key = { 1, 2 };

		setup.users[i] = users_load(SPAN("{\"users\":[]}"), &key, on_problem, NULL);
	}
	e = engine_new(&setup);
	if (!e)
		exit(1);
	return e;
}

/* A leg as a phone makes it. */
static struct callrecord_leg leg_of(bool caller, unsigned i, char text[5][96])
{
	struct callrecord_leg l = {
		.realm = caller ? SPAN("internet") : SPAN("lan"),
		.transport = SPAN("UDP"),
		.port = 5060,
		.media = caller ? SPAN("a") : SPAN("b"),
		.local_tag = SPAN("kgax9rcg15x7"),
		.remote_tag = SPAN("a83b1f0c22"),
		.local_cseq = 2,
		.remote_cseq = 102,
		.invite_cseq = 102,
		.updates = 1,
	};

	snprintf(text[0], 96, "%u-%d-3f2a9c81b7d04e55@192.168.1.%u", i, caller, i % 250);
	snprintf(text[1], 96, "\"User %u\" <sip:user%05u@voice.example.net>", i, i);
	snprintf(text[2], 96, "<sip:other%05u@voice.example.net>", i);
	snprintf(text[3], 96, "sip:user%05u@192.168.1.%u:5062;transport=udp;ob", i, i % 250);
	snprintf(text[4], 96, "203.0.113.%u:%u", i % 250 + 1, 10000 + i);
	l.call_id = span_str(text[0]);
	l.local = span_str(text[1]);
	l.remote = span_str(text[2]);
	l.target = span_str(text[3]);
	addr_parse(span_str(text[4]), 0, &l.peer);
	return l;
}

static void make_calls(struct engine *e)
{
	for (unsigned i = 0; i < CALLS; i++) {
		char text[2][5][96], id[TOKEN_ID_LEN + 1];
		struct writer w = writer_over(id, TOKEN_ID_LEN);
		struct callrecord r = {
			.from = SPAN("\"User\" <sip:user@voice.example.net>"),
			.to = SPAN("sip:other@voice.example.net"),
			.user = SPAN("user"),
			.created = 1699999900,
			.answered = 1699999910,
			.media = 1,
			.leg = { leg_of(true, i, text[0]), leg_of(false, i, text[1]) },
		};
		struct call *c;

		token_write(&e->core.tokens, &w, TOKEN_ID_LEN);
		r.id = writer_done(&w);
		if (callrestore(e, &r, &c) || callkeep_restored(e->keep, c, i + 1))
			exit(1);
	}
}

static void measure_loop(struct engine *e)
{
	static struct database_call rows[CALLKEEP_BATCH];
	char *text = malloc(BATCH_TEXT);
	double begin = clock_us(CLOCK_THREAD_CPUTIME_ID);

	while (e->keep->nchanged) {
		struct writer w = writer_over(text, BATCH_TEXT);

		callkeep_pack(e->keep, rows, &w);
		callkeep_written(e->keep, true);
	}
	printf("{\"name\":\"callkeep.record\",\"value\":%.2f,\"unit\":\"us\"}\n",
	       (clock_us(CLOCK_THREAD_CPUTIME_ID) - begin) / CALLS);
	free(text);
}

/* All of the process, the thread that writes above all. */
static void measure_writing(struct engine *e, const char *name)
{
	double begin = clock_us(CLOCK_PROCESS_CPUTIME_ID);

	while (store_state(e->store).waiting) {
		const struct timespec moment = { .tv_nsec = 200000 };

		nanosleep(&moment, NULL);
		engine_advance(e, core_now(&e->core) + STORE_NEXT_MS);
	}
	printf("{\"name\":\"callkeep.%s\",\"value\":%.2f,\"unit\":\"us\"}\n", name,
	       (clock_us(CLOCK_PROCESS_CPUTIME_ID) - begin) / CALLS);
}

int main(void)
{
	uint64_t random = 1;
	struct config *conf = conf_load(span_str(conf_text), "bench.json", on_problem, NULL);
	int fd = mkstemp(path);
	struct engine *e;
	struct stat st;
	double begin;

	if (!conf || fd < 0)
		return 1;
	close(fd);
	unlink(path);
	e = start(conf, &random);
	make_calls(e);
	measure_loop(e);
	callkeep_all(e->keep);
	e->keep->wake(e->keep->ctx);
	measure_writing(e, "write");
	engine_free(e);
	if (stat(path, &st) == 0)
		printf("{\"name\":\"callkeep.disk\",\"value\":%.0f,\"unit\":\"bytes\"}\n", (double)st.st_size / CALLS);
	begin = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	e = start(conf, &random);
	printf("{\"name\":\"callkeep.start\",\"value\":%.3f,\"unit\":\"s\",\"aim\":1}\n",
	       (clock_us(CLOCK_PROCESS_CPUTIME_ID) - begin) / 1e6);
	if (e->ncall != CALLS)
		return 1;
	for (struct call *c = e->calls; c; c = c->next)
		callkeep_over(e, c);
	measure_writing(e, "take_out");
	engine_free(e);
	conf_free(conf);
	unlink(path);
	return 0;
}
