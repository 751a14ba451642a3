/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/formats.h"

#include "alg/base/cursor.h"
#include "alg/sdp/direction.h"
#include "alg/sdp/media.h"
#include "alg/sdp/rtpmap.h"

struct both {
	struct sdp a, b;
};

static bool media_of(const struct sdp *s, unsigned i, struct sdp_media *out)
{
	return sdp_media_parse(sdp_line_value(s, &s->line[s->media[i].first]), out) == 0;
}

static bool find_map(const struct sdp *s, unsigned media, uint32_t number, struct sdp_rtpmap *out)
{
	const struct sdp_line *at = NULL;
	struct span value;

	while ((at = sdp_attribute(s, &s->media[media], SPAN("rtpmap"), at, &value)))
		if (sdp_rtpmap_parse(value, out) == 0 && out->payload_type == number)
			return true;
	return false;
}

static bool has_format(struct span formats, struct span one)
{
	struct cursor c = { .left = formats };

	while (c.left.n) {
		if (span_eq(cursor_until(&c, BLANK), one))
			return true;
		cursor_while(&c, BLANK);
	}
	return false;
}

/* The number stands for the same in both. A static one needs no line (RFC 3551 6). */
static bool means_the_same(const struct both *s, unsigned media, struct span format)
{
	struct sdp_rtpmap a, b;
	bool in_a, in_b;
	uint32_t number;

	if (span_u32(format, &number)) /* not of RTP: the text is all there is */
		return true;
	in_a = find_map(&s->a, media, number, &a);
	in_b = find_map(&s->b, media, number, &b);
	if (!in_a || !in_b)
		return in_a == in_b || number < 96;
	return span_ieq(a.encoding, b.encoding) && a.clock == b.clock && a.channels == b.channels;
}

/* What the stream has in a, it has in b. */
static bool stream_within(const struct both *s, unsigned i)
{
	struct sdp_media a, b;
	struct cursor c;

	if (!media_of(&s->a, i, &a) || (i < s->b.nmedia && !media_of(&s->b, i, &b)))
		return false;
	if (a.port == 0)
		return true;
	if (i >= s->b.nmedia || b.port == 0 || !span_ieq(a.type, b.type) || !span_ieq(a.proto_name, b.proto_name))
		return false;
	c = (struct cursor){ .left = a.formats };
	while (c.left.n) {
		struct span format = cursor_until(&c, BLANK);

		if (format.n && (!has_format(b.formats, format) || !means_the_same(s, i, format)))
			return false;
		cursor_while(&c, BLANK);
	}
	return true;
}

static bool all_within(const struct both *s)
{
	for (unsigned i = 0; i < s->a.nmedia; i++)
		if (!stream_within(s, i))
			return false;
	return true;
}

static bool read_both(struct span a, struct span b, struct both *out)
{
	return sdp_index(a, &out->a) == SDP_OK && sdp_index(b, &out->b) == SDP_OK;
}

static bool is_open(const struct sdp *s, unsigned i)
{
	struct sdp_media m;

	return media_of(s, i, &m) && m.port != 0;
}

bool formats_within(struct span a, struct span b)
{
	struct both s;

	return read_both(a, b, &s) && all_within(&s);
}

bool formats_same(struct span a, struct span b)
{
	struct both s, turned;

	if (!read_both(a, b, &s) || !read_both(b, a, &turned) || !all_within(&s) || !all_within(&turned))
		return false;
	for (unsigned i = 0; i < s.a.nmedia && i < s.b.nmedia; i++)
		if (is_open(&s.a, i) && sdp_direction(&s.a, i) != sdp_direction(&s.b, i))
			return false;
	return true;
}

bool formats_all_taken(struct span offer, struct span answer)
{
	struct both s;

	if (!read_both(offer, answer, &s) || !all_within(&s))
		return false;
	for (unsigned i = 0; i < s.a.nmedia && i < s.b.nmedia; i++)
		if (is_open(&s.a, i) && sdp_direction(&s.b, i) != sdp_direction_mirrored(sdp_direction(&s.a, i)))
			return false;
	return true;
}
