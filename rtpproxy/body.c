/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/body.h"

#include "alg/nat/sdp_rewrite.h"

static struct addr addr_with_port(const struct addr *host, unsigned port)
{
	struct addr a = *host;

	a.port = (uint16_t)port;
	return a;
}

static enum outcome body_try(struct relay *r, const struct sdp *in, const struct sdp_rewrite *how, struct span *out)
{
	struct writer w = writer_over(r->body, RELAY_BODY_MAX);

	if (sdp_rewrite(in, how, &w) || w.failed)
		return OUTCOME_REWRITE_FAILED;
	*out = writer_done(&w);
	return OUTCOME_OK;
}

enum outcome body_write(struct relay *r, const struct sdp *in, struct leg *to, const bool *open,
			const struct payload_plans *plans, struct span *out)
{
	const struct addr *host = &r->conf->realms[to->realm].public;
	struct sdp_ours ours[SDP_MEDIA_MAX] = { 0 };
	struct sdp_rewrite how = {
		.host = addr_with_port(host, 0),
		.session_id = to->sdp_id,
		.version = to->sdp_version ? to->sdp_version : 1,
		.media = ours,
		.nmedia = in->nmedia,
	};
	enum outcome o;

	for (unsigned i = 0; i < in->nmedia; i++) {
		unsigned port = open[i] ? to->stream[i].port : 0;

		ours[i].rtp = addr_with_port(host, port);
		ours[i].rtcp = addr_with_port(host, port ? port + 1 : 0);
		ours[i].plan = &plans->media[i];
	}
	o = body_try(r, in, &how, out);
	if (o == OUTCOME_OK && to->sdp_version && siphash(&r->key, out->p, out->n) != to->sdp_hash) {
		how.version++;
		o = body_try(r, in, &how, out);
	}
	if (o != OUTCOME_OK)
		return o;
	to->sdp_version = how.version;
	to->sdp_hash = siphash(&r->key, out->p, out->n);
	return OUTCOME_OK;
}
