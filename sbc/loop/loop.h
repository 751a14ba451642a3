/* SPDX-License-Identifier: BSD-3-Clause */
/* loop.h: the only place that waits and that reads the clock: sockets and timers of the control plane on libevent. */
#ifndef NATSBC_SBC_LOOP_H
#define NATSBC_SBC_LOOP_H

#include <event2/event.h>

#include "alg/os/notify.h"
#include "sbc/dns/resolver.h"
#include "sbc/engine/engine.h"
#include "sbc/loop/firewallsock.h"
#include "sbc/loop/pace.h"
#include "sbc/loop/relaysock.h"
#include "sbc/wire/stream.h"
#include "sbc/wire/udp.h"

struct loop {
	struct event_base *base;
	struct engine *engine;
	struct udp *udp;
	struct streams *streams;
	struct resolver *resolver;
	struct relaysock relay;
	struct firewallsock *firewall; /* NULL: nftables is not to be used */
	struct notify notify;
	struct event *timer, *relay_event, *relay_writable, *stream_event, *interrupt, *terminate, *leave, *reload,
		*alive;
	struct event *udp_events[CONF_REALM_MAX * CONF_LISTEN_MAX];
	bool stopping, behind; /* behind: a socket held more than this turn has read */
	uint64_t now;          /* ms: when the batch that is read was looked for */
	uint64_t armed;        /* when the timer fires, ms; 0 = not */
	struct pace pace;
	uint64_t stop_by; /* ms: stopping waits no longer */
};

/* Milliseconds of the monotonic clock. */
uint64_t loop_now(void);
int64_t loop_wall(void);

/* Opens the sockets, which root may have to do. 0, or -1 with the reason in error. */
int loop_bind(struct loop *l, const struct engine_setup *setup, char *error, uint32_t error_size);

/* Starts the engine on them, as whoever the program is by now. 0, or -1 with the reason in error. */
int loop_open(struct loop *l, const struct engine_setup *setup, char *error, uint32_t error_size);

/* Until SIGINT or SIGTERM; ends all calls then and lets the last messages out. SIGQUIT leaves them to the next run, for
 * an upgrade. SIGHUP reads certificates again. */
void loop_run(struct loop *l);

void loop_close(struct loop *l);

/* To be called after anything was done to the engine from outside of it (the API): sends what it queued. */
void loop_flush(struct loop *l);

#endif
