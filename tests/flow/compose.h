/* SPDX-License-Identifier: BSD-3-Clause */
/* compose.h: the messages that a party writes. */
#ifndef NATSBC_TESTS_FLOW_COMPOSE_H
#define NATSBC_TESTS_FLOW_COMPOSE_H

#include "tests/flow/line.h"
#include "tests/flow/party.h"

/* Each writes one message into w. host: what the party calls the SBC. */
void compose_request(struct party *p, struct writer *w, struct span method, struct span host, const struct line *l);
void compose_register(struct party *p, struct writer *w, struct span host, const struct line *l);
void compose_ack(struct party *p, struct writer *w, const struct line *l);
void compose_ack_failure(struct party *p, struct writer *w, const struct line *l);
void compose_cancel(struct party *p, struct writer *w, const struct line *l);

/* To the last request of that method (absent: any) that it got. False when there was none. */
bool compose_response(struct party *p, struct writer *w, uint16_t status, struct span method, const struct line *l);

#endif
