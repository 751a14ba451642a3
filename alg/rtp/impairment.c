/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/impairment.h"

/* Ie and Bpl: G.113 appendix I where it has the codec; G.711 with loss concealment, as all phones have it by now. Of
 * wide-band codecs the narrow-band scale shows no more than that they are not worse; their Bpl is that of G.711, which
 * is what conceals alike. The first is for what is not in the table. */
static const struct impairment codecs[] = {
	{ SPAN(""), -1, 0, 0, 251 },
	{ SPAN("PCMU"), 0, 8000, 0, 251 },
	{ SPAN("PCMA"), 8, 8000, 0, 251 },
	{ SPAN("GSM"), 3, 8000, 20, 100 },
	{ SPAN("G723"), 4, 8000, 15, 161 },
	{ SPAN("G722"), 9, 8000, 0, 251 }, /* 8000 it says, by an old mistake (RFC 3551 4.5.2) */
	{ SPAN("G728"), 15, 8000, 7, 170 },
	{ SPAN("G729"), 18, 8000, 11, 190 },
	{ SPAN("G726-40"), -1, 8000, 2, 251 },
	{ SPAN("G726-32"), -1, 8000, 7, 251 },
	{ SPAN("G726-24"), -1, 8000, 25, 251 },
	{ SPAN("G726-16"), -1, 8000, 50, 251 },
	{ SPAN("GSM-EFR"), -1, 8000, 5, 100 },
	{ SPAN("iLBC"), -1, 8000, 11, 250 },
	{ SPAN("AMR"), -1, 8000, 5, 100 },
	{ SPAN("AMR-WB"), -1, 16000, 0, 130 },
	{ SPAN("EVS"), -1, 16000, 0, 130 },
	{ SPAN("speex"), -1, 8000, 11, 190 },
	{ SPAN("opus"), -1, 48000, 0, 251 },
};

enum { CODEC_N = sizeof(codecs) / sizeof(codecs[0]) };
_Static_assert(sizeof(codecs) / sizeof(codecs[0]) <= UINT8_MAX, "numbers are small");

uint8_t impairment_by_name(struct span name)
{
	for (uint8_t i = 1; i < CODEC_N; i++)
		if (span_ieq(codecs[i].name, name))
			return i;
	return IMPAIRMENT_UNKNOWN;
}

uint8_t impairment_by_payload_type(uint8_t payload_type)
{
	for (uint8_t i = 1; i < CODEC_N; i++)
		if (codecs[i].payload_type == (int)payload_type)
			return i;
	return IMPAIRMENT_UNKNOWN;
}

const struct impairment *impairment_of(uint8_t number)
{
	return &codecs[number < CODEC_N ? number : IMPAIRMENT_UNKNOWN];
}
