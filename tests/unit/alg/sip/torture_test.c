/* SPDX-License-Identifier: BSD-3-Clause */
/* The messages of RFC 4475 and RFC 5118, each against a guard page, as tests/data/torture/index.json expects them; then
 * what the index asks of the parser by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include "alg/base/addr.h"
#include "alg/sip/cseq.h"
#include "alg/sip/msg.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"
#include "tests/unit/guard.h"

#define DATA "tests/data/torture/"

enum { MESSAGES = 61 };

/* One message of the archive, read and indexed. */
struct sample {
	struct span text; /* guarded */
	struct sip_msg msg;
	enum sip_verdict verdict;
	int status; /* of the check; that of the verdict where there is one */
	const char *why;
};

static struct span file_read(const char *name)
{
	static char bytes[SIP_MSG_MAX];
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), DATA "%s", name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("%s: not there (run from the top of the source tree)", path);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return guard_span(span_of(bytes, n));
}

static void sample_open(struct sample *s, const char *file)
{
	s->text = file_read(file);
	s->verdict = sip_msg_index(s->text, &s->msg);
	s->why = sip_verdict_name(s->verdict);
	s->status = s->verdict ? sip_verdict_status(s->verdict) : sip_msg_check(&s->msg, &s->why);
}

static void sample_close(struct sample *s)
{
	guard_free(s->text);
}

static bool is_allowed(const json_t *entry, int status)
{
	char code[8];
	size_t i;
	json_t *allowed;

	snprintf(code, sizeof(code), "%d", status);
	json_array_foreach(json_object_get(entry, "allowed"), i,
			   allowed) if (strcmp(json_string_value(allowed), code) == 0) return true;
	return false;
}

static const char *entry_text(const json_t *entry, const char *key)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text ? text : "";
}

static bool entry_is(const json_t *entry, const char *key, const char *value)
{
	return strcmp(entry_text(entry, key), value) == 0;
}

/* What the index of the messages says about this one, against what we said. */
static const char *entry_complaint(const json_t *entry, const struct sample *s)
{
	const json_t *header_end = json_object_get(entry, "header_end");
	bool request = entry_is(entry, "kind", "request");
	bool sound = entry_is(entry, "validity", "valid") || entry_is(entry, "validity", "tolerate");

	if (request != s->msg.is_request)
		return "request taken for a response, or the other way";
	if (sound && s->status)
		return "refused although sound";
	if (entry_is(entry, "validity", "invalid") && !s->status)
		return "passed although malformed";
	if (s->status && request && !is_allowed(entry, s->status))
		return "refused with a code that is not allowed";
	if (s->verdict == SIP_OK && json_is_integer(header_end) && s->msg.body != json_integer_value(header_end))
		return "body found in the wrong place";
	if (s->verdict == SIP_OK && request && !span_eq(s->msg.method_name, span_str(entry_text(entry, "method"))))
		return "method read wrongly";
	return NULL;
}

static void all_messages_end_as_the_index_says(void **state)
{
	json_t *index = json_load_file(DATA "index.json", 0, NULL);
	json_t *entry;
	size_t i;
	unsigned complaints = 0;

	(void)state;
	assert_non_null(index);
	assert_int_equal(json_array_size(json_object_get(index, "messages")), MESSAGES);
	json_array_foreach(json_object_get(index, "messages"), i, entry)
	{
		struct sample s;
		const char *complaint;

		sample_open(&s, entry_text(entry, "file"));
		assert_int_equal(s.text.n, json_integer_value(json_object_get(entry, "bytes")));
		complaint = entry_complaint(entry, &s);
		if (complaint)
			print_error("%s: %s (%d, %s)\n", entry_text(entry, "name"), complaint, s.status, s.why);
		complaints += complaint != NULL;
		sample_close(&s);
	}
	json_decref(index);
	assert_int_equal(complaints, 0);
}

