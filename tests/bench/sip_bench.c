/* SPDX-License-Identifier: BSD-3-Clause */
/* sip_bench: nanoseconds and allocations of what happens to a SIP message, one JSON line an operation.
 *
 *   sip_bench                  all of them
 *   sip_bench --once NAME N    this one N times and nothing else, for counters of instructions
 */
#include "alg/base/siphash.h"
#include "alg/nat/leak.h"
#include "alg/nat/sdp_rewrite.h"
#include "alg/nat/topology.h"
#include "alg/ng/ng.h"
#include "alg/sip/edit.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/reply.h"
#include "alg/sip/txn_table.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"
#include "tests/bench/allocations.h"
#include "tests/bench/figure.h"
#include "tests/bench/invite.h"

static const struct span outside = { "203.0.113.5:5060", 16 };

struct op;

/* What an operation works on; on the heap once, as in a worker. */
struct work {
	const struct op *op;
	struct span invite, sdp_text;
	struct sip_msg msg;
	struct sdp sdp;
	struct edit_list edits;
	struct iovec iov[2 * EDIT_MAX + 1];
	struct ng_request request;
	struct ng_answer answer;
	struct span result; /* what would be sent; absent where nothing would */
	char text[4096], body[2048];
	uint32_t sum; /* of results that are numbers, so that the compiler can't leave them out */
};

/* 0, or -1 where the result is wrong: an operation that fails is not measured. */
typedef int op_fn(struct work *w);

struct op {
	const char *name;
	op_fn *run;
	uint32_t aim_ns; /* 0: none is set */
};

static int index_only(struct work *w)
{
	return sip_msg_index(w->invite, &w->msg) == SIP_OK ? 0 : -1;
}

static int index_check(struct work *w)
{
	const char *why;

	if (index_only(w))
		return -1;
	return sip_msg_check(&w->msg, &why) == 0 ? 0 : -1;
}

static int sdp_only(struct work *w)
{
	static const struct addr ours = { .ip = { 203, 0, 113, 5 }, .family = ADDR_V4 };
	struct sdp_ours media = { .rtp = ours, .rtcp = ours };
	struct sdp_rewrite r = { .host = ours, .session_id = 4711, .version = 1, .media = &media, .nmedia = 1 };
	struct writer out = writer_over(w->body, sizeof(w->body));

	media.rtp.port = 20000;
	media.rtcp.port = 20001;
	if (sdp_index(w->sdp_text, &w->sdp) != SDP_OK || sdp_rewrite(&w->sdp, &r, &out))
		return -1;
	w->result = writer_done(&out);
	return w->result.n ? 0 : -1;
}

static uint32_t edge(const struct work *w, const char *p)
{
	return (uint32_t)(p - w->invite.p);
}

static int edit_span(struct work *w, struct span old, struct span text)
{
	return edit_replace(&w->edits, edge(w, old.p), edge(w, old.p) + old.n, text);
}

/* A transparent realm: the message as it came, with the parts that tell where the caller is replaced. */
static int index_rewrite_gather(struct work *w)
{
	static const enum sip_hdr changed[] = { SIP_HDR_VIA, SIP_HDR_MAX_FORWARDS, SIP_HDR_CONTACT };
	static const struct span texts[] = {
		{ "SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKt0Wq8yPzV5aE;rport", 60 },
		{ "69", 2 },
		{ "<sip:c7Kq2vXw@203.0.113.5:5060>", 31 },
	};
	char length[12];
	struct writer digits = writer_over(length, sizeof(length));
	int slices;

	if (index_only(w) || sdp_only(w))
		return -1;
	w->edits.n = 0;
	if (edit_span(w, w->msg.uri, SPAN("sip:bob@203.0.113.9")))
		return -1;
	for (unsigned i = 0; i < 3; i++)
		if (edit_span(w, sip_msg_value(&w->msg, changed[i]), texts[i]))
			return -1;
	writer_u64(&digits, w->result.n);
	if (edit_span(w, sip_msg_value(&w->msg, SIP_HDR_CONTENT_LENGTH), writer_done(&digits)) ||
	    edit_span(w, sip_msg_body(&w->msg), w->result))
		return -1;
	slices = edit_gather(&w->edits, w->invite, w->iov, sizeof(w->iov) / sizeof(*w->iov));
	w->sum += (uint32_t)slices;
	return slices > 0 ? 0 : -1;
}

