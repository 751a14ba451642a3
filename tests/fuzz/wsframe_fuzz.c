/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as frames of a WebSocket, the first two being the most that a payload may have. */
#include <stdlib.h>

#include "alg/net/wsframe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The head that a server would write for it, masked, is the one that was read. */
static void same_head(struct span frame, const struct wsframe *f)
{
	char head[WSFRAME_HEAD_MAX];
	uint32_t n = wsframe_write_head(head, f->opcode, f->payload);

	require(n + 4 == f->head);
	require(!f->final || head[0] == frame.p[0]);
	head[1] = (char)(head[1] | 0x80);
	require(memcmp(head + 1, frame.p + 1, n - 1) == 0);
}

static void unmask_twice(struct span frame, const struct wsframe *f)
{
	const char *payload = frame.p + f->head;
	char *copy = malloc(f->payload ? f->payload : 1);

	require(copy != NULL);
	memcpy(copy, payload, f->payload);
	wsframe_unmask(copy, f->payload, f->mask);
	wsframe_is_text(span_of(copy, f->payload));
	wsframe_unmask(copy, f->payload, f->mask);
	require(memcmp(copy, payload, f->payload) == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span left = span_of(data, size);
	struct wsframe f, again;
	uint32_t max;

	if (size < 2)
		return 0;
	max = (uint32_t)(data[0] << 8 | data[1]);
	left = span_from(left, 2);
	while (wsframe_parse(left, max, &f) == WSFRAME_OK) {
		require(f.payload <= max && f.head + f.payload <= left.n);
		require(wsframe_parse(span_slice(left, 0, f.head + f.payload), max, &again) == WSFRAME_OK);
		require(wsframe_parse(span_slice(left, 0, f.head + f.payload - 1), max, &again) == WSFRAME_MORE);
		same_head(left, &f);
		unmask_twice(left, &f);
		left = span_from(left, f.head + f.payload);
	}
	return 0;
}
