/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/mux.h"

static bool terms_have_mux(const struct terms *t)
{
	return t && t->mux;
}

enum mux_look mux_offer(const struct ng_request *q, const struct terms *said)
{
	if (q->mux_require)
		return MUX_SOLE;
	if (q->mux_offer)
		return MUX_ASKED;
	return terms_have_mux(said) && !q->mux_demux ? MUX_ASKED : MUX_NONE;
}

enum mux_look mux_answer(const struct terms *offered)
{
	return terms_have_mux(offered) ? MUX_SOLE : MUX_NONE;
}

void mux_commit_answerer(struct mux *m, const struct terms *said)
{
	m->on = m->shown && terms_have_mux(said);
}

void mux_commit_offerer(struct mux *m, enum mux_look look)
{
	m->on = look == MUX_SOLE;
}

void mux_write(struct writer *w, enum mux_look look)
{
	if (look != MUX_NONE)
		writer_str(w, "a=rtcp-mux\r\n");
}