/* What the SBC does: a message of its own, and of the original only what the table of headers lets cross. */
static int index_check_compose(struct work *w)
{
	struct topology_request r = {
		.method = SPAN("INVITE"),
		.uri = SPAN("sip:bob@203.0.113.9"),
		.via = SPAN("SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKt0Wq8yPzV5aE;rport"),
		.from = SPAN("\"Alice\" <sip:alice@203.0.113.5>;tag=mT4zq1Lc"),
		.to = SPAN("<sip:bob@203.0.113.9>"),
		.call_id = SPAN("pU3rk9GbYw2n7XhD"),
		.cseq = 1,
		.contact = SPAN("<sip:c7Kq2vXw@203.0.113.5:5060>"),
		.max_forwards = 69,
	};
	const struct topology_way way = { .host = outside };
	struct writer out = writer_over(w->text, sizeof(w->text));

	if (index_check(w) || sdp_only(w))
		return -1;
	r.body = w->result;
	topology_request_write(&out, &w->msg, &way, &r);
	w->result = writer_done(&out);
	return w->result.n ? 0 : -1;
}

static const char outgoing[] = "INVITE sip:+15551234567@203.0.113.9:5060 SIP/2.0\r\n"
			       "Via: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK3jlzqlhvf1k2gr2j;rport\r\n"
			       "Max-Forwards: 69\r\n"
			       "From: \"Alice\" <sip:+15557654321@203.0.113.5>;tag=l97m4z2mytgs\r\n"
			       "To: <sip:+15551234567@203.0.113.9:5060>\r\n"
			       "Call-ID: 9c3twzn9sn6l4bxq38w63ndd\r\n"
			       "CSeq: 1 INVITE\r\n"
			       "Contact: <sip:l97m4z2mytgs@203.0.113.5:5060>\r\n"
			       "Supported: timer\r\n"
			       "Session-Expires: 1800\r\n"
			       "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, NOTIFY, REFER, MESSAGE\r\n"
			       "Content-Type: application/sdp\r\n"
			       "Content-Length: 420\r\n"
			       "\r\n"
			       "v=0\r\n"
			       "o=- 1718528369 1 IN IP4 203.0.113.5\r\n"
			       "s=-\r\n"
			       "c=IN IP4 203.0.113.5\r\n"
			       "t=0 0\r\n"
			       "m=audio 20020 RTP/AVP 8 0 9 18 96 101\r\n"
			       "a=rtpmap:8 PCMA/8000\r\n"
			       "a=rtpmap:0 PCMU/8000\r\n"
			       "a=rtpmap:9 G722/8000\r\n"
			       "a=rtpmap:18 G729/8000\r\n"
			       "a=fmtp:18 annexb=no\r\n"
			       "a=rtpmap:96 opus/48000/2\r\n"
			       "a=fmtp:96 useinbandfec=1;maxaveragebitrate=30000\r\n"
			       "a=rtpmap:101 telephone-event/8000\r\n"
			       "a=fmtp:101 0-15\r\n"
			       "a=ptime:20\r\n"
			       "a=sendrecv\r\n"
			       "a=rtcp:20021\r\n";

/* A message of 1,100 bytes is searched for what belongs to the other side: nothing is found. */
static int leak_check(struct work *w)
{
	struct leak_set s = { 0 };
	struct span which;

	leak_add_host(&s, SPAN("10.0.0.5"));
	leak_add_host(&s, SPAN("192.168.1.10"));
	leak_add_host(&s, SPAN("192.0.2.1"));
	leak_add_id(&s, SPAN("3848276298220188511"));
	leak_add_id(&s, SPAN("9fxced76sl"));
	leak_add_id(&s, SPAN("k2m8qv0x7c1p"));
	leak_add_id(&s, SPAN("z9hG4bK74bf9a1c"));
	w->sum += s.n;
	return leak_find(&s, SPAN(outgoing), 0, &which) == sizeof(outgoing) - 1 ? 0 : -1;
}

