/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/relaytotals.h"

#include "alg/ng/ng.h"

static const struct {
	struct span group, name;
} rows[] = {
	{ SPAN("streams"), SPAN("one-way") }, { SPAN("streams"), SPAN("never-heard") },
	{ SPAN("streams"), SPAN("silent") },  { SPAN("packets"), SPAN("expected") },
	{ SPAN("packets"), SPAN("lost") },    { SPAN("packets"), SPAN("late") },
	{ SPAN("packets"), SPAN("doubled") }, { SPAN("dropped"), SPAN("closed-port") },
	{ SPAN("dropped"), SPAN("banned") },  { SPAN("forwarded"), SPAN("in-driver") },
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == RELAYTOTALS_N, "a number for each");

void relaytotals_take(struct relaytotals *t, struct span answer)
{
	for (unsigned i = 0; i < RELAYTOTALS_N; i++) {
		struct ng_value group, v;

		if (ng_find(answer, rows[i].group, &group) == 0 && group.kind == NG_DICT &&
		    ng_find(group.text, rows[i].name, &v) == 0 && v.kind == NG_INTEGER && v.integer >= 0)
			t->n[i] = (uint64_t)v.integer;
	}
}

static void group_write(const struct relaytotals *t, struct writer *w, const char *group)
{
	for (unsigned i = 0; i < RELAYTOTALS_N; i++)
		if (span_eq(rows[i].group, span_str(group)))
			writer_format(w, "sbc_relay_%s_total{found=\"%.*s\"} %llu\n", group, SPAN_ARG(rows[i].name),
				      (unsigned long long)t->n[i]);
}

void relaytotals_write(const struct relaytotals *t, struct writer *w)
{
	writer_str(w, "# HELP sbc_relay_streams_total Streams that nobody heard, as the relay tells now and then.\n"
		      "# TYPE sbc_relay_streams_total counter\n");
	group_write(t, w, "streams");
	writer_str(w, "# HELP sbc_relay_packets_total Packets of RTP, as the relay tells now and then.\n"
		      "# TYPE sbc_relay_packets_total counter\n");
	group_write(t, w, "packets");
	writer_str(w,
		   "# HELP sbc_relay_dropped_total Packets to media ports that the kernel's programs dropped: nobody's "
		   "port, or a banned source.\n"
		   "# TYPE sbc_relay_dropped_total counter\n");
	group_write(t, w, "dropped");
	writer_str(w, "# HELP sbc_relay_forwarded_total Packets of RTP that the kernel's program forwarded where they "
		      "arrived.\n"
		      "# TYPE sbc_relay_forwarded_total counter\n");
	group_write(t, w, "forwarded");
}
