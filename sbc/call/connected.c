/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/connected.h"

#include "alg/nat/topology.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/uri.h"
#include "sbc/identity/transparent.h"
#include "sbc/identity/trust.h"

void connected_supported(struct leg *l, const struct sip_msg *m)
{
	if (sip_msg_has(m, SIP_HDR_SUPPORTED))
		l->from_change = option_tags_read(m, SIP_HDR_SUPPORTED) & OPTION_BIT(OPTION_FROM_CHANGE);
}

static bool is_same(struct span a, struct span b)
{
	struct uri x, y;

	return span_eq(a, b) || (uri_parse(a, &x) == 0 && uri_parse(b, &y) == 0 && uri_eq(&x, &y));
}

/* Without its tag. */
static void write_party(struct writer *w, const struct nameaddr *party)
{
	if (party->display.n) {
		writer_put(w, party->display);
		writer_byte(w, ' ');
	}
	writer_byte(w, '<');
	writer_put(w, party->uri);
	writer_byte(w, '>');
}

static void show(struct engine *e, struct leg *to, const struct sip_msg *m, const struct nameaddr *party)
{
	char text[1024], mem[256];
	struct writer w = writer_over(text, sizeof(text)), host = writer_over(mem, sizeof(mem));

	core_write_host(&e->core, &host, to->flow.realm);
	if (transparent_between(e, to->peer, to))
		write_party(&w, party);
	else if (topology_party_write(&w, sip_msg_value(m, SIP_HDR_FROM), writer_done(&host)))
		return;
	if (!w.failed)
		buf_replace(&e->core.bufs, &to->local, writer_done(&w));
	trust_hide(e, to, m);
}

bool connected_changes(const struct leg *l, const struct sip_msg *m)
{
	const struct nameaddr *now;
	struct nameaddr before;

	return l->from_change && (now = sip_msg_from(m)) && nameaddr_parse(buf_span(l->remote), &before) == 0 &&
	       !is_same(now->uri, before.uri);
}

void connected_learn(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	char text[1024];
	struct writer w = writer_over(text, sizeof(text));

	if (!connected_changes(l, m))
		return;
	write_party(&w, sip_msg_from(m));
	if (w.failed)
		return;
	buf_replace(&e->core.bufs, &l->remote, writer_done(&w));
	if (l->peer && l->peer->from_change)
		show(e, l->peer, m, sip_msg_from(m));
}
