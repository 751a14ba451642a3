/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/plane_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "rtpproxy/net/banned.h"
#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/steer.h"

enum { WAYS_PER_SESSION = 4, WAYS_SPARE = 256 };

/* --- what the session layer asks --------------------------------------------------------------------------- */

static bool plane_mail(void *ctx, struct datapath_mail *out)
{
	struct plane *p = ctx;

	return mailbox_take(&p->mailbox, out);
}

static uint64_t plane_sent(void *ctx, struct own_port own)
{
	const struct plane *p = ctx;

	return __atomic_load_n(&p->flows.flow[flow_index(&p->flows, own)].out.packets, __ATOMIC_RELAXED);
}

static bool plane_stats(void *ctx, struct own_port own, struct port_stats *out)
{
	const struct plane *p = ctx;
	const uint32_t index = flow_index(&p->flows, own);

	if (index == 0 || !p->view[index].set)
		return false;
	flow_stats(&p->flows, index, p->view[index].since, out);
	return true;
}

static bool plane_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	const struct plane *p = ctx;
	const uint32_t index = flow_index(&p->flows, own);

	return index && p->view[index].set && flow_quality(&p->flows, index, p->view[index].since, out);
}

static unsigned plane_events(void *ctx, struct datapath_event *out, unsigned max)
{
	struct plane *p = ctx;
	unsigned n;

	plane_run(p, clock_ms());
	for (n = 0; n < max && p->event_n; n++) {
		out[n] = p->event[p->event_from];
		p->event_from = (p->event_from + 1) % PLANE_EVENT_MAX;
		p->event_n--;
	}
	return n;
}

static int plane_capture_begin(void *ctx, uint32_t session, const char *path, char *error, size_t error_size)
{
	struct plane *p = ctx;

	return capture_begin(&p->capture, session, path, (uint64_t)p->c->relay.capture_megabytes << 20, error,
			     error_size);
}

static void plane_capture_end(void *ctx, uint32_t session)
{
	struct plane *p = ctx;

	capture_end(&p->capture, session);
}

static enum datapath_forwarding plane_forward_begin(void *ctx, uint32_t session, const char *name, char *error,
						    size_t error_size)
{
	struct plane *p = ctx;

	return capture_forward(&p->capture, session, name, clock_ms(), error, error_size);
}

static void plane_forward_end(void *ctx, uint32_t session)
{
	struct plane *p = ctx;

	capture_forward_end(&p->capture, session, clock_ms());
}

static bool plane_forward_look(void *ctx, uint32_t session, struct datapath_forward *out)
{
	const struct plane *p = ctx;

	return forwards_look(&p->capture.forwards, session, out);
}

/* What ended in the kernel programs has counters beside those of verdicts. */
static const char *const closed_names[MEDIA_DROP_N] = {
	[MEDIA_CLOSED] = "drop_closed",
	[MEDIA_BANNED] = "drop_banned",
	[MEDIA_NO_SOCKET] = "drop_no_socket",
	[MEDIA_FORWARDED] = "sent_in_driver",
};

static int plane_ban(void *ctx, const struct prefix *whom, bool banned)
{
	struct plane *p = ctx;
	int result = 0;

	if (banned)
		result = barred_put(&p->barred, whom);
	else
		barred_drop(&p->barred, whom);
	p->barred_news = true;
	/* Kernel programs spare the workers the work; none stands before a device. */
	return nics_ban(&p->nics, whom, banned) < 0 ? -1 : result;
}

static void plane_spared(void *ctx, struct datapath_spared *out)
{
	const struct plane *p = ctx;
	uint64_t counts[MEDIA_DROP_N];

	nics_dropped(&p->nics, counts);
	*out = (struct datapath_spared){
		.closed = counts[MEDIA_CLOSED],
		.banned = counts[MEDIA_BANNED] + workers_sums(&p->workers).counts.of[VERDICT_BANNED],
		.in_driver = counts[MEDIA_FORWARDED],
	};
}

