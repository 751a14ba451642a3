/* SPDX-License-Identifier: BSD-3-Clause */
/* receiver.h: who gets what is forwarded, and takes it apart again: blocks of pcapng. */
#ifndef NATSBC_TESTS_RTPPROXY_RECEIVER_H
#define NATSBC_TESTS_RTPPROXY_RECEIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <rte_cycles.h>
#include <rte_pcapng.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/pool.h"

enum {
	RECEIVER_MAX = 64 << 20, /* more than sockets hold */
	RECEIVER_PATIENCE_MS = 30000,
	SECTION_BLOCK = 0x0a0d0d0a,
	PACKET_BLOCK = 6,
	RECEIVER_BACKLOG = 300,
};

struct receiver {
	int listening;
	char to[64], path[40]; /* path "": TCP */
};

static inline void receiver_open(struct receiver *r)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(r->path, sizeof(r->path), "/tmp/natsbc-receiver-%d", (int)getpid());
	snprintf(r->to, sizeof(r->to), "unix:%s", r->path);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", r->path);
	unlink(r->path);
	r->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(r->listening, (const struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(r->listening, RECEIVER_BACKLOG), 0);
}

static inline void receiver_open_tcp(struct receiver *r, int family, int backlog)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	struct sockaddr_in b = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *name = family == AF_INET ? (struct sockaddr *)&b : (struct sockaddr *)&a;
	socklen_t n = family == AF_INET ? sizeof(b) : sizeof(a);

	r->path[0] = '\0';
	r->listening = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(r->listening, name, n), 0);
	assert_int_equal(listen(r->listening, backlog), 0);
	assert_int_equal(getsockname(r->listening, name, &n), 0);
	snprintf(r->to, sizeof(r->to), family == AF_INET ? "tcp:127.0.0.1:%u" : "tcp:[::1]:%u",
		 ntohs(family == AF_INET ? b.sin_port : a.sin6_port));
}

static inline void receiver_close(struct receiver *r)
{
	if (r->listening >= 0)
		close(r->listening);
	r->listening = -1;
	if (r->path[0])
		unlink(r->path);
}

static inline int receiver_accept(const struct receiver *r)
{
	struct pollfd p = { .fd = r->listening, .events = POLLIN };

	assert_int_equal(poll(&p, 1, RECEIVER_PATIENCE_MS), 1);
	return accept(r->listening, NULL, NULL);
}

/* What came over one connection. */
struct received {
	uint8_t *bytes;
	uint32_t n;
	bool over; /* its end, too */
};

static inline struct received received_new(void)
{
	const struct received s = { .bytes = malloc(RECEIVER_MAX) };

	assert_non_null(s.bytes);
	return s;
}

/* What is there already. */
static inline void received_read(struct received *s, int fd)
{
	ssize_t n;

	while ((n = recv(fd, s->bytes + s->n, RECEIVER_MAX - s->n, MSG_DONTWAIT)) > 0)
		s->n += (uint32_t)n;
	assert_true(s->n < RECEIVER_MAX);
	s->over = n == 0;
}

static inline void received_read_to_its_end(struct received *s, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (!s->over) {
		assert_int_equal(poll(&p, 1, RECEIVER_PATIENCE_MS), 1);
		received_read(s, fd);
	}
}

static inline uint32_t received_word(const struct received *s, uint32_t at)
{
	uint32_t word;

	assert_true(at + sizeof(word) <= s->n);
	memcpy(&word, s->bytes + at, sizeof(word));
	return word;
}

/* Whole blocks and nothing else: how many packets; it begins with a head that has this comment. */
static inline unsigned received_packets(const struct received *s, const char *comment)
{
	unsigned packets = 0;

	assert_int_equal(received_word(s, 0), SECTION_BLOCK);
	assert_non_null(memmem(s->bytes, received_word(s, 4), comment, strlen(comment)));
	for (uint32_t at = 0, n; at < s->n; at += n) {
		n = received_word(s, at + 4);
		assert_true(n >= 12 && n % 4 == 0 && n <= s->n - at);
		assert_int_equal(received_word(s, at + n - 4), n);
		assert_true(at == 0 || received_word(s, at) != SECTION_BLOCK);
		packets += received_word(s, at) == PACKET_BLOCK;
	}
	return packets;
}

static inline bool received_has(const struct received *s, const char *text)
{
	return memmem(s->bytes, s->n, text, strlen(text)) != NULL;
}

static inline void received_free(struct received *s)
{
	free(s->bytes);
	*s = (struct received){ 0 };
}

/* Of packets and of their copies. */
struct receiver_pools {
	struct rte_mempool *packets, *copies;
};

/* The copy of a packet of 1200 bytes that says its name. Caller frees. */
static inline struct rte_mbuf *receiver_copy(const struct receiver_pools *p, const char *name)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(p->packets), *copy;

	assert_non_null(m);
	m->port = 0;
	memset(rte_pktmbuf_append(m, 1200), '.', 1200);
	memcpy(rte_pktmbuf_mtod(m, char *), name, strlen(name));
	copy = rte_pcapng_copy(0, 0, m, p->copies, 1200, rte_get_tsc_cycles(), RTE_PCAPNG_DIRECTION_IN);
	assert_non_null(copy);
	rte_pktmbuf_free(m);
	return copy;
}

static inline int receiver_dpdk_begin(struct receiver_pools *p)
{
	const struct eal_ask ask = { .megabytes = 64, .workers = 1 };
	char error[256];

	if (eal_start(&ask, error, sizeof(error)) < 0) {
		print_error("%s\n", error);
		return -1;
	}
	p->packets = pool_create("test", 1024);
	p->copies = rte_pktmbuf_pool_create("copies", 255, 0, 0, (uint16_t)rte_pcapng_mbuf_size(2048), SOCKET_ID_ANY);
	return p->packets && p->copies ? 0 : -1;
}

/* All were given back. */
static inline int receiver_dpdk_end(const struct receiver_pools *p)
{
	if (rte_mempool_in_use_count(p->packets) || rte_mempool_in_use_count(p->copies))
		return -1;
	rte_mempool_free(p->packets);
	rte_mempool_free(p->copies);
	eal_stop();
	return 0;
}

#endif
