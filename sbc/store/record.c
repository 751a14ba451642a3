/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/record.h"

#include "alg/sip/uri.h"
#include "sbc/base/transport.h"

/* The number of a connection that never is: they are counted from 1. */
enum { CONNECTION_GONE = UINT32_MAX };

#define MEMBER(kind_, name_, member)                                                                                   \
	{                                                                                                              \
		.name = name_, .kind = RECORD_##kind_, .at = offsetof(struct record, member)                           \
	}

const struct record_member record_members[RECORD_MEMBERS] = {
	MEMBER(TEXT, "user", user),
	MEMBER(TEXT, "realm", realm),
	MEMBER(TEXT, "transport", transport),
	MEMBER(U16, "port", port),
	MEMBER(ADDR, "peer", facts.flow.peer),
	MEMBER(TEXT, "contact", facts.contact),
	MEMBER(TEXT, "call_id", facts.call_id),
	MEMBER(U32, "cseq", facts.cseq),
	MEMBER(TEXT, "instance", facts.instance),
	MEMBER(U32, "reg_id", facts.reg_id),
	MEMBER(TEXT, "path", facts.path),
	MEMBER(TEXT, "agent", facts.agent),
	MEMBER(U16, "q", facts.q),
	MEMBER(BOOL, "nat", facts.nat),
	MEMBER(I64, "since", since),
	MEMBER(I64, "refreshed", refreshed),
	MEMBER(I64, "expires", expires),
	MEMBER(TEXT, "token", facts.token),
	MEMBER(TEXT, "service_route", facts.service_route),
	MEMBER(TEXT, "associated", facts.associated),
	MEMBER(TEXT, "gruu", facts.gruu),
	MEMBER(I64, "upstream", upstream),
	MEMBER(U32, "upstream_s", facts.upstream_s),
	MEMBER(TEXT, "home", home),
};

const char *record_end_name(enum record_end e)
{
	static const char *const names[] = {
#define X(id, name) [RECORD_##id] = name,
		RECORD_END_TABLE(X)
#undef X
	};

	return names[e];
}

/* --- keeping -------------------------------------------------------------------------------- */

static struct span home_of(const struct conf_realm *realm)
{
	return realm->phones.home_trunk < 0 ? (struct span){ 0 } : span_str(realm->phones.home);
}

void record_of(struct record *r, const struct binding *b, const struct config *conf, const struct moment *m)
{
	const struct conf_realm *realm = &conf->realms[b->facts.flow.realm];
	const struct conf_listen *listen = &realm->listen[b->facts.flow.listen];

	*r = (struct record){
		.port = listen->port,
		.user = binding_user_name(b),
		.realm = span_str(realm->name),
		.transport = transport_info(listen->transport)->via,
		.home = home_of(realm),
		.since = moment_wall(m, b->since),
		.refreshed = moment_wall(m, b->refreshed),
		.expires = moment_wall(m, b->facts.expires_at),
		.upstream = b->facts.upstream_at ? moment_wall(m, b->facts.upstream_at) : 0,
		.facts = b->facts,
	};
}

int record_keep(struct record *r, struct writer *w)
{
	for (unsigned i = 0; i < RECORD_MEMBERS; i++) {
		struct span *s = (struct span *)(void *)((char *)r + record_members[i].at);
		uint32_t before = w->n;

		if (record_members[i].kind != RECORD_TEXT || !span_is_set(*s))
			continue;
		writer_put(w, *s);
		s->p = w->p + before;
	}
	return w->failed ? -1 : 0;
}

/* --- putting back --------------------------------------------------------------------------- */

/* 0: f leads to the listener of that name. */
static int find_listener(const struct record *r, const struct config *conf, struct flow *f)
{
	for (unsigned i = 0; i < conf->nrealm; i++) {
		const struct conf_realm *realm = &conf->realms[i];

		if (!realm->phones.present || !span_eq(span_str(realm->name), r->realm))
			continue;
		for (unsigned l = 0; l < realm->nlisten; l++) {
			if (realm->listen[l].port != r->port ||
			    !span_eq(transport_info(realm->listen[l].transport)->via, r->transport))
				continue;
			f->realm = (uint8_t)i;
			f->listen = (uint8_t)l;
			f->transport = (uint8_t)realm->listen[l].transport;
			return realm->address.family == f->peer.family ? 0 : -1;
		}
	}
	return -1;
}

/* Somebody else may have written to the file: a line break would be one in our messages. */
static bool texts_are_sound(const struct record *r)
{
	for (unsigned i = 0; i < RECORD_MEMBERS; i++) {
		const struct span *s = (const struct span *)(const void *)((const char *)r + record_members[i].at);

		if (record_members[i].kind != RECORD_TEXT)
			continue;
		for (uint32_t k = 0; k < s->n; k++)
			if ((unsigned char)s->p[k] < ' ' && s->p[k] != '\t')
				return false;
	}
	return true;
}

static bool is_sound(const struct record *r)
{
	struct uri uri;

	return texts_are_sound(r) && binding_fits(r->user, &r->facts) && uri_parse(r->facts.contact, &uri) == 0 &&
	       (uri.scheme == URI_SIP || uri.scheme == URI_SIPS) && addr_is_unicast(&r->facts.flow.peer) &&
	       r->facts.flow.peer.port && r->facts.q <= BINDING_Q_MAX;
}

enum record_end record_restore(const struct record *r, struct bindings *t, const struct config *conf,
			       const struct moment *m, struct binding **out)
{
	struct binding_facts f = r->facts;
	const struct conf_phones *phones;
	bool stream;

	if (!is_sound(r))
		return RECORD_BROKEN;
	if (find_listener(r, conf, &f.flow))
		return RECORD_NO_LISTENER;
	/* That one never heard of the phone, and would not for as long as the old one let it in. */
	if (!span_eq(home_of(&conf->realms[f.flow.realm]), r->home))
		return RECORD_OTHER_HOME;
	if (r->expires <= m->wall)
		return RECORD_EXPIRED;
	phones = &conf->realms[f.flow.realm].phones;
	stream = flow_is_stream(&f.flow);
	if (stream)
		f.flow.connection = CONNECTION_GONE;
	f.expires_at = moment_future(m, r->expires, stream ? phones->expires_stream_s : phones->expires_udp_s);
	if (r->upstream)
		f.upstream_at = r->upstream > m->wall ? moment_future(m, r->upstream, f.upstream_s) : m->now;
	*out = bindings_restore(t, r->user, &f, moment_past(m, r->since), moment_past(m, r->refreshed), m->now);
	return *out ? RECORD_RESTORED : RECORD_FULL;
}
