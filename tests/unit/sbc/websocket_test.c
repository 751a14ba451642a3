/* SPDX-License-Identifier: BSD-3-Clause */
/* SIP over WebSockets, on real sockets. */
#include "tests/unit/sbc/wires.h"

#define GET(origin)                                                                                                    \
	"GET / HTTP/1.1\r\nHost: sbc.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" origin                  \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: "         \
	"sip\r\n\r\n"

static int open_all(void **state)
{
	(void)state;
	wires_conf(CONF_WS);
	wires_open();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	wires_close();
	return 0;
}

static int upgraded(unsigned realm)
{
	int fd = wires_client(realm);

	wires_put(fd, GET(""));
	assert_non_null(strstr(wires_get(fd), "101 Switching Protocols\r\n"));
	return fd;
}

/* A client's frame. */
static void put_frame(int fd, uint8_t first, const char *payload, uint32_t n)
{
	static const char mask[4] = { 0x11, 0x22, 0x33, 0x44 };
	static char frame[70000];
	uint32_t head = 2;

	frame[0] = (char)first;
	frame[1] = (char)(0x80 | (n < 126 ? n : n <= 65535 ? 126 : 127));
	if (n > 65535) {
		memset(frame + 2, 0, 4);
		frame[6] = (char)(n >> 24);
		frame[7] = (char)(n >> 16);
		frame[8] = (char)(n >> 8);
		frame[9] = (char)n;
		head = 10;
	} else if (n >= 126) {
		frame[2] = (char)(n >> 8);
		frame[3] = (char)n;
		head = 4;
	}
	memcpy(frame + head, mask, 4);
	for (uint32_t i = 0; i < n; i++)
		frame[head + 4 + i] = (char)(payload[i] ^ mask[i % 4]);
	send(fd, frame, head + 4 + n, MSG_NOSIGNAL);
	wires_settle();
}

static void put_text(int fd, const char *text)
{
	put_frame(fd, 0x81, text, (uint32_t)strlen(text));
}

/* The next frame is this one. */
static void expect_frame(int fd, uint8_t first, const char *payload, uint32_t n)
{
	uint8_t got[256];
	ssize_t k = recv(fd, got, n + 2, MSG_DONTWAIT);

	assert_int_equal(k, n + 2);
	assert_int_equal(got[0], first);
	assert_int_equal(got[1], n);
	assert_memory_equal(got + 2, payload, n);
}

#define REGISTER                                                                                                       \
	"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/WS x.invalid\r\n\r\n" /* Content-Length is not needed (RFC 7118 5) */

static void messages_in_and_out(void **state)
{
	(void)state;
	wires.echoes = true;
	for (unsigned r = 0; r < 2; r++) {
		int fd = upgraded(r);

		put_text(fd, REGISTER);
		assert_int_equal(wires.nreceived, r + 1);
		assert_int_equal(wires.from.transport, CONF_WS);
		assert_int_equal(wires.from.realm, r);
		expect_frame(fd, 0x81, REGISTER, sizeof(REGISTER) - 1);
		/* Binary is as good; what is not UTF-8 goes back so. */
		put_frame(fd, 0x82, "BYE \xfc", 5);
		expect_frame(fd, 0x82, "BYE \xfc", 5);
		close(fd);
		wires_settle();
		wires.nreceived = r + 1;
	}
	assert_int_equal(stream_stats(wires.s)->open, 0);
}

