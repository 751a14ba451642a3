/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/kept.h"

static const char request[] = "INVITE sip:bob@192.0.2.1 SIP/2.0\r\n"
			      "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.1\r\n"
			      "From: <sip:a@192.0.2.2>;tag=1\r\nTo: <sip:b@192.0.2.1>\r\n"
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
	char text[400];
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
		cmocka_unit_test(any_other_text_is_indexed),
		cmocka_unit_test(no_index_outlives_its_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
