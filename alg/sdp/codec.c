/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/codec.h"

#include "alg/base/cursor.h"
#include "alg/sdp/media.h"
#include "alg/sdp/rtpmap.h"

/* RFC 3551 table 4 and 5; reserved and unassigned ones are absent. */
static const struct known {
	struct span encoding;
	uint32_t clock, channels;
} known[35] = {
	[0] = { SPAN("PCMU"), 8000, 1 },   [3] = { SPAN("GSM"), 8000, 1 },    [4] = { SPAN("G723"), 8000, 1 },
	[5] = { SPAN("DVI4"), 8000, 1 },   [6] = { SPAN("DVI4"), 16000, 1 },  [7] = { SPAN("LPC"), 8000, 1 },
	[8] = { SPAN("PCMA"), 8000, 1 },   [9] = { SPAN("G722"), 8000, 1 },   [10] = { SPAN("L16"), 44100, 2 },
	[11] = { SPAN("L16"), 44100, 1 },  [12] = { SPAN("QCELP"), 8000, 1 }, [13] = { SPAN("CN"), 8000, 1 },
	[14] = { SPAN("MPA"), 90000, 1 },  [15] = { SPAN("G728"), 8000, 1 },  [16] = { SPAN("DVI4"), 11025, 1 },
	[17] = { SPAN("DVI4"), 22050, 1 }, [18] = { SPAN("G729"), 8000, 1 },  [25] = { SPAN("CelB"), 90000, 1 },
	[26] = { SPAN("JPEG"), 90000, 1 }, [28] = { SPAN("nv"), 90000, 1 },   [31] = { SPAN("H261"), 90000, 1 },
	[32] = { SPAN("MPV"), 90000, 1 },  [33] = { SPAN("MP2T"), 90000, 1 }, [34] = { SPAN("H263"), 90000, 1 },
};

enum { KNOWN_N = sizeof(known) / sizeof(known[0]), KNOWN_NAME_MAX = 5, KEY_PARAMETERS = 2 };

/* Parameters that two formats of one encoding must share to be the same, and how much of their value; what is not
 * given has the default. Levels, rates and the like are negotiated within one number. */
static const struct telling {
	struct span encoding;
	struct {
		struct span name, by_default;
		uint32_t n;
	} parameter[KEY_PARAMETERS];
} telling[] = {
	/* RFC 6184 8.2.2: profile-level-id begins with the profile, the level may differ. */
	{ SPAN("H264"), { { SPAN("packetization-mode"), SPAN("0"), 1 }, { SPAN("profile-level-id"), SPAN("42"), 2 } } },
	{ SPAN("H265"), { { SPAN("profile-id"), SPAN("1"), 2 } } },
	{ SPAN("VP9"), { { SPAN("profile-id"), SPAN("0"), 2 } } },
	{ SPAN("AV1"), { { SPAN("profile"), SPAN("0"), 2 } } },
	{ SPAN("AMR"), { { SPAN("octet-align"), SPAN("0"), 1 } } },
	{ SPAN("AMR-WB"), { { SPAN("octet-align"), SPAN("0"), 1 } } },
	{ SPAN("G7221"), { { SPAN("bitrate"), SPAN(""), 8 } } },
	{ SPAN("MP4A-LATM"), { { SPAN("object"), SPAN(""), 4 } } },
};

static const struct span nesting[] = { SPAN("red"), SPAN("ulpfec"), SPAN("parityfec"), SPAN("flexfec"),
				       SPAN("flexfec-03") };

struct span sdp_codec_parameter(struct span fmtp, struct span name)
{
	struct cursor c = { .left = fmtp };

	while (c.left.n) {
		struct span one = span_trim(cursor_until(&c, SEMICOLON));
		uint32_t equals = span_find(one, '=');

		cursor_try(&c, ';');
		if (span_ieq(span_trim(span_slice(one, 0, equals)), name))
			return span_trim(span_from(one, equals + 1));
	}
	return (struct span){ 0 };
}

/* Of two lines for one number the first counts. */
static void fmtp_put(struct span value, struct sdp_codec *list, unsigned n)
{
	struct cursor c = { .left = span_trim(value) };
	uint64_t number = cursor_number(&c, 127);

	if (c.failed || (c.left.n && !byte_is(c.left.p[0], BLANK)))
		return;
	for (unsigned i = 0; i < n; i++)
		if (list[i].number == number && !list[i].fmtp.p)
			list[i].fmtp = span_trim(c.left);
}

static void rtpmap_put(struct span value, struct sdp_codec *list, unsigned n)
{
	struct sdp_rtpmap map;

	if (sdp_rtpmap_parse(value, &map))
		return;
	for (unsigned i = 0; i < n; i++) {
		if (list[i].number != map.payload_type || list[i].clock)
			continue;
		list[i].encoding = map.encoding;
		list[i].clock = map.clock;
		list[i].channels = map.channels;
	}
}