/* RFC 6455 1.3 */
static void accept_key(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires_put(fd, GET(""));
	assert_non_null(strstr(wires_get(fd), "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	close(fd);
}

static void who_is_refused(void **state)
{
	static const struct {
		const char *sent, *status; /* NULL: accepted */
	} cases[] = {
		{ GET("Origin: https://phone.example\r\n"), NULL },
		{ GET("Origin: HTTPS://Phone.Example\r\n"), NULL },
		{ GET("Origin: https://evil.example\r\n"), "HTTP/1.1 403 " },
		{ GET("Origin: null\r\n"), "HTTP/1.1 403 " },
		{ GET(""), "HTTP/1.1 403 " },
		{ "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 " },
		{ "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 426 " },
		{ "\x16\x03\x01", "HTTP/1.1 400 " },
	};

	(void)state;
	wires.conf.realms[0].ws_origins[0] = "https://phone.example";
	wires.conf.realms[0].nws_origin = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int fd = wires_client(0);
		const char *got;

		wires.nclosed = 0;
		wires_put(fd, cases[i].sent);
		got = wires_get(fd);
		if (strncmp(got, cases[i].status ? cases[i].status : "HTTP/1.1 101 ", 13) != 0 ||
		    wires.nclosed != (cases[i].status != NULL))
			fail_msg("%zu: %s", i, got);
		if (cases[i].status)
			assert_int_equal(wires.why, STREAM_END_UPGRADE_REFUSED);
		close(fd);
		wires_settle();
	}
}

/* Whatever comes with the request, and however it is cut. */
static void frames_behind_the_request(void **state)
{
	static const char both[] = GET("") "\x89\x80\x00\x00\x00\x00";

	(void)state;
	for (uint32_t cut = sizeof(GET("")) - 5; cut < sizeof(both) + 5; cut++) {
		int fd = wires_client(0);
		const char *got;

		send(fd, both, cut, MSG_NOSIGNAL);
		wires_settle();
		send(fd, both + cut, sizeof(GET("")) + 5 - cut, MSG_NOSIGNAL);
		wires_settle();
		got = strstr(wires_get(fd), "\r\n\r\n");
		assert_non_null(got);
		assert_memory_equal(got + 4, "\x8a\x00", 2);
		close(fd);
		if (cut == sizeof(GET("")) + 5)
			break;
	}
}

static void control_frames(void **state)
{
	int fd = upgraded(0);

	(void)state;
	put_frame(fd, 0x89, "are you there", 13);
	expect_frame(fd, 0x8a, "are you there", 13);
	put_frame(fd, 0x8a, "", 0);
	assert_string_equal(wires_get(fd), "");
	put_text(fd, "\r\n\r\n");
	expect_frame(fd, 0x81, "\r\n", 2);
	put_text(fd, "\r\n");
	assert_string_equal(wires_get(fd), "");
	assert_int_equal(wires.nreceived, 0);
	put_frame(fd, 0x88,
		  "\x03\xe8"
		  "bye",
		  5);
	expect_frame(fd, 0x88, "\x03\xe8", 2);
	assert_string_equal(wires_get(fd), "(end)");
	assert_int_equal(wires.why, STREAM_END_PEER_CLOSED);
	close(fd);
}

/* One message in several frames, control frames between them. */
static void fragments(void **state)
{
	int fd = upgraded(0);

	(void)state;
	put_frame(fd, 0x01, "REG", 3);
	put_frame(fd, 0x89, "", 0);
	expect_frame(fd, 0x8a, "", 0);
	put_frame(fd, 0x00, "", 0);
	put_frame(fd, 0x00, "IST", 3);
	assert_int_equal(wires.nreceived, 0);
	put_frame(fd, 0x80, "ER", 2);
	assert_int_equal(wires.nreceived, 1);
	assert_string_equal(wires.text, "REGISTER");
	put_text(fd, "!");
	assert_string_equal(wires.text, "REGISTER!");
	/* Begun and never ended, though frames come, and pieces of frames. */
	put_frame(fd, 0x01, "REG", 3);
	wires_pass(25000);
	put_frame(fd, 0x00, "I", 1);
	send(fd, "\0\x81", 2, MSG_NOSIGNAL);
	wires_settle();
	wires_pass(4000);
	assert_int_equal(wires.nclosed, 0);
	wires_pass(2000);
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_MESSAGE_TIMEOUT);
	close(fd);
}

static void what_ends_it(void **state)
{
	static char large[65536];
	static const struct {
		uint8_t first[2];
		uint32_t n[2];
		enum stream_end why;
		const char *status;
	} cases[] = {
		{ { 0x80 }, { 1 }, STREAM_END_BROKEN, "\x03\xea" },
		{ { 0x01, 0x81 }, { 1, 1 }, STREAM_END_BROKEN, "\x03\xea" },
		{ { 0xc1 }, { 1 }, STREAM_END_BROKEN, "\x03\xea" },
		{ { 0x81 }, { 65536 }, STREAM_END_TOO_LARGE, "\x03\xf1" },
		{ { 0x01, 0x00 }, { 40000, 40000 }, STREAM_END_TOO_LARGE, "\x03\xf1" },
		{ { 0x01, 0x80 }, { 65535, 1 }, STREAM_END_TOO_LARGE, "\x03\xf1" },
	};

	(void)state;
	memset(large, 'x', sizeof(large));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int fd = upgraded(0);

		wires.nclosed = 0;
		put_frame(fd, cases[i].first[0], large, cases[i].n[0]);
		if (cases[i].first[1] || cases[i].n[1])
			put_frame(fd, cases[i].first[1], large, cases[i].n[1]);
		if (wires.nclosed != 1 || wires.why != cases[i].why)
			fail_msg("%zu: %u %s", i, wires.nclosed, stream_end_name(wires.why));
		expect_frame(fd, 0x88, cases[i].status, 2);
		close(fd);
	}
	assert_int_equal(wires.nreceived, 0);
}

/* The longest message that there is. */
static void longest(void **state)
{
	static char large[65535];
	int fd = upgraded(0);

	(void)state;
	memset(large, 'x', sizeof(large));
	put_frame(fd, 0x81, large, sizeof(large));
	assert_int_equal(wires.nreceived, 1);
	assert_int_equal(wires.last, sizeof(large));
	close(fd);
}

static void silent_ones(void **state)
{
	int fd = wires_client(0);

	(void)state;
	wires_put(fd, "GET / HT");
	wires_pass(7000);
	assert_int_equal(wires.nclosed, 0);
	wires_pass(2000);
	assert_int_equal(wires.nclosed, 1);
	assert_int_equal(wires.why, STREAM_END_UPGRADE_TIMEOUT);
	close(fd);
}

/* Browsers can't be called. */
static void not_opened_by_us(void **state)
{
	struct addr at;
	int listening = wires_server(&at);
	struct flow to = wires_flow(&at);

	(void)state;
	to.transport = CONF_WS;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), -1);
	to.transport = CONF_WSS;
	assert_int_equal(stream_send(wires.s, &to, SPAN("x")), -1);
	close(listening);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_in_and_out), TEST(accept_key),
		TEST(who_is_refused),      TEST(frames_behind_the_request),
		TEST(control_frames),      TEST(fragments),
		TEST(what_ends_it),        TEST(longest),
		TEST(silent_ones),         TEST(not_opened_by_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
