/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/inject.h"

#include "alg/net/frame_make.h"

void inject_frame(struct burst_path *path, unsigned nic, struct rte_mbuf *frame)
{
	struct burst_nic *to = &path->nic[nic];

	to->mbuf[to->n++] = frame;
}

void inject_queue(struct burst_path *path, uint32_t index, const uint8_t *bytes, uint16_t n)
{
	const struct flow *f = &path->flows->flow[index];
	struct burst_nic *nic;
	struct rte_mbuf *m;

	if (f->in.use != FLOW_ON || f->out.to.family == ADDR_NONE)
		return;
	nic = &path->nic[f->out.to.tag[FLOW_TAG_NIC]];
	m = nic->pool ? rte_pktmbuf_alloc(nic->pool) : NULL;
	if (!m)
		return;
	m->data_len = (uint16_t)frame_make(rte_pktmbuf_mtod(m, uint8_t *), &f->out.to, nic->mac, bytes, n);
	m->pkt_len = m->data_len;
	nic->mbuf[nic->n++] = m;
}
