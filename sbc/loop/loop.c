/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/loop.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "sbc/trunk/trunkregs.h"

enum {
	TIMER_GRAIN_MS = 16,
	HOLD_US = 1000,
	SPELL_US = 16000,
	SPELL_SOCKETS = 8, /* with more, to ask takes less than to read all */
	LEAVE_MS = 1000    /* for the answers of trunks when it stops */
};

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

int64_t loop_wall(void)
{
	return (int64_t)time(NULL);
}

/* ----- the engine's way out ----- */

static int out_send(void *ctx, struct flow *to, struct span bytes)
{
	struct loop *l = ctx;

	if (flow_is_stream(to) ? stream_send(l->streams, to, bytes) == 0 : udp_send(l->udp, to, bytes))
		return 0;
	core_count(&l->engine->core, COUNT_SEND_FAILED);
	return -1;
}

static void out_relay(void *ctx, struct span datagram)
{
	struct loop *l = ctx;

	relaysock_send(&l->relay, datagram); /* asked again by relaylink.c when it was lost */
}

static void out_relay_later(void *ctx, struct span datagram)
{
	struct loop *l = ctx;

	relaysock_send_later(&l->relay, datagram);
}

static bool out_firewall(void *ctx, struct span packet)
{
	struct loop *l = ctx;

	return firewallsock_send(l->firewall, packet);
}

static int out_resolve(void *ctx, const char *name, uint16_t type, uint32_t id)
{
	struct loop *l = ctx;

	return resolver_ask(l->resolver, name, type, id);
}

static bool out_is_open(void *ctx, const struct flow *flow)
{
	struct loop *l = ctx;

	return stream_is_open(l->streams, flow);
}

static void out_alias(void *ctx, const struct flow *flow, const struct addr *to)
{
	struct loop *l = ctx;

	stream_alias(l->streams, flow, to);
}

static void arm(struct loop *l)
{
	uint64_t next = engine_next(l->engine), now = l->relay.nqueued ? loop_now() : UINT64_MAX;
	struct timeval tv;

	if (stream_next(l->streams) < next)
		next = stream_next(l->streams);
	if (now < next)
		next = now; /* rounded up below */
	if (next == UINT64_MAX)
		return;
	/* What is due within one grain wakes us once. Nobody's timer is that exact, and transactions that end are many.
	 */
	next = (next + TIMER_GRAIN_MS - 1) / TIMER_GRAIN_MS * TIMER_GRAIN_MS;
	/* Too early does no harm, and takes less than setting it anew for each question to the relay. */
	if (l->armed && l->armed <= next)
		return;
	l->armed = next;
	now = loop_now();
	next = next > now ? next - now : 0;
	tv = (struct timeval){ .tv_sec = (time_t)(next / 1000), .tv_usec = (suseconds_t)(next % 1000 * 1000) };
	evtimer_add(l->timer, &tv);
}

static void flush_relay(struct loop *l)
{
	bool all = true;

	if (l->relay.urgent || !l->armed || l->stopping)
		all = relaysock_flush(&l->relay);
	if (relaysock_is_another(&l->relay)) {
		engine_relay_replaced(l->engine, loop_now());
		all = relaysock_flush(&l->relay);
	}
	if (!all)
		event_add(l->relay_writable, NULL);
}

static void flush(struct loop *l, bool hold)
{
	firewalllink_flush(&l->engine->firewall);
	stream_flush(l->streams); /* first: who is told that a connection ended may answer over UDP */
	if (!hold)
		l->engine->core.count.n[COUNT_SEND_FAILED] += udp_flush(l->udp);
	flush_relay(l);
	arm(l);
}

/* The end of every turn: all that was queued goes out at once, but for what may wait for the timer; that is set. */
void loop_flush(struct loop *l)
{
	flush(l, false);
}

/* ----- events ----- */

static void on_sip(void *ctx, const struct flow *from, struct span bytes)
{
	struct loop *l = ctx;

	pace_got(&l->pace);
	engine_receive(l->engine, from, bytes, l->now);
}

static void on_closed(void *ctx, const struct flow *flow, enum stream_end why)
{
	struct loop *l = ctx;

	(void)why;
	engine_flow_closed(l->engine, flow, loop_now());
}

static void on_resolved(void *ctx, uint32_t id, enum resolve_status status, struct span raw)
{
	struct loop *l = ctx;

	engine_resolved(l->engine, id, status, raw, loop_now());
	loop_flush(l);
}

static void on_stream_ready(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	l->now = loop_now();
	stream_ready(l->streams);
}

static void on_udp_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)what;
	l->now = loop_now();
	for (unsigned i = 0; i < udp_count(l->udp); i++)
		if (udp_fd(l->udp, i) == fd)
			l->behind |= udp_read(l->udp, i, on_sip, l);
}

