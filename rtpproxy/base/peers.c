/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/base/peers.h"

#include <stdlib.h>

static bool peer_is_at(const struct peer *p, const struct server_peer *at)
{
	return p->at.socket == at->socket && span_eq(server_peer_bytes(&p->at), server_peer_bytes(at));
}

/* Takes it out of the list, or makes it. */
static struct peer *peer_take(struct peers *p, const struct server_peer *at)
{
	struct peer **link = &p->first, *one;

	while (*link && !peer_is_at(*link, at))
		link = &(*link)->next;
	one = *link;
	if (one) {
		*link = one->next;
		return one;
	}
	one = calloc(1, sizeof(*one));
	if (one)
		one->at = *at;
	return one;
}

struct peer *peers_turn(struct peers *p, struct peer *before, const struct server_peer *at)
{
	struct peer *one;

	if (before && peer_is_at(before, at))
		return before;
	one = peer_take(p, at);
	if (one) {
		one->held++;
		one->next = p->first;
		p->first = one;
	}
	peers_let_go(p, before);
	return one;
}

void peers_let_go(struct peers *p, struct peer *one)
{
	struct peer **link = &p->first;

	if (!one || --one->held)
		return;
	while (*link != one)
		link = &(*link)->next;
	*link = one->next;
	free(one);
}
