/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a request for a WebSocket: what is accepted holds what it says, and no shorter text gets there. */
#include <stdlib.h>

#include "alg/net/upgrade.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void answers_fit(enum upgrade_verdict verdict, const struct upgrade *u)
{
	char buf[UPGRADE_ANSWER_MAX];
	struct writer w = writer_over(buf, sizeof(buf));

	if (verdict == UPGRADE_OK)
		upgrade_write_accept(&w, span_slice(u->key, 0, 28));
	else
		upgrade_write_refusal(&w, verdict);
	require(!w.failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct upgrade u = { 0 }, again = { 0 };
	enum upgrade_verdict verdict;

	if (size > 2 * UPGRADE_MAX)
		return 0;
	verdict = upgrade_parse(text, &u);
	answers_fit(verdict, &u);
	if (verdict != UPGRADE_OK)
		return 0;
	require(u.length <= text.n && u.length <= UPGRADE_MAX);
	require(u.key.n == 24 && span_within(u.key, span_slice(text, 0, u.length)));
	require(!u.origin.n || span_within(u.origin, span_slice(text, 0, u.length)));
	/* What comes behind does not matter; without its last byte it is not complete. */
	require(upgrade_parse(span_slice(text, 0, u.length), &again) == UPGRADE_OK && again.length == u.length);
	require(upgrade_parse(span_slice(text, 0, u.length - 1), &again) == UPGRADE_MORE);
	return 0;
}
