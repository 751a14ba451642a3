/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/subscription_state.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

static const struct span words[SUBSCRIPTION_OTHER] = {
	[SUBSCRIPTION_ACTIVE] = { "active", 6 },
	[SUBSCRIPTION_PENDING] = { "pending", 7 },
	[SUBSCRIPTION_TERMINATED] = { "terminated", 10 },
};

static enum subscription_phase phase_of(struct span word)
{
	enum subscription_phase p = 0;

	while (p < SUBSCRIPTION_OTHER && !span_ieq(word, words[p]))
		p++;
	return p;
}

static int seconds_keep(uint32_t *to, struct span value)
{
	uint32_t v;

	if (*to != SUBSCRIPTION_UNTOLD || span_u32(value, &v) || v == SUBSCRIPTION_UNTOLD)
		return -1;
	*to = v;
	return 0;
}

static int reason_keep(struct span *to, struct span value)
{
	if (span_is_set(*to) || !span_all(value, TOKEN))
		return -1;
	*to = value;
	return 0;
}

static int params_read(struct span left, struct subscription_state *v)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (span_ieq(p.name, SPAN("expires")) && seconds_keep(&v->expires, p.value))
			return -1;
		if (span_ieq(p.name, SPAN("retry-after")) && seconds_keep(&v->retry_after, p.value))
			return -1;
		if (span_ieq(p.name, SPAN("reason")) && reason_keep(&v->reason, p.value))
			return -1;
	}
	return got;
}

int subscription_state_parse(struct span s, struct subscription_state *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct subscription_state v = { .expires = SUBSCRIPTION_UNTOLD, .retry_after = SUBSCRIPTION_UNTOLD };

	v.word = cursor_token(&c);
	v.phase = phase_of(v.word);
	cursor_blank(&c);
	if (c.failed || params_read(c.left, &v))
		return -1;
	*out = v;
	return 0;
}

static void seconds_write(struct writer *w, struct span name, uint32_t seconds)
{
	if (seconds == SUBSCRIPTION_UNTOLD)
		return;
	writer_byte(w, ';');
	writer_put(w, name);
	writer_byte(w, '=');
	writer_u64(w, seconds);
}

void subscription_state_write(struct writer *w, const struct subscription_state *v)
{
	writer_put(w, v->phase < SUBSCRIPTION_OTHER ? words[v->phase] : v->word);
	if (span_is_set(v->reason)) {
		writer_put(w, SPAN(";reason="));
		writer_put(w, v->reason);
	}
	seconds_write(w, SPAN("expires"), v->expires);
	seconds_write(w, SPAN("retry-after"), v->retry_after);
}
