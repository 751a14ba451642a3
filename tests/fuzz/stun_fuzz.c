/* SPDX-License-Identifier: BSD-3-Clause */
/* Any datagram as a STUN request, as a check of ICE and as an answer: what is answered is answered by STUN, in a few
 * bytes. */
#include <stdlib.h>
#include <string.h>

#include "alg/net/stun.h"
#include "alg/net/stun_check.h"
#include "alg/net/stun_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mac_make(void *ctx, struct span message, uint8_t mac[STUN_MAC])
{
	(void)ctx;
	memset(mac, (uint8_t)message.p[message.n - 1], STUN_MAC);
}

static void check_read(struct span datagram, const struct addr *source)
{
	static const unsigned codes[] = { 0, 400, 401, 420, 487 };
	struct stun_check c;
	struct stun_request r;

	if (stun_check_parse(datagram, &c))
		return;
	if ((span_is_set(c.username) && !span_within(c.username, datagram)) || c.signed_n > datagram.n)
		abort();
	(void)stun_check_is_signed(&c, datagram, mac_make, NULL);
	for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		char buf[STUN_CHECK_ANSWER_MAX];
		struct writer w = writer_over(buf, sizeof(buf));

		stun_check_answer(&w, &c, codes[i], source, mac_make, NULL);
		if (w.failed || !stun_is(writer_done(&w)) || w.n % 4 || stun_request_parse(writer_done(&w), &r) == 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct addr source = { .family = ADDR_V6, .port = 5060 };
	struct span datagram = span_of(data, size);
	char buf[STUN_ANSWER_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	struct stun_request r;
	struct addr seen = { 0 };

	if (size >= STUN_HEADER && stun_client_read(datagram, data + 8, &seen) == 0 && !addr_is_set(&seen))
		abort();
	check_read(datagram, &source);
	if (stun_request_parse(datagram, &r))
		return 0;
	stun_answer(&w, &r, &source);
	if (w.failed || !stun_is(writer_done(&w)) || w.n % 4 || stun_request_parse(writer_done(&w), &r) == 0)
		abort();
	return 0;
}
