/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/firewallsock.h"

#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/sbc/bench.h"

enum { TURNS = 4000, TURN_MS = 5 }; /* a test that hangs must end */

static struct bench bench;
static struct event_base *base;
static struct firewallsock *sock;
static char folder[32], path[64];

static bool on_firewall(void *ctx, struct span packet)
{
	(void)ctx;
	return firewallsock_send(sock, packet);
}

static uint64_t now(void)
{
	return core_now(&bench.e->core);
}

static int open_sock(void **state)
{
	struct engine_setup s;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/natsbc-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/firewall.sock", folder);
	memset(&bench, 0, sizeof(bench));
	s = bench_setup(&bench, BENCH_CONF);
	s.out.firewall = on_firewall;
	bench.e = engine_new(&s);
	base = event_base_new();
	sock = firewallsock_new(base, path, now);
	return bench.e && sock ? 0 : -1;
}

static int close_sock(void **state)
{
	(void)state;
	firewallsock_free(sock);
	bench_close(&bench);
	event_base_free(base);
	unlink(path);
	return rmdir(folder);
}

static int listener(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(un.sun_path, path, strlen(path) + 1);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* Turns the loop until fd is readable. */
static void wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (int i = 0; i < TURNS; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		firewalllink_flush(&bench.e->firewall);
		if (poll(&p, 1, TURN_MS) == 1)
			return;
	}
	fail_msg("nothing comes");
}

static void wait_for_state(enum firewalllink_state state)
{
	for (int i = 0; i < TURNS && bench.e->firewall.state != state; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		poll(NULL, 0, TURN_MS);
	}
	assert_int_equal(bench.e->firewall.state, state);
}

/* Takes a packet, whose first request must be that, and answers all of it. */
static void firewall_answers(int fd, enum firewall_verb verb)
{
	static char in[WIRE_REQUESTS_MAX], out[WIRE_ANSWERS_MAX];
	struct writer w = writer_over(out, sizeof(out));
	ssize_t n;

	wait_for(fd);
	n = recv(fd, in, sizeof(in), 0);
	assert_true(n > 0);
	for (int i = 0; i < wire_requests(span_of(in, (uint32_t)n)); i++) {
		struct firewall_request r;
		struct firewall_answer a = { .result = FIREWALL_DONE, .last = true };

		assert_int_equal(wire_request_read(span_of(in, (uint32_t)n), (unsigned)i, &r, &a.seq), 0);
		assert_true(i || r.verb == verb);
		a.verb = r.verb;
		a.result = r.verb == FIREWALL_LIST ? FIREWALL_NO_SUCH : FIREWALL_DONE;
		wire_answer_write(&w, &a);
	}
	assert_int_equal(send(fd, out, w.n, 0), w.n);
}

static int accepted(int fd)
{
	int client;

	wait_for(fd);
	client = accept(fd, NULL, NULL);
	assert_true(client >= 0);
	return client;
}

/* It comes later, goes, and comes again; each time it is told everything. */
static void comes_and_goes(void **state)
{
	struct firewall_hole h = { .owner = SPAN("c1"), .protocol = 17, .idle_s = 30 };
	struct pinhole *p;
	int fd, client;

	(void)state;
	assert_int_equal(addr_parse(SPAN("198.51.100.5"), 20000, &h.ours), 0);
	assert_int_equal(firewallsock_start(sock, bench.e), 0);
	bench_expect(span_str(bench.log), "does sbc-firewall run?");
	bench_expect(span_str(bench.log), "No such file or directory");
	p = pinholes_open(&bench.e->pinholes, &h);
	assert_non_null(p);
	for (int i = 0; i < 2; i++) {
		fd = listener();
		client = accepted(fd);
		firewall_answers(client, FIREWALL_HELLO);
		for (int k = 0; k < TURNS && p->state != PINHOLE_OPEN; k++) {
			event_base_loop(base, EVLOOP_NONBLOCK);
			poll(NULL, 0, 1);
		}
		assert_int_equal(p->state, PINHOLE_OPEN);
		close(client);
		close(fd);
		wait_for_state(FIREWALLLINK_AWAY);
	}
	bench_expect(span_str(bench.log), "sbc-firewall has gone");
	bench_expect(span_str(bench.log), "sbc-firewall is there again");
}

/* It takes nothing for a while: what is to be told waits, and is not lost. */
static void takes_nothing(void **state)
{
	enum { HOLES = 8000 };
	int fd = listener(), client;
	unsigned open = 0;

	(void)state;
	assert_int_equal(firewallsock_start(sock, bench.e), 0);
	client = accepted(fd);
	for (unsigned i = 0; i < HOLES; i++) {
		struct firewall_hole h = { .id = i + 1, .owner = SPAN("c1"), .protocol = 17, .idle_s = 30 };

		assert_int_equal(addr_parse(SPAN("198.51.100.5"), 20000, &h.ours), 0);
		assert_non_null(pinholes_open(&bench.e->pinholes, &h));
	}
	firewalllink_flush(&bench.e->firewall);
	while (bench.e->firewall.first || bench.e->firewall.nout) {
		firewall_answers(client, FIREWALL_HELLO + (open ? 1 : 0));
		open++;
		for (int k = 0; k < 10; k++)
			event_base_loop(base, EVLOOP_NONBLOCK);
	}
	assert_true(open >= HOLES / FIREWALL_BATCH);
	for (const struct pinhole *p = bench.e->pinholes.first; p; p = p->next)
		assert_int_equal(p->state, PINHOLE_OPEN);
	close(client);
	close(fd);
}

/* Nobody reads our questions: it is as good as gone. */
static void hangs(void **state)
{
	int fd = listener(), client;

	(void)state;
	assert_int_equal(firewallsock_start(sock, bench.e), 0);
	client = accepted(fd);
	firewalllink_flush(&bench.e->firewall);
	engine_advance(bench.e, BENCH_NOW + FIREWALLLINK_PATIENCE_MS + 1);
	close(accepted(fd)); /* it is tried again */
	bench_expect(span_str(bench.log), "sbc-firewall does not answer");
	close(client);
	close(fd);
}

static void a_path_that_is_none(void **state)
{
	char longer[200];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	firewallsock_free(sock);
	sock = firewallsock_new(base, longer, now);
	assert_int_equal(firewallsock_start(sock, bench.e), 0);
	bench_expect(span_str(bench.log), "does sbc-firewall run?");
	assert_int_equal(bench.e->firewall.state, FIREWALLLINK_AWAY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sock, close_sock)
	const struct CMUnitTest tests[] = {
		TEST(comes_and_goes),
		TEST(takes_nothing),
		TEST(hangs),
		TEST(a_path_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
