/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/hello.h"

#include <stdlib.h>

#include "rtpproxy/dtls/endpoint.h"
#include "rtpproxy/session/ice.h"

static bool is_signalling(const struct target *t, const struct addr *source)
{
	const unsigned bits = t->policy == LATCH_SIG_IP && t->sig_bits ? t->sig_bits : 128;

	if (t->policy < LATCH_SIG_IP || t->signalling.family != source->family)
		return false;
	return bits >= 128 ? addr_same_host(&t->signalling, source) : addr_same_prefix(&t->signalling, source, bits);
}

enum hello_rank hello_rank(const struct stream *m, bool rtcp, const struct addr *source)
{
	const struct target *t = &m->now;
	const struct addr *said = rtcp ? &t->said_rtcp : &t->said_rtp;

	if (ice_is_on(m))
		return ice_lets(m, source) ? HELLO_EXACT : HELLO_REFUSED;
	if (addr_eq(said, source))
		return HELLO_EXACT;
	if (addr_same_host(said, source) && t->policy != LATCH_EXACT && t->policy != LATCH_SIG_IP)
		return HELLO_SAME_IP;
	if (is_signalling(t, source))
		return HELLO_SIGNALLING;
	return t->policy == LATCH_OPEN ? HELLO_OTHER : HELLO_REFUSED;
}

uint64_t hello_cookie(const struct hash_key *key, uint16_t port, const struct addr *source)
{
	struct {
		uint8_t ip[sizeof(source->ip)];
		uint16_t theirs, ours, family;
	} who = { .theirs = source->port, .ours = port, .family = source->family };

	memcpy(who.ip, source->ip, sizeof(who.ip));
	return siphash(key, &who, sizeof(who));
}

/* Where there is no room the oldest gives way: who fills it while a side is called would keep out the side's own else.
 */
static struct hello **place_of(struct hello *early[HELLO_MAX], const struct addr *source, unsigned at, uint32_t offset)
{
	unsigned n = 0;

	while (n < HELLO_MAX && early[n]) {
		if (early[n]->at == at && early[n]->offset == offset && addr_eq(&early[n]->source, source))
			return &early[n];
		n++;
	}
	if (n < HELLO_MAX)
		return &early[n];
	free(early[0]);
	memmove(&early[0], &early[1], (HELLO_MAX - 1) * sizeof(early[0]));
	early[HELLO_MAX - 1] = NULL;
	return &early[HELLO_MAX - 1];
}

void hello_keep(struct hello *early[HELLO_MAX], const struct datapath_mail *what, unsigned at)
{
	const uint32_t offset = endpoint_hello_offset(what->bytes, what->n);
	struct hello *h = malloc(sizeof(*h) + what->n), **to;

	if (!h)
		return;
	*h = (struct hello){ .source = what->source, .n = what->n, .at = (uint8_t)at, .offset = offset };
	memcpy(h->bytes, what->bytes, what->n);
	to = place_of(early, &what->source, at, offset);
	free(*to);
	*to = h;
}

void hello_forget(struct hello *early[HELLO_MAX])
{
	for (unsigned i = 0; i < HELLO_MAX; i++) {
		free(early[i]);
		early[i] = NULL;
	}
}
