/* SPDX-License-Identifier: BSD-3-Clause */
/* bench.h: an engine on fake time, with a recorder as its outside: what the tests of the control plane stand on. */
#ifndef NATSBC_TESTS_BENCH_H
#define NATSBC_TESTS_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/reply.h"
#include "sbc/engine/engine.h"

enum { BENCH_NOW = 1000000, BENCH_WALL = 1700000000, BENCH_SENT = 128, BENCH_TEXTS = 1024 };

#define BENCH_REALMS                                                                                                   \
	"\"realms\": {"                                                                                                \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" },"                            \
	"  \"phones\": { \"domains\": [\"example.com\"], \"limits\": { \"per-user-calls\": 2 } } },"                   \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } }"
#define BENCH_TRUNK                                                                                                    \
	"\"trunks\": { \"carrier\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\" } }"
#define BENCH_LIMITS                                                                                                   \
	"\"limits\": { \"calls\": 4, \"transactions\": 16, \"registrations\": 8, \"ring-timeout\": \"60s\" }"

/* Phones in lan, one trunk in internet. */
#define BENCH_CONF "{ " BENCH_REALMS ", " BENCH_TRUNK ", " BENCH_LIMITS " }"

#define BENCH_SDP "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"

struct bench_sent {
	uint64_t at;    /* ms since the bench was opened */
	struct flow to; /* of a SIP message */
	struct span text;
};

/* Zero but for what bench_open() fills in. Everything in it is freed by bench_close(). */
struct bench {
	struct config *conf;
	struct engine *e;
	struct bench_sent sent[BENCH_SENT], asked[BENCH_SENT]; /* SIP messages; questions to the relay */
	unsigned nsent, nasked;
	char log[4096];        /* lines */
	const char *their_tag; /* To tag of bench_answer(): "theirs" */
	uint64_t random;
	void *texts[BENCH_TEXTS];
	unsigned ntext;
};

/* ----- the outside ----- */

/* A copy that lives as long as the bench, alone in its block so that a sanitizer sees its end. */
static inline struct span bench_keep(struct bench *b, struct span s)
{
	char *p = malloc(s.n ? s.n : 1);

	assert_non_null(p);
	assert_true(b->ntext < BENCH_TEXTS);
	if (s.n)
		memcpy(p, s.p, s.n);
	b->texts[b->ntext++] = p;
	return span_of(p, s.n);
}

static inline int bench_on_send(void *ctx, struct flow *to, struct span bytes)
{
	struct bench *b = ctx;

	assert_true(b->nsent < BENCH_SENT);
	b->sent[b->nsent++] = (struct bench_sent){ core_now(&b->e->core) - BENCH_NOW, *to, bench_keep(b, bytes) };
	return 0;
}

static inline void bench_on_ask(void *ctx, struct span datagram)
{
	struct bench *b = ctx;

	assert_true(b->nasked < BENCH_SENT);
	b->asked[b->nasked++] =
		(struct bench_sent){ .at = core_now(&b->e->core) - BENCH_NOW, .text = bench_keep(b, datagram) };
}

static inline void bench_on_log(void *ctx, enum log_level level, const char *line)
{
	struct bench *b = ctx;
	size_t n = strlen(b->log);

	snprintf(b->log + n, sizeof(b->log) - n, "%d %s\n", (int)level, line);
}

static inline void bench_on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("configuration: %s: %s", p->path, p->text);
}

/* Repeatable, and no byte follows from the last one alone (splitmix64). */
static inline void bench_fill(void *ctx, void *bytes, uint32_t n)
{
	struct bench *b = ctx;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t z = b->random += 0x9e3779b97f4a7c15;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
		((uint8_t *)bytes)[i] = (uint8_t)(z ^ (z >> 31));
	}
}

static inline int64_t bench_wall(void)
{
	return BENCH_WALL;
}

/* ----- opening and closing ----- */

static inline struct users *bench_users(void)
{
	static const struct hash_key key = { 5, 6 };
	struct span text = SPAN("{\"users\": [{\"name\": \"alice\", \"password\": \"secret\"},"
				" {\"name\": \"bob\", \"password\": \"secret\"}]}");

	return users_load(text, &key, bench_on_problem, NULL);
}

