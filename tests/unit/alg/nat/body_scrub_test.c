/* SPDX-License-Identifier: BSD-3-Clause */
/* Bodies of NOTIFY: what of them crosses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/nat/body_scrub.h"
#include "tests/unit/guard.h"

#define DIALOG  "application/dialog-info+xml"
#define REGINFO "application/reginfo+xml"
#define SUMMARY "application/simple-message-summary"
#define FRAG    "message/sipfrag;version=2.0"

/* Knows one dialog, "in" with the tags 1 and 2; there it is "o<t" with the tags 3 and 4. */
static bool map(void *ctx, struct body_dialog *d)
{
	*(unsigned *)ctx += 1;
	if (!span_eq(d->call_id, SPAN("in&@10.0.0.9")))
		return false;
	d->call_id = SPAN("o<t");
	if (d->local_tag.n)
		d->local_tag = span_eq(d->local_tag, SPAN("1")) ? SPAN("3") : SPAN("?");
	if (d->remote_tag.n)
		d->remote_tag = span_eq(d->remote_tag, SPAN("2")) ? SPAN("4") : SPAN("?");
	return true;
}

static void bodies(void **state)
{
	static const struct {
		const char *type, *in;
		const char *out; /* NULL: unreadable */
	} cases[] = {
		/* text of elements and of attributes */
		{ DIALOG, "<target uri=\"sip:alice:pw@10.0.0.9:5062;transport=tcp?x=y\"/>",
		  "<target uri=\"sip:alice@us\"/>" },
		{ DIALOG, "<hop>sip:10.0.0.9;lr</hop>", "<hop>sip:us</hop>" },
		{ DIALOG, "<identity display='A'>SIPS:o'brien@[2001:db8::9]</identity>",
		  "<identity display='A'>sip:o'brien@us</identity>" },
		{ REGINFO, "<r aor='sip:a@b' x=\"o'b sip:o'b@b\">", "<r aor='sip:a@us' x=\"o'b sip:o'b@us\">" },
		{ DIALOG, "<a>x sip:a@h sip:b@h, y</a>", "<a>x sip:a@us sip:b@us y</a>" },
		{ DIALOG, "<a>gossip:a@h pres:a@h;x im:b@h</a>", "<a>gossip:a@h pres:a@us im:b@us</a>" },
		{ DIALOG, "<u>sip:a@h?x=1&amp;y=10.0.0.9</u>", "<u>sip:a@us</u>" },
		{ DIALOG, "<u>sip:</u>", "<u>sip:us</u>" },
		{ DIALOG, "<u>sip:@h</u>", "<u>sip:@us</u>" },
		/* what surrounds them */
		{ DIALOG,
		  "<?xml version=\"1.0\"?>\r\n<d:dialog-info xmlns:d='urn:x' \n a = 'b'  >\r\n</d:dialog-info>\r\n",
		  "<?xml version=\"1.0\"?>\r\n<d:dialog-info xmlns:d='urn:x' a='b'>\r\n</d:dialog-info>\r\n" },
		{ DIALOG, "<a><!-- sip:x@10.0.0.9 don't --><b/></a >", "<a> <b/></a>" },
		{ DIALOG, "<a>si<!-- -->p:x@h</a>", "<a>si p:x@h</a>" },
		{ DIALOG, "", "" },
		{ DIALOG, "<!DOCTYPE a [<!ENTITY h \"10.0.0.9\">]><a/>", NULL },
		{ DIALOG, "<a><![CDATA[sip:a@h]]></a>", NULL },
		{ DIALOG, "<a><!-- x </a>", NULL },
		{ DIALOG, "<a", NULL },
		{ DIALOG, "<", NULL },
		{ DIALOG, "< a>", NULL },
		{ DIALOG, "<a b>", NULL },
		{ DIALOG, "<a b=c>", NULL },
		{ DIALOG, "<a b=\"c>", NULL },
		{ DIALOG, "<a b=\"<\">", NULL },
		{ DIALOG, "<a ='b'>", NULL },
		{ DIALOG, "<a b=", NULL },
		{ DIALOG, "<a/b>", NULL },
		/* dialogs */
		{ DIALOG,
		  "<dialog id=\"in@10.0.0.9\" call-id=\"in&amp;@10.0.0.9\" local-tag=\"1\" remote-tag='2' "
		  "direction=\"initiator\">",
		  "<dialog id=\"in\" call-id=\"o&lt;t\" local-tag=\"3\" remote-tag='4' direction=\"initiator\">" },
		{ DIALOG, "<dialog call-id=\"in&amp;@10.0.0.9\">", "<dialog call-id=\"o&lt;t\">" },
		{ DIALOG, "<dialog id=\"1\" call-id=\"other@10.0.0.9\" local-tag=\"1\">", "<dialog id=\"1\">" },
		{ DIALOG, "<replaces local-tag=\"1\" remote-tag=\"2\"/>", "<replaces/>" },
		{ REGINFO, "<contact id=\"7\" callid=\"in&amp;@10.0.0.9\" cseq=\"2\"><uri>sip:a@10.0.0.9</uri>",
		  "<contact id=\"7\" callid=\"o&lt;t\" cseq=\"2\"><uri>sip:a@us</uri>" },
		/* the other types */
		{ FRAG, "SIP/2.0 200 Fine\r\nContact: <sip:a@10.0.0.9>\r\n", "SIP/2.0 200 OK\r\n" },
		{ FRAG, "INVITE sip:a@10.0.0.9 SIP/2.0\r\n", NULL },
		{ SUMMARY, "Messages-Waiting: yes\r\nMessage-Account: sip:a@10.0.0.9\r\nVoice-Message: 2/8 (0/2)\r\n",
		  "Messages-Waiting: yes\r\nMessage-Account: sip:a@us\r\nVoice-Message: 2/8 (0/2)\r\n" },
		/* identifiers that stand as text go; the tags of both sides together would name a dialog */
		{ "application/conference-info+xml",
		  "<call-info><sip><call-id>in@10.0.0.9</call-id><c:from-tag>1</c:from-tag><to-tag\n>2</to-tag></sip>"
		  "<uri>sip:a@10.0.0.9</uri></call-info>",
		  "<call-info><sip><call-id></call-id><c:from-tag></c:from-tag><to-tag></to-tag></sip>"
		  "<uri>sip:a@us</uri></call-info>" },
		/* of any kind */
		{ "application/whatever+xml", "<a b=\"sip:c@10.0.0.9\"/>", "<a b=\"sip:c@us\"/>" },
		{ "text/xml", "<a>sip:c@10.0.0.9</a>", "<a>sip:c@us</a>" },
		{ "application/whatever+xml", "<![CDATA[sip:c@10.0.0.9]]>", NULL },
		/* names of parts */
		{ "application/rlmi+xml", "<i cid=\"x@10.0.0.9\"/><a>cid:x@10.0.0.9 cid:y</a>",
		  "<i cid=\"x@us\"/><a>cid:x@us cid:y</a>" },
		{ "Application/PIDF+xml ; charset=\"UTF-8\"", "<presence entity=\"pres:a@10.0.0.9\"/>",
		  "<presence entity=\"pres:a@us\"/>" },
	};
	unsigned maps = 0;
	const struct body_scrub s = { .host = SPAN("us"), .map = map, .ctx = &maps };
	char buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span body = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		enum body_verdict v = body_scrub(&w, span_str(cases[i].type), body, &s);

		if (v != (cases[i].out ? BODY_SCRUBBED : BODY_UNREADABLE) ||
		    (cases[i].out && !span_eq(writer_done(&w), span_str(cases[i].out))))
			fail_msg("'%s': %d '%.*s'", cases[i].in, v, SPAN_ARG(writer_done(&w)));
		guard_free(body);
	}
	assert_int_equal(maps, 4);
}