static void plane_counters(void *ctx, void (*each)(void *arg, const char *name, uint64_t value), void *arg)
{
	const struct plane *p = ctx;
	const struct workers_sums sums = workers_sums(&p->workers);
	uint64_t closed[MEDIA_DROP_N];

	nics_dropped(&p->nics, closed);
	closed[MEDIA_BANNED] += sums.counts.of[VERDICT_BANNED];
	for (int i = 0; i < MEDIA_DROP_N; i++)
		each(arg, closed_names[i], closed[i]);
	each(arg, "received", sums.received);
	each(arg, "injected", sums.injected);
	each(arg, "copied", sums.copied);
	for (int v = VERDICT_HANDED; v < VERDICT_N; v++)
		if (v != VERDICT_BANNED)
			each(arg, verdict_name((enum verdict)v), sums.counts.of[v]);
	each(arg, "notices_lost", sums.notices_lost + p->events_lost);
	each(arg, "capture_dropped", __atomic_load_n(&p->capture.dropped[SINK_FILE], __ATOMIC_RELAXED));
	each(arg, "forward_dropped",
	     __atomic_load_n(&p->capture.dropped[SINK_RECEIVER], __ATOMIC_RELAXED) + p->capture.forwards.dropped);
	each(arg, "naps", sums.naps);
}

struct datapath plane_datapath(struct plane *p)
{
	return (struct datapath){
		.ctx = p,
		.workers = p->workers.n,
		.set = plane_set,
		.clear = plane_clear,
		.send = plane_send,
		.mail = plane_mail,
		.reply = plane_reply,
		.dial = plane_dial,
		.copy = plane_copy,
		.uncopy = plane_uncopy,
		.sent = plane_sent,
		.stats = plane_stats,
		.quality = plane_quality,
		.events = plane_events,
		.capture_begin = plane_capture_begin,
		.capture_end = plane_capture_end,
		.forward_begin = plane_forward_begin,
		.forward_end = plane_forward_end,
		.forward_look = plane_forward_look,
		.counters = plane_counters,
		.ban = plane_ban,
		.spared = plane_spared,
	};
}

/* --- the loop's part --------------------------------------------------------------------------------------- */

int plane_notice_fd(const struct plane *p)
{
	return p->workers.wake;
}

int plane_net_fd(const struct plane *p)
{
	return netview_fd(p->net);
}

static const enum datapath_event_kind event_of_notice[] = {
	[NOTICE_LATCHED] = DATAPATH_LATCHED,
	[NOTICE_REFUSED] = DATAPATH_REFUSED,
	[NOTICE_DIGIT] = DATAPATH_DIGIT,
	[NOTICE_DIALLED] = DATAPATH_DIALLED,
};

static void event_add(struct plane *p, const struct notice *n)
{
	if (p->event_n == PLANE_EVENT_MAX) {
		p->events_lost++;
		return;
	}
	p->event[(p->event_from + p->event_n++) % PLANE_EVENT_MAX] = (struct datapath_event){
		.kind = event_of_notice[n->kind],
		.own = flow_own(&p->flows, n->index),
		.session = n->session,
		.source = n->source,
		.ssrc = n->ssrc,
		.digit = n->digit,
	};
}

static void notice_handle(struct plane *p, const struct notice *n)
{
	struct port_view *v = &p->view[n->index];
	const struct own_port own = flow_own(&p->flows, n->index);

	if (n->kind == NOTICE_CAPTURED || n->kind == NOTICE_MAIL)
		return; /* plane_run() writes whenever it runs; mail is taken after events */
	if (!v->set || v->session != n->session)
		return;
	if (n->kind != NOTICE_WAY) {
		event_add(p, n);
		return;
	}
	plane_way_turn(p, &v->learnt, &p->c->realms[own.realm], &n->source);
	plane_hop_post(p, n->index, v->learnt);
}

static void notices_take(struct plane *p, struct worker *w)
{
	struct notice n;

	for (int i = 0; i < WORKER_NOTICES && worker_notice_take(w, &n); i++)
		notice_handle(p, &n);
}

void plane_run(struct plane *p, uint64_t now)
{
	uint64_t wakes;

	(void)!read(p->workers.wake, &wakes, sizeof(wakes));
	for (unsigned i = 0; i < p->workers.n; i++)
		notices_take(p, p->workers.of[i]);
	capture_drain(&p->capture);
	cover_pile_free(&p->flows.covers);
	copy_pile_free(&p->flows.copies);
	netview_read(p->net, now);
}

