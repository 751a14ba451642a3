/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholebench.h: the management interface with a firewall program and a relay that tells of its ports. */
#ifndef NATSBC_TESTS_PINHOLEBENCH_H
#define NATSBC_TESTS_PINHOLEBENCH_H

#include <signal.h>

#include "tests/unit/sbc/apibench.h"
#include "tests/unit/sbc/firewallbench.h"

#define PORT_ROW                                                                                                       \
	"d5:bytesi340e4:kind3:RTP7:latched14:203.0.113.9:807:packetsi2e4:porti10004e5:realm8:internet7:refusedi7ee"
#define RTCP_ROW "d4:kind4:RTCP4:porti10005e5:realm8:internete"

static inline int open_all(void **state)
{
	if (open_api(state))
		return -1;
	firewallbench_attach(bench.e);
	return 0;
}

/* The relay answers question number i. */
static inline void relay_says(unsigned i, const char *keys)
{
	struct span asked = bench.asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

	engine_relay_receive(bench.e, bench_text(&bench, "%.*s d%s6:result2:oke", SPAN_ARG(cookie), keys), loop_now());
}

static inline void wait_for_question(unsigned n)
{
	for (int i = 0; i < TURNS && bench.nasked < n; i++) {
		turn();
		poll(NULL, 0, 1);
	}
	assert_int_equal(bench.nasked, n);
	bench_expect(bench.asked[n - 1].text, "7:command5:ports");
}

#endif
