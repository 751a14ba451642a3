/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/mediarelay.h"

#include <stdlib.h>

#include "rtpproxy/command/relay.h"
#include "rtpproxy/stream/play.h"

enum { PORTS = 65536 };

struct mediarelay {
	struct mediarelay_conf conf;
	struct relay relay;
	unsigned ports_set;
	struct mediarelay_dialled dialled;
	struct datapath_event event; /* session 0: none */
	struct {
		bool set;
		struct port_spec spec;
		uint64_t packets, last;
	} * port; /* by realm and number */
};

static unsigned place(struct own_port own)
{
	return (unsigned)own.realm * PORTS + own.port;
}

static int path_set(void *ctx, const struct port_spec *spec)
{
	struct mediarelay *r = ctx;
	unsigned i = place(spec->own);

	r->ports_set += !r->port[i].set;
	r->port[i].set = true;
	r->port[i].spec = *spec;
	return 0;
}

static int path_clear(void *ctx, struct own_port own)
{
	struct mediarelay *r = ctx;
	unsigned i = place(own);

	r->ports_set -= r->port[i].set;
	r->port[i].set = false;
	return 0;
}

static int path_send(void *ctx, struct own_port own, const uint8_t *bytes, uint16_t n)
{
	(void)ctx, (void)own, (void)bytes, (void)n;
	return 0;
}

/* It is over at once. */
static int path_dial(void *ctx, struct own_port own, uint32_t session, const struct dial_order *d)
{
	struct mediarelay *r = ctx;

	r->dialled = (struct mediarelay_dialled){ own, *d };
	r->event = (struct datapath_event){ .kind = DATAPATH_DIALLED, .own = own, .session = session };
	return 0;
}

static int path_copy(void *ctx, struct own_port from, struct own_port to, const struct payload_map *map)
{
	(void)ctx, (void)from, (void)to, (void)map;
	return 0;
}

static int path_uncopy(void *ctx, struct own_port from, struct own_port to)
{
	(void)ctx, (void)from, (void)to;
	return 0;
}

static uint64_t path_sent(void *ctx, struct own_port own)
{
	(void)ctx, (void)own;
	return 0;
}

static bool path_stats(void *ctx, struct own_port own, struct port_stats *out)
{
	struct mediarelay *r = ctx;
	unsigned i = place(own);

	memset(out, 0, sizeof(*out));
	out->rx_packets = r->port[i].packets;
	out->last_rx_ms = r->port[i].last;
	if (out->rx_packets)
		addr_parse(SPAN("192.0.2.250"), own.port, &out->latched); /* whoever sent it */
	return r->port[i].set;
}

static bool path_quality(void *ctx, struct own_port own, struct rtp_quality *out)
{
	const struct mediarelay *r = ctx;

	*out = (struct rtp_quality){ 0 };
	return r->port[place(own)].set;
}

static unsigned path_events(void *ctx, struct datapath_event *out, unsigned max)
{
	struct mediarelay *r = ctx;

	if (!r->event.session || max == 0)
		return 0;
	*out = r->event;
	r->event.session = 0;
	return 1;
}

static void path_counters(void *ctx, void (*each)(void *arg, const char *name, uint64_t value), void *arg)
{
	(void)ctx, (void)each, (void)arg;
}

static void on_event(void *ctx, const struct server_peer *to, struct span datagram)
{
	struct mediarelay *r = ctx;

	(void)to;
	r->conf.send(r->conf.ctx, datagram);
}

struct mediarelay *mediarelay_new(const struct mediarelay_conf *c)
{
	struct mediarelay *r = calloc(1, sizeof(*r));
	const struct hash_key key = { 1, 2 };
	const struct datapath path = {
		.ctx = r,
		.set = path_set,
		.clear = path_clear,
		.send = path_send,
		.dial = path_dial,
		.copy = path_copy,
		.uncopy = path_uncopy,
		.sent = path_sent,
		.stats = path_stats,
		.quality = path_quality,
		.events = path_events,
		.counters = path_counters,
	};

