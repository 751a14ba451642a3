/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge_name.h"

#include "alg/nat/topology.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"

int edge_home(const struct engine *e, unsigned realm)
{
	const struct conf_phones *phones = &e->core.conf->realms[realm].phones;

	return phones->present ? phones->home_trunk : -1;
}

/* ----- domains ----- */

static bool is_of(const struct conf_realm *r, const struct addr *a)
{
	return addr_same_host(a, &r->address) || addr_same_host(a, &r->public);
}

/* On the phone's side, or on home's. */
static bool is_our_address(const struct engine *e, unsigned realm, struct span host)
{
	const struct config *conf = e->core.conf;
	struct addr a;

	return addr_parse_host(host, &a) == 0 &&
	       (is_of(&conf->realms[realm], &a) || is_of(&conf->realms[conf->trunks[edge_home(e, realm)].realm], &a));
}

struct span edge_host(const struct engine *e, unsigned realm, struct span host, char text[EDGE_HOST_MAX])
{
	const struct conf_peer *peer = &e->core.conf->trunks[edge_home(e, realm)].peers[0];
	struct writer w = writer_over(text, EDGE_HOST_MAX);

	if (!is_our_address(e, realm, host))
		return host;
	if (addr_is_set(&peer->addr))
		addr_write_host(&w, &peer->addr, true);
	else
		writer_str(&w, peer->host);
	return writer_done(&w);
}

/* ----- addresses-of-record ----- */

static const char at_home[] = " at ";

static bool is_first_home(const struct engine *e, int home)
{
	unsigned i = 0;

	while (edge_home(e, i) < 0)
		i++;
	return edge_home(e, i) == home;
}

void edge_aor_write(const struct engine *e, struct writer *w, unsigned realm, struct span user, struct span host)
{
	char text[EDGE_HOST_MAX];
	int home = edge_home(e, realm);

	host = edge_host(e, realm, host, text);
	if (!user.n || !host.n)
		w->failed = true;
	uri_user_plain(w, user);
	writer_byte(w, '@');
	for (uint32_t i = 0; i < host.n; i++)
		writer_byte(w, host.p[i] >= 'A' && host.p[i] <= 'Z' ? (char)(host.p[i] + 'a' - 'A') : host.p[i]);
	if (is_first_home(e, home))
		return;
	writer_str(w, at_home);
	writer_str(w, e->core.conf->trunks[home].name);
}

void edge_aor_of_party(const struct engine *e, struct writer *w, unsigned realm, struct span value)
{
	struct nameaddr party;
	struct uri uri;

	if (nameaddr_parse(value, &party) || uri_parse(party.uri, &uri) ||
	    (uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
		w->failed = true;
	else
		edge_aor_write(e, w, realm, uri.user, uri.host);
}

/* The domain has no "@", the user may. */
struct span edge_aor_user(struct span key)
{
	uint32_t n = key.n;

	while (n && key.p[n - 1] != '@')
		n--;
	return span_slice(key, 0, n ? n - 1 : 0);
}

/* ----- what home reads ----- */

void edge_uri_write(const struct engine *e, struct writer *w, unsigned realm, struct span text)
{
	char mem[EDGE_HOST_MAX];
	struct uri uri;

	if (uri_parse(text, &uri) || uri.scheme == URI_TEL || uri.scheme == URI_OTHER ||
	    !is_our_address(e, realm, uri.host))
		writer_put(w, text);
	else
		topology_uri_write(w, text, edge_host(e, realm, uri.host, mem));
}

void edge_party_write(const struct engine *e, struct writer *w, unsigned realm, struct span value)
{
	struct nameaddr party;

	if (nameaddr_parse(value, &party)) {
		w->failed = true;
		return;
	}
	if (party.display.n) {
		writer_put(w, party.display);
		writer_byte(w, ' ');
	}
	writer_byte(w, '<');
	edge_uri_write(e, w, realm, party.uri);
	writer_byte(w, '>');
}

static void spell(const struct engine *e, const struct span *parts, unsigned n, char *out, unsigned len)
{
	struct name name = core_name(&e->core, parts, n);
	struct writer w = writer_over(out, len);

	token_spell(&w, &name, len);
}

void edge_dialog_name(const struct engine *e, const struct sip_msg *m, unsigned realm, struct edge_dialog *out)
{
	struct span tag = sip_msg_from_tag(m), call_id = sip_msg_value(m, SIP_HDR_CALL_ID);
	struct span where = span_of(&realm, sizeof(realm));
	struct span id[] = { SPAN("edge-call"), call_id, tag, where },
		    of_tag[] = { SPAN("edge-tag"), call_id, tag, where };

	spell(e, id, 4, out->call_id, TOKEN_CALL_ID_LEN);
	spell(e, of_tag, 4, out->tag, TOKEN_TAG_LEN);
}

void edge_token_make(const struct engine *e, struct span aor, const struct binding_facts *f, char out[EDGE_TOKEN_LEN])
{
	struct span reg_id = span_of(&f->reg_id, sizeof(f->reg_id));
	struct span parts[] = { SPAN("edge-contact"), aor, f->instance.n ? f->instance : f->contact, reg_id };

	spell(e, parts, 4, out, EDGE_TOKEN_LEN);
}
