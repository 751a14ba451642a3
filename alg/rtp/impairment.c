/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/impairment.h"

/* Ie and Bpl as G.113 has them, where it has the codec; G.711 with loss concealment, as all phones have it by now. Of
 * wide-band codecs the narrow-band scale shows no more than that they are not worse: they count as G.711, which
 * conceals alike. The first is for what is not in the table. */
static const struct impairment impairments[] = {
	{ SPAN(""), 0, 251 },        { SPAN("PCMU"), 0, 251 },     { SPAN("PCMA"), 0, 251 },
	{ SPAN("GSM"), 20, 100 },    { SPAN("G723"), 15, 161 },    { SPAN("G722"), 0, 251 },
	{ SPAN("G728"), 7, 170 },    { SPAN("G729"), 11, 190 },    { SPAN("G726-40"), 2, 251 },
	{ SPAN("G726-32"), 7, 251 }, { SPAN("G726-24"), 25, 251 }, { SPAN("G726-16"), 50, 251 },
	{ SPAN("GSM-EFR"), 5, 100 }, { SPAN("iLBC"), 11, 250 },    { SPAN("AMR"), 5, 100 },
	{ SPAN("AMR-WB"), 0, 130 },  { SPAN("EVS"), 0, 130 },      { SPAN("speex"), 11, 190 },
	{ SPAN("opus"), 0, 251 },
};

enum { IMPAIRMENT_N = sizeof(impairments) / sizeof(impairments[0]) };

uint8_t impairment_find(struct span codec)
{
	for (unsigned i = 1; i < IMPAIRMENT_N; i++)
		if (span_ieq(impairments[i].codec, codec))
			return (uint8_t)i;
	return IMPAIRMENT_UNKNOWN;
}

const struct impairment *impairment_of(uint8_t number)
{
	return &impairments[number < (unsigned)IMPAIRMENT_N ? number : 0];
}
