/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/http.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_S = 10, ANSWER_MAX = 64 << 20, HOST_MAX = 256 };

static int fail_unreachable(const char *where, const char *reason, char *why, size_t cap)
{
	snprintf(why, cap, "cannot reach the SBC at %s: %s. Is sbc running?", where, reason);
	return -1;
}

static void limit_waiting(int fd)
{
	struct timeval t = { .tv_sec = TIMEOUT_S };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static int connect_unix(const char *path, char *why, size_t cap)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(un.sun_path))
		return fail_unreachable(path, "the path is too long", why, cap);
	strcpy(un.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail_unreachable(path, strerror(errno), why, cap);
	limit_waiting(fd);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un))) {
		fail_unreachable(path, strerror(errno), why, cap);
		close(fd);
		return -1;
	}
	return fd;
}

/* http://HOST[:PORT][/] into its parts; HOST may be [IPv6]. */
static int url_split(const char *url, char host[HOST_MAX], char port[8])
{
	const char *p = url + strlen("http://"), *end, *colon;

	if (strncmp(url, "http://", strlen("http://")) != 0)
		return -1;
	end = p + strcspn(p, "/");
	if (end[0] && end[1])
		return -1;
	if (*p == '[') {
		colon = strchr(++p, ']');
		if (!colon || colon >= end)
			return -1;
		snprintf(host, HOST_MAX, "%.*s", (int)(colon - p), p);
		colon++;
	} else {
		colon = p + strcspn(p, ":/");
		snprintf(host, HOST_MAX, "%.*s", (int)(colon - p), p);
	}
	if (colon < end && *colon != ':')
		return -1;
	snprintf(port, 8, "%.*s", colon < end ? (int)(end - colon - 1) : 2, colon < end ? colon + 1 : "80");
	return host[0] && port[0] ? 0 : -1;
}

static int connect_url(const char *url, char *why, size_t cap)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char host[HOST_MAX], port[8];
	int rc, fd = -1;

	if (url_split(url, host, port)) {
		snprintf(why, cap, "\"%s\" is not an address such as http://127.0.0.1:8080", url);
		return -1;
	}
	rc = getaddrinfo(host, port, &hints, &found);
	if (rc)
		return fail_unreachable(url, gai_strerror(rc), why, cap);
	for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd < 0)
			continue;
		limit_waiting(fd);
		if (connect(fd, a->ai_addr, a->ai_addrlen)) {
			rc = errno;
			close(fd);
			errno = rc;
			fd = -1;
		}
	}
	if (fd < 0)
		fail_unreachable(url, strerror(errno), why, cap);
	freeaddrinfo(found);
	return fd;
}

static int send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0)
			return -1;
		p += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* All until the server closes, with a NUL behind it; NULL when that fails (errno). */
static char *receive_all(int fd, size_t *len)
{
	size_t cap = 65536, n = 0;
	char *buf = malloc(cap);

	while (buf) {
		ssize_t got = recv(fd, buf + n, cap - n - 1, 0);

		if (got < 0)
			break;
		n += (size_t)got;
		if (got == 0) {
			buf[n] = '\0';
			*len = n;
			return buf;
		}
		if (n + 1 == cap) {
			char *more = cap < ANSWER_MAX ? realloc(buf, cap * 2) : NULL;

			if (!more) {
				errno = EMSGSIZE;
				break;
			}
			buf = more;
			cap *= 2;
		}
	}
	free(buf);
	return NULL;
}

/* The value of a header among [head, body), without the blanks before it; NULL where there is none. */
static const char *header(const char *head, const char *body, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line && line + 2 < body; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':')
			return line + 3 + n + strspn(line + 3 + n, " \t");
	return NULL;
}

/* Joins the chunks at body in place (RFC 9112 7.1). The length, or -1. */
static long join_chunks(char *body, size_t len)
{
	char *from = body, *to = body, *end = body + len;

	for (;;) {
		char *after;
		unsigned long n = strtoul(from, &after, 16);
		char *data = strstr(after, "\r\n");

		if (after == from || !data || n > (unsigned long)(end - data - 2))
			return -1;
		if (n == 0)
			return to - body;
		memmove(to, data + 2, n);
		to += n;
		from = data + 2 + n;
		from += strspn(from, "\r\n");
	}
}

/* Takes raw: it becomes the body. */
static int read_answer(char *raw, size_t len, struct http_answer *out)
{
	char *body = strstr(raw, "\r\n\r\n");
	const char *coding, *length;
	long n;

	if (!body || sscanf(raw, "HTTP/1.%*1[01] %3d", &out->status) != 1)
		return -1;
	coding = header(raw, body, "Transfer-Encoding");
	length = header(raw, body, "Content-Length");
	body += 4;
	n = (long)(len - (size_t)(body - raw));
	if (coding && strncasecmp(coding, "chunked", 7) == 0)
		n = join_chunks(body, (size_t)n);
	else if (length && strtol(length, NULL, 10) > n)
		return -1; /* cut short */
	else if (length)
		n = strtol(length, NULL, 10);
	if (n < 0)
		return -1;
	memmove(raw, body, (size_t)n);
	raw[n] = '\0';
	out->body = raw;
	out->len = (size_t)n;
	return 0;
}

int http_request(const struct http_place *place, const char *method, const char *path, struct http_answer *out,
		 char *why, size_t cap)
{
	const char *where = place->url ? place->url : place->socket;
	int fd = place->url ? connect_url(place->url, why, cap) : connect_unix(place->socket, why, cap);
	char request[1024], *raw = NULL;
	size_t len;
	int n;

	if (fd < 0)
		return -1;
	n = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method,
		     path);
	if (n < 0 || (size_t)n >= sizeof(request)) {
		snprintf(why, cap, "the name is too long");
		goto out;
	}
	if (send_all(fd, request, (size_t)n) == 0)
		raw = receive_all(fd, &len);
	if (!raw) {
		snprintf(why, cap, "the SBC at %s does not answer: %s", where,
			 errno == EAGAIN ? "it took more than 10 s" : strerror(errno));
		goto out;
	}
	if (read_answer(raw, len, out)) {
		snprintf(why, cap, "what answers at %s is not the SBC's API, or was cut off", where);
		free(raw);
		goto out;
	}
	close(fd);
	return 0;
out:
	close(fd);
	return -1;
}

void http_free(struct http_answer *a)
{
	free(a->body);
	a->body = NULL;
}
