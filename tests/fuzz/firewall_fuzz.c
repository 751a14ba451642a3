/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as requests and as answers of the firewall: texts lie within them, and what is read is written the same. */
#include <stdlib.h>

#include "alg/firewall/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_request(struct span packet, unsigned i)
{
	char one[WIRE_HEAD + WIRE_REQUEST], two[WIRE_HEAD + WIRE_REQUEST];
	struct writer a = writer_over(one, sizeof(one)), b = writer_over(two, sizeof(two));
	struct firewall_request r;
	uint32_t seq;

	if (wire_request_read(packet, i, &r, &seq))
		return;
	require(seq == r.seq);
	if (r.verb == FIREWALL_OPEN)
		require(span_within(r.hole.owner, packet) && r.hole.owner.n <= FIREWALL_OWNER_MAX);
	wire_request_write(&a, &r);
	require(wire_requests(writer_done(&a)) == 1 && wire_request_read(writer_done(&a), 0, &r, &seq) == 0);
	wire_request_write(&b, &r);
	require(span_eq(writer_done(&a), writer_done(&b)));
}

static void try_answer(struct span packet, unsigned i)
{
	char one[WIRE_HEAD + WIRE_ANSWER], two[WIRE_HEAD + WIRE_ANSWER];
	struct writer a = writer_over(one, sizeof(one)), b = writer_over(two, sizeof(two));
	struct firewall_answer r;

	if (wire_answer_read(packet, i, &r))
		return;
	wire_answer_write(&a, &r);
	require(wire_answers(writer_done(&a)) == 1 && wire_answer_read(writer_done(&a), 0, &r) == 0);
	wire_answer_write(&b, &r);
	require(span_eq(writer_done(&a), writer_done(&b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span packet = span_of(data, size);
	int n;

	if (size > WIRE_ANSWERS_MAX + 1)
		return 0;
	n = wire_requests(packet);
	for (int i = 0; i < n; i++)
		try_request(packet, (unsigned)i);
	n = wire_answers(packet);
	for (int i = 0; i < n; i++)
		try_answer(packet, (unsigned)i);
	return 0;
}
