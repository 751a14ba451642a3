/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <unistd.h>

#include "rtpproxy/server.h"
#include "rtpproxy/server_stream.h"

#define PING "d7:command4:pinge"
#define PONG "d6:result4:ponge"

enum { CLIENTS = SERVER_STREAM_MAX + 4 };

/* A relay that listens on a unix stream and on TCP. */
struct bench {
	struct rig *g;
	char dir[64], path[96], name[120], tcp_name[64], error[256];
	struct sockaddr_un unix_name;
	struct sockaddr_in tcp;
	struct server *server;
	uint64_t now;
};

/* A port that is free just now. */
static void bench_find_port(struct bench *b)
{
	int probe = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(b->tcp);

	b->tcp = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(probe, (struct sockaddr *)&b->tcp, sizeof(b->tcp)), 0);
	assert_int_equal(getsockname(probe, (struct sockaddr *)&b->tcp, &len), 0);
	close(probe);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->dir, sizeof(b->dir), "/tmp/natsbc-test-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/ng", b->dir);
	snprintf(b->name, sizeof(b->name), "unix-stream:%s", b->path);
	b->unix_name.sun_family = AF_UNIX;
	snprintf(b->unix_name.sun_path, sizeof(b->unix_name.sun_path), "%s", b->path);
	bench_find_port(b);
	snprintf(b->tcp_name, sizeof(b->tcp_name), "tcp:127.0.0.1:%u", ntohs(b->tcp.sin_port));
	rig_setup((void **)&b->g);
	b->g->conf.relay.ng[0] = b->name;
	b->g->conf.relay.ng[1] = b->tcp_name;
	b->g->conf.relay.nng = 2;
	b->server = server_open(&b->g->conf, &b->g->relay, b->error, sizeof(b->error));
	if (!b->server)
		fail_msg("%s", b->error);
	b->now = b->g->now;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	server_close(b->server);
	rig_free(b->g);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static int client_unix(struct bench *b)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&b->unix_name, sizeof(b->unix_name)), 0);
	return fd;
}

static int client_tcp(struct bench *b)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&b->tcp, sizeof(b->tcp)), 0);
	return fd;
}

/* All that can be done now: a new connection is taken in one turn and read in the next. */
static void run(struct bench *b)
{
	struct epoll_event e;
	int epoll = epoll_create1(0);

	assert_int_equal(server_watch(b->server, epoll, 0), 0);
	for (unsigned i = 0; i < 100 && epoll_wait(epoll, &e, 1, 0) == 1; i++)
		server_run(b->server, e.data.u32, b->now);
	close(epoll);
}

static void say(struct bench *b, int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	run(b);
}

/* What has come by now; NULL: the connection is closed. */
static const char *hear(int fd)
{
	static char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);

	buf[n < 0 ? 0 : n] = '\0';
	return n == 0 || (n < 0 && errno == ECONNRESET) ? NULL : buf;
}

static void requests_are_answered(void **state)
{
	static const struct {
		const char *name, *request, *answer;
	} cases[] = {
		{ "with a cookie", "5_1 " PING, "5_1 " PONG },
		{ "without", PING, PONG },
		{ "in JSON, without a cookie", "{\"command\":\"ping\"}", "{\"result\":\"pong\"}" },
		{ "two at once", "1 " PING "2 " PING, "1 " PONG "2 " PONG },
		{ "two at once, without cookies", PING PING, PONG PONG },
		{ "a line each", "1 " PING "\r\n2 " PING "\n", "1 " PONG "2 " PONG },
		{ "a key without a value", "d1:xe", "d6:result5:error12:error-reason22:Invalid NG data formate" },
		{ "what has no command", "7 d1:x1:ye",
		  "7 d6:result5:error12:error-reason36:Dictionary contains no key \"command\"e" },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fds[] = { client_unix(b), client_tcp(b) };

		for (unsigned k = 0; k < 2; k++) {
			const char *answer;

			say(b, fds[k], cases[i].request);
			answer = hear(fds[k]);
			if (!answer || strcmp(answer, cases[i].answer) != 0)
				fail_msg("%s: %s", cases[i].name, answer ? answer : "closed");
			close(fds[k]);
			run(b);
		}
	}
}

static void a_request_may_come_in_pieces(void **state)
{
	struct bench *b = *state;
	int fd = client_tcp(b);

	for (const char *p = "1_2 " PING; *p; p++) {
		char piece[2] = { *p, '\0' };

		assert_string_equal(hear(fd), "");
		say(b, fd, piece);
	}
	assert_string_equal(hear(fd), "1_2 " PONG);
	close(fd);
}

/* No cookie: the same bytes again are another request, not the same one sent again. */
static void what_has_no_cookie_is_always_new(void **state)
{
	struct bench *b = *state;
	int fd = client_unix(b);

	say(b, fd, "d7:command6:delete7:call-id1:xe");
	say(b, fd, "d7:command6:delete7:call-id1:xe");
	assert_int_equal(b->g->relay.counters.commands[NG_DELETE][0], 2);
	assert_int_equal(b->g->relay.dedupe.hits, 0);
	say(b, fd, "c d7:command6:delete7:call-id1:xe");
	say(b, fd, "c d7:command6:delete7:call-id1:xe");
	assert_int_equal(b->g->relay.dedupe.hits, 1);
	close(fd);
}

