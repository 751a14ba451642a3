/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/guise.h"
#include "tests/flow/line.h"
#include "tests/flow/word.h"

/* relay silent|answers|restart */
static void do_relay(struct world *w, struct span left)
{
	if (span_eq(left, SPAN("restart"))) {
		world_restart_relay(w);
		return;
	}
	w->relay_silent = span_eq(left, SPAN("silent"));
}

/* media: one packet from everybody, now. */
static void do_media(struct world *w, struct span left)
{
	(void)left;
	mediarelay_packets(w->relay, w->now);
}

/* relayed NAME PORT: the relay has an open stream with that port of the party at its other end. Of a phone behind NAT
 * it knows that only once media came. */
static void do_relayed(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	uint32_t port;

	if (!p)
		return;
	if (span_u32(left, &port) || !mediarelay_expects(w->relay, p->flow.realm, &p->own, (uint16_t)port))
		world_fail(w, "no stream to port %.*s of %s", SPAN_ARG(left), p->name);
}

/* number NAME FROM TO: what NAME sends to the last port for audio that it was told, under payload number FROM, goes on
 * as TO. */
static void do_number(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	uint32_t from, to;
	int got;

	if (!p)
		return;
	if (span_u32(line_word(&left), &from) || span_u32(line_word(&left), &to)) {
		world_fail(w, "number NAME FROM TO");
		return;
	}
	got = mediarelay_number(w->relay, (struct own_port){ (uint8_t)p->flow.realm, (uint16_t)p->far_port },
				(uint8_t)from);
	if (got != (int)to)
		world_fail(w, "%s: payload number %u goes on as %d, not %u", p->name, from, got, to);
}

/* digit NAME EVENT: a telephone event comes from NAME, where the relay is to tell of it. */
static void do_digit(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	uint32_t event;

	if (!p)
		return;
	if (span_u32(left, &event) ||
	    !mediarelay_digit(w->relay, (struct own_port){ (uint8_t)p->flow.realm, (uint16_t)p->far_port },
			      (uint8_t)event, w->now))
		world_fail(w, "a digit from %s is nobody's business", p->name);
	world_advance(w, 1);
}

/* dialled NAME EVENT NUMBER: in the place of NAME that telephone event is sent, under that payload number. */
static void do_dialled(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);
	struct mediarelay_dialled d = mediarelay_dialled(w->relay, w->now);
	uint32_t event, number;

	if (!p)
		return;
	if (span_u32(line_word(&left), &event) || span_u32(line_word(&left), &number) || d.at.port != p->far_port ||
	    d.at.realm != p->flow.realm || d.order.event != event || d.order.payload_type != number)
		world_fail(w, "event %u as %u at port %u is dialled", d.order.event, d.order.payload_type, d.at.port);
}

/* protected NAME GUISE: its media is so in the relay. */
static void do_protected(struct world *w, struct span left)
{
	struct party *p = word_party(w, &left);

	if (p)
		guise_check(w, p, left);
}

/* pairs N: of media ports are taken. */
static void do_pairs(struct world *w, struct span left)
{
	unsigned n = mediarelay_use(w->relay).port_pairs;
	uint32_t want;

	if (span_u32(left, &want) || n != want)
		world_fail(w, "%u pairs of ports, not %.*s", n, SPAN_ARG(left));
}

/* holes N [narrowed]: so many pinholes are open; for one peer only. */
static void do_holes(struct world *w, struct span left)
{
	struct span word = span_slice(left, 0, span_find(left, ' ')), more = span_from(left, word.n);
	bool narrowed = span_eq(span_trim(more), SPAN("narrowed"));
	unsigned n = narrowed ? firewallfake_narrowed(&w->firewall, w->now) : firewallfake_open(&w->firewall, w->now);
	uint32_t want;

	if ((more.n && !narrowed) || span_u32(word, &want) || n != want)
		world_fail(w, "%u pinholes, not %.*s", n, SPAN_ARG(left));
}

/* mapped N: so many ports are open at the router above. */
static void do_mapped(struct world *w, struct span left)
{
	unsigned n = firewallfake_mapped(&w->firewall);
	uint32_t want;

	if (span_u32(left, &want) || n != want)
		world_fail(w, "%u ports are mapped, not %.*s", n, SPAN_ARG(left));
}

/* router MS|silent|refuses: what it takes to map a port. */
static void do_router(struct world *w, struct span left)
{
	w->firewall.router_refuses = span_eq(left, SPAN("refuses"));
	if (span_eq(left, SPAN("silent")))
		w->firewall.router_ms = FIREWALLFAKE_NEVER;
	else if (w->firewall.router_refuses)
		w->firewall.router_ms = 0;
	else if (span_u32(left, &w->firewall.router_ms))
		world_fail(w, "\"router\" is followed by milliseconds, \"silent\" or \"refuses\"");
}

/* One word, one row. */
/* clang-format off */
const struct word word_of_media[] = {
	{ "relay", do_relay },
	{ "media", do_media },
	{ "relayed", do_relayed },
	{ "number", do_number },
	{ "digit", do_digit },
	{ "dialled", do_dialled },
	{ "protected", do_protected },
	{ "pairs", do_pairs },
	{ "holes", do_holes },
	{ "mapped", do_mapped },
	{ "router", do_router },
	{ NULL, NULL },
};
/* clang-format on */
