/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/method.h"

static const struct span names[SIP_METHOD_N] = {
#define X(id) [SIP_##id] = { #id, sizeof(#id) - 1 },
	SIP_METHOD_TABLE(X)
#undef X
		[SIP_METHOD_OTHER] = { "OTHER", 5 },
};

enum sip_method sip_method_find(struct span name)
{
	enum sip_method m = 0;

	while (m < SIP_METHOD_OTHER && !span_eq(name, names[m]))
		m++;
	return m;
}

struct span sip_method_name(enum sip_method m)
{
	return names[m < SIP_METHOD_N ? m : SIP_METHOD_OTHER];
}
