/* SPDX-License-Identifier: BSD-3-Clause */
/* guard_bench: what it costs a message to be let in, or not: beside 200 trunks, 10,000 registered phones and 10,000
 * bans.
 *
 *   guard_bench                all of them
 *   guard_bench --once NAME N  one of them N times and nothing else, for counters of instructions
 */
#include <string.h>

#include "sbc/engine/engine.h"
#include "sbc/engine/inbound.h"
#include "tests/bench/figure.h"

enum { TRUNKS = 200, MANY = 10000, TEXT_MAX = 1 << 18, AIM_NS = 300, TURN = 64 };

struct work {
	struct engine *e;
	struct config *conf;
	struct flow trunk[TRUNKS], phone[MANY], stranger[MANY], banned[MANY];
	const struct flow *from;
	unsigned n, next, passed;
};

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fprintf(stderr, "guard_bench: %s: %s\n", p->path, p->text);
}

static void on_random(void *ctx, void *bytes, uint32_t n)
{
	static uint32_t x;

	(void)ctx;
	for (uint32_t i = 0; i < n; i++)
		((char *)bytes)[i] = (char)((x = x * 1103515245 + 12345) >> 16);
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

static void write_conf(struct writer *w)
{
	writer_str(w,
		   "{ \"realms\": { \"net\": { \"address\": \"203.0.113.5\", \"guard\": { \"per-source\": 1000 } } }, "
		   "\"limits\": { \"registrations\": 20000 }, \"trunks\": {");
	for (unsigned i = 0; i < TRUNKS; i++)
		writer_format(w, "\"t%u\": { \"realm\": \"net\", \"peers\": [\"10.1.%u.%u\"], \"probe\": \"0s\" }%s", i,
			      i / 100, i % 100 + 1, i + 1 < TRUNKS ? "," : "");
	writer_str(w, "} }");
}

static struct flow at(unsigned net, unsigned i)
{
	struct flow f = { .peer = { .family = ADDR_V4, .port = 5060 } };

	f.peer.ip[0] = 10;
	f.peer.ip[1] = (uint8_t)net;
	f.peer.ip[2] = (uint8_t)(i / 100);
	f.peer.ip[3] = (uint8_t)(i % 100 + 1);
	return f;
}

static void fill(struct work *w)
{
	struct bans_reason reason = { .why = EVIDENCE_SCANNER };

	for (unsigned i = 0; i < TRUNKS; i++)
		w->trunk[i] = at(1, i);
	for (unsigned i = 0; i < MANY; i++) {
		struct prefix whom;

		w->phone[i] = at(2, i);
		w->stranger[i] = at(3, i);
		w->banned[i] = at(4, i);
		sites_put(&w->e->guard.sites, i, &w->phone[i]);
		whom = origin_prefix(&w->banned[i].peer);
		if (!bans_add(&w->e->guard.bans, &whom, 86400, &reason))
			exit(1);
	}
}

static struct work *open_work(void)
{
	struct work *w = calloc(1, sizeof(*w));
	char *text = malloc(TEXT_MAX);
	struct writer conf = writer_over(text, TEXT_MAX);
	struct engine_setup setup = {
		.random = on_random, .wall = on_wall, .out = { .send = on_send }, .log = { LOG_ERROR_LEVEL, NULL, NULL }
	};

	if (!w || !text)
		exit(1);
	write_conf(&conf);
	w->conf = conf_load(writer_done(&conf), "bench.json", on_problem, NULL);
	setup.conf = w->conf;
	w->e = w->conf ? engine_new(&setup) : NULL;
	if (!w->e)
		exit(1);
	w->e->guard.bans.nenforcer = 0;
	fill(w);
	free(text);
	return w;
}

static void look(void *work, uint32_t times)
{
	struct work *w = work;

	while (times-- > 0) {
		enum guard_verdict v = guard_look(w->e, &w->from[w->next++ % w->n]);

		w->passed += v == GUARD_PASS || v == GUARD_STRANGER;
		if (w->next % TURN == 0)
			w->e->core.wheel.now++;
	}
}

static void choose(struct work *w, const char *name)
{
	const struct {
		const char *name;
		const struct flow *from;
		unsigned n;
	} all[] = {
		{ "trunk", w->trunk, TRUNKS },
		{ "phone", w->phone, MANY },
		{ "stranger", w->stranger, MANY },
		{ "banned", w->banned, MANY },
	};

	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(name, all[i].name) == 0) {
			w->from = all[i].from;
			w->n = all[i].n;
		}
	w->next = w->passed = 0;
	look(w, MANY);
	if (w->passed != (strcmp(name, "banned") == 0 ? 0 : MANY)) {
		fprintf(stderr, "guard_bench: %s: %u of %d pass\n", name, w->passed, MANY);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "trunk", "phone", "stranger", "banned" };
	struct work *w = open_work();

	if (argc == 4 && strcmp(argv[1], "--once") == 0) {
		choose(w, argv[2]);
		look(w, (uint32_t)atoi(argv[3]));
		return 0;
	}
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct figure f;

		choose(w, names[i]);
		f = figure_measure(look, w);
		printf("{\"name\":\"guard.%s\",\"value\":%.1f,\"unit\":\"ns\",\"least\":%.1f,\"aim\":%d}\n", names[i],
		       f.median, f.least, AIM_NS);
	}
	return 0;
}