static void known_put(struct sdp_codec *c)
{
	if (c->clock || c->number >= KNOWN_N)
		return;
	c->encoding = known[c->number].encoding;
	c->clock = known[c->number].clock;
	c->channels = known[c->number].channels;
}

static bool is_known_as(const struct sdp_codec *c, unsigned number)
{
	const struct known *k = &known[number];

	return k->clock == c->clock && k->channels == c->channels && span_is_set(k->encoding) &&
	       span_ieq(k->encoding, c->encoding);
}

int sdp_codec_static(const struct sdp_codec *c)
{
	/* Nearly always it has that number, or is one of those with long names. */
	if (c->number < KNOWN_N && is_known_as(c, c->number))
		return c->number;
	if (c->encoding.n > KNOWN_NAME_MAX)
		return -1;
	for (unsigned i = 0; i < KNOWN_N; i++)
		if (is_known_as(c, i))
			return (int)i;
	return -1;
}

/* FNV-1a, without case. */
static uint32_t key_add(uint32_t key, struct span s)
{
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		key = (key ^ (b >= 'A' && b <= 'Z' ? b | 0x20U : b)) * 16777619U;
	}
	return (key ^ '/') * 16777619U;
}

static uint32_t key_add_number(uint32_t key, uint32_t n)
{
	for (unsigned i = 0; i < 4; i++)
		key = (key ^ (n >> 8 * i & 0xff)) * 16777619U;
	return key;
}

uint32_t codec_key(const struct sdp_codec *c)
{
	uint32_t key = key_add(2166136261U, c->encoding);

	key = key_add_number(key_add_number(key, c->clock), c->channels);
	for (unsigned i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		if (!span_ieq(c->encoding, telling[i].encoding))
			continue;
		for (unsigned k = 0; k < KEY_PARAMETERS && span_is_set(telling[i].parameter[k].name); k++) {
			struct span value = sdp_codec_parameter(c->fmtp, telling[i].parameter[k].name);

			if (!value.n)
				value = telling[i].parameter[k].by_default;
			key = key_add(key, span_slice(value, 0, telling[i].parameter[k].n));
		}
	}
	return key;
}

/* Each line is read once, however many formats there are. */
static void meanings_read(const struct sdp *s, unsigned media, struct sdp_codec *list, unsigned n)
{
	const struct sdp_section *in = &s->media[media];
	const struct sdp_line *at = NULL;
	struct span value;

	while ((at = sdp_attribute(s, in, SPAN("rtpmap"), at, &value)))
		rtpmap_put(value, list, n);
	while ((at = sdp_attribute(s, in, SPAN("fmtp"), at, &value)))
		fmtp_put(value, list, n);
	for (unsigned i = 0; i < n; i++) {
		known_put(&list[i]);
		list[i].key = codec_key(&list[i]);
	}
}

const struct sdp_codec *sdp_codec_repeated(const struct sdp_codec *c, const struct sdp_codec *list, unsigned n)
{
	uint32_t number;

	if (!span_ieq(c->encoding, SPAN("rtx")) || span_u32(sdp_codec_parameter(c->fmtp, SPAN("apt")), &number))
		return NULL;
	for (unsigned i = 0; i < n; i++)
		if (list[i].number == number && &list[i] != c)
			return &list[i];
	return NULL;
}

unsigned sdp_codec_list(const struct sdp *s, unsigned media, struct sdp_codec out[CODEC_MAX])
{
	struct sdp_media m;

	if (sdp_media_parse(sdp_line_value(s, &s->line[s->media[media].first]), &m))
		return 0;
	return sdp_codec_list_of(s, media, m.formats, out);
}

unsigned sdp_codec_list_of(const struct sdp *s, unsigned media, struct span formats, struct sdp_codec out[CODEC_MAX])
{
	struct cursor c = { .left = formats };
	unsigned n = 0;

	for (cursor_blank(&c); c.left.n; cursor_blank(&c)) {
		uint32_t number;

		if (n == CODEC_MAX || span_u32(cursor_until(&c, BLANK), &number) || number > 127)
			return 0;
		out[n++] = (struct sdp_codec){ .number = (uint8_t)number };
	}
	meanings_read(s, media, out, n);
	for (unsigned i = 0; i < n; i++) {
		const struct sdp_codec *of = sdp_codec_repeated(&out[i], out, n);

		if (of)
			out[i].key = key_add_number(out[i].key, of->key);
	}
	return n;
}

bool sdp_codec_nests_numbers(const struct sdp_codec *c)
{
	for (unsigned i = 0; i < sizeof(nesting) / sizeof(nesting[0]); i++)
		if (span_ieq(c->encoding, nesting[i]))
			return true;
	return false;
}
