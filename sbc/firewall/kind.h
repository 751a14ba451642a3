/* SPDX-License-Identifier: BSD-3-Clause */
/* kind.h: kinds of pinholes: those of one kind share a rule of the table, and its sets. */
#ifndef NATSBC_FIREWALL_KIND_H
#define NATSBC_FIREWALL_KIND_H

#include "alg/base/writer.h"
#include "alg/firewall/request.h"

/* Who may come in: anybody, a host, or one port of it. */
enum kind_shape { KIND_ANY, KIND_HOST, KIND_PEER, KIND_SHAPE_N };

struct kind {
	uint8_t family;   /* enum addr_family */
	uint8_t shape;    /* enum kind_shape */
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_TCP */
	bool ends;        /* by time, too */
	uint32_t idle_s;  /* what a packet gives it; 0: nothing. The kernel keeps this per rule, not per element */
};

/* The sets of a kind. An element of KIND_IDLE is refreshed by each packet, one of KIND_LIFE is not; where a kind has
 * both, a packet must be in both. */
enum kind_set { KIND_IDLE, KIND_LIFE, KIND_SET_N };

struct kind kind_of(const struct firewall_hole *h);
bool kind_same(const struct kind *a, const struct kind *b);
bool kind_has(const struct kind *k, enum kind_set set);

/* "any4_udp_idle30", "host6_tcp_life"; of a kind with both, "peer4_udp_both30_idle" and "peer4_udp_both30_life". */
void kind_name(struct writer *w, const struct kind *k, enum kind_set set);
int kind_parse(struct span name, struct kind *k, enum kind_set *set);

/* What makes the sets and the rule of the chain "holes". */
void kind_make(struct writer *w, const struct kind *k);

/* A hole as an element of its kind's sets, which has two parts: what libnftables takes for an element grows with their
 * number, and with their types.
 *   any   192.0.2.1 . 20000                our address and port
 *   host  0xc6336407c0000201 . 20000       the source and destination of the IP header as they stand there; our port
 *   peer  0xc6336407c0000201 . 262164000        the same; source and destination port */
void kind_key(struct writer *w, const struct kind *k, const struct firewall_hole *h);

/* "ban4_24": banned networks have a set for each length, so that they may overlap and each ends by itself. */
void kind_ban_name(struct writer *w, const struct prefix *p);
int kind_ban_parse(struct span name, uint8_t *family, uint8_t *bits);
void kind_ban_make(struct writer *w, const struct prefix *p);

#endif