static int uri_only(struct work *w)
{
	struct uri uri;

	if (uri_parse(SPAN("sip:+15551234567@192.0.2.10:5060;transport=udp;user=phone"), &uri))
		return -1;
	w->sum += uri.port;
	return 0;
}

static int via_only(struct work *w)
{
	struct via via;

	if (via_parse(SPAN("SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK74bf9a1c;rport=5060;received=192.0.2.1"), &via))
		return -1;
	w->sum += via.branch.n;
	return 0;
}

static int nameaddr_only(struct work *w)
{
	struct nameaddr party;

	if (nameaddr_parse(SPAN("\"Alice Example\" <sip:alice@example.net>;tag=9fxced76sl"), &party))
		return -1;
	w->sum += party.uri.n;
	return 0;
}

/* 100 and 200 of one request. w->msg is that of index_check, which main() runs first. */
static int replies(struct work *w)
{
	struct reply r = { .status = 100, .source = { .ip = { 192, 0, 2, 1 }, .port = 40000, .family = ADDR_V4 } };
	struct writer out = writer_over(w->text, sizeof(w->text));

	reply_write(&out, &w->msg, &r);
	r.status = 200;
	r.to_tag = SPAN("mT4zq1Lc");
	r.headers = SPAN("Contact: <sip:c7Kq2vXw@203.0.113.5:5060>\r\n");
	reply_write(&out, &w->msg, &r);
	return out.failed ? -1 : 0;
}

static const struct ng_request ng_offer = {
	.cookie = { "w1s42", 5 },
	.command = NG_OFFER,
	.call_id = { "pU3rk9GbYw2n7XhD", 16 },
	.from_tag = { "a", 1 },
	.to_tag = { "b", 1 },
	.owner = { "edge1-8f3a", 10 },
	.direction = { { "lan", 3 }, { "internet", 8 } },
	.received_from = { .ip = { 192, 0, 2, 1 }, .family = ADDR_V4 },
	.latch = NG_LATCH_SIG_IP,
	.latch_bits = 24,
};

static int ng_request_both(struct work *w)
{
	struct writer out = writer_over(w->text, sizeof(w->text));
	struct ng_request offer = ng_offer;

	offer.sdp = w->sdp_text;
	ng_request_write(&out, &offer);
	if (ng_request_decode(writer_done(&out), (struct span){ 0 }, &w->request) != NG_DECODE_OK)
		return -1;
	return w->request.sdp.n == offer.sdp.n ? 0 : -1;
}

static int ng_answer_both(struct work *w)
{
	struct writer out = writer_over(w->text, sizeof(w->text));
	struct ng_writer n;

	ng_open(&n, &out, NG_BENCODE, SPAN("w1s42"));
	ng_put_str(&n, SPAN("result"), SPAN("ok"));
	ng_put_str(&n, SPAN("sdp"), w->sdp_text);
	ng_close(&n);
	if (ng_answer_decode(writer_done(&out), &w->answer))
		return -1;
	return w->answer.sdp.n == w->sdp_text.n ? 0 : -1;
}

/* Both INVITE transactions of one call through us, from the first request to the end of the state. */
static int txn_call(struct work *w)
{
	static const struct {
		enum txn_kind kind;
		enum txn_event events[5];
	} halves[] = {
		{ TXN_IST, { TXN_EV_START, TXN_EV_TX_1XX, TXN_EV_TX_2XX, TXN_EV_RX_ACK, TXN_EV_TIMER_LINGER } },
		{ TXN_ICT, { TXN_EV_START, TXN_EV_RX_1XX, TXN_EV_RX_1XX, TXN_EV_RX_2XX, TXN_EV_TIMER_LINGER } },
	};

	for (unsigned h = 0; h < 2; h++) {
		enum txn_state state = TXN_INIT;

		for (unsigned i = 0; i < 5; i++) {
			struct txn_step step = txn_step(halves[h].kind, state, halves[h].events[i]);

			w->sum += step.effects;
			state = step.next;
		}
		if (state != TXN_TERMINATED)
			return -1;
	}
	return 0;
}

