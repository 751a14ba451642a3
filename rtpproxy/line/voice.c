/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/voice.h"

static bool is_voice(struct span encoding)
{
	return !span_ieq(encoding, SPAN("telephone-event")) && !span_ieq(encoding, SPAN("CN")) &&
	       !span_ieq(encoding, SPAN("red"));
}

void voice_read(const struct sdp_codec *list, unsigned n, struct voice *out)
{
	*out = (struct voice){ 0 };
	for (unsigned i = 0; i < n && out->n < VOICE_MAX; i++)
		if (is_voice(list[i].encoding))
			out->codec[out->n++] = (struct voice_codec){
				.clock_hz = list[i].clock,
				.payload_type = list[i].number,
				.codec = impairment_find(list[i].encoding),
			};
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
