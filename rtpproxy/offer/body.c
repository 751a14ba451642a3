/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/body.h"
#include "rtpproxy/offer/grouping.h"

#include "alg/nat/sdp_rewrite.h"
#include "alg/sdp/patch.h"
#include "rtpproxy/line/mux.h"

static struct addr addr_with_port(const struct addr *host, unsigned port)
{
	struct addr a = *host;

	a.port = (uint16_t)port;
	return a;
}

/* Lines of ours, of all m-sections one behind the other. */
static struct span body_extra(const struct job *j, const struct leg *to, unsigned stream, const struct protection *look,
			      const struct sdp_ours *ours, struct writer *w)
{
	const uint32_t from = w->n;

	if (!look->any)
		return (struct span){ 0 };
	protection_write(j, to, stream, look, ours, w);
	return w->failed ? (struct span){ 0 } : span_of(w->p + from, w->n - from);
}

/* What a client wants changed in what would be shown. */
struct body_patches {
	struct sdp_patch at[NG_PATCH_MAX];
	unsigned n;
};

static void body_patches(struct job *j, struct body_patches *out)
{
	const struct ng_request *q = j->request;

	out->n = 0;
	for (unsigned i = 0; i < q->npatch; i++) {
		const enum sdp_patch_verdict v = sdp_patch_check(&q->patch[i]);

		if (v == SDP_PATCH_OK)
			out->at[out->n++] = q->patch[i];
		else if (v == SDP_PATCH_OURS)
			job_warn(j, "sdp-attr: the relay's own line stays as it is", q->patch[i].which);
		else
			job_warn(j, "sdp-attr: no attribute, ignored", (struct span){ 0 });
	}
}

static enum outcome body_try(struct relay *r, const struct sdp *in, const struct sdp_rewrite *how,
			     const struct body_patches *patches, struct span *out)
{
	struct writer w = writer_over(r->body, RELAY_BODY_MAX), patched = writer_over(r->patched, RELAY_BODY_MAX);

	if (sdp_rewrite(in, how, &w) || w.failed)
		return OUTCOME_REWRITE_FAILED;
	*out = writer_done(&w);
	if (patches->n == 0)
		return OUTCOME_OK;
	if (sdp_patch_write(*out, patches->at, patches->n, &patched))
		return OUTCOME_REWRITE_FAILED;
	*out = writer_done(&patched);
	return OUTCOME_OK;
}

/* What the client wants to be seen, of the family that the leg's realm has. */
static const struct addr *body_host(struct job *j, const struct leg *to)
{
	const struct addr *ours = &j->relay->conf->realms[to->realm].public, *asked = &j->request->media_address;

	if (!addr_is_set(asked))
		return ours;
	if (asked->family == ours->family)
		return asked;
	job_warn(j, "media-address is not of the IP version of realm",
		 span_str(j->relay->conf->realms[to->realm].name));
	return ours;
}

static void body_wishes(const struct ng_request *q, struct sdp_rewrite *how)
{
	static const enum sdp_rtcp_line rtcp[] = {
		[NG_RTCP_WHERE_NEEDED] = SDP_RTCP_WHERE_NEEDED,
		[NG_RTCP_NEVER] = SDP_RTCP_NEVER,
		[NG_RTCP_FULL] = SDP_RTCP_FULL,
	};

	how->rtcp = rtcp[q->rtcp_attribute];
	how->mid = q->generate_mid;
	how->unhold = q->replace_zero_address;
	how->plain_packet = q->strip_extmap;
	how->extmap = q->extmap;
	how->nextmap = q->nextmap;
}

/* Other than what it was told last, where that is known (resume.h). */
static bool is_new(const struct relay *r, const struct leg *to, struct span body)
{
	return to->sdp_hash && siphash(&r->key, body.p, body.n) != to->sdp_hash;
}

enum outcome body_write(struct job *j, const struct sdp *in, struct leg *to, const struct body_look *look,
			struct span *out)
{
	struct relay *r = j->relay;
	const struct addr *host = body_host(j, to);
	struct sdp_ours ours[SDP_MEDIA_MAX];
	struct sdp_rewrite how = {
		.host = addr_with_port(host, 0),
		.session_id = to->sdp_id,
		.version = to->sdp_version ? to->sdp_version : 1,
		.media = ours,
		.nmedia = in->nmedia,
		.hidden = look->hidden,
	};
	struct body_patches patches;
	struct writer extra = writer_over(r->extra, RELAY_EXTRA_MAX);
	enum outcome o;

	body_wishes(j->request, &how);
	body_patches(j, &patches);
	for (unsigned i = 0; i < in->nmedia; i++) {
		const bool open = look->media->open[i];
		const unsigned port = open ? to->stream[i].port : 0;
		const struct protection *secure = &look->media->look[i];

		ours[i] = (struct sdp_ours){
			.proto = look->media->profile[i],
			.mid = secure->mid,
			.rtp = addr_with_port(host, port),
			.rtcp = addr_with_port(host, port && secure->mux != MUX_SOLE ? port + 1 : 0),
			.plan = &look->plans->media[i].plan,
		};
		if (open)
			ours[i].extra = body_extra(j, to, i, secure, &ours[i], &extra);
		how.ice_lite |= open && secure->ice == ICE_OURS;
		how.unhold |= ice_has_no_place(&look->media->target[i]);
	}
	how.bundle = grouping_first(look->media, in->nmedia);
	if (extra.failed)
		return OUTCOME_REWRITE_FAILED;
	o = body_try(r, in, &how, &patches, out);
	if (o == OUTCOME_OK && to->sdp_version && (j->request->force_version || is_new(r, to, *out))) {
		how.version++;
		o = body_try(r, in, &how, &patches, out);
	}
	if (o != OUTCOME_OK)
		return o;
	to->sdp_version = how.version;
	to->sdp_hash = siphash(&r->key, out->p, out->n);
	return OUTCOME_OK;
}
