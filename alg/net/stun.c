/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/stun.h"

#include "alg/base/octets.h"
#include "alg/net/stun_attribute.h"
#include "alg/net/stun_format.h"

bool stun_is(struct span datagram)
{
	const uint8_t *p = (const uint8_t *)datagram.p;

	return datagram.n >= STUN_HEADER && p[0] < 0x40 && octets_u32(p + 4) == STUN_COOKIE;
}

int stun_request_parse(struct span datagram, struct stun_request *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	struct stun_request r = { 0 };
	uint32_t taken;

	if (!stun_is(datagram) || octets_u16(p) != STUN_BINDING_REQUEST || octets_u16(p + 2) % 4 ||
	    (uint32_t)octets_u16(p + 2) + STUN_HEADER != datagram.n)
		return -1;
	r.transaction = p + 8;
	for (uint32_t at = STUN_HEADER; at < datagram.n; at += taken) {
		struct stun_attribute a;

		taken = stun_attribute_read(datagram, at, &a);
		/* FINGERPRINT is the last one, over all before it (14.7). */
		if (taken == 0 || (a.type == STUN_FINGERPRINT && !stun_fingerprint_holds(datagram, at)))
			return -1;
		r.fingerprint |= a.type == STUN_FINGERPRINT;
		if (!stun_attribute_is_known(a.type) && r.nunknown < STUN_UNKNOWN_MAX)
			r.unknown[r.nunknown++] = a.type;
	}
	*out = r;
	return 0;
}

void stun_answer(struct writer *w, const struct stun_request *r, const struct addr *source)
{
	char body[STUN_ANSWER_MAX];
	struct writer b = writer_over(body, sizeof(body));
	const uint32_t begin = w->n;

	if (r->nunknown) {
		stun_error_write(&b, 420);
		stun_unknown_write(&b, r->unknown, r->nunknown);
	} else {
		stun_mapped_write(&b, r->transaction, source);
	}
	stun_head_write(w, r->nunknown ? STUN_BINDING_ERROR : STUN_BINDING_SUCCESS,
			b.n + (r->fingerprint ? STUN_FINGERPRINT_SIZE : 0), r->transaction);
	writer_put(w, writer_done(&b));
	if (r->fingerprint)
		stun_fingerprint_write(w, begin);
}
