/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/server.h"
#include "rtpproxy/server_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "alg/ng/ng_gather.h"

enum {
	SERVER_BATCH = 16,
	SERVER_ROUNDS = 16, /* batches of one socket per run: other work must get its turn */
	SERVER_BACKLOG = 128,
	SERVER_RCVBUF = 1 << 22, /* bursts of offers wait here while another command is carried out */
	SERVER_UNIX_MODE = 0660,
	SERVER_MOMENT_NS = 100000, /* waited for a client that does not read, */
	SERVER_MOMENTS = 10,       /* so many times for a batch of answers */
};

struct server_socket {
	int fd;
	char *path; /* of a unix socket, to be removed; else NULL */
	int type;   /* SOCK_DGRAM or SOCK_STREAM */
};

struct server {
	struct relay *relay;
	struct server_socket sockets[CONF_NG_MAX];
	unsigned nsocket;
	struct server_stream *streams;
	struct server_peer peers[SERVER_BATCH];
	struct mmsghdr to_read[SERVER_BATCH]; /* prepared once */
	struct iovec room[SERVER_BATCH];
	char in[SERVER_BATCH][NG_DATAGRAM_MAX];
	char out[SERVER_BATCH][RELAY_ANSWER_MAX];
	char gathered[NG_GATHER_MAX + NG_GATHER_HEAD + RELAY_ANSWER_MAX];
};

typedef int open_fn(struct server_socket *s, struct span rest, struct writer *error);

static int open_failed(struct server_socket *s, struct writer *error, const char *what, struct span name)
{
	writer_format(error, "%.*s: %s: %s", SPAN_ARG(name), what, strerror(errno));
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return -1;
}

/* A file that a former relay left behind when it was killed goes; one that somebody answers on stays. */
static int remove_stale(const struct sockaddr_un *name, int type)
{
	struct stat st;
	int fd, rc, error;

	if (lstat(name->sun_path, &st))
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	rc = connect(fd, (const struct sockaddr *)name, sizeof(*name));
	error = rc ? errno : EADDRINUSE;
	close(fd);
	if (error == ECONNREFUSED)
		return unlink(name->sun_path);
	errno = error;
	return -1;
}

static int open_unix(struct server_socket *s, struct span path, struct writer *error)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	s->fd = -1;
	if (path.n == 0 || path.n >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		return open_failed(s, error, "unix socket", path);
	}
	memcpy(name.sun_path, path.p, path.n);
	if (remove_stale(&name, s->type))
		return open_failed(s, error, "unix socket", path);
	s->fd = socket(AF_UNIX, s->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The mode is the file's from the first moment on, less the umask; chmod then gives the group its part. */
	if (s->fd < 0 || fchmod(s->fd, SERVER_UNIX_MODE) || bind(s->fd, (struct sockaddr *)&name, sizeof(name)))
		return open_failed(s, error, "unix socket", path);
	s->path = strdup(name.sun_path);
	if (!s->path || chmod(name.sun_path, SERVER_UNIX_MODE)) {
		unlink(name.sun_path);
		return open_failed(s, error, "unix socket", path);
	}
	return 0;
}

/* Who is not of this host is turned away later: server_is_client(). */
static int open_inet(struct server_socket *s, struct span host, struct writer *error)
{
	struct sockaddr_storage ss;
	const int on = 1;
	struct addr a;
	socklen_t len;

	s->fd = -1;
	if (addr_parse(host, 0, &a) || a.port == 0) {
		errno = EINVAL;
		return open_failed(s, error, "not HOST:PORT", host);
	}
	len = addr_to_sockaddr(&a, &ss);
	s->fd = socket(ss.ss_family, s->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd >= 0 && s->type == SOCK_STREAM)
		setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&ss, len))
		return open_failed(s, error, s->type == SOCK_STREAM ? "TCP socket" : "UDP socket", host);
	return 0;
}

static const struct {
	struct span prefix;
	open_fn *open;
	int type;
} kinds[] = {
	{ SPAN("unix:"), open_unix, SOCK_DGRAM },
	{ SPAN("unix-stream:"), open_unix, SOCK_STREAM },
	{ SPAN("udp:"), open_inet, SOCK_DGRAM },
	{ SPAN("tcp:"), open_inet, SOCK_STREAM },
};

