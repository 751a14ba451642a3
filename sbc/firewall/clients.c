/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/clients.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sbc/firewall/request.h"
#include "sbc/firewall/upstream.h"

/* Who does not read his answers for so long is not waited for. Packets of one client before the next one's turn. */
enum { SEND_WAIT_MS = 1000, PACKETS_MAX = 4, BACKLOG = 8 };

static uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- answers ----------------------------------------------------------------------------------------------- */

static void flush(struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	struct span out = writer_done(&c->out);

	c->out = writer_over(c->answers, sizeof(c->answers));
	if (c->fd < 0 || c->lost || out.n == 0)
		return;
	while (send(c->fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN && poll(&p, 1, SEND_WAIT_MS) == 1)
			continue;
		c->lost = true;
		return;
	}
}

static void answer(void *ctx, unsigned client, const struct firewall_answer *a)
{
	struct client *c = &((struct clients *)ctx)->client[client];

	if (c->out.n + WIRE_ANSWER > sizeof(c->answers))
		flush(c);
	wire_answer_write(&c->out, a);
}

/* --- requests ---------------------------------------------------------------------------------------------- */

/* One instance at a time: two would close each other's holes. */
static bool may_greet(const struct clients *all, const struct client *c, uint32_t instance)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		const struct client *other = &all->client[i];

		if (other != c && other->fd >= 0 && other->greeted && other->instance != instance)
			return false;
	}
	return true;
}

static void take(struct clients *all, unsigned n, const struct firewall_request *r)
{
	struct client *c = &all->client[n];

	if (r->verb == FIREWALL_HELLO && r->name.n) {
		uint32_t instance = book_instance(r->name);

		if (!may_greet(all, c, instance)) {
			firewall_log(all->firewall, 1, "%.*s says hello while another instance is connected: refused",
				     SPAN_ARG(r->name));
			turn_result(all->turn, n, r, FIREWALL_REFUSED);
			return;
		}
		firewall_log(all->firewall, 2, "%.*s is here", SPAN_ARG(r->name));
		c->greeted = true;
		c->instance = instance;
	}
	request_take(all->turn, n, c->greeted, r);
}

static void packet_take(struct clients *all, unsigned n, struct span packet)
{
	int count = wire_requests(packet);

	if (count < 0) {
		firewall_log(all->firewall, 1, "a client speaks another language: his connection is closed");
		all->client[n].lost = true;
		return;
	}
	if (!turn_has_room(all->turn, (unsigned)count))
		turn_commit(all->turn);
	for (unsigned i = 0; i < (unsigned)count; i++) {
		struct firewall_request r = { 0 };

		if (wire_request_read(packet, i, &r, &r.seq))
			turn_result(all->turn, n, &r, FIREWALL_REFUSED);
		else
			take(all, n, &r);
	}
}

static void client_read(struct clients *all, unsigned n)
{
	struct client *c = &all->client[n];

	for (unsigned i = 0; i < PACKETS_MAX && !c->lost; i++) {
		ssize_t got = recv(c->fd, all->packet, sizeof(all->packet), MSG_DONTWAIT | MSG_TRUNC);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0)
			c->lost = true;
		else
			packet_take(all, n, span_of(all->packet, (size_t)got < sizeof(all->packet) ? (size_t)got : 0));
	}
}

/* --- connections ------------------------------------------------------------------------------------------- */

static bool may_ask(const struct clients *all, int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n))
		return false;
	if (who.uid == 0 || who.uid == all->user)
		return true;
	firewall_log(all->firewall, 1, "user %u (process %d) may not ask: see --user", who.uid, who.pid);
	return false;
}

static void client_accept(struct clients *all)
{
	int fd = accept4(all->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (unsigned i = 0; i < CLIENTS_MAX && may_ask(all, fd); i++) {
		struct client *c = &all->client[i];

		if (c->fd >= 0)
			continue;
		c->fd = fd;
		c->greeted = c->lost = false;
		c->out = writer_over(c->answers, sizeof(c->answers));
		return;
	}
	close(fd);
}

static void lost_close(struct clients *all)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &all->client[i];

		if (c->fd < 0 || !c->lost)
			continue;
		close(c->fd);
		c->fd = -1;
		c->greeted = false;
		upstream_forget(all->turn->upstream, i);
	}
}

bool clients_serve(struct clients *all, int end, int wait_ms)
{
	struct pollfd p[CLIENTS_MAX + 2 + CONF_REALM_MAX] = { { .fd = end, .events = POLLIN },
							      { .fd = all->listener, .events = POLLIN } };

	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		p[i + 2] = (struct pollfd){ .fd = all->client[i].fd, .events = POLLIN };
	if (poll(p, CLIENTS_MAX + 2 + upstream_poll(all->turn->upstream, p + CLIENTS_MAX + 2), wait_ms) < 0)
		return false;
	all->turn->now = clock_ms();
	upstream_serve(all->turn->upstream, all->turn->now);
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (p[i + 2].revents)
			client_read(all, i);
	request_sweep(all->turn);
	turn_commit(all->turn);
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		flush(&all->client[i]);
	lost_close(all);
	if (p[1].revents)
		client_accept(all);
	return p[0].revents != 0;
}

/* --- the socket -------------------------------------------------------------------------------------------- */

/* A socket file whose owner died answers nobody. 0, or -1 with errno. */
static int stale_remove(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), answered;
	struct stat s;

	if (fd < 0)
		return -1;
	answered = connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0;
	close(fd);
	if (answered) {
		errno = EADDRINUSE;
		return -1;
	}
	if (lstat(at->sun_path, &s) == 0 && S_ISSOCK(s.st_mode))
		unlink(at->sun_path);
	return 0;
}

int clients_open(struct clients *c, const char *path, uid_t user, struct firewall *f, struct turn *t)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int failed;

	c->path = path;
	c->user = user;
	c->firewall = f;
	c->turn = t;
	t->answer = t->upstream->answer = answer;
	t->ctx = t->upstream->ctx = c;
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		c->client[i].fd = -1;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (stale_remove(&at))
		return -1;
	c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->listener < 0)
		return -1;
	mask = umask(0177);
	failed = bind(c->listener, (struct sockaddr *)&at, sizeof(at)) || (user && chown(path, user, (gid_t)-1)) ||
		 listen(c->listener, BACKLOG);
	umask(mask);
	if (!failed)
		return 0;
	failed = errno;
	close(c->listener);
	errno = failed;
	return -1;
}

void clients_close(struct clients *c)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (c->client[i].fd >= 0)
			close(c->client[i].fd);
	close(c->listener);
	unlink(c->path);
}