static void one_who_sends_no_more_is_answered_still(void **state)
{
	struct bench *b = *state;
	int fd = client_unix(b);

	assert_int_equal(send(fd, PING, strlen(PING), 0), strlen(PING));
	shutdown(fd, SHUT_WR);
	run(b);
	assert_string_equal(hear(fd), PONG);
	assert_null(hear(fd));
	close(fd);
}

static void what_is_no_request_ends_the_connection(void **state)
{
	struct bench *b = *state;
	int fd = client_tcp(b);

	say(b, fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_null(hear(fd));
	assert_int_equal(b->g->relay.counters.clients_closed, 1);
	assert_non_null(strstr(b->g->log, "neither bencode nor JSON"));
	close(fd);
}

static void half_a_request_is_waited_for_so_long(void **state)
{
	struct bench *b = *state;
	int half = client_tcp(b), idle = client_tcp(b);

	say(b, idle, PING);
	assert_string_equal(hear(idle), PONG);
	say(b, half, "d7:comm");
	server_tick(b->server, b->now + SERVER_STREAM_PATIENCE_MS - 1);
	assert_string_equal(hear(half), "");
	server_tick(b->server, b->now + SERVER_STREAM_PATIENCE_MS);
	assert_null(hear(half));
	/* Who has nothing to say may stay. */
	assert_string_equal(hear(idle), "");
	close(half);
	close(idle);
}

/* As much as it takes to fill what the kernel keeps for a client that does not read. */
static unsigned flood(struct bench *b, int fd)
{
	const int small = 4096;
	unsigned n = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	while (send(fd, "{\"command\":\"statistics\"}", 24, MSG_DONTWAIT | MSG_NOSIGNAL) == 24) {
		run(b);
		n++;
	}
	return n;
}

static void a_client_that_does_not_read_holds_nobody_up(void **state)
{
	struct bench *b = *state;
	int slow = client_unix(b), fd = client_unix(b);
	uint64_t answered;
	unsigned asked = flood(b, slow);

	answered = b->g->relay.counters.commands[NG_STATISTICS][0];
	assert_true(answered < asked);
	say(b, fd, PING);
	assert_string_equal(hear(fd), PONG);
	server_tick(b->server, b->now + SERVER_STREAM_PATIENCE_MS);
	assert_int_equal(b->g->relay.counters.clients_closed, 1);
	close(slow);
	close(fd);
}

/* It was slow only: all that it has asked is answered, to the last byte. */
static void a_slow_client_gets_it_all(void **state)
{
	struct bench *b = *state;
	int slow = client_unix(b);
	unsigned asked = flood(b, slow), braces = 0, answers = 0;
	char buf[8192];
	ssize_t n;

	while ((n = recv(slow, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			braces += buf[i] == '{';
			braces -= buf[i] == '}';
			answers += buf[i] == '}' && braces == 0;
		}
		run(b);
	}
	assert_int_equal(answers, asked);
	assert_int_equal(b->g->relay.counters.clients_closed, 0);
	close(slow);
}

static void the_quietest_makes_room(void **state)
{
	struct bench *b = *state;
	int fds[CLIENTS];

	for (unsigned i = 0; i < CLIENTS; i++) {
		b->now++;
		fds[i] = client_unix(b);
		run(b);
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		if (i >= CLIENTS - SERVER_STREAM_MAX)
			say(b, fds[i], PING);
		if ((hear(fds[i]) == NULL) != (i < CLIENTS - SERVER_STREAM_MAX))
			fail_msg("%u", i);
	}
	assert_int_equal(b->g->relay.counters.clients_closed, CLIENTS - SERVER_STREAM_MAX);
	for (unsigned i = 0; i < CLIENTS; i++)
		close(fds[i]);
}

/* A call that falls silent: who has begun it over a connection is told there, where it uses cookies. */
static void events_find_the_connection(void **state)
{
	struct bench *b = *state;
	struct rig *g = b->g;
	const char *sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000"));
	char text[9000];

	for (unsigned has_cookies = 0; has_cookies < 2; has_cookies++) {
		const char *cookie = has_cookies ? "1 " : "";
		int fd = client_unix(b);

		snprintf(text, sizeof(text), "%sd7:command5:offer7:call-id1:%u8:from-tag1:A3:sdp%zu:%se", cookie,
			 has_cookies, strlen(sdp), sdp);
		say(b, fd, text);
		snprintf(text, sizeof(text), "%sd7:command6:answer7:call-id1:%u8:from-tag1:A6:to-tag1:B3:sdp%zu:%se",
			 has_cookies ? "2 " : "", has_cookies, strlen(sdp), sdp);
		say(b, fd, text);
		assert_non_null(strstr(hear(fd), "6:result2:ok"));
		g->relay.event = server_event_send;
		g->relay.event_ctx = b->server;
		g->now += g->conf.relay.silence_timeout_ms;
		relay_tick(&g->relay, g->now);
		assert_int_equal(strstr(hear(fd), "5:event13:media-timeout") != NULL, has_cookies);
		close(fd);
		run(b);
	}
	/* It is gone: the next event is lost, and nothing else. */
	g->now += g->conf.relay.silence_timeout_ms;
	relay_tick(&g->relay, g->now);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(requests_are_answered),
		TEST(a_request_may_come_in_pieces),
		TEST(what_has_no_cookie_is_always_new),
		TEST(one_who_sends_no_more_is_answered_still),
		TEST(what_is_no_request_ends_the_connection),
		TEST(half_a_request_is_waited_for_so_long),
		TEST(a_client_that_does_not_read_holds_nobody_up),
		TEST(a_slow_client_gets_it_all),
		TEST(the_quietest_makes_room),
		TEST(events_find_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