void plane_forward(struct plane *p, uint64_t now)
{
	capture_drain(&p->capture);
	forwards_turn(&p->capture.forwards, now);
}

static void settle(struct plane *p, uint32_t index, uint64_t now)
{
	const struct order o = { .kind = ORDER_TICK, .index = index };
	struct port_view *v = &p->view[index];

	if (v->settle_at == 0 || now < v->settle_at)
		return;
	if (plane_order(p, &o) == 0)
		plane_settle_at(p, v, 0);
}

/* Who speaks at a port is banned, or not any more: its worker looks at what he sends, or does not. */
static bool bar(struct plane *p, uint32_t index)
{
	const struct order o = { .kind = ORDER_TICK, .index = index };
	struct port_view *v = &p->view[index];
	struct port_stats stats;
	bool barred;

	flow_stats(&p->flows, index, v->since, &stats);
	barred = addr_is_set(&stats.latched) && barred_has(&p->barred, &stats.latched);
	if (!barred && !v->barred)
		return true;
	if (plane_order(p, &o) < 0)
		return false;
	v->barred = barred;
	return true;
}

bool plane_is_alive(struct plane *p)
{
	return workers_have_turned(&p->workers);
}

void plane_tick(struct plane *p, uint64_t now)
{
	const bool resend = p->resend, news = p->barred_news;

	p->now = now;
	plane_forward(p, now);
	cover_pile_free(&p->flows.covers);
	copy_pile_free(&p->flows.copies);
	plane_replies_turn(p, NULL);
	netview_tick(p->net, now);
	exits_tick(&p->exits, &p->nics, p->log, p->log_ctx);
	p->resend = p->barred_news = false;
	/* Megabytes to look through, and nearly always nothing to find. */
	if (!p->settling && !resend && !news)
		return;
	for (uint32_t i = 1; i < p->flows.count; i++) {
		const struct port_view *v = &p->view[i];

		if (!v->set)
			continue;
		settle(p, i, now);
		if (news && !bar(p, i))
			p->barred_news = true;
		if (!resend)
			continue;
		plane_hop_post(p, i, v->expected);
		plane_hop_post(p, i, v->signalling);
		plane_hop_post(p, i, v->learnt);
	}
}

/* --- start and stop ---------------------------------------------------------------------------------------- */

unsigned plane_workers(const struct config *c)
{
	return c->relay.ncore ? c->relay.ncore : 1;
}

static int eal_open(struct plane *p, char *error, size_t error_size)
{
	const struct conf_relay *r = &p->c->relay;
	const struct eal_ask ask = {
		.megabytes = nics_megabytes(p->c),
		.workers = plane_workers(p->c),
		.cores = r->ncore ? r->cores : NULL,
		.debug = p->c->log.level >= 3,
		.pci = strchr(r->port, ':') != NULL,
		.more = r->eal,
		.nmore = r->neal,
	};

	steer_log(ask.debug);
	if (eal_start(&ask, error, error_size) < 0)
		return -1;
	p->eal = true;
	return 0;
}

static void lo_open(struct plane *p)
{
	const char *error;
	char line[160];

	if (nics_find(&p->nics, p->nics.lo) < 0)
		return;
	if (loopback_open(&p->loopback, &error) < 0) {
		snprintf(line, sizeof(line), "media: peers on this host will hear nothing: cannot set %s", error);
		p->log(p->log_ctx, 1, line);
		return;
	}
	if (p->loopback.before[0])
		p->log(p->log_ctx, 2,
		       "media: set accept_local and route_localnet of lo, so that peers on this host are served; put "
		       "back "
		       "at the end");
}

/* What all of them have in common. */
static int paths_fill(struct plane *p)
{
	struct hash_key names, key;

	if (getrandom(&names, sizeof(names), 0) != sizeof(names) || getrandom(&key, sizeof(key), 0) != sizeof(key) ||
	    barred_init(&p->barred, BANNED_MAX, &key))
		return -1;
	p->flows.barred = &p->barred;
	for (unsigned i = 0; i < p->workers.n; i++) {
		p->workers.of[i]->path.capture = &p->capture;
		p->workers.of[i]->path.mailbox = &p->mailbox;
		p->workers.of[i]->path.names = names;
	}
	return 0;
}

