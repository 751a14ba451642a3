/* SPDX-License-Identifier: BSD-3-Clause */
/* route_bench: what it costs a call to find its way, with one route and one trunk, and with a thousand and 200.
 *
 *   route_bench                both, and the difference
 *   route_bench --once NAME N  `few` or `many` N times and nothing else, for counters of instructions
 */
#include <string.h>

#include "sbc/route/route.h"
#include "tests/bench/figure.h"

enum { ROUTES = 1000, TRUNKS = 200, CALLS = 256, TEXT_MAX = 1 << 20, AIM_NS = 5000 };

struct work {
	struct engine *e;
	struct config *conf;
	struct sip_msg call[CALLS];
	char text[CALLS][2048];
	struct flow from[CALLS];
	unsigned next, found;
};

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fprintf(stderr, "route_bench: %s: %s\n", p->path, p->text);
}

static void on_random(void *ctx, void *bytes, uint32_t n)
{
	static const char some[] = "0123456789abcdef";

	(void)ctx;
	for (uint32_t i = 0; i < n; i++)
		((char *)bytes)[i] = some[i % 16];
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

/* Numbers by their first digits, from some trunk or any; some by time, some by who calls. */
static void write_route(struct writer *w, unsigned i, unsigned routes, unsigned trunks)
{
	static const char *const more[] = { "", ", \"time\": [\"mon-sun 00:00-24:00\"]",
					    ", \"from-number\": \"^\\\\+?[0-9]+$\"",
					    ", \"called\": [\"^\\\\+ => 00\"]" };

	if (routes == 1)
		writer_str(w, "{ \"to-number\": \"^\\\\+?[0-9]{5,20}$\"");
	else
		writer_format(w, "{ \"to-number\": \"^\\\\+?49%u[0-9]+$\"", 1000 + i);
	writer_format(w, ", \"send\": [\"t%u\"]%s }%s", (i + 1) % trunks, routes == 1 ? "" : more[i % 4],
		      i + 1 < routes ? "," : "");
}

static void write_conf(struct writer *w, unsigned routes, unsigned trunks)
{
	writer_str(w, "{ \"realms\": { \"net\": { \"address\": \"203.0.113.5\" } }, \"trunks\": {");
	for (unsigned i = 0; i < trunks; i++)
		writer_format(w, "\"t%u\": { \"realm\": \"net\", \"peers\": [\"10.1.%u.%u\"], \"probe\": \"0s\" }%s", i,
			      i / 100, i % 100 + 1, i + 1 < trunks ? "," : "");
	writer_str(w, "}, \"routes\": [");
	for (unsigned i = 0; i < routes; i++)
		write_route(w, i, routes, trunks);
	writer_str(w, "] }");
}

/* Call i dials a number that route i * 37 wants, and comes from any trunk. */
static int make_call(struct work *w, unsigned i, unsigned trunks)
{
	unsigned t = i % trunks;
	int n = snprintf(
		w->text[i], sizeof(w->text[i]),
		"INVITE sip:+49%u555%u@203.0.113.5 SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK%u\r\n"
		"From: <sip:+4930%u@10.1.0.1>;tag=%u\r\nTo: <sip:x@203.0.113.5>\r\nCall-ID: %u\r\nCSeq: 1 INVITE\r\n"
		"Contact: <sip:a@10.1.0.1>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		1000 + i * 37 % ROUTES, i, i, 10000 + i, i, i);

	w->from[i] = (struct flow){ .peer = w->conf->trunks[t].peers[0].addr, .realm = 0 };
	return sip_msg_index(span_of(w->text[i], (uint32_t)n), &w->call[i]) == SIP_OK ? 0 : -1;
}

static struct work *open_work(unsigned routes, unsigned trunks)
{
	struct work *w = calloc(1, sizeof(*w));
	char *text = malloc(TEXT_MAX);
	struct writer conf = writer_over(text, TEXT_MAX);
	struct engine_setup setup = { .random = on_random, .wall = on_wall, .out = { .send = on_send } };

	if (!w || !text)
		exit(1);
	write_conf(&conf, routes, trunks);
	w->conf = conf_load(writer_done(&conf), "bench.json", on_problem, NULL);
	setup.conf = w->conf;
	w->e = w->conf ? engine_new(&setup) : NULL;
	if (!w->e)
		exit(1);
	for (unsigned i = 0; i < CALLS; i++)
		if (make_call(w, i, trunks))
			exit(1);
	free(text);
	return w;
}

static void find_way(void *work, uint32_t times)
{
	struct work *w = work;

	while (times-- > 0) {
		unsigned i = w->next++ % CALLS;
		struct identity who = { .kind = IDENTITY_TRUNK, .trunk = trunks_of(&w->e->trunks, &w->from[i]) };
		struct route route;
		enum count why;

		w->found += route_find(w->e, &w->call[i], &who, &route, &why) == 0 && route.n == 1;
	}
}

static double measure(const char *name, struct work *w)
{
	struct figure f;

	find_way(w, CALLS);
	if (w->found != CALLS) {
		fprintf(stderr, "route_bench: %s: %u of %d calls find their way\n", name, w->found, CALLS);
		exit(1);
	}
	f = figure_measure(find_way, w);
	printf("{\"name\":\"route.%s\",\"value\":%.1f,\"unit\":\"ns\",\"least\":%.1f}\n", name, f.median, f.least);
	return f.least;
}

int main(int argc, char **argv)
{
	double few, many;

	if (argc == 4 && strcmp(argv[1], "--once") == 0) {
		struct work *w = strcmp(argv[2], "few") == 0 ? open_work(1, 1) : open_work(ROUTES, TRUNKS);

		find_way(w, CALLS); /* expressions are finished when they are asked first */
		find_way(w, (uint32_t)atoi(argv[3]));
		return 0;
	}
	few = measure("few", open_work(1, 1));
	many = measure("many", open_work(ROUTES, TRUNKS));
	printf("{\"name\":\"route.more\",\"value\":%.1f,\"unit\":\"ns\",\"aim\":%d}\n", many - few, AIM_NS);
	return 0;
}
