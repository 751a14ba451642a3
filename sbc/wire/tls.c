/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/tls.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sbc/wire/certificate.h"

enum { DAY = 86400, WARN_DAYS = 30 };

/* The certificates of one realm: the usual one, and those for other names. */
struct tls_realm {
	const struct conf_realm *conf;
	SSL_CTX *own;
	SSL_CTX *more[CONF_SNI_MAX];
};

struct tls {
	const struct config *conf;
	const struct log *log;
	struct tls_realm realms[CONF_REALM_MAX];
	SSL_CTX **trunks; /* whom we call; NULL for those that are never called over TLS */
	int64_t expires;
};

/* ----- contexts ----- */

/* Only what keeps what was said secret when the key is lost later; certificates with elliptic curves first. */
static const char ciphers[] =
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
	"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:"
	"ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA256:"
	"ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA";

static SSL_CTX *context_new(const SSL_METHOD *method)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(ctx, ciphers);
	/* Phones close without a close_notify all day. Sessions are kept by clients (tickets), not by us. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	return ctx;
}

/* Anybody may show anything: it proves something, or nothing. */
static int accept_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok, (void)ctx;
	return 1;
}

static int ask_client(SSL_CTX *ctx, const struct conf_tls *conf, char *why)
{
	if (conf->client == CONF_CLIENT_NONE)
		return 0;
	if (conf->client == CONF_CLIENT_REQUIRE)
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	else
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, accept_any);
	/* A resumed session tells the peer's certificate without those between it and the authority: no proof. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ctx, 0);
	return certificate_authorities(ctx, conf->ca, why);
}

/* The certificate for the name that the client asks for (RFC 6066 3); the usual one where none fits. */
static int choose(SSL *ssl, int *alert, void *arg)
{
	const struct tls_realm *r = arg;
	struct span name = span_str(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));

	(void)alert;
	for (unsigned i = 0; i < r->conf->tls.nmore; i++)
		for (unsigned k = 0; k < r->conf->tls.more[i].nname; k++)
			if (r->more[i] && certificate_name_fits(span_str(r->conf->tls.more[i].names[k]), name)) {
				SSL_set_SSL_CTX(ssl, r->more[i]);
				return SSL_TLSEXT_ERR_OK;
			}
	return SSL_TLSEXT_ERR_OK;
}

/* NULL with the reason. */
static SSL_CTX *server_new(struct tls_realm *r, const char *cert, const char *key, int64_t *expires, char *why)
{
	const char *name = r->conf->name;
	SSL_CTX *ctx = context_new(TLS_server_method());

	snprintf(why, CERTIFICATE_WHY_MAX, "no memory");
	if (ctx && certificate_load(ctx, cert, key, expires, why) == 0 && ask_client(ctx, &r->conf->tls, why) == 0) {
		/* A session of one realm is none of another. */
		SSL_CTX_set_session_id_context(ctx, (const unsigned char *)name,
					       (unsigned)(strlen(name) < 32 ? strlen(name) : 32));
		SSL_CTX_set_tlsext_servername_callback(ctx, choose);
		SSL_CTX_set_tlsext_servername_arg(ctx, r);
		return ctx;
	}
	SSL_CTX_free(ctx);
	return NULL;
}

