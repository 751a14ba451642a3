/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg/ng/ng_gather.h"
#include "sbc/loop/relaysock.h"

enum { WAIT_MS = 5000 }; /* a test that hangs must end */

static char folder[32], path[64], where[96], error[256];

static unsigned nread;
static char last_text[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/natsbc-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/ng.sock", folder);
	snprintf(where, sizeof(where), "unix:%s", path);
	nread = 0;
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* A relay: a socket of that name. */
static int relay_start(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(un.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

static void relay_stop(int fd)
{
	close(fd);
	unlink(path);
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, WAIT_MS) == 1;
}

/* Takes one question, which must be that, and answers it. */
static void relay_answers(int fd, const char *question, const char *answer)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char text[64] = "";

	assert_true(readable(fd));
	assert_true(recvfrom(fd, text, sizeof(text) - 1, 0, (struct sockaddr *)&from, &len) >= 0);
	assert_string_equal(text, question);
	assert_int_equal(sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from, len), (ssize_t)strlen(answer));
}

static void on_received(void *ctx, struct span datagram)
{
	assert_ptr_equal(ctx, &nread);
	nread++;
	snprintf(last_text, sizeof(last_text), "%.*s", SPAN_ARG(datagram));
}

static void read_answer(struct relaysock *r, const char *expected)
{
	assert_true(readable(r->fd));
	relaysock_read(r, on_received, &nread);
	assert_string_equal(last_text, expected);
}

/* Queued and sent. */
static void ask(struct relaysock *r, const char *question)
{
	assert_true(relaysock_send(r, span_str(question)));
	assert_true(relaysock_flush(r));
	assert_int_equal(r->nqueued, 0);
}

static void asked_and_answered(void **state)
{
	struct relaysock r;
	int relay = relay_start();

	(void)state;
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	ask(&r, "1 question");
	relay_answers(relay, "1 question", "1 answer");
	read_answer(&r, "1 answer");
	relaysock_read(&r, on_received, &nread); /* nothing there */
	assert_int_equal(nread, 1);
	relaysock_close(&r);
	relaysock_close(&r);
	relay_stop(relay);
}

/* It may come later, go, and come back: each question finds the one that is there, but for the first after a restart.
 */
static void the_relay_comes_and_goes(void **state)
{
	struct relaysock r;
	int relay;

	(void)state;
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	ask(&r, "too early");
	relay = relay_start();
	ask(&r, "first");
	relay_answers(relay, "first", "one");
	read_answer(&r, "one");
	relay_stop(relay);
	ask(&r, "nobody");
	assert_false(relaysock_is_another(&r));
	relay = relay_start();
	ask(&r, "dropped");
	assert_true(relaysock_is_another(&r));
	assert_false(relaysock_is_another(&r));
	ask(&r, "second");
	relay_answers(relay, "second", "two");
	read_answer(&r, "two");
	/* Restarted between two questions: before the next one there is something to tell the new one. */
	relay_stop(relay);
	relay = relay_start();
	ask(&r, "dropped, too");
	assert_true(relaysock_is_another(&r));
	ask(&r, "third");
	relay_answers(relay, "third", "three");
	read_answer(&r, "three");
	assert_int_equal(nread, 3);
	relaysock_close(&r);
	relay_stop(relay);
}

/* All of a turn at once, in order; and answers that come so are told one by one. */
static void a_turn_asks_several(void **state)
{
	static const char *const questions[] = { "first", "second", "third" };
	struct relaysock r;
	int relay = relay_start();

	(void)state;
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(relaysock_send(&r, span_str(questions[i])));
	assert_int_equal(recv(relay, error, sizeof(error), MSG_DONTWAIT), -1);
	assert_true(relaysock_flush(&r));
	relay_answers(relay, "#00005:first#00006:second#00005:third", "#00003:yes#00002:no#00005:maybe");
	read_answer(&r, "maybe");
	assert_int_equal(nread, 3);
	relaysock_close(&r);
	relay_stop(relay);
}

/* What does not fit goes with the next one; what is long goes alone, and without a head. */
static void so_many_go_in_several_datagrams(void **state)
{
	static char text[NG_GATHER_MAX], in[NG_GATHER_MAX + 1];
	static const uint32_t sizes[] = {
		NG_GATHER_MAX / 2, NG_GATHER_MAX / 2 - 2 * NG_GATHER_HEAD, 1, NG_GATHER_MAX, 1, 1
	};
	static const ssize_t datagrams[] = { NG_GATHER_MAX, 1, NG_GATHER_MAX, 2 * (NG_GATHER_HEAD + 1) };
	struct relaysock r;
	int relay = relay_start();

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		assert_true(relaysock_send(&r, span_of(text, sizes[i])));
	assert_true(relaysock_flush(&r));
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(*datagrams); i++)
		assert_int_equal(recv(relay, in, sizeof(in), MSG_DONTWAIT), datagrams[i]);
	assert_int_equal(recv(relay, in, sizeof(in), MSG_DONTWAIT), -1);
	relaysock_close(&r);
	relay_stop(relay);
}