static void read_udp(struct loop *l)
{
	l->now = loop_now();
	for (unsigned i = 0; i < udp_count(l->udp); i++)
		l->behind |= udp_read(l->udp, i, on_sip, l);
}

static void on_relay(void *ctx, struct span datagram)
{
	struct loop *l = ctx;

	engine_relay_receive(l->engine, datagram, l->now);
}

static void on_relay_readable(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	l->now = loop_now();
	(void)relaysock_read(&l->relay, on_relay, l);
}

/* The relay has read: the turn's end sends it more. */
static void on_relay_writable(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what, (void)ctx;
}

static void on_timer(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	l->armed = 0;
	l->now = loop_now();
	stream_advance(l->streams);
	engine_advance(l->engine, l->now);
}

static void on_signal(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	log_info(&l->engine->core.log, "stopping: ending %u calls", l->engine->ncall);
	engine_shutdown(l->engine);
	l->stop_by = l->stopping ? 0 : loop_now() + LEAVE_MS; /* a second signal waits for nobody */
	l->stopping = true;
	notify_tell(&l->notify, "STOPPING=1");
}

static void on_leave(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	if (!engine_leave(l->engine)) {
		log_warn(&l->engine->core.log, "there is no store to leave calls in (store.local)");
		on_signal(fd, what, ctx);
		return;
	}
	log_info(&l->engine->core.log, "stopping: %u calls are left to the next run", l->engine->ncall);
	l->stop_by = 0;
	l->stopping = true;
	notify_tell(&l->notify, "STOPPING=1");
}

static void reload_secrets(struct engine *e)
{
	struct secrets *fresh = secrets_load(e->core.conf, &e->core.log);

	if (!fresh)
		return;
	credentials_set_secrets(e->credentials, fresh);
	trunkregs_retry(e->registrations);
}

/* A loop that hangs does not say so, and is started anew. */
static void on_alive(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	notify_tell(&l->notify, "WATCHDOG=1");
}

static void on_reload(evutil_socket_t fd, short what, void *ctx)
{
	struct loop *l = ctx;

	(void)fd, (void)what;
	stream_reload(l->streams);
	reload_secrets(l->engine);
}

/* ----- opening and closing ----- */

static int add(struct event *ev)
{
	return ev ? event_add(ev, NULL) : -1;
}

static int open_alive(struct loop *l)
{
	const struct timeval tv = { .tv_sec = l->notify.alive_ms / 1000, .tv_usec = l->notify.alive_ms % 1000 * 1000 };

	if (!l->notify.alive_ms)
		return 0;
	l->alive = event_new(l->base, -1, EV_PERSIST, on_alive, l);
	return l->alive ? event_add(l->alive, &tv) : -1;
}

static int open_events(struct loop *l)
{
	l->timer = evtimer_new(l->base, on_timer, l);
	l->relay_event = event_new(l->base, l->relay.fd, EV_READ | EV_PERSIST, on_relay_readable, l);
	l->relay_writable = event_new(l->base, l->relay.fd, EV_WRITE, on_relay_writable, l);
	l->interrupt = evsignal_new(l->base, SIGINT, on_signal, l);
	l->terminate = evsignal_new(l->base, SIGTERM, on_signal, l);
	l->leave = evsignal_new(l->base, SIGQUIT, on_leave, l);
	l->stream_event = event_new(l->base, stream_fd(l->streams), EV_READ | EV_PERSIST, on_stream_ready, l);
	l->reload = evsignal_new(l->base, SIGHUP, on_reload, l);
	if (!l->timer || !l->relay_writable || add(l->relay_event) || add(l->interrupt) || add(l->terminate) ||
	    add(l->leave) || add(l->stream_event) || add(l->reload) || open_alive(l))
		return -1;
	for (unsigned i = 0; i < udp_count(l->udp); i++) {
		l->udp_events[i] = event_new(l->base, udp_fd(l->udp, i), EV_READ | EV_PERSIST, on_udp_readable, l);
		if (add(l->udp_events[i]))
			return -1;
	}
	return 0;
}

static bool on_connect(void *ctx, const struct addr *peer)
{
	const struct loop *l = ctx;

	return guard_is_banned(l->engine, peer);
}

static struct streams *open_streams(struct loop *l, const struct engine_setup *setup, char *error, uint32_t error_size)
{
	struct stream_setup s = {
		.conf = setup->conf,
		.log = setup->log,
		.clock = loop_now,
		.received = on_sip,
		.closed = on_closed,
		.banned = on_connect,
		.ctx = l,
	};

	setup->random(setup->random_ctx, &s.key, sizeof(s.key));
	return stream_open(&s, error, error_size);
}

static struct resolver *open_resolver(struct loop *l, const struct config *conf)
{
	const struct resolver_setup s = { .base = l->base, .dns = &conf->dns, .answered = on_resolved, .ctx = l };

	return resolver_new(&s);
}

