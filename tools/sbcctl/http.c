/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/http.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_S = 10, ANSWER_MAX = 64 << 20, HOST_MAX = 256, PORT_MAX = 6 };

static int fail_unreachable(const char *where, const char *reason, char *why, size_t cap)
{
	snprintf(why, cap, "cannot reach the SBC at %s: %s. Is sbc running?", where, reason);
	return -1;
}

/* How errno is told; of a socket with a limit, both of these say that it ran out. */
static const char *reason(void)
{
	return errno == EAGAIN || errno == EINPROGRESS ? "it took more than 10 s" : strerror(errno);
}

static int fail_by_errno(const char *where, char *why, size_t cap)
{
	if (errno != EACCES)
		return fail_unreachable(where, reason(), why, cap);
	snprintf(why, cap,
		 "may not speak to the SBC at %s: %s. Root may, and who is in the group of node.user (natsbc)", where,
		 reason());
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
		return fail_by_errno(path, why, cap);
	limit_waiting(fd);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un))) {
		fail_by_errno(path, why, cap);
		close(fd);
		return -1;
	}
	return fd;
}

/* Copies [from, to) as a text; -1 where it is empty or does not fit. */
static int part_copy(char *out, size_t cap, const char *from, const char *to)
{
	size_t n = (size_t)(to - from);

	if (n == 0 || n >= cap)
		return -1;
	memcpy(out, from, n);
	out[n] = '\0';
	return 0;
}

/* http://HOST[:PORT][/] into its parts; HOST may be [IPv6]. */
static int url_split(const char *url, char host[HOST_MAX], char port[PORT_MAX])
{
	static const char usual[] = "80";
	const char *p, *end, *colon;
	bool literal;

	if (strncmp(url, "http://", strlen("http://")) != 0)
		return -1;
	p = url + strlen("http://");
	end = p + strcspn(p, "/");
	if (end[0] && end[1])
		return -1;
	literal = *p == '[';
	p += literal;
	colon = p + strcspn(p, literal ? "]/" : ":/");
	if (part_copy(host, HOST_MAX, p, colon) || (literal && *colon != ']'))
		return -1;
	colon += literal;
	if (colon == end)
		return part_copy(port, PORT_MAX, usual, usual + strlen(usual));
	return *colon == ':' ? part_copy(port, PORT_MAX, colon + 1, end) : -1;
}

static int connect_url(const char *url, char *why, size_t cap)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char host[HOST_MAX], port[PORT_MAX];
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
		fail_by_errno(url, why, cap);
	freeaddrinfo(found);
	return fd;
}

static int send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
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

		if (got < 0 && errno == EINTR)
			continue; /* stopped and continued (signal(7)) */
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

/* Joins the chunks at body, which ends in a NUL, in place (RFC 9112 7.1). The length, or -1. */
static long join_chunks(char *body, size_t len)
{
	char *from = body, *to = body, *end = body + len;

	for (;;) {
		size_t digits = strspn(from, "0123456789abcdefABCDEF");
		char *data = strstr(from + digits, "\r\n"); /* chunk extensions are skipped */
		char *after;
		unsigned long n = strtoul(from, &after, 16);

		if (digits == 0 || after != from + digits || !data || n > (unsigned long)(end - data - 2))
			return -1;
		if (n == 0)
			return to - body;
		memmove(to, data + 2, n);
		to += n;
		from = data + 2 + n;
		if (strncmp(from, "\r\n", 2) != 0)
			return -1;
		from += 2;
	}
}

/* The status code of "HTTP/1.1 200 OK" (RFC 9112 4); -1 where the line is another. */
static int read_status(const char *line)
{
	if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ')
		return -1;
	if (line[9] < '2' || line[9] > '5' || strspn(line + 9, "0123456789") != 3 || !strchr(" \r", line[12]))
		return -1; /* nothing was asked that an interim 1xx could answer */
	return atoi(line + 9);
}

/* The length that the header tells; -1 where it is none, or more than there is. */
static long read_length(const char *value, long there)
{
	char *end;
	long n = strtol(value, &end, 10);

	return isdigit((unsigned char)*value) && strchr(" \t\r", *end) && n <= there ? n : -1;
}

/* Takes raw, which ends in a NUL: it becomes the body. */
static int read_answer(char *raw, size_t len, struct http_answer *out)
{
	char *body = strstr(raw, "\r\n\r\n");
	const char *coding, *length;
	int status = read_status(raw);
	long n;

	if (!body || status < 0)
		return -1;
	coding = header(raw, body, "Transfer-Encoding");
	length = header(raw, body, "Content-Length");
	body += 4;
	n = (long)(len - (size_t)(body - raw));
	if (coding && strncasecmp(coding, "chunked", 7) == 0)
		n = join_chunks(body, (size_t)n);
	else if (length)
		n = read_length(length, n);
	if (n < 0)
		return -1; /* cut short, or no HTTP */
	memmove(raw, body, (size_t)n);
	raw[n] = '\0';
	*out = (struct http_answer){ .status = status, .body = raw, .len = (size_t)n };
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
			 errno == EMSGSIZE ? "its answer is too long" : reason());
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
