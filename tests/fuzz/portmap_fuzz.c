/* SPDX-License-Identifier: BSD-3-Clause */
/* Any datagrams from a router, some time apart: a byte each for the time that passes and for the length. */
#include <netinet/in.h>
#include <stdlib.h>

#include "alg/nat/natpmp.h"
#include "alg/nat/portmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAPACITY = 3, SENT_MAX = 100000 };

static void on_send(void *ctx, struct span datagram)
{
	unsigned *sent = ctx;

	if (!datagram.n || ++*sent > SENT_MAX)
		abort();
}

static void on_told(void *ctx, const struct portmap_port *p)
{
	(void)ctx;
	if (p->state == PORTMAP_ASKING || (p->state == PORTMAP_OPEN && p->outside.port != p->port))
		abort();
}

/* Zeros: so the corpus may hold what is asked for. */
static void on_random(void *ctx, void *bytes, uint32_t n)
{
	(void)ctx;
	memset(bytes, 0, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned sent = 0;
	struct portmap_setup s = { .ours = { .ip = { 10, 0, 0, 5 }, .family = ADDR_V4 },
				   .lifetime_s = 120,
				   .capacity = CAPACITY,
				   .ctx = &sent,
				   .send = on_send,
				   .told = on_told,
				   .random = on_random,
				   .now = 1 };
	struct portmap *m = portmap_new(&s);
	uint64_t now = 1;

	if (!m)
		return 0;
	portmap_want(m, IPPROTO_UDP, 5060, 600, now);
	portmap_want(m, IPPROTO_TCP, 5060, 60, now);
	while (size > 2) {
		size_t n = data[1] < size - 2 ? data[1] : size - 2;

		now += data[0] * 100;
		portmap_advance(m, now);
		portmap_receive(m, span_of(data + 2, n), now);
		data += 2 + n;
		size -= 2 + n;
	}
	portmap_leave_all(m, now);
	portmap_free(m);
	return 0;
}
