/* SPDX-License-Identifier: BSD-3-Clause */
/* registrar_bench: what a REGISTER takes in the control plane alone, and how many of them the registrar behind an edge
 * is asked about. Time is made up, 2,000 REGISTERs a second: as many transactions linger as in the lab. */
#include <string.h>

#include "sbc/engine/engine.h"
#include "tests/bench/figure.h"

enum {
	PHONES = 4000,
	FIRST_PORT = 10000,
	STEP_US = 500,
	ROUND = 2000, /* REGISTERs that are made, then measured */
	WARM = 80000, /* as many linger */
	DATAGRAM_MAX = 1536,
	FEW = 100, /* phones whose share is counted, for so long, each so often: a tenth before its time is over */
	SHARE_H = 4,
	SHARE_EACH_S = 54,
};

struct work {
	struct engine *e;
	struct config *conf;
	struct hasher hasher;
	struct flow from[PHONES], home;
	uint32_t cseq[PHONES], count[PHONES];
	char nonce[PHONES][NONCE_LEN];
	char made[ROUND][DATAGRAM_MAX];
	uint32_t made_n[ROUND], made_by[ROUND];
	char answer[DATAGRAM_MAX]; /* of home, until it is delivered */
	uint32_t answer_n, next;
	uint64_t random, at_home, us; /* us: the time */
	uint64_t good, others;        /* 200; other answers */
};

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fprintf(stderr, "registrar_bench: %s: %s\n", p->path, p->text);
}

/* Names must differ, and no more. */
static void on_random(void *ctx, void *bytes, uint32_t n)
{
	struct work *w = ctx;

	for (uint32_t i = 0; i < n; i++) {
		w->random = w->random * 6364136223846793005u + 1442695040888963407u;
		((unsigned char *)bytes)[i] = (unsigned char)(w->random >> 56);
	}
}

static int64_t on_wall(void)
{
	return 1700000000;
}

/* --- what comes out ---------------------------------------------------------------------------------------------- */

/* The registrar takes all: its answer is the question with another first line, which is all that matters to us. */
static void home_answer(struct work *w, struct span request)
{
	const uint32_t line = span_find(request, '\n') + 1;
	struct writer out = writer_over(w->answer, sizeof(w->answer));

	w->at_home++;
	writer_str(&out, "SIP/2.0 200 OK\r\n");
	writer_put(&out, span_from(request, line));
	w->answer_n = writer_done(&out).n;
}

static void challenge_keep(struct work *w, uint32_t phone, struct span bytes)
{
	struct digest_challenge c;
	struct sip_msg m;

	if (sip_msg_index(bytes, &m) != SIP_OK ||
	    digest_challenge_parse(sip_msg_value(&m, SIP_HDR_WWW_AUTHENTICATE), &c) || c.nonce.n != NONCE_LEN)
		exit(1);
	memcpy(w->nonce[phone], c.nonce.p, NONCE_LEN);
	w->count[phone] = 0;
}

static int on_send(void *ctx, struct flow *to, struct span bytes)
{
	struct work *w = ctx;

	if (addr_same_host(&to->peer, &w->home.peer)) {
		home_answer(w, bytes);
		return 0;
	}
	w->good += span_starts(bytes, SPAN("SIP/2.0 200"));
	w->others += !span_starts(bytes, SPAN("SIP/2.0 200"));
	if (span_starts(bytes, SPAN("SIP/2.0 401")))
		challenge_keep(w, to->peer.port - FIRST_PORT, bytes);
	return 0;
}

/* --- what goes in ------------------------------------------------------------------------------------------------ */