static inline struct engine_setup bench_setup(struct bench *b, const char *conf)
{
	struct engine_setup s = {
		.out = { .ctx = b, .send = bench_on_send, .relay = bench_on_ask },
		.log = { LOG_DEBUG, bench_on_log, b },
		.random = bench_fill,
		.random_ctx = b,
		.wall = bench_wall,
		.now = BENCH_NOW,
	};

	b->conf = conf_load(span_str(conf), "bench.json", bench_on_problem, NULL);
	assert_non_null(b->conf);
	s.conf = b->conf;
	for (unsigned i = 0; i < b->conf->nrealm; i++)
		s.users[i] = b->conf->realms[i].phones.present ? bench_users() : NULL;
	return s;
}

static inline void bench_open(struct bench *b, const char *conf)
{
	struct engine_setup s;

	memset(b, 0, sizeof(*b));
	b->their_tag = "theirs";
	s = bench_setup(b, conf);
	b->e = engine_new(&s);
	assert_non_null(b->e);
}

static inline void bench_close(struct bench *b)
{
	engine_free(b->e);
	conf_free(b->conf);
	for (unsigned i = 0; i < b->ntext; i++)
		free(b->texts[i]);
}

/* ----- texts ----- */

/* Text with each line end of the source as CRLF. */
static inline struct span bench_crlf(struct bench *b, struct span s)
{
	char text[16384];
	struct writer w = writer_over(text, sizeof(text));

	for (uint32_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			writer_byte(&w, '\r');
		writer_byte(&w, s.p[i]);
	}
	assert_false(w.failed);
	return bench_keep(b, writer_done(&w));
}

__attribute__((format(printf, 2, 3))) static inline struct span bench_text(struct bench *b, const char *fmt, ...)
{
	char text[8192];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_in_range(n, 0, sizeof(text) - 1);
	return bench_crlf(b, span_of(text, (size_t)n));
}

/* The index of a message that must be sound. */
static inline struct sip_msg bench_msg(struct span text)
{
	struct sip_msg m;

	assert_int_equal(sip_msg_index(text, &m), SIP_OK);
	return m;
}

static inline bool bench_has(struct span text, const char *part)
{
	return span_search(text, span_str(part)) < text.n;
}

static inline void bench_expect(struct span text, const char *part)
{
	if (!bench_has(text, part))
		fail_msg("no \"%s\" in:\n%.*s", part, SPAN_ARG(text));
}

static inline void bench_expect_no(struct span text, const char *part)
{
	if (bench_has(text, part))
		fail_msg("\"%s\" in:\n%.*s", part, SPAN_ARG(text));
}

/* A whole request from somebody; lines are further header lines, each with "\n". */
static inline struct span bench_request(struct bench *b, const char *method, const char *uri, const char *from,
					unsigned cseq, const char *lines, const char *body)
{
	size_t n = strlen(body);

	return bench_text(b,
			  "%s %s SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK%s%s%u\nMax-Forwards: 70\n"
			  "From: \"Caller\" <sip:%s@example.com>;tag=%stag\nTo: <%s>\nCall-ID: %scall\nCSeq: %u %s\n"
			  "Contact: <sip:%s@192.0.2.7>\n%s%sContent-Length: %zu\n\n%s",
			  method, uri, from, method, cseq, from, from, uri, from, cseq, method, from, lines,
			  n ? "Content-Type: application/sdp\n" : "", n, body);
}

/* ----- in and out ----- */

static inline struct flow bench_flow(const struct bench *b, const char *realm, const char *peer)
{
	struct flow f = { .realm = (uint8_t)conf_realm_find(b->conf, span_str(realm)) };

	assert_int_equal(addr_parse(span_str(peer), 5060, &f.peer), 0);
	return f;
}

static inline struct flow bench_carrier(const struct bench *b)
{
	return bench_flow(b, "internet", "203.0.113.99:5060");
}

static inline struct flow bench_phone(const struct bench *b)
{
	return bench_flow(b, "lan", "10.0.0.20:5062");
}

static inline void bench_receive(struct bench *b, struct flow from, struct span text)
{
	engine_receive(b->e, &from, text, core_now(&b->e->core));
}

/* Time goes from one due timer to the next. */
static inline void bench_pass(struct bench *b, uint64_t ms)
{
	uint64_t until = core_now(&b->e->core) + ms;

	while (core_now(&b->e->core) < until) {
		uint64_t next = engine_next(b->e), now = core_now(&b->e->core);

		next = next > now ? next : now + 1;
		engine_advance(b->e, next < until ? next : until);
	}
}

static inline uint64_t bench_count(const struct bench *b, enum count what)
{
	return b->e->core.count.n[what];
}

/* The last message sent. */
static inline struct span bench_last(const struct bench *b)
{
	assert_true(b->nsent > 0);
	return b->sent[b->nsent - 1].text;
}