/* shared: of another trunk that believes the same authorities; those of a system are many. */
static SSL_CTX *client_new(const struct conf_tls *own, const struct conf_verify *verify, SSL_CTX *shared, char *why)
{
	SSL_CTX *ctx = context_new(TLS_client_method());
	int64_t expires;

	snprintf(why, CERTIFICATE_WHY_MAX, "no memory");
	if (!ctx || (own->cert && certificate_load(ctx, own->cert, own->key, &expires, why)) ||
	    (!shared && !verify->off && certificate_authorities(ctx, verify->ca, why))) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	if (shared)
		SSL_CTX_set1_cert_store(ctx, SSL_CTX_get_cert_store(shared));
	SSL_CTX_set_verify(ctx, verify->off ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	return ctx;
}

/* ----- loading ----- */

/* What was there stays where the new one is wrong. */
static bool swap(SSL_CTX **at, SSL_CTX *new)
{
	if (!new)
		return false;
	SSL_CTX_free(*at);
	*at = new;
	return true;
}

struct loading {
	struct tls *t;
	char why[CERTIFICATE_WHY_MAX], first[CERTIFICATE_WHY_MAX + 128];
	unsigned wrong;
	int64_t expires;
};

static void say_wrong(struct loading *l, const char *what, const char *name, bool kept)
{
	if (!l->wrong++)
		snprintf(l->first, sizeof(l->first), "%s.%s: %s", what, name, l->why);
	if (kept)
		log_error(l->t->log, "%s.%s: %s; the certificate in use stays", what, name, l->why);
}

static void say_expiry(const struct tls *t, const struct conf_realm *r, const char *cert, int64_t expires)
{
	int64_t left = expires - (int64_t)time(NULL);

	if (left <= 0)
		log_error(t->log, "realms.%s.tls: %s has expired: peers will refuse it", r->name, cert);
	else if (left < (int64_t)WARN_DAYS * DAY)
		log_warn(t->log, "realms.%s.tls: %s expires in %d days", r->name, cert, (int)(left / DAY));
}

static void load_server(struct loading *l, struct tls_realm *r, SSL_CTX **at, const char *cert, const char *key)
{
	int64_t expires = 0;
	SSL_CTX *new = server_new(r, cert, key, &expires, l->why);

	/* On reload, one that has expired is no better than the one in use. */
	if (new &&*at && expires <= (int64_t)time(NULL)) {
		snprintf(l->why, sizeof(l->why), "%s: has expired", cert);
		SSL_CTX_free(new);
		new = NULL;
	}
	if (new) {
		say_expiry(l->t, r->conf, cert, expires);
		if (!l->expires || expires < l->expires)
			l->expires = expires;
	}
	if (!swap(at, new))
		say_wrong(l, "realms", r->conf->name, *at != NULL);
}

static void load_realm(struct loading *l, struct tls_realm *r)
{
	const struct conf_tls *conf = &r->conf->tls;

	if (!conf->cert)
		return;
	load_server(l, r, &r->own, conf->cert, conf->key);
	for (unsigned i = 0; i < conf->nmore; i++)
		load_server(l, r, &r->more[i], conf->more[i].cert, conf->more[i].key);
}

static bool has_tls(const struct conf_realm *r)
{
	for (unsigned i = 0; i < r->nlisten; i++)
		if (r->listen[i].transport == CONF_TLS)
			return true;
	return false;
}

static bool same_authorities(const struct conf_verify *a, const struct conf_verify *b)
{
	return !a->off && !b->off && span_eq(span_str(a->ca), span_str(b->ca));
}

static void load_trunks(struct loading *l)
{
	const struct config *conf = l->t->conf;
	unsigned fresh[CONF_TRUNK_MAX], nfresh = 0;

	for (unsigned i = 0; i < conf->ntrunk; i++) {
		const struct conf_trunk *trunk = &conf->trunks[i];
		SSL_CTX *shared = NULL;

		if (!has_tls(&conf->realms[trunk->realm]))
			continue;
		for (unsigned k = 0; k < nfresh && !shared; k++)
			if (same_authorities(&conf->trunks[fresh[k]].verify, &trunk->verify))
				shared = l->t->trunks[fresh[k]];
		if (swap(&l->t->trunks[i], client_new(&conf->realms[trunk->realm].tls, &trunk->verify, shared, l->why)))
			fresh[nfresh++] = i;
		else
			say_wrong(l, "trunks", trunk->name, l->t->trunks[i] != NULL);
	}
}

static void load_all(struct loading *l)
{
	for (unsigned i = 0; i < l->t->conf->nrealm; i++)
		load_realm(l, &l->t->realms[i]);
	load_trunks(l);
	if (l->expires)
		l->t->expires = l->expires;
}

struct tls *tls_open(const struct config *conf, const struct log *log, char *error, uint32_t error_size)
{
	struct tls *t = calloc(1, sizeof(*t));
	struct loading l = { .t = t };

	if (!t || !(t->trunks = calloc(conf->ntrunk + 1, sizeof(SSL_CTX *)))) {
		snprintf(error, error_size, "no memory for certificates");
		free(t);
		return NULL;
	}
	t->conf = conf;
	t->log = log;
	for (unsigned i = 0; i < conf->nrealm; i++)
		t->realms[i].conf = &conf->realms[i];
	load_all(&l);
	if (!l.wrong)
		return t;
	snprintf(error, error_size, "%s", l.first);
	tls_close(t);
	return NULL;
}

void tls_close(struct tls *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < CONF_REALM_MAX; i++) {
		SSL_CTX_free(t->realms[i].own);
		for (unsigned k = 0; k < CONF_SNI_MAX; k++)
			SSL_CTX_free(t->realms[i].more[k]);
	}
	for (unsigned i = 0; i < t->conf->ntrunk; i++)
		SSL_CTX_free(t->trunks[i]);
	free(t->trunks);
	free(t);
}

