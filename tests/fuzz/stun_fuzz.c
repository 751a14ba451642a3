/* SPDX-License-Identifier: BSD-3-Clause */
/* Any datagram as a STUN request, and as an answer: what is answered is answered by STUN, in a few bytes. */
#include <stdlib.h>

#include "alg/net/stun.h"
#include "alg/net/stun_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	if (stun_request_parse(datagram, &r))
		return 0;
	stun_answer(&w, &r, &source);
	if (w.failed || !stun_is(writer_done(&w)) || w.n % 4 || stun_request_parse(writer_done(&w), &r) == 0)
		abort();
	return 0;
}
