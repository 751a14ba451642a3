/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/identity.h"

#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"
#include "sbc/base/transport.h"
#include "sbc/engine/respond.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/trunk/trunkregs.h"

int identity_trunk(const struct engine *e, const struct flow *from)
{
	return trunks_of(&e->trunks, from);
}

/* The challenge as an answer; its lines are written into text. */
static struct answer challenge(struct engine *e, const struct flow *to, enum sip_method method, bool stale,
			       char text[AUTH_CHALLENGE_MAX])
{
	struct writer w = writer_over(text, AUTH_CHALLENGE_MAX);
	bool proxy = method != SIP_REGISTER;

	auth_challenge(e->auth[to->realm], &w, proxy, to, stale, core_now(&e->core));
	return (struct answer){ .status = proxy ? 407 : 401, .lines = writer_done(&w) };
}

bool identity_is_stranger(const struct engine *e, const struct sip_msg *m, const struct flow *from)
{
	enum sip_hdr credentials = m->method == SIP_REGISTER ? SIP_HDR_AUTHORIZATION : SIP_HDR_PROXY_AUTHORIZATION;

	return e->auth[from->realm] && !sip_msg_has(m, credentials) && identity_trunk(e, from) < 0;
}

void identity_challenge(struct engine *e, const struct sip_msg *m, const struct flow *from)
{
	char text[AUTH_CHALLENGE_MAX];
	struct answer a = challenge(e, from, m->method, false, text);

	core_count(&e->core, COUNT_REFUSE_CHALLENGED);
	guard_challenged(e, from, m);
	respond_stateless(e, m, from, &a);
}

static void challenge_again(struct engine *e, struct txn *t, enum auth_verdict v)
{
	char text[AUTH_CHALLENGE_MAX];
	struct answer a = challenge(e, &t->flow, (enum sip_method)t->method, v == AUTH_STALE, text);

	respond_bounded(e, t, &a);
}

/* The nonce was ours and for that address: who guesses is where it says it is. */
static void hold_against(struct engine *e, const struct flow *from, struct span user, enum auth_verdict v)
{
	char text[BAN_SAMPLE_MAX];
	struct writer w = writer_over(text, sizeof(text));

	writer_format(&w, "password of %.*s", (int)(user.n < 64 ? user.n : 64), user.p);
	guard_evidence(e, from, v == AUTH_UNKNOWN_USER ? EVIDENCE_NO_USER : EVIDENCE_PASSWORD, true, user,
		       writer_done(&w));
}

static void tell_log(struct engine *e, const struct txn *t, enum auth_verdict v, struct span user)
{
	static const char *const hints[AUTH_VERDICT_N] = {
		[AUTH_WRONG] = ": not the password that the users file has, or made for another domain",
		[AUTH_UNKNOWN_USER] = ": the users file has no such name",
	};
	char peer[ADDR_TEXT_MAX];

	log_warn(&e->core.log, "refused credentials of %.*s from %s realm %s: %s%s", (int)(user.n < 64 ? user.n : 64),
		 user.p, addr_text(&t->flow.peer, peer), e->core.conf->realms[t->flow.realm].name, auth_verdict_name(v),
		 hints[v] ? hints[v] : "");
}

static void refuse_verdict(struct engine *e, struct txn *t, enum auth_verdict v, struct span user)
{
	struct answer a = { .status = 403 };

	switch (v) {
	case AUTH_NONE:
		core_count(&e->core, COUNT_REFUSE_CHALLENGED);
		challenge_again(e, t, v);
		return;
	case AUTH_STALE:
		core_count(&e->core, COUNT_REFUSE_STALE);
		challenge_again(e, t, v);
		return;
	case AUTH_MALFORMED:
		a.status = 400;
		break;
	default:
		hold_against(e, &t->flow, user, v);
		break;
	}
	/* The same answer whether the user exists or not: nobody learns names here. */
	core_count(&e->core, COUNT_REFUSE_CREDENTIALS);
	tell_log(e, t, v, user);
	respond_bounded(e, t, &a);
}

/* A phone may only speak as itself: From's user, and for REGISTER To's, is the one whose password it knows. Or it does
 * not say who it is (RFC 3323 4.1.1.3). */
static bool speaks_as(const struct sip_msg *m, struct span user)
{
	const struct nameaddr *from = sip_msg_from(m);
	struct uri uri;

	if (!from || uri_parse(from->uri, &uri))
		return false;
	if (m->method != SIP_REGISTER && span_ieq(uri.host, SPAN("anonymous.invalid")) &&
	    (!uri.user.n || span_ieq(uri.user, SPAN("anonymous"))))
		return true;
	return uri_user_eq(uri.user, user);
}

/* A connection that a trunk opened serves our requests to it, too: where its Via says alias, or its certificate says
 * who it is (RFC 5923 5). */
static void learn_alias(struct engine *e, const struct txn *t, const struct sip_msg *m)
{
	struct addr to = t->flow.peer;
	const struct via *via;

	if (!t->flow.connection || !e->core.out.alias || !(via = sip_msg_top_via(m)) ||
	    (!t->flow.trunk && !params_has(via->params, SPAN("alias"))))
		return;
	to.port = via->port ? via->port : transport_info((enum conf_transport)t->flow.transport)->port;
	e->core.out.alias(e->core.out.ctx, &t->flow, &to);
}

bool identity_establish(struct engine *e, struct txn *t, const struct sip_msg *m, struct identity *out)
{
	struct auth *auth = e->auth[t->flow.realm];
	enum auth_verdict v;
	struct span user;
	int trunk = trunkregs_trunk(e, m, &t->flow, identity_trunk(e, &t->flow));

	if (trunk >= 0) {
		t->known = true;
		learn_alias(e, t, m);
		*out = (struct identity){ .kind = IDENTITY_TRUNK, .trunk = trunk, .realm = t->flow.realm };
		return true;
	}
	if (edge_home(e, t->flow.realm) >= 0)
		return edge_identify(e, t, m, out);
	if (!auth) {
		struct answer a = { .status = 403 };

		core_count(&e->core, COUNT_REFUSE_NOT_ALLOWED);
		guard_unknown(e, &t->flow, REFUSAL_NO_PHONES, m->method_name);
		guard_evidence(e, &t->flow, EVIDENCE_NOT_ALLOWED, false, (struct span){ 0 }, m->method_name);
		respond_bounded(e, t, &a);
		return false;
	}
	*out = (struct identity){ .kind = IDENTITY_PHONE, .trunk = -1, .realm = t->flow.realm };
	user = auth_username(m, t->method != SIP_REGISTER);
	if (user.n && guard_is_held(e, &t->flow, user)) {
		struct answer no = { .status = 403 };

		core_count(&e->core, COUNT_REFUSE_HELD);
		guard_refused(e, &t->flow, REFUSAL_HELD);
		respond_bounded(e, t, &no);
		return false;
	}
	v = auth_check(auth, m, t->method != SIP_REGISTER, &t->flow, core_now(&e->core), &out->user);
	if (v != AUTH_OK) {
		refuse_verdict(e, t, v, user);
		return false;
	}
	guard_proved(e, &t->flow);
	t->known = true;
	if (!speaks_as(m, out->user)) {
		refuse(e, t, 403, COUNT_REFUSE_IDENTITY, out->user);
		return false;
	}
	return true;
}
