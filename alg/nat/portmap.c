/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/portmap.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>

#include "alg/nat/natpmp.h"

enum { PORTS = 65536 };

static uint32_t random_below(struct portmap *m, uint32_t n)
{
	uint32_t r = 0;

	m->setup.random(m->setup.ctx, &r, sizeof(r));
	return n ? r % n : 0;
}

static uint16_t *slot_of(const struct portmap *m, uint8_t protocol, uint16_t port)
{
	return &m->by_port[protocol == IPPROTO_TCP][port];
}

static struct portmap_port *port_find(const struct portmap *m, uint8_t protocol, uint16_t port)
{
	uint16_t number = *slot_of(m, protocol, port);

	return number ? &m->ports[number - 1] : NULL;
}

const struct portmap_port *portmap_find(const struct portmap *m, uint8_t protocol, uint16_t port)
{
	return port_find(m, protocol, port);
}

/* --- asking ------------------------------------------------------------------------------------------------ */

static void on_timer(struct timer *t, void *ctx, uint64_t now);

static void send_pcp(struct portmap *m, const struct portmap_port *p, uint32_t lifetime_s)
{
	char text[PCP_REQUEST_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct pcp_map map = {
		.protocol = p->protocol, .port = p->port, .outside = p->outside, .lifetime_s = lifetime_s
	};

	memcpy(map.nonce, p->nonce, PCP_NONCE);
	map.outside.port = p->port;
	pcp_map_write(&w, &m->setup.ours, &map, true);
	m->setup.send(m->setup.ctx, writer_done(&w));
}

/* The address is asked for each time, and first: it may have changed. */
static void send_natpmp(struct portmap *m, const struct portmap_port *p, uint32_t lifetime_s)
{
	char text[NATPMP_REQUEST_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (m->setup.ours.family != ADDR_V4)
		return;
	if (lifetime_s) {
		natpmp_public_write(&w);
		m->setup.send(m->setup.ctx, writer_done(&w));
	}
	w = writer_over(text, sizeof(text));
	natpmp_map_write(&w, p->protocol, p->port, p->port, lifetime_s);
	m->setup.send(m->setup.ctx, writer_done(&w));
}

/* Who does not answer PCP at all is tried in both from the second time on. */
static void tell_router(struct portmap *m, const struct portmap_port *p, uint32_t lifetime_s)
{
	if (m->speaks != PORTMAP_NATPMP)
		send_pcp(m, p, lifetime_s);
	if (m->speaks == PORTMAP_NATPMP || (m->speaks == PORTMAP_UNKNOWN && p->tries > 1))
		send_natpmp(m, p, lifetime_s);
}

/* Retransmission as in RFC 6887 8.1.1: doubled, and a tenth more or less. */
static void ask(struct portmap *m, struct portmap_port *p, uint64_t now)
{
	uint32_t base = p->tries ? 2 * p->patience_ms : PORTMAP_FIRST_MS;

	if (base > PORTMAP_LONGEST_MS)
		base = PORTMAP_LONGEST_MS;
	p->patience_ms = base - base / 10 + random_below(m, base / 5);
	p->tries++;
	wheel_add(&m->wheel, &p->timer, now + p->patience_ms, on_timer);
	tell_router(m, p, m->setup.lifetime_s);
}

static void ask_anew(struct portmap *m, struct portmap_port *p, uint64_t now)
{
	p->tries = 0;
	ask(m, p, now);
}

static void give_up(struct portmap *m, struct portmap_port *p, const char *why)
{
	p->state = PORTMAP_REFUSED;
	p->why = why;
	m->setup.told(m->setup.ctx, p);
}

static void release(struct portmap *m, struct portmap_port *p)
{
	wheel_del(&m->wheel, &p->timer);
	*slot_of(m, p->protocol, p->port) = 0;
	p->used = false;
	m->free[m->nfree++] = (uint16_t)(p - m->ports);
}

static void take_back(struct portmap *m, struct portmap_port *p)
{
	p->tries = 0;
	tell_router(m, p, 0);
	release(m, p);
}

static void on_timer(struct timer *t, void *ctx, uint64_t now)
{
	struct portmap_port *p = (struct portmap_port *)((char *)t - offsetof(struct portmap_port, timer));
	struct portmap *m = ctx;

	if (now >= p->wanted_until) {
		take_back(m, p);
		return;
	}
	if (p->state == PORTMAP_OPEN && now >= p->expires)
		give_up(m, p, "it does not answer any more");
	else if (p->state == PORTMAP_ASKING && p->tries >= PORTMAP_TRIES)
		give_up(m, p, "it does not answer");
	ask(m, p, now);
}

/* --- answers ----------------------------------------------------------------------------------------------- */

/* Half of what is left and a bit, never all at once (RFC 6887 11.2.1); and when nobody wants it any more. */
static void renew_in_time(struct portmap *m, struct portmap_port *p, uint32_t granted_s, uint64_t now)
{
	uint64_t granted_ms = (uint64_t)granted_s * 1000, wait = granted_ms / 2;

	wait += random_below(m, (uint32_t)(granted_ms / 8 < UINT32_MAX ? granted_ms / 8 : UINT32_MAX));
	if (wait < PORTMAP_RENEW_MIN_MS)
		wait = PORTMAP_RENEW_MIN_MS;
	if (p->wanted_until < now + wait)
		wait = p->wanted_until > now ? p->wanted_until - now : 0;
	p->expires = now + granted_ms;
	wheel_add(&m->wheel, &p->timer, now + wait, on_timer);
}

static void grant(struct portmap *m, struct portmap_port *p, const struct addr *outside, uint32_t lifetime_s,
		  uint64_t now)
{
	bool news = p->state != PORTMAP_OPEN || !addr_eq(&p->outside, outside);

	p->state = PORTMAP_OPEN;
	p->outside = *outside;
	p->tries = 0;
	renew_in_time(m, p, lifetime_s, now);
	if (news)
		m->setup.told(m->setup.ctx, p);
}

static void refuse(struct portmap *m, struct portmap_port *p, const char *why, uint32_t for_s, uint64_t now)
{
	uint32_t wait = for_s < PORTMAP_AGAIN_MIN_S   ? PORTMAP_AGAIN_MIN_S
			: for_s > PORTMAP_AGAIN_MAX_S ? PORTMAP_AGAIN_MAX_S
						      : for_s;

	p->tries = 0;
	wheel_add(&m->wheel, &p->timer, now + 1000ULL * wait, on_timer);
	give_up(m, p, why);
}

/* Others write to the port that we tell them of, which is ours: one more that the router chose is of no use. */
static void settle(struct portmap *m, struct portmap_port *p, const struct addr *outside, uint32_t lifetime_s,
		   uint64_t now)
{
	if (outside->port == p->port && lifetime_s) {
		grant(m, p, outside, lifetime_s, now);
		return;
	}
	tell_router(m, p, 0);
	refuse(m, p, pcp_result_text(PCP_CANNOT_PROVIDE_EXTERNAL), 0, now);
}

/* Did the router forget (8.5)? Its clock and ours must have gone on alike, to a sixteenth. */
static bool epoch_broke(struct portmap *m, uint32_t epoch_s, uint64_t now)
{
	uint64_t ours = (now - m->epoch_at) / 1000, its = epoch_s - m->epoch_s;
	bool known = m->epoch_at != 0;
	bool back = epoch_s < m->epoch_s && m->epoch_s - epoch_s > 1;

	if (epoch_s < m->epoch_s)
		its = 0;
	m->epoch_s = epoch_s;
	m->epoch_at = now;
	return known && (back || ours + 2 < its - its / 16 || its + 2 < ours - ours / 16);
}

static void restart(struct portmap *m, uint64_t now)
{
	for (unsigned i = 0; i < m->setup.capacity; i++)
		if (m->ports[i].used)
			ask_anew(m, &m->ports[i], now);
}

/* Whatever it knew is gone; it is another one, perhaps. */
static void note_epoch(struct portmap *m, uint32_t epoch_s, uint64_t now)
{
	if (epoch_broke(m, epoch_s, now))
		restart(m, now);
}

static void receive_pcp(struct portmap *m, struct span datagram, uint64_t now)
{
	struct portmap_port *p;
	struct pcp_answer a;

	if (pcp_answer_read(datagram, &a))
		return;
	p = port_find(m, a.map.protocol, a.map.port);
	/* 11.4: one that we did not ask for. */
	if (!p || memcmp(p->nonce, a.map.nonce, PCP_NONCE) != 0)
		return;
	m->speaks = PORTMAP_PCP;
	note_epoch(m, a.epoch_s, now);
	if (a.result == PCP_SUCCESS)
		settle(m, p, &a.map.outside, a.map.lifetime_s, now);
	else
		refuse(m, p, pcp_result_text(a.result), a.map.lifetime_s, now);
}

static void receive_address(struct portmap *m, const struct natpmp_answer *a)
{
	if (a->result == NATPMP_SUCCESS)
		m->outside = a->outside;
}

/* Without an address the port is not known, either: it is asked for again in time. */
static void receive_port(struct portmap *m, const struct natpmp_answer *a, uint64_t now)
{
	struct portmap_port *p = port_find(m, a->protocol, a->port);
	struct addr outside = m->outside;

	/* Nothing in it says which question it answers: what is not asked for just now is not moved by it. */
	if (!p || !p->tries)
		return;
	if (a->result != NATPMP_SUCCESS) {
		refuse(m, p, natpmp_result_text(a->result), 0, now);
		return;
	}
	outside.port = a->outside_port;
	if (addr_is_set(&m->outside))
		settle(m, p, &outside, a->lifetime_s, now);
}

static void receive_natpmp(struct portmap *m, struct span datagram, uint64_t now)
{
	struct natpmp_answer a;

	if (natpmp_answer_read(datagram, &a))
		return;
	if (a.kind == NATPMP_UNSUPPORTED) {
		/* It is told so once: who speaks neither would be asked for ever. */
		if (m->speaks == PORTMAP_NATPMP || m->setup.ours.family != ADDR_V4)
			return;
		m->speaks = PORTMAP_NATPMP;
		restart(m, now);
		return;
	}
	m->speaks = PORTMAP_NATPMP;
	note_epoch(m, a.epoch_s, now);
	if (a.kind == NATPMP_PUBLIC)
		receive_address(m, &a);
	else
		receive_port(m, &a, now);
}

void portmap_receive(struct portmap *m, struct span datagram, uint64_t now)
{
	wheel_advance(&m->wheel, now);
	if (datagram.n && datagram.p[0] == 0)
		receive_natpmp(m, datagram, now);
	else
		receive_pcp(m, datagram, now);
}

/* --- what is wanted ---------------------------------------------------------------------------------------- */

static struct portmap_port *take(struct portmap *m, uint8_t protocol, uint16_t port)
{
	struct portmap_port *p;

	if (m->nfree == 0)
		return NULL;
	p = &m->ports[m->free[--m->nfree]];
	*p = (struct portmap_port){ .protocol = protocol, .port = port, .used = true };
	m->setup.random(m->setup.ctx, p->nonce, PCP_NONCE);
	*slot_of(m, protocol, port) = (uint16_t)(p - m->ports + 1);
	return p;
}

int portmap_want(struct portmap *m, uint8_t protocol, uint16_t port, uint32_t seconds, uint64_t now)
{
	struct portmap_port *p;
	bool fresh;

	wheel_advance(&m->wheel, now);
	p = port_find(m, protocol, port);
	fresh = !p;
	if (fresh)
		p = take(m, protocol, port);
	if (!p)
		return -1;
	p->wanted_until = now + 1000ULL * seconds;
	if (fresh)
		ask(m, p, now);
	else if (p->state != PORTMAP_ASKING)
		m->setup.told(m->setup.ctx, p);
	return 0;
}

void portmap_leave(struct portmap *m, uint8_t protocol, uint16_t port, uint64_t now)
{
	struct portmap_port *p;

	wheel_advance(&m->wheel, now);
	p = port_find(m, protocol, port);
	if (p)
		take_back(m, p);
}

void portmap_leave_all(struct portmap *m, uint64_t now)
{
	wheel_advance(&m->wheel, now);
	for (unsigned i = 0; i < m->setup.capacity; i++)
		if (m->ports[i].used)
			take_back(m, &m->ports[i]);
}

void portmap_advance(struct portmap *m, uint64_t now)
{
	wheel_advance(&m->wheel, now);
}

uint64_t portmap_next(const struct portmap *m)
{
	return wheel_next(&m->wheel);
}

/* --- from beginning to end --------------------------------------------------------------------------------- */

struct portmap *portmap_new(const struct portmap_setup *setup)
{
	struct portmap *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->setup = *setup;
	m->ports = calloc(setup->capacity, sizeof(*m->ports));
	m->free = calloc(setup->capacity, sizeof(*m->free));
	m->by_port[0] = calloc(PORTS, sizeof(**m->by_port));
	m->by_port[1] = calloc(PORTS, sizeof(**m->by_port));
	if (!m->ports || !m->free || !m->by_port[0] || !m->by_port[1]) {
		portmap_free(m);
		return NULL;
	}
	wheel_init(&m->wheel, setup->now, m);
	while (m->nfree < setup->capacity) {
		m->free[m->nfree] = (uint16_t)(setup->capacity - 1 - m->nfree);
		m->nfree++;
	}
	return m;
}

void portmap_free(struct portmap *m)
{
	if (!m)
		return;
	free(m->by_port[0]);
	free(m->by_port[1]);
	free(m->free);
	free(m->ports);
	free(m);
}
