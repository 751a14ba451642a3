/* SPDX-License-Identifier: BSD-3-Clause */
/* resolver.h: asking name servers, by c-ares on libevent: nothing blocks, every question gets one answer, raw. */
#ifndef NATSBC_SBC_RESOLVER_H
#define NATSBC_SBC_RESOLVER_H

#include <event2/event.h>

#include "alg/conf/config.h"
#include "sbc/dns/dnscache.h"

struct resolver;

struct resolver_setup {
	struct event_base *base;
	const struct conf_dns *dns; /* borrowed during resolver_new() only */
	/* raw is what the server sent; absent where nobody answered. Valid during the call. */
	void (*answered)(void *ctx, uint32_t id, enum resolve_status status, struct span raw);
	void *ctx;
};

/* NULL: no memory, or a server list that c-ares does not take. Caller frees with resolver_free(). */
struct resolver *resolver_new(const struct resolver_setup *setup);

/* Questions that are out are not answered any more. NULL is fine. */
void resolver_free(struct resolver *r);

/* 0: asked, answered() is called later, never from within. -1: can't be asked. */
int resolver_ask(struct resolver *r, const char *name, uint16_t type, uint32_t id);

#endif