/* What must be refused although the archive would let it pass, and what for. */
static void lenient_ones_are_refused(void **state)
{
	static const struct {
		const char *file;
		int status;
		const char *why;
	} cases[] = {
		{ "rfc4475/ltgtruri.dat", 400, "Request-URI malformed" },
		{ "rfc4475/lwsstart.dat", 400, "bad-start" },
		{ "rfc4475/trws.dat", 400, "bad-start" },
		{ "rfc4475/escruri.dat", 400, "Request-URI with headers" },
		{ "rfc4475/regbadct.dat", 400, "Contact malformed" },
		{ "rfc4475/badaspec.dat", 400, "To malformed" },
		{ "rfc4475/baddn.dat", 400, "no-end" },
		{ "rfc4475/badvers.dat", 505, "bad-version" },
		{ "rfc4475/mcl01.dat", 400, "duplicate" },
		{ "rfc4475/multi01.dat", 400, "duplicate" },
		{ "rfc4475/insuf.dat", 400, "From missing" },
		{ "rfc4475/unkscm.dat", 416, "Request-URI scheme not supported" },
		{ "rfc4475/novelsc.dat", 416, "Request-URI scheme not supported" },
		{ "rfc4475/clerr.dat", 400, "bad-length" },
		{ "rfc4475/ncl.dat", 400, "bad-length" },
		{ "rfc4475/mismatch01.dat", 400, "CSeq method differs from the request's" },
		{ "rfc4475/scalar02.dat", 400, "CSeq malformed or its number too large" },
		{ "rfc4475/quotbal.dat", 400, "To malformed" },
		{ "rfc4475/badinv01.dat", 400, "Via malformed" },
		{ "rfc4475/lwsruri.dat", 400, "bad-start" },
		{ "rfc5118/ipv6-bad.dat", 400, "Request-URI malformed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sample s;

		sample_open(&s, cases[i].file);
		if (s.status != cases[i].status || strcmp(s.why, cases[i].why) != 0)
			fail_msg("%s: %d %s, expected %d %s", cases[i].file, s.status, s.why, cases[i].status,
				 cases[i].why);
		sample_close(&s);
	}
}

/* --- what the index asks by name: one function an item ----------------------------------------------------------- */

static struct span value(const struct sample *s, enum sip_hdr hdr)
{
	return sip_msg_value(&s->msg, hdr);
}

static void expect(struct span got, const char *expected)
{
	if (!span_eq(got, span_str(expected)))
		fail_msg("got '%.*s', expected '%s'", SPAN_ARG(got), expected);
}

/* The element number n of a list header, from 0. */
static struct span element(const struct sample *s, enum sip_hdr hdr, unsigned n)
{
	struct sip_walk w = { 0 };
	struct span out;

	do
		if (!sip_walk_next(&s->msg, hdr, &w, &out))
			return (struct span){ 0 };
	while (n--);
	return out;
}

static struct via via_at(const struct sample *s, unsigned n)
{
	struct via v = { 0 };

	assert_int_equal(via_parse(element(s, SIP_HDR_VIA, n), &v), 0);
	return v;
}

static struct nameaddr address(struct span text)
{
	struct nameaddr a = { 0 };

	assert_int_equal(nameaddr_parse(text, &a), 0);
	return a;
}

static struct uri uri_at(struct span text)
{
	struct uri u = { 0 };

	assert_int_equal(uri_parse(text, &u), 0);
	return u;
}

static const struct sip_field *other_field(const struct sample *s, const char *name)
{
	const struct sip_field *f = sip_field_first(&s->msg, SIP_HDR_OTHER);

	while (f && !span_ieq(sip_field_name(&s->msg, f), span_str(name)))
		f = sip_field_next(&s->msg, f);
	assert_non_null(f);
	return f;
}

static void wsinv_vias_in_order(const struct sample *s)
{
	struct via top = via_at(s, 0), second = via_at(s, 1), third = via_at(s, 2);

	expect(top.branch, "390skdjuw");
	expect(top.sent_by, "192.0.2.2");
	expect(top.transport, "UDP");
	assert_false(via_has_cookie(&top));
	expect(second.branch, "z9hG4bK9ikj8");
	expect(second.sent_by, "spindle.example.com");
	expect(second.transport, "TCP");
	expect(third.branch, "z9hG4bK30239");
	assert_false(span_is_set(element(s, SIP_HDR_VIA, 3)));
}

static void wsinv_numbers(const struct sample *s)
{
	uint32_t hops = 0;
	struct cseq c = { 0 };

	assert_int_equal(span_u32(value(s, SIP_HDR_MAX_FORWARDS), &hops), 0);
	assert_int_equal(hops, 68);
	assert_int_equal(cseq_parse(value(s, SIP_HDR_CSEQ), &c), 0);
	assert_int_equal(c.number, 9);
	assert_int_equal(c.method, SIP_INVITE);
	expect(value(s, SIP_HDR_CONTENT_LENGTH), "150");
	assert_int_equal(sip_msg_body(&s->msg).n, 150);
}

static void wsinv_odd_headers_whole(const struct sample *s)
{
	expect(sip_field_value(&s->msg, other_field(s, "UnknownHeaderWithUnusualValue")), ";;,,;;,;");
	expect(sip_field_value(&s->msg, other_field(s, "NewFangledHeader")),
	       "newfangled value\r\n continued newfangled value");
	assert_true(sip_msg_has(&s->msg, SIP_HDR_SUBJECT));
	assert_int_equal(value(s, SIP_HDR_SUBJECT).n, 0);
}

static void wsinv_addresses(const struct sample *s)
{
	struct nameaddr from = address(value(s, SIP_HDR_FROM)), to = address(value(s, SIP_HDR_TO));
	struct nameaddr contact = address(value(s, SIP_HDR_CONTACT));

	expect(from.display, "\"J Rosenberg \\\\\\\"\"");
	expect(from.uri, "sip:jdrosen@example.com");
	expect(nameaddr_tag(value(s, SIP_HDR_FROM)), "98asjd8");
	assert_false(to.bracketed);
	expect(to.uri, "sip:vivekg@chair-dnrc.example.com");
	expect(nameaddr_tag(value(s, SIP_HDR_TO)), "1918181833n");
	expect(params_get(contact.params, SPAN("newparam")), "newvalue");
	assert_true(params_has(contact.params, SPAN("secondparam")));
	expect(params_get(contact.params, SPAN("q")), "0.33");
}

static void intmeth_kept_byte_for_byte(const struct sample *s)
{
	struct uri target = uri_at(s->msg.uri);

	expect(s->msg.method_name, "!interesting-Method0123456789_*+`.%indeed'~");
	assert_int_equal(s->msg.method, SIP_METHOD_OTHER);
	expect(target.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
	expect(target.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
	expect(target.host, "example.com");
}

static void intmeth_controls_survive(const struct sample *s)
{
	static const char display[] = "\"BEL:\\\a NUL:\\\0 DEL:\\\177\"";
	struct nameaddr to = address(value(s, SIP_HDR_TO)), from = address(value(s, SIP_HDR_FROM));

	assert_true(span_eq(to.display, span_of(display, sizeof(display) - 1)));
	expect(from.display, "token1~` token2'+_ token3*%!.-");
	expect(nameaddr_tag(value(s, SIP_HDR_FROM)), "_token~1'+`*%!-.");
	expect(value(s, SIP_HDR_CALL_ID), "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
}

static void esc01_decodes_once(const struct sample *s)
{
	char plain[64];
	struct writer w = writer_over(plain, sizeof(plain));
	struct uri contact = uri_at(address(value(s, SIP_HDR_CONTACT)).uri);

	expect(uri_at(s->msg.uri).user, "sips%3Auser%40example.com");
	expect(uri_at(s->msg.uri).host, "example.net");
	assert_true(uri_user_eq(uri_at(address(value(s, SIP_HDR_TO)).uri).user, SPAN("user")));
	uri_user_plain(&w, params_get(contact.params, SPAN("n%61me")));
	expect(writer_done(&w), "value%41");
}

static void escnull_users_differ(const struct sample *s)
{
	struct span user = uri_at(address(value(s, SIP_HDR_TO)).uri).user;
	struct uri one = uri_at(address(element(s, SIP_HDR_CONTACT, 0)).uri);
	struct uri two = uri_at(address(element(s, SIP_HDR_CONTACT, 1)).uri);

	assert_false(uri_user_eq(user, SPAN("null-")));
	assert_true(uri_user_eq(user, span_of("null-\0-null", 11)));
	assert_false(uri_eq(&one, &two));
}

static void esc02_is_no_register(const struct sample *s)
{
	assert_int_equal(s->msg.method, SIP_METHOD_OTHER);
	expect(address(element(s, SIP_HDR_CONTACT, 0)).uri, "sip:alias1@host1.example.com");
	expect(address(element(s, SIP_HDR_CONTACT, 1)).uri, "sip:alias3@host3.example.com");
	assert_false(span_is_set(element(s, SIP_HDR_CONTACT, 2)));
	expect(sip_field_value(&s->msg, other_field(s, "C%6Fntact")), "<sip:alias2@host2.example.com>");
}

static void dblreq_tail_is_cut(const struct sample *s)
{
	assert_int_equal(s->msg.method, SIP_REGISTER);
	assert_int_equal(s->msg.raw.n, 300);
	assert_int_equal(sip_msg_body(&s->msg).n, 0);
}

static void semiuri_host(const struct sample *s)
{
	expect(uri_at(s->msg.uri).user, "user;par=u%40example.net");
	expect(uri_at(s->msg.uri).host, "example.com");
	assert_false(span_is_set(uri_at(s->msg.uri).params));
	expect(element(s, SIP_HDR_ACCEPT, 5), "message/sipfrag");
}

static void transports_all_there(const struct sample *s)
{
	static const char *const names[] = { "UDP", "SCTP", "TLS", "UNKNOWN", "TCP" };

	for (unsigned i = 0; i < 5; i++)
		expect(via_at(s, i).transport, names[i]);
}

static void mpart01_body_whole(const struct sample *s)
{
	struct span body = sip_msg_body(&s->msg);

	assert_int_equal(body.n, 553);
	assert_true(span_find(body, '\0') < body.n);
	assert_int_equal(value(s, SIP_HDR_IDENTITY).n, 172);
}

static void longreq_uncut(const struct sample *s)
{
	assert_int_equal(nameaddr_tag(value(s, SIP_HDR_FROM)).n, 155);
	assert_int_equal(value(s, SIP_HDR_CALL_ID).n, 141);
	assert_true(span_is_set(element(s, SIP_HDR_VIA, 33)));
	assert_false(span_is_set(element(s, SIP_HDR_VIA, 34)));
	assert_int_equal(via_at(s, 33).branch.n, 215);
	for (unsigned i = 0; i < 33; i++)
		assert_false(span_is_set(via_at(s, i).branch));
}

static void unreason_phrase(const struct sample *s)
{
	assert_int_equal(s->msg.status, 200);
	assert_true(span_starts(s->msg.reason, SPAN("= 2**3 * 5**2 \xd0\xbd")));
}

static void noreason_phrase(const struct sample *s)
{
	assert_int_equal(s->msg.status, 100);
	assert_int_equal(s->msg.reason.n, 0);
}

static void insuf_has_what_it_has(const struct sample *s)
{
	assert_false(sip_msg_has(&s->msg, SIP_HDR_TO));
	expect(via_at(s, 0).branch, "z9hG4bKkdj.insuf");
}

static void multi01_first_comes_first(const struct sample *s)
{
	expect(value(s, SIP_HDR_CSEQ), "5 INVITE");
	expect(value(s, SIP_HDR_CALL_ID), "multi01.98asdh@192.0.2.1");
	expect(value(s, SIP_HDR_TO), "sip:user@example.com");
}

static void badvers_headers_readable(const struct sample *s)
{
	assert_true(s->msg.is_request);
	expect(value(s, SIP_HDR_CALL_ID), "badvers.31417@c.example.com");
}

static void badbranch_is_old_style(const struct sample *s)
{
	struct via v = via_at(s, 0);

	assert_false(via_has_cookie(&v));
}

static void bext01_lists_tags(const struct sample *s)
{
	expect(element(s, SIP_HDR_REQUIRE, 1), "nothingSupportsThisEither");
	expect(element(s, SIP_HDR_PROXY_REQUIRE, 0), "noProxiesSupportThis");
}

static void cparam01_is_of_the_header(const struct sample *s)
{
	struct nameaddr a = address(value(s, SIP_HDR_CONTACT));

	expect(a.params, ";unknownparam");
	expect(a.uri, "sip:+19725552222@gw1.example.net");
}

static void cparam02_is_of_the_uri(const struct sample *s)
{
	struct nameaddr a = address(value(s, SIP_HDR_CONTACT));

	assert_false(span_is_set(a.params));
	expect(uri_at(a.uri).params, ";unknownparam");
}

static void regescrt_route_is_data(const struct sample *s)
{
	expect(uri_at(address(value(s, SIP_HDR_CONTACT)).uri).headers, "Route=%3Csip:sip.example.com%3E");
	assert_false(sip_msg_has(&s->msg, SIP_HDR_ROUTE));
}

static void inv2543_old_style(const struct sample *s)
{
	assert_false(span_is_set(via_at(s, 0).branch));
	assert_false(span_is_set(nameaddr_tag(value(s, SIP_HDR_FROM))));
	assert_int_equal(sip_msg_body(&s->msg).n, 105);
}

static void port_is_in_the_address(const struct sample *s)
{
	expect(uri_at(s->msg.uri).host, "[2001:db8::10:5070]");
	assert_int_equal(uri_at(s->msg.uri).port, 0);
}

static void port_is_beside_the_address(const struct sample *s)
{
	expect(uri_at(s->msg.uri).host, "[2001:db8::10]");
	assert_int_equal(uri_at(s->msg.uri).port, 5070);
}

static void received_in_brackets(const struct sample *s)
{
	expect(via_at(s, 0).received, "[2001:db8::9:255]");
}

static void received_bare(const struct sample *s)
{
	expect(via_at(s, 0).received, "2001:db8::9:255");
	expect(via_at(s, 0).branch, "z9hG4bKas3");
}

static void mapped_address_is_the_ipv4_one(const struct sample *s)
{
	struct addr a, plain;

	assert_int_equal(addr_parse_host(via_at(s, 0).host, &a), 0);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.10"), &plain), 0);
	a = addr_unmap(&a);
	assert_true(addr_same_host(&a, &plain));
	assert_int_equal(via_at(s, 0).port, 19823);
}

static const struct {
	const char *file;
	void (*check)(const struct sample *s);
} musts[] = {
	{ "rfc4475/wsinv.dat", wsinv_vias_in_order },
	{ "rfc4475/wsinv.dat", wsinv_numbers },
	{ "rfc4475/wsinv.dat", wsinv_odd_headers_whole },
	{ "rfc4475/wsinv.dat", wsinv_addresses },
	{ "rfc4475/intmeth.dat", intmeth_kept_byte_for_byte },
	{ "rfc4475/intmeth.dat", intmeth_controls_survive },
	{ "rfc4475/esc01.dat", esc01_decodes_once },
	{ "rfc4475/escnull.dat", escnull_users_differ },
	{ "rfc4475/esc02.dat", esc02_is_no_register },
	{ "rfc4475/dblreq.dat", dblreq_tail_is_cut },
	{ "rfc4475/semiuri.dat", semiuri_host },
	{ "rfc4475/transports.dat", transports_all_there },
	{ "rfc4475/mpart01.dat", mpart01_body_whole },
	{ "rfc4475/longreq.dat", longreq_uncut },
	{ "rfc4475/unreason.dat", unreason_phrase },
	{ "rfc4475/noreason.dat", noreason_phrase },
	{ "rfc4475/insuf.dat", insuf_has_what_it_has },
	{ "rfc4475/multi01.dat", multi01_first_comes_first },
	{ "rfc4475/badvers.dat", badvers_headers_readable },
	{ "rfc4475/badbranch.dat", badbranch_is_old_style },
	{ "rfc4475/bext01.dat", bext01_lists_tags },
	{ "rfc4475/cparam01.dat", cparam01_is_of_the_header },
	{ "rfc4475/cparam02.dat", cparam02_is_of_the_uri },
	{ "rfc4475/regescrt.dat", regescrt_route_is_data },
	{ "rfc4475/inv2543.dat", inv2543_old_style },
	{ "rfc5118/port-ambiguous.dat", port_is_in_the_address },
	{ "rfc5118/port-unambiguous.dat", port_is_beside_the_address },
	{ "rfc5118/via-received-param-with-delim.dat", received_in_brackets },
	{ "rfc5118/via-received-param-no-delim.dat", received_bare },
	{ "rfc5118/ipv4-mapped-ipv6.dat", mapped_address_is_the_ipv4_one },
};

static void musts_of_the_index_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(musts) / sizeof(musts[0]); i++) {
		struct sample s;

		sample_open(&s, musts[i].file);
		musts[i].check(&s);
		sample_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_messages_end_as_the_index_says),
		cmocka_unit_test(lenient_ones_are_refused),
		cmocka_unit_test(musts_of_the_index_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
