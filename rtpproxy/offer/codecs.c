/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/codecs.h"

#include "rtpproxy/offer/offer.h"

/* Nothing is transcoded, so that masking is hiding; and what is to be transcoded to can only be what is there. */
static const struct {
	bool counts;
	enum codec_wish wish;
} wishes[] = {
	[NG_CODEC_STRIP] = { true, CODEC_HIDE },    [NG_CODEC_MASK] = { true, CODEC_HIDE },
	[NG_CODEC_EXCEPT] = { true, CODEC_SPARE },  [NG_CODEC_OFFER] = { true, CODEC_FIRST },
	[NG_CODEC_IGNORE] = { true, CODEC_SPARE },  [NG_CODEC_TRANSCODE] = { true, CODEC_FIRST },
	[NG_CODEC_ACCEPT] = { false, CODEC_SPARE },
};

enum { RULES_MAX = NG_CODEC_MAX };
_Static_assert((int)CONF_CODEC_MAX < (int)RULES_MAX, "a list, and that all else is hidden");

/* "opus/48000/2" of what may follow it: a bit rate and options, for an encoder. */
static struct span name_of(struct span name)
{
	uint32_t at = 0;

	for (unsigned slashes = 0; at < name.n && slashes < 3; at++)
		slashes += name.p[at] == '/';
	return at < name.n ? span_slice(name, 0, at - 1) : name;
}

static unsigned rules_of_client(const struct ng_request *q, bool offer, struct codec_rule out[RULES_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < q->ncodec; i++) {
		enum codec_wish wish = wishes[q->codec[i].wish].wish;

		if (!wishes[q->codec[i].wish].counts)
			continue;
		if (wish == CODEC_FIRST && !offer)
			wish = CODEC_SPARE;
		out[n++] = (struct codec_rule){ wish, name_of(q->codec[i].name) };
	}
	return n;
}

/* A list lets nothing else through. */
static unsigned rules_of_list(const struct conf_codecs *codecs, enum codec_wish wish, struct codec_rule out[RULES_MAX])
{
	unsigned n = 0;

	if (codecs->n == 0)
		return 0;
	out[n++] = (struct codec_rule){ CODEC_HIDE, SPAN("all") };
	for (unsigned i = 0; i < codecs->n; i++)
		out[n++] = (struct codec_rule){ wish, span_str(codecs->names[i]) };
	return n;
}

void codecs_apply(const struct job *j, const struct leg *from, const struct leg *to, bool audio,
		  const struct sdp_codec *list, unsigned n, struct payload_plan *plan)
{
	const struct conf_realm *realms = j->relay->conf->realms;
	const bool offer = ng_is_offer(j->request);
	struct codec_rule rules[RULES_MAX];
	unsigned nrule;

	nrule = rules_of_list(&realms[from->realm].codecs, CODEC_SPARE, rules);
	codec_policy_apply(rules, nrule, audio, list, n, plan);
	nrule = rules_of_list(&realms[to->realm].codecs, offer ? CODEC_FIRST : CODEC_SPARE, rules);
	codec_policy_apply(rules, nrule, audio, list, n, plan);
	nrule = rules_of_client(j->request, offer, rules);
	codec_policy_apply(rules, nrule, audio, list, n, plan);
}

static bool media_have(const struct offer_media *m, struct span name)
{
	for (unsigned i = 0; i < m->n; i++)
		for (unsigned k = 0; k < m->codecs[i].n; k++)
			if (codec_policy_names(name, &m->codecs[i].list[k]))
				return true;
	return false;
}

void codecs_warn(struct job *j, const struct offer_media *m)
{
	const struct ng_request *q = j->request;

	for (unsigned i = 0; i < q->ncodec; i++)
		if (q->codec[i].wish == NG_CODEC_TRANSCODE && !media_have(m, name_of(q->codec[i].name)))
			job_warn(j, "not in the offer, and nothing is transcoded", q->codec[i].name);
}
