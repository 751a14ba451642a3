/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/credentials.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "alg/sip/challenges.h"
#include "sbc/engine/engine.h"
#include "sbc/identity/hasher.h"

enum {
	LINES_MAX = 4096,
	CNONCE_LEN = 16,
	ONCE_MS = 10 * 1000, /* a nonce that is stale so soon was good for one request only */
};

/* A protection space: who asked, and for what realm. */
struct space {
	struct addr host; /* its port does not matter */
	bool proxy;
	bool once;                         /* it wants a new nonce each time: nothing is sent before it asks */
	uint32_t count;                    /* nc of the last use of this nonce */
	uint64_t asked;                    /* ms */
	struct digest_challenge challenge; /* its spans are in text */
	char cnonce[CNONCE_LEN];           /* one for all that the nonce is used for: HA1 of a session has it in it */
	uint32_t n;
	char text[]; /* the challenge */
};

struct credentials {
	struct secrets *secrets;
	struct hasher hasher;
	unsigned ntrunk;
	struct space *(*spaces)[CREDENTIALS_SPACES]; /* by trunk */
};

/* ----- beginning and end ----- */

struct credentials *credentials_new(const struct config *conf, struct secrets *all)
{
	struct credentials *c = calloc(1, sizeof(*c));

	if (!c) {
		secrets_free(all);
		return NULL;
	}
	c->secrets = all;
	c->ntrunk = conf->ntrunk;
	c->spaces = calloc(conf->ntrunk ? conf->ntrunk : 1, sizeof(*c->spaces));
	if (c->spaces && hasher_init(&c->hasher) == 0)
		return c;
	credentials_free(c);
	return NULL;
}

static void forget_all(struct credentials *c)
{
	for (unsigned t = 0; c->spaces && t < c->ntrunk; t++) {
		for (unsigned i = 0; i < CREDENTIALS_SPACES; i++) {
			free(c->spaces[t][i]);
			c->spaces[t][i] = NULL;
		}
	}
}

void credentials_free(struct credentials *c)
{
	if (!c)
		return;
	forget_all(c);
	free(c->spaces);
	hasher_fini(&c->hasher);
	secrets_free(c->secrets);
	free(c);
}

void credentials_set_secrets(struct credentials *c, struct secrets *all)
{
	secrets_inherit(all, c->secrets);
	secrets_free(c->secrets);
	c->secrets = all;
	forget_all(c);
}

static const struct conf_trunk *conf_of(const struct engine *e, int trunk)
{
	return &e->core.conf->trunks[trunk];
}

bool credentials_has(const struct engine *e, int trunk)
{
	return trunk >= 0 && conf_of(e, trunk)->auth.user &&
	       secrets_of_trunk(e->credentials->secrets, (unsigned)trunk).n > 0;
}

/* ----- spaces ----- */

static bool is_of(const struct space *s, const struct flow *to, bool proxy, struct span realm)
{
	return s->proxy == proxy && addr_same_host(&s->host, &to->peer) && span_eq(s->challenge.realm, realm);
}

/* Its place; where there is none yet, a free one, or that of who asked longest ago. */
static unsigned place_for(struct space *const spaces[CREDENTIALS_SPACES], const struct flow *to, bool proxy,
			  struct span realm)
{
	unsigned oldest = 0;

	for (unsigned i = 0; i < CREDENTIALS_SPACES; i++)
		if (spaces[i] && is_of(spaces[i], to, proxy, realm))
			return i;
	for (unsigned i = 0; i < CREDENTIALS_SPACES; i++) {
		if (!spaces[i])
			return i;
		if (spaces[i]->asked < spaces[oldest]->asked)
			oldest = i;
	}
	return oldest;
}

static void new_nonce(struct engine *e, struct space *s)
{
	struct writer w = writer_over(s->cnonce, sizeof(s->cnonce));

	token_write(&e->core.tokens, &w, CNONCE_LEN);
	s->count = 0;
	s->asked = core_now(&e->core);
}

