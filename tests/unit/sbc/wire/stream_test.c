/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections over TCP. */
#include <sys/resource.h>

#include "tests/unit/sbc/wires.h"

#define BYE WIRES_BYE

static int open_all(void **state)
{
	(void)state;
	wires_conf(CONF_TCP);
	wires_open();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	wires_close();
	return 0;
}

/* Of our socket that has this peer, as the IP header has it; -1: there is none. */
static int octet_towards(int peer)
{
	struct sockaddr_storage want, at;
	socklen_t n = sizeof(want), size = sizeof(int);
	int octet = -1;

	memset(&want, 0, sizeof(want));
	assert_int_equal(getsockname(peer, (struct sockaddr *)&want, &n), 0);
	for (int fd = 3; fd < 256; fd++) {
		struct addr a, b;

		n = sizeof(at);
		if (getpeername(fd, (struct sockaddr *)&at, &n) || addr_from_sockaddr((struct sockaddr *)&at, &a) ||
		    addr_from_sockaddr((struct sockaddr *)&want, &b) || !addr_eq(&a, &b))
			continue;
		assert_int_equal(at.ss_family == AF_INET6 ? getsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &octet, &size)
							  : getsockopt(fd, IPPROTO_IP, IP_TOS, &octet, &size),
				 0);
	}
	return octet;
}

/* Connections of both IP versions are marked as their realm says, whoever opened them. */
static void marked(void **state)
{
	struct addr at;
	struct flow to;
	int listening, fd;

	(void)state;
	wires_close();
	wires.conf.realms[0].signalling_dscp = 40;
	wires.conf.realms[1].signalling_dscp = 26;
	wires_open();
	for (unsigned r = 0; r < 2; r++) {
		fd = wires_client(r);
		wires_put(fd, BYE("1"));
		assert_int_equal(octet_towards(fd), (r ? 26 : 40) << 2);
		close(fd);
	}
	listening = wires_server(&at);
	to = wires_flow(&at);
	assert_int_equal(stream_send(wires.s, &to, SPAN("one")), 0);
	wires_settle();
	fd = accept(listening, NULL, NULL);
	assert_int_equal(octet_towards(fd), wires.conf.realms[to.realm].signalling_dscp << 2);
	close(fd);
	close(listening);
}

/* Both IP versions; the flow says where it came in and from whom, and leads back. */
static void messages_in_and_out(void **state)
{
	(void)state;
	wires.echoes = true;
	for (unsigned r = 0; r < 2; r++) {
		int fd = wires_client(r);

		wires_put(fd, BYE("1"));
		assert_int_equal(wires.nreceived, r + 1);
		assert_int_equal(wires.from.realm, r);
		assert_int_equal(wires.from.listen, 1);
		assert_int_equal(wires.from.transport, CONF_TCP);
		assert_true(wires.from.connection != 0);
		assert_true(addr_same_host(&wires.from.peer, &wires.conf.realms[r].address));
		assert_string_equal(wires_get(fd), BYE("1"));
		close(fd);
		wires_settle();
		assert_int_equal(wires.nclosed, r + 1);
		assert_true(flow_eq(&wires.closed, &wires.from));
		assert_int_equal(wires.why, STREAM_END_PEER_CLOSED);
	}
	assert_int_equal(stream_stats(wires.s)->open, 0);
	assert_int_equal(stream_stats(wires.s)->accepted, 2);
}

/* However the bytes are cut. */
static void cut_anywhere(void **state)
{
	static const char two[] = BYE("1") BYE("2");
	int fd;

	(void)state;
	for (size_t cut = 0; cut <= sizeof(two) - 1; cut += 7) {
		char first[sizeof(two)];

		fd = wires_client(0);
		wires.text[0] = '\0';
		wires.ntext = 0;
		snprintf(first, sizeof(first), "%.*s", (int)cut, two);
		wires_put(fd, first);
		wires_put(fd, two + cut);
		assert_string_equal(wires.text, two);
		close(fd);
	}
	wires_settle();
	assert_int_equal(stream_stats(wires.s)->open, 0);
}

static void keepalive(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires_put(fd, "\r\n\r\n" BYE("1") "\r\n\r\n");
	assert_int_equal(wires.nreceived, 1);
	assert_string_equal(wires_get(fd), "\r\n\r\n");
	wires_put(fd, "\r\n");
	assert_string_equal(wires_get(fd), "");
	close(fd);
}

