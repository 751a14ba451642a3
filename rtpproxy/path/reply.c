/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/reply.h"

#include <stdlib.h>

#include "alg/net/frame_make.h"

/* At the first one: most relays never send any. */
static int memory_take(struct replies *r)
{
	if (!r->wait)
		r->wait = calloc(REPLY_WAITS, sizeof(*r->wait));
	if (!r->pool)
		r->pool = rte_pktmbuf_pool_create("replies", REPLY_FRAMES, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
						  SOCKET_ID_ANY);
	return r->wait && r->pool ? 0 : -1;
}

struct rte_mbuf *reply_frame(struct replies *r, const struct reply *reply, const struct hop *hop, const uint8_t mac[6],
			     uint32_t frame_max)
{
	struct frame_target to = {
		.source = host_of(&reply->from),
		.target = host_of(&reply->to),
		.port = { __builtin_bswap16(reply->from.port), __builtin_bswap16(reply->to.port) },
		.family = reply->to.family,
	};
	struct rte_mbuf *m;

	if (FRAME_ETHER + (to.family == ADDR_V4 ? FRAME_IPV4 : FRAME_IPV6) + FRAME_UDP + (uint32_t)reply->n > frame_max)
		return NULL;
	m = memory_take(r) == 0 ? rte_pktmbuf_alloc(r->pool) : NULL;
	if (!m)
		return NULL;
	memcpy(to.target_mac, hop->mac, sizeof(to.target_mac));
	frame_target_seal(&to);
	m->data_len = (uint16_t)frame_make(rte_pktmbuf_mtod(m, uint8_t *), &to, mac, reply->bytes, reply->n);
	m->pkt_len = m->data_len;
	return m;
}

/* The same port's, else a free one, else the one that has waited longest. */
static struct reply_wait *wait_of(struct replies *r, struct own_port own)
{
	struct reply_wait *best = &r->wait[0];

	for (unsigned i = 0; i < REPLY_WAITS; i++) {
		struct reply_wait *w = &r->wait[i];

		if (w->way && w->reply.own.realm == own.realm && w->reply.own.port == own.port)
			return w;
		if (best->way && (!w->way || w->until_ms < best->until_ms))
			best = w;
	}
	return best;
}

const struct way *reply_wait(struct replies *r, const struct reply *reply, const struct way *way, uint64_t now_ms)
{
	const struct way *before;
	struct reply_wait *w;

	if (memory_take(r) < 0)
		return way;
	w = wait_of(r, reply->own);
	before = w->way;
	*w = (struct reply_wait){ .reply = *reply, .way = way, .until_ms = now_ms + REPLY_WAIT_MS };
	return before;
}

struct reply_wait *reply_next(struct replies *r, const struct way *way, uint64_t now_ms)
{
	for (unsigned i = 0; r->wait && i < REPLY_WAITS; i++) {
		struct reply_wait *w = &r->wait[i];

		if (w->way && (way ? w->way == way : now_ms >= w->until_ms))
			return w;
	}
	return NULL;
}

void replies_close(struct replies *r)
{
	rte_mempool_free(r->pool);
	free(r->wait);
	*r = (struct replies){ 0 };
}