static void write_credentials(struct work *w, struct writer *out, uint32_t phone)
{
	char user[16], count[16];
	struct digest_credentials c = {
		.realm = SPAN("voice.example.net"),
		.nonce = span_of(w->nonce[phone], NONCE_LEN),
		.uri = SPAN("sip:voice.example.net"),
		.cnonce = SPAN("0a4f113b"),
		.qop = SPAN("auth"),
		.algorithm_name = SPAN("MD5"),
		.algorithm = DIGEST_MD5,
	};
	struct hasher_hex ha1, response;

	c.username = span_of(user, (uint32_t)snprintf(user, sizeof(user), "user%05u", phone));
	c.nc = span_of(count, (uint32_t)snprintf(count, sizeof(count), "%08x", ++w->count[phone]));
	hasher_ha1(&w->hasher, &c, SPAN("the secret"), &ha1);
	hasher_response(&w->hasher, &c, hasher_hex_span(&ha1), SPAN("REGISTER"), (struct span){ 0 }, &response);
	c.response = hasher_hex_span(&response);
	writer_str(out, "Authorization: ");
	digest_credentials_write(out, &c);
	writer_str(out, "\r\n");
}

enum with { WITHOUT_PASSWORD, WITH_PASSWORD };

/* The next phone's, for place i. */
static void phone_make(struct work *w, uint32_t i, enum with how, uint32_t phones)
{
	const uint32_t phone = w->next++ % phones;
	struct writer out = writer_over(w->made[i], DATAGRAM_MAX);

	w->cseq[phone]++;
	writer_format(&out,
		      "REGISTER sip:voice.example.net SIP/2.0\r\n"
		      "Via: SIP/2.0/UDP 203.0.113.200:%u;branch=z9hG4bK%u.%u;rport\r\n"
		      "Max-Forwards: 70\r\nFrom: <sip:user%05u@voice.example.net>;tag=r%u\r\n"
		      "To: <sip:user%05u@voice.example.net>\r\nCall-ID: %u@phone\r\nCSeq: %u REGISTER\r\n"
		      "Contact: <sip:user%05u@203.0.113.200:%u>\r\nExpires: 3600\r\n",
		      FIRST_PORT + phone, phone, w->cseq[phone], phone, phone, phone, phone, w->cseq[phone], phone,
		      FIRST_PORT + phone);
	if (how == WITH_PASSWORD)
		write_credentials(w, &out, phone);
	writer_str(
		&out,
		"Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, REFER\r\n"
		"Supported: path, replaces, outbound, gruu\r\nUser-Agent: Bench desk telephone 1.0.0.1\r\n"
		"Content-Length: 0\r\n\r\n");
	if (out.failed)
		exit(1);
	w->made_n[i] = out.n;
	w->made_by[i] = phone;
}

static void phone_send(struct work *w, uint32_t i)
{
	w->us += STEP_US;
	engine_advance(w->e, w->us / 1000);
	engine_receive(w->e, &w->from[w->made_by[i]], span_of(w->made[i], w->made_n[i]), w->us / 1000);
	if (w->answer_n)
		engine_receive(w->e, &w->home, span_of(w->answer, w->answer_n), w->us / 1000);
	w->answer_n = 0;
}

/* --- measuring --------------------------------------------------------------------------------------------------- */

/* ns for each. */
static double round_run(struct work *w, enum with how)
{
	uint64_t from;

	for (uint32_t i = 0; i < ROUND; i++)
		phone_make(w, i, how, PHONES);
	w->good = w->others = 0;
	from = figure_clock_ns();
	for (uint32_t i = 0; i < ROUND; i++)
		phone_send(w, i);
	return (double)(figure_clock_ns() - from) / ROUND;
}

static void measure(struct work *w, const char *name, enum with how, bool is_challenge)
{
	double ns[FIGURE_ROUNDS];

	for (unsigned i = 0; i < WARM / ROUND; i++)
		round_run(w, how);
	for (unsigned i = 0; i < FIGURE_ROUNDS; i++) {
		ns[i] = round_run(w, how);
		if ((is_challenge ? w->others : w->good) != ROUND) {
			fprintf(stderr, "registrar_bench: %s: %u REGISTERs: %llu were let in, %llu not\n", name, ROUND,
				(unsigned long long)w->good, (unsigned long long)w->others);
			exit(1);
		}
	}
	qsort(ns, FIGURE_ROUNDS, sizeof(*ns), figure_compare);
	printf("{\"name\":\"registrar.%s\",\"value\":%.1f,\"unit\":\"ns\",\"least\":%.1f}\n", name,
	       ns[FIGURE_ROUNDS / 2], ns[0]);
}