static int socket_begin(struct server *s, unsigned number)
{
	const struct server_socket *to = &s->sockets[number];
	const int rcvbuf = SERVER_RCVBUF;

	if (to->type == SOCK_STREAM)
		return listen(to->fd, SERVER_BACKLOG) || server_stream_listen(s->streams, to->fd, (uint8_t)number);
	/* As much as the system grants. */
	return setsockopt(to->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof(rcvbuf));
}

static int socket_open(struct server *s, const char *name, struct writer *error)
{
	struct span text = span_str(name);
	struct server_socket *to = &s->sockets[s->nsocket];

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!span_starts(text, kinds[i].prefix))
			continue;
		to->type = kinds[i].type;
		if (kinds[i].open(to, span_from(text, kinds[i].prefix.n), error))
			return -1;
		if (socket_begin(s, s->nsocket++) == 0)
			return 0;
		writer_format(error, "%s: %s", name, strerror(errno));
		return -1;
	}
	writer_format(error, "%s: must begin with unix:, unix-stream:, udp: or tcp:", name);
	return -1;
}

static void server_prepare(struct server *s)
{
	for (unsigned i = 0; i < SERVER_BATCH; i++) {
		s->room[i] = (struct iovec){ .iov_base = s->in[i], .iov_len = sizeof(s->in[i]) };
		s->to_read[i].msg_hdr = (struct msghdr){
			.msg_name = &s->peers[i].address,
			.msg_namelen = sizeof(s->peers[i].address),
			.msg_iov = &s->room[i],
			.msg_iovlen = 1,
		};
	}
}

struct server *server_open(const struct config *conf, struct relay *r, char *error, uint32_t error_size)
{
	struct writer w = writer_over(error, error_size - 1);
	struct server *s = calloc(1, sizeof(*s));
	int failed = 0;

	error[0] = '\0';
	if (!s)
		return NULL;
	s->relay = r;
	server_prepare(s);
	s->streams = server_stream_open(r);
	if (!s->streams) {
		writer_format(&w, "connections: %s", strerror(errno));
		failed = -1;
	}
	for (unsigned i = 0; i < conf->relay.nng && !failed; i++)
		failed = socket_open(s, conf->relay.ng[i], &w);
	error[w.n] = '\0';
	if (!failed)
		return s;
	server_close(s);
	return NULL;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	server_stream_close(s->streams);
	for (unsigned i = 0; i < s->nsocket; i++) {
		close(s->sockets[i].fd);
		if (s->sockets[i].path)
			unlink(s->sockets[i].path);
		free(s->sockets[i].path);
	}
	free(s);
}

int server_watch(const struct server *s, int epoll, uint32_t first)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = first + SERVER_STREAMS };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, server_stream_poll_fd(s->streams), &e))
		return -1;
	for (unsigned i = 0; i < s->nsocket; i++) {
		e.data.u32 = first + i;
		if (s->sockets[i].type == SOCK_DGRAM && epoll_ctl(epoll, EPOLL_CTL_ADD, s->sockets[i].fd, &e))
			return -1;
	}
	return 0;
}

bool server_is_client(const struct config *conf, const struct sockaddr *from)
{
	struct addr a;

	if (addr_from_sockaddr(from, &a) || addr_is_loopback(&a))
		return true;
	for (unsigned i = 0; i < conf->relay.nng_from; i++)
		if (prefix_has(&conf->relay.ng_from[i], &a))
			return true;
	return false;
}

/* One datagram that cannot be delivered, its receiver being gone or too slow, must not hold up the others for long: a
 * client asks again, and is answered from what is kept. The kernel holds few datagrams of a unix socket
 * (net.unix.max_dgram_qlen); who is only busy reads in a moment. */
static void send_all(int fd, struct mmsghdr *m, unsigned n)
{
	const struct timespec moment = { .tv_nsec = SERVER_MOMENT_NS };
	unsigned at = 0, waits = 0;

	while (at < n) {
		int sent = sendmmsg(fd, m + at, n - at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0)
			at += (unsigned)sent;
		else if (errno == EAGAIN && waits++ < SERVER_MOMENTS)
			nanosleep(&moment, NULL);
		else
			at++;
	}
}

static void send_to(int fd, struct server_peer *to, char *bytes, uint32_t n)
{
	struct iovec from = { .iov_base = bytes, .iov_len = n };
	struct mmsghdr m = { .msg_hdr = {
				     .msg_name = &to->address,
				     .msg_namelen = to->len,
				     .msg_iov = &from,
				     .msg_iovlen = 1,
			     } };

	if (n)
		send_all(fd, &m, 1);
}

