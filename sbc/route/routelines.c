/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routelines.h"

#include "alg/nat/topology.h"

void routelines_add(struct writer *w, const struct conf_route *route)
{
	for (unsigned i = 0; route && i < route->nadd; i++) {
		writer_str(w, route->add[i]);
		writer_put(w, SPAN("\r\n"));
	}
}

void routelines_cut(struct writer *w, uint32_t from, const char *const *drop, unsigned n)
{
	struct span rest = span_of(w->p + from, w->n - from);
	uint32_t to = from;

	while (n && !w->failed && rest.n) {
		struct span line = span_slice(rest, 0, span_find(rest, '\n') + 1);
		struct span name = span_trim(span_slice(line, 0, span_find(line, ':')));
		bool kept = !topology_is_dropped(name, drop, n);

		rest = span_from(rest, line.n);
		if (!kept)
			continue;
		memmove(w->p + to, line.p, line.n);
		to += line.n;
	}
	if (n && !w->failed)
		w->n = to;
}