/* The number of the space that now holds the challenge; -1 without memory. */
static int learn(struct engine *e, int trunk, const struct flow *to, bool proxy, struct span text)
{
	struct space **spaces = e->credentials->spaces[trunk], *s = malloc(sizeof(*s) + text.n);
	struct digest_challenge c;
	unsigned at;

	if (!s)
		return -1;
	memset(s, 0, sizeof(*s));
	memcpy(s->text, text.p, text.n);
	s->n = text.n;
	s->host = to->peer;
	s->proxy = proxy;
	digest_challenge_parse(span_of(s->text, s->n), &c);
	s->challenge = c;
	at = place_for(spaces, to, proxy, c.realm);
	if (spaces[at] && is_of(spaces[at], to, proxy, c.realm))
		s->once = spaces[at]->once ||
			  (c.stale && spaces[at]->count > 1 && core_now(&e->core) - spaces[at]->asked < ONCE_MS);
	new_nonce(e, s);
	free(spaces[at]);
	spaces[at] = s;
	return (int)at;
}

/* ----- giving ----- */

struct request {
	struct span method, uri, body;
};

static struct request parts_of(const struct writer *w)
{
	struct span text = span_of(w->p, w->n);
	uint32_t space = span_find(text, ' ');
	struct span rest = span_from(text, space + 1);

	return (struct request){
		.method = span_slice(text, 0, space),
		.uri = span_slice(rest, 0, span_find(rest, ' ')),
		.body = span_from(text, span_search(text, SPAN("\r\n\r\n")) + 4),
	};
}

static void count_up(struct space *s, char text[8])
{
	uint32_t count = ++s->count;

	for (int i = 7; i >= 0; i--, count >>= 4)
		text[i] = "0123456789abcdef"[count & 15];
}

static void write_line(struct engine *e, int trunk, struct space *s, const struct request *r, struct writer *w)
{
	static const struct span qops[] = {
		[DIGEST_QOP_NONE] = { 0 },
		[DIGEST_QOP_AUTH] = { "auth", 4 },
		[DIGEST_QOP_AUTH_INT] = { "auth-int", 8 },
		[DIGEST_QOP_UNKNOWN] = { 0 },
	};
	struct credentials *c = e->credentials;
	struct hasher_hex ha1, session, response;
	char count[8], escaped[2 * SECRET_MAX];
	struct writer user = writer_over(escaped, sizeof(escaped));
	struct digest_credentials d = {
		.username = span_str(conf_of(e, trunk)->auth.user),
		.realm = s->challenge.realm,
		.nonce = s->challenge.nonce,
		.uri = r->uri,
		.opaque = s->challenge.opaque,
		.qop = qops[digest_challenge_qop(&s->challenge)],
		.algorithm_name = s->challenge.algorithm_name,
		.algorithm = s->challenge.algorithm,
	};

	count_up(s, count);
	if (span_is_set(d.qop)) {
		d.nc = span_of(count, sizeof(count));
		d.cnonce = span_of(s->cnonce, sizeof(s->cnonce));
	} else if (s->challenge.session) {
		d.cnonce = span_of(s->cnonce, sizeof(s->cnonce));
	}
	hasher_ha1(&c->hasher, &d, secrets_of_trunk(c->secrets, (unsigned)trunk), &ha1);
	if (s->challenge.session) {
		session = ha1;
		hasher_ha1_session(&c->hasher, &d, hasher_hex_span(&session), &ha1);
		OPENSSL_cleanse(&session, sizeof(session));
	}
	hasher_response(&c->hasher, &d, hasher_hex_span(&ha1), r->method, r->body, &response);
	OPENSSL_cleanse(&ha1, sizeof(ha1));
	d.response = hasher_hex_span(&response);
	digest_escape(&user, d.username);
	d.username = writer_done(&user);
	writer_put(w, sip_hdr_info[s->proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION].name);
	writer_put(w, SPAN(": "));
	digest_credentials_write(w, &d);
	writer_put(w, SPAN("\r\n"));
}

/* Before the empty line. What was put in, where it stands now. */
static struct span insert(struct writer *w, struct span lines)
{
	uint32_t at = span_search(span_of(w->p, w->n), SPAN("\r\n\r\n")) + 2;

	if (w->failed || at > w->n || lines.n > w->cap - w->n) {
		w->failed = true;
		return (struct span){ 0 };
	}
	memmove(w->p + at + lines.n, w->p + at, w->n - at);
	memcpy(w->p + at, lines.p, lines.n);
	w->n += lines.n;
	return span_of(w->p + at, lines.n);
}

struct span credentials_add(struct engine *e, int trunk, const struct flow *to, const struct credentials_asked *asked,
			    struct writer *request)
{
	char text[LINES_MAX];
	struct writer lines = writer_over(text, sizeof(text));
	struct request r;

