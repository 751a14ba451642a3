/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/loop.h"

#include "alg/sdp/connection.h"
#include "alg/sdp/media.h"

bool loop_is_ours(const struct config *conf, const struct ports *ports, const struct addr *a)
{
	for (unsigned i = 0; i < conf->nrealm && addr_is_set(a); i++) {
		const struct conf_realm *r = &conf->realms[i];

		if (!addr_same_host(&r->address, a) && !addr_same_host(&r->public, a))
			continue;
		if (a->port >= r->media_first && a->port <= r->media_last && ports_is_used(&ports[i], a->port))
			return true;
	}
	return false;
}

/* Where the m-line's media is wanted; port 0: it is refused, or cannot be read. */
static struct addr media_at(const struct sdp *sdp, unsigned media)
{
	const struct sdp_line *line = sdp_connection_line(sdp, media);
	struct sdp_connection c;
	struct sdp_media m;
	struct addr a;

	if (!line || sdp_connection_parse(sdp_line_value(sdp, line), &c) ||
	    sdp_media_parse(sdp_line_value(sdp, &sdp->line[sdp->media[media].first]), &m))
		return (struct addr){ 0 };
	a = addr_unmap(&c.addr);
	a.port = m.port;
	return a;
}

uint16_t loop_port(const struct config *conf, const struct ports *ports, const struct sdp *sdp)
{
	for (unsigned i = 0; i < sdp->nmedia; i++) {
		const struct addr a = media_at(sdp, i);

		if (a.port && loop_is_ours(conf, ports, &a))
			return a.port;
	}
	return 0;
}

bool loop_is_all(const struct config *conf, const struct ports *ports, const struct sdp *sdp)
{
	unsigned ours = 0;

	for (unsigned i = 0; i < sdp->nmedia; i++) {
		const struct addr a = media_at(sdp, i);

		if (a.port && !loop_is_ours(conf, ports, &a))
			return false;
		ours += a.port != 0;
	}
	return ours != 0;
}
