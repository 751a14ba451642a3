/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.h: requests to the firewall program and its answers as bytes: one packet holds up to FIREWALL_BATCH of a kind.
 */
#ifndef NATSBC_FIREWALL_WIRE_H
#define NATSBC_FIREWALL_WIRE_H

#include "alg/base/writer.h"
#include "alg/firewall/request.h"

/* A packet is a head and records of one length; both ends run on one host, yet numbers are in network order. */
enum {
	WIRE_HEAD = 4,
	WIRE_REQUEST = 136, /* bytes of a record */
	WIRE_ANSWER = 152,
	WIRE_REQUESTS_MAX = WIRE_HEAD + FIREWALL_BATCH * WIRE_REQUEST, /* bytes of a packet */
	WIRE_ANSWERS_MAX = WIRE_HEAD + FIREWALL_BATCH * WIRE_ANSWER,
};

/* Appends, with the head before the first one. w fails where texts are too long, or the packet is full. */
void wire_request_write(struct writer *w, const struct firewall_request *r);
void wire_answer_write(struct writer *w, const struct firewall_answer *a);

/* How many records the packet holds; -1: it is none of ours, or of another version. */
int wire_requests(struct span packet);
int wire_answers(struct span packet);

/* The record at index i, below that number. 0, or -1: its bytes make no sense; *out is untouched, but for *seq, which
 * an answer needs. */
int wire_request_read(struct span packet, unsigned i, struct firewall_request *out, uint32_t *seq);
int wire_answer_read(struct span packet, unsigned i, struct firewall_answer *out);

#endif
