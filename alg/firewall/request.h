/* SPDX-License-Identifier: BSD-3-Clause */
/* request.h: what the firewall program is asked for, and what it answers. */
#ifndef NATSBC_FIREWALL_REQUEST_H
#define NATSBC_FIREWALL_REQUEST_H

#include "alg/base/addr.h"

enum firewall_verb {
	FIREWALL_HELLO,  /* the first one: who asks. What he does not ask for again within ten seconds is closed */
	FIREWALL_OPEN,   /* a hole; of an id that is open: it stays so for as long again, and as it is told now */
	FIREWALL_NARROW, /* a hole of that id is for this peer only */
	FIREWALL_CLOSE,
	FIREWALL_BAN, /* again: for so long from now on */
	FIREWALL_UNBAN,
	FIREWALL_LIST,   /* one answer for each hole of this instance, or of one of its owners */
	FIREWALL_MAP,    /* a port of an upstream router; again: for as long again */
	FIREWALL_UNMAP,  /* the same is not needed any more */
	FIREWALL_PUBLIC, /* what is our address outside of that router? */
	FIREWALL_VERB_N,
};

enum firewall_direction {
	FIREWALL_IN,      /* to this host */
	FIREWALL_FORWARD, /* to a host behind it */
	FIREWALL_DIRECTION_N,
};

enum firewall_result {
	FIREWALL_DONE,
	FIREWALL_NO_SUCH, /* nothing of that id, prefix or owner */
	FIREWALL_FULL,
	FIREWALL_REFUSED, /* it makes no sense, or nobody said hello */
	FIREWALL_FAILED,  /* the kernel or the router would not have it; the firewall's log tells why */
	FIREWALL_RESULT_N,
};

enum {
	FIREWALL_OWNER_MAX = 64,           /* bytes */
	FIREWALL_NAME_MAX = 64,            /* bytes */
	FIREWALL_WHY_MAX = 64,             /* bytes */
	FIREWALL_BATCH = 256,              /* requests or answers in one packet */
	FIREWALL_SECONDS_MAX = 30 * 86400, /* of anything that ends */
};

/* How a router is asked. */
enum firewall_router { FIREWALL_ROUTER_UNKNOWN, FIREWALL_ROUTER_PCP, FIREWALL_ROUTER_NATPMP, FIREWALL_ROUTER_N };

/* A pinhole. */
struct firewall_hole {
	uint64_t id;       /* chosen by the owner; unique among its own */
	struct span owner; /* a call's id, or "by hand"; at most FIREWALL_OWNER_MAX bytes */
	enum firewall_direction direction;
	uint8_t protocol;    /* IPPROTO_UDP, IPPROTO_TCP */
	struct addr ours;    /* FORWARD: the inside host and port */
	struct addr peer;    /* family ADDR_NONE: anybody; port 0: any port of that host */
	uint32_t idle_s;     /* closes after so long without a packet; traffic keeps it. 0: silence does not matter */
	uint32_t lifetime_s; /* closes then in any case; 0: not by time. One of the two is given */
};

struct firewall_ban {
	struct prefix whom;
	uint32_t seconds;
};

/* A port of an upstream router that leads to ours. */
struct firewall_map {
	uint8_t protocol;
	struct addr ours;
	struct addr outside; /* wanted, or unset; in answers: what it is */
	uint32_t seconds;    /* wanted; in answers: what is left of what was granted */
};

/* Texts are borrowed: on the way in from the packet that was read. */
struct firewall_request {
	enum firewall_verb verb;
	uint32_t seq; /* comes back in the answers */
	union {
		struct span name;          /* HELLO: at most FIREWALL_NAME_MAX bytes */
		struct firewall_hole hole; /* OPEN; NARROW: id and peer; CLOSE: id; LIST: owner, or none for all */
		struct firewall_ban ban;   /* BAN; UNBAN: whom */
		struct firewall_map map;   /* MAP, UNMAP; PUBLIC: ours */
	};
};

struct firewall_answer {
	uint32_t seq;
	enum firewall_verb verb; /* of the request */
	enum firewall_result result;
	bool last; /* no further answer to this request */
	union {
		struct { /* LIST, where something is open */
			struct firewall_hole hole;
			uint64_t packets, bytes; /* since it was opened, last, or narrowed */
			uint32_t expires_s;      /* unless a packet comes */
		};
		struct { /* MAP, PUBLIC */
			struct firewall_map map;
			struct addr router;            /* who was asked; unset: none was found */
			enum firewall_router language; /* his */
			struct span why;               /* FAILED: in plain words; at most FIREWALL_WHY_MAX bytes */
		};
	};
};

#endif
