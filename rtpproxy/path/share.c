/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/share.h"

int share_open(struct share *s, unsigned number)
{
	*s = (struct share){ .number = number, .n = 1 };
	return bell_open(&s->bell);
}

void share_close(struct share *s)
{
	for (unsigned i = 0; i < SHARE_MAX; i++)
		handover_close(&s->to[i]);
	bell_close(&s->bell);
	*s = (struct share){ .bell.fd = -1 };
}

int share_join(struct share *from, struct share *to)
{
	if (handover_open(&from->to[to->number], from->number, to->number, &to->bell) < 0)
		return -1;
	to->from[from->number] = &from->to[to->number];
	from->n++;
	from->nth = (uint32_t)(((UINT64_C(1) << 32) + from->n - 1) / from->n);
	return 0;
}

void share_burst(struct share *s, struct burst *b, struct burst_path *path)
{
	struct flow *const nobody = path->flows->flow;
	const uint32_t workers = s->n, nth = s->nth, me = s->number;
	struct rte_mbuf *theirs[SHARE_MAX][BURST_MAX];
	unsigned n[SHARE_MAX] = { 0 };

	for (unsigned i = 0, packets = b->n; i < packets; i++) {
		struct burst_packet *k = &b->packet[i];
		const uint8_t *p = rte_pktmbuf_mtod(b->mbuf[i], const uint8_t *);
		uint32_t who;

		if (unlikely(k->in == nobody))
			continue;
		who = share_owner(__builtin_bswap16(frame_destination_port(p, &k->frame)), workers, nth);
		if (who == me)
			continue;
		theirs[who][n[who]++] = b->mbuf[i];
		k->verdict = VERDICT_HANDED;
		k->in = nobody;
	}
	for (unsigned who = 0; who < s->n; who++)
		if (n[who])
			burst_handed(path, theirs[who], n[who], handover_look(&s->to[who], theirs[who], n[who]));
}

unsigned share_take(struct share *s, unsigned from, struct burst *b, const struct burst_path *path)
{
	b->n = handover_take_look(s->from[from], b->mbuf, BURST_MAX);
	b->kernel = NIC_NONE; /* a port of ours is no matter of the kernel's */
	burst_begin(b, path);
	return b->n;
}

unsigned share_send(struct share *s, struct burst_path *path)
{
	struct rte_mbuf *m[BURST_MAX];
	unsigned sum = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const unsigned n = s->from[i] ? handover_take_leave(s->from[i], m, BURST_MAX) : 0;

		if (n)
			burst_leave(path, m, n);
		sum += n;
	}
	return sum;
}

bool share_is_empty(const struct share *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->from[i] && !handover_is_empty(s->from[i]))
			return false;
	return true;
}

void share_drain(struct share *s)
{
	struct rte_mbuf *m;

	for (unsigned i = 0; i < s->n; i++)
		while (s->from[i] && (handover_take_look(s->from[i], &m, 1) || handover_take_leave(s->from[i], &m, 1)))
			rte_pktmbuf_free(m);
}
