/* SPDX-License-Identifier: BSD-3-Clause */
/* order.h: what control tells the worker, and what the worker tells control. Of an order as much travels
 * as its kind needs (orderring.h), of a notice all. */
#ifndef NATSBC_RTPPROXY_ORDER_H
#define NATSBC_RTPPROXY_ORDER_H

#include "rtpproxy/path/datapath.h"

struct copy;
struct cover;
struct rte_mbuf;

enum {
	NIC_NONE = 0xff,
	ORDER_UNIT = 32, /* bytes: what rings count orders in */
};

/* The way to a host, as the kernel's routes and neighbours have it. */
struct hop {
	uint8_t mac[6];
	uint8_t nic; /* index of the interface that the packet leaves by; NIC_NONE: no way */
	uint8_t zero;
};

enum order_kind {
	ORDER_SET,
	ORDER_CLEAR,
	ORDER_HOP,   /* the way to host, for this port's target and what may become it */
	ORDER_REPLY, /* a frame leaves as it is, by this interface */
	ORDER_SEND,  /* a packet of our own leaves from this port */
	ORDER_DIAL,  /* a digit is dialled in the place of who is to send to this port */
	ORDER_COPY,  /* what arrives at this port leaves from another as well */
	ORDER_UNCOPY,
	ORDER_TICK, /* time has passed: an overlap of sources may be over */
};

/* Control to worker. Ports are given by their index in the flow table. */
struct order {
	_Alignas(ORDER_UNIT) uint32_t kind; /* enum order_kind */
	uint32_t index;
	union {
		struct {
			uint32_t peer;    /* index; 0: none */
			uint32_t hairpin; /* index of the port of ours that spec.expected is; 0: it is none */
			struct hop expected, signalling;
			struct cover *cover;   /* the port's from now on; NULL: none */
			struct port_spec spec; /* but for its keys, which do not travel */
		} set;
		struct {
			struct addr host; /* port unused */
			struct hop hop;
		} hop;
		struct {
			uint16_t n;
			uint8_t bytes[DATAPATH_SEND_MAX];
		} send;
		struct {
			struct rte_mbuf *frame; /* the worker's, to send */
			uint8_t nic;
		} reply;
		struct dial_order dial;
		struct copy *copy; /* the worker's from now on */
		uint32_t uncopy;   /* index of the port that it leaves from */
	};
};

enum notice_kind {
	NOTICE_LATCHED,
	NOTICE_REFUSED,
	NOTICE_MAIL,     /* is in the mailbox */
	NOTICE_CAPTURED, /* the writer of captures has enough to do */
	NOTICE_DIGIT,
	NOTICE_DIALLED,
	NOTICE_WAY, /* asks for an ORDER_HOP towards source */
};

/* Worker to control. */
struct notice {
	uint32_t kind; /* enum notice_kind */
	uint32_t index;
	uint32_t session;
	uint32_t ssrc;
	struct addr source;
	struct datapath_digit digit;
};

_Static_assert(sizeof(struct notice) % 4 == 0, "rings count in words");

#endif
