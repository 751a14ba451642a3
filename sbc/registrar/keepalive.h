/* SPDX-License-Identifier: BSD-3-Clause */
/* keepalive.h: pings to phones behind NAT: they keep the NAT's mapping open. OPTIONS must be answered, so that phones
 * that are gone are noticed; CRLF CRLF (RFC 5626 3.5.1) is cheaper and answered by none: the binding just expires. */
#ifndef NATSBC_SBC_KEEPALIVE_H
#define NATSBC_SBC_KEEPALIVE_H

#include "alg/sip/msg.h"
#include "sbc/registrar/bindings.h"

/* A response whose top Via's branch begins so is for keepalive_response(). */
#define KEEPALIVE_BRANCH "z9hG4bKka."

enum {
	KEEPALIVE_MISSES = 3,         /* pings in a row without answer, and the phone is gone */
	KEEPALIVE_SENDS = 4,          /* of one ping over UDP: after 0, 500, 1500 and 3500 ms (RFC 3261 17.1.2.1) */
	KEEPALIVE_REQUEST_MAX = 2048, /* bytes */
};

/* Sends a whole ping over the flow; its text lives during the call only. False where the flow is known to be dead:
 * OPTIONS then counts as missed at once. */
typedef bool keepalive_send_fn(void *ctx, const struct flow *to, struct span ping);

struct keepalive_conf {
	struct bindings *bindings; /* borrowed; keepalive watches it: free keepalive after it */
	const struct config *conf; /* borrowed */
	struct wheel *wheel;       /* borrowed: the one of bindings */
	struct hash_key key;       /* random: branches cannot be guessed */
	keepalive_send_fn *send;
	void *ctx; /* for send */
};

struct keepalive;

/* NULL without memory. Caller frees with keepalive_free(). */
struct keepalive *keepalive_new(const struct keepalive_conf *conf);
void keepalive_free(struct keepalive *k);

/* Any response to a ping proves the phone alive, whatever its status and from wherever: its branch cannot be guessed.
 * False where it answers none that is out. */
bool keepalive_response(struct keepalive *k, const struct sip_msg *m, uint64_t now);

/* Memory held, bytes. */
size_t keepalive_bytes(const struct keepalive *k);

/* For the API. */
struct keepalive_state {
	bool pinged;       /* this binding gets pings */
	uint8_t misses;    /* pings without answer since the last one */
	uint32_t rtt_ms;   /* of the last ping answered at once; UINT32_MAX before the first */
	uint64_t answered; /* ms: when; 0 before the first */
};
struct keepalive_state keepalive_state(const struct keepalive *k, const struct binding *b);

#endif
