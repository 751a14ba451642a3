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
#include <unistd.h>

#include "sbc/wire/udp.h"

enum { WAIT_MS = 5000 }; /* a test that hangs must end */

/* Two realms on loopback; the kernel gives the ports. */
static struct config conf;
static struct udp *udp;
static char error[256];

/* What was read. */
static unsigned nread, read_bytes;
static struct flow last_from;
static char last_text[64];

static void set_address(struct addr *a, const char *text)
{
	assert_int_equal(addr_parse_host(span_str(text), a), 0);
}

static int open_udp(void **state)
{
	(void)state;
	memset(&conf, 0, sizeof(conf));
	conf.nrealm = 2;
	for (unsigned r = 0; r < 2; r++) {
		conf.realms[r].name = r ? "internet" : "lan";
		set_address(&conf.realms[r].address, r ? "127.0.0.2" : "127.0.0.1");
		conf.realms[r].listen[0] = (struct conf_listen){ CONF_TCP, 0 };
		conf.realms[r].listen[1] = (struct conf_listen){ CONF_UDP, 0 };
		conf.realms[r].nlisten = 2;
	}
	udp = udp_open(&conf, error, sizeof(error));
	nread = read_bytes = 0;
	return udp ? 0 : -1;
}

static int close_udp(void **state)
{
	(void)state;
	udp_close(udp);
	return 0;
}

static void on_received(void *ctx, const struct flow *from, struct span bytes)
{
	assert_ptr_equal(ctx, &conf);
	nread++;
	read_bytes += bytes.n;
	last_from = *from;
	snprintf(last_text, sizeof(last_text), "%.*s", SPAN_ARG(span_slice(bytes, 0, 60)));
}

/* Sockets of both IP versions are marked as their realm says. */
static void marked(void **state)
{
	struct udp *two;
	socklen_t size;
	int octet;

	(void)state;
	set_address(&conf.realms[1].address, "::1");
	conf.realms[0].signalling_dscp = 40;
	conf.realms[1].signalling_dscp = 26;
	two = udp_open(&conf, error, sizeof(error));
	assert_non_null(two);
	size = sizeof(octet);
	assert_int_equal(getsockopt(udp_fd(two, 0), IPPROTO_IP, IP_TOS, &octet, &size), 0);
	assert_int_equal(octet, 40 << 2);
	size = sizeof(octet);
	assert_int_equal(getsockopt(udp_fd(two, 1), IPPROTO_IPV6, IPV6_TCLASS, &octet, &size), 0);
	assert_int_equal(octet, 26 << 2);
	udp_close(two);
}

static struct addr address_of(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct addr a;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&sa, &a), 0);
	return a;
}

/* A socket of somebody else. */
static int stranger(struct addr *address)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	*address = address_of(fd);
	return fd;
}

static void send_to(int fd, unsigned i, const char *text)
{
	struct addr a = address_of(udp_fd(udp, i));
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(&a, &sa);

	assert_int_equal(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&sa, len), (ssize_t)strlen(text));
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, WAIT_MS) == 1;
}

/* The next datagram; where it came from in *from. */
static const char *receive(int fd, struct addr *from)
{
	static char text[64];
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	ssize_t n;

	assert_true(readable(fd));
	n = recvfrom(fd, text, sizeof(text) - 1, 0, (struct sockaddr *)&sa, &len);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&sa, from), 0);
	return text;
}

static struct flow flow_to(uint8_t realm, const struct addr *peer)
{
	return (struct flow){ .peer = *peer, .realm = realm, .listen = 1 };
}

/* A flow is realm and number of the listener, and where the bytes come from. */
static void read_with_its_flow(void **state)
{
	struct addr me;
	int fd = stranger(&me);

	(void)state;
	assert_int_equal(udp_count(udp), 2);
	for (unsigned i = 0; i < 2; i++) {
		struct flow expected = flow_to((uint8_t)i, &me);

		send_to(fd, i, i ? "to internet" : "to lan");
		assert_true(readable(udp_fd(udp, i)));
		udp_read(udp, i, on_received, &conf);
		assert_int_equal(nread, i + 1);
		assert_true(flow_eq(&last_from, &expected));
		assert_string_equal(last_text, i ? "to internet" : "to lan");
	}
	udp_read(udp, 0, on_received, &conf); /* nothing there */
	assert_int_equal(nread, 2);
	close(fd);
}

/* At most a batch at once: other sockets have their turn too. */
static void read_in_batches(void **state)
{
	struct addr me;
	int fd = stranger(&me);

	(void)state;
	for (int i = 0; i < 40; i++)
		send_to(fd, 0, "x");
	udp_read(udp, 0, on_received, &conf);
	assert_int_equal(nread, 32);
	udp_read(udp, 0, on_received, &conf);
	assert_int_equal(nread, 40);
	close(fd);
}

/* A datagram may be empty, and as long as UDP has it. */
static void read_any_length(void **state)
{
	static const uint32_t lengths[] = { 0, 1, 1500, 65507 };
	static char text[65507];
	struct addr me;
	int fd = stranger(&me);
	struct sockaddr_storage sa;
	struct addr a = address_of(udp_fd(udp, 0));
	socklen_t len = addr_to_sockaddr(&a, &sa);

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		nread = read_bytes = 0;
		assert_int_equal(sendto(fd, text, lengths[i], 0, (struct sockaddr *)&sa, len), lengths[i]);
		assert_true(readable(udp_fd(udp, 0)));
		udp_read(udp, 0, on_received, &conf);
		assert_int_equal(nread, 1);
		assert_int_equal(read_bytes, lengths[i]);
	}
	close(fd);
}