/* Of some phones, over hours, in percent: how much of what they say home hears. */
static void measure_share(struct work *w)
{
	const uint32_t rounds = SHARE_H * 3600 / SHARE_EACH_S;

	w->at_home = 0;
	w->others = 0;
	for (uint32_t n = 0; n < rounds; n++) {
		for (uint32_t i = 0; i < FEW; i++) {
			phone_make(w, 0, WITHOUT_PASSWORD, FEW);
			phone_send(w, 0);
		}
		w->us += SHARE_EACH_S * 1000000u - FEW * STEP_US;
	}
	if (w->others)
		exit(1);
	printf("{\"name\":\"registrar.home_hears\",\"value\":%.2f,\"unit\":\"%%\",\"aim\":10}\n",
	       100.0 * (double)w->at_home / (rounds * FEW));
}

/* --- starting ---------------------------------------------------------------------------------------------------- */

static const char conf_text[] =
	"{ \"realms\": { \"net\": { \"address\": \"198.51.100.5\", \"phones\": { \"domains\": "
	"[\"voice.example.net\"]%s } }, \"lan\": { \"address\": \"10.0.0.5\" } }, \"trunks\": { \"home\": { \"realm\": "
	"\"lan\", \"peers\": [\"10.0.0.30\"], \"probe\": \"0\" } }, \"limits\": { \"transactions\": 200000 }, "
	"\"store\": { "
	"\"local\": \"none\" } }";

static struct users *users_make(void)
{
	static const struct hash_key key = { 1, 2 };
	const uint32_t size = 64 * PHONES + 64;
	struct writer w = writer_over(malloc(size), size);
	struct users *users;

	writer_str(&w, "{\"users\":[");
	for (unsigned i = 0; i < PHONES; i++)
		writer_format(&w, "%s{\"name\":\"user%05u\",\"password\":\"the secret\"}", i ? "," : "", i);
	writer_str(&w, "]}");
	users = users_load(writer_done(&w), &key, on_problem, NULL);
	free(w.p);
	return users;
}

static struct work *work_new(bool is_edge)
{
	struct work *w = calloc(1, sizeof(*w));
	struct engine_setup setup = {
		.random = on_random, .random_ctx = w, .wall = on_wall, .out = { .ctx = w, .send = on_send }
	};
	char text[1024];
	int n = snprintf(text, sizeof(text), conf_text,
			 is_edge ? ", \"home\": \"home\", \"limits\": { \"upstream\": 0 }" : "");

	if (!w)
		exit(1);
	w->conf = conf_load(span_of(text, (size_t)n), "bench.json", on_problem, NULL);
	setup.conf = w->conf;
	if (!is_edge)
		setup.users[0] = users_make();
	w->e = w->conf ? engine_new(&setup) : NULL;
	if (!w->e || hasher_init(&w->hasher) || addr_parse(SPAN("10.0.0.30:5060"), 0, &w->home.peer))
		exit(1);
	w->home.realm = 1;
	for (unsigned i = 0; i < PHONES; i++)
		addr_parse(SPAN("203.0.113.200"), (uint16_t)(FIRST_PORT + i), &w->from[i].peer);
	return w;
}

static void work_free(struct work *w)
{
	engine_free(w->e);
	conf_free(w->conf);
	hasher_fini(&w->hasher);
	free(w);
}

int main(void)
{
	struct work *w = work_new(true);

	measure(w, "refresh_here", WITHOUT_PASSWORD, false);
	measure_share(w);
	work_free(w);
	w = work_new(false);
	measure(w, "challenge", WITHOUT_PASSWORD, true);
	measure(w, "refresh_digest", WITH_PASSWORD, false);
	work_free(w);
	return 0;
}
