/* SPDX-License-Identifier: BSD-3-Clause */
/* SIP over WebSockets: frames given as bytes, then all of it on real sockets. */
#include "tests/unit/guard.h"
#include "tests/unit/sbc/wires.h"

/* ----- frames ----- */

struct heard {
	char messages[512], sent[512]; /* each message in <> */
	uint32_t nmessages, nsent;
	enum websocket_state state;
};

static void on_message(void *ctx, struct span message)
{
	struct heard *h = ctx;

	h->nmessages += (uint32_t)snprintf(h->messages + h->nmessages, sizeof(h->messages) - h->nmessages, "<%.*s>",
					   SPAN_ARG(message));
}

static void on_send(void *ctx, struct span bytes)
{
	struct heard *h = ctx;

	assert_true(bytes.n <= sizeof(h->sent) - h->nsent);
	memcpy(h->sent + h->nsent, bytes.p, bytes.n);
	h->nsent += bytes.n;
}

/* What comes of the bytes that are given in pieces of so many, the first one of `first`. */
static struct heard hear(struct span bytes, uint32_t first, uint32_t piece)
{
	static const struct conf_realm realm;
	struct websocket *w = websocket_new(&realm);
	struct heard h = { 0 };
	const struct websocket_sink sink = { &h, on_message, on_send };

	assert_non_null(w);
	for (uint32_t at = 0, n = first; at < bytes.n && h.state == WEBSOCKET_OPEN; at += n, n = piece) {
		struct span guarded = guard_span(span_slice(bytes, at, at + n));

		if (guarded.n)
			h.state = websocket_receive(w, guarded, &sink);
		guard_free(guarded);
	}
	websocket_free(w);
	return h;
}

static bool heard_eq(const struct heard *a, const struct heard *b)
{
	return a->state == b->state && a->nsent == b->nsent && memcmp(a->sent, b->sent, a->nsent) == 0 &&
	       strcmp(a->messages, b->messages) == 0;
}

/* Octets, which may be zero. */
#define B(text)                                                                                                        \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}
#define M         "\0\0\0\0" /* a mask that leaves it readable */
#define PROTOCOL  "\x88\x02\x03\xea"
#define NO_STATUS "\x88\0"
#define NOT_UTF8  "\x88\x02\x03\xef"

