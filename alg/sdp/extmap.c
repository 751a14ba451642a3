/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/extmap.h"

#include "alg/base/cursor.h"

bool sdp_extmap_is_dropped(const struct sdp_extmap_rule *rules, unsigned n, struct span attribute)
{
	struct cursor c = { .left = attribute };
	bool dropped = false;
	struct span uri;

	if (!span_istarts(attribute, SPAN("extmap:")))
		return false;
	cursor_until(&c, BLANK); /* its number, and whether it goes one way only */
	cursor_blank(&c);
	uri = cursor_until(&c, BLANK);
	for (unsigned i = 0; i < n; i++) {
		if (!span_ieq(rules[i].uri, uri) && !span_ieq(rules[i].uri, SPAN("all")))
			continue;
		if (rules[i].spared)
			return false;
		dropped = true;
	}
	return dropped;
}
