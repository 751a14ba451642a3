/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* A server that answers one request in a process of its own. */
struct server {
	char dir[32], socket[64];
	int listener;
	pid_t pid;
	int heard; /* a pipe: the request as it came */
};

/* What it does once it has read the request. */
struct script {
	const char *text;
	size_t n;      /* 0: of text, its length */
	size_t times;  /* text is sent so often; 0: once */
	bool is_split; /* byte by byte */
};

static struct server server_init(void)
{
	struct server s = { .dir = "/tmp/sbcctl-test-XXXXXX" };
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	assert_non_null(mkdtemp(s.dir));
	snprintf(s.socket, sizeof(s.socket), "%s/api.sock", s.dir);
	strcpy(un.sun_path, s.socket);
	s.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s.listener, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(s.listener, 4), 0);
	return s;
}

static void server_serve(int listener, int heard, const struct script *script)
{
	size_t n = script->n ? script->n : strlen(script->text);
	size_t piece = script->is_split ? 1 : n, have = 0;
	char request[4096] = "";
	int fd = accept(listener, NULL, NULL);

	signal(SIGPIPE, SIG_IGN);
	while (have < sizeof(request) - 1 && !strstr(request, "\r\n\r\n")) {
		ssize_t got = read(fd, request + have, sizeof(request) - 1 - have);

		if (got <= 0)
			break;
		have += (size_t)got;
	}
	if (write(heard, request, have) != (ssize_t)have)
		_exit(1);
	for (size_t i = 0; i < (script->times ? script->times : 1); i++)
		for (size_t at = 0; at < n; at += piece)
			if (write(fd, script->text + at, piece) != (ssize_t)piece)
				_exit(0); /* the client had enough */
	_exit(0);
}

static void server_start(struct server *s, const struct script *script)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		server_serve(s->listener, ends[1], script);
	close(ends[1]);
	s->heard = ends[0];
}

static void server_fini(struct server *s)
{
	if (s->pid) {
		waitpid(s->pid, NULL, 0);
		close(s->heard);
	}
	close(s->listener);
	unlink(s->socket);
	rmdir(s->dir);
}

/* One request, answered as the script says. */
static int ask(const struct script *script, struct http_answer *out, char *why, size_t cap)
{
	struct server s = server_init();
	struct http_place place = { .socket = s.socket };
	int rc;

	server_start(&s, script);
	rc = http_request(&place, "GET", "/api/v1/status", out, why, cap);
	server_fini(&s);
	return rc;
}

#define OK "HTTP/1.1 200 OK\r\n"