unsigned tls_reload(struct tls *t)
{
	struct loading l = { .t = t };

	load_all(&l);
	log_info(t->log, "certificates read again: %s", l.wrong ? "some are wrong" : "all sound");
	return l.wrong;
}

static void remind(const struct tls *t, const struct conf_realm *r, SSL_CTX *ctx, const char *cert)
{
	if (ctx)
		say_expiry(t, r, cert, certificate_expires(ctx));
}

void tls_remind(const struct tls *t)
{
	for (unsigned i = 0; i < t->conf->nrealm; i++) {
		const struct tls_realm *r = &t->realms[i];

		remind(t, r->conf, r->own, r->conf->tls.cert);
		for (unsigned k = 0; k < r->conf->tls.nmore; k++)
			remind(t, r->conf, r->more[k], r->conf->tls.more[k].cert);
	}
}

int64_t tls_expires(const struct tls *t)
{
	return t->expires;
}

/* ----- whom a certificate proves ----- */

static bool proves(X509 *cert, const struct conf_trunk *trunk)
{
	for (unsigned i = 0; i < trunk->verify.nname; i++)
		if (certificate_is_for(cert, span_str(trunk->verify.names[i])))
			return true;
	for (unsigned i = 0; !trunk->verify.nname && i < trunk->npeer; i++) {
		const struct conf_peer *p = &trunk->peers[i];

		if (addr_is_set(&p->addr) ? certificate_is_for_host(cert, &p->addr)
					  : certificate_is_for(cert, span_str(p->host)))
			return true;
	}
	return false;
}

/* The chain that the client showed leads to an authority that the trunk is to be believed by. */
static bool chain_holds(SSL *ssl, X509 *cert, SSL_CTX *trunk)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool holds = ctx &&
		     X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(trunk), cert, SSL_get_peer_cert_chain(ssl)) == 1 &&
		     X509_STORE_CTX_set_default(ctx, "ssl_client") == 1 && X509_verify_cert(ctx) == 1;

	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return holds;
}

/* Which trunk of the realm an incoming connection is of: its number + 1, or 0. */
static uint16_t trunk_of(struct tls *t, SSL *ssl, unsigned realm)
{
	X509 *cert = SSL_get0_peer_certificate(ssl);

	for (unsigned i = 0; cert && i < t->conf->ntrunk; i++) {
		const struct conf_trunk *trunk = &t->conf->trunks[i];

		if ((unsigned)trunk->realm == realm && t->trunks[i] && !trunk->verify.off && proves(cert, trunk) &&
		    chain_holds(ssl, cert, t->trunks[i]))
			return (uint16_t)(i + 1);
	}
	return 0;
}

static enum tls_step check_called(struct tls *t, SSL *ssl, const struct flow *flow)
{
	const struct conf_trunk *trunk = &t->conf->trunks[flow->trunk - 1];
	X509 *cert = SSL_get0_peer_certificate(ssl);
	char names[256];
	struct writer w = writer_over(names, sizeof(names));

	if (trunk->verify.off)
		return TLS_DONE;
	if (cert && proves(cert, trunk))
		return TLS_DONE;
	if (cert)
		certificate_write_names(&w, cert);
	log_warn(t->log, "trunks.%s: the certificate of the peer is for other names: %.*s", trunk->name,
		 SPAN_ARG(span_of(w.p, w.n)));
	return TLS_OTHER_NAME;
}

