/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/routelines.h"

#include "alg/nat/topology.h"

void routelines_add(struct writer *w, const struct conf_route *route)
{
	for (unsigned i = 0; route && i < route->nadd; i++) {
		writer_str(w, route->add[i]);
		writer_put(w, SPAN("\r\n"));
	}
}

void routelines_keep(struct writer *w, const struct conf_route *route, struct span lines)
{
	while (lines.n) {
		uint32_t end = span_find(lines, '\n');
		struct span line = span_slice(lines, 0, end + 1);
		struct span name = span_trim(span_slice(line, 0, span_find(line, ':')));

		if (!route || !topology_is_dropped(name, route->drop, route->ndrop))
			writer_put(w, line);
		lines = span_from(lines, line.n);
	}
}
