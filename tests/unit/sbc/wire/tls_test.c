/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections over TLS, with OpenSSL on the other side too. */
#include "tests/unit/sbc/wires.h"

#include <fcntl.h>
#include <malloc.h>
#include <openssl/err.h>
#include <signal.h>

#include "sbc/wire/tls.h"
#include "tests/unit/sbc/papers.h"

enum { DAY = 86400 };

#define BYE WIRES_BYE

static struct papers papers;
static struct paper authority, stranger; /* the second nobody believes */
static const char *authority_pem, *stranger_pem;

/* NAME.pem and NAME.key */
static void make(const char *name, const struct paper *by, const char *alternatives, long to, const char **cert,
		 const char **key)
{
	struct paper p = paper_make(&papers, by, alternatives, -2 * DAY, to);
	char file[64];

	snprintf(file, sizeof(file), "%s.pem", name);
	*cert = papers_path(&papers, file);
	paper_write_cert(&p, *cert);
	snprintf(file, sizeof(file), "%s.key", name);
	*key = papers_path(&papers, file);
	paper_write_key(&p, *key);
	paper_free(&p);
}

static int open_papers(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	papers_open(&papers);
	authority = paper_make(&papers, NULL, NULL, -DAY, DAY);
	stranger = paper_make(&papers, NULL, NULL, -DAY, DAY);
	authority_pem = papers_path(&papers, "authority.pem");
	stranger_pem = papers_path(&papers, "stranger.pem");
	paper_write_cert(&authority, authority_pem);
	paper_write_cert(&stranger, stranger_pem);
	return 0;
}

static int close_papers(void **state)
{
	(void)state;
	paper_free(&authority);
	paper_free(&stranger);
	papers_close(&papers);
	return 0;
}

static int open_all(void **state)
{
	(void)state;
	papers.npath = 2;
	wires_conf(CONF_TLS);
	make("lan", &authority, "DNS:lan.example", DAY, &wires.conf.realms[0].tls.cert, &wires.conf.realms[0].tls.key);
	make("net", &authority, "DNS:net.example", DAY, &wires.conf.realms[1].tls.cert, &wires.conf.realms[1].tls.key);
	wires.trunks[0] = (struct conf_trunk){
		.name = "carrier",
		.verify = { .ca = authority_pem, .names = { "carrier.example", "*.pool.example" }, .nname = 2 }
	};
	wires.conf.ntrunk = 1;
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	wires_close();
	wires.s = NULL;
	while (papers.npath > 2)
		free(papers.path[--papers.npath]);
	return 0;
}

/* ----- the other side ----- */

struct peer {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
};

static void peer_init(struct peer *p, const SSL_METHOD *method, const char *cert, const char *key)
{
	*p = (struct peer){ .ctx = SSL_CTX_new(method), .fd = -1 };
	if (cert) {
		assert_int_equal(SSL_CTX_use_certificate_chain_file(p->ctx, cert), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey_file(p->ctx, key, SSL_FILETYPE_PEM), 1);
	}
}

static void peer_use(struct peer *p, int fd)
{
	p->fd = fd;
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	p->ssl = SSL_new(p->ctx);
	SSL_set_fd(p->ssl, fd);
}

/* Both sides in turn. */
static bool peer_handshake(struct peer *p)
{
	for (int i = 0; i < 20; i++) {
		int r = SSL_do_handshake(p->ssl);

		wires_settle();
		if (r == 1)
			return true;
		if (SSL_get_error(p->ssl, r) != SSL_ERROR_WANT_READ)
			break;
	}
	ERR_clear_error();
	return false;
}

static bool peer_call(struct peer *p, unsigned realm)
{
	peer_use(p, wires_client(realm));
	SSL_set_connect_state(p->ssl);
	return peer_handshake(p);
}

static void peer_put(struct peer *p, const char *text)
{
	assert_int_equal(SSL_write(p->ssl, text, (int)strlen(text)), (int)strlen(text));
	wires_settle();
}