	if (!credentials_has(e, trunk) || request->failed)
		return (struct span){ 0 };
	r = parts_of(request);
	for (unsigned i = 0; i < CREDENTIALS_SPACES; i++) {
		struct space *s = e->credentials->spaces[trunk][i];

		if (s && addr_same_host(&s->host, &to->peer) && (!s->once || (asked && asked->once & 1u << i)))
			write_line(e, trunk, s, &r, &lines);
	}
	return lines.n && !lines.failed ? insert(request, writer_done(&lines)) : (struct span){ 0 };
}

void credentials_repeat(struct writer *request, struct span lines)
{
	if (lines.n)
		insert(request, lines);
}

/* ----- being asked ----- */

/* Who gets an answer that he takes for wrong is not given it again; once more where he says that the nonce was old. */
static bool may_answer(struct credentials_asked *asked, unsigned space, bool stale)
{
	uint8_t bit = (uint8_t)(1u << space);

	if (!(asked->once & bit)) {
		asked->once |= bit;
		return true;
	}
	if (!stale || asked->twice & bit)
		return false;
	asked->twice |= bit;
	return true;
}

static bool refuse_to(struct engine *e, int trunk, const struct flow *to, const char *why)
{
	char peer[ADDR_TEXT_MAX];

	core_count(&e->core, COUNT_CREDENTIALS_REFUSED);
	log_warn(&e->core.log, "trunk %s: %s asked for credentials: %s", conf_of(e, trunk)->name,
		 addr_text(&to->peer, peer), why);
	return false;
}

static bool tell_wrong(struct engine *e, int trunk, const struct challenge *c)
{
	core_count(&e->core, COUNT_CREDENTIALS_WRONG);
	log_error(&e->core.log,
		  "trunk %s: realm \"%.*s\" refuses our credentials: check user and password of its auth or register",
		  conf_of(e, trunk)->name, SPAN_ARG(c->digest.realm));
	return false;
}

bool credentials_answer(struct engine *e, int trunk, const struct flow *to, const struct sip_msg *m,
			struct credentials_asked *asked)
{
	struct challenge all[CHALLENGES_MAX];
	const char *realm;
	unsigned n;

	if ((m->status != 401 && m->status != 407) || !credentials_has(e, trunk))
		return false;
	/* In a dialog our requests go where the peer's Contact says: that may be anybody. */
	if (!trunks_has(&e->trunks, (unsigned)trunk, to))
		return refuse_to(e, trunk, to, "that is no place of the trunk, it gets none");
	realm = conf_of(e, trunk)->auth.realm;
	n = challenges_choose(m, realm ? span_str(realm) : (struct span){ 0 }, all);
	if (!n)
		return refuse_to(e, trunk, to,
				 "not for the realm of auth.realm, or by no algorithm of ours (MD5, SHA-256, "
				 "SHA-512-256)");
	for (unsigned i = 0; i < n; i++) {
		int space = learn(e, trunk, to, all[i].proxy, all[i].text);

		if (space < 0 || !may_answer(asked, (unsigned)space, all[i].digest.stale))
			return tell_wrong(e, trunk, &all[i]);
	}
	core_count(&e->core, COUNT_CREDENTIALS_GIVEN);
	return true;
}

static struct space *only_space(const struct credentials *c, int trunk, const struct flow *to)
{
	struct space *found = NULL;

	for (unsigned i = 0; i < CREDENTIALS_SPACES; i++) {
		struct space *s = c->spaces[trunk][i];

		if (!s || s->proxy || !addr_same_host(&s->host, &to->peer))
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

void credentials_accepted(struct engine *e, int trunk, const struct flow *to, const struct sip_msg *m)
{
	struct span nonce = digest_next_nonce(sip_msg_value(m, SIP_HDR_AUTHENTICATION_INFO));
	struct space *s = nonce.n && credentials_has(e, trunk) ? only_space(e->credentials, trunk, to) : NULL;
	struct digest_challenge next;
	char text[LINES_MAX];
	struct writer w = writer_over(text, sizeof(text));
	int at;

	if (!s)
		return;
	next = s->challenge;
	next.nonce = nonce;
	next.stale = false;
	digest_challenge_write(&w, &next);
	if (w.failed || digest_challenge_parse(writer_done(&w), &next) || !digest_challenge_usable(&next))
		return;
	at = learn(e, trunk, to, false, writer_done(&w));
	if (at >= 0)
		e->credentials->spaces[trunk][at]->once = false;
}