static void answers(void **state)
{
	static const struct {
		const char *name, *text;
		int status;
		const char *body;
	} cases[] = {
		{ "with its length", OK "Content-Length: 5\r\n\r\nhello", 200, "hello" },
		{ "bytes behind its length", OK "Content-Length: 5\r\n\r\nhello and more", 200, "hello" },
		{ "length 0", OK "Content-Length: 0\r\n\r\n", 200, "" },
		{ "until the end of the connection", OK "\r\nhello", 200, "hello" },
		{ "nothing at all in it", OK "\r\n", 200, "" },
		{ "HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nold", 200, "old" },
		{ "no reason phrase", "HTTP/1.1 204\r\n\r\n", 204, "" },
		{ "a problem",
		  "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\nContent-Length: 16\r\n\r\n"
		  "{\"title\":\"None\"}",
		  404, "{\"title\":\"None\"}" },
		{ "names of headers in any case, values without blanks", OK "CONTENT-length:5  \r\n\r\nhello!", 200,
		  "hello" },
		{ "a header whose name only ends so", OK "X-Content-Length: 99\r\n\r\nhello", 200, "hello" },
		{ "a header's name in the body", OK "A: b\r\n\r\n\r\nContent-Length: 99\r\n", 200,
		  "\r\nContent-Length: 99\r\n" },
		{ "chunks", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0007\r\n, world\r\n0\r\n\r\n", 200,
		  "hello, world" },
		{ "chunks in hexadecimal", OK "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", 200,
		  "0123456789" },
		{ "chunk extensions and trailers",
		  OK "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0;c\r\nTrailer: x\r\n\r\n", 200, "ok" },
		{ "chunks that hold line ends", OK "Transfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n", 200,
		  "\r\n\r\n" },
		{ "no chunks", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "" },
		{ "chunked counts, not the length",
		  OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t k = i / 2;
		struct script script = { .text = cases[k].text, .is_split = i % 2 };
		struct http_answer a = { 0 };
		char why[256] = "";

		print_message("%s\n", cases[k].name);
		assert_int_equal(ask(&script, &a, why, sizeof(why)), 0);
		assert_int_equal(a.status, cases[k].status);
		assert_int_equal(a.len, strlen(cases[k].body));
		assert_string_equal(a.body, cases[k].body);
		http_free(&a);
		assert_null(a.body);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "closed at once", "" },
		{ "another protocol", "SSH-2.0-OpenSSH\r\n\r\n" },
		{ "no version", "HTTP/ 200 OK\r\n\r\n" },
		{ "HTTP/2", "HTTP/2 200\r\n\r\n" },
		{ "no status", "HTTP/1.1\r\n\r\n" },
		{ "a short status", "HTTP/1.1 20\r\n\r\n" },
		{ "a long status", "HTTP/1.1 2000 OK\r\n\r\n" },
		{ "a status that is no number", "HTTP/1.1 -20 OK\r\n\r\n" },
		{ "a status of no class", "HTTP/1.1 999 OK\r\n\r\n" },
		{ "an interim answer", "HTTP/1.1 100 Continue\r\n\r\n" },
		{ "blanks before the status", "HTTP/1.1   200 OK\r\n\r\n" },
		{ "cut in the status line", "HTTP/1.1 200" },
		{ "cut in the headers", OK "Content-Length: 5\r\n" },
		{ "cut in the body", OK "Content-Length: 5\r\n\r\nhell" },
		{ "length below 0", OK "Content-Length: -1\r\n\r\nhello" },
		{ "length that is no number", OK "Content-Length: five\r\n\r\nhello" },
		{ "length and more", OK "Content-Length: 5, 6\r\n\r\nhello!" },
		{ "no length", OK "Content-Length: \r\n\r\nhello" },
		{ "length beyond all numbers", OK "Content-Length: 99999999999999999999999\r\n\r\nhello" },
		{ "cut before the first chunk", OK "Transfer-Encoding: chunked\r\n\r\n" },
		{ "cut in a chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel" },
		{ "cut behind a chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello" },
		{ "no last chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" },
		{ "a chunk longer than it says", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n" },
		{ "a chunk below 0", OK "Transfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n" },
		{ "a chunk of 0x", OK "Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n" },
		{ "a chunk without size", OK "Transfer-Encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n" },
		{ "a chunk beyond all numbers",
		  OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\nok\r\n0\r\n\r\n" },
		{ "a chunk that would wrap around",
		  OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nok\r\n0\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct script script = { .text = cases[i].text };
		struct http_answer a = { 0 };
		char why[256] = "";

		print_message("%s\n", cases[i].name);
		assert_int_equal(ask(&script, &a, why, sizeof(why)), -1);
		assert_non_null(strstr(why, "is not the SBC's API, or was cut off"));
		assert_null(a.body);
	}
}

/* NUL bytes are bytes of the body, and none of the head. */
static void nul_bytes(void **state)
{
	static const char body[] = OK "Content-Length: 3\r\n\r\na\0b";
	static const char chunk[] = OK "Transfer-Encoding: chunked\r\n\r\n3\r\na\0b\r\n0\r\n\r\n";
	static const char head[] = OK "A: \0\r\n\r\nabc";
	struct http_answer a = { 0 };
	char why[256];

	(void)state;
	assert_int_equal(ask(&(struct script){ .text = body, .n = sizeof(body) - 1 }, &a, why, sizeof(why)), 0);
	assert_int_equal(a.len, 3);
	assert_memory_equal(a.body, "a\0b", 4);
	http_free(&a);
	assert_int_equal(ask(&(struct script){ .text = chunk, .n = sizeof(chunk) - 1 }, &a, why, sizeof(why)), 0);
	assert_int_equal(a.len, 3);
	assert_memory_equal(a.body, "a\0b", 4);
	http_free(&a);
	assert_int_equal(ask(&(struct script){ .text = head, .n = sizeof(head) - 1 }, &a, why, sizeof(why)), -1);
}

/* 1 MiB is taken, more than 64 MiB is not. */
static void huge(void **state)
{
	enum { PIECE = 1 << 20 };
	char *text = malloc(PIECE);
	struct script script = { .text = text, .n = PIECE, .times = 1 };
	struct http_answer a = { 0 };
	char why[256] = "";

	(void)state;
	assert_non_null(text);
	memset(text, 'x', PIECE);
	memcpy(text, OK "\r\n", strlen(OK "\r\n"));
	assert_int_equal(ask(&script, &a, why, sizeof(why)), 0);
	assert_int_equal(a.len, PIECE - strlen(OK "\r\n"));
	http_free(&a);
	script.times = 65;
	assert_int_equal(ask(&script, &a, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "does not answer: its answer is too long"));
	free(text);
}

static void request(void **state)
{
	struct script script = { .text = OK "Content-Length: 2\r\n\r\nok" };
	struct server s = server_init();
	struct http_place place = { .socket = s.socket };
	struct http_answer a = { 0 };
	char why[256] = "", heard[1024];
	ssize_t n;

	(void)state;
	server_start(&s, &script);
	assert_int_equal(http_request(&place, "DELETE", "/api/v1/calls/%41b", &a, why, sizeof(why)), 0);
	http_free(&a);
	n = read(s.heard, heard, sizeof(heard) - 1);
	assert_true(n > 0);
	heard[n] = '\0';
	assert_string_equal(heard,
			    "DELETE /api/v1/calls/%41b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	server_fini(&s);
}

static void a_path_that_is_too_long(void **state)
{
	struct server s = server_init();
	struct http_place place = { .socket = s.socket };
	struct http_answer a = { 0 };
	char path[2000], why[256] = "";

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(http_request(&place, "GET", path, &a, why, sizeof(why)), -1);
	assert_string_equal(why, "the name is too long");
	server_fini(&s);
}

static void nobody_there(void **state)
{
	static char too_long[200];
	static const struct {
		struct http_place place;
		const char *why;
	} cases[] = {
		{ { .socket = "/nonexistent/api.sock" },
		  "cannot reach the SBC at /nonexistent/api.sock: No such file or directory. Is sbc running?" },
		{ { .socket = too_long }, "the path is too long" },
		/* The port of tcpmux, which nobody has. */
		{ { .url = "http://127.0.0.1:1" },
		  "cannot reach the SBC at http://127.0.0.1:1: Connection refused. Is sbc running?" },
	};

	(void)state;
	memset(too_long, 'x', sizeof(too_long) - 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_answer a = { 0 };
		char why[512] = "";

		assert_int_equal(http_request(&cases[i].place, "GET", "/", &a, why, sizeof(why)), -1);
		assert_non_null(strstr(why, cases[i].why));
	}
}

/* Another user than those whom the socket is for. */
static void not_allowed(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const uid_t me = geteuid();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct http_place place = { .socket = un.sun_path };
	struct http_answer a = { 0 };
	char why[512] = "";

	(void)state;
	snprintf(un.sun_path, sizeof(un.sun_path), "/tmp/natsbc-test-%d.sock", (int)getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(chmod(un.sun_path, 0), 0);
	if (me == 0)
		assert_int_equal(seteuid(65534), 0); /* root may all */
	assert_int_equal(http_request(&place, "GET", "/", &a, why, sizeof(why)), -1);
	assert_int_equal(seteuid(me), 0);
	unlink(un.sun_path);
	close(fd);
	assert_non_null(strstr(why, ": Permission denied. Root may, and who is in the group of node.user (natsbc)"));
}

static void no_urls(void **state)
{
	static const char *const cases[] = {
		"",
		"127.0.0.1:8080",
		"https://127.0.0.1:8080",
		"http:/127.0.0.1",
		"http://",
		"http:///",
		"http://:8080",
		"http://127.0.0.1:",
		"http://127.0.0.1:/",
		"http://127.0.0.1:8080/api",
		"http://127.0.0.1:123456",
		"http://[::1",
		"http://[::1/",
		"http://[]:80",
		"http://[::1]x",
		"http://[::1]:",
		"http://[::1]80",
		"http://"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_place place = { .url = cases[i] };
		struct http_answer a = { 0 };
		char why[512] = "";

		print_message("%s\n", cases[i]);
		assert_int_equal(http_request(&place, "GET", "/", &a, why, sizeof(why)), -1);
		assert_non_null(strstr(why, "is not an address such as"));
	}
}

/* Loopback, on a port that the kernel chose. */
static void over_tcp(void **state)
{
	static const char *const ends[] = { "", "/" };

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct script script = { .text = OK "Content-Length: 2\r\n\r\nok" };
		struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		struct server s = server_init();
		socklen_t n = sizeof(in);
		struct http_answer a = { 0 };
		char url[64], why[256] = "";
		struct http_place place = { .url = url };

		close(s.listener);
		s.listener = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(bind(s.listener, (struct sockaddr *)&in, sizeof(in)), 0);
		assert_int_equal(listen(s.listener, 4), 0);
		assert_int_equal(getsockname(s.listener, (struct sockaddr *)&in, &n), 0);
		snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", ntohs(in.sin_port), ends[i]);
		server_start(&s, &script);
		assert_int_equal(http_request(&place, "GET", "/", &a, why, sizeof(why)), 0);
		assert_string_equal(a.body, "ok");
		http_free(&a);
		server_fini(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),      cmocka_unit_test(refused),
		cmocka_unit_test(nul_bytes),    cmocka_unit_test(huge),
		cmocka_unit_test(request),      cmocka_unit_test(a_path_that_is_too_long),
		cmocka_unit_test(nobody_there), cmocka_unit_test(not_allowed),
		cmocka_unit_test(no_urls),      cmocka_unit_test(over_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
