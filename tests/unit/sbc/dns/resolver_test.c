/* SPDX-License-Identifier: BSD-3-Clause */
/* c-ares against a name server in this process, on loopback. */
#include "sbc/dns/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/alg/net/dnstext.h"

enum { TIMEOUT_MS = 300, TRIES = 2, PATIENCE_S = 20, RAW_MAX = 65536 };

/* What the server does with a question. */
enum manner { ANSWERS, SILENT, TRUNCATES, WRONG_ID, LATE };

static const struct entry {
	const char *name;
	uint16_t type;
	enum manner manner;
	unsigned rcode;
	const char *lines;
} entries[] = {
	{ "host.x", DNS_A, ANSWERS, 0, "host.x 60 A 192.0.2.1" },
	{ "host.x", DNS_NAPTR, ANSWERS, 0, "--\nx 60 SOA 20" },
	{ "none.x", DNS_A, ANSWERS, 3, "--\nx 60 SOA 20" },
	{ "alias.x", DNS_A, ANSWERS, 0, "alias.x 60 CNAME host.x" },
	{ "broken.x", DNS_A, ANSWERS, 2, "" },
	{ "refused.x", DNS_A, ANSWERS, 5, "" },
	{ "silent.x", DNS_A, SILENT, 0, "" },
	{ "forged.x", DNS_A, WRONG_ID, 0, "forged.x 60 A 192.0.2.66" },
	{ "long.x", DNS_A, TRUNCATES, 0, "long.x 60 A 192.0.2.2" },
	{ "late.x", DNS_A, LATE, 0, "late.x 60 A 192.0.2.3" },
	{ "mute-tcp.x", DNS_A, TRUNCATES, 0, "" },
};

static struct server {
	int udp, tcp, connection;
	uint16_t port;
	struct event *on_udp, *on_tcp, *on_connection;
	unsigned asked;
	struct sockaddr_in from;
	uint8_t late_raw[RAW_MAX];
	size_t late_n;
} server;

static struct event_base *base;
static struct resolver *resolver;

/* The last answer. */
static struct heard {
	unsigned n;
	uint32_t id;
	enum resolve_status status;
	char raw[RAW_MAX];
	uint32_t raw_n;
} heard;

/* ----- the server ----- */

static const struct entry *entry_of(struct span question, char name[DNS_NAME_MAX], uint16_t *type)
{
	uint32_t at = 12, n = 0;

	while (at < question.n && question.p[at]) {
		uint32_t len = (uint8_t)question.p[at];

		if (n)
			name[n++] = '.';
		memcpy(name + n, question.p + at + 1, len);
		n += len;
		at += len + 1;
	}
	name[n] = '\0';
	*type = (uint16_t)((uint8_t)question.p[at + 1] << 8 | (uint8_t)question.p[at + 2]);
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (strcmp(entries[i].name, name) == 0 && entries[i].type == *type)
			return &entries[i];
	return NULL;
}

static struct span compose(struct span question, const struct entry *e, char *raw, bool truncated)
{
	struct writer w = writer_over(raw, RAW_MAX);
	struct span out;

	dnstext_answer(&w, e->rcode, e->name, e->type, truncated ? "" : e->lines);
	out = writer_done(&w);
	memcpy(raw, question.p, 2);
	if (e->manner == WRONG_ID)
		raw[0] = (char)(raw[0] ^ 1);
	if (truncated)
		raw[2] = (char)(raw[2] | 2);
	return out;
}

static void on_question(evutil_socket_t fd, short what, void *ctx)
{
	static char question[RAW_MAX], raw[RAW_MAX];
	socklen_t len = sizeof(server.from);
	ssize_t n = recvfrom(fd, question, sizeof(question), 0, (struct sockaddr *)&server.from, &len);
	char name[DNS_NAME_MAX];
	const struct entry *e;
	struct span answer;
	uint16_t type;

	(void)what, (void)ctx;
	if (n < 17)
		return;
	server.asked++;
	e = entry_of(span_of(question, (size_t)n), name, &type);
	if (!e || e->manner == SILENT)
		return;
	answer = compose(span_of(question, (size_t)n), e, raw, e->manner == TRUNCATES);
	/* The first try is answered when the second one comes. */
	if (e->manner == LATE && server.asked == 1) {
		memcpy(server.late_raw, answer.p, answer.n);
		server.late_n = answer.n;
		return;
	}
	if (e->manner == LATE)
		answer = span_of(server.late_raw, server.late_n);
	sendto(fd, answer.p, answer.n, 0, (struct sockaddr *)&server.from, len);
}