/* Arithmetic alone: how fast the machine is at this moment. Other figures compare as ratios to it. */
static int reference(struct work *w)
{
	static const struct hash_key key = { 1, 2 };

	w->sum += (uint32_t)siphash(&key, w->invite.p, w->invite.n);
	return 0;
}

static const struct op ops[] = {
	{ "reference_siphash_600", reference, 0 },
	{ "index", index_only, 0 },
	{ "index_check", index_check, 0 },
	{ "index_rewrite_gather", index_rewrite_gather, 2000 },
	{ "index_check_compose", index_check_compose, 2000 },
	{ "sdp_index_rewrite", sdp_only, 0 },
	{ "ng_offer_encode_decode", ng_request_both, 0 },
	{ "ng_answer_encode_decode", ng_answer_both, 0 },
	{ "two_replies", replies, 0 },
	{ "leak_check", leak_check, 1000 },
	{ "uri_parse", uri_only, 0 },
	{ "via_parse", via_only, 0 },
	{ "nameaddr_parse", nameaddr_only, 0 },
	{ "two_invite_txns", txn_call, 0 },
};
enum { OPS = sizeof(ops) / sizeof(*ops) };

static void repeat(void *work, uint32_t times)
{
	struct work *w = work;

	for (uint32_t i = 0; i < times; i++) {
		w->op->run(w);
		__asm__ volatile("" : : "r"(w) : "memory"); /* every turn's results count */
	}
}

static const struct op *op_find(const char *name)
{
	for (unsigned i = 0; i < OPS; i++)
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	return NULL;
}

/* A benchmark of wrong results would be worth nothing: each operation once, and no inside address in what goes out. */
static int check(struct work *w, const struct op *op)
{
	w->result = (struct span){ 0 };
	if (op->run(w)) {
		fprintf(stderr, "sip_bench: %s fails\n", op->name);
		return -1;
	}
	if (span_search(w->result, SPAN(INVITE_INSIDE)) < w->result.n) {
		fprintf(stderr, "sip_bench: %s tells an inside address\n", op->name);
		return -1;
	}
	return 0;
}

/* Allocations of one operation, rounded up: one in a hundred counts. */
static uint64_t allocations_of(struct work *w)
{
	enum { TIMES = 100 };
	uint64_t before = allocations;

	repeat(w, TIMES);
	return (allocations - before + TIMES - 1) / TIMES;
}

static int report(struct work *w)
{
	struct figure f = figure_measure(repeat, w);
	uint64_t taken = allocations_of(w);

	printf("{\"name\":\"sip.%s\",\"value\":%.1f,\"unit\":\"ns\",\"least\":%.1f", w->op->name, f.median, f.least);
	if (w->op->aim_ns)
		printf(",\"aim\":%u", w->op->aim_ns);
	printf("}\n{\"name\":\"sip.%s.allocations\",\"value\":%lu,\"unit\":\"1/operation\",\"aim\":0}\n", w->op->name,
	       (unsigned long)taken);
	fflush(stdout);
	return taken ? -1 : 0;
}

static int run_all(struct work *w)
{
	int wrong = 0;

	for (unsigned i = 0; i < OPS; i++) {
		w->op = &ops[i];
		if (report(w)) {
			fprintf(stderr, "sip_bench: %s allocates\n", ops[i].name);
			wrong = 1;
		}
	}
	return wrong;
}

int main(int argc, char **argv)
{
	struct work *w = calloc(1, sizeof(*w));
	int status = 2;

	if (!w)
		return 1;
	w->invite = span_of(invite_text, sizeof(invite_text) - 1);
	w->sdp_text = SPAN(INVITE_SDP);
	_Static_assert(sizeof(invite_text) - 1 == INVITE_LEN, "the aim is set for 600 bytes");
	for (unsigned i = 0; i < OPS; i++)
		if (check(w, &ops[i]))
			return 1;
	if (argc == 1) {
		status = run_all(w);
	} else if (argc == 4 && strcmp(argv[1], "--once") == 0 && (w->op = op_find(argv[2]))) {
		repeat(w, (uint32_t)strtoul(argv[3], NULL, 10));
		status = 0;
	} else {
		fputs("usage: sip_bench [--once NAME TIMES]\n", stderr);
	}
	free(w);
	return status;
}
