/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/base/kept.h"

static const char request[] = "INVITE sip:bob@192.0.2.1 SIP/2.0\r\n"
			      "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.1\r\n"
			      "From: \"A\" <sip:a@192.0.2.2>;tag=1\r\nTo: <sip:b@192.0.2.1>\r\nCSeq: 1 INVITE\r\n"
			      "v: SIP/2.0/UDP 10.0.0.2\r\nContent-Length: 4\r\n\r\nbody behind";
static const char response[] = "SIP/2.0 480 Not here\r\nVia: SIP/2.0/UDP 192.0.2.2\r\n\r\n";

static bool same(const struct sip_msg *a, const struct sip_msg *b)
{
	if (!span_eq(a->raw, b->raw) || !span_eq(a->uri, b->uri) || !span_eq(a->reason, b->reason) ||
	    !span_eq(a->method_name, b->method_name) || a->status != b->status || a->is_request != b->is_request ||
	    a->method != b->method || a->nfield != b->nfield || a->body != b->body || a->start_end != b->start_end)
		return false;
	return memcmp(a->first, b->first, sizeof(a->first)) == 0 && memcmp(a->last, b->last, sizeof(a->last)) == 0 &&
	       memcmp(a->field, b->field, a->nfield * sizeof(a->field[0])) == 0;
}

/* Each value that may have been read before it was kept. */
static void expect_values(const struct sip_msg *m, struct span text)
{
	const struct span own[] = {
		sip_msg_top_via(m)->transport,
		sip_msg_top_via(m)->sent_by,
		sip_msg_top_via(m)->host,
		sip_msg_top_via(m)->params,
		sip_msg_top_via(m)->branch,
		sip_msg_from(m)->display,
		sip_msg_from(m)->uri,
		sip_msg_from(m)->params,
		sip_msg_from_tag(m),
		sip_msg_to(m)->uri,
		sip_msg_target(m)->user,
		sip_msg_target(m)->host,
		sip_msg_target(m)->scheme_name,
		sip_msg_cseq(m)->method_name,
	};
	const char *const expected[] = { "UDP",
					 "192.0.2.2",
					 "192.0.2.2",
					 ";branch=z9hG4bK1",
					 "z9hG4bK1",
					 "\"A\"",
					 "sip:a@192.0.2.2",
					 ";tag=1",
					 "1",
					 "sip:b@192.0.2.1",
					 "bob",
					 "192.0.2.1",
					 "sip",
					 "INVITE" };

	for (unsigned i = 0; i < sizeof(own) / sizeof(*own); i++) {
		assert_true(span_eq(own[i], span_str(expected[i])));
		assert_true(span_within(own[i], text));
	}
	assert_null(sip_msg_to_tag(m).p);
	assert_int_equal(sip_msg_cseq(m)->number, 1);
}

static void what_was_read_before_is_read_of_the_copy(void **state)
{
	(void)state;
	/* The bits say which values had been asked for by then. */
	for (unsigned asked = 0; asked < 32; asked++) {
		struct buf_pool pool = { 0 };
		struct sip_msg m, again;
		char *gone = malloc(sizeof(request));
		struct buf *b;

		memcpy(gone, request, sizeof(request));
		memset(&m, 0xff, sizeof(m));
		assert_int_equal(sip_msg_index(span_of(gone, sizeof(request) - 1), &m), SIP_OK);
		(void)((asked & 1) && sip_msg_top_via(&m));
		(void)((asked & 2) && sip_msg_from(&m));
		(void)((asked & 4) && sip_msg_to(&m));
		(void)((asked & 8) && sip_msg_target(&m));
		(void)((asked & 16) && sip_msg_cseq(&m));
		b = kept_new(&pool, &m);
		memset(gone, 'x', sizeof(request));
		free(gone);
		assert_true(kept_read(b, &again));
		expect_values(&again, buf_span(b));
		buf_drop(&pool, b);
		buf_pool_fini(&pool);
	}
}

/* What was received may be gone by then, and what was read of it points there. */
static void a_kept_message_is_read_as_if_indexed_anew(void **state)
{
	const struct span texts[] = { SPAN(request), SPAN(response) };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct buf_pool pool = { 0 };
		struct sip_msg m, anew, again;
		char *gone = malloc(texts[i].n);
		struct buf *b;

		memcpy(gone, texts[i].p, texts[i].n);
		assert_int_equal(sip_msg_index(span_of(gone, texts[i].n), &m), SIP_OK);
		(void)sip_msg_top_via(&m);
		b = kept_new(&pool, &m);
		assert_int_equal(sip_msg_index(texts[i], &anew), SIP_OK);
		memset(gone, 'x', texts[i].n);
		free(gone);
		assert_true(span_eq(buf_span(b), anew.raw));
		assert_true(kept_read(b, &again));
		assert_true(same(&again, &anew));
		assert_true(span_within(again.raw, buf_span(b)));
		assert_true(span_eq(sip_msg_top_via(&again)->host, SPAN("192.0.2.2")));
		buf_drop(&pool, b);
		assert_int_equal(pool.bytes_out, 0);
		buf_pool_fini(&pool);
	}
}

static void any_other_text_is_indexed(void **state)
{
	struct buf_pool pool = { 0 };
	struct buf *fine = buf_keep(&pool, SPAN(response)), *broken = buf_keep(&pool, SPAN("SIP/2.0\r\n\r\n"));
	struct sip_msg m;

	(void)state;
	assert_true(kept_read(fine, &m));
	assert_int_equal(m.status, 480);
	assert_false(kept_read(broken, &m));
	assert_false(kept_read(NULL, &m));
	buf_drop(&pool, fine);
	buf_drop(&pool, broken);
	buf_pool_fini(&pool);
}

/* A buffer that held an index is used again for what has none. */
static void no_index_outlives_its_message(void **state)
{
	struct buf_pool pool = { 0 };
	struct buf *first, *second;
	char text[800];
	struct sip_msg m;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(sip_msg_index(SPAN(response), &m), SIP_OK);
	first = kept_new(&pool, &m);
	buf_drop(&pool, first);
	second = buf_keep(&pool, span_of(text, sizeof(text)));
	assert_ptr_equal(first, second);
	assert_false(kept_read(second, &m));
	buf_drop(&pool, second);
	buf_pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kept_message_is_read_as_if_indexed_anew),
		cmocka_unit_test(what_was_read_before_is_read_of_the_copy),
		cmocka_unit_test(any_other_text_is_indexed),
		cmocka_unit_test(no_index_outlives_its_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