/* The two CRLF of a ping come as they like; a message between them makes them two that mean nothing. */
static void ping_in_pieces(void **state)
{
	static const struct {
		const char *pieces[5], *answer;
	} cases[] = {
		{ { "\r\n\r\n" }, "\r\n" },
		{ { "\r\n", "\r\n" }, "\r\n" },
		{ { "\r", "\n\r\n" }, "\r\n" },
		{ { "\r\n\r", "\n" }, "\r\n" },
		{ { "\r", "\n", "\r", "\n" }, "\r\n" },
		{ { "\r\n\r\n\r\n", "\r\n" }, "\r\n\r\n" },
		{ { "\r\n\r\n", "\r\n" }, "\r\n" },
		{ { BYE("1") "\r\n", "\r\n" BYE("2") }, "\r\n" },
		{ { "\r\n" BYE("1") "\r\n" }, "" },
		{ { "\r\n", BYE("1"), "\r\n" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int fd = wires_client(0);
		const char *got;

		for (unsigned k = 0; k < 5 && cases[i].pieces[k]; k++)
			wires_put(fd, cases[i].pieces[k]);
		got = wires_get(fd);
		if (strcmp(got, cases[i].answer) != 0)
			fail_msg("%zu: %zu bytes", i, strlen(got));
		close(fd);
	}
	wires_settle();
	assert_int_equal(wires.why, STREAM_END_PEER_CLOSED);
}

/* One connection for all that goes to one peer, in order; it says its number at once. */
static void opened_by_us(void **state)
{
	struct addr at;
	int listening = wires_server(&at), fd;
	struct flow to = wires_flow(&at), again = to;

	(void)state;
	assert_int_equal(stream_send(wires.s, &to, SPAN("one ")), 0);
	assert_true(to.connection != 0);
	assert_int_equal(stream_send(wires.s, &again, SPAN("two")), 0);
	assert_int_equal(again.connection, to.connection);
	wires_settle();
	fd = accept(listening, NULL, NULL);
	assert_string_equal(wires_get(fd), "one two");
	wires_put(fd, BYE("1"));
	assert_int_equal(wires.from.connection, to.connection);
	close(fd);
	wires_settle();
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.closed.connection, to.connection);
	assert_int_equal(stream_send(wires.s, &to, SPAN("gone")), -1);
	again.connection = 0;
	assert_int_equal(stream_send(wires.s, &again, SPAN("anew")), 0);
	assert_true(again.connection != to.connection);
	assert_int_equal(stream_stats(wires.s)->started, 2);
	close(listening);
}

static void nobody_listens(void **state)
{
	struct addr at;
	int listening = wires_server(&at);
	struct flow to = wires_flow(&at);

	(void)state;
	close(listening);
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), 0);
	wires_settle();
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_CONNECT_REFUSED);
}

