/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/wire/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sbc/wire/dscp.h"

enum {
	BATCH = 32,
	DATAGRAM_MAX = 65536,
	/* Between two that are read: a power of two would put them all in the same corner of the processor's cache. */
	STRIDE = DATAGRAM_MAX + 1728,
	QUEUE_MAX = 256,
	QUEUE_BYTES = 512 * 1024,
	SOCKET_BUFFER = 4 * 1024 * 1024,
	SOCKET_MAX = CONF_REALM_MAX * CONF_LISTEN_MAX,
};

struct queued {
	unsigned sock;
	uint32_t from, n; /* in the queue's bytes */
	struct sockaddr_storage to;
	socklen_t to_len;
};

struct udp {
	unsigned count;
	struct {
		int fd;
		uint8_t realm, listen;
	} sock[SOCKET_MAX];
	unsigned nqueued, lost;
	uint32_t bytes;
	struct queued queue[QUEUE_MAX];
	char text[QUEUE_BYTES];
	struct mmsghdr msgs[BATCH]; /* where the kernel puts what it has: prepared once */
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	char in[BATCH][STRIDE];
};

static int open_one(const struct conf_realm *realm, uint16_t port, char *error, uint32_t error_size)
{
	struct addr local = realm->address;
	int size = SOCKET_BUFFER, one = 1, fd;
	struct sockaddr_storage sa;
	char text[ADDR_TEXT_MAX];
	socklen_t len;

	local.port = port;
	len = addr_to_sockaddr(&local, &sa);
	fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Before bind: IPv4 listeners on the same port are sockets of their own. */
	if (fd >= 0 && local.family == ADDR_V6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, len)) {
		snprintf(error, error_size, "realms.%s: cannot listen on udp %s: %s%s", realm->name,
			 addr_text(&local, text), strerror(errno),
			 errno == EADDRINUSE      ? ". Is another SIP server running here?"
			 : errno == EADDRNOTAVAIL ? ". No interface of this machine has that address"
						  : "");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	dscp_set(fd, &local, realm->signalling_dscp);
	/* Beyond net.core.rmem_max only root may go; what the kernel grants is fine. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

static void prepare(struct udp *u)
{
	for (unsigned k = 0; k < BATCH; k++) {
		u->iov[k] = (struct iovec){ u->in[k], DATAGRAM_MAX };
		u->msgs[k].msg_hdr = (struct msghdr){
			.msg_name = &u->from[k],
			.msg_namelen = sizeof(u->from[k]),
			.msg_iov = &u->iov[k],
			.msg_iovlen = 1,
		};
	}
}

struct udp *udp_open(const struct config *conf, char *error, uint32_t error_size)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u) {
		snprintf(error, error_size, "no memory for the SIP sockets");
		return NULL;
	}
	prepare(u);
	for (unsigned r = 0; r < conf->nrealm; r++) {
		for (unsigned l = 0; l < conf->realms[r].nlisten; l++) {
			int fd;

			if (conf->realms[r].listen[l].transport != CONF_UDP)
				continue;
			fd = open_one(&conf->realms[r], conf->realms[r].listen[l].port, error, error_size);
			if (fd < 0) {
				udp_close(u);
				return NULL;
			}
			u->sock[u->count].fd = fd;
			u->sock[u->count].realm = (uint8_t)r;
			u->sock[u->count].listen = (uint8_t)l;
			u->count++;
		}
	}
	return u;
}

void udp_close(struct udp *u)
{
	if (!u)
		return;
	for (unsigned i = 0; i < u->count; i++)
		close(u->sock[i].fd);
	free(u);
}

unsigned udp_count(const struct udp *u)
{
	return u->count;
}

int udp_fd(const struct udp *u, unsigned i)
{
	return u->sock[i].fd;
}

bool udp_read(struct udp *u, unsigned i, udp_received_fn *received, void *ctx)
{
	int n = recvmmsg(u->sock[i].fd, u->msgs, BATCH, MSG_DONTWAIT, NULL);

	for (int k = 0; k < n; k++) {
		struct flow flow = { .realm = u->sock[i].realm, .listen = u->sock[i].listen };

		u->msgs[k].msg_hdr.msg_namelen = sizeof(u->from[k]); /* the kernel wrote there */
		if (addr_from_sockaddr((struct sockaddr *)&u->from[k], &flow.peer) == 0)
			received(ctx, &flow, span_of(u->in[k], u->msgs[k].msg_len));
	}
	return n == BATCH;
}

/* u->count: none. */
static unsigned socket_for(const struct udp *u, const struct flow *to)
{
	unsigned i = 0;

	while (i < u->count && (u->sock[i].realm != to->realm || u->sock[i].listen != to->listen))
		i++;
	return i;
}

bool udp_send(struct udp *u, const struct flow *to, struct span bytes)
{
	struct queued *q;
	unsigned sock = socket_for(u, to);

	if (sock == u->count || bytes.n > DATAGRAM_MAX)
		return false;
	if (u->nqueued == QUEUE_MAX || bytes.n > QUEUE_BYTES - u->bytes)
		u->lost += udp_flush(u);
	q = &u->queue[u->nqueued++];
	*q = (struct queued){ .sock = sock, .from = u->bytes, .n = bytes.n };
	q->to_len = addr_to_sockaddr(&to->peer, &q->to);
	memcpy(u->text + u->bytes, bytes.p, bytes.n);
	u->bytes += bytes.n;
	return true;
}

/* One system call for all datagrams that leave from one socket; their order stays. */
static unsigned flush_socket(struct udp *u, unsigned sock)
{
	struct mmsghdr msgs[QUEUE_MAX];
	struct iovec iov[QUEUE_MAX];
	unsigned n = 0, done = 0, lost = 0;

	for (unsigned k = 0; k < u->nqueued; k++) {
		struct queued *q = &u->queue[k];

		if (q->sock != sock)
			continue;
		iov[n] = (struct iovec){ u->text + q->from, q->n };
		msgs[n] = (struct mmsghdr){ .msg_hdr = {
						    .msg_name = &q->to,
						    .msg_namelen = q->to_len,
						    .msg_iov = &iov[n],
						    .msg_iovlen = 1,
					    } };
		n++;
	}
	while (done < n) {
		int sent = sendmmsg(u->sock[sock].fd, msgs + done, n - done, MSG_DONTWAIT);

		/* The first one failed (unreachable, full): it is skipped, the rest goes on. */
		if (sent <= 0) {
			lost++;
			done++;
		} else {
			done += (unsigned)sent;
		}
	}
	return lost;
}

unsigned udp_flush(struct udp *u)
{
	unsigned lost = u->lost;

	for (unsigned i = 0; u->nqueued && i < u->count; i++)
		lost += flush_socket(u, i);
	u->nqueued = 0;
	u->bytes = 0;
	u->lost = 0;
	return lost;
}
