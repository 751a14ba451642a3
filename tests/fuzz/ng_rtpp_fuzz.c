/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as flags in one string: twice their number is memory enough, and all that is kept lies in them or there. */
#include <stdlib.h>

#include "alg/ng/ng_rtpp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size), mem, left;
	struct ng_request r = { 0 };

	if (size == 0 || size > UINT16_MAX)
		return 0;
	mem = span_of(malloc(2 * size), 2 * size);
	left = mem;
	if (ng_rtpp_take(&r, text, &left) == 0) {
		require(span_within(left, mem));
		for (unsigned i = 0; i < 2; i++)
			require(!span_is_set(r.direction[i]) || span_within(r.direction[i], text) ||
				span_within(r.direction[i], mem));
		for (unsigned i = 0; i < r.ncodec; i++)
			require(span_within(r.codec[i].name, text) || span_within(r.codec[i].name, mem));
		for (unsigned i = 0; i < r.nunknown; i++)
			require(r.unknown[i].n <= size);
	}
	free((void *)(uintptr_t)mem.p);
	return 0;
}
