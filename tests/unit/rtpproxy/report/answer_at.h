/* SPDX-License-Identifier: BSD-3-Clause */
/* answer_at.h: what an answer of the relay's has under a path of keys. */
#ifndef NATSBC_TESTS_ANSWER_AT_H
#define NATSBC_TESTS_ANSWER_AT_H

#include "tests/unit/rtpproxy/rig.h"

/* The value under a path of keys; list elements by number. */
static inline struct ng_value at(const struct rig *g, const char *path)
{
	struct ng_value v = { .kind = NG_DICT, .text = g->answer.body };
	struct span left = span_str(path);

	while (left.n) {
		uint32_t end = span_find(left, '/');
		struct span key = span_slice(left, 0, end);
		uint32_t number, pos = 0;

		left = span_from(left, end + 1);
		if (v.kind == NG_LIST_KIND) {
			struct span list = v.text, unused;

			assert_int_equal(span_u32(key, &number), 0);
			for (uint32_t i = 0; i <= number; i++)
				if (ng_next(list, &pos, &unused, &v) != 1)
					fail_msg("%s: no such element", path);
		} else if (ng_find(v.text, key, &v)) {
			fail_msg("%s: no %.*s", path, SPAN_ARG(key));
		}
	}
	return v;
}

static inline void assert_text(const struct rig *g, const char *path, const char *expected)
{
	const struct ng_value v = at(g, path);

	if (v.kind != NG_STRING || !span_eq(v.text, span_str(expected)))
		fail_msg("%s is %.*s, not %s", path, SPAN_ARG(v.text), expected);
}

static inline void assert_number(const struct rig *g, const char *path, int64_t expected)
{
	const struct ng_value v = at(g, path);

	if (v.kind != NG_INTEGER || v.integer != expected)
		fail_msg("%s is %lld, not %lld", path, (long long)v.integer, (long long)expected);
}

#endif
