/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/method.h"

static const struct span names[SIP_METHOD_N] = {
#define X(id) [SIP_##id] = { #id, sizeof(#id) - 1 },
	SIP_METHOD_TABLE(X)
#undef X
		[SIP_METHOD_OTHER] = { "OTHER", 5 },
};

/* By how long they are: 1 + the method, 0 behind the last. */
enum { LENGTH_MAX = 9, OF_A_LENGTH = 4 };
#define M(id) (SIP_##id + 1)
static const uint8_t of_length[LENGTH_MAX + 1][OF_A_LENGTH + 1] = {
	[3] = { M(ACK), M(BYE) },
	[4] = { M(INFO) },
	[5] = { M(REFER), M(PRACK) },
	[6] = { M(INVITE), M(CANCEL), M(UPDATE), M(NOTIFY) },
	[7] = { M(OPTIONS), M(MESSAGE), M(PUBLISH) },
	[8] = { M(REGISTER) },
	[9] = { M(SUBSCRIBE) },
};
#undef M

enum sip_method sip_method_find(struct span name)
{
	if (name.n > LENGTH_MAX)
		return SIP_METHOD_OTHER;
	for (const uint8_t *m = of_length[name.n]; *m; m++)
		if (span_eq(name, names[*m - 1]))
			return (enum sip_method)(*m - 1);
	return SIP_METHOD_OTHER;
}

struct span sip_method_name(enum sip_method m)
{
	return names[m < SIP_METHOD_N ? m : SIP_METHOD_OTHER];
}
