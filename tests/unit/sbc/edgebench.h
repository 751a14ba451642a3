/* SPDX-License-Identifier: BSD-3-Clause */
/* edgebench.h: a bench with phones whose registrations the trunk pbx keeps, and some of another home, pbx2. */
#ifndef NATSBC_TESTS_EDGEBENCH_H
#define NATSBC_TESTS_EDGEBENCH_H

#include "tests/unit/sbc/bench.h"

#define EDGE_PHONES(home, more)                                                                                        \
	"\"phones\": { \"home\": \"" home "\", \"domains\": [\"example.com\"], \"keepalive\": \"0\"" more " }"
#define EDGE_CONF                                                                                                      \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" } },"                          \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" }," EDGE_PHONES(      \
		"pbx",                                                                                                 \
		", \"limits\": { \"upstream\": 2 }") " },"                                                             \
						     " \"other\": { \"address\": \"198.51.100.6\", \"media\": { "      \
						     "\"ports\": \"30000-30099\" }," EDGE_PHONES(                      \
							     "pbx2",                                                   \
							     ", \"calls-from\": \"any\"") " } },"                      \
											  "\"trunks\": {"              \
											  " \"pbx\": { \"realm\": "    \
											  "\"lan\", \"peers\": "       \
											  "[\"10.0.0.10\", "           \
											  "\"10.0.0.11\"], "           \
											  "\"probe\": \"0s\" },"       \
											  " \"pbx2\": { \"realm\": "   \
											  "\"lan\", \"peers\": "       \
											  "[\"10.0.0.20\"], "          \
											  "\"probe\": \"0s\" } },"     \
											  " \"limits\": { \"calls\": " \
											  "4, \"transactions\": 64, "  \
											  "\"registrations\": 8 } }"

static inline struct flow edge_phone(const struct bench *b)
{
	return bench_flow(b, "internet", "203.0.113.10:40000");
}

static inline struct flow edge_pbx(const struct bench *b)
{
	return bench_flow(b, "lan", "10.0.0.10:5060");
}

/* alice's REGISTER, with these lines for Contact and so on. */
static inline struct span edge_reg(struct bench *b, unsigned cseq, const char *lines)
{
	return bench_text(b,
			  "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKreg%u%u\n"
			  "Max-Forwards: 70\nFrom: <sip:alice@example.com>;tag=phonetag\nTo: <sip:alice@example.com>\n"
			  "Call-ID: phonecall\nCSeq: %u REGISTER\n%sContent-Length: 0\n\n",
			  cseq, b->nsent, cseq, lines);
}

#define EDGE_CONTACT "Contact: <sip:alice@192.168.1.10:5060>;expires=60\n"

/* The last request sent is answered by the one it went to. */
static inline void edge_answered(struct bench *b, unsigned status, const char *lines)
{
	bench_answer(b, b->nsent - 1, (uint16_t)status, lines, "");
}

static inline struct binding *edge_alice(struct bench *b)
{
	return bindings_find(b->e->bindings, SPAN("alice@example.com"));
}

/* Home let alice in. */
static inline struct binding *edge_let_in(struct bench *b)
{
	bench_receive(b, edge_phone(b), edge_reg(b, 1, EDGE_CONTACT));
	edge_answered(b, 200, "Expires: 3600\n");
	assert_int_equal(bench_last_status(b), 200);
	assert_non_null(edge_alice(b));
	return edge_alice(b);
}

#endif