/* What came together is answered together, as far as it fits: its sender is woken once. A long answer goes alone. */
static void gathered_run(struct server *s, unsigned number, struct server_peer *peer, struct span left, uint64_t now)
{
	const int fd = s->sockets[number].fd;
	struct span one;
	uint32_t n = 0;

	while (ng_gather_next(&left, &one)) {
		char *head = s->gathered + n;
		struct writer w = writer_over(head + NG_GATHER_HEAD, RELAY_ANSWER_MAX);

		relay_handle(s->relay, one, peer, now, &w);
		if (w.n == 0 || peer->len == 0)
			continue;
		ng_gather_head(head, w.n);
		if (n + NG_GATHER_HEAD + w.n <= NG_GATHER_MAX) {
			n += NG_GATHER_HEAD + w.n;
			continue;
		}
		send_to(fd, peer, s->gathered, n);
		send_to(fd, peer, w.p, w.n);
		n = 0;
	}
	if (left.n)
		s->relay->counters.dropped++;
	send_to(fd, peer, s->gathered, n);
}

/* One datagram: what is to be answered is left in the writer. */
static void datagram_run(struct server *s, unsigned number, struct server_peer *peer, struct span datagram,
			 uint64_t now, struct writer *reply)
{
	if (!server_is_client(s->relay->conf, (const struct sockaddr *)&peer->address))
		s->relay->counters.strangers++;
	else if (ng_gather_is(datagram))
		gathered_run(s, number, peer, datagram, now);
	else
		relay_handle(s->relay, datagram, peer, now, reply);
}

/* Takes up to a batch from the socket, answers it; how many there were. */
static unsigned batch_run(struct server *s, unsigned number, uint64_t now)
{
	struct mmsghdr out[SERVER_BATCH];
	struct iovec from[SERVER_BATCH];
	int fd = s->sockets[number].fd;
	unsigned nout = 0;
	int n = recvmmsg(fd, s->to_read, SERVER_BATCH, MSG_DONTWAIT, NULL);

	for (int i = 0; i < n; i++) {
		struct writer w = writer_over(s->out[i], sizeof(s->out[i]));
		struct mmsghdr *m = &s->to_read[i];

		s->peers[i].socket = (uint8_t)number;
		s->peers[i].len = m->msg_hdr.msg_namelen;
		m->msg_hdr.msg_namelen = sizeof(s->peers[i].address); /* the kernel wrote there */
		datagram_run(s, number, &s->peers[i], span_of(s->in[i], m->msg_len), now, &w);
		if (w.n == 0 || s->peers[i].len == 0)
			continue;
		from[nout] = (struct iovec){ .iov_base = w.p, .iov_len = w.n };
		out[nout].msg_hdr = (struct msghdr){
			.msg_name = &s->peers[i].address,
			.msg_namelen = s->peers[i].len,
			.msg_iov = &from[nout],
			.msg_iovlen = 1,
		};
		nout++;
	}
	send_all(fd, out, nout);
	for (int i = 0; i < n; i++)
		s->peers[i] = (struct server_peer){ 0 };
	return n > 0 ? (unsigned)n : 0;
}

void server_run(struct server *s, uint32_t number, uint64_t now)
{
	if (number == SERVER_STREAMS)
		server_stream_run(s->streams, now);
	if (number >= s->nsocket || s->sockets[number].type != SOCK_DGRAM)
		return;
	for (unsigned round = 0; round < SERVER_ROUNDS; round++)
		if (batch_run(s, number, now) < SERVER_BATCH)
			break;
}

void server_tick(struct server *s, uint64_t now)
{
	server_stream_tick(s->streams, now);
}

void server_event_send(void *server, const struct server_peer *to, struct span datagram)
{
	const struct server *s = server;

	if (to->socket >= s->nsocket || to->len == 0)
		return;
	if (s->sockets[to->socket].type == SOCK_STREAM) {
		server_stream_send(s->streams, to, datagram);
		return;
	}
	sendto(s->sockets[to->socket].fd, datagram.p, datagram.n, MSG_DONTWAIT | MSG_NOSIGNAL,
	       (const struct sockaddr *)&to->address, to->len);
}
