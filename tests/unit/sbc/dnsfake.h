/* SPDX-License-Identifier: BSD-3-Clause */
/* dnsfake.h: a name server made of lines, on fake time. */
#ifndef NATSBC_TESTS_DNSFAKE_H
#define NATSBC_TESTS_DNSFAKE_H

#include "sbc/dns/locate.h"
#include "tests/unit/alg/net/dnstext.h"
#include "tests/unit/sbc/bench.h"

enum { DNSFAKE_ASKED = 512 };

struct dnsfake {
	struct bench *bench;
	struct locate *locate;
	const char *zone; /* lines "OWNER TTL TYPE DATA"; "OWNER 0 FAIL": no answer to any question about it */
	bool gone;        /* nobody answers anything */
	bool unable;      /* questions can't even be asked */
	uint64_t delay;   /* ms from a question to its answer; 0: one */
	struct dnsfake_asked {
		char name[DNS_NAME_MAX];
		uint16_t type;
		uint32_t id;
		uint64_t at; /* ms */
	} asked[DNSFAKE_ASKED];
	unsigned nasked, answered;
};

/* The core's outside has one context, the bench's: the fake is its first follower. */
static inline struct dnsfake *dnsfake_of(void *bench)
{
	return (struct dnsfake *)((struct bench *)bench + 1);
}

/* The two side by side, as dnsfake_of() expects them. */
struct dnsbench {
	struct bench b;
	struct dnsfake dns;
};

static inline int dnsfake_on_resolve(void *ctx, const char *name, uint16_t type, uint32_t id)
{
	struct dnsfake *f = dnsfake_of(ctx);
	struct dnsfake_asked *a = &f->asked[f->nasked];

	if (f->unable)
		return -1;
	assert_true(f->nasked < DNSFAKE_ASKED);
	f->nasked++;
	a->type = type;
	a->id = id;
	a->at = core_now(&f->bench->e->core);
	snprintf(a->name, sizeof(a->name), "%s", name);
	return 0;
}

static inline void dnsfake_open(struct dnsbench *d, const char *conf, const char *zone)
{
	memset(&d->dns, 0, sizeof(d->dns));
	bench_open(&d->b, conf);
	d->dns.bench = &d->b;
	d->dns.locate = &d->b.e->trunks.locate;
	d->dns.zone = zone;
	d->b.e->core.out.resolve = dnsfake_on_resolve;
}

/* Appends the zone's lines of that name and type to w. Returns whether the name exists; *failing: whether it fails. */
static inline bool dnsfake_look_up(const char *zone, const char *name, uint16_t type, struct writer *w, bool *failing)
{
	bool exists = false;

	while (*zone) {
		size_t n = strcspn(zone, "\n");
		char owner[512], word[32], target[512] = "";
		unsigned long ttl;

		if (sscanf(zone, "%511s %lu %31s %511s", owner, &ttl, word, target) >= 3 && strcmp(owner, name) == 0) {
			exists = true;
			if (strcmp(word, "FAIL") == 0)
				*failing = true;
			else if (dnstext_type(word) == type || strcmp(word, "CNAME") == 0) {
				writer_put(w, span_of(zone, n));
				writer_byte(w, '\n');
			}
		}
		zone += n + (zone[n] == '\n');
	}
	return exists;
}

/* What a recursive server would have sent. */
static inline void dnsfake_answer(struct dnsfake *f, const struct dnsfake_asked *a)
{
	static char lines[65536], raw[65536];
	struct writer l = writer_over(lines, sizeof(lines) - 1), w = writer_over(raw, sizeof(raw));
	bool failing = f->gone, exists;
	enum resolve_status status;

	exists = dnsfake_look_up(f->zone, a->name, a->type, &l, &failing);
	lines[l.n] = '\0';
	dnstext_answer(&w, exists ? 0 : 3, a->name, a->type, lines);
	status = failing ? RESOLVE_FAILED : !exists ? RESOLVE_NO_NAME : l.n ? RESOLVE_OK : RESOLVE_NO_DATA;
	locate_answer(f->locate, a->id, status, failing ? (struct span){ 0 } : writer_done(&w));
}

static inline bool dnsfake_is_due(const struct dnsfake *f)
{
	uint64_t delay = f->delay ? f->delay : 1;

	return f->answered < f->nasked && core_now(&f->bench->e->core) >= f->asked[f->answered].at + delay;
}

/* Time passes; every question is answered in its time. */
static inline void dnsfake_pass(struct dnsbench *d, uint64_t ms)
{
	uint64_t until = core_now(&d->b.e->core) + ms;

	while (core_now(&d->b.e->core) < until) {
		uint64_t next = engine_next(d->b.e), now = core_now(&d->b.e->core);
		bool waiting = d->dns.answered < d->dns.nasked;

		next = waiting || next <= now ? now + 1 : next;
		engine_advance(d->b.e, next < until ? next : until);
		while (dnsfake_is_due(&d->dns))
			dnsfake_answer(&d->dns, &d->dns.asked[d->dns.answered++]);
	}
}

/* How often it was asked. */
static inline unsigned dnsfake_count(const struct dnsfake *f, const char *name, const char *type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->nasked; i++)
		n += strcmp(f->asked[i].name, name) == 0 && f->asked[i].type == dnstext_type(type);
	return n;
}

#endif
