/* SPDX-License-Identifier: BSD-3-Clause */
/* Any message between sides of each kind: what crosses are whole header lines, which crossing again changes no more;
 * and what leak.h finds by strides is what a plain search finds. */
#include <stdlib.h>

#include "alg/nat/asserted.h"
#include "alg/nat/leak.h"
#include "alg/nat/topology.h"
#include "alg/sip/privacy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096, ROOM = 4 * TEXT_MAX };

static char room[2][ROOM];

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A message of these lines alone. */
static bool cross(char *to, const struct sip_msg *m, const struct topology_way *way, struct sip_msg *out)
{
	struct writer w = writer_over(to, ROOM);

	writer_put(&w, SPAN("MESSAGE sip:a@b SIP/2.0\r\n"));
	topology_lines_write(&w, m, way, (struct span){ 0 }, true);
	writer_put(&w, SPAN("\r\n"));
	must(!w.failed);
	return sip_msg_index(writer_done(&w), out) == SIP_OK;
}

static void crossing(const struct sip_msg *m, unsigned kind)
{
	struct topology_way way = {
		.host = SPAN("us"), .transparent = kind & 1, .trusted = kind & 2, .anonymous = kind & 4
	};
	struct sip_msg once, twice;

	must(cross(room[0], m, &way, &once));
	must(cross(room[1], &once, &way, &twice));
	must(span_eq(once.raw, twice.raw));
}

static void identities(const struct sip_msg *m)
{
	struct writer w = writer_over(room[0], ROOM);
	struct asserted a;

	asserted_read(m, &a);
	asserted_write(&w, &a, SPAN("us"));
	asserted_write(&w, &a, (struct span){ 0 });
	asserted_preferred(m, SPAN("alice"));
	privacy_write(&w, privacy_read(m));
	must(!w.failed);
}

static uint32_t plain_search(const struct leak_set *s, struct span text)
{
	uint32_t first = text.n;

	for (unsigned i = 0; i < s->n; i++) {
		uint32_t at = span_search(text, s->text[i]);

		first = at < first ? at : first;
	}
	return first;
}

/* The first line's words are looked for in the rest. */
static void leaks(struct span text)
{
	struct span words = span_slice(text, 0, span_find(text, '\n')), which, rest = span_from(text, words.n + 1);
	struct leak_set s = { 0 };

	while (words.n) {
		struct span one = span_slice(words, 0, span_find(words, ' '));

		leak_add_id(&s, one);
		words = span_from(words, one.n + 1);
	}
	must(leak_find(&s, rest, 0, &which) == plain_search(&s, rest));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct sip_msg m;

	if (size > TEXT_MAX || size == 0)
		return 0;
	leaks(text);
	if (sip_msg_index(text, &m) != SIP_OK)
		return 0;
	for (unsigned kind = 0; kind < 8; kind++)
		crossing(&m, kind);
	identities(&m);
	return 0;
}
