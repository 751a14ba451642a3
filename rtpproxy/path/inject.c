/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/inject.h"

#include "alg/net/frame_make.h"
#include "rtpproxy/path/covered.h"

void inject_frame(struct burst_path *path, unsigned nic, struct rte_mbuf *frame)
{
	struct burst_nic *to = &path->nic[nic];

	to->mbuf[to->n++] = frame;
}

void inject_queue(struct burst_path *path, uint32_t index, const uint8_t *bytes, uint16_t n)
{
	const struct flow *f = &path->flows->flow[index];
	const struct frame_target to = flow_target(f);
	struct cover *c = path->flows->slow[index].cover;
	uint8_t sealed[DATAPATH_SEND_MAX + SEAL_ROOM];
	struct burst_nic *nic;
	struct rte_mbuf *m;

	if (f->in.use != FLOW_ON || to.family == ADDR_NONE)
		return;
	if (cover_seals(c)) {
		uint32_t length = n;

		memcpy(sealed, bytes, n);
		if (covered_seal_own(c, sealed, &length) != VERDICT_NONE)
			return;
		bytes = sealed;
		n = (uint16_t)length;
	}
	nic = &path->nic[to.tag[FLOW_TAG_NIC]];
	m = nic->pool ? rte_pktmbuf_alloc(nic->pool) : NULL;
	if (!m)
		return;
	m->data_len = (uint16_t)frame_make(rte_pktmbuf_mtod(m, uint8_t *), &to, nic->mac, bytes, n);
	m->pkt_len = m->data_len;
	nic->mbuf[nic->n++] = m;
}