static const char *peer_get(struct peer *p)
{
	static char text[65536];
	int n = SSL_read(p->ssl, text, sizeof(text) - 1);

	if (n <= 0) {
		bool nothing = SSL_get_error(p->ssl, n) == SSL_ERROR_WANT_READ;

		ERR_clear_error();
		return nothing ? "" : "(end)";
	}
	text[n] = '\0';
	return text;
}

/* Without a word; the session may be used again all the same. */
static void peer_hang_up(struct peer *p)
{
	if (p->ssl)
		SSL_set_shutdown(p->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(p->ssl);
	p->ssl = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	wires_settle();
}

static void peer_free(struct peer *p)
{
	peer_hang_up(p);
	SSL_CTX_free(p->ctx);
}

/* Is the certificate for that name? */
static bool peer_sees(struct peer *p, const char *name)
{
	X509 *cert = SSL_get0_peer_certificate(p->ssl);

	return cert && X509_check_host(cert, name, strlen(name), 0, NULL) == 1;
}

/* ----- tests: they call us ----- */

static void messages_in_and_out(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct peer p;

	(void)state;
	wires_open();
	wires.echoes = true;
	for (unsigned i = 0; i < 2; i++) {
		peer_init(&p, TLS_client_method(), NULL, NULL);
		SSL_CTX_set_max_proto_version(p.ctx, versions[i]);
		assert_true(peer_call(&p, i));
		assert_true(peer_sees(&p, i ? "net.example" : "lan.example"));
		peer_put(&p, BYE("1"));
		assert_int_equal(wires.nreceived, i + 1);
		assert_int_equal(wires.from.transport, CONF_TLS);
		assert_int_equal(wires.from.realm, i);
		assert_int_equal(wires.from.trunk, 0);
		assert_string_equal(peer_get(&p), BYE("1"));
		peer_put(&p, "\r\n\r\n");
		assert_string_equal(peer_get(&p), "\r\n");
		/* No close_notify: as good as one. */
		peer_hang_up(&p);
		assert_int_equal(wires.nclosed, i + 1);
		assert_int_equal(wires.why, STREAM_END_PEER_CLOSED);
		peer_free(&p);
	}
	assert_int_equal(stream_stats(wires.s)->handshakes, 2);
}

/* What is not TLS 1.2, or not TLS, or nothing at all. */
static void who_is_refused(void **state)
{
	struct peer p;
	int fd;

	(void)state;
	wires_open();
	peer_init(&p, TLS_client_method(), NULL, NULL);
	SSL_CTX_set_security_level(p.ctx, 0);
	SSL_CTX_set_min_proto_version(p.ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(p.ctx, TLS1_1_VERSION);
	assert_false(peer_call(&p, 0));
	assert_int_equal(wires.why, STREAM_END_TLS_FAILED);
	peer_free(&p);
	peer_init(&p, TLS_client_method(), NULL, NULL);
	SSL_CTX_set_security_level(p.ctx, 0);
	SSL_CTX_set_max_proto_version(p.ctx, TLS1_2_VERSION);
	assert_int_equal(SSL_CTX_set_cipher_list(p.ctx, "aNULL:eNULL"), 1);
	assert_false(peer_call(&p, 0));
	peer_free(&p);
	fd = wires_client(0);
	wires_put(fd, BYE("1"));
	assert_int_equal(wires.nclosed, 3);
	assert_int_equal(wires.why, STREAM_END_TLS_FAILED);
	close(fd);
	fd = wires_client(0);
	wires_put(fd, "\x16\x03\x01");
	wires_pass(7000);
	assert_int_equal(wires.nclosed, 3);
	wires_pass(2000);
	assert_int_equal(wires.nclosed, 4);
	assert_int_equal(wires.why, STREAM_END_TLS_TIMEOUT);
	assert_int_equal(wires.s->securing, 0);
	close(fd);
}

static void no_renegotiation(void **state)
{
	struct peer p;

	(void)state;
	wires_open();
	wires.echoes = true;
	peer_init(&p, TLS_client_method(), NULL, NULL);
	SSL_CTX_set_max_proto_version(p.ctx, TLS1_2_VERSION);
	assert_true(peer_call(&p, 0));
	assert_int_equal(SSL_renegotiate(p.ssl), 1);
	assert_false(peer_handshake(&p));
	peer_free(&p);
}

static void websocket_over_tls(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: lan.example\r\nUpgrade: websocket\r\nConnection: "
				      "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
				      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
	struct peer p;

	(void)state;
	wires.conf.realms[0].listen[WIRES_LISTEN].transport = CONF_WSS;
	wires_open();
	wires.echoes = true;
	peer_init(&p, TLS_client_method(), NULL, NULL);
	assert_true(peer_call(&p, 0));
	peer_put(&p, request);
	assert_non_null(strstr(peer_get(&p), "HTTP/1.1 101 "));
	assert_int_equal(SSL_write(p.ssl, "\x81\x83\0\0\0\0BYE", 9), 9);
	wires_settle();
	assert_int_equal(wires.nreceived, 1);
	assert_int_equal(wires.from.transport, CONF_WSS);
	assert_string_equal(peer_get(&p), "\x81\x03"
					  "BYE");
	peer_free(&p);
}

/* Every byte in a record of its own. */
static void small_records(void **state)
{
	static const char bye[] = BYE("1");
	struct peer p;

	(void)state;
	wires_open();
	wires.echoes = true;
	peer_init(&p, TLS_client_method(), NULL, NULL);
	assert_true(peer_call(&p, 0));
	for (size_t i = 0; i < sizeof(bye) - 1; i++)
		assert_int_equal(SSL_write(p.ssl, bye + i, 1), 1);
	wires_settle();
	assert_string_equal(peer_get(&p), bye);
	peer_free(&p);
}

/* More than a record in one go: nothing is left in the library unseen. */
static void many_at_once(void **state)
{
	static char all[200 * sizeof(BYE("1"))];
	struct peer p;

	(void)state;
	wires_open();
	for (int i = 0; i < 200; i++)
		strcat(all, BYE("1"));
	peer_init(&p, TLS_client_method(), NULL, NULL);
	assert_true(peer_call(&p, 0));
	peer_put(&p, all);
	assert_int_equal(wires.nreceived, 200);
	peer_free(&p);
}

/* Which certificate for which name (SNI). */
static void name_asked_for(void **state)
{
	static const struct {
		const char *asked, *seen;
	} cases[] = {
		{ NULL, "lan.example" },        { "other.example", "lan.example" }, { "a.example", "a.example" },
		{ "A.EXAMPLE", "a.example" },   { "x.b.example", "b.example" },     { "y.x.b.example", "lan.example" },
		{ "b.example", "lan.example" },
	};
	struct conf_tls *tls = &wires.conf.realms[0].tls;
	struct peer p;

	(void)state;
	tls->nmore = 2;
	tls->more[0] = (struct conf_sni){ .names = { "a.example" }, .nname = 1 };
	tls->more[1] = (struct conf_sni){ .names = { "z.example", "*.b.example" }, .nname = 2 };
	make("a", &authority, "DNS:a.example", DAY, &tls->more[0].cert, &tls->more[0].key);
	make("b", &authority, "DNS:b.example", DAY, &tls->more[1].cert, &tls->more[1].key);
	wires_open();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		peer_init(&p, TLS_client_method(), NULL, NULL);
		peer_use(&p, wires_client(0));
		SSL_set_connect_state(p.ssl);
		if (cases[i].asked)
			SSL_set_tlsext_host_name(p.ssl, cases[i].asked);
		assert_true(peer_handshake(&p));
		if (!peer_sees(&p, cases[i].seen))
			fail_msg("%s: not %s", cases[i].asked, cases[i].seen);
		peer_free(&p);
	}
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	SSL_SESSION **at = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	SSL_SESSION_free(*at);
	*at = session;
	return 1;
}

/* A phone that comes back pays half. */
static void sessions_are_resumed(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	(void)state;
	wires_open();
	wires.echoes = true;
	for (size_t i = 0; i < 2; i++) {
		SSL_SESSION *session = NULL;
		struct peer p;

		peer_init(&p, TLS_client_method(), NULL, NULL);
		SSL_CTX_set_max_proto_version(p.ctx, versions[i]);
		SSL_CTX_set_session_cache_mode(p.ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
		SSL_CTX_set_app_data(p.ctx, &session);
		SSL_CTX_sess_set_new_cb(p.ctx, keep_session);
		assert_true(peer_call(&p, 0));
		assert_false(SSL_session_reused(p.ssl));
		peer_put(&p, BYE("1"));
		peer_get(&p);
		peer_hang_up(&p);
		assert_non_null(session);
		for (unsigned realm = 0; realm < 2; realm++) {
			peer_use(&p, wires_client(realm));
			SSL_set_connect_state(p.ssl);
			SSL_set_session(p.ssl, session);
			peer_handshake(&p);
			/* A session of one realm is none of another. */
			assert_int_equal(SSL_session_reused(p.ssl), realm == 0);
			peer_hang_up(&p);
		}
		SSL_SESSION_free(session);
		peer_free(&p);
	}
}

/* Which trunk an incoming connection is of. */
static void client_certificates(void **state)
{
	static const struct {
		enum conf_client client;
		const char *alternatives; /* NULL: shows none */
		bool believed;            /* signed by whom we believe */
		bool done;
		unsigned trunk;
	} cases[] = {
		{ CONF_CLIENT_NONE, "DNS:carrier.example", true, true, 0 },
		{ CONF_CLIENT_OPTIONAL, NULL, false, true, 0 },
		{ CONF_CLIENT_OPTIONAL, "DNS:carrier.example", true, true, 1 },
		{ CONF_CLIENT_OPTIONAL, "URI:sip:carrier.example", true, true, 1 },
		{ CONF_CLIENT_OPTIONAL, "DNS:x.pool.example", true, true, 1 },
		{ CONF_CLIENT_OPTIONAL, "DNS:carrier.example", false, true, 0 },
		{ CONF_CLIENT_OPTIONAL, "DNS:phone.example", true, true, 0 },
		{ CONF_CLIENT_REQUIRE, NULL, false, false, 0 },
		{ CONF_CLIENT_REQUIRE, "DNS:carrier.example", true, true, 1 },
		{ CONF_CLIENT_REQUIRE, "DNS:carrier.example", false, false, 0 },
		{ CONF_CLIENT_REQUIRE, "DNS:phone.example", true, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *cert = NULL, *key = NULL;
		unsigned before = wires.nreceived;
		struct peer p;

		wires.conf.realms[0].tls.client = cases[i].client;
		wires.conf.realms[0].tls.ca = authority_pem;
		wires_open();
		if (cases[i].alternatives)
			make("client", cases[i].believed ? &authority : &stranger, cases[i].alternatives, DAY, &cert,
			     &key);
		peer_init(&p, TLS_client_method(), cert, key);
		peer_call(&p, 0); /* TLS 1.3 clients are done before we have seen their certificate */
		if (cases[i].done)
			peer_put(&p, BYE("1"));
		if (wires.nreceived - before != cases[i].done || (cases[i].done && wires.from.trunk != cases[i].trunk))
			fail_msg("%zu: %u received, trunk %u\n%s", i, wires.nreceived - before, wires.from.trunk,
				 wires.log);
		peer_free(&p);
		wires_close();
		while (papers.npath > 6)
			free(papers.path[--papers.npath]);
	}
	wires_open();
}

/* ----- tests: we call them ----- */

static enum tls_step ends_to_step(enum stream_end why)
{
	return why == STREAM_END_TLS_CHAIN ? TLS_UNTRUSTED : why == STREAM_END_TLS_NAME ? TLS_OTHER_NAME : TLS_FAILED;
}

static void called_by_us(void **state)
{
	static const struct {
		const char *alternatives;
		bool believed;
		long to;
		bool off;
		enum tls_step expected;
		const char *says;
	} cases[] = {
		{ "DNS:carrier.example", true, DAY, false, TLS_DONE, NULL },
		{ "URI:sip:carrier.example", true, DAY, false, TLS_DONE, NULL },
		{ "DNS:a.pool.example", true, DAY, false, TLS_DONE, NULL },
		{ "DNS:a.example", true, DAY, false, TLS_OTHER_NAME, NULL },
		{ "DNS:*.example", true, DAY, false, TLS_OTHER_NAME, NULL },
		{ "URI:sip:other.example,DNS:carrier.example", true, DAY, false, TLS_OTHER_NAME, NULL },
		{ "DNS:carrier.example", false, DAY, false, TLS_UNTRUSTED,
		  "failure; who may sign it: trunks.carrier.verify" },
		{ "DNS:carrier.example", true, -DAY, false, TLS_UNTRUSTED,
		  "its certificate is not trusted: certificate has expired (here it is 20" },
		{ "DNS:a.example", false, -DAY, true, TLS_DONE, NULL },
	};
	const char *cert, *key;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum tls_step step;
		struct flow to;
		struct peer p;
		struct addr at;
		int listening = wires_server(&at);

		wires.trunks[0].verify.off = cases[i].off;
		wires.log[0] = '\0';
		wires_open();
		make("server", cases[i].believed ? &authority : &stranger, cases[i].alternatives, cases[i].to, &cert,
		     &key);
		peer_init(&p, TLS_server_method(), cert, key);
		to = wires_flow(&at);
		to.transport = CONF_TLS;
		to.trunk = 1;
		wires.nclosed = 0;
		assert_int_equal(stream_send(wires.s, &to, SPAN("hello")), 0);
		wires_settle();
		peer_use(&p, accept(listening, NULL, NULL));
		SSL_set_accept_state(p.ssl);
		peer_handshake(&p);
		step = wires.nclosed ? ends_to_step(wires.why) : TLS_DONE;
		if (step != cases[i].expected)
			fail_msg("%zu: %s: %s", i, cases[i].alternatives,
				 wires.nclosed ? stream_end_name(wires.why) : "done");
		if (cases[i].says && !strstr(wires.log, cases[i].says))
			fail_msg("%s, not %s", wires.log, cases[i].says);
		if (step == TLS_DONE) {
			assert_string_equal(peer_get(&p), "hello");
			assert_string_equal(SSL_get_servername(p.ssl, TLSEXT_NAMETYPE_host_name), "carrier.example");
		}
		peer_free(&p);
		close(listening);
		wires_close();
		while (papers.npath > 6)
			free(papers.path[--papers.npath]);
	}
	wires_open();
}

/* Nobody is called whom no trunk stands for: there would be nothing to verify. Nor is a connection to a trunk used
 * whose peer is not proven to be that. */
static void who_is_not_called(void **state)
{
	struct flow to;
	struct addr at;
	int listening = wires_server(&at);
	struct peer p;

	(void)state;
	wires_open();
	to = wires_flow(&at);
	to.transport = CONF_TLS;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), -1);
	close(listening);
	peer_init(&p, TLS_client_method(), NULL, NULL);
	assert_true(peer_call(&p, 0));
	peer_put(&p, BYE("1"));
	to = wires.from;
	to.connection = 0;
	assert_int_equal(stream_send(wires.s, &to, SPAN("to the phone")), 0);
	assert_int_equal(to.connection, wires.from.connection);
	wires_settle();
	assert_string_equal(peer_get(&p), "to the phone");
	to.connection = 0;
	to.trunk = 1;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), 0);
	assert_true(to.connection != wires.from.connection);
	peer_free(&p);
}