/* However they are cut. */
static void frames(void **state)
{
	static const struct {
		const char *what;
		struct span in;
		enum websocket_state state;
		const char *messages;
		struct span sent;
	} cases[] = {
		{ "text", B("\x81\x82" M "hi"), WEBSOCKET_OPEN, "<hi>", B("") },
		{ "binary", B("\x82\x82" M "h\xfc"), WEBSOCKET_OPEN, "<h\xfc>", B("") },
		{ "mask", B("\x81\x85\x01\x02\x03\x04imoho"), WEBSOCKET_OPEN, "<holln>", B("") },
		{ "two", B("\x81\x81" M "1\x81\x81" M "2"), WEBSOCKET_OPEN, "<1><2>", B("") },
		{ "nothing in it", B("\x81\x80" M), WEBSOCKET_OPEN, "", B("") },
		{ "CRLF", B("\x81\x82" M "\r\n"), WEBSOCKET_OPEN, "", B("") },
		{ "CRLFCRLF", B("\x81\x84" M "\r\n\r\n"), WEBSOCKET_OPEN, "", B("\x81\x02\r\n") },
		{ "ping", B("\x89\x82" M "hi"), WEBSOCKET_OPEN, "", B("\x8a\x02hi") },
		{ "pong", B("\x8a\x82" M "hi"), WEBSOCKET_OPEN, "", B("") },
		{ "close", B("\x88\x83" M "\x03\xe8x"), WEBSOCKET_CLOSED, "", B("\x88\x03\x03\xe8x") },
		{ "close, no status", B("\x88\x80" M), WEBSOCKET_CLOSED, "", B("\x88\0") },
		{ "behind a close", B("\x88\x80" M "\x81\x81" M "1"), WEBSOCKET_CLOSED, "", B("\x88\0") },
		{ "close, no such status", B("\x88\x82" M "\x03\xed"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "fragments", B("\1\x81" M "a\0\x80" M "\x80\x81" M "b"), WEBSOCKET_OPEN, "<ab>", B("") },
		{ "ping within", B("\1\x81" M "a\x89\x80" M "\x80\x81" M "b"), WEBSOCKET_OPEN, "<ab>", B("\x8a\0") },
		{ "not masked", B("\x81\2hi"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "sound before it", B("\x81\x81" M "1\x81\2hi"), WEBSOCKET_BROKEN, "<1>", B(PROTOCOL) },
		{ "RSV1", B("\xc1\x81" M "x"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "RSV2", B("\xa1\x81" M "x"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "RSV3 of a ping", B("\x99\x80" M), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "opcode 3", B("\x83\x81" M "x"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "opcode 11", B("\x8b\x80" M), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "opcode 3 within", B("\1\x81" M "a\x83\x81" M "x"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "nothing to go on", B("\x80\x81" M "x"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "another within", B("\1\x81" M "a\x81\x81" M "b"), WEBSOCKET_BROKEN, "", B(PROTOCOL) },
		{ "long form", B("\x81\xfe\0\x7d" M "x"), WEBSOCKET_BROKEN, "", B(NO_STATUS) },
		{ "longest form", B("\x81\xff\0\0\0\0\0\0\xff\xff" M "x"), WEBSOCKET_BROKEN, "", B(NO_STATUS) },
		{ "negative", B("\x81\xff\x80\0\0\0\0\0\0\x80" M "x"), WEBSOCKET_BROKEN, "", B(NO_STATUS) },
		{ "half a ping", B("\x09\x80" M), WEBSOCKET_BROKEN, "", B(NO_STATUS) },
		{ "long ping", B("\x89\xfe\0\x7e" M), WEBSOCKET_BROKEN, "", B(NO_STATUS) },
		{ "too large", B("\x82\xff\0\0\0\0\0\1\0\0" M "x"), WEBSOCKET_TOO_LARGE, "", B("\x88\2\x03\xf1") },
		{ "largest", B("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" M "x"), WEBSOCKET_TOO_LARGE, "",
		  B("\x88\2\x03\xf1") },
		{ "too large in all", B("\2\x81" M "x\x80\xfe\xff\xff" M "x"), WEBSOCKET_TOO_LARGE, "",
		  B("\x88\2\x03\xf1") },
		{ "a character in two", B("\1\x81" M "\xc3\x80\x81" M "\xbc"), WEBSOCKET_OPEN, "<\xc3\xbc>", B("") },
		{ "half a character", B("\x81\x81" M "\xc3"), WEBSOCKET_BROKEN, "", B(NOT_UTF8) },
		{ "longer than it need be", B("\x81\x82" M "\xc0\x8d"), WEBSOCKET_BROKEN, "", B(NOT_UTF8) },
		{ "not finished", B("\x81\x82" M "h"), WEBSOCKET_OPEN, "", B("") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (uint32_t cut = 0; cut <= cases[i].in.n; cut++) {
			struct heard h = hear(cases[i].in, cut ? cut : 1, cut ? cases[i].in.n : 1);

			if (h.state != cases[i].state || strcmp(h.messages, cases[i].messages) != 0 ||
			    !span_eq(span_of(h.sent, h.nsent), cases[i].sent))
				fail_msg("%s, cut at %u: %d %s, %u bytes sent", cases[i].what, cut, h.state, h.messages,
					 h.nsent);
		}
	}
}

/* Frames of no sense at all: the same comes of them however they are cut, and nothing is read beyond them. */
static void noise(void **state)
{
	static const uint8_t firsts[] = { 0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x09, 0x83, 0xc1, 0x8f };
	uint32_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		char bytes[48];
		struct heard whole, cut;

		for (uint32_t k = 0; k < sizeof(bytes); k++) {
			random = random * 1664525 + 1013904223;
			bytes[k] = (char)(random >> 24);
			if (k % 8 == 0)
				bytes[k] = (char)firsts[(random >> 16) % sizeof(firsts)];
			else if (k % 8 == 1 && random >> 31)
				bytes[k] = (char)0x82; /* with the first one and a mask: eight bytes */
		}
		whole = hear(span_of(bytes, sizeof(bytes)), sizeof(bytes), 1);
		cut = hear(span_of(bytes, sizeof(bytes)), i % 16, 1 + i % 7);
		if (!heard_eq(&whole, &cut))
			fail_msg("%u: %d %s, %d %s", i, whole.state, whole.messages, cut.state, cut.messages);
	}
}

/* Since when something is missing: what a deadline is about. */
static void inside(void **state)
{
	static const struct {
		struct span in;
		bool inside, began;
	} steps[] = {
		{ B("\x81"), true, true },
		{ B("\x81" M), true, false },
		{ B("1"), false, true },
		{ B("\1\x81" M "a"), true, true },
		{ B("\x89\x80" M), true, false },
		{ B("\x89"), true, false },
		{ B("\x80" M "\x80\x81" M "b\x81"), true, true },
		{ B("\x80" M), false, true },
	};
	static const struct conf_realm realm;
	struct websocket *w = websocket_new(&realm);
	struct heard h = { 0 };
	const struct websocket_sink sink = { &h, on_message, on_send };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		assert_int_equal(websocket_receive(w, steps[i].in, &sink), WEBSOCKET_OPEN);
		if (websocket_is_inside(w) != steps[i].inside || websocket_began(w) != steps[i].began)
			fail_msg("step %zu: inside %d, began %d", i, websocket_is_inside(w), websocket_began(w));
	}
	assert_string_equal(h.messages, "<1><ab>");
	websocket_free(w);
}

/* Behind a message of any length nothing is missing. */
static void lengths(void **state)
{
	static const uint32_t cases[] = { 1, 125, 126, 127, 4096, 65535 };
	static const struct conf_realm realm;
	static char bytes[8 + 65535];
	struct websocket *w = websocket_new(&realm);
	struct heard h = { 0 };
	const struct websocket_sink sink = { &h, on_message, on_send };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t n = cases[i], head = n > 125 ? 8 : 6;

		memset(bytes, 0, 8); /* a mask of zeroes */
		bytes[0] = (char)0x82;
		bytes[1] = (char)(0x80 | (n > 125 ? 126 : n));
		if (n > 125) {
			bytes[2] = (char)(n >> 8);
			bytes[3] = (char)n;
		}
		assert_int_equal(websocket_receive(w, span_of(bytes, head + n - 1), &sink), WEBSOCKET_OPEN);
		assert_true(websocket_is_inside(w));
		assert_int_equal(websocket_receive(w, span_of("", 1), &sink), WEBSOCKET_OPEN);
		assert_false(websocket_is_inside(w));
		assert_string_equal(h.messages, "<>");
		h.nmessages = 0;
	}
	websocket_free(w);
}

/* Ours: text where it may be one (RFC 3629 3). */
static void frames_of_ours(void **state)
{
	static const struct {
		struct span in, sent;
	} cases[] = {
		{ B(""), B("\x81\0") },
		{ B("hi"), B("\x81\2hi") },
		{ B("h\xc3\xbc"), B("\x81\3h\xc3\xbc") },
		{ B("\xf4\x8f\xbf\xbf"), B("\x81\4\xf4\x8f\xbf\xbf") },
		{ B("h\xfc"), B("\x82\2h\xfc") },
		{ B("\x80"), B("\x82\1\x80") },
		{ B("h\xc3"), B("\x82\2h\xc3") },
		{ B("\xc0\x8d"), B("\x82\2\xc0\x8d") },
		{ B("\xed\xa0\x80"), B("\x82\3\xed\xa0\x80") },
		{ B("\xf4\x90\x80\x80"), B("\x82\4\xf4\x90\x80\x80") },
	};
	static char large[300];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct heard h = { 0 };
		const struct websocket_sink sink = { &h, on_message, on_send };
		struct span guarded = guard_span(cases[i].in);

		assert_int_equal(websocket_send(guarded, &sink), 0);
		if (!span_eq(span_of(h.sent, h.nsent), cases[i].sent))
			fail_msg("%zu: %u bytes", i, h.nsent);
		guard_free(guarded);
	}
	for (uint32_t n = 125; n <= 300; n++) {
		struct heard h = { 0 };
		const struct websocket_sink sink = { &h, on_message, on_send };

		websocket_send(span_of(large, n), &sink);
		assert_int_equal(h.nsent, n + (n < 126 ? 2 : 4));
		assert_memory_equal(h.sent,
				    n < 126   ? "\x81\x7d"
				    : n < 256 ? "\x81\x7e\0"
					      : "\x81\x7e\1",
				    2 + (n > 125));
	}
}

/* ----- on sockets ----- */

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
	expect_frame(fd, 0x88,
		     "\x03\xe8"
		     "bye",
		     5);
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
		cmocka_unit_test(frames),
		cmocka_unit_test(noise),
		cmocka_unit_test(inside),
		cmocka_unit_test(lengths),
		cmocka_unit_test(frames_of_ours),
		TEST(messages_in_and_out),
		TEST(accept_key),
		TEST(who_is_refused),
		TEST(frames_behind_the_request),
		TEST(control_frames),
		TEST(fragments),
		TEST(what_ends_it),
		TEST(longest),
		TEST(silent_ones),
		TEST(not_opened_by_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
