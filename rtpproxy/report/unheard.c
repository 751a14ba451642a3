/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/unheard.h"

#include "rtpproxy/session/look.h"

static void put_addr(struct ng_writer *n, struct span name, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	if (addr_is_set(a))
		ng_put_str(n, name, span_str(addr_text(a, text)));
}

static void put_stream(struct ng_writer *n, const struct leg *l, const struct stream *m, const struct port_stats *rtp)
{
	ng_begin_dict(n, (struct span){ 0 });
	ng_put_str(n, SPAN("tag"), leg_tag(l));
	ng_put_str(n, SPAN("type"), span_str(m->now.type));
	put_addr(n, SPAN("said"), &m->now.said_rtp);
	ng_put_u64(n, SPAN("refused"), rtp->refused_packets);
	put_addr(n, SPAN("refused-from"), &rtp->refused[0]);
	ng_end(n);
}

/* *begun: the list is; it is by the first that there is something to say of. */
static void put_leg(struct job *j, const struct leg *l, bool *begun)
{
	for (unsigned i = 0; i < l->nstream; i++) {
		const struct stream *m = &l->stream[i];
		struct port_stats rtp;

		if (!m->now.known || !look_port(j->relay, l, m, STREAM_RTP, &rtp) ||
		    look_at(m, &rtp, j->now) != LOOK_NEVER)
			continue;
		if (!*begun)
			ng_begin_list(&j->answer, SPAN("unheard"));
		*begun = true;
		put_stream(&j->answer, l, m, &rtp);
	}
}

void unheard_report(struct job *j, const struct session *s)
{
	bool begun = false;

	/* What came to the relay before is not known. */
	if (s->resumed || !s->committed || !s->joined || j->now < s->created + UNHEARD_AFTER_MS)
		return;
	put_leg(j, s->near, &begun);
	put_leg(j, s->joined, &begun);
	if (begun)
		ng_end(&j->answer);
}
