/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/redirect.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/qvalue.h"
#include "alg/sip/uri.h"
#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/hunt.h"
#include "sbc/route/route.h"

struct contact {
	struct span uri;
	unsigned q; /* thousandths */
};

/* By falling q, else as they stand. */
static unsigned contacts_read(const struct sip_msg *m, struct contact out[REDIRECT_CONTACTS])
{
	struct sip_walk walk = { 0 };
	struct nameaddr one;
	struct span value;
	unsigned n = 0;

	while (n < REDIRECT_CONTACTS && sip_walk_next(m, SIP_HDR_CONTACT, &walk, &value)) {
		unsigned i = n, q;

		if (nameaddr_parse(value, &one) || one.star)
			continue;
		q = qvalue_read(params_get(one.params, SPAN("q")));
		for (; i > 0 && out[i - 1].q < q; i--)
			out[i] = out[i - 1];
		out[i] = (struct contact){ one.uri, q };
		n++;
	}
	return n;
}

/* Call forwarding by a phone: as if its user had dialled. Of other hosts than ours we know nothing. */
static unsigned find_forward(struct engine *e, const struct leg *by, const struct sip_msg *request, struct span uri,
			     struct route *out)
{
	const struct conf_realm *realm = &e->core.conf->realms[by->flow.realm];
	struct identity who = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = by->flow.realm };
	enum count why;
	struct uri u;

	if (uri_parse(uri, &u) || (u.scheme != URI_TEL && !auth_host_is_ours(realm, u.host)))
		return 0;
	return route_find_uri(e, request, uri, &who, out, &why) ? 0 : out->n;
}

static unsigned find_places(struct engine *e, const struct branch *b, const struct sip_msg *request, struct span uri,
			    struct route *out)
{
	const struct leg *by = b->to;

	if (by->trunk < 0)
		return find_forward(e, by, request, uri, out);
	if (e->core.conf->trunks[by->trunk].redirect != CONF_REDIRECT_RECURSE)
		return 0;
	return route_find_peers(e, request, uri, out);
}

bool redirect_follow(struct engine *e, const struct branch *b, const struct sip_msg *m)
{
	struct contact contacts[REDIRECT_CONTACTS];
	struct pass *p = b->pass;
	struct sip_msg request;
	struct route places;
	bool found = false;

	if (!m || m->status / 100 != 3 || b->depth >= REDIRECT_DEPTH ||
	    sip_msg_index(pass_request(p), &request) != SIP_OK)
		return false;
	/* The last one put before the others is the first to be tried. */
	for (unsigned i = contacts_read(m, contacts); i-- > 0;) {
		unsigned n = find_places(e, b, &request, contacts[i].uri, &places);

		for (unsigned k = 0; k < n; k++)
			places.target[k].after = (struct branch *)b;
		found |= n && hunt_push(&p->hunt, &places) == 0;
	}
	return found;
}

/* ----- passing on ----- */

bool redirect_pass(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	const struct leg *by = p->best_from->to;
	struct contact contacts[REDIRECT_CONTACTS];
	char text[4096];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = 302, .to_tag = buf_span(p->from->local_tag) };
	unsigned n, kept = 0;
	struct uri uri;

	if (m->status / 100 != 3 || by->trunk < 0 || e->core.conf->trunks[by->trunk].redirect != CONF_REDIRECT_PASS ||
	    !p->in)
		return false;
	n = contacts_read(m, contacts);
	for (unsigned i = 0; i < n; i++) {
		if (uri_parse(contacts[i].uri, &uri) || !uri.user.n)
			continue;
		writer_put(&w, SPAN("Contact: "));
		core_write_contact(&e->core, &w, &p->from->flow, uri.user);
		writer_put(&w, SPAN("\r\n"));
		kept++;
	}
	a.lines = writer_done(&w);
	if (!kept || !a.lines.n)
		return false;
	respond(e, p->in, &a);
	return true;
}
