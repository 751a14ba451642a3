/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/reply.h"
#include "tests/unit/guard.h"

#define FROM_TO "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>\r\n"
#define CALL    "Call-ID: c1\r\nCSeq: 1 OPTIONS\r\n"
#define TAGGED  "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>;tag=ours\r\n"
#define END     "Content-Length: 0\r\n\r\n"

/* The answer to request, which need not be sound, from source; owned by buf. */
static struct span answer(const char *request, const char *source, struct reply r, char *buf, uint32_t cap)
{
	struct span raw = guard_span(span_str(request));
	struct writer w = writer_over(buf, cap);
	struct sip_msg m;

	sip_msg_index(raw, &m);
	if (source && addr_parse(span_str(source), 0, &r.source))
		fail_msg("bad source %s", source);
	reply_write(&w, &m, &r);
	guard_free(raw);
	return writer_done(&w);
}

static void expect(const char *name, struct span got, const char *expected)
{
	if (!span_eq(got, span_str(expected)))
		fail_msg("%s:\n%.*s\ninstead of\n%s", name, SPAN_ARG(got), expected);
}

/* Whole answers with status 486 and tag "ours". */
static void answers(void **state)
{
	static const struct {
		const char *name, *request, *expected;
	} cases[] = {
		{ "all there is",
		  "OPTIONS sip:b@example.com SIP/2.0\r\n"
		  "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1;rport\r\n"
		  "Max-Forwards: 70\r\n" FROM_TO CALL "Contact: <sip:a@10.0.0.5>\r\nRecord-Route: <sip:p;lr>\r\n"
		  "Subject: secret\r\nTimestamp: 54\r\nContent-Length: 4\r\n\r\nbody",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1;received=192.0.2.9;rport=4711\r\n" TAGGED CALL END },
		{ "compact forms",
		  "OPTIONS sip:b@example.com SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
		  "f: <sip:a@example.com>;tag=f\r\nt: <sip:b@example.com>\r\ni: c1\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711\r\n" TAGGED CALL END },
		{ "only the top Via changes, all stay in order",
		  "OPTIONS sip:b@example.com SIP/2.0\r\n"
		  "Via: SIP/2.0/UDP one;branch=z9hG4bK1 , SIP/2.0/TCP two;branch=z9hG4bK2;rport\r\n" FROM_TO
		  "Via: SIP/2.0/TLS three;branch=z9hG4bK3;received=10.1.1.1;rport=9\r\n" CALL "\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP one;branch=z9hG4bK1;received=192.0.2.9;rport=4711, "
		  "SIP/2.0/TCP two;branch=z9hG4bK2;rport\r\n"
		  "Via: SIP/2.0/TLS three;branch=z9hG4bK3;received=10.1.1.1;rport=9\r\n" TAGGED CALL END },
		{ "To has a tag",
		  "OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
		  "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>;tag=theirs\r\n" CALL "\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711\r\n"
		  "From: <sip:a@example.com>;tag=f\r\nTo: <sip:b@example.com>;tag=theirs\r\n" CALL END },
		{ "a tag in the URI is not the tag of To",
		  "OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
		  "To: <sip:b@example.com;tag=no>\r\n\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711\r\n"
		  "To: <sip:b@example.com;tag=no>;tag=ours\r\n" END },
		{ "nothing to copy (RFC 4475 3.3.1)", "INVITE sip:b@example.com SIP/2.0\r\nMax-Forwards: 70\r\n\r\n",
		  "SIP/2.0 486 Busy Here\r\n" END },
		{ "no Call-ID, From, To (RFC 4475 3.3.1)",
		  "INVITE sip:b@example.com SIP/2.0\r\nCSeq: 193942 INVITE\r\n"
		  "Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\nContent-Length: 0\r\n\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf;received=192.0.2.9;rport=4711\r\n"
		  "CSeq: 193942 INVITE\r\n" END },
		{ "a Via that says nothing is copied as it is",
		  "OPTIONS sip:b@example.com SIP/2.0\r\nVia: nonsense\r\n" FROM_TO CALL "\r\n",
		  "SIP/2.0 486 Busy Here\r\nVia: nonsense\r\n" TAGGED CALL END },
		{ "folded lines become one",
		  "OPTIONS sip:b@example.com SIP/2.0\r\n"
		  "Via: SIP/2.0/UDP h\r\n ;branch=z9hG4bK1\r\n\t;rport,\r\n SIP/2.0/UDP i\r\n"
		  "From:\r\n <sip:a@example.com>\r\n ;tag=f\r\nTo: <sip:b@example.com>\r\n" CALL "\r\n",
		  "SIP/2.0 486 Busy Here\r\n"
		  "Via: SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711, SIP/2.0/UDP i\r\n"
		  "From: <sip:a@example.com> ;tag=f\r\nTo: <sip:b@example.com>;tag=ours\r\n" CALL END },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reply r = { .status = 486, .to_tag = SPAN("ours") };
		char buf[1024];

		expect(cases[i].name, answer(cases[i].request, "192.0.2.9:4711", r, buf, sizeof(buf)),
		       cases[i].expected);
	}
}

/* What the top Via said, where the packet came from, what it says then. */
static void the_top_via_tells_the_source(void **state)
{
	static const struct {
		const char *via, *source, *expected;
	} cases[] = {
		{ "SIP/2.0/UDP h;branch=z9hG4bK1", "192.0.2.9:5060",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=5060" },
		{ "SIP/2.0/UDP h;rport;branch=z9hG4bK1", "192.0.2.9:1",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=1" },
		{ "SIP/2.0/UDP h;branch=z9hG4bK1;received=10.6.6.6;rport=666", "192.0.2.9:4711",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711" },
		{ "SIP/2.0/UDP h;Received=10.6.6.6;branch=z9hG4bK1;RPORT", "192.0.2.9:4711",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711" },
		/* Twice the same: no Via we could read. */
		{ "SIP/2.0/UDP h;branch=z9hG4bK1;rport;rport=1", "192.0.2.9:4711",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;rport;rport=1" },
		{ "SIP/2.0/UDP h", "192.0.2.9:4711", "SIP/2.0/UDP h;received=192.0.2.9;rport=4711" },
		{ "SIP/2.0/UDP 192.0.2.9:4711;branch=z9hG4bK1", "192.0.2.9:4711",
		  "SIP/2.0/UDP 192.0.2.9:4711;branch=z9hG4bK1;received=192.0.2.9;rport=4711" },
		{ "SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1", "[2001:db8::1]:4711",
		  "SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1;received=2001:db8::1;rport=4711" },
		{ "SIP/2.0/UDP h;branch=z9hG4bK1", "[::ffff:192.0.2.9]:4711",
		  "SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.9;rport=4711" },
		{ "SIP / 2.0 / UDP  h ; branch = z9hG4bK1 ; rport ;x=\"a;rport=5\"", "192.0.2.9:4711",
		  "SIP / 2.0 / UDP  h; branch = z9hG4bK1;x=\"a;rport=5\";received=192.0.2.9;rport=4711" },
		{ "SIP/2.0/UDP h;maddr=224.2.0.1;ttl=16;branch=z9hG4bK1;alias", "192.0.2.9:4711",
		  "SIP/2.0/UDP h;maddr=224.2.0.1;ttl=16;branch=z9hG4bK1;alias;received=192.0.2.9;rport=4711" },
		{ "SIP/2.0/UDP h;branch=z9hG4bK1;rport", NULL, "SIP/2.0/UDP h;branch=z9hG4bK1;rport" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char request[512], expected[512], buf[1024];
		struct writer in = writer_over(request, sizeof(request) - 1), out = writer_over(expected, 511);

		writer_format(&in, "OPTIONS sip:b SIP/2.0\r\nVia: %s\r\n\r\n", cases[i].via);
		request[in.n] = '\0';
		writer_format(&out, "SIP/2.0 200 OK\r\nVia: %s\r\n" END, cases[i].expected);
		expected[out.n] = '\0';
		expect(cases[i].via, answer(request, cases[i].source, (struct reply){ .status = 200 }, buf, 1024),
		       expected);
	}
}

static void trying_has_no_tag_but_the_timestamp(void **state)
{
	struct reply r = { .status = 100, .to_tag = SPAN("ours") };
	char buf[512];
	(void)state;

	expect("100",
	       answer("INVITE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n" FROM_TO CALL "Timestamp: 54.1\r\n\r\n",
		      "192.0.2.9:4711", r, buf, sizeof(buf)),
	       "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP h;received=192.0.2.9;rport=4711\r\n" FROM_TO CALL
	       "Timestamp: 54.1\r\n" END);
}

static void no_tag_given_none_added(void **state)
{
	char buf[512];
	(void)state;

	expect("486",
	       answer("OPTIONS sip:b SIP/2.0\r\n" FROM_TO CALL "\r\n", NULL, (struct reply){ .status = 486 }, buf, 512),
	       "SIP/2.0 486 Busy Here\r\n" FROM_TO CALL END);
}

static void our_own_headers_and_body(void **state)
{
	struct reply r = {
		.status = 200,
		.reason = SPAN("Fine"),
		.headers = SPAN("Contact: <sip:us>\r\nContent-Type: application/sdp\r\n"),
		.body = SPAN("v=0\r\n"),
	};
	char buf[512];
	(void)state;

	expect("200", answer("OPTIONS sip:b SIP/2.0\r\n" CALL "\r\n", NULL, r, buf, sizeof(buf)),
	       "SIP/2.0 200 Fine\r\n" CALL "Contact: <sip:us>\r\nContent-Type: application/sdp\r\n"
	       "Content-Length: 5\r\n\r\nv=0\r\n");
}

/* A phrase taken from a peer begins no header line of ours. */
static void a_phrase_stays_on_its_line(void **state)
{
	struct reply r = { .status = 480, .reason = SPAN("Gone\r\nContact: <sip:evil>\n\r") };
	char buf[512];
	(void)state;

	expect("480", answer("OPTIONS sip:b SIP/2.0\r\n\r\n", NULL, r, buf, sizeof(buf)),
	       "SIP/2.0 480 Gone Contact: <sip:evil>\r\n" END);
}

static void too_small_a_buffer_fails(void **state)
{
	static const char request[] = "OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n" FROM_TO CALL "\r\n";
	struct reply r = { .status = 200, .to_tag = SPAN("ours") };
	char whole[512];
	struct span got = answer(request, "192.0.2.9:4711", r, whole, sizeof(whole));
	(void)state;

	assert_true(span_is_set(got));
	for (uint32_t cap = 0; cap < got.n; cap++) {
		char *buf = malloc(cap + 1);

		if (span_is_set(answer(request, "192.0.2.9:4711", r, buf, cap)))
			fail_msg("fits into %u bytes", cap);
		free(buf);
	}
}

/* What was answered reads well: our index takes it. */
static void an_answer_is_a_message(void **state)
{
	struct reply r = { .status = 404, .to_tag = SPAN("ours") };
	char buf[512];
	struct span got = answer("OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n" FROM_TO CALL "\r\n",
				 "[2001:db8::1]:4711", r, buf, sizeof(buf));
	struct sip_msg m;
	(void)state;

	assert_int_equal(sip_msg_index(got, &m), SIP_OK);
	assert_int_equal(m.status, 404);
	assert_true(span_eq(m.reason, SPAN("Not Found")));
	assert_int_equal(m.nfield, 6);
}

static void reasons(void **state)
{
	static const struct {
		uint16_t status;
		const char *phrase;
	} cases[] = {
		{ 100, "Trying" },
		{ 180, "Ringing" },
		{ 183, "Session Progress" },
		{ 200, "OK" },
		{ 202, "Accepted" },
		{ 302, "Moved Temporarily" },
		{ 401, "Unauthorized" },
		{ 407, "Proxy Authentication Required" },
		{ 408, "Request Timeout" },
		{ 416, "Unsupported URI Scheme" },
		{ 422, "Session Interval Too Small" },
		{ 480, "Temporarily Unavailable" },
		{ 481, "Call/Transaction Does Not Exist" },
		{ 487, "Request Terminated" },
		{ 488, "Not Acceptable Here" },
		{ 491, "Request Pending" },
		{ 500, "Server Internal Error" },
		{ 503, "Service Unavailable" },
		{ 505, "Version Not Supported" },
		{ 600, "Busy Everywhere" },
		{ 606, "Not Acceptable" },
		{ 608, "Rejected" },
		/* Codes nobody has defined. */
		{ 199 - 1, "Progress" },
		{ 299, "OK" },
		{ 399, "Redirection" },
		{ 499, "Request Failure" },
		{ 599, "Server Failure" },
		{ 699, "Global Failure" },
		{ 0, "Unknown" },
		{ 99, "Unknown" },
		{ 700, "Unknown" },
		{ 65535, "Unknown" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!span_eq(reply_reason(cases[i].status), span_str(cases[i].phrase)))
			fail_msg("%u: %.*s", cases[i].status, SPAN_ARG(reply_reason(cases[i].status)));
	for (unsigned status = 0; status <= 65535; status++)
		assert_true(reply_reason((uint16_t)status).n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(the_top_via_tells_the_source),
		cmocka_unit_test(trying_has_no_tag_but_the_timestamp),
		cmocka_unit_test(no_tag_given_none_added),
		cmocka_unit_test(our_own_headers_and_body),
		cmocka_unit_test(a_phrase_stays_on_its_line),
		cmocka_unit_test(too_small_a_buffer_fails),
		cmocka_unit_test(an_answer_is_a_message),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