static void on_stream(evutil_socket_t fd, short what, void *ctx)
{
	static char question[RAW_MAX], raw[RAW_MAX];
	ssize_t n = read(fd, question, sizeof(question));
	char name[DNS_NAME_MAX];
	const struct entry *e;
	struct span answer;
	uint8_t head[2];
	uint16_t type;

	(void)what, (void)ctx;
	if (n < 19) {
		event_del(server.on_connection);
		return;
	}
	e = entry_of(span_of(question + 2, (size_t)n - 2), name, &type);
	if (!e || !e->lines[0])
		return;
	answer = compose(span_of(question + 2, (size_t)n - 2), e, raw, false);
	head[0] = (uint8_t)(answer.n >> 8);
	head[1] = (uint8_t)answer.n;
	assert_int_equal(write(fd, head, 2), 2);
	/* In two pieces: a stream is one. */
	assert_int_equal(write(fd, answer.p, 5), 5);
	assert_int_equal(write(fd, answer.p + 5, answer.n - 5), answer.n - 5);
}

static void on_connect(evutil_socket_t fd, short what, void *ctx)
{
	(void)what, (void)ctx;
	if (server.connection >= 0) {
		event_free(server.on_connection);
		close(server.connection);
	}
	server.connection = accept(fd, NULL, NULL);
	assert_true(server.connection >= 0);
	server.on_connection = event_new(base, server.connection, EV_READ | EV_PERSIST, on_stream, NULL);
	event_add(server.on_connection, NULL);
}

static int open_socket(int type, uint16_t *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons(*port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || getsockname(fd, (struct sockaddr *)&sa, &len)) {
		close(fd);
		return -1;
	}
	*port = ntohs(sa.sin_port);
	return fd;
}

static void open_server(void)
{
	memset(&server, 0, sizeof(server));
	server.connection = -1;
	/* A port that is free for both. */
	for (int i = 0; i < 20; i++) {
		server.port = 0;
		server.udp = open_socket(SOCK_DGRAM, &server.port);
		server.tcp = open_socket(SOCK_STREAM, &server.port);
		if (server.tcp >= 0)
			break;
		close(server.udp);
	}
	assert_true(server.tcp >= 0);
	assert_int_equal(listen(server.tcp, 4), 0);
	server.on_udp = event_new(base, server.udp, EV_READ | EV_PERSIST, on_question, NULL);
	server.on_tcp = event_new(base, server.tcp, EV_READ | EV_PERSIST, on_connect, NULL);
	event_add(server.on_udp, NULL);
	event_add(server.on_tcp, NULL);
}

static void close_server(void)
{
	event_free(server.on_udp);
	event_free(server.on_tcp);
	close(server.udp);
	close(server.tcp);
	if (server.connection >= 0) {
		event_free(server.on_connection);
		close(server.connection);
	}
}

/* ----- the resolver ----- */

static void on_answered(void *ctx, uint32_t id, enum resolve_status status, struct span raw)
{
	assert_ptr_equal(ctx, &heard);
	heard.n++;
	heard.id = id;
	heard.status = status;
	heard.raw_n = raw.n;
	if (raw.n)
		memcpy(heard.raw, raw.p, raw.n);
	event_base_loopbreak(base);
}

/* dead: a server in front that nobody is. */
static void open_resolver(bool dead)
{
	struct conf_dns dns = { .timeout_ms = TIMEOUT_MS, .tries = TRIES };
	struct resolver_setup setup = { .dns = &dns, .answered = on_answered, .ctx = &heard };
	struct addr address = { .ip = { 127, 0, 0, 1 }, .family = ADDR_V4 };
	uint16_t port = 0;

	base = event_base_new();
	open_server();
	if (dead) {
		close(open_socket(SOCK_DGRAM, &port));
		address.port = port;
		dns.servers[dns.nserver++] = address;
	}
	address.port = server.port;
	dns.servers[dns.nserver++] = address;
	setup.base = base;
	memset(&heard, 0, sizeof(heard));
	resolver = resolver_new(&setup);
	assert_non_null(resolver);
}

