/* SPDX-License-Identifier: BSD-3-Clause */
/* Any body of an INFO, as either type: what is read is a digit, and written again it is read as the same. */
#include <stdlib.h>

#include "alg/sip/dtmf_relay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span types[] = { SPAN("application/dtmf-relay"), SPAN("application/dtmf") };
	char text[DTMF_RELAY_MAX];

	for (unsigned i = 0; i < 2; i++) {
		struct writer w = writer_over(text, sizeof(text));
		struct dtmf_relay d, again;

		if (dtmf_relay_parse(types[i], span_of(data, size), &d))
			continue;
		require(d.event < 16 && d.duration_ms);
		dtmf_relay_write(&w, &d);
		require(!w.failed && !dtmf_relay_parse(types[0], writer_done(&w), &again));
		require(again.event == d.event && again.duration_ms == d.duration_ms);
	}
	return 0;
}
