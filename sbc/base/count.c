/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/count.h"

static const char *const names[COUNT_N] = {
#define X(id, name) [COUNT_##id] = name,
	COUNT_TABLE(X)
#undef X
};

const char *count_name(enum count c)
{
	return names[c];
}