/* ----- tests: certificates that change ----- */

/* The name in the certificate that a new connection sees. */
static bool new_one_sees(const char *name)
{
	struct peer p;
	bool sees;

	peer_init(&p, TLS_client_method(), NULL, NULL);
	sees = peer_call(&p, 0) && peer_sees(&p, name);
	peer_free(&p);
	return sees;
}

static void copy_file(const char *from, const char *to)
{
	char text[8192];
	FILE *f = fopen(from, "re");
	size_t n = fread(text, 1, sizeof(text) - 1, f);

	text[n] = '\0';
	fclose(f);
	paper_write_text(text, to);
}

static void read_again(void **state)
{
	const struct conf_tls *tls = &wires.conf.realms[0].tls;
	const char *cert, *key, *old_cert, *old_key;
	struct peer live;

	(void)state;
	wires_open();
	wires.echoes = true;
	peer_init(&live, TLS_client_method(), NULL, NULL);
	assert_true(peer_call(&live, 0));
	make("new", &authority, "DNS:new.example", DAY, &cert, &key);
	make("old", &authority, "DNS:old.example", -DAY, &old_cert, &old_key);
	/* The certificate without its key. */
	copy_file(cert, tls->cert);
	stream_reload(wires.s);
	assert_non_null(strstr(wires.log, "lan.key: not the key of the certificate; the certificate in use stays"));
	assert_true(new_one_sees("lan.example"));
	/* Expired. */
	copy_file(old_cert, tls->cert);
	copy_file(old_key, tls->key);
	stream_reload(wires.s);
	assert_non_null(strstr(wires.log, "lan.pem: has expired; the certificate in use stays"));
	assert_true(new_one_sees("lan.example"));
	paper_write_text("", tls->cert);
	stream_reload(wires.s);
	assert_true(new_one_sees("lan.example"));
	unlink(tls->cert);
	stream_reload(wires.s);
	assert_non_null(strstr(wires.log, "lan.pem: No such file or directory; the certificate in use stays"));
	assert_true(new_one_sees("lan.example"));
	copy_file(cert, tls->cert);
	copy_file(key, tls->key);
	stream_reload(wires.s);
	assert_true(new_one_sees("new.example"));
	/* Who was there is there. */
	peer_put(&live, BYE("1"));
	assert_string_equal(peer_get(&live), BYE("1"));
	peer_free(&live);
}

