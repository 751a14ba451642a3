/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/nexthop.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "sbc/base/transport.h"
#include "sbc/call/device.h"
#include "sbc/dns/offlimits.h"

/* The transport that a URI asks for; where it asks for none, the one in use: who called us over a connection does not
 * want to be called back over UDP. */
static int transport_of(const struct uri *uri, const struct flow *now)
{
	struct span name = params_get(uri->params, SPAN("transport"));

	if (uri->scheme == URI_SIPS)
		return CONF_TLS;
	for (int t = CONF_UDP; name.n && t <= CONF_TLS; t++)
		if (span_ieq(name, transport_info((enum conf_transport)t)->via))
			return t;
	return now->transport;
}

/* The flow to that address: the connection in use serves, whatever port it comes from (RFC 5923). */
static void turn_to(const struct conf_realm *realm, struct flow *f, const struct addr *to, int transport)
{
	int listener = transport_listener(realm, (enum conf_transport)transport);

	if (listener < 0)
		return;
	if (f->transport != transport || !addr_same_host(&f->peer, to))
		f->connection = 0;
	f->transport = (uint8_t)transport;
	f->listen = (uint8_t)listener;
	if (!f->connection)
		f->peer = *to;
}

/* A trunk's Contact may name another of its addresses; a phone is where its packets come from, whatever it says (R7).
 */
void nexthop_follow(struct engine *e, struct leg *l)
{
	const struct conf_realm *realm = &e->core.conf->realms[l->flow.realm];
	struct span next = buf_span(l->routes);
	struct nameaddr route;
	struct addr to;
	struct uri uri;
	int transport;

	if (l->trunk < 0)
		return;
	if (next.n) {
		if (nameaddr_parse(span_slice(next, 0, span_find(next, ',')), &route))
			return;
		next = route.uri;
	} else {
		next = buf_span(l->target);
	}
	if (uri_parse(next, &uri) || addr_parse_host(uri.host, &to))
		return;
	transport = transport_of(&uri, &l->flow);
	to.port = uri.port ? uri.port : transport_info((enum conf_transport)transport)->port;
	if (offlimits(e->core.conf, l->flow.realm, &to)) {
		core_count(&e->core, COUNT_NEXTHOP_FORBIDDEN);
		return;
	}
	if (to.family != realm->address.family)
		return;
	turn_to(realm, &l->flow, &to, transport);
}

/* A connection that is gone, to a peer that can be reached by another: so it is. */
void nexthop_reach(struct engine *e, struct leg *l)
{
	struct core *core = &e->core;

	if (!flow_is_stream(&l->flow) || !l->flow.connection || !core->out.is_open ||
	    core->out.is_open(core->out.ctx, &l->flow))
		return;
	if (l->trunk < 0) {
		device_follow(e, l);
		return;
	}
	l->flow.connection = 0;
	nexthop_follow(e, l);
}

/* A phone behind NAT can't be reached by TCP when it speaks UDP; a trunk's peer may be. */
bool nexthop_wants_stream(const struct engine *e, const struct flow *now, int trunk, uint32_t n, struct flow *out)
{
	const struct config *conf = e->core.conf;
	int listener = transport_listener(&conf->realms[now->realm], CONF_TCP);

	if (flow_is_stream(now) || !conf->limits.udp_max || n <= conf->limits.udp_max || trunk < 0 || listener < 0)
		return false;
	*out = *now;
	out->transport = CONF_TCP;
	out->listen = (uint8_t)listener;
	return true;
}
