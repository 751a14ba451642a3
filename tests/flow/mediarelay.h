/* SPDX-License-Identifier: BSD-3-Clause */
/* mediarelay.h: the real control side of rtpproxy over a packet path that only takes notes. */
#ifndef NATSBC_TESTS_FLOW_MEDIARELAY_H
#define NATSBC_TESTS_FLOW_MEDIARELAY_H

#include "alg/conf/config.h"
#include "rtpproxy/path/datapath.h"

struct mediarelay;

struct mediarelay_conf {
	const struct config *conf;
	uint64_t now;
	uint64_t (*random)(void *ctx);
	void (*send)(void *ctx, struct span datagram); /* answers and events */
	void *ctx;
};

struct mediarelay *mediarelay_new(const struct mediarelay_conf *c);
void mediarelay_free(struct mediarelay *r);
void mediarelay_ask(struct mediarelay *r, struct span datagram, uint64_t now);

/* How many ports are not what its sessions, its lists and its packet path agree on. */
uint64_t mediarelay_audit(struct mediarelay *r, uint64_t now);

/* Its housekeeping, once a second. */
void mediarelay_tick(struct mediarelay *r, uint64_t now);

/* A packet from a phone was accepted at every port that is set. */
void mediarelay_packets(struct mediarelay *r, uint64_t now);

/* Some open port of the realm has that as the address of its peer, and another side that is joined with it. */
bool mediarelay_expects(const struct mediarelay *r, unsigned realm, const struct addr *host, uint16_t port);

/* What that port of ours makes of the payload number of a packet that comes to it; -1 where it is not set. */
int mediarelay_number(const struct mediarelay *r, struct own_port own, uint8_t number);

/* What the packet path was told of that port; NULL where it is not set. */
const struct port_spec *mediarelay_port(const struct mediarelay *r, struct own_port own);

/* A telephone event of 160 ms has come to that port; false where it would not be told, or goes on. */
bool mediarelay_digit(struct mediarelay *r, struct own_port own, uint8_t event, uint64_t now);

/* The digit that it dials now, and at which port; no port: none. */
struct mediarelay_dialled {
	struct own_port at;
	struct dial_order order;
};
struct mediarelay_dialled mediarelay_dialled(struct mediarelay *r, uint64_t now);

struct mediarelay_use {
	unsigned sessions, port_pairs, ports_set;
};
struct mediarelay_use mediarelay_use(const struct mediarelay *r);

#endif
