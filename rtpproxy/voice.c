/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/voice.h"

#include "alg/sdp/rtpmap.h"

static bool is_voice(struct span encoding)
{
	return !span_ieq(encoding, SPAN("telephone-event")) && !span_ieq(encoding, SPAN("CN")) &&
	       !span_ieq(encoding, SPAN("red"));
}

/* RFC 3551 6 where there is no a=rtpmap. False where it is no codec. */
static bool codec_read(const struct sdp *sdp, unsigned media, uint8_t payload_type, struct voice_codec *out)
{
	const struct sdp_line *at = NULL;
	struct sdp_rtpmap map;
	struct span value;

	*out = (struct voice_codec){ .payload_type = payload_type, .codec = impairment_by_payload_type(payload_type) };
	out->clock_hz = impairment_of(out->codec)->clock_hz;
	while ((at = sdp_attribute(sdp, &sdp->media[media], SPAN("rtpmap"), at, &value)) != NULL) {
		if (sdp_rtpmap_parse(value, &map) || map.payload_type != payload_type)
			continue;
		out->codec = impairment_by_name(map.encoding);
		out->clock_hz = map.clock;
		return is_voice(map.encoding);
	}
	return payload_type != 13; /* comfort noise (RFC 3389 4) */
}

void voice_read(const struct sdp *sdp, unsigned media, struct span formats, struct voice *out)
{
	*out = (struct voice){ 0 };
	while (formats.n && out->n < VOICE_MAX) {
		uint32_t blank = span_find(formats, ' '), number;

		if (span_u32(span_slice(formats, 0, blank), &number) == 0 && number < 128 &&
		    codec_read(sdp, media, (uint8_t)number, &out->codec[out->n]))
			out->n++;
		formats = span_from(formats, blank + (blank < formats.n));
	}
}

static bool codec_same(const struct voice_codec *a, const struct voice_codec *b)
{
	if (a->codec != b->codec || a->clock_hz != b->clock_hz)
		return false;
	return a->codec != IMPAIRMENT_UNKNOWN || a->payload_type == b->payload_type;
}

const struct voice_codec *voice_of(const struct voice *from, const struct voice *to, uint8_t payload_type)
{
	for (unsigned i = 0; i < to->n; i++)
		if (to->codec[i].payload_type == payload_type)
			return &to->codec[i];
	for (unsigned i = 0; i < from->n; i++)
		if (from->codec[i].payload_type == payload_type)
			return &from->codec[i];
	for (unsigned i = 0; i < to->n; i++)
		for (unsigned k = 0; k < from->n; k++)
			if (codec_same(&to->codec[i], &from->codec[k]))
				return &to->codec[i];
	return to->n ? &to->codec[0] : NULL;
}