/* Status of the last message sent; 0 where it is a request. */
static inline unsigned bench_last_status(const struct bench *b)
{
	return bench_msg(bench_last(b)).status;
}

static inline void bench_forget(struct bench *b)
{
	b->nsent = b->nasked = 0;
}

/* ----- others ----- */

/* Alice is registered from bench_phone(). */
static inline struct binding *bench_register(struct bench *b, const char *user, const char *contact)
{
	struct binding_facts f = {
		.flow = bench_phone(b),
		.contact = span_str(contact),
		.call_id = SPAN("reg"),
		.q = BINDING_Q_MAX,
		.expires_at = core_now(&b->e->core) + 3600 * 1000,
	};
	struct binding *binding = bindings_put(b->e->bindings, span_str(user), NULL, &f, core_now(&b->e->core));

	assert_non_null(binding);
	return binding;
}

/* The party answers message i of ours (a request). lines with "\n". */
static inline void bench_answer(struct bench *b, unsigned i, uint16_t status, const char *lines, const char *body)
{
	char text[8192];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg request;
	struct reply r = { .status = status, .to_tag = span_str(b->their_tag), .headers = bench_text(b, "%s", lines) };

	assert_true(i < b->nsent);
	request = bench_msg(b->sent[i].text);
	r.body = span_str(body);
	reply_write(&w, &request, &r);
	bench_receive(b, b->sent[i].to, bench_keep(b, writer_done(&w)));
}

/* Whoever got a BYE from us accepts it. */
static inline void bench_answer_byes(struct bench *b)
{
	for (unsigned i = 0; i < b->nsent; i++)
		if (span_starts(b->sent[i].text, SPAN("BYE ")))
			bench_answer(b, i, 200, "", "");
}

/* The relay answers question i: the value of "result" and, where not empty, that SDP. */
static inline void bench_relay(struct bench *b, unsigned i, const char *result, const char *sdp)
{
	struct span asked = b->asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));
	struct span text;

	assert_true(i < b->nasked);
	text = bench_text(b, "%.*s d6:result%zu:%s", SPAN_ARG(cookie), strlen(result), result);
	if (sdp[0])
		text = bench_text(b, "%.*s3:sdp%zu:%s", SPAN_ARG(text), strlen(sdp), sdp);
	text = bench_text(b, "%.*se", SPAN_ARG(text));
	engine_relay_receive(b->e, text, core_now(&b->e->core));
}

/* The carrier calls alice: her phone has our INVITE, the last message sent. */
static inline struct call *bench_invite(struct bench *b)
{
	bench_register(b, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(b, bench_carrier(b),
		      bench_request(b, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, "", BENCH_SDP));
	assert_int_equal(b->nasked, 1);
	bench_relay(b, 0, "ok", BENCH_SDP);
	bench_expect(bench_last(b), "INVITE sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	return b->e->calls;
}

/* A request of the carrier in the dialog that the response made. */
static inline struct span bench_in_dialog(struct bench *b, struct span response, const char *method, unsigned cseq,
					  const char *lines)
{
	struct sip_msg m = bench_msg(response);

	return bench_text(
		b,
		"%s sip:x@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKin%s%u\nMax-Forwards: 70\n"
		"From: %.*s\nTo: %.*s\nCall-ID: %.*s\nCSeq: %u %s\nContact: <sip:trunk@203.0.113.99>\n%s"
		"Content-Length: 0\n\n",
		method, method, cseq, SPAN_ARG(sip_msg_value(&m, SIP_HDR_FROM)),
		SPAN_ARG(sip_msg_value(&m, SIP_HDR_TO)), SPAN_ARG(sip_msg_value(&m, SIP_HDR_CALL_ID)), cseq, method,
		lines);
}

/* … and alice answers, the caller acknowledges. Returns the call; *ok is our 200 to the carrier. */
static inline struct call *bench_call(struct bench *b, struct span *ok)
{
	struct call *c = bench_invite(b);

	bench_answer(b, b->nsent - 1, 200, "Contact: <sip:alice@10.0.0.20:5062>\nContent-Type: application/sdp\n",
		     BENCH_SDP);
	assert_int_equal(b->nasked, 2);
	bench_relay(b, 1, "ok", BENCH_SDP);
	*ok = bench_last(b);
	bench_expect(*ok, "SIP/2.0 200 OK\r\n");
	bench_receive(b, bench_carrier(b), bench_in_dialog(b, *ok, "ACK", 1, ""));
	bench_expect(bench_last(b), "ACK sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	assert_int_equal(c->state, CALL_UP);
	return c;
}

#endif
