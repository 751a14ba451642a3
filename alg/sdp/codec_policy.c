/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/codec_policy.h"

#include "alg/base/cursor.h"

static const struct span companions[] = { SPAN("telephone-event"), SPAN("CN"),        SPAN("rtx"),    SPAN("red"),
					  SPAN("ulpfec"),          SPAN("parityfec"), SPAN("flexfec") };

static bool is_companion(const struct sdp_codec *c)
{
	for (unsigned i = 0; i < sizeof(companions) / sizeof(companions[0]); i++)
		if (span_ieq(c->encoding, companions[i]))
			return true;
	return false;
}

static bool names_all(struct span name, bool audio)
{
	return span_ieq(name, SPAN("full")) || (audio && span_ieq(name, SPAN("all")));
}

/* What the name does not say may be anything. */
bool codec_policy_names(struct span name, const struct sdp_codec *c)
{
	struct cursor left = { .left = name };

	if (!span_ieq(cursor_until(&left, SLASH), c->encoding))
		return false;
	if (cursor_try(&left, '/') && cursor_number(&left, UINT32_MAX) != c->clock)
		return false;
	if (cursor_try(&left, '/') && cursor_number(&left, UINT32_MAX) != c->channels)
		return false;
	return !left.failed;
}

static bool is_hidden(const struct codec_rule *rules, unsigned nrule, bool audio, const struct sdp_codec *c)
{
	bool all = false, spared = false;

	for (unsigned i = 0; i < nrule; i++) {
		const bool it = codec_policy_names(rules[i].name, c);

		if (rules[i].wish == CODEC_HIDE && it)
			return true;
		all = all || (rules[i].wish == CODEC_HIDE && names_all(rules[i].name, audio));
		spared = spared || (rules[i].wish != CODEC_HIDE && (it || names_all(rules[i].name, audio)));
	}
	return all && !spared;
}

/* Lower comes first. */
static unsigned rank_of(const struct codec_rule *rules, unsigned nrule, const struct sdp_codec *c)
{
	for (unsigned i = 0; i < nrule; i++)
		if (rules[i].wish == CODEC_FIRST && codec_policy_names(rules[i].name, c))
			return i;
	return nrule;
}

static const struct sdp_codec *codec_at(const struct sdp_codec *list, unsigned n, uint8_t number)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i].number == number)
			return &list[i];
	return NULL;
}

struct ranked {
	struct payload_format format;
	unsigned rank;
};

/* By rank; what has the same stays in its order. */
static void ranked_insert(struct ranked *r, unsigned n, struct ranked one)
{
	while (n && r[n - 1].rank > one.rank) {
		r[n] = r[n - 1];
		n--;
	}
	r[n] = one;
}

void codec_policy_apply(const struct codec_rule *rules, unsigned nrule, bool audio, const struct sdp_codec *list,
			unsigned n, struct payload_plan *plan)
{
	struct ranked kept[CODEC_MAX];
	unsigned nkept = 0, speaking = 0;

	if (nrule == 0 || !plan->given)
		return;
	for (unsigned i = 0; i < plan->n; i++) {
		const struct sdp_codec *c = codec_at(list, n, plan->format[i].from);
		const struct sdp_codec *of = c ? sdp_codec_repeated(c, list, n) : NULL;

		if (!c || is_hidden(rules, nrule, audio, of ? of : c))
			continue;
		speaking += !is_companion(c);
		ranked_insert(kept, nkept++, (struct ranked){ plan->format[i], rank_of(rules, nrule, of ? of : c) });
	}
	plan->n = 0;
	for (unsigned i = 0; speaking && i < nkept; i++)
		plan->format[plan->n++] = kept[i].format;
}
