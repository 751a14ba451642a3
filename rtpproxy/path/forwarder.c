/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/forwarder.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <rte_pcapng.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg/base/addr.h"

enum { PORTION = 16384 };

/* --- connecting ------------------------------------------------------------------------------------------- */

/* Length of the address; 0: neither. */
static socklen_t address_of(const char *to, struct sockaddr_storage *out)
{
	struct sockaddr_un *path = (struct sockaddr_un *)(void *)out;
	const struct span s = span_str(to), tcp = SPAN("tcp:"), local = SPAN("unix:");
	const struct span rest = span_from(s, local.n);
	struct addr a;

	if (span_starts(s, tcp))
		return addr_parse(span_from(s, tcp.n), 0, &a) == 0 ? addr_to_sockaddr(&a, out) : 0;
	if (!span_starts(s, local) || rest.n >= sizeof(path->sun_path))
		return 0;
	*path = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(path->sun_path, rest.p, rest.n);
	return sizeof(*path);
}

/* How the connection stands: 0 it does, 1 not yet, else -1 with errno. */
static int connection_look(int fd, int wait_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t n = sizeof(error);

	if (poll(&p, 1, wait_ms) == 0)
		return 1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n))
		return -1;
	errno = error;
	return error ? -1 : 0;
}

static int connection_open(const char *to)
{
	const unsigned silent = FORWARDER_SILENT_MS;
	struct sockaddr_storage address;
	const socklen_t n = address_of(to, &address);
	int fd, error;

	errno = EINVAL;
	fd = n ? socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	if (fd < 0)
		return -1;
	if (address.ss_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof(silent));
	if (connect(fd, (const struct sockaddr *)&address, n) == 0 || errno == EINPROGRESS)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* --- what waits for the receiver ---------------------------------------------------------------------------- */

/* With the head of the stream in it. */
static int room_open(struct forwarder *f)
{
	off_t head;

	f->room = memfd_create("forwarded", MFD_CLOEXEC);
	if (f->room < 0)
		return -1;
	f->writer = rte_pcapng_fdopen(f->room, NULL, NULL, "natsbc", f->name);
	head = lseek(f->room, 0, SEEK_CUR);
	if (f->writer && head > 0) {
		f->held = (uint32_t)head;
		f->taken = 0;
		return 0;
	}
	if (f->writer)
		rte_pcapng_close(f->writer);
	else
		close(f->room);
	f->writer = NULL;
	errno = ENOMEM;
	return -1;
}

/* All is taken: it begins anew. */
static int room_clear(struct forwarder *f)
{
	f->held = f->taken = 0;
	return ftruncate(f->room, 0) || lseek(f->room, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* 0, or -1 with errno where the connection is over. */
static int room_send(struct forwarder *f)
{
	char bytes[PORTION];
	ssize_t n;

	if (f->held == 0)
		return 0;
	while (f->taken < f->held) {
		n = pread(f->room, bytes, sizeof(bytes), f->taken);
		if (n > 0)
			n = send(f->fd, bytes, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
		f->taken += (uint32_t)n;
	}
	return room_clear(f);
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static void connection_close(struct forwarder *f)
{
	if (f->writer)
		rte_pcapng_close(f->writer); /* and the room with it */
	if (f->fd >= 0)
		close(f->fd);
	f->writer = NULL;
	f->fd = f->room = -1;
	f->held = f->taken = 0;
}

static enum forwarder_state lose(struct forwarder *f, int why)
{
	connection_close(f);
	f->why = why;
	f->state = FORWARDER_GONE;
	return f->state;
}

static int begin(struct forwarder *f, const char *to, int wait_ms, uint64_t now)
{
	int stands, error;

	f->writer = NULL;
	f->fd = connection_open(to);
	if (f->fd < 0)
		return -1;
	stands = connection_look(f->fd, wait_ms);
	if (stands >= 0 && room_open(f) == 0) {
		f->state = stands == 0 ? FORWARDER_FLOWS : FORWARDER_CONNECTING;
		f->until = now + FORWARDER_CONNECT_MS;
		return 0;
	}
	error = errno;
	connection_close(f);
	errno = error;
	return -1;
}

int forwarder_open(struct forwarder *f, const char *to, const char *name, int wait_ms, uint64_t now)
{
	struct forwarder new = { .fd = -1, .room = -1, .name = strdup(name) };
	int error;

	if (new.name && begin(&new, to, wait_ms, now) == 0) {
		*f = new;
		return 0;
	}
	error = errno;
	free(new.name);
	errno = error;
	return -1;
}

int forwarder_again(struct forwarder *f, const char *to, uint64_t now)
{
	return begin(f, to, 0, now);
}

void forwarder_put(struct forwarder *f, struct rte_mbuf *m)
{
	const bool has_room = f->state != FORWARDER_GONE && f->held + rte_pktmbuf_pkt_len(m) <= FORWARDER_ROOM;
	const ssize_t n = has_room ? rte_pcapng_write_packets(f->writer, &m, 1) : 0;

	if (n <= 0) {
		f->dropped++;
		return;
	}
	f->held += (uint32_t)n;
	f->bytes += (uint64_t)n;
	f->packets++;
}

void forwarder_end(struct forwarder *f, uint64_t now)
{
	f->ends = true;
	f->until = now + FORWARDER_END_MS;
}

/* 0 where the connection stands or may yet, -1 with errno where it will not. */
static int await(struct forwarder *f, uint64_t now)
{
	const int stands = connection_look(f->fd, 0);

	if (stands == 0)
		f->state = FORWARDER_FLOWS;
	if (stands <= 0 || now < f->until)
		return stands < 0 ? -1 : 0;
	errno = ETIMEDOUT;
	return -1;
}

enum forwarder_state forwarder_turn(struct forwarder *f, uint64_t now)
{
	if (f->state == FORWARDER_CONNECTING && await(f, now) < 0)
		lose(f, errno);
	if (f->state == FORWARDER_FLOWS && room_send(f) < 0)
		lose(f, errno);
	if (f->ends && (f->state == FORWARDER_GONE || f->held == 0 || now >= f->until))
		forwarder_close(f);
	return f->state;
}

void forwarder_close(struct forwarder *f)
{
	if (f->state == FORWARDER_FREE)
		return;
	connection_close(f);
	free(f->name);
	*f = (struct forwarder){ .state = FORWARDER_FREE };
}
