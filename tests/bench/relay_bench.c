/* SPDX-License-Identifier: BSD-3-Clause */
/* What the relay's control takes for a call, from the request to the answer, without sockets and the packet path. */
#include <string.h>

#include "rtpproxy/command/relay.h"
#include "tests/bench/figure.h"

enum { AIM_NS = 20000 };

#define SDP(host, port)                                                                                                \
	"v=0\r\no=- 2558422700 1 IN IP4 " host "\r\ns=call\r\nc=IN IP4 " host "\r\nt=0 0\r\nm=audio " port             \
	" RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/"            \
	"8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"

struct work {
	struct config conf;
	struct relay relay;
	struct server_peer peer;
	uint64_t random, number, now;
	char call[64], from[32], cookie[32];
	char request[4096], reply[RELAY_ANSWER_MAX];
};

static uint64_t next_random(void *ctx)
{
	struct work *w = ctx;

	return w->random = w->random * 6364136223846793005 + 1442695040888963407;
}

static int path_set(void *ctx, const struct port_spec *spec)
{
	struct work *w = ctx;

	w->random ^= spec->own.port; /* so that it is made */
	return 0;
}

static int path_clear(void *ctx, struct own_port own)
{
	(void)ctx;
	(void)own;
	return 0;
}

/* Nothing is heard at any port. */
static bool path_stats(void *ctx, struct own_port own, struct port_stats *out)
{
	(void)ctx;
	(void)own;
	*out = (struct port_stats){ 0 };
	return true;
}

static bool path_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	(void)ctx;
	(void)own;
	*out = (struct rtp_quality){ 0 };
	return true;
}

static struct work *work_open(void)
{
	static const struct conf_realm realm = { .media_first = 10000,
						 .media_last = 49999,
						 .kinds = (1 << CONF_KIND_N) - 1 };
	static const char *const addresses[] = { "198.51.100.5", "10.0.0.5" }, *const names[] = { "internet", "lan" };
	const struct hash_key key = { 1, 2 };
	struct work *w = calloc(1, sizeof(*w));
	struct datapath path = {
		.ctx = w, .set = path_set, .clear = path_clear, .stats = path_stats, .quality = path_quality
	};

	if (!w)
		exit(1);
	w->now = 1000000;
	w->peer.len = 10;
	w->conf.relay.sessions = 10000;
	w->conf.nrealm = 2;
	for (unsigned i = 0; i < 2; i++) {
		w->conf.realms[i] = realm;
		w->conf.realms[i].name = names[i];
		(void)addr_parse(span_str(addresses[i]), 0, &w->conf.realms[i].address);
		w->conf.realms[i].public = w->conf.realms[i].address;
	}
	if (relay_init(&w->relay, &w->conf, &path, next_random, w, &key, w->now))
		exit(1);
	return w;
}

static void ask(struct work *w, struct ng_request *q, const char *what)
{
	struct writer out = writer_over(w->request, sizeof(w->request));
	struct writer reply = writer_over(w->reply, sizeof(w->reply));

	q->call_id = span_of(w->call, (size_t)snprintf(w->call, sizeof(w->call), "%lu@bench.example.net", w->number));
	q->from_tag = span_of(w->from, (size_t)snprintf(w->from, sizeof(w->from), "from-%lu", w->number));
	q->cookie = span_of(w->cookie, (size_t)snprintf(w->cookie, sizeof(w->cookie), "%lu%s", w->number, what));
	ng_request_write(&out, q);
	relay_handle(&w->relay, writer_done(&out), &w->peer, w->now, &reply);
	if (!memmem(reply.p, reply.n, "6:result2:ok", 12)) {
		fprintf(stderr, "relay_bench: %s: %.*s\n", what, (int)reply.n, reply.p);
		exit(1);
	}
}

/* Offer, answer, delete; making the requests is in it, too. */
static void calls(void *work, uint32_t times)
{
	struct work *w = work;
	struct ng_request q;

	while (times-- > 0) {
		w->number++;
		w->now += 3;
		ng_request_clear(&q);
		q.command = NG_OFFER;
		q.sdp = SPAN(SDP("203.0.113.200", "4000"));
		q.direction[0] = SPAN("internet");
		q.direction[1] = SPAN("lan");
		q.trust_address = true;
		ask(w, &q, "offer");
		ng_request_clear(&q);
		q.command = NG_ANSWER;
		q.sdp = SPAN(SDP("10.0.0.20", "6000"));
		q.to_tag = SPAN("to");
		q.trust_address = true;
		ask(w, &q, "answer");
		ng_request_clear(&q);
		q.command = NG_DELETE;
		q.fast = true;
		ask(w, &q, "delete");
	}
}

int main(int argc, char **argv)
{
	struct work *w = work_open();
	struct figure f;

	calls(w, 100);
	if (argc == 4 && strcmp(argv[1], "--once") == 0) {
		calls(w, (uint32_t)atoi(argv[3]));
		return 0;
	}
	f = figure_measure(calls, w);
	printf("{\"name\":\"relay.call\",\"value\":%.1f,\"unit\":\"ns\",\"least\":%.1f,\"aim\":%d}\n", f.median,
	       f.least, AIM_NS);
	return 0;
}
