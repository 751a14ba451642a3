/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/history_info.h"

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "alg/sip/uri_headers.h"

static const struct span changes[] = {
	[HISTORY_RC] = { "rc", 2 },
	[HISTORY_MP] = { "mp", 2 },
	[HISTORY_NP] = { "np", 2 },
};

/* Numbers joined by dots. */
static bool is_index(struct span s)
{
	struct cursor c = { .left = s };

	do
		cursor_while(&c, DIGIT);
	while (cursor_try(&c, '.'));
	return !c.failed && c.left.n == 0 && s.n <= HISTORY_INDEX_MAX;
}

static int index_keep(struct span *to, struct span value)
{
	if (span_is_set(*to) || !is_index(value))
		return -1;
	*to = value;
	return 0;
}

static int param_keep(struct history_info *h, const struct param *p)
{
	if (span_ieq(p->name, SPAN("index")))
		return index_keep(&h->index, p->value);
	for (enum history_change change = HISTORY_RC; change <= HISTORY_NP; change++) {
		if (!span_ieq(p->name, changes[change]))
			continue;
		h->change = change;
		return index_keep(&h->from, p->value);
	}
	return 0;
}

static int params_read(struct span left, struct history_info *h)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1)
		if (param_keep(h, &p))
			return -1;
	return got;
}

static int uri_read(struct span text, struct history_info *h)
{
	struct uri_header privacy;
	struct uri u;
	uint32_t cause;

	if (uri_parse(text, &u))
		return -1;
	h->uri = span_is_set(u.headers) ? span_slice(text, 0, text.n - u.headers.n - 1) : text;
	if (span_u32(params_get(u.params, SPAN("cause")), &cause) == 0 && cause <= 699)
		h->cause = (uint16_t)cause;
	/* Any of them asks at least this. */
	h->hidden = uri_headers_find(u.headers, SIP_HDR_PRIVACY, &privacy) && !span_ieq(privacy.value, SPAN("none"));
	return 0;
}

int history_info_parse(struct span s, struct history_info *out)
{
	struct history_info h = { 0 };
	struct nameaddr a;

	if (nameaddr_parse(s, &a) || a.star || uri_read(a.uri, &h) || params_read(a.params, &h))
		return -1;
	if (!span_is_set(h.index))
		return -1;
	*out = h;
	return 0;
}
