/* SPDX-License-Identifier: BSD-3-Clause */
/* asked.h: one request over real sockets to a server of HTTP, which a test answers: for what reads requests and writes
 * answers. */
#ifndef NATSBC_TESTS_ASKED_H
#define NATSBC_TESTS_ASKED_H

#include <arpa/inet.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ASKED_TURNS = 1000, ASKED_TURN_MS = 5 }; /* a test that hangs must end */

static inline int asked_connect(struct evhttp *server)
{
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(server, "127.0.0.1", 0);
	struct sockaddr_in at;
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_non_null(bound);
	assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &n), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, n), 0);
	return fd;
}

/* GET target, which handle answers: the whole answer, NUL-terminated, until the next one. */
static inline const char *asked(const char *target, void (*handle)(struct evhttp_request *req, void *ctx), void *ctx)
{
	static char text[8192];
	struct event_base *base = event_base_new();
	struct evhttp *server = evhttp_new(base);
	int fd = asked_connect(server);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;
	ssize_t got = 1;

	evhttp_set_gencb(server, handle, ctx);
	assert_true(dprintf(fd, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target) > 0);
	for (int i = 0; i < ASKED_TURNS && got > 0; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		if (poll(&p, 1, ASKED_TURN_MS) != 1)
			continue;
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
		n += got > 0 ? (size_t)got : 0;
	}
	text[n] = '\0';
	close(fd);
	evhttp_free(server);
	event_base_free(base);
	return text;
}

#endif
