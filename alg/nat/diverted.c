/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/diverted.h"

#include "alg/nat/topology.h"
#include "alg/sip/diversion.h"
#include "alg/sip/history_info.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"

enum { ENTRIES_MAX = 32 }; /* History-Info values that are looked at */

static uint8_t counter_of(uint32_t n)
{
	if (n > DIVERTED_COUNTER_MAX)
		return DIVERTED_COUNTER_MAX;
	return n ? (uint8_t)n : 1;
}

/* Appends the latest; the oldest makes room. */
static void list_add(struct diverted_list *l, const struct diverted *d)
{
	if (l->n == DIVERTED_MAX) {
		memmove(l->by, l->by + 1, sizeof(l->by) - sizeof(l->by[0]));
		l->n--;
	}
	l->by[l->n++] = *d;
}

static void diversions_read(const struct sip_msg *m, struct diverted_list *out)
{
	struct sip_walk walk = { 0 };
	struct diverted d;
	struct diversion v;
	struct span value;

	/* The latest is first. */
	while (out->n < DIVERTED_MAX && sip_walk_next(m, SIP_HDR_DIVERSION, &walk, &value))
		if (diversion_parse(value, &v) == 0)
			out->by[out->n++] = (struct diverted){ v.uri, diversion_cause(v.reason), counter_of(v.counter),
							       diversion_is_private(&v) };
	for (unsigned i = 0; i < out->n / 2; i++) {
		d = out->by[i];
		out->by[i] = out->by[out->n - 1 - i];
		out->by[out->n - 1 - i] = d;
	}
}

static unsigned entries_read(const struct sip_msg *m, struct history_info entries[ENTRIES_MAX])
{
	struct sip_walk walk = { 0 };
	struct span value;
	unsigned n = 0;

	while (n < ENTRIES_MAX && sip_walk_next(m, SIP_HDR_HISTORY_INFO, &walk, &value))
		if (history_info_parse(value, &entries[n]) == 0)
			n++;
	return n;
}

static uint32_t depth(struct span index)
{
	uint32_t dots = 0;

	for (uint32_t i = 0; i < index.n; i++)
		dots += index.p[i] == '.';
	return dots;
}

/* The entry that this one was reached from: as it says, else the one that stands before it. */
static const struct history_info *origin_of(const struct history_info *entries, unsigned i)
{
	for (unsigned k = i; k-- > 0 && span_is_set(entries[i].from);)
		if (span_eq(entries[k].index, entries[i].from))
			return &entries[k];
	return &entries[i - 1];
}

static void history_read(const struct sip_msg *m, struct diverted_list *out)
{
	struct history_info entries[ENTRIES_MAX];
	unsigned n = entries_read(m, entries);

	for (unsigned i = 1; i < n; i++) {
		const struct history_info *by = origin_of(entries, i);
		uint32_t below = depth(entries[i].index), above = depth(by->index);
		struct diverted d = { by->uri, diversion_cause(diversion_reason(entries[i].cause)), 1, by->hidden };

		if (entries[i].cause == 0)
			continue;
		/* Levels that are missing were diversions as well (RFC 7544). */
		if (below > above)
			d.counter = counter_of(below - above);
		list_add(out, &d);
	}
}

void diverted_read(const struct sip_msg *m, struct diverted_list *out)
{
	struct diverted_list diversion = { 0 }, history = { 0 };

	diversions_read(m, &diversion);
	history_read(m, &history);
	*out = diversion.n > history.n ? diversion : history;
}

/* An earlier cause is no longer told: the next one is written behind it. */
static void params_out(struct writer *w, struct span left)
{
	struct param p;

	while (param_next(&left, &p) == 1) {
		if (span_ieq(p.name, SPAN("cause")))
			continue;
		writer_byte(w, ';');
		writer_put(w, p.name);
		if (span_is_set(p.value))
			writer_byte(w, '=');
		writer_put(w, p.value);
	}
}

/* A URI as it may be seen there; one that can't be read is hidden, too. */
static void uri_out(struct writer *w, struct span text, bool hidden, struct span host)
{
	bool trusted = !span_is_set(host);
	struct span params;
	struct uri u;

	if ((hidden && !trusted) || uri_parse(text, &u)) {
		writer_put(w, SPAN("sip:anonymous@anonymous.invalid"));
		return;
	}
	if (!trusted && u.scheme != URI_TEL) {
		topology_uri_write(w, text, host);
		return;
	}
	params = u.params;
	u.params = (struct span){ 0 };
	uri_write(w, &u);
	params_out(w, params);
}

void diverted_write_diversion(struct writer *w, const struct diverted_list *l, struct span host)
{
	for (unsigned i = l->n; i-- > 0;) {
		const struct diverted *d = &l->by[i];
		struct diversion params = { .reason = diversion_reason(d->cause), .counter = d->counter };

		if (d->hidden)
			params.privacy = SPAN("full");
		writer_byte(w, '<');
		uri_out(w, d->uri, d->hidden, host);
		writer_byte(w, '>');
		diversion_params_write(w, &params);
		if (i)
			writer_put(w, SPAN(", "));
	}
}

/* The index of an entry: a level for each diversion before it. */
static void index_write(struct writer *w, unsigned levels)
{
	writer_byte(w, '1');
	while (levels--)
		writer_put(w, SPAN(".1"));
}

static void entry_write(struct writer *w, struct span uri, bool hidden, struct span host, uint16_t cause)
{
	writer_byte(w, '<');
	uri_out(w, uri, hidden, host);
	if (cause) {
		writer_put(w, SPAN(";cause="));
		writer_u64(w, cause);
	}
	writer_put(w, hidden ? SPAN("?Privacy=history>;index=") : SPAN(">;index="));
}

void diverted_write_history(struct writer *w, const struct diverted_list *l, struct span target, struct span host)
{
	unsigned levels = 0, before = 0;

	for (unsigned i = 0; i <= l->n && l->n; i++) {
		const struct diverted *d = i < l->n ? &l->by[i] : NULL;

		if (i)
			writer_put(w, SPAN(", "));
		entry_write(w, d ? d->uri : target, d && d->hidden, host, i ? l->by[i - 1].cause : 0);
		index_write(w, levels);
		if (i) {
			writer_put(w, SPAN(";mp="));
			index_write(w, before);
		}
		before = levels;
		levels += d ? d->counter : 0;
	}
}