static int workers_open(struct plane *p, char *error, size_t error_size)
{
	if (flow_table_init(&p->flows, p->c) < 0 ||
	    workers_init(&p->workers, plane_workers(p->c), &p->flows, p->c->relay.idle_latency_us) < 0) {
		snprintf(error, error_size, "no memory for %u media ports", p->flows.count);
		return -1;
	}
	if (seal_prepare() < 0) {
		snprintf(error, error_size, "libcrypto lacks a cipher of SRTP");
		return -1;
	}
	exits_open(&p->exits, p->c, &p->nics, &p->flows, p->log, p->log_ctx);
	if (paths_fill(p) < 0) {
		snprintf(error, error_size, "no random numbers, or no memory for bans");
		return -1;
	}
	p->view = calloc(p->flows.count, sizeof(*p->view));
	if (!p->view) {
		snprintf(error, error_size, "out of memory");
		return -1;
	}
	explicit_bzero(p->view, p->flows.count * sizeof(*p->view)); /* its pages now, not call by call */
	for (unsigned i = 0; i < p->nics.nopen; i++) {
		if (workers_nic_add(&p->workers, &p->nics.open[i]) < 0) {
			snprintf(error, error_size, "more than %d queues", WORKER_INPUT_MAX);
			return -1;
		}
	}
	if (nics_has_device(&p->nics))
		workers_nic_share(&p->workers, NICS_DEVICE, NICS_KERNEL);
	if (workers_start(&p->workers, EAL_WORKER_LCORE) < 0) {
		snprintf(error, error_size, "a media thread does not start");
		return -1;
	}
	p->running = true;
	return 0;
}

static void realms_report(const struct plane *p)
{
	char line[200], text[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < p->c->nrealm; i++) {
		const struct conf_realm *r = &p->c->realms[i];
		struct writer w = writer_over(text, sizeof(text));

		addr_write_host(&w, &r->address, false);
		snprintf(line, sizeof(line), "media: realm %s: %.*s ports %u-%u", r->name, (int)w.n, text,
			 r->media_first, r->media_last);
		p->log(p->log_ctx, 2, line);
	}
}

struct plane *plane_open(const struct config *c, plane_log_fn *log, void *log_ctx, char *error, size_t error_size)
{
	struct plane *p = calloc(1, sizeof(*p));

	if (!p) {
		snprintf(error, error_size, "out of memory");
		return NULL;
	}
	p->c = c;
	p->log = log;
	p->log_ctx = log_ctx;
	p->workers.wake = -1;
	p->capture.forwards.to = c->relay.forward_to;
	p->capture.forwards.log = log;
	p->capture.forwards.log_ctx = log_ctx;
	p->now = clock_ms();
	p->net = netview_open(c->relay.sessions * WAYS_PER_SESSION + WAYS_SPARE, plane_way_changed, p, error,
			      error_size);
	if (!p->net || nics_plan(&p->nics, c, p->net, error, error_size) < 0 || eal_open(p, error, error_size) < 0 ||
	    nics_open(&p->nics, c, log, log_ctx, error, error_size) < 0)
		goto out;
	lo_open(p);
	if (workers_open(p, error, error_size) < 0)
		goto out;
	realms_report(p);
	return p;
out:
	plane_close(p);
	return NULL;
}

void plane_close(struct plane *p)
{
	if (p->running)
		workers_stop(&p->workers);
	if (p->eal) {
		capture_fini(&p->capture);
		exits_close(&p->exits);
		nics_close(&p->nics);
		loopback_close(&p->loopback);
		workers_fini(&p->workers);
		mailbox_close(&p->mailbox);
		replies_close(&p->replies);
	}
	for (uint32_t i = 1; p->view && i < p->flows.count; i++)
		plane_notes_end(p, &p->view[i]);
	flow_table_fini(&p->flows);
	barred_fini(&p->barred);
	if (p->net)
		netview_close(p->net);
	free(p->view);
	if (p->eal)
		eal_stop();
	free(p);
}
