/* SPDX-License-Identifier: BSD-3-Clause */
/* txn_table.h: the four transaction machines of RFC 3261 17 with RFC 6026 and RFC 4320, as tables: next state and what
 * to do. Whoever owns sockets and timers carries the effects out. */
#ifndef NATSBC_SIP_TXN_TABLE_H
#define NATSBC_SIP_TXN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum txn_kind { TXN_ICT, TXN_NICT, TXN_IST, TXN_NIST, TXN_KIND_N }; /* (non-)INVITE client, server */

enum txn_state {
	TXN_INIT,    /* before the first event */
	TXN_CALLING, /* ICT */
	TXN_TRYING,  /* NICT, NIST */
	TXN_PROCEEDING,
	TXN_COMPLETED,
	TXN_CONFIRMED,  /* IST */
	TXN_ACCEPTED,   /* ICT, IST: RFC 6026 */
	TXN_TERMINATED, /* coming here ends every timer of the transaction */
	TXN_STATE_N
};

enum txn_event {
	TXN_EV_START,      /* the TU sends a request (client); the request arrives (server) */
	TXN_EV_RX_REQUEST, /* a retransmitted request (server) */
	TXN_EV_RX_ACK,
	TXN_EV_RX_1XX,
	TXN_EV_RX_2XX,
	TXN_EV_RX_FINAL, /* client; FINAL is 300-699 */
	TXN_EV_TX_1XX,
	TXN_EV_TX_2XX,
	TXN_EV_TX_FINAL,         /* server: the TU answers */
	TXN_EV_TIMER_RETRANSMIT, /* A, E, G */
	TXN_EV_TIMER_TIMEOUT,    /* B, F, H; and 64*T1 of a NIST that the TU never answered (RFC 4320 4.2) */
	TXN_EV_TIMER_LINGER,     /* D, K, I, J, L, M */
	TXN_EV_TRANSPORT_ERROR,
	TXN_EVENT_N
};

/* Effects: bits, carried out in the order of their value. */
enum txn_effect {
	TXN_DO_SEND = 1 << 0,   /* client: the request; server: the response in hand */
	TXN_DO_RESEND = 1 << 1, /* what was sent last, again */
	TXN_DO_ACK = 1 << 2,    /* ICT: the ACK of a 300-699 */
	TXN_DO_TELL = 1 << 3,   /* hand the message to the TU */
	TXN_DO_TELL_TIMEOUT = 1 << 4,
	TXN_DO_TELL_ERROR = 1 << 5,
	TXN_DO_RETRANSMIT_START = 1 << 6,  /* A, E, G at T1; unreliable transports only */
	TXN_DO_RETRANSMIT_DOUBLE = 1 << 7, /* again at twice the interval (A without limit, E and G up to T2) */
	TXN_DO_RETRANSMIT_T2 = 1 << 8,     /* again after T2 (E in Proceeding) */
	TXN_DO_RETRANSMIT_STOP = 1 << 9,
	TXN_DO_TIMEOUT_START = 1 << 10, /* B, F, H: 64*T1 */
	TXN_DO_TIMEOUT_STOP = 1 << 11,
	TXN_DO_LINGER_START = 1 << 12, /* D, K, I, J, L, M: see txn_linger_ms */
	TXN_DO_STORE = 1 << 13,        /* server: remember this response for retransmission */
};

struct txn_step {
	uint16_t effects;
	uint8_t next; /* enum txn_state; the present one where the event is not allowed */
	bool allowed; /* false: the event has no place here; counted, nothing is done */
};

struct txn_step txn_step(enum txn_kind kind, enum txn_state state, enum txn_event event);

enum { TXN_T1_MS = 500, TXN_T2_MS = 4000, TXN_T4_MS = 5000, TXN_TIMEOUT_MS = 64 * TXN_T1_MS };

/* How long a state lingers before the transaction ends: 0 on reliable transports where the RFC says 0. */
uint32_t txn_linger_ms(enum txn_kind kind, enum txn_state state, bool reliable);

const char *txn_state_name(enum txn_state s);
const char *txn_event_name(enum txn_event e);

#endif
