/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg/ng/ng_gather.h"
#include "rtpproxy/server.h"

/* A folder of its own, a relay, and the path of a socket in the folder. */
struct bench {
	struct rig *g;
	char dir[64], path[96], name[112], client[96], error[256];
	struct server *server;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->dir, sizeof(b->dir), "/tmp/natsbc-test-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof(b->path), "%s/ng", b->dir);
	snprintf(b->name, sizeof(b->name), "unix:%s", b->path);
	snprintf(b->client, sizeof(b->client), "%s/client", b->dir);
	rig_setup((void **)&b->g);
	b->g->conf.relay.ng[0] = b->name;
	b->g->conf.relay.nng = 1;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	server_close(b->server);
	rig_free(b->g);
	unlink(b->client);
	unlink(b->path);
	assert_int_equal(rmdir(b->dir), 0);
	free(b);
	return 0;
}

static void open_server(struct bench *b)
{
	b->server = server_open(&b->g->conf, &b->g->relay, b->error, sizeof(b->error));
	if (!b->server)
		fail_msg("%s", b->error);
}

static struct sockaddr_un unix_name(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	return name;
}

static int unix_client(const char *path)
{
	const struct sockaddr_un name = unix_name(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	unlink(path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

static void send_text(int fd, const char *path, const char *text)
{
	const struct sockaddr_un name = unix_name(path);

	assert_int_equal(sendto(fd, text, strlen(text), 0, (const struct sockaddr *)&name, sizeof(name)), strlen(text));
}

/* What has arrived, without waiting: all is on this machine. */
static const char *receive(int fd, char *buf, size_t size)
{
	ssize_t n = recv(fd, buf, size - 1, MSG_DONTWAIT);

	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static bool has_work(const struct server *s)
{
	struct epoll_event e;
	int epoll = epoll_create1(0), n;

	assert_int_equal(server_watch(s, epoll, 5), 0);
	n = epoll_wait(epoll, &e, 1, 0);
	close(epoll);
	if (n == 1)
		assert_int_equal(e.data.u32, 5); /* the first of relay.ng */
	return n == 1;
}

static void answers_on_a_unix_socket(void **state)
{
	struct bench *b = *state;
	struct stat st;
	char buf[256];
	int fd;

	open_server(b);
	assert_int_equal(stat(b->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_false(has_work(b->server));
	fd = unix_client(b->client);
	send_text(fd, b->path, "1 d7:command4:pinge");
	assert_true(has_work(b->server));
	server_run(b->server, 0, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "1 d6:result4:ponge");
	assert_false(has_work(b->server));
	close(fd);
}

static void many_at_once_are_all_answered(void **state)
{
	struct bench *b = *state;
	char buf[256], text[64];
	unsigned answered = 0;
	int fd;

	open_server(b);
	fd = unix_client(b->client);
	/* The kernel queues ten of a unix socket by default. */
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 8; i++) {
			snprintf(text, sizeof(text), "%u d7:command4:pinge", i);
			send_text(fd, b->path, text);
		}
		server_run(b->server, 0, 1);
		for (unsigned i = 0; i < 8; i++) {
			snprintf(text, sizeof(text), "%u d6:result4:ponge", i);
			answered += strcmp(receive(fd, buf, sizeof(buf)), text) == 0;
		}
	}
	assert_int_equal(answered, 160);
	close(fd);
}

static void what_comes_together_is_answered_together(void **state)
{
	static const char asked[] = "#00019:1 d7:command4:pinge#00003:odd#00019:2 d7:command4:pinge#0001";
	static const char answered[] = "#00018:1 d6:result4:ponge#00018:2 d6:result4:ponge";
	struct bench *b = *state;
	char buf[256];
	int fd;

	open_server(b);
	fd = unix_client(b->client);
	send_text(fd, b->path, asked);
	server_run(b->server, 0, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), answered);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "");
	assert_int_equal(b->g->relay.counters.dropped, 2); /* "odd", and what is cut off */
	close(fd);
}

/* Cookies are counted on. */
static unsigned answers_in(struct span datagram, unsigned from)
{
	struct span one = datagram;
	char text[64];

	while (!ng_gather_is(datagram) || ng_gather_next(&datagram, &one)) {
		snprintf(text, sizeof(text), "%u d6:result4:ponge", from++);
		if (!span_eq(one, span_str(text)))
			fail_msg("\"%.*s\" where %s should be", SPAN_ARG(one), text);
		if (!ng_gather_is(datagram))
			break;
	}
	return from;
}

static void answers_that_do_not_fit_together_come_apart(void **state)
{
	enum { FIRST = 1000, COUNT = 2000, SIZE = NG_GATHER_HEAD + 22 };
	static char asked[COUNT * SIZE + 1], in[NG_GATHER_MAX + 1];
	struct bench *b = *state;
	unsigned next = FIRST, datagrams = 0;
	ssize_t n;
	int fd;

	for (unsigned i = 0; i < COUNT; i++)
		snprintf(asked + i * SIZE, SIZE + 1, "#00022:%u d7:command4:pinge", FIRST + i);
	open_server(b);
	fd = unix_client(b->client);
	send_text(fd, b->path, asked);
	server_run(b->server, 0, 1);
	while ((n = recv(fd, in, sizeof(in), MSG_DONTWAIT)) > 0) {
		assert_in_range(n, 1, NG_GATHER_MAX);
		next = answers_in(span_of(in, (size_t)n), next);
		datagrams++;
	}
	assert_int_equal(next, FIRST + COUNT);
	assert_in_range(datagrams, COUNT * (SIZE - 1) / NG_GATHER_MAX + 1, 8);
	close(fd);
}

/* One that is gone before its answer comes must not cost the next one his. */
static void a_client_that_is_gone_holds_nobody_up(void **state)
{
	struct bench *b = *state;
	char buf[256], other[112];
	int gone, fd;

	open_server(b);
	snprintf(other, sizeof(other), "%s/gone", b->dir);
	gone = unix_client(other);
	fd = unix_client(b->client);
	send_text(gone, b->path, "1 d7:command4:pinge");
	send_text(fd, b->path, "2 d7:command4:pinge");
	close(gone);
	unlink(other);
	server_run(b->server, 0, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "2 d6:result4:ponge");
	close(fd);
}

static void who_cannot_be_answered_does_no_harm(void **state)
{
	struct bench *b = *state;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	open_server(b);
	send_text(fd, b->path, "1 d7:command4:pinge");
	server_run(b->server, 0, 1);
	assert_int_equal(b->g->relay.counters.commands[NG_PING][0], 1);
	close(fd);
}

static void a_file_left_behind_is_replaced(void **state)
{
	struct bench *b = *state;
	const struct sockaddr_un name = unix_name(b->path);
	int left = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_int_equal(bind(left, (const struct sockaddr *)&name, sizeof(name)), 0);
	close(left);
	open_server(b);
}

static void a_socket_in_use_is_not_taken_away(void **state)
{
	struct bench *b = *state;
	struct server *second;
	char buf[64];
	int fd;

	open_server(b);
	second = server_open(&b->g->conf, &b->g->relay, b->error, sizeof(b->error));
	assert_null(second);
	assert_non_null(strstr(b->error, "Address already in use"));
	assert_non_null(strstr(b->error, b->path));
	fd = unix_client(b->client);
	send_text(fd, b->path, "1 d7:command4:pinge");
	server_run(b->server, 0, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "1 d6:result4:ponge");
	close(fd);
}

static void a_file_that_is_no_socket_stays(void **state)
{
	struct bench *b = *state;
	FILE *f = fopen(b->path, "w");

	fclose(f);
	assert_null(server_open(&b->g->conf, &b->g->relay, b->error, sizeof(b->error)));
	assert_int_equal(access(b->path, F_OK), 0);
}

static void the_file_goes_when_the_server_closes(void **state)
{
	struct bench *b = *state;

	open_server(b);
	server_close(b->server);
	b->server = NULL;
	assert_int_not_equal(access(b->path, F_OK), 0);
}

static void answers_on_udp(void **state)
{
	struct bench *b = *state;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(to);
	char buf[256], name[64];
	int probe = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);

	/* A port that is free just now. */
	assert_int_equal(bind(probe, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(getsockname(probe, (struct sockaddr *)&to, &len), 0);
	close(probe);
	snprintf(name, sizeof(name), "udp:127.0.0.1:%u", ntohs(to.sin_port));
	b->g->conf.relay.ng[1] = name;
	b->g->conf.relay.nng = 2;
	open_server(b);
	assert_int_equal(sendto(fd, "5 d7:command4:pinge", 19, 0, (struct sockaddr *)&to, sizeof(to)), 19);
	server_run(b->server, 0, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "");
	server_run(b->server, 1, 1);
	assert_string_equal(receive(fd, buf, sizeof(buf)), "5 d6:result4:ponge");
	close(fd);
}

static void names_that_cannot_be_opened(void **state)
{
	static const struct {
		const char *name, *error;
	} cases[] = {
		{ "udp:192.0.2.1:2223", "192.0.2.1:2223: UDP socket: Cannot assign requested address" },
		{ "tcp:192.0.2.1:2223", "192.0.2.1:2223: TCP socket: Cannot assign requested address" },
		{ "udp:localhost:2223", "localhost:2223: not HOST:PORT: Invalid argument" },
		{ "udp:127.0.0.1", "127.0.0.1: not HOST:PORT: Invalid argument" },
		{ "ws:127.0.0.1:1", "ws:127.0.0.1:1: must begin with unix:, unix-stream:, udp: or tcp:" },
		{ "unix-stream:/nonexistent-folder/ng",
		  "/nonexistent-folder/ng: unix socket: No such file or directory" },
		{ "unix:", ": unix socket: File name too long" },
		{ "unix:/nonexistent-folder/ng", "/nonexistent-folder/ng: unix socket: No such file or directory" },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b->g->conf.relay.ng[1] = cases[i].name;
		b->g->conf.relay.nng = 2;
		assert_null(server_open(&b->g->conf, &b->g->relay, b->error, sizeof(b->error)));
		assert_string_equal(b->error, cases[i].error);
		/* What was open already is closed again. */
		assert_int_not_equal(access(b->path, F_OK), 0);
	}
}

static void only_this_host_and_those_named_may_command(void **state)
{
	static const struct {
		const char *from;
		bool may;
	} cases[] = {
		{ "127.0.0.1", true },  { "::1", true },         { "127.9.9.9", true },   { "10.0.0.0", true },
		{ "10.0.0.9", true },   { "2001:db8::7", true }, { "10.0.1.0", false },   { "192.0.2.1", false },
		{ "9.255.1.1", false }, { "::", false },         { "2001:db9::", false }, { "::ffff:10.0.0.9", true },
	};
	static struct config conf;

	(void)state;
	assert_int_equal(prefix_parse(SPAN("10.0.0.0/24"), &conf.relay.ng_from[0]), 0);
	assert_int_equal(prefix_parse(SPAN("2001:db8::/32"), &conf.relay.ng_from[1]), 0);
	conf.relay.nng_from = 2;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sockaddr_storage from;
		struct addr a;

		assert_int_equal(addr_parse_host(span_str(cases[i].from), &a), 0);
		addr_to_sockaddr(&a, &from);
		if (server_is_client(&conf, (struct sockaddr *)&from) != cases[i].may)
			fail_msg("%s", cases[i].from);
	}
}

/* The real thing: an offer from a client, silence, and the event finds the client. */
static void events_reach_the_owner(void **state)
{
	struct bench *b = *state;
	struct rig *g = b->g;
	char buf[2048], text[9000];
	const char *sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000"));
	int fd;

	open_server(b);
	g->relay.event = server_event_send;
	g->relay.event_ctx = b->server;
	fd = unix_client(b->client);
	snprintf(text, sizeof(text), "1 d7:command5:offer7:call-id1:c8:from-tag1:A3:sdp%zu:%se", strlen(sdp), sdp);
	send_text(fd, b->path, text);
	snprintf(text, sizeof(text), "2 d7:command6:answer7:call-id1:c8:from-tag1:A6:to-tag1:B3:sdp%zu:%se",
		 strlen(sdp), sdp);
	send_text(fd, b->path, text);
	server_run(b->server, 0, g->now);
	assert_non_null(strstr(receive(fd, buf, sizeof(buf)), "6:result2:ok"));
	assert_non_null(strstr(receive(fd, buf, sizeof(buf)), "6:result2:ok"));
	relay_tick(&g->relay, g->now + g->conf.relay.silence_timeout_ms);
	assert_string_equal(receive(fd, buf, sizeof(buf)),
			    "event-1 d5:event13:media-timeout7:call-id1:c6:reason8:no-mediae");
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(answers_on_a_unix_socket),
		TEST(many_at_once_are_all_answered),
		TEST(what_comes_together_is_answered_together),
		TEST(answers_that_do_not_fit_together_come_apart),
		TEST(a_client_that_is_gone_holds_nobody_up),
		TEST(who_cannot_be_answered_does_no_harm),
		TEST(a_file_left_behind_is_replaced),
		TEST(a_socket_in_use_is_not_taken_away),
		TEST(a_file_that_is_no_socket_stays),
		TEST(the_file_goes_when_the_server_closes),
		TEST(answers_on_udp),
		TEST(names_that_cannot_be_opened),
		TEST(events_reach_the_owner),
		cmocka_unit_test(only_this_host_and_those_named_may_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
