/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/publicaddr.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "alg/firewall/wire.h"
#include "alg/net/stun_client.h"

enum { DATAGRAM_MAX = 1500, SIP_PORT = 5060 };

/* A packet within that time. Its length, or -1. */
static ssize_t wait_for(int fd, char *packet, size_t size, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1 ? recv(fd, packet, size, MSG_DONTWAIT) : -1;
}

/* ----- the router ----- */

static int firewall_connect(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool firewall_ask(int fd, const struct conf_realm *r, struct addr *found)
{
	char question[WIRE_HEAD + WIRE_REQUEST], packet[WIRE_HEAD + WIRE_ANSWER];
	struct writer w = writer_over(question, sizeof(question));
	struct firewall_request q = { .verb = FIREWALL_PUBLIC, .seq = 1 };
	struct firewall_answer a;
	struct span answer;
	ssize_t n;

	/* The router tells its address with a port that it opens: one that we want anyhow. */
	q.map = (struct firewall_map){ .protocol = IPPROTO_UDP, .ours = r->address };
	q.map.ours.port = SIP_PORT;
	for (unsigned i = 0; i < r->nlisten; i++)
		if (r->listen[i].transport == CONF_UDP)
			q.map.ours.port = r->listen[i].port;
	wire_request_write(&w, &q);
	if (send(fd, question, w.n, MSG_NOSIGNAL) != (ssize_t)w.n)
		return false;
	n = wait_for(fd, packet, sizeof(packet), PUBLICADDR_ROUTER_MS);
	answer = span_of(packet, n > 0 ? (size_t)n : 0);
	if (wire_answers(answer) != 1 || wire_answer_read(answer, 0, &a) || a.result != FIREWALL_DONE)
		return false;
	*found = a.map.outside;
	return true;
}

static bool ask_router(const struct config *c, const struct conf_realm *r, struct addr *found)
{
	int fd;
	bool told;

	if (c->pinholes.upstream.protocol == CONF_UPSTREAM_OFF || c->pinholes.nftables == CONF_NFTABLES_OFF)
		return false;
	fd = firewall_connect(c->pinholes.socket);
	if (fd < 0)
		return false;
	told = firewall_ask(fd, r, found);
	close(fd);
	return told;
}

/* ----- STUN ----- */

/* The socket speaks to that server only, from the realm's address. -1: it can't. */
static int stun_connect(const struct conf_realm *r, const struct addr *server)
{
	struct sockaddr_storage from, to;
	socklen_t nfrom = addr_to_sockaddr(&r->address, &from), nto = addr_to_sockaddr(server, &to);
	int fd;

	if (server->family != r->address.family)
		return -1;
	fd = socket(from.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&from, nfrom) == 0 && connect(fd, (struct sockaddr *)&to, nto) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool stun_ask(int fd, struct addr *found)
{
	char question[64], packet[DATAGRAM_MAX];
	struct writer w = writer_over(question, sizeof(question));
	uint8_t id[STUN_CLIENT_ID];

	if (getrandom(id, sizeof(id), 0) != sizeof(id))
		return false;
	stun_client_ask(&w, id);
	for (unsigned i = 0; i < PUBLICADDR_STUN_TRIES; i++) {
		ssize_t n;

		if (send(fd, question, w.n, MSG_NOSIGNAL) != (ssize_t)w.n)
			continue;
		n = wait_for(fd, packet, sizeof(packet), PUBLICADDR_STUN_MS);
		if (n > 0 && stun_client_read(span_of(packet, (size_t)n), id, found) == 0)
			return true;
	}
	return false;
}

static bool ask_stun(const struct config *c, const struct conf_realm *r, struct addr *found)
{
	const struct conf_upstream *u = &c->pinholes.upstream;

	for (unsigned i = 0; i < u->nstun; i++) {
		int fd = stun_connect(r, &u->stun[i]);
		bool told = fd >= 0 && stun_ask(fd, found);

		if (fd >= 0)
			close(fd);
		if (told)
			return true;
	}
	return false;
}

/* ----- in this order ----- */

void publicaddr_find(struct config *c, const struct log *log)
{
	static const struct {
		bool (*ask)(const struct config *c, const struct conf_realm *r, struct addr *found);
		const char *how;
	} ways[] = {
		{ ask_router, "the router above says so" },
		{ ask_stun, "a STUN server says so" },
	};

	for (unsigned i = 0; i < c->nrealm; i++) {
		struct conf_realm *r = &c->realms[i];
		const char *how = "neither a router nor a STUN server says more";
		char text[ADDR_TEXT_MAX];
		struct addr found;

		if (!r->public_auto)
			continue;
		for (unsigned k = 0; k < sizeof(ways) / sizeof(*ways); k++)
			if (ways[k].ask(c, r, &found) && found.family == r->address.family) {
				r->public = found;
				r->public.port = 0;
				how = ways[k].how;
				break;
			}
		log_info(log, "realm %s: its public address is %s: %s", r->name, addr_host_text(&r->public, text), how);
	}
}