	if (!r)
		return NULL;
	r->conf = *c;
	r->port = calloc((size_t)c->conf->nrealm * PORTS, sizeof(*r->port));
	if (!r->port || relay_init(&r->relay, c->conf, &path, c->random, c->ctx, &key, c->now)) {
		free(r->port);
		free(r);
		return NULL;
	}
	r->relay.event = on_event;
	r->relay.event_ctx = r;
	return r;
}

void mediarelay_free(struct mediarelay *r)
{
	if (!r)
		return;
	relay_fini(&r->relay);
	free(r->port);
	free(r);
}

void mediarelay_ask(struct mediarelay *r, struct span datagram, uint64_t now)
{
	static char reply[RELAY_ANSWER_MAX];
	struct server_peer from = { .len = sizeof(sa_family_t) };
	struct writer out = writer_over(reply, sizeof(reply));

	relay_handle(&r->relay, datagram, &from, now, &out);
	if (out.n)
		r->conf.send(r->conf.ctx, writer_done(&out));
}

uint64_t mediarelay_audit(struct mediarelay *r, uint64_t now)
{
	static char reply[RELAY_ANSWER_MAX];
	struct writer out = writer_over(reply, sizeof(reply));
	struct ng_answer answer;
	struct ng_value v;

	relay_handle(&r->relay, SPAN("audit d7:command5:audite"), NULL, now, &out);
	if (ng_answer_decode(writer_done(&out), &answer) || ng_find(answer.body, SPAN("different"), &v))
		return UINT64_MAX;
	return (uint64_t)v.integer;
}

void mediarelay_tick(struct mediarelay *r, uint64_t now)
{
	relay_tick(&r->relay, now);
}

void mediarelay_packets(struct mediarelay *r, uint64_t now)
{
	for (unsigned i = 0; i < r->conf.conf->nrealm * PORTS; i++) {
		if (!r->port[i].set)
			continue;
		r->port[i].packets++;
		r->port[i].last = now;
	}
}

/* What comes to the other side of it leaves from it. */
static bool is_joined(const struct mediarelay *r, const struct port_spec *s)
{
	const struct port_spec *across = s->peer.port ? &r->port[place(s->peer)].spec : NULL;

	return across && r->port[place(s->peer)].set && across->peer.realm == s->own.realm &&
	       across->peer.port == s->own.port;
}

bool mediarelay_expects(const struct mediarelay *r, unsigned realm, const struct addr *host, uint16_t port)
{
	for (unsigned i = realm * PORTS; i < (realm + 1) * PORTS; i++) {
		const struct port_spec *s = &r->port[i].spec;

		if (r->port[i].set && !s->drop && s->expected.port == port && addr_same_host(&s->expected, host) &&
		    is_joined(r, s))
			return true;
	}
	return false;
}

bool mediarelay_digit(struct mediarelay *r, struct own_port own, uint8_t event, uint64_t now)
{
	const struct port_spec *s = &r->port[place(own)].spec;

	if (!r->port[place(own)].set || !s->gate.tell || !s->gate.events)
		return false;
	r->event = (struct datapath_event){
		.kind = DATAPATH_DIGIT, .own = own, .session = s->session, .digit = { 1280, event, 101 }
	};
	relay_notices(&r->relay, now);
	return true;
}

struct mediarelay_dialled mediarelay_dialled(struct mediarelay *r, uint64_t now)
{
	r->dialled = (struct mediarelay_dialled){ 0 };
	play_tick(&r->relay, now);
	relay_notices(&r->relay, now);
	for (unsigned i = 0; i < 10; i++)
		play_tick(&r->relay, now);
	return r->dialled;
}

int mediarelay_number(const struct mediarelay *r, struct own_port own, uint8_t number)
{
	unsigned i = place(own);

	return r->port[i].set ? payload_map_number(&r->port[i].spec.map, number) : -1;
}

const struct port_spec *mediarelay_port(const struct mediarelay *r, struct own_port own)
{
	const unsigned i = place(own);

	return r->port[i].set ? &r->port[i].spec : NULL;
}

struct mediarelay_use mediarelay_use(const struct mediarelay *r)
{
	return (struct mediarelay_use){ relay_sessions(&r->relay), relay_ports_used(&r->relay), r->ports_set };
}