/* What a peer does wrong, and when it is closed for it. */
static void deadlines(void **state)
{
	static const struct {
		const char *sent;
		uint64_t open_ms, closed_ms;
		enum stream_end why;
	} cases[] = {
		{ "", 31000, 33000, STREAM_END_IDLE },
		{ "\r\n", 31000, 33000, STREAM_END_IDLE },
		{ "B", 29000, 31000, STREAM_END_MESSAGE_TIMEOUT },
		{ BYE("1"), 3590000, 3601000, STREAM_END_IDLE },
		{ BYE("1") "B", 29000, 31000, STREAM_END_MESSAGE_TIMEOUT },
		{ "GET / HTTP/1.1\r\n\r\n", UINT64_MAX, 0, STREAM_END_BROKEN },
		{ "\x16\x03\x01", UINT64_MAX, 0, STREAM_END_BROKEN },
		{ "BYE sip:a@h SIP/2.0\r\nContent-Length: 99999\r\n\r\n", UINT64_MAX, 0, STREAM_END_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int fd = wires_client(0);

		wires.nclosed = 0;
		wires_put(fd, cases[i].sent);
		if (cases[i].open_ms != UINT64_MAX) {
			wires_pass(cases[i].open_ms);
			assert_int_equal(wires.nclosed, 0);
			wires_pass(cases[i].closed_ms - cases[i].open_ms);
		}
		if (wires.nclosed != 1 || wires.why != cases[i].why)
			fail_msg("%zu: %u closed, %s", i, wires.nclosed,
				 wires.nclosed ? stream_end_name(wires.why) : "");
		assert_string_equal(wires_get(fd), "(end)");
		close(fd);
	}
}

/* Pings keep a connection that serves for something, and no other. */
static void pings_keep_it(void **state)
{
	int phone = wires_client(0), other = wires_client(0);

	(void)state;
	wires_put(phone, BYE("1"));
	for (int i = 0; i < 200; i++) {
		if (wires.nclosed == 0)
			wires_put(other, "\r\n\r\n");
		wires_put(phone, "\r\n\r\n");
		wires_pass(30000);
		assert_int_equal(wires.nclosed, i > 0);
	}
	assert_int_equal(wires.why, STREAM_END_IDLE);
	assert_true(wires.closed.connection != wires.from.connection);
	wires_pass(3600000);
	assert_int_equal(wires.nclosed, 2);
	close(phone);
	close(other);
}

/* Whom a reset tells of. */
static void reset(void **state)
{
	struct linger hard = { .l_onoff = 1 };
	int fd = wires_client(0);

	(void)state;
	wires_put(fd, "BYE");
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)), 0);
	close(fd);
	wires_settle();
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_RESET);
}

/* What the peer asked before it closed its half is answered. */
static void half_closed(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires.echoes = true;
	send(fd, BYE("1"), sizeof(BYE("1")) - 1, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	wires_settle();
	assert_string_equal(wires_get(fd), BYE("1"));
	assert_int_equal(wires.nclosed, 1);
	close(fd);
}

/* What was sound before the framing broke is answered; nothing behind it is looked at. */
static void broken_behind(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires.echoes = true;
	wires_put(fd, BYE("1") "BYE sip:a@h SIP/2.0\r\nContent-Length: -1\r\n\r\n" BYE("2"));
	assert_string_equal(wires_get(fd), BYE("1"));
	assert_int_equal(wires.nreceived, 1);
	assert_int_equal(wires.why, STREAM_END_BROKEN);
	close(fd);
}

/* A SYN that nobody answers: the peer's backlog is full. */
static void connect_timeout(void **state)
{
	struct sockaddr_storage sa;
	struct addr at;
	int listening = wires_server(&at), waiting[8];
	socklen_t len = addr_to_sockaddr(&at, &sa);
	struct flow to = wires_flow(&at);

	(void)state;
	listen(listening, 0);
	for (int i = 0; i < 8; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(waiting[i], (struct sockaddr *)&sa, len);
	}
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), 0);
	wires_settle();
	wires_pass(4000);
	assert_int_equal(wires.nclosed, 0);
	wires_pass(2000);
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_CONNECT_TIMEOUT);
	for (int i = 0; i < 8; i++)
		close(waiting[i]);
	close(listening);
}

static void what_fails_at_once(void **state)
{
	struct addr at = { .ip = { 127, 0, 0, 1 }, .port = 9, .family = ADDR_V4 };
	struct flow other_family = wires_flow(&at), unset = wires_flow(&(struct addr){ 0 }), gone = wires_flow(&at);

	(void)state;
	other_family.realm = 1;
	gone.connection = 77;
	assert_int_equal(stream_send(wires.s, &other_family, SPAN("x")), -1);
	assert_int_equal(stream_send(wires.s, &unset, SPAN("x")), -1);
	assert_int_equal(stream_send(wires.s, &gone, SPAN("x")), -1);
	assert_int_equal(stream_stats(wires.s)->open, 0);
}

/* A request to where the peer listens takes the connection it opened itself, once that was agreed upon (RFC 5923). */
static void alias(void **state)
{
	struct addr at;
	int listening = wires_server(&at), fd = wires_client(0);
	struct flow to = wires_flow(&at);

	(void)state;
	wires_put(fd, BYE("1"));
	stream_alias(wires.s, &wires.from, &at);
	stream_alias(wires.s, &wires.from, &at); /* each time it is said */
	assert_int_equal(stream_send(wires.s, &to, SPAN("here")), 0);
	assert_int_equal(to.connection, wires.from.connection);
	wires_settle();
	assert_string_equal(wires_get(fd), "here");
	close(fd);
	wires_settle();
	to.connection = 0;
	assert_int_equal(stream_send(wires.s, &to, SPAN("there")), 0);
	assert_true(to.connection != wires.from.connection);
	stream_alias(wires.s, &wires.from, &at); /* gone by now */
	close(listening);
}

