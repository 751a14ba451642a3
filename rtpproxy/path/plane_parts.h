/* SPDX-License-Identifier: BSD-3-Clause */
/* plane_parts.h: what the files of the plane share: its state, and control's notes on ports. For nobody else. */
#ifndef NATSBC_RTPPROXY_PLANE_PARTS_H
#define NATSBC_RTPPROXY_PLANE_PARTS_H

#include "rtpproxy/path/clock.h"
#include "rtpproxy/path/exits.h"
#include "rtpproxy/path/loopback.h"
#include "rtpproxy/path/nics.h"
#include "rtpproxy/path/plane.h"
#include "rtpproxy/path/reply.h"
#include "rtpproxy/path/workers.h"

enum { PLANE_EVENT_MAX = 4096 };

/* Control's own notes on a port. */
struct port_view {
	uint32_t session;
	uint32_t posted; /* SET and CLEAR orders so far */
	uint32_t since;  /* `posted` when the present session began */
	bool set;
	bool barred; /* its worker was told that who speaks there is banned */
	const struct way *expected, *signalling, *learnt;
	struct cover *cover; /* as last ordered */
	struct copy *copies; /* the same: notes of control's own */
	uint64_t settle_at;  /* when an overlap of sources ends; 0: none */
};

struct plane {
	const struct config *c;
	plane_log_fn *log;
	void *log_ctx;
	struct netview *net;
	struct nics nics;
	struct loopback loopback;
	struct flow_table flows;
	struct exits exits;
	struct workers workers;
	struct capture capture;
	struct mailbox mailbox;
	struct replies replies;
	bool eal, running;
	struct port_view *view; /* by the index of the flow table */
	uint32_t settling;      /* ports whose overlap is not over */
	bool resend;            /* an order about a way was lost: tell them all again */
	uint64_t now;           /* ms, of the last second */
	struct barred barred;
	bool barred_news; /* it has changed since ports were looked through for who is in it */
	struct datapath_event event[PLANE_EVENT_MAX];
	uint32_t event_from, event_n;
	uint64_t events_lost;
};

/* --- plane_ports.c: orders about ports ---------------------------------------------------------------------- */

/* To who has the port. 0, or -1 when its ring is full. */
int plane_order(struct plane *p, const struct order *o);

/* The way as workers are told it; NULL: there is none. */
struct hop plane_hop(const struct plane *p, const struct way *w);
void plane_hop_post(struct plane *p, uint32_t index, const struct way *w);
void plane_way_changed(void *ctx, const struct way *w);
/* Points *slot to the way to `to`; gives the one before back. */
void plane_way_turn(struct plane *p, const struct way **slot, const struct conf_realm *realm, const struct addr *to);

/* When this port's overlap of sources ends; 0: there is none. */
void plane_settle_at(struct plane *p, struct port_view *v, uint64_t at);

/* Control's notes on who is copied to that port, or from it, are gone. */
void plane_notes_end(struct plane *p, struct port_view *v);

/* As struct datapath has them. */
int plane_set(void *ctx, const struct port_spec *spec);
int plane_clear(void *ctx, struct own_port own);
int plane_send(void *ctx, struct own_port own, const uint8_t *bytes, uint16_t n);
int plane_dial(void *ctx, struct own_port own, uint32_t session, const struct dial_order *d);
int plane_copy(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map);
int plane_uncopy(void *ctx, struct own_port from, struct own_port to);

/* --- plane_reply.c: datagrams of control's ------------------------------------------------------------------- */

int plane_reply(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n);

/* Those that wait for this way leave; with NULL: those that have waited long enough are given up. */
void plane_replies_turn(struct plane *p, const struct way *way);

#endif
