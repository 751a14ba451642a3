/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/evidence.h"

#include "sbc/guard/meters.h"

static const struct {
	const char *name;
	uint32_t points;
} table[] = {
#define X(id, name, points) [EVIDENCE_##id] = { name, points },
	EVIDENCE_TABLE(X)
#undef X
};

const char *evidence_name(enum evidence e)
{
	return table[e].name;
}

int evidence_find(struct span name)
{
	for (int i = 0; i < EVIDENCE_N; i++)
		if (span_eq(name, span_str(table[i].name)))
			return i;
	return -1;
}

uint32_t evidence_points(enum evidence e, uint32_t failed)
{
	if (table[e].points)
		return table[e].points;
	/* A little more than its share: what is forgotten between the first and the last must not spare the last. */
	return failed ? (METERS_FULL + METERS_FULL / 20 + failed - 1) / failed : 0;
}

/* How names begin that scanners and guessers give themselves, and no phone does. */
static const struct span scanners[] = {
	SPAN("friendly-scanner"),
	SPAN("friendly-request"),
	SPAN("sipvicious"),
	SPAN("sundayddr"),
	SPAN("sip-scan"),
	SPAN("sipscan"),
	SPAN("sivus"),
	SPAN("smap"),
	SPAN("iwar"),
	SPAN("sipcli"),
	SPAN("vaxsipuseragent"),
	SPAN("pplsip"),
	SPAN("sip call scanner"),
	SPAN("siparmyknife"),
};

static bool is_one(struct span agent)
{
	for (unsigned i = 0; i < sizeof(scanners) / sizeof(*scanners); i++)
		if (span_ieq(span_slice(agent, 0, scanners[i].n), scanners[i]))
			return true;
	return false;
}

bool evidence_is_scanner(const struct sip_msg *m)
{
	for (const struct sip_field *f = sip_field_first(m, SIP_HDR_USER_AGENT); f; f = sip_field_next(m, f))
		if (is_one(sip_field_value(m, f)))
			return true;
	return false;
}
