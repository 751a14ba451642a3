/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/bencode.h"
#include "alg/ng/ng_word.h"

#include <stddef.h>

static const struct field {
	struct span key;
	size_t offset;
} fields[] = {
	{ SPAN("result"), offsetof(struct ng_answer, result) },
	{ SPAN("error-reason"), offsetof(struct ng_answer, error_reason) },
	{ SPAN("warning"), offsetof(struct ng_answer, warning) },
	{ SPAN("sdp"), offsetof(struct ng_answer, sdp) },
	{ SPAN("event"), offsetof(struct ng_answer, event) },
	{ SPAN("call-id"), offsetof(struct ng_answer, call_id) },
	{ SPAN("from-tag"), offsetof(struct ng_answer, from_tag) },
};

static void field_set(struct ng_answer *a, struct span key, const struct ng_value *v)
{
	if (v->kind != NG_STRING)
		return;
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!ng_word_eq(key, fields[i].key))
			continue;
		*(struct span *)(void *)((char *)a + fields[i].offset) = v->text;
		return;
	}
}

int ng_answer_decode(struct span datagram, struct ng_answer *out)
{
	uint32_t space = span_find(datagram, ' '), at = 0;
	struct ng_answer a = { .cookie = span_slice(datagram, 0, space) };
	struct span text = span_from(datagram, space + 1), key;
	struct ng_value value;
	int more;

	if (space == 0 || space > NG_COOKIE_MAX || space == datagram.n)
		return -1;
	while ((more = bencode_member(text, &at, &key, &value)) > 0)
		field_set(&a, key, &value);
	if (more < 0)
		return -1;
	a.body = span_slice(text, 0, at);
	*out = a;
	return 0;
}
