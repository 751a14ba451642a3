/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/loop.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/sbc/bench.h"

enum { WAIT_MS = 5000 }; /* a test that hangs must end */

/* A trunk on loopback: it needs no credentials. No TCP: the kernel chooses UDP ports only (setup_of()). */
#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"127.0.0.1\", \"listen\": [\"udp:5060\"],"                           \
	" \"media\": { \"ports\": \"10000-10099\" } } },"                                                              \
	" \"trunks\": { \"carrier\": { \"realm\": \"lan\", \"peers\": [\"127.0.0.2\"], \"probe\": \"0s\" } } }"

static struct bench bench;
static struct loop loop;
static char error[512];

/* The kernel chooses the port. */
static struct engine_setup setup_of(const char *relay)
{
	struct engine_setup s;

	memset(&bench, 0, sizeof(bench));
	s = bench_setup(&bench, CONF);
	s.now = loop_now();
	s.wall = loop_wall;
	bench.conf->realms[0].listen[0].port = 0;
	bench.conf->relay.ng[0] = relay;
	return s;
}

static void close_all(void)
{
	loop_close(&loop);
	bench_close(&bench);
}

static void clocks(void **state)
{
	uint64_t first = loop_now(), second = loop_now();

	(void)state;
	assert_true(second >= first);
	assert_true(loop_wall() > 1600000000);
}

/* The program in a child: tells its port, runs until the signal. Its exit status is what the program's would be. */
static pid_t run_child(uint16_t *port)
{
	struct engine_setup s = setup_of("unix:/nonexistent/ng.sock");
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sockaddr_in sa;
		socklen_t len = sizeof(sa);

		if (loop_bind(&loop, &s, error, sizeof(error)) || loop_open(&loop, &s, error, sizeof(error)) ||
		    getsockname(udp_fd(loop.udp, 0), (struct sockaddr *)&sa, &len) ||
		    write(ends[1], &sa.sin_port, sizeof(sa.sin_port)) != sizeof(sa.sin_port))
			_exit(2);
		loop_run(&loop);
		close_all();
		_exit(0);
	}
	close(ends[1]); /* a child that ends before it tells does not leave us waiting */
	assert_int_equal(read(ends[0], port, sizeof(*port)), sizeof(*port));
	close(ends[0]);
	bench_close(&bench);
	return pid;
}

/* A socket of the trunk that talks to the child. */
static int peer_of(uint16_t port_be)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = port_be,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

/* Receives until a message begins so; false when none comes. */
static bool hears(int fd, const char *start)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[4096];

	for (int i = 0; i < 20 && poll(&p, 1, WAIT_MS) == 1; i++) {
		ssize_t n = recv(fd, text, sizeof(text), 0);

		if (n > 0 && span_starts(span_of(text, (size_t)n), span_str(start)))
			return true;
	}
	return false;
}

#define OPTIONS                                                                                                        \
	"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKq;rport\r\nMax-Forwards: 70\r\n"  \
	"From: <sip:t@x>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

/* Serves until told to stop, and then stops by itself with 0. */
static void serves_until_the_signal(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		uint16_t port;
		pid_t pid = run_child(&port);
		int fd = peer_of(port), status = -1;
		bool served;

		send(fd, OPTIONS, sizeof(OPTIONS) - 1, 0);
		served = hears(fd, "SIP/2.0 200 OK\r\n");
		kill(pid, signals[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		assert_true(served);
		close(fd);
	}
}

/* Timers of the engine fire by the loop: an INVITE to nobody that answers the relay is refused after its tries. */
static void timers_fire(void **state)
{
	static const char invite[] = "INVITE sip:123@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
				     "127.0.0.1:9;branch=z9hG4bKi;rport\r\nMax-Forwards: 70\r\n"
				     "From: <sip:t@x>;tag=1\r\nTo: <sip:123@127.0.0.1>\r\nCall-ID: i\r\nCSeq: 1 "
				     "INVITE\r\nContact: <sip:t@127.0.0.1>\r\n"
				     "Content-Length: 0\r\n\r\n";
	uint16_t port;
	pid_t pid = run_child(&port);
	int fd = peer_of(port), status;
	bool refused, again;

	(void)state;
	send(fd, invite, sizeof(invite) - 1, 0);
	refused = hears(fd, "SIP/2.0 404 ");
	again = hears(fd, "SIP/2.0 404 "); /* timer G: nobody sends the ACK */
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(refused);
	assert_true(again);
	close(fd);
}

/* What fails on the way is said, and nothing is left open. */
static void what_cannot_be_opened(void **state)
{
	struct engine_setup s = setup_of("carrier pigeon");

	(void)state;
	assert_int_equal(loop_bind(&loop, &s, error, sizeof(error)), -1);
	assert_non_null(strstr(error, "relay.ng: carrier pigeon: "));
	close_all();
	s = setup_of("unix:/nonexistent/ng.sock");
	assert_int_equal(addr_parse_host(SPAN("192.0.2.1"), &bench.conf->realms[0].address), 0);
	assert_int_equal(loop_bind(&loop, &s, error, sizeof(error)), -1);
	assert_non_null(strstr(error, "realms.lan: cannot listen on udp 192.0.2.1:0"));
	close_all();
}

/* A listener that is not there any more: counted, not ignored. */
static void what_cannot_be_sent(void **state)
{
	struct engine_setup s = setup_of("unix:/nonexistent/ng.sock");
	struct flow nowhere = { .peer = { .ip = { 255, 255, 255, 255 }, .port = 9, .family = ADDR_V4 } },
		    none = nowhere;

	(void)state;
	assert_int_equal(loop_bind(&loop, &s, error, sizeof(error)), 0);
	assert_int_equal(loop_open(&loop, &s, error, sizeof(error)), 0);
	none.realm = 7;
	core_send(&loop.engine->core, &none, SPAN("x"));
	assert_int_equal(loop.engine->core.count.n[COUNT_SEND_FAILED], 1);
	core_send(&loop.engine->core, &nowhere, SPAN("x"));
	loop_flush(&loop);
	assert_int_equal(loop.engine->core.count.n[COUNT_SEND_FAILED], 2);
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks),
		cmocka_unit_test(serves_until_the_signal),
		cmocka_unit_test(timers_fire),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(what_cannot_be_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
