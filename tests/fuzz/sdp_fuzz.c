/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a session description: read, rewritten for the other side and read again. */
#include <stdlib.h>

#include "alg/base/cursor.h"
#include "alg/nat/sdp_rewrite.h"
#include "alg/sdp/codec_policy.h"
#include "alg/sdp/connection.h"
#include "alg/sdp/crypto.h"
#include "alg/sdp/direction.h"
#include "alg/sdp/fingerprint.h"
#include "alg/sdp/formats.h"
#include "alg/sdp/ice.h"
#include "alg/sdp/media.h"
#include "alg/sdp/numbers.h"
#include "alg/sdp/origin.h"
#include "alg/sdp/patch.h"
#include "alg/sdp/protection.h"
#include "alg/sdp/rtcp.h"
#include "alg/sdp/rtpmap.h"
#include "alg/sdp/setup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What is taken can be written, and is the same when it is read again. */
static void crypto_read(struct span value)
{
	struct sdp_crypto c, again;
	char buf[256];
	struct writer w = writer_over(buf, sizeof(buf));

	if (sdp_crypto_parse(value, &c))
		return;
	sdp_crypto_write(&w, &c);
	require(!w.failed && w.n > sizeof("a=crypto:") + 1);
	require(!sdp_crypto_parse(span_slice(writer_done(&w), sizeof("a=crypto:") - 1, w.n - 2), &again));
	require(again.tag == c.tag && memcmp(&again.key, &c.key, sizeof(c.key)) == 0);
}

/* What a value parser gives lies inside the value. */
static void values_read(const struct sdp *s)
{
	for (unsigned i = 0; i < s->nline; i++) {
		const struct sdp_line *l = &s->line[i];
		struct span value = sdp_line_value(s, l);
		struct sdp_connection c;
		struct sdp_origin o;
		struct sdp_media m;
		struct sdp_rtcp r;
		struct sdp_rtpmap p;
		struct sdp_candidate candidate;

		(void)numbers_of(value);
		crypto_read(span_from(value, span_istarts(value, SPAN("crypto:")) ? 7 : 0));
		require(l->from < l->value && l->value <= l->end && l->end <= l->next && l->next <= s->raw.n);
		if (!sdp_connection_parse(value, &c))
			require(c.host.n && span_within(c.host, value));
		if (!sdp_origin_parse(value, &o))
			require(o.user.n && span_within(o.user, value) && span_within(o.address, value));
		if (!sdp_media_parse(value, &m))
			require(m.nports && span_within(m.formats, value));
		if (!sdp_rtcp_parse(value, &r))
			require(r.port != 0);
		if (!sdp_rtpmap_parse(value, &p))
			require(p.payload_type < 128 && p.clock && p.channels);
		if (!sdp_candidate_parse(value, &candidate))
			require(candidate.component != 0);
	}
}

/* What is written of a fingerprint is the same one. */
static void association_read(const struct sdp *s, unsigned media)
{
	struct sdp_fingerprints all;
	struct sdp_fingerprint again;
	const struct span id = sdp_tls_id(s, media);

	require(sdp_setup(s, media) <= SDP_SETUP_HOLDCONN && (!id.n || span_within(id, s->raw)));
	sdp_fingerprints_read(s, media, &all);
	require(all.n <= SDP_FINGERPRINT_MAX);
	for (unsigned i = 0; i < all.n; i++) {
		char buf[256];
		struct writer w = writer_over(buf, sizeof(buf));

		sdp_fingerprint_write(&w, &all.at[i]);
		require(!sdp_fingerprint_parse(span_trim(span_from(writer_done(&w), 14)), &again));
		require(!memcmp(&again, &all.at[i], sizeof(again)));
	}
}

static void sections_read(const struct sdp *s)
{
	require(s->session.first == 0 && s->session.end <= s->nline);
	for (unsigned i = 0; i < s->nmedia; i++) {
		struct span value;
		struct sdp_ice ice;

		if (sdp_ice_read(s, i, &ice))
			require(span_within(ice.ufrag, s->raw) && ice.ufrag.n >= SDP_ICE_UFRAG_MIN &&
				ice.ufrag.n <= SDP_ICE_TEXT_MAX && ice.pwd.n >= SDP_ICE_PWD_MIN);
		require(s->line[s->media[i].first].type == 'm' && s->media[i].end <= s->nline);
		(void)sdp_is_hold(s, i);
		association_read(s, i);
		(void)sdp_attribute(s, &s->media[i], SPAN("rtpmap"), NULL, &value);
	}
}

/* The addresses that are in the output: ours and the any-address, and no other literal of the sender's. */
static void outside_check(const struct sdp *in, struct span out)
{
	for (unsigned i = 0; i < in->nline; i++) {
		struct span value = sdp_line_value(in, &in->line[i]);
		struct sdp_connection c;
		struct sdp_origin o;
		struct addr literal;

		if (in->line[i].type == 'c' && !sdp_connection_parse(value, &c) && addr_is_set(&c.addr) &&
		    !addr_is_any(&c.addr) && !span_eq(c.host, SPAN("203.0.113.5")))
			require(span_search(out, c.host) == out.n);
		if (in->line[i].type == 'o' && !sdp_origin_parse(value, &o) && !addr_parse_host(o.address, &literal) &&
		    !addr_is_any(&literal) && !span_eq(o.address, SPAN("203.0.113.5")))
			require(span_search(out, o.address) == out.n);
	}
}

