/* SPDX-License-Identifier: BSD-3-Clause */
/* sip_msg_check: one sound message, changed in one place a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/msg.h"
#include "tests/unit/guard.h"

/* The sound message: its start line and headers by name. */
static const struct {
	const char *name, *line;
} sound[] = {
	{ "start", "INVITE sip:bob@example.com SIP/2.0" },
	{ "via", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1" },
	{ "from", "From: \"A\" <sip:alice@example.com>;tag=1" },
	{ "to", "To: <sip:bob@example.com>" },
	{ "call-id", "Call-ID: abc@192.0.2.1" },
	{ "cseq", "CSeq: 1 INVITE" },
	{ "more", "Max-Forwards: 70" },
};

/* The sound message with the line of that name replaced; an empty line leaves it out. */
static struct span changed(const char *name, const char *line, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);

	for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++) {
		const char *text = strcmp(sound[i].name, name) == 0 ? line : sound[i].line;

		if (!*text)
			continue;
		writer_str(&w, text);
		writer_str(&w, "\r\n");
	}
	writer_str(&w, "\r\n");
	return writer_done(&w);
}

static void one_change_a_case(void **state)
{
	static const struct {
		const char *name, *line;
		int status;
		const char *why;
	} cases[] = {
		{ "none", "", 0, "" },
		{ "start", "INVITE tel:+1201 SIP/2.0", 0, "" },
		{ "start", "INVITE sips:h;transport=tcp SIP/2.0", 0, "" },
		{ "start", "INVITE sip:a@ SIP/2.0", 400, "Request-URI malformed" },
		{ "start", "INVITE bob SIP/2.0", 400, "Request-URI malformed" },
		{ "start", "INVITE sip:a@h?x=y SIP/2.0", 400, "Request-URI with headers" },
		{ "start", "INVITE urn:service:sos SIP/2.0", 0, "" },
		{ "start", "INVITE URN:Service:sos.police SIP/2.0", 0, "" },
		{ "start", "INVITE urn:service SIP/2.0", 416, "Request-URI scheme not supported" },
		{ "start", "INVITE urn:isbn:1 SIP/2.0", 416, "Request-URI scheme not supported" },
		{ "start", "INVITE service:sos SIP/2.0", 416, "Request-URI scheme not supported" },
		{ "start", "SIP/2.0 200 OK", 0, "" },
		{ "start", "ACK sip:a@h SIP/2.0", 400, "CSeq method differs from the request's" },
		{ "start", "Invite sip:a@h SIP/2.0", 400, "CSeq method differs from the request's" },
		{ "via", "", 400, "Via missing" },
		{ "via", "Via:", 400, "Via malformed" },
		{ "via", "Via: SIP/2.0/UDP a;;", 400, "Via malformed" },
		{ "via", "Via: SIP/2.0/UDP a,", 400, "Via malformed" },
		{ "via", "Via: SIP/2.0/UDP a, x", 400, "Via malformed" },
		{ "via", "Via: SIP/2.0/UDP a, SIP/2.0/X b", 0, "" },
		{ "from", "", 400, "From missing" },
		{ "from", "f: sip:a@h", 0, "" },
		{ "from", "From:", 400, "From malformed" },
		{ "from", "From: *", 400, "From malformed" },
		{ "from", "From: \"A <sip:a@h>", 400, "From malformed" },
		{ "from", "From: <sip:a@h>;tag=", 400, "From malformed" },
		{ "from", "From: <sip:a@h>;tag", 400, "From malformed" },
		{ "from", "From: <sip:a@h>;tag=1;Tag=1", 400, "From malformed" },
		{ "from", "From: <sip:a@h>;tag=1, <sip:b@h>", 400, "From malformed" },
		{ "from", "From: <alice>", 400, "From malformed" },
		{ "to", "", 400, "To missing" },
		{ "to", "To: <sip:>", 400, "To malformed" },
		{ "to", "To: <http://h/>;tag=x", 0, "" },
		{ "call-id", "", 400, "Call-ID missing" },
		{ "call-id", "i:", 400, "Call-ID malformed" },
		{ "call-id", "i: a b", 400, "Call-ID malformed" },
		{ "call-id", "i: a,b", 400, "Call-ID malformed" },
		{ "call-id", "i: a\"(<", 0, "" },
		{ "cseq", "", 400, "CSeq missing" },
		{ "cseq", "CSeq: INVITE", 400, "CSeq malformed or its number too large" },
		{ "cseq", "CSeq: 2147483647 INVITE", 0, "" },
		{ "cseq", "CSeq: 2147483648 INVITE", 400, "CSeq malformed or its number too large" },
		{ "cseq", "CSeq: 1 invite", 400, "CSeq method differs from the request's" },
		{ "more", "", 0, "" },
		{ "more", "Max-Forwards: 0", 0, "" },
		{ "more", "Max-Forwards: 255", 0, "" },
		{ "more", "Max-Forwards: 256", 400, "Max-Forwards malformed" },
		{ "more", "Max-Forwards: -1", 400, "Max-Forwards malformed" },
		{ "more", "Max-Forwards:", 400, "Max-Forwards malformed" },
		{ "more", "Contact: *", 0, "" },
		{ "more", "Contact: <sip:a@h>, sip:b@h;q=0.1", 0, "" },
		{ "more", "Contact: <name:John_Smith>", 0, "" },
		{ "more", "Contact:", 400, "Contact malformed" },
		{ "more", "Contact: <sip:a@h>,", 400, "Contact malformed" },
		{ "more", "Contact: *, <sip:a@h>", 400, "Contact malformed" },
		{ "more", "Contact: *\r\nm: *", 400, "Contact malformed" },
		{ "more", "Contact: sip:a@h?x=y", 400, "Contact malformed" },
		{ "more", "Contact: \"Joe\" <sip:joe@h>;;;;", 400, "Contact malformed" },
		{ "more", "Route: <sip:h;lr>, <sip:i;lr>", 0, "" },
		{ "more", "Route: sip:h;lr", 400, "Route malformed" },
		{ "more", "Record-Route: <sip:h", 400, "Record-Route malformed" },
		{ "more", "Date: Fri, 01 Jan 2010 16:00:00 EST", 0, "" },
		{ "more", "Expires: 100000000000000000000000", 0, "" },
		{ "more", "Authorization: NoOneKnowsThisScheme opaque-data=here", 0, "" },
	};
	char buf[1024];
	struct sip_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(changed(cases[i].name, cases[i].line, buf, sizeof(buf)));
		const char *why = "";
		int status;

		assert_int_equal(sip_msg_index(in, &m), SIP_OK);
		status = sip_msg_check(&m, &why);
		if (status != cases[i].status || strcmp(why, cases[i].why) != 0)
			fail_msg("%s '%s': %d %s", cases[i].name, cases[i].line, status, why);
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