static void other_bodies(void **state)
{
	static const char *const types[] = {
		"text/plain", "application/sdp", "application/dialog-info", "", "x", "xml"
	};
	const struct body_scrub s = { .host = SPAN("us") };
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct writer w = writer_over(buf, sizeof(buf));

		assert_int_equal(body_scrub(&w, span_str(types[i]), SPAN("sip:a@10.0.0.9"), &s), BODY_AS_IS);
		assert_int_equal(w.n, 0);
	}
}

static void limits(void **state)
{
	unsigned maps = 0;
	const struct body_scrub s = { .host = SPAN("us"), .map = map, .ctx = &maps };
	char in[1024], out[1024];
	struct writer w, o = writer_over(out, 19);

	(void)state;
	assert_int_equal(body_scrub(&o, SPAN(DIALOG), SPAN("<a>sip:alice@10.0.0.9</a>"), &s), BODY_SCRUBBED);
	o = writer_over(out, 18);
	assert_int_equal(body_scrub(&o, SPAN(DIALOG), SPAN("<a>sip:alice@10.0.0.9</a>"), &s), BODY_UNREADABLE);

	for (unsigned n = BODY_SCRUB_ATTRIBUTES; n <= BODY_SCRUB_ATTRIBUTES + 1; n++) {
		w = writer_over(in, sizeof(in));
		o = writer_over(out, sizeof(out));
		writer_str(&w, "<a");
		for (unsigned i = 0; i < n; i++)
			writer_str(&w, " b=\"c\"");
		writer_str(&w, ">");
		assert_int_equal(body_scrub(&o, SPAN(DIALOG), writer_done(&w), &s),
				 n == BODY_SCRUB_ATTRIBUTES ? BODY_SCRUBBED : BODY_UNREADABLE);
	}
	for (unsigned n = BODY_SCRUB_ID_MAX; n <= BODY_SCRUB_ID_MAX + 1; n++) {
		w = writer_over(in, sizeof(in));
		o = writer_over(out, sizeof(out));
		maps = 0;
		writer_str(&w, "<a call-id=\"");
		for (unsigned i = 0; i < n; i++)
			writer_byte(&w, 'x');
		writer_str(&w, "\">");
		assert_int_equal(body_scrub(&o, SPAN(DIALOG), writer_done(&w), &s), BODY_SCRUBBED);
		assert_int_equal(maps, n == BODY_SCRUB_ID_MAX);
		assert_true(span_eq(writer_done(&o), SPAN("<a>")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(other_bodies),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
