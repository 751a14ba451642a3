/* SPDX-License-Identifier: BSD-3-Clause */
/* A Content-Type up to the first line's end, and any bytes as the body: parts lie inside it, and what was scrubbed has
 * nothing left to scrub. */
#include <stdlib.h>

#include "alg/nat/parts_scrub.h"
#include "alg/sip/session_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096, ROOM = 4 * TEXT_MAX };

static char room[2][ROOM];

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void parts(struct span type, struct span body)
{
	struct writer w = writer_over(room[0], ROOM);
	struct multipart_part p;
	struct multipart m;

	if (multipart_open(type, body, &m))
		return;
	while (multipart_next(&m, &p) == 1)
		must(span_within(p.headers, body) && span_within(p.content, body));
	if (session_body_in_parts(type, body, &p) != SESSION_BODY_PART)
		return;
	multipart_replace(&w, body, &p, SPAN("v=0\r\n"));
	must(!w.failed && session_body_in_parts(type, writer_done(&w), &p) == SESSION_BODY_PART);
	must(span_eq(p.content, SPAN("v=0\r\n")));
}

static bool same_id(void *ctx, struct body_dialog *d)
{
	(void)ctx;
	return d->call_id.n % 2 == 0;
}

static void scrubbed(struct span type, struct span body)
{
	const struct body_scrub s = { .host = SPAN("us"), .map = same_id };
	struct writer once = writer_over(room[0], ROOM), twice = writer_over(room[1], ROOM);

	if (parts_scrub(&once, type, body, &s) != BODY_SCRUBBED)
		return;
	must(parts_scrub(&twice, type, writer_done(&once), &s) == BODY_SCRUBBED);
	must(span_eq(writer_done(&once), writer_done(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size), type = span_slice(text, 0, span_find(text, '\n'));
	struct span body = span_from(text, type.n + 1);

	if (size > TEXT_MAX || size == 0)
		return 0;
	parts(type, body);
	scrubbed(type, body);
	return 0;
}
