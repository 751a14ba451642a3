/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/txn_table.h"

/* A cell: what to do, and the state then. Cells that are not written are not allowed. */
#define TO(state, what)                                                                                                \
	{                                                                                                              \
		.effects = (what), .next = TXN_##state, .allowed = true                                                \
	}

enum {
	SEND = TXN_DO_SEND,
	RESEND = TXN_DO_RESEND,
	ACK = TXN_DO_ACK,
	TELL = TXN_DO_TELL,
	TELL_TIMEOUT = TXN_DO_TELL_TIMEOUT,
	TELL_ERROR = TXN_DO_TELL_ERROR,
	STORE = TXN_DO_STORE,
	LINGER = TXN_DO_LINGER_START,
	START_BOTH = TXN_DO_RETRANSMIT_START | TXN_DO_TIMEOUT_START,
	STOP_BOTH = TXN_DO_RETRANSMIT_STOP | TXN_DO_TIMEOUT_STOP,
	RESEND_DOUBLE = TXN_DO_RESEND | TXN_DO_RETRANSMIT_DOUBLE,
	RESEND_T2 = TXN_DO_RESEND | TXN_DO_RETRANSMIT_T2,
	ABSORB = 0,
};

static const struct txn_step steps[TXN_KIND_N][TXN_STATE_N][TXN_EVENT_N] = {
	/* INVITE client: RFC 3261 17.1.1 as changed by RFC 6026 8.4. */
	[TXN_ICT] = {
		[TXN_INIT] = {
			[TXN_EV_START] = TO(CALLING, SEND | START_BOTH),
		},
		[TXN_CALLING] = {
			[TXN_EV_RX_1XX] = TO(PROCEEDING, TELL | STOP_BOTH),
			[TXN_EV_RX_2XX] = TO(ACCEPTED, TELL | STOP_BOTH | LINGER),
			[TXN_EV_RX_FINAL] = TO(COMPLETED, ACK | TELL | STOP_BOTH | LINGER),
			[TXN_EV_TIMER_RETRANSMIT] = TO(CALLING, RESEND_DOUBLE),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		[TXN_PROCEEDING] = {
			[TXN_EV_RX_1XX] = TO(PROCEEDING, TELL),
			[TXN_EV_RX_2XX] = TO(ACCEPTED, TELL | LINGER),
			[TXN_EV_RX_FINAL] = TO(COMPLETED, ACK | TELL | LINGER),
			/* Its connection is gone: no final response will come any more (18.4). */
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		[TXN_COMPLETED] = {
			[TXN_EV_RX_FINAL] = TO(COMPLETED, ACK),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		/* Every 2xx goes up: retransmissions want the ACK again, forks are dialogs of their own. */
		[TXN_ACCEPTED] = {
			[TXN_EV_RX_2XX] = TO(ACCEPTED, TELL),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
		},
	},
	/* Non-INVITE client: RFC 3261 17.1.2. */
	[TXN_NICT] = {
		[TXN_INIT] = {
			[TXN_EV_START] = TO(TRYING, SEND | START_BOTH),
		},
		[TXN_TRYING] = {
			[TXN_EV_RX_1XX] = TO(PROCEEDING, TELL),
			[TXN_EV_RX_2XX] = TO(COMPLETED, TELL | STOP_BOTH | LINGER),
			[TXN_EV_RX_FINAL] = TO(COMPLETED, TELL | STOP_BOTH | LINGER),
			[TXN_EV_TIMER_RETRANSMIT] = TO(TRYING, RESEND_DOUBLE),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		[TXN_PROCEEDING] = {
			[TXN_EV_RX_1XX] = TO(PROCEEDING, TELL),
			[TXN_EV_RX_2XX] = TO(COMPLETED, TELL | STOP_BOTH | LINGER),
			[TXN_EV_RX_FINAL] = TO(COMPLETED, TELL | STOP_BOTH | LINGER),
			[TXN_EV_TIMER_RETRANSMIT] = TO(PROCEEDING, RESEND_T2),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		[TXN_COMPLETED] = {
			/* What timer K waits for (17.1.2.2): answers to our retransmissions. */
			[TXN_EV_RX_1XX] = TO(COMPLETED, ABSORB),
			[TXN_EV_RX_2XX] = TO(COMPLETED, ABSORB),
			[TXN_EV_RX_FINAL] = TO(COMPLETED, ABSORB),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
		},
	},
	/* INVITE server: RFC 3261 17.2.1 as changed by RFC 6026 7.1 and 8.7: errors of the transport leave it alive. */
	[TXN_IST] = {
		[TXN_INIT] = {
			[TXN_EV_START] = TO(PROCEEDING, TELL),
		},
		[TXN_PROCEEDING] = {
			[TXN_EV_RX_REQUEST] = TO(PROCEEDING, RESEND),
			[TXN_EV_TX_1XX] = TO(PROCEEDING, SEND | STORE),
			[TXN_EV_TX_2XX] = TO(ACCEPTED, SEND | LINGER),
			[TXN_EV_TX_FINAL] = TO(COMPLETED, SEND | STORE | START_BOTH),
			[TXN_EV_TRANSPORT_ERROR] = TO(PROCEEDING, TELL_ERROR),
		},
		[TXN_COMPLETED] = {
			[TXN_EV_RX_REQUEST] = TO(COMPLETED, RESEND),
			[TXN_EV_RX_ACK] = TO(CONFIRMED, STOP_BOTH | LINGER),
			[TXN_EV_TIMER_RETRANSMIT] = TO(COMPLETED, RESEND_DOUBLE),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
			[TXN_EV_TRANSPORT_ERROR] = TO(COMPLETED, TELL_ERROR),
		},
		[TXN_CONFIRMED] = {
			[TXN_EV_RX_ACK] = TO(CONFIRMED, ABSORB),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
		},
		/* The TU retransmits its 2xx itself until the ACK comes (RFC 3261 13.3.1.4). */
		[TXN_ACCEPTED] = {
			[TXN_EV_RX_REQUEST] = TO(ACCEPTED, ABSORB),
			[TXN_EV_RX_ACK] = TO(ACCEPTED, TELL),
			[TXN_EV_TX_2XX] = TO(ACCEPTED, SEND),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
			[TXN_EV_TRANSPORT_ERROR] = TO(ACCEPTED, TELL_ERROR),
		},
	},
	/* Non-INVITE server: RFC 3261 17.2.2. An answer later than 64*T1 helps nobody and a 408 must not be sent
	 * (RFC 4320 4.2): the transaction then ends without one. */
	[TXN_NIST] = {
		[TXN_INIT] = {
			[TXN_EV_START] = TO(TRYING, TELL | TXN_DO_TIMEOUT_START),
		},
		[TXN_TRYING] = {
			[TXN_EV_RX_REQUEST] = TO(TRYING, ABSORB),
			[TXN_EV_TX_1XX] = TO(PROCEEDING, SEND | STORE),
			[TXN_EV_TX_2XX] = TO(COMPLETED, SEND | STORE | TXN_DO_TIMEOUT_STOP | LINGER),
			[TXN_EV_TX_FINAL] = TO(COMPLETED, SEND | STORE | TXN_DO_TIMEOUT_STOP | LINGER),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
		},
		[TXN_PROCEEDING] = {
			[TXN_EV_RX_REQUEST] = TO(PROCEEDING, RESEND),
			[TXN_EV_TX_1XX] = TO(PROCEEDING, SEND | STORE),
			[TXN_EV_TX_2XX] = TO(COMPLETED, SEND | STORE | TXN_DO_TIMEOUT_STOP | LINGER),
			[TXN_EV_TX_FINAL] = TO(COMPLETED, SEND | STORE | TXN_DO_TIMEOUT_STOP | LINGER),
			[TXN_EV_TIMER_TIMEOUT] = TO(TERMINATED, TELL_TIMEOUT),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
		[TXN_COMPLETED] = {
			[TXN_EV_RX_REQUEST] = TO(COMPLETED, RESEND),
			/* Other finals of the TU are discarded (17.2.2). */
			[TXN_EV_TX_2XX] = TO(COMPLETED, ABSORB),
			[TXN_EV_TX_FINAL] = TO(COMPLETED, ABSORB),
			[TXN_EV_TIMER_LINGER] = TO(TERMINATED, ABSORB),
			[TXN_EV_TRANSPORT_ERROR] = TO(TERMINATED, TELL_ERROR),
		},
	},
};

struct txn_step txn_step(enum txn_kind kind, enum txn_state state, enum txn_event event)
{
	struct txn_step step = steps[kind][state][event];

	if (!step.allowed)
		step.next = (uint8_t)state;
	return step;
}

static const struct {
	uint32_t unreliable, reliable;
} linger[TXN_KIND_N][TXN_STATE_N] = {
	[TXN_ICT][TXN_COMPLETED] = { 32000, 0 },                      /* D */
	[TXN_ICT][TXN_ACCEPTED] = { TXN_TIMEOUT_MS, TXN_TIMEOUT_MS }, /* M */
	[TXN_NICT][TXN_COMPLETED] = { TXN_T4_MS, 0 },                 /* K */
	[TXN_IST][TXN_CONFIRMED] = { TXN_T4_MS, 0 },                  /* I */
	[TXN_IST][TXN_ACCEPTED] = { TXN_TIMEOUT_MS, TXN_TIMEOUT_MS }, /* L */
	[TXN_NIST][TXN_COMPLETED] = { TXN_TIMEOUT_MS, 0 },            /* J */
};

uint32_t txn_linger_ms(enum txn_kind kind, enum txn_state state, bool reliable)
{
	return reliable ? linger[kind][state].reliable : linger[kind][state].unreliable;
}

const char *txn_state_name(enum txn_state s)
{
	static const char *const names[TXN_STATE_N] = {
		[TXN_INIT] = "init",           [TXN_CALLING] = "calling",
		[TXN_TRYING] = "trying",       [TXN_PROCEEDING] = "proceeding",
		[TXN_COMPLETED] = "completed", [TXN_CONFIRMED] = "confirmed",
		[TXN_ACCEPTED] = "accepted",   [TXN_TERMINATED] = "terminated",
	};

	return (unsigned)s < TXN_STATE_N ? names[s] : "none";
}

const char *txn_event_name(enum txn_event e)
{
	static const char *const names[TXN_EVENT_N] = {
		[TXN_EV_START] = "start",
		[TXN_EV_RX_REQUEST] = "rx-request",
		[TXN_EV_RX_ACK] = "rx-ack",
		[TXN_EV_RX_1XX] = "rx-1xx",
		[TXN_EV_RX_2XX] = "rx-2xx",
		[TXN_EV_RX_FINAL] = "rx-final",
		[TXN_EV_TX_1XX] = "tx-1xx",
		[TXN_EV_TX_2XX] = "tx-2xx",
		[TXN_EV_TX_FINAL] = "tx-final",
		[TXN_EV_TIMER_RETRANSMIT] = "timer-retransmit",
		[TXN_EV_TIMER_TIMEOUT] = "timer-timeout",
		[TXN_EV_TIMER_LINGER] = "timer-linger",
		[TXN_EV_TRANSPORT_ERROR] = "transport-error",
	};

	return (unsigned)e < TXN_EVENT_N ? names[e] : "none";
}