/* ----- connections ----- */

static SSL *connection_new(SSL_CTX *ctx, int fd)
{
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;

	if (ssl && SSL_set_fd(ssl, fd) == 1)
		return ssl;
	SSL_free(ssl);
	return NULL;
}

SSL *tls_accept(struct tls *t, unsigned realm, int fd)
{
	SSL *ssl = connection_new(t->realms[realm].own, fd);

	if (ssl)
		SSL_set_accept_state(ssl);
	return ssl;
}

/* The name we ask for (SNI): of that peer, else the first that is a name at all. */
static const char *name_to_ask(const struct conf_trunk *trunk, const struct addr *peer)
{
	for (unsigned i = 0; i < trunk->npeer; i++)
		if (!addr_is_set(&trunk->peers[i].addr))
			return trunk->peers[i].host;
		else if (addr_same_host(&trunk->peers[i].addr, peer))
			break;
	for (unsigned i = 0; i < trunk->verify.nname; i++)
		if (trunk->verify.names[i][0] != '*')
			return trunk->verify.names[i];
	return NULL;
}

SSL *tls_connect(struct tls *t, unsigned trunk, const struct addr *peer, int fd)
{
	SSL *ssl = trunk ? connection_new(t->trunks[trunk - 1], fd) : NULL;
	const char *name;

	if (!ssl)
		return NULL;
	name = name_to_ask(&t->conf->trunks[trunk - 1], peer);
	if (name)
		SSL_set_tlsext_host_name(ssl, name);
	SSL_set_connect_state(ssl);
	return ssl;
}

/* Of a certificate that is not believed: what there is to look at, on our side. */
static void tell_untrusted(const struct tls *t, const struct flow *flow, long verdict)
{
	const char *trunk = flow->trunk ? t->conf->trunks[flow->trunk - 1].name : "?";
	bool by_time = verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID;
	char peer[ADDR_TEXT_MAX], now[32] = "";
	time_t at = time(NULL);
	struct tm utc;

	if (by_time && gmtime_r(&at, &utc))
		strftime(now, sizeof(now), " (here it is %Y-%m-%d %H:%M UTC)", &utc);
	log_warn(t->log,
		 "trunk %s: TLS with %s: its certificate is not trusted: %s%s; who may sign it: trunks.%s.verify",
		 trunk, addr_text(&flow->peer, peer), X509_verify_cert_error_string(verdict), now, trunk);
}

static enum tls_step failed(struct tls *t, SSL *ssl, const struct flow *flow)
{
	long verdict = SSL_get_verify_result(ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	bool untrusted = !SSL_is_server(ssl) && verdict != X509_V_OK;
	char peer[ADDR_TEXT_MAX];

	if (untrusted) {
		tell_untrusted(t, flow, verdict);
		return TLS_UNTRUSTED;
	}
	log_line(t->log, SSL_is_server(ssl) ? LOG_DEBUG : LOG_WARN, "TLS with %s: %s", addr_text(&flow->peer, peer),
		 reason ? reason : "the peer closed the connection");
	return TLS_FAILED;
}

enum tls_step tls_handshake(struct tls *t, SSL *ssl, struct flow *flow)
{
	int returned, error;

	ERR_clear_error();
	returned = SSL_do_handshake(ssl);
	if (returned != 1) {
		error = SSL_get_error(ssl, returned);
		return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? TLS_MORE : failed(t, ssl, flow);
	}
	if (!SSL_is_server(ssl))
		return check_called(t, ssl, flow);
	flow->trunk = trunk_of(t, ssl, flow->realm);
	return TLS_DONE;
}

int tls_read(SSL *ssl, void *to, uint32_t room)
{
	ERR_clear_error();
	return SSL_read(ssl, to, (int)room);
}

int tls_write(SSL *ssl, const void *from, uint32_t n)
{
	ERR_clear_error();
	return SSL_write(ssl, from, (int)n);
}

void tls_close_connection(SSL *ssl)
{
	if (SSL_is_init_finished(ssl))
		SSL_shutdown(ssl);
	SSL_free(ssl);
	ERR_clear_error();
}