/* A connection of one realm is none of another, of one transport none of another. */
static void kept_apart(void **state)
{
	int fd = wires_client(0);
	struct flow to;

	(void)state;
	wires_put(fd, BYE("1"));
	to = wires.from;
	to.connection = 0;
	to.realm = 1;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), -1); /* an IPv4 peer, an IPv6 realm */
	to.realm = 0;
	to.transport = CONF_WS;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), -1);
	to.transport = CONF_TCP;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), 0);
	assert_int_equal(to.connection, wires.from.connection);
	close(fd);
}

/* Who reads nothing is not waited for: neither in memory nor in time. */
static void reads_nothing(void **state)
{
	static char large[60000];
	int fd = wires_client(0), queued = 0;
	struct flow to;

	(void)state;
	wires_put(fd, BYE("1"));
	to = wires.from;
	while (queued < 1000 && stream_send(wires.s, &to, span_of(large, sizeof(large))) == 0) {
		wires_settle();
		queued++;
	}
	wires_settle();
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_READS_SLOWLY);
	close(fd);
	fd = wires_client(0);
	wires_put(fd, BYE("1"));
	to = wires.from;
	/* More than the sockets hold, less than we hold for it. */
	for (int i = 0; i < queued - 4; i++) {
		assert_int_equal(stream_send(wires.s, &to, span_of(large, sizeof(large))), 0);
		wires_settle();
	}
	wires_pass(29000);
	assert_int_equal(wires.nclosed, 1);
	wires_pass(2000);
	assert_int_equal(wires.nclosed, 2);
	assert_int_equal(wires.why, STREAM_END_READS_SLOWLY);
	close(fd);
}

/* A peer that reads late gets all of it. */
static void reads_late(void **state)
{
	static char large[60000];
	int fd = wires_client(0), queued;
	long received = 0;
	struct flow to;

	(void)state;
	wires_put(fd, BYE("1"));
	to = wires.from;
	for (queued = 0; queued < 100; queued++) {
		const struct connection *c = table_find(&wires.s->by_number, span_of(&to.connection, 4));

		assert_int_equal(stream_send(wires.s, &to, span_of(large, sizeof(large))), 0);
		wires_settle();
		if (c->blocked)
			break;
	}
	for (int i = 0; i < 1000 && received < (queued + 1) * (long)sizeof(large); i++) {
		static char text[65536];
		ssize_t n = recv(fd, text, sizeof(text), MSG_DONTWAIT);

		received += n > 0 ? n : 0;
		wires_settle();
	}
	assert_int_equal(received, (queued + 1) * (long)sizeof(large));
	wires_pass(40000);
	assert_int_equal(wires.nclosed, 0);
	close(fd);
}

/* How many of so many stay. */
static unsigned count_open(unsigned tries)
{
	unsigned opened;
	int fds[64];

	for (unsigned i = 0; i < tries; i++)
		fds[i] = wires_client(0);
	wires_settle();
	opened = stream_stats(wires.s)->open;
	for (unsigned i = 0; i < tries; i++)
		close(fds[i]);
	wires_settle();
	return opened;
}

/* Who is banned is cut off with what it says next, and not let in again. */
static void banned_sources(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires_put(fd, BYE("1"));
	assert_int_equal(wires.nreceived, 1);
	wires.banned = true;
	wires_put(fd, BYE("2"));
	assert_int_equal(wires.nreceived, 1);
	assert_int_equal(wires.why, STREAM_END_BANNED);
	assert_string_equal(wires_get(fd), "(end)");
	close(fd);
	assert_int_equal(count_open(3), 0);
	assert_int_equal(stream_stats(wires.s)->ended[STREAM_END_BANNED], 4);
}

