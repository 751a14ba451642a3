/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/banrecord.h"

#include <stdio.h>

void banrecord_of(struct banrecord *r, const struct ban *ban, const struct moment *m)
{
	struct writer w;

	*r = (struct banrecord){ .row = ban ? ban->row : 0, .gone = true };
	if (!ban || (ban->over && !ban->strikes))
		return;
	r->gone = false;
	w = writer_over(r->network, sizeof(r->network) - 1);
	addr_write_host(&w, &ban->whom.base, false);
	writer_format(&w, "/%u", ban->whom.bits);
	snprintf(r->reason, sizeof(r->reason), "%s", evidence_name(ban->why));
	snprintf(r->realm, sizeof(r->realm), "%s", ban->realm);
	snprintf(r->sample, sizeof(r->sample), "%s", ban->sample);
	r->forged = ban->forged;
	r->strikes = ban->strikes;
	r->dropped = (int64_t)ban->dropped;
	r->since = moment_wall(m, ban->since);
	r->until = moment_wall(m, ban->until);
}

static uint8_t strikes_of(int64_t n)
{
	return (uint8_t)(n < 0 ? 0 : n < UINT8_MAX ? n : UINT8_MAX);
}

/* A wall clock may have been wrong, and set: no ban becomes longer than it was. */
static uint64_t end_of(const struct banrecord *r, const struct moment *m)
{
	return moment_future(m, r->until, (uint32_t)(r->until - r->since));
}

enum banrecord_end banrecord_read(const struct banrecord *r, const struct moment *m, struct ban *out)
{
	int why = evidence_find(span_str(r->reason));
	struct ban ban = { .forged = r->forged, .strikes = strikes_of(r->strikes), .dropped = (uint64_t)r->dropped };
	int64_t length = r->until - r->since;

	/* Of no bits is everybody: that is no ban, that is an end. */
	if (why < 0 || prefix_parse(span_str(r->network), &ban.whom) || ban.whom.bits == 0 || r->since < 0 ||
	    length <= 0 || length > UINT32_MAX)
		return BANRECORD_BROKEN;
	if (r->until + BAN_MEMORY_S <= m->wall)
		return BANRECORD_EXPIRED;
	ban.why = (enum evidence)why;
	ban.over = r->until <= m->wall;
	ban.since = moment_past(m, r->since);
	ban.until = ban.over ? moment_past(m, r->until) : end_of(r, m);
	snprintf(ban.realm, sizeof(ban.realm), "%s", r->realm);
	snprintf(ban.sample, sizeof(ban.sample), "%s", r->sample);
	*out = ban;
	return BANRECORD_RESTORED;
}
