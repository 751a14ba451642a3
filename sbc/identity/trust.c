/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/trust.h"

#include "alg/nat/asserted.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/privacy.h"
#include "alg/sip/uri.h"
#include "sbc/identity/transparent.h"

/* What we do for its sender before it leaves the trust domain (RFC 3323 5.1, 5.2, 5.3). */
enum { PROVIDED = PRIVACY_USER | PRIVACY_HEADER | PRIVACY_SESSION };

enum { PARTY_MAX = 512 };

bool trust_has(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return l->trunk >= 0 ? conf->trunks[l->trunk].trusted : conf->realms[l->flow.realm].trusted;
}

static bool is_anonymous(const struct engine *e, const struct leg *to, const struct sip_msg *m)
{
	return m && sip_msg_has(m, SIP_HDR_PRIVACY) && !trust_has(e, to) && (privacy_read(m) & PRIVACY_USER);
}

struct topology_way trust_way(const struct engine *e, const struct leg *to, const struct sip_msg *m, struct span host)
{
	const struct leg *from = to->peer;

	return (struct topology_way){
		.host = host,
		.transparent = transparent_between(e, from, to),
		.trusted = from && trust_has(e, from) && trust_has(e, to),
		.emergency = to->call->emergency && to->side == SIDE_B,
		.anonymous = is_anonymous(e, to, m),
	};
}

static struct span user_of(struct span value)
{
	struct nameaddr party;
	struct uri uri;

	return nameaddr_parse(value, &party) || uri_parse(party.uri, &uri) ? (struct span){ 0 } : uri.user;
}

/* As the number of the caller is written for that side. */
static struct span as_sent(const struct leg *to, const struct sip_msg *m, struct span value)
{
	struct span user = user_of(value);

	if (to->side == SIDE_B && user.n && uri_user_eq(user, user_of(sip_msg_value(m, SIP_HDR_FROM))))
		return buf_span(to->local);
	return value;
}

/* A phone that proved who it is. Absent: it did not. */
static struct span proven_user(const struct engine *e, const struct leg *from)
{
	if (from->trunk >= 0 || from->side != SIDE_A || !e->auth[from->flow.realm])
		return (struct span){ 0 };
	return from->call->user ? buf_span(from->call->user) : user_of(buf_span(from->remote));
}

/* What we say ourselves of our phones (RFC 3325 5): of who calls, once. text is for what is not in the message. */
static void assert_ourselves(const struct engine *e, const struct leg *to, const struct sip_msg *m, struct span host,
			     char text[PARTY_MAX], struct asserted *out)
{
	struct span user = proven_user(e, to->peer);
	struct writer w = writer_over(text, PARTY_MAX);
	struct span party;

	if (!user.n || !m->is_request || sip_msg_to_tag(m).n)
		return;
	party = asserted_preferred(m, user);
	if (!party.n) {
		writer_put(&w, SPAN("<sip:"));
		writer_put(&w, user);
		writer_byte(&w, '@');
		writer_put(&w, host);
		writer_byte(&w, '>');
		party = writer_done(&w);
	}
	*out = (struct asserted){ .party = { party }, .n = party.n > 0 };
}

/* A phone proved its name, not the domain that it wrote: another's is not asserted. */
static bool may_keep_host(const struct engine *e, const struct leg *from, struct span party)
{
	struct nameaddr n;
	struct uri uri;

	return nameaddr_parse(party, &n) == 0 && uri_parse(n.uri, &uri) == 0 &&
	       (uri.scheme == URI_TEL || auth_host_is_ours(&e->core.conf->realms[from->flow.realm], uri.host));
}

static void put_privacy(struct writer *w, unsigned set)
{
	if (!(set & ~(unsigned)PRIVACY_CRITICAL))
		return;
	writer_put(w, SPAN("Privacy: "));
	privacy_write(w, set);
	writer_put(w, SPAN("\r\n"));
}

void trust_lines(struct engine *e, struct writer *w, const struct leg *to, const struct sip_msg *m, struct span host)
{
	struct asserted who = { 0 };
	char text[PARTY_MAX];
	bool open = to->peer && transparent_between(e, to->peer, to), heard;
	unsigned privacy;

	if (!m || !to->peer)
		return;
	privacy = sip_msg_has(m, SIP_HDR_PRIVACY) ? privacy_read(m) : 0;
	if (!trust_has(e, to)) {
		put_privacy(w, privacy & ~(unsigned)PROVIDED);
		return;
	}
	if (trust_has(e, to->peer))
		asserted_read(m, &who);
	heard = who.n > 0;
	if (!heard)
		assert_ourselves(e, to, m, host, text, &who);
	put_privacy(w, privacy | (who.hidden ? PRIVACY_ID : 0));
	if (!who.n)
		return;
	for (unsigned i = 0; i < who.n && m->is_request; i++)
		who.party[i] = as_sent(to, m, who.party[i]);
	open = open && (heard || may_keep_host(e, to->peer, who.party[0]));
	writer_put(w, SPAN("P-Asserted-Identity: "));
	asserted_write(w, &who, open ? (struct span){ 0 } : host);
	writer_put(w, SPAN("\r\n"));
}

void trust_hide(struct engine *e, struct leg *to, const struct sip_msg *m)
{
	if (is_anonymous(e, to, m))
		buf_replace(&e->core.bufs, &to->local, SPAN("\"Anonymous\" <sip:anonymous@anonymous.invalid>"));
}
