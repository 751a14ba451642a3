/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/upstream.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sbc/firewall/gateway.h"

enum { DATAGRAM_MAX = 1100, DATAGRAMS_PER_TURN = 64 };

/* --- what the router says, to who asked -------------------------------------------------------------------- */

static void answer(struct upstream *u, const struct upstream_wait *w, enum firewall_result result, const char *why)
{
	struct firewall_answer a = { .seq = w->seq, .verb = w->verb, .result = result, .last = true };

	a.map.protocol = w->protocol;
	a.map.ours = w->ours;
	a.why = span_slice(span_str(why), 0, FIREWALL_WHY_MAX);
	u->answer(u->ctx, w->client, &a);
}

static enum firewall_router language_of(const struct portmap *m)
{
	return m->speaks == PORTMAP_PCP      ? FIREWALL_ROUTER_PCP
	       : m->speaks == PORTMAP_NATPMP ? FIREWALL_ROUTER_NATPMP
					     : FIREWALL_ROUTER_UNKNOWN;
}

static void answer_port(struct upstream_router *r, const struct upstream_wait *w, const struct portmap_port *p)
{
	struct upstream *u = r->home;
	struct firewall_answer a = { .seq = w->seq, .verb = w->verb, .result = FIREWALL_FAILED, .last = true };

	a.map.protocol = w->protocol;
	a.map.ours = w->ours;
	a.router = r->gateway;
	a.language = language_of(r->map);
	if (p->state == PORTMAP_OPEN) {
		uint64_t now = r->map->wheel.now, left = p->expires > now ? (p->expires - now) / 1000 : 0;

		a.result = FIREWALL_DONE;
		a.map.outside = p->outside;
		a.map.seconds = left < FIREWALL_SECONDS_MAX ? (uint32_t)left : FIREWALL_SECONDS_MAX;
	} else if (p->why) {
		a.why = span_slice(span_str(p->why), 0, FIREWALL_WHY_MAX);
	}
	u->answer(u->ctx, w->client, &a);
}

static void tell_waiting(struct upstream_router *r, const struct portmap_port *p)
{
	struct upstream *u = r->home;

	for (unsigned i = 0; i < u->nwait;) {
		const struct upstream_wait w = u->wait[i];

		if (w.protocol != p->protocol || w.ours.port != p->port || !addr_same_host(&w.ours, &r->ours)) {
			i++;
			continue;
		}
		u->wait[i] = u->wait[--u->nwait];
		answer_port(r, &w, p);
	}
}

/* Each reason once, until it is another one. */
static void on_told(void *ctx, const struct portmap_port *p)
{
	struct upstream_router *r = ctx;
	char gateway[ADDR_TEXT_MAX], outside[ADDR_TEXT_MAX];
	const char *why = p->state == PORTMAP_OPEN ? NULL : p->why;

	if (why && why != r->last_why)
		firewall_log(r->home->firewall, 1, "router %s does not open %s port %u for realm %s: %s",
			     addr_host_text(&r->gateway, gateway), p->protocol == IPPROTO_TCP ? "tcp" : "udp", p->port,
			     r->realm->name, why);
	else if (!why)
		firewall_log(r->home->firewall, 3, "router %s: %s leads to port %u of realm %s",
			     addr_host_text(&r->gateway, gateway), addr_text(&p->outside, outside), p->port,
			     r->realm->name);
	r->last_why = why;
	tell_waiting(r, p);
}

