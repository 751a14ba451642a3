/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/asserted.h"

#include "alg/nat/topology.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"

static int read_uri(struct span value, struct nameaddr *party, struct uri *uri)
{
	return nameaddr_parse(value, party) || uri_parse(party->uri, uri) || uri->scheme == URI_OTHER ? -1 : 0;
}

/* One of each kind: the first. */
static void add(struct asserted *a, struct span value, bool number, bool had[2])
{
	if (had[number])
		return;
	had[number] = true;
	a->party[a->n++] = value;
}

static bool is_about_sender(struct span params)
{
	struct span party = params_get(params, SPAN("party"));

	return !span_is_set(party) || span_ieq(party, SPAN("calling")) || span_ieq(party, SPAN("called"));
}

static bool is_hidden(struct span params)
{
	struct span privacy = params_get(params, SPAN("privacy"));

	return span_is_set(privacy) && !span_ieq(privacy, SPAN("off"));
}

void asserted_read(const struct sip_msg *m, struct asserted *out)
{
	static const uint8_t where[] = { SIP_HDR_P_ASSERTED_IDENTITY, SIP_HDR_REMOTE_PARTY_ID };
	struct nameaddr party;
	struct span value;
	struct uri uri;
	bool had[2] = { false };

	*out = (struct asserted){ 0 };
	for (unsigned i = 0; i < sizeof(where) && !out->n; i++) {
		struct sip_walk walk = { 0 };

		while (sip_walk_next(m, (enum sip_hdr)where[i], &walk, &value)) {
			if (read_uri(value, &party, &uri) || !is_about_sender(party.params))
				continue;
			out->hidden |= is_hidden(party.params);
			add(out, value, uri.scheme == URI_TEL, had);
		}
	}
}

struct span asserted_preferred(const struct sip_msg *m, struct span user)
{
	static const uint8_t where[] = { SIP_HDR_P_PREFERRED_IDENTITY, SIP_HDR_FROM };
	struct nameaddr party;
	struct span value;
	struct uri uri;

	for (unsigned i = 0; i < sizeof(where); i++) {
		struct sip_walk walk = { 0 };

		while (sip_walk_next(m, (enum sip_hdr)where[i], &walk, &value))
			if (read_uri(value, &party, &uri) == 0 && uri_user_eq(uri.user, user))
				return value;
	}
	return (struct span){ 0 };
}

static void write_one(struct writer *w, struct span value, struct span host)
{
	struct nameaddr party;

	if (host.n) {
		topology_party_write(w, value, host);
		return;
	}
	if (nameaddr_parse(value, &party))
		return;
	if (party.display.n) {
		writer_put(w, party.display);
		writer_byte(w, ' ');
	}
	writer_byte(w, '<');
	writer_put(w, party.uri);
	writer_byte(w, '>');
}

void asserted_write(struct writer *w, const struct asserted *a, struct span host)
{
	uint32_t from = w->n;

	for (unsigned i = 0; i < a->n; i++) {
		if (i)
			writer_put(w, SPAN(", "));
		write_one(w, a->party[i], host);
	}
	/* What was folded goes out on one line. */
	for (uint32_t i = from; i < w->n; i++)
		if (w->p[i] == '\r' || w->p[i] == '\n')
			w->p[i] = ' ';
}
