/* SPDX-License-Identifier: BSD-3-Clause */
/* exits.h: which interfaces the kernel's programs may forward between. */
#ifndef NATSBC_RTPPROXY_EXITS_H
#define NATSBC_RTPPROXY_EXITS_H

#include "rtpproxy/path/nics.h"
#include "rtpproxy/path/shortcut.h"
#include "rtpproxy/path/xdpfeatures.h"

struct exits {
	struct xdpfeatures_ask ask;
	bool trust;             /* where the kernel does not tell */
	bool begun;             /* programs have the flow table */
	bool refused[NICS_MAX]; /* it has been told that nothing leaves by it */
	int map[NICS_MAX];      /* by which an interface's program is told; -1: it has none that forwards */
	struct media_shortcut told[NICS_MAX];
};

/* Shares the table, in which nothing is known yet, with the programs of the interfaces; where nothing leaves by any of
 * them, or the configuration does not want it, nothing changes. */
void exits_open(struct exits *e, const struct config *c, const struct nics *n, struct flow_table *t, plane_log_fn *log,
		void *log_ctx);
void exits_close(struct exits *e);

/* The other end of an interface may have become another one: looks again. */
void exits_tick(struct exits *e, const struct nics *n, plane_log_fn *log, void *log_ctx);

#endif