static void on_send(void *ctx, struct span datagram)
{
	const struct upstream_router *r = ctx;

	/* What does not leave is asked again, as what is lost. */
	if (r->fd >= 0 && send(r->fd, datagram.p, datagram.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		firewall_log(r->home->firewall, 3, "realm %s: the router can't be written to: %m", r->realm->name);
}

static void on_random(void *ctx, void *bytes, uint32_t n)
{
	(void)ctx;
	if (getrandom(bytes, n, 0) != (ssize_t)n)
		abort();
}

/* --- finding it -------------------------------------------------------------------------------------------- */

/* From the realm's address: that is who the router maps for (RFC 6887 8.1). 0, or -1 with errno. */
static int router_connect(struct upstream_router *r)
{
	struct sockaddr_storage ours, gateway;
	struct addr from = r->ours, to = r->gateway;
	socklen_t nours, ngateway;

	from.port = 0;
	to.port = PCP_PORT;
	nours = addr_to_sockaddr(&from, &ours);
	ngateway = addr_to_sockaddr(&to, &gateway);
	r->fd = socket(ours.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		return -1;
	if (bind(r->fd, (struct sockaddr *)&ours, nours) == 0 &&
	    connect(r->fd, (struct sockaddr *)&gateway, ngateway) == 0)
		return 0;
	close(r->fd);
	r->fd = -1;
	return -1;
}

static void router_look(struct upstream_router *r, uint64_t now)
{
	const struct conf_upstream *conf = &r->home->firewall->conf->pinholes.upstream;
	struct portmap_setup s = { .ours = r->ours,
				   .lifetime_s = conf->lifetime_s,
				   .capacity = UPSTREAM_PORTS,
				   .ctx = r,
				   .send = on_send,
				   .told = on_told,
				   .random = on_random,
				   .now = now };
	char text[ADDR_TEXT_MAX];

	r->gateway = conf->gateway;
	if ((!addr_is_set(&r->gateway) && gateway_find(&r->ours, &r->gateway)) || router_connect(r)) {
		if (!r->missed)
			firewall_log(r->home->firewall, 1,
				     "realm %s: no router found above it: no default route there, and "
				     "pinholes.upstream.gateway names none",
				     r->realm->name);
		r->missed = true;
		return;
	}
	r->missed = false;
	r->map = r->map ? r->map : portmap_new(&s);
	firewall_log(r->home->firewall, 2, "realm %s: the router above it is %s", r->realm->name,
		     addr_host_text(&r->gateway, text));
}

static void look(struct upstream *u, uint64_t now)
{
	u->looked_ms = now;
	for (unsigned i = 0; i < u->nrouter; i++)
		if (u->router[i].fd < 0)
			router_look(&u->router[i], now);
}

void upstream_open(struct upstream *u, struct firewall *f, uint64_t now)
{
	const struct config *c = f->conf;

	u->firewall = f;
	for (unsigned i = 0; i < c->nrealm && c->pinholes.upstream.protocol != CONF_UPSTREAM_OFF; i++)
		if (c->realms[i].public_auto)
			u->router[u->nrouter++] = (struct upstream_router){
				.home = u, .realm = &c->realms[i], .ours = c->realms[i].address, .fd = -1
			};
	look(u, now);
}

void upstream_close(struct upstream *u, bool keep, uint64_t now)
{
	for (unsigned i = 0; i < u->nrouter; i++) {
		struct upstream_router *r = &u->router[i];

		if (r->map && !keep)
			portmap_leave_all(r->map, now);
		portmap_free(r->map);
		if (r->fd >= 0)
			close(r->fd);
	}
}

/* --- questions --------------------------------------------------------------------------------------------- */

static struct upstream_router *router_of(struct upstream *u, const struct addr *ours)
{
	for (unsigned i = 0; i < u->nrouter; i++)
		if (addr_same_host(&u->router[i].ours, ours))
			return &u->router[i];
	return NULL;
}

static void want(struct upstream *u, const struct upstream_wait *w, struct upstream_router *r, uint32_t seconds,
		 uint64_t now)
{
	if (u->nwait == UPSTREAM_WAITING) {
		answer(u, w, FIREWALL_FULL, "too many wait for the router already");
		return;
	}
	/* It may be answered before portmap_want returns. */
	u->wait[u->nwait++] = *w;
	if (portmap_want(r->map, w->protocol, w->ours.port, seconds, now) == 0)
		return;
	u->nwait--;
	answer(u, w, FIREWALL_FULL, "no more ports are asked for at once");
}

void upstream_take(struct upstream *u, unsigned client, const struct firewall_request *q, uint64_t now)
{
	const struct firewall_map *m = &q->map;
	struct upstream_wait w = { client, q->seq, q->verb, m->protocol, m->ours };
	struct upstream_router *r = router_of(u, &m->ours);

	if (q->verb == FIREWALL_PUBLIC && w.protocol == 0)
		w.protocol = IPPROTO_UDP;
	if (m->ours.port == 0 || (w.protocol != IPPROTO_UDP && w.protocol != IPPROTO_TCP)) {
		answer(u, &w, FIREWALL_REFUSED, "there is no such port");
	} else if (!r || !r->map) {
		answer(u, &w, FIREWALL_FAILED,
		       r ? "no router was found above us" : "that address has no router above it");
	} else if (q->verb == FIREWALL_UNMAP) {
		portmap_leave(r->map, w.protocol, w.ours.port, now);
		answer(u, &w, FIREWALL_DONE, "");
	} else {
		want(u, &w, r, q->verb == FIREWALL_PUBLIC ? UPSTREAM_PUBLIC_S : m->seconds, now);
	}
}

void upstream_forget(struct upstream *u, unsigned client)
{
	for (unsigned i = 0; i < u->nwait;)
		if (u->wait[i].client == client)
			u->wait[i] = u->wait[--u->nwait];
		else
			i++;
}

/* --- running ----------------------------------------------------------------------------------------------- */

unsigned upstream_poll(const struct upstream *u, struct pollfd *p)
{
	for (unsigned i = 0; i < u->nrouter; i++)
		p[i] = (struct pollfd){ .fd = u->router[i].fd, .events = POLLIN };
	return u->nrouter;
}

/* An ICMP error ends no socket: who answers again is heard. */
static void router_read(struct upstream_router *r, uint64_t now)
{
	char datagram[DATAGRAM_MAX + 1];

	for (unsigned i = 0; i < DATAGRAMS_PER_TURN; i++) {
		ssize_t n = recv(r->fd, datagram, sizeof(datagram), MSG_DONTWAIT);

		if (n < 0)
			return;
		portmap_receive(r->map, span_of(datagram, (size_t)n), now);
	}
}

void upstream_serve(struct upstream *u, uint64_t now)
{
	for (unsigned i = 0; i < u->nrouter; i++) {
		struct upstream_router *r = &u->router[i];

		if (!r->map)
			continue;
		router_read(r, now);
		portmap_advance(r->map, now);
	}
	if (now >= u->looked_ms + UPSTREAM_LOOK_MS)
		look(u, now);
}