int loop_bind(struct loop *l, const struct engine_setup *setup, char *error, uint32_t error_size)
{
	memset(l, 0, sizeof(*l));
	l->relay.fd = -1;
	notify_open(&l->notify);
	l->base = event_base_new();
	if (!l->base) {
		snprintf(error, error_size, "cannot start the event loop: no memory or descriptors");
		return -1;
	}
	l->udp = udp_open(setup->conf, error, error_size);
	l->streams = l->udp ? open_streams(l, setup, error, error_size) : NULL;
	return l->streams ? relaysock_open(&l->relay, setup->conf->relay.ng[0], error, error_size) : -1;
}

int loop_open(struct loop *l, const struct engine_setup *setup, char *error, uint32_t error_size)
{
	struct engine_setup s = *setup;

	s.out = (struct outside){
		.ctx = l,
		.send = out_send,
		.relay = out_relay,
		.relay_later = out_relay_later,
		.resolve = out_resolve,
		.is_open = out_is_open,
		.alias = out_alias,
	};
	if (s.conf->pinholes.nftables != CONF_NFTABLES_OFF &&
	    (l->firewall = firewallsock_new(l->base, s.conf->pinholes.socket, loop_now)))
		s.out.firewall = out_firewall;
	l->resolver = open_resolver(l, s.conf);
	l->engine = l->resolver ? engine_new(&s) : NULL;
	if (!l->engine || open_events(l) || (l->firewall && firewallsock_start(l->firewall, l->engine))) {
		snprintf(error, error_size, "cannot start the event loop: no memory or descriptors");
		return -1;
	}
	return 0;
}

/* Lets messages gather. What the relay answers goes on at once, for the message of a call behind it has waited already;
 * but the sockets of SIP, and all else, are not looked at before the time is over. What is held over UDP goes with it,
 * which wakes its receivers once, or a moment later without. */
static void gather(struct loop *l, uint64_t until, bool held)
{
	struct pollfd relay = { .fd = l->relay.fd, .events = POLLIN };
	int readable = 1;

	for (uint64_t now = now_us(); now < until && (readable > 0 || held); now = now_us()) {
		const uint64_t wait = held && until - now > HOLD_US ? HOLD_US : until - now;
		const struct timespec left = { .tv_nsec = (long)(1000 * wait) };

		readable = ppoll(&relay, 1, &left, NULL);
		l->now = loop_now();
		if (readable > 0 && relaysock_read(&l->relay, on_relay, l) == 0)
			break;
		loop_flush(l);
		held = false;
	}
	if (held)
		loop_flush(l);
}

/* The end of a turn, and the time until the next one; true: that begins now. */
static bool rest(struct loop *l, uint64_t now)
{
	const uint32_t wait = l->behind ? 0 : pace_wait_us(&l->pace, now);
	const bool hold = wait > 0 && l->relay.urgent;

	flush(l, hold);
	engine_turn(l->engine, l->behind, now / 1000);
	if (wait)
		gather(l, now + wait, hold);
	l->behind = false;
	return wait > 0;
}

/* Whether the next turn may read the sockets without asking which of them hold something. What needs no haste waits for
 * SPELL_US at most; connections are not made to. */
static bool goes_on(const struct loop *l, uint64_t now, uint64_t until)
{
	return now < until && l->armed && now / 1000 < l->armed && !l->stopping && udp_count(l->udp) <= SPELL_SOCKETS &&
	       stream_stats(l->streams)->open == 0;
}

/* While messages gather, each turn finds some. */
static void rest_and_go_on(struct loop *l)
{
	uint64_t now = now_us();
	const uint64_t until = now + SPELL_US;

	while (rest(l, now) && goes_on(l, now_us(), until)) {
		read_udp(l);
		now = now_us();
	}
}

static bool is_done(const struct loop *l)
{
	return l->stopping && (!engine_is_leaving(l->engine) || loop_now() >= l->stop_by);
}

void loop_run(struct loop *l)
{
	loop_flush(l);
	notify_tell(&l->notify, "READY=1");
	while (!is_done(l) && event_base_loop(l->base, EVLOOP_ONCE) == 0)
		rest_and_go_on(l);
}

void loop_close(struct loop *l)
{
	struct event *all[] = { l->timer,     l->relay_event, l->relay_writable, l->stream_event, l->interrupt,
				l->terminate, l->leave,       l->reload,         l->alive };

	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i])
			event_free(all[i]);
	for (unsigned i = 0; l->udp && i < udp_count(l->udp); i++)
		if (l->udp_events[i])
			event_free(l->udp_events[i]);
	firewallsock_free(l->firewall);
	resolver_free(l->resolver);
	engine_free(l->engine);
	stream_close(l->streams);
	udp_close(l->udp);
	relaysock_close(&l->relay);
	notify_close(&l->notify);
	if (l->base)
		event_base_free(l->base);
}