/* A plan as the relay makes it, for a reader that numbers as the stream after this one does. */
static void plan_make(const struct sdp *in, unsigned media, struct payload_plan *plan)
{
	static const struct codec_rule rules[] = { { CODEC_HIDE, SPAN("PCMU") },
						   { CODEC_FIRST, SPAN("opus/48000/2") } };
	struct sdp_codec list[CODEC_MAX], other[CODEC_MAX];
	const unsigned n = sdp_codec_list(in, media, list);
	const unsigned nother = sdp_codec_list(in, (media + 1) % in->nmedia, other);
	struct payload_book said, reader;

	payload_book_read(&said, list, n);
	payload_book_read(&reader, other, nother);
	payload_plan_begin(plan, list, n);
	codec_policy_apply(rules, 2, media % 2, list, n, plan);
	payload_plan_renumber(plan, list, n, &said, &reader, 8);
	require(plan->n <= n);
	for (unsigned i = 0; i < plan->n; i++)
		require(plan->format[i].from < 128 && plan->format[i].to < 128);
}

static void rewrite_read(const struct sdp *in)
{
	static struct payload_plan plans[SDP_MEDIA_MAX];
	static char buf[1 << 17];
	static struct sdp again;
	struct sdp_ours ours[SDP_MEDIA_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	const struct sdp_extmap_rule extensions[] = { { false, SPAN("all") }, { true, SPAN("urn:spared") } };
	const unsigned hidden = in->nmedia > 2;
	struct sdp_rewrite r = {
		.session_id = 1,
		.version = 2,
		.media = ours,
		.nmedia = in->nmedia,
		.hidden = hidden << 1,
		.extmap = extensions,
		.nextmap = 2,
	};

	r.host = (struct addr){ .ip = { 203, 0, 113, 5 }, .family = ADDR_V4 };
	for (unsigned i = 0; i < SDP_MEDIA_MAX; i++)
		ours[i] = (struct sdp_ours){ .rtp.port = (uint16_t)(30000 + 2 * i), .rtcp.port = 40000 };
	for (unsigned i = 1; i < in->nmedia; i++) {
		plan_make(in, i, &plans[i]);
		ours[i].plan = &plans[i];
	}
	if (sdp_rewrite(in, &r, &w))
		return;
	if (w.n > UINT16_MAX)
		return;
	require(sdp_index(writer_done(&w), &again) == SDP_OK && again.nmedia == in->nmedia - hidden);
	outside_check(in, writer_done(&w));
}

/* Lines of that name, as somebody reads them who trims what he reads. */
static unsigned lines_named(struct span text, struct span name)
{
	unsigned n = 0;

	while (text.n) {
		const struct span line = span_slice(text, 0, span_find(text, '\n') + 1);
		struct cursor c = { .left = span_trim(span_from(line, 2)) };

		n += span_starts(line, SPAN("a=")) && span_ieq(cursor_until(&c, COLON | BLANK), name);
		text = span_from(text, line.n);
	}
	return n;
}

/* Its own attributes as what a client wants changed: it stays a description, and our lines stay as they were. */
static void patched_read(const struct sdp *in)
{
	static const struct span ours[] = {
		SPAN("rtcp-mux"), SPAN("crypto"),   SPAN("fingerprint"), SPAN("candidate"),
		SPAN("mid"),      SPAN("ice-lite"), SPAN("setup"),       SPAN("bundle-only")
	};
	static const struct span kinds[] = { { 0 }, SPAN("audio"), SPAN("video") };
	static char buf[1 << 17];
	static struct sdp again;
	struct writer w = writer_over(buf, sizeof(buf));
	struct sdp_patch patches[16];
	unsigned n = 0;

	for (unsigned i = 0; i < in->nline && n < 16; i++) {
		const struct span value = sdp_line_value(in, &in->line[i]);

		patches[n] = (struct sdp_patch){ (enum sdp_patch_act)(i % 3), kinds[i / 3 % 3], value, value };
		n += in->line[i].type == 'a' && sdp_patch_check(&patches[n]) == SDP_PATCH_OK;
	}
	if (sdp_patch_write(in->raw, patches, n, &w) || w.n > UINT16_MAX)
		return;
	for (unsigned i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		require(lines_named(in->raw, ours[i]) == lines_named(writer_done(&w), ours[i]));
	/* Where there are more lines than are read it is none any more. */
	require(sdp_index(writer_done(&w), &again) != SDP_OK || again.nmedia == in->nmedia);
}

/* Compared with itself, and with its own answer in the same directions. */
static void formats_read(const struct sdp *in)
{
	static char buf[1 << 17];
	struct writer w = writer_over(buf, sizeof(buf));

	require(formats_same(in->raw, in->raw) == formats_within(in->raw, in->raw));
	sdp_answer_directions(in, in, &w);
	if (w.n <= UINT16_MAX && formats_all_taken(in->raw, writer_done(&w)))
		require(formats_within(in->raw, writer_done(&w)));
}

/* Of any bytes at all. */
static void protection_seen(struct span text)
{
	struct protection p;

	protection_read(text, &p);
	require(span_is_set(p.profile) ? p.profile.n && span_within(p.profile, text) : p.kind == PROTECTION_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sdp s;
	struct span text = span_of(data, size);

	protection_seen(text);
	if (sdp_index(text, &s) != SDP_OK)
		return 0;
	sections_read(&s);
	values_read(&s);
	rewrite_read(&s);
	patched_read(&s);
	formats_read(&s);
	return 0;
}