/* The next numbers, gathered or not; the one behind them. */
static int counted_on(struct span datagram, int next)
{
	struct span one = datagram;
	char expected[16];

	while (!ng_gather_is(datagram) || ng_gather_next(&datagram, &one)) {
		snprintf(expected, sizeof(expected), "%d", next++);
		if (!span_eq(one, span_str(expected)))
			fail_msg("\"%.*s\" where %s should be", SPAN_ARG(one), expected);
		if (!ng_gather_is(datagram))
			break;
	}
	return next;
}

/* A relay that reads nothing must not hold us up; when it reads again it finds all that there was room for. */
static void a_relay_that_hangs(void **state)
{
	struct relaysock r;
	static char in[NG_GATHER_MAX];
	int relay = relay_start(), queued = 0, read = 0;
	char text[16];

	(void)state;
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	do {
		snprintf(text, sizeof(text), "%d", queued++);
		assert_true(relaysock_send(&r, span_str(text)));
	} while (relaysock_flush(&r) && queued < 100000);
	while (snprintf(text, sizeof(text), "%d", queued), relaysock_send(&r, span_str(text)) && queued < 100000)
		queued++;
	assert_in_range(queued, RELAYSOCK_QUEUE, 99999);
	while (read < queued) {
		ssize_t n = recv(relay, in, sizeof(in), MSG_DONTWAIT);

		if (n < 0) {
			relaysock_flush(&r);
			n = recv(relay, in, sizeof(in), MSG_DONTWAIT);
		}
		assert_true(n > 0);
		read = counted_on(span_of(in, (size_t)n), read);
	}
	assert_true(relaysock_flush(&r));
	relaysock_close(&r);
	relay_stop(relay);
}

static void over_udp(void **state)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	int relay = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct relaysock r;

	(void)state;
	assert_int_equal(bind(relay, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(relay, (struct sockaddr *)&sa, &len), 0);
	snprintf(where, sizeof(where), "udp:127.0.0.1:%u", ntohs(sa.sin_port));
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	ask(&r, "q");
	relay_answers(relay, "q", "a");
	read_answer(&r, "a");
	/* Several in a datagram might not fit a packet. */
	assert_true(relaysock_send(&r, SPAN("one")));
	ask(&r, "two");
	relay_answers(relay, "one", "1");
	relay_answers(relay, "two", "2");
	relaysock_close(&r);
	close(relay);
}

static void addresses_that_are_none(void **state)
{
	static const char *const cases[] = {
		"",
		"unix:",
		"unix",
		"udp:127.0.0.1",
		"udp:127.0.0.1:0",
		"udp:relay.example:2223",
		"tcp:127.0.0.1:2223",
		"unix:/"
		"012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
		"2345678",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct relaysock r;

		error[0] = '\0';
		if (relaysock_open(&r, cases[i], error, sizeof(error)) == 0)
			fail_msg("\"%s\" was taken", cases[i]);
		assert_non_null(strstr(error, "want unix:/path or udp:host:port"));
		assert_int_equal(r.fd, -1);
		relaysock_close(&r);
	}
}

/* What may wait is not urgent, and goes out before what is, in its order. */
static void later_goes_first(void **state)
{
	int relay = relay_start();
	struct relaysock r;

	(void)state;
	assert_int_equal(relaysock_open(&r, where, error, sizeof(error)), 0);
	assert_true(relaysock_send_later(&r, SPAN("delete")));
	assert_false(r.urgent);
	assert_true(relaysock_send(&r, SPAN("offer")));
	assert_true(r.urgent);
	assert_true(relaysock_flush(&r));
	assert_false(r.urgent);
	relay_answers(relay, "#00006:delete#00005:offer", "1");
	relaysock_close(&r);
	relay_stop(relay);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(later_goes_first),         TEST(asked_and_answered),
		TEST(the_relay_comes_and_goes), TEST(a_turn_asks_several),
		TEST(a_relay_that_hangs),       TEST(over_udp),
		TEST(addresses_that_are_none),  TEST(so_many_go_in_several_datagrams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