static void close_resolver(void)
{
	resolver_free(resolver);
	close_server();
	event_base_free(base);
}

/* Until something was heard; a test that waits for nothing fails by itself in the end. */
static void wait_for(unsigned n)
{
	const struct timeval patience = { PATIENCE_S, 0 };

	event_base_loopexit(base, &patience);
	while (heard.n < n && !event_base_got_exit(base))
		event_base_dispatch(base);
	assert_int_equal(heard.n, n);
}

static void every_kind_of_answer(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		bool dead;
		enum resolve_status status;
		bool raw;
	} cases[] = {
		{ "host.x", DNS_A, false, RESOLVE_OK, true },
		{ "host.x", DNS_NAPTR, false, RESOLVE_NO_DATA, true },
		{ "none.x", DNS_A, false, RESOLVE_NO_NAME, true },
		{ "alias.x", DNS_A, false, RESOLVE_OK, true },
		{ "broken.x", DNS_A, false, RESOLVE_FAILED, false },
		{ "refused.x", DNS_A, false, RESOLVE_FAILED, false },
		{ "silent.x", DNS_A, false, RESOLVE_FAILED, false },
		{ "forged.x", DNS_A, false, RESOLVE_FAILED, false },
		{ "long.x", DNS_A, false, RESOLVE_OK, true },
		{ "late.x", DNS_A, false, RESOLVE_OK, true },
		{ "mute-tcp.x", DNS_A, false, RESOLVE_FAILED, false },
		{ "host.x", DNS_A, true, RESOLVE_OK, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s %u\n", cases[i].name, cases[i].type);
		open_resolver(cases[i].dead);
		assert_int_equal(resolver_ask(resolver, cases[i].name, cases[i].type, 4711), 0);
		assert_int_equal(heard.n, 0);
		wait_for(1);
		assert_int_equal(heard.id, 4711);
		assert_int_equal(heard.status, cases[i].status);
		if (cases[i].raw)
			assert_true(heard.raw_n > 12);
		close_resolver();
	}
}

/* What is read is what was sent, TTL and all. */
static void the_raw_answer(void **state)
{
	struct dnsanswer a;
	struct dnsrecord d;

	(void)state;
	open_resolver(false);
	assert_int_equal(resolver_ask(resolver, "long.x", DNS_A, 1), 0);
	wait_for(1);
	assert_int_equal(dnsanswer_open(span_of(heard.raw, heard.raw_n), &a), 0);
	assert_int_equal(dnsanswer_next(&a, &d), 1);
	assert_string_equal(d.owner, "long.x");
	assert_int_equal(d.ttl, 60);
	assert_int_equal(d.addr.ip[3], 2);
	close_resolver();
}

/* Many at once, each answered once, by its id. */
static void many_questions(void **state)
{
	enum { MANY = 50 };

	(void)state;
	open_resolver(false);
	for (uint32_t i = 1; i <= MANY; i++)
		assert_int_equal(resolver_ask(resolver, "host.x", DNS_A, i), 0);
	wait_for(MANY);
	assert_in_range(heard.id, 1, MANY);
	close_resolver();
}

static void no_name(void **state)
{
	(void)state;
	open_resolver(false);
	assert_int_equal(resolver_ask(resolver, "a..b", DNS_A, 1), -1);
	assert_int_equal(heard.n, 0);
	assert_int_equal(resolver_ask(resolver, "host.x", DNS_A, 2), 0);
	wait_for(1);
	assert_int_equal(heard.id, 2);
	close_resolver();
}

/* Nobody is told of questions that were out when it closed. */
static void closed_while_asking(void **state)
{
	(void)state;
	open_resolver(false);
	assert_int_equal(resolver_ask(resolver, "silent.x", DNS_A, 1), 0);
	assert_int_equal(resolver_ask(resolver, "long.x", DNS_A, 2), 0);
	event_base_loop(base, EVLOOP_ONCE);
	close_resolver();
	assert_int_equal(heard.n, 0);
	resolver_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_answer), cmocka_unit_test(the_raw_answer),
		cmocka_unit_test(many_questions),       cmocka_unit_test(no_name),
		cmocka_unit_test(closed_while_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
