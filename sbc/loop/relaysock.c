/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/relaysock.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg/ng/ng_gather.h"

enum { BATCH = 16, DATAGRAM_MAX = 65536, STRIDE = DATAGRAM_MAX + 1728 /* see udp.c */ };

static int peer_of(const char *where, struct sockaddr_storage *sa, socklen_t *len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)sa;
	struct span s = span_str(where);
	struct addr a;

	memset(sa, 0, sizeof(*sa));
	if (span_starts(s, SPAN("unix:"))) {
		s = span_from(s, 5);
		if (s.n == 0 || s.n >= sizeof(un->sun_path))
			return -1;
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, s.p, s.n);
		*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + s.n + 1);
		return 0;
	}
	if (!span_starts(s, SPAN("udp:")) || addr_parse(span_from(s, 4), 0, &a) || a.port == 0)
		return -1;
	*len = addr_to_sockaddr(&a, sa);
	return 0;
}

int relaysock_open(struct relaysock *r, const char *where, char *error, uint32_t error_size)
{
	struct sockaddr_storage peer;
	/* Only a family: the kernel gives us a name of our own to be answered at (unix(7), autobind). */
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	socklen_t len;

	*r = (struct relaysock){ .where = where, .fd = -1 };
	if (peer_of(where, &peer, &len)) {
		snprintf(error, error_size, "relay.ng: %s: want unix:/path or udp:host:port", where);
		return -1;
	}
	r->in = malloc((size_t)BATCH * STRIDE);
	r->out = malloc(RELAYSOCK_QUEUE_BYTES);
	if (!r->in || !r->out) {
		snprintf(error, error_size, "no memory for the socket to the relay");
		relaysock_close(r);
		return -1;
	}
	/* Over UDP a datagram is to fit a packet. */
	r->gathers = peer.ss_family == AF_UNIX;
	r->fd = socket(peer.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (r->fd < 0 || (peer.ss_family == AF_UNIX && bind(r->fd, (struct sockaddr *)&own, sizeof(own.sun_family)))) {
		snprintf(error, error_size, "relay.ng: cannot open a socket to %s: %s", where, strerror(errno));
		relaysock_close(r);
		return -1;
	}
	return 0;
}

void relaysock_close(struct relaysock *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	free(r->in);
	free(r->out);
	r->in = r->out = NULL;
}

static bool reconnect(struct relaysock *r)
{
	struct sockaddr_storage peer;
	socklen_t len;

	r->connected = peer_of(r->where, &peer, &len) == 0 && connect(r->fd, (struct sockaddr *)&peer, len) == 0;
	/* UDP connects to whoever may come. */
	if (r->connected && r->met && peer.ss_family == AF_UNIX)
		r->another = true;
	r->met |= r->connected;
	return r->connected;
}

bool relaysock_send_later(struct relaysock *r, struct span datagram)
{
	const uint32_t from = r->nqueued ? r->end[r->nqueued - 1] : 0, n = NG_GATHER_HEAD + datagram.n;

	if (r->nqueued == RELAYSOCK_QUEUE || datagram.n > DATAGRAM_MAX || n > RELAYSOCK_QUEUE_BYTES - from)
		return false;
	ng_gather_head(r->out + from, datagram.n);
	memcpy(r->out + from + NG_GATHER_HEAD, datagram.p, datagram.n);
	r->end[r->nqueued++] = from + n;
	return true;
}

bool relaysock_send(struct relaysock *r, struct span datagram)
{
	r->urgent = true;
	return relaysock_send_later(r, datagram);
}

/* The next datagram: of what is queued from `first` on as much as fits. One alone has no head. How many it holds. */
static unsigned gather(const struct relaysock *r, unsigned first, struct iovec *out)
{
	const uint32_t from = first ? r->end[first - 1] : 0;
	unsigned n = 1;

	while (r->gathers && first + n < r->nqueued && r->end[first + n] - from <= NG_GATHER_MAX)
		n++;
	*out = (struct iovec){ r->out + from, r->end[first + n - 1] - from };
	if (n == 1)
		*out = (struct iovec){ r->out + from + NG_GATHER_HEAD, out->iov_len - NG_GATHER_HEAD };
	return n;
}

/* How many of those that are queued were sent, or -1. */
static int send_some(struct relaysock *r)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned holds[BATCH], n = 0;
	int sent, sum = 0;

	for (unsigned first = r->nsent; n < BATCH && first < r->nqueued; first += holds[n++]) {
		holds[n] = gather(r, first, &iov[n]);
		msgs[n] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[n], .msg_iovlen = 1 } };
	}
	sent = sendmmsg(r->fd, msgs, n, MSG_DONTWAIT);
	for (int i = 0; i < sent && i < (int)n; i++)
		sum += (int)holds[i];
	return sent < 0 ? -1 : sum;
}

/* A relay that was restarted has a new socket under the old name. It must hear first which calls it is to set up again:
 * what was queued for the old one is asked anew by who asked. */
bool relaysock_is_another(struct relaysock *r)
{
	const bool is = r->another;

	r->another = false;
	return is;
}

bool relaysock_flush(struct relaysock *r)
{
	bool anew = false;

	while (r->nsent < r->nqueued) {
		int sent = (r->connected || reconnect(r)) && !r->another ? send_some(r) : -1;

		if (sent > 0) {
			r->nsent += (unsigned)sent;
			continue;
		}
		if (r->another)
			break;
		/* The kernel holds few datagrams of a unix socket (net.unix.max_dgram_qlen). */
		if (r->connected && errno == EAGAIN)
			return false;
		if (anew || !reconnect(r))
			break;
		anew = true;
	}
	r->nqueued = r->nsent = 0;
	r->urgent = false;
	return true;
}

static void tell(struct span datagram, relaysock_received_fn *received, void *ctx)
{
	struct span one;

	if (!ng_gather_is(datagram)) {
		received(ctx, datagram);
		return;
	}
	while (ng_gather_next(&datagram, &one))
		received(ctx, one);
}

unsigned relaysock_read(struct relaysock *r, relaysock_received_fn *received, void *ctx)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	int n;

	for (unsigned k = 0; k < BATCH; k++) {
		iov[k] = (struct iovec){ r->in + (size_t)k * STRIDE, DATAGRAM_MAX };
		msgs[k] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[k], .msg_iovlen = 1 } };
	}
	n = recvmmsg(r->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	for (int k = 0; k < n; k++)
		tell(span_of(iov[k].iov_base, msgs[k].msg_len), received, ctx);
	return n > 0 ? (unsigned)n : 0;
}
