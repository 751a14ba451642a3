/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/mediacodecs.h"

static const struct conf_codecs *codecs_of(const struct engine *e, const struct leg *l)
{
	static const struct conf_codecs any;

	return l->trunk >= 0 ? &e->core.conf->trunks[l->trunk].codecs : &any;
}

static bool codecs_have(const struct conf_codecs *codecs, struct span name)
{
	for (unsigned i = 0; i < codecs->n; i++)
		if (span_ieq(span_str(codecs->names[i]), name))
			return true;
	return codecs->n == 0;
}

static void wish(struct ng_request *r, enum ng_codec_wish what, struct span name)
{
	if (r->ncodec < NG_CODEC_MAX)
		r->codec[r->ncodec++] = (struct ng_codec){ what, name };
}

/* In the order of the trunk that is shown it, where that has one. Between two trunks: what both name alike. */
void mediacodecs_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r)
{
	const struct conf_codecs *mine = codecs_of(e, from), *theirs = codecs_of(e, to);
	const struct conf_codecs *list = theirs->n ? theirs : mine;

	if (list->n == 0)
		return;
	wish(r, NG_CODEC_STRIP, SPAN("all"));
	for (unsigned i = 0; i < list->n; i++)
		if (codecs_have(list == theirs ? mine : theirs, span_str(list->names[i])))
			wish(r, list == theirs ? NG_CODEC_OFFER : NG_CODEC_EXCEPT, span_str(list->names[i]));
}