static void memory_of_reloads(void **state)
{
	size_t before = 0, after;

	(void)state;
	wires_open();
	for (int i = 0; i < 1000; i++) {
		if (i == 100)
			before = mallinfo2().uordblks;
		stream_reload(wires.s);
	}
	after = mallinfo2().uordblks;
	if (after > before + 65536)
		fail_msg("%zu bytes more after 900 reloads", after - before);
}

static void what_cannot_be_started_with(void **state)
{
	const char *cert, *key;

	(void)state;
	wires.conf.realms[1].tls.key = wires.conf.realms[0].tls.key;
	assert_false(wires_try());
	assert_non_null(strstr(wires.error, "realms.internet: "));
	assert_non_null(strstr(wires.error, "lan.key: not the key of the certificate"));
	/* One that has expired is told of, but telephones over UDP must not suffer. */
	make("old", &authority, "DNS:old.example", -DAY, &cert, &key);
	wires.conf.realms[1].tls.cert = cert;
	wires.conf.realms[1].tls.key = key;
	wires_open();
	assert_non_null(strstr(wires.log, "old.pem has expired: peers will refuse it"));
	assert_true(tls_expires(wires.s->tls) > 0);
	/* And again every day. */
	wires.log[0] = '\0';
	wires_pass(86399000);
	assert_string_equal(wires.log, "");
	wires_pass(2000);
	assert_non_null(strstr(wires.log, "old.pem has expired: peers will refuse it"));
	assert_non_null(strstr(wires.log, "lan.pem expires in "));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_in_and_out), TEST(who_is_refused),
		TEST(no_renegotiation),    TEST(websocket_over_tls),
		TEST(small_records),       TEST(many_at_once),
		TEST(name_asked_for),      TEST(sessions_are_resumed),
		TEST(client_certificates), TEST(called_by_us),
		TEST(who_is_not_called),   TEST(read_again),
		TEST(memory_of_reloads),   TEST(what_cannot_be_started_with),
	};

	return cmocka_run_group_tests(tests, open_papers, close_papers);
}
