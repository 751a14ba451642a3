/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/session_expires.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

static const struct span refreshers[] = {
	[REFRESHER_UAC] = { "uac", 3 },
	[REFRESHER_UAS] = { "uas", 3 },
};

static int refresher_read(struct span value, enum refresher *out)
{
	for (enum refresher r = REFRESHER_UAC; r <= REFRESHER_UAS; r++) {
		if (span_ieq(value, refreshers[r])) {
			*out = r;
			return 0;
		}
	}
	return -1;
}

/* Two refreshers would be read as two different ones. */
static int params_read(struct span left, enum refresher *out)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1)
		if (span_ieq(p.name, SPAN("refresher")) && (*out != REFRESHER_NONE || refresher_read(p.value, out)))
			return -1;
	return got;
}

/* The seconds, and in *params what follows. */
static int delta_read(struct span s, uint32_t *out, struct span *params)
{
	struct cursor c = { .left = span_trim(s) };
	uint64_t delta = cursor_number(&c, UINT32_MAX);

	cursor_blank(&c);
	if (c.failed)
		return -1;
	*out = (uint32_t)delta;
	*params = c.left;
	return 0;
}

int session_expires_parse(struct span s, struct session_expires *out)
{
	struct session_expires v = { 0 };
	struct span params;

	if (delta_read(s, &v.delta, &params) || params_read(params, &v.refresher))
		return -1;
	*out = v;
	return 0;
}

void session_expires_write(struct writer *w, const struct session_expires *v)
{
	writer_u64(w, v->delta);
	if (v->refresher == REFRESHER_NONE)
		return;
	writer_put(w, SPAN(";refresher="));
	writer_put(w, refreshers[v->refresher]);
}

int min_se_parse(struct span s, uint32_t *out)
{
	struct span params;
	uint32_t delta;

	if (delta_read(s, &delta, &params) || !params_ok(params))
		return -1;
	*out = delta;
	return 0;
}
