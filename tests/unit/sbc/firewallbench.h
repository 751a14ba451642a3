/* SPDX-License-Identifier: BSD-3-Clause */
/* firewallbench.h: a firewall program that notes what it is asked and answers as it is told. */
#ifndef NATSBC_TESTS_FIREWALLBENCH_H
#define NATSBC_TESTS_FIREWALLBENCH_H

#include <netinet/in.h>

#include "tests/unit/sbc/bench.h"

enum { FIREWALLBENCH_MAX = 64 };

struct firewallbench {
	struct engine *e;
	struct firewall_request asked[FIREWALLBENCH_MAX];
	char owner[FIREWALLBENCH_MAX][FIREWALL_OWNER_MAX];
	unsigned n;
};

static struct firewallbench firewallbench;

static inline bool firewallbench_on_packet(void *ctx, struct span packet)
{
	struct firewallbench *f = &firewallbench;
	int n = wire_requests(packet);

	(void)ctx;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		struct firewall_request r;
		uint32_t seq;

		assert_int_equal(wire_request_read(packet, (unsigned)i, &r, &seq), 0);
		assert_true(f->n < FIREWALLBENCH_MAX);
		if (r.verb == FIREWALL_OPEN && r.hole.owner.n) {
			memcpy(f->owner[f->n], r.hole.owner.p, r.hole.owner.n);
			r.hole.owner.p = f->owner[f->n];
		}
		f->asked[f->n++] = r;
	}
	return true;
}

/* A bench whose engine has a firewall; it is not there yet. */
static inline void firewallbench_open(struct bench *b, const char *conf)
{
	struct engine_setup s;

	memset(b, 0, sizeof(*b));
	b->their_tag = "theirs";
	s = bench_setup(b, conf);
	s.out.firewall = firewallbench_on_packet;
	s.moving = b->conf;
	b->e = engine_new(&s);
	assert_non_null(b->e);
	firewallbench = (struct firewallbench){ .e = b->e };
}

static inline void firewallbench_again(void *ctx)
{
	pinholes_again(ctx);
}

/* An engine that had none gets one. */
static inline void firewallbench_attach(struct engine *e)
{
	e->core.out.firewall = firewallbench_on_packet;
	assert_int_equal(firewalllink_init(&e->firewall, &e->core, "edge-1", firewallbench_again, &e->pinholes), 0);
	firewallbench = (struct firewallbench){ .e = e };
}

static inline void firewallbench_answer_with(struct firewall_answer a)
{
	char text[WIRE_HEAD + WIRE_ANSWER];
	struct writer w = writer_over(text, sizeof(text));

	wire_answer_write(&w, &a);
	assert_false(w.failed);
	firewalllink_receive(&firewallbench.e->firewall, writer_done(&w));
}

/* Answers what was asked, but for lists, which are empty; all of it is forgotten. */
static inline void firewallbench_answer(enum firewall_result result)
{
	struct firewallbench *f = &firewallbench;
	unsigned n = f->n;

	f->n = 0;
	for (unsigned i = 0; i < n; i++) {
		enum firewall_verb verb = f->asked[i].verb;

		firewallbench_answer_with((struct firewall_answer){
			.seq = f->asked[i].seq,
			.verb = verb,
			.result = verb == FIREWALL_HELLO  ? FIREWALL_DONE
				  : verb == FIREWALL_LIST ? FIREWALL_NO_SUCH
							  : result,
			.last = true,
		});
	}
}

static inline void firewallbench_flush(void)
{
	firewalllink_flush(&firewallbench.e->firewall);
}

/* It comes, and has been told everything. */
static inline void firewallbench_comes(void)
{
	firewalllink_connected(&firewallbench.e->firewall);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
}

/* The router opened all that was asked for: at outside, by the same ports. */
static inline void firewallbench_map(const char *outside)
{
	struct firewallbench *f = &firewallbench;
	unsigned n = f->n;

	f->n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct firewall_answer a = {
			.seq = f->asked[i].seq, .verb = f->asked[i].verb, .result = FIREWALL_DONE, .last = true
		};

		a.map = f->asked[i].map;
		assert_int_equal(addr_parse_host(span_str(outside), &a.map.outside), 0);
		a.map.outside.port = a.map.ours.port;
		firewallbench_answer_with(a);
	}
}

/* What was asked, as one line each: "open 198.51.100.5:20000 for anybody"; nothing is forgotten. */
static inline const char *firewallbench_asked(void)
{
	static const char *const verbs[FIREWALL_VERB_N] = { "hello", "open", "narrow", "close", "ban",
							    "unban", "list", "map",    "unmap", "public" };
	static char text[4096];
	struct firewallbench *f = &firewallbench;
	struct writer w = writer_over(text, sizeof(text) - 1);
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	firewallbench_flush();
	for (unsigned i = 0; i < f->n; i++) {
		const struct firewall_request *r = &f->asked[i];

		writer_str(&w, verbs[r->verb]);
		if (r->verb == FIREWALL_OPEN || r->verb == FIREWALL_NARROW)
			writer_format(&w, " %s for %s", addr_text(&r->hole.ours, a),
				      addr_is_set(&r->hole.peer) ? addr_text(&r->hole.peer, b) : "anybody");
		if (r->verb == FIREWALL_MAP || r->verb == FIREWALL_UNMAP)
			writer_format(&w, " %s %s", r->map.protocol == IPPROTO_UDP ? "udp" : "tcp",
				      addr_text(&r->map.ours, a));
		writer_str(&w, ";");
	}
	assert_false(w.failed);
	text[w.n] = '\0';
	return text;
}

#endif
