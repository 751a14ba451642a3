/* SPDX-License-Identifier: BSD-3-Clause */
/* edge_state.h: what the access edge remembers beside its bindings (edge.h). */
#ifndef NATSBC_SBC_EDGE_STATE_H
#define NATSBC_SBC_EDGE_STATE_H

#include "alg/conf/config.h"

/* Of one realm. */
struct edge_realm {
	uint64_t filled_at; /* ms: when the REGISTERs that may be passed on were counted last */
	uint32_t allowance; /* thousandths of one */
	bool survives;      /* home can't be reached */
	uint64_t since;     /* ms: for so long */
};

struct errand;

struct edge {
	struct edge_realm realm[CONF_REALM_MAX];
	struct errand *errands; /* REGISTERs that home was asked about */
};

#endif