/* Nothing before the flush, then all of it, each from the listener it belongs to: by listener, and of each in order. */
static void sent_when_flushed(void **state)
{
	static const unsigned order[] = { 0, 1, 3, 4, 2, 5 };
	struct addr me, from;
	int fd = stranger(&me);
	char text[8];

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct flow to = flow_to(i % 3 == 2, &me);

		snprintf(text, sizeof(text), "%u", i);
		assert_true(udp_send(udp, &to, span_str(text)));
		memset(text, 'x', sizeof(text)); /* it has a copy */
	}
	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), -1);
	assert_int_equal(udp_flush(udp), 0);
	for (unsigned i = 0; i < 6; i++) {
		struct addr ours = address_of(udp_fd(udp, order[i] % 3 == 2));

		snprintf(text, sizeof(text), "%u", order[i]);
		assert_string_equal(receive(fd, &from), text);
		assert_true(addr_eq(&from, &ours));
	}
	assert_int_equal(udp_flush(udp), 0);
	close(fd);
}

/* More than the queue holds, in number and in bytes: it is flushed on the way. */
static void more_than_the_queue_holds(void **state)
{
	static char large[60000];
	struct addr me, from;
	int fd = stranger(&me);
	struct flow to = flow_to(0, &me);

	(void)state;
	for (int i = 0; i < 256; i++)
		assert_true(udp_send(udp, &to, SPAN("x")));
	assert_int_equal(recv(fd, large, sizeof(large), MSG_DONTWAIT), -1);
	assert_true(udp_send(udp, &to, SPAN("one more")));
	for (int i = 0; i < 256; i++)
		assert_string_equal(receive(fd, &from), "x");
	assert_int_equal(udp_flush(udp), 0);
	assert_string_equal(receive(fd, &from), "one more");
	for (int i = 0; i < 9; i++) { /* 512 KiB hold eight of them */
		assert_true(udp_send(udp, &to, span_of(large, sizeof(large))));
		if (i == 8)
			while (recv(fd, large, sizeof(large), MSG_DONTWAIT) >= 0)
				read_bytes++;
	}
	assert_true(read_bytes > 0);
	udp_flush(udp);
	close(fd);
}

/* One that can't be sent is counted, the rest goes on. */
static void what_the_kernel_does_not_take(void **state)
{
	static char too_long[65508];
	struct addr me, from, nowhere = { .ip = { 255, 255, 255, 255 }, .port = 9, .family = ADDR_V4 };
	int fd = stranger(&me);
	struct flow good = flow_to(0, &me), bad = flow_to(0, &nowhere);

	(void)state;
	assert_true(udp_send(udp, &bad, SPAN("1")));
	assert_true(udp_send(udp, &good, SPAN("2")));
	assert_true(udp_send(udp, &bad, SPAN("3")));
	assert_true(udp_send(udp, &good, span_of(too_long, sizeof(too_long))));
	assert_true(udp_send(udp, &good, SPAN("4")));
	assert_int_equal(udp_flush(udp), 3);
	assert_string_equal(receive(fd, &from), "2");
	assert_string_equal(receive(fd, &from), "4");
	assert_int_equal(udp_flush(udp), 0);
	/* Those lost in a flush on the way are counted at the next one. */
	assert_true(udp_send(udp, &bad, SPAN("1")));
	for (int i = 0; i < 256; i++)
		assert_true(udp_send(udp, &good, SPAN("x")));
	assert_int_equal(udp_flush(udp), 1);
	close(fd);
}

static void no_listener_fits(void **state)
{
	static char too_long[65537];
	struct addr me;
	int fd = stranger(&me);
	struct flow realm = flow_to(2, &me), listen = flow_to(0, &me), good = flow_to(0, &me);

	(void)state;
	listen.listen = 0; /* TCP */
	assert_false(udp_send(udp, &realm, SPAN("x")));
	assert_false(udp_send(udp, &listen, SPAN("x")));
	assert_false(udp_send(udp, &good, span_of(too_long, sizeof(too_long))));
	assert_int_equal(udp_flush(udp), 0);
	close(fd);
}

/* What the operator reads when it can't be opened. */
static void why_it_cannot_listen(void **state)
{
	static const struct {
		const char *address;
		bool taken;
		const char *expected;
	} cases[] = {
		{ "127.0.0.1", true, "realms.lan: cannot listen on udp 127.0.0.1:" },
		{ "127.0.0.1", true, "Is another SIP server running here?" },
		{ "192.0.2.1", false, "No interface of this machine has that address" },
	};
	struct config other = conf;
	struct addr ours = address_of(udp_fd(udp, 0));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_address(&other.realms[0].address, cases[i].address);
		other.realms[0].listen[1].port = cases[i].taken ? ours.port : 0;
		assert_null(udp_open(&other, error, sizeof(error)));
		if (!strstr(error, cases[i].expected))
			fail_msg("%s", error);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_udp, close_udp)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(read_with_its_flow), TEST(read_in_batches),           TEST(read_any_length),
		TEST(sent_when_flushed),  TEST(more_than_the_queue_holds), TEST(what_the_kernel_does_not_take),
		TEST(no_listener_fits),   TEST(why_it_cannot_listen),      TEST(marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