static void limits(void **state)
{
	struct addr network;

	(void)state;
	wires.conf.limits.connections_per_source = 5;
	assert_int_equal(count_open(12), 5);
	assert_int_equal(stream_stats(wires.s)->ended[STREAM_END_SOURCE_LIMIT], 7);
	/* Each that goes makes room again. */
	assert_int_equal(count_open(12), 5);
	wires.conf.limits.connections_per_source = 50;
	wires.conf.limits.connections = 8;
	assert_int_equal(count_open(12), 8);
	assert_int_equal(stream_stats(wires.s)->ended[STREAM_END_LIMIT], 4);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.0"), &network), 0);
	wires.conf.realms[0].networks[0] = (struct prefix){ network, 24 };
	wires.conf.realms[0].nnetwork = 1;
	assert_int_equal(count_open(12), 0);
	assert_int_equal(stream_stats(wires.s)->ended[STREAM_END_NETWORK], 12);
	assert_int_equal(wires.s->places.sources.count, 0);
	assert_int_equal(wires.s->places.by_place.count, 0);
}

/* Without descriptors those who wait are turned away, nobody spins, and it goes on by itself afterwards. */
static void no_descriptors(void **state)
{
	struct pollfd p = { .fd = stream_fd(wires.s), .events = POLLIN };
	struct rlimit before, low;
	int fds[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		fds[i] = wires_client(0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = (rlim_t)fds[7] + 3; /* for two of them */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	wires_settle();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(stream_stats(wires.s)->open, 2);
	assert_int_equal(stream_stats(wires.s)->ended[STREAM_END_DESCRIPTORS], 6);
	assert_true(wires.s->spare >= 0);
	close(wires_client(0));
	assert_int_equal(poll(&p, 1, 0), 0); /* not told of the one that waits */
	wires_pass(1500);
	wires_settle();
	assert_int_equal(stream_stats(wires.s)->accepted, 3);
	for (int i = 0; i < 8; i++)
		close(fds[i]);
}

/* Sent from within a message of another connection, ended from within its own. */
static void from_within(void **state)
{
	static char large[CONNECTION_OUT_MAX + 1];
	struct flow first;
	int a = wires_client(0), b;

	(void)state;
	wires_put(a, BYE("1"));
	first = wires.from;
	b = wires_client(0);
	wires_put(b, BYE("2"));
	assert_true(wires.from.connection != first.connection);
	assert_int_equal(stream_send(wires.s, &first, span_of(large, sizeof(large))), -1);
	assert_int_equal(wires.nclosed, 0); /* not yet: whoever sends is not called back from there */
	assert_int_equal(stream_send(wires.s, &first, SPAN("x")), -1);
	stream_flush(wires.s);
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.closed.connection, first.connection);
	close(a);
	close(b);
}

static void why_it_cannot_listen(void **state)
{
	uint16_t port = stream_port(wires.s, 0, WIRES_LISTEN);
	struct streams *s = wires.s;

	(void)state;
	wires.conf.realms[0].listen[WIRES_LISTEN].port = port;
	assert_false(wires_try());
	assert_non_null(strstr(wires.error, "realms.lan: cannot listen on tcp 127.0.0.1:"));
	assert_non_null(strstr(wires.error, "Is another server running here?"));
	addr_parse_host(SPAN("192.0.2.1"), &wires.conf.realms[0].address);
	assert_false(wires_try());
	assert_non_null(strstr(wires.error, "No interface of this machine has that address"));
	wires.s = s;
}

static void names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAM_END_N; i++) {
		assert_true(strlen(stream_end_name(i)) > 3);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(stream_end_name(i), stream_end_name(k));
	}
	assert_int_equal(stream_port(wires.s, 0, 0), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(marked),
		TEST(messages_in_and_out),
		TEST(cut_anywhere),
		TEST(keepalive),
		TEST(ping_in_pieces),
		TEST(opened_by_us),
		TEST(nobody_listens),
		TEST(deadlines),
		TEST(pings_keep_it),
		TEST(reset),
		TEST(half_closed),
		TEST(broken_behind),
		TEST(connect_timeout),
		TEST(what_fails_at_once),
		TEST(alias),
		TEST(kept_apart),
		TEST(reads_nothing),
		TEST(reads_late),
		TEST(banned_sources),
		TEST(limits),
		TEST(no_descriptors),
		TEST(from_within),
		TEST(why_it_cannot_listen),
		TEST(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
