/* SPDX-License-Identifier: BSD-3-Clause */
/* PCP as bytes: requests as RFC 6887 draws them, answers good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "alg/nat/pcp.h"
#include "tests/unit/guard.h"

#define BYTES(text) span_of(text, sizeof(text) - 1)

static const char nonce[] = "nonce-of-12b";

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static void writes(const struct pcp_map *m, const char *client, bool exact, struct span expected)
{
	char text[PCP_REQUEST_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct addr ours = address(client);

	pcp_map_write(&w, &ours, m, exact);
	assert_true(span_eq(writer_done(&w), expected));
}

static void writes_a_request(void **state)
{
	struct pcp_map m = { .protocol = IPPROTO_UDP, .port = 5060, .lifetime_s = 120 };

	(void)state;
	memcpy(m.nonce, nonce, PCP_NONCE);
	m.outside.port = 5060;
	writes(&m, "10.0.0.5", true,
	       BYTES("\2\1\0\0\0\0\0\x78\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\5"
		     "nonce-of-12b\x11\0\0\0\x13\xc4\x13\xc4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0"
		     "\2\0\0\0"));
	m.protocol = IPPROTO_TCP;
	writes(&m, "2001:db8::5", false,
	       BYTES("\2\1\0\0\0\0\0\x78\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\5"
		     "nonce-of-12b\6\0\0\0\x13\xc4\x13\xc4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	m.lifetime_s = 0;
	m.outside = address("198.51.100.7:5060");
	writes(&m, "10.0.0.5", true,
	       BYTES("\2\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\5"
		     "nonce-of-12b\6\0\0\0\x13\xc4\x13\xc4\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\7"));
}

#define GRANT                                                                                                          \
	"\2\x81\0\0\0\0\0\x78\0\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0"                                                       \
	"nonce-of-12b\x11\0\0\0\x13\xc4\x13\xc5\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\7"

static void reads_an_answer(void **state)
{
	struct span bytes = guard_span(BYTES(GRANT));
	struct addr outside = address("198.51.100.7:5061");
	struct pcp_answer a;

	(void)state;
	assert_int_equal(pcp_answer_read(bytes, &a), 0);
	assert_int_equal(a.result, PCP_SUCCESS);
	assert_int_equal(a.epoch_s, 4096);
	assert_int_equal(a.map.lifetime_s, 120);
	assert_int_equal(a.map.protocol, IPPROTO_UDP);
	assert_int_equal(a.map.port, 5060);
	assert_memory_equal(a.map.nonce, nonce, PCP_NONCE);
	assert_true(addr_eq(&a.map.outside, &outside));
	guard_free(bytes);
}

static void drops_what_is_none(void **state)
{
	static const struct {
		const char *what;
		unsigned at;
		char value;
		int longer;
	} cases[] = {
		{ "another version", 0, 1, 0 },        { "a request", 1, 1, 0 },
		{ "an answer to PEER", 1, '\x82', 0 }, { "cut", 0, 2, -4 },
		{ "its head alone", 0, 2, -36 },       { "nothing", 0, 2, -60 },
		{ "not of whole words", 0, 2, -1 },
	};
	char copy[] = GRANT;
	struct pcp_answer a;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span bytes;

		memcpy(copy, GRANT, sizeof(copy) - 1);
		copy[cases[i].at] = cases[i].value;
		bytes = guard_span(span_of(copy, sizeof(copy) - 1 + cases[i].longer));
		if (pcp_answer_read(bytes, &a) != -1)
			fail_msg("%s was read", cases[i].what);
		guard_free(bytes);
	}
}

static void each_refusal_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= PCP_RESULT_N; i++)
		assert_true(strlen(pcp_result_text(i)) > 3);
	assert_string_not_equal(pcp_result_text(PCP_NOT_AUTHORIZED), pcp_result_text(PCP_NO_RESOURCES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_request),
		cmocka_unit_test(reads_an_answer),
		cmocka_unit_test(drops_what_is_none),
		cmocka_unit_test(each_refusal_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
