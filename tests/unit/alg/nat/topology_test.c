/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/nat/topology.h"
#include "tests/unit/guard.h"

enum { TEXT_MAX = 8192 };

/* A message on the other leg whose header lines are these, at a page nobody may touch. Caller frees with guard_free().
 */
static struct span original(const char *lines, const char *body, struct sip_msg *m)
{
	char text[TEXT_MAX];
	int n = snprintf(text, sizeof(text), "MESSAGE sip:b@inside SIP/2.0\r\n%s\r\n%s", lines, body);
	struct span s = guard_span(span_of(text, (size_t)n));

	if (sip_msg_index(s, m) != SIP_OK)
		fail_msg("not a message:\n%s", text);
	return s;
}

static const struct topology_way hidden = { .host = { "us", 2 } };

/* What of these lines crosses. */
static const char *crossing_by(const struct topology_way *way, const char *lines, bool with_body)
{
	static char out[TEXT_MAX];
	struct writer w = writer_over(out, sizeof(out) - 1);
	struct sip_msg m;
	struct span text = original(lines, "", &m);

	topology_lines_write(&w, &m, way, (struct span){ 0 }, with_body);
	assert_false(w.failed);
	out[w.n] = '\0';
	guard_free(text);
	return out;
}

static const char *crossing(const char *lines, bool with_body)
{
	return crossing_by(&hidden, lines, with_body);
}

static const struct {
	const char *name, *value, *fate;
} fates[] = {
	{ "Via", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1", "----" },
	{ "Record-Route", "<sip:10.0.0.9;lr>", "----" },
	{ "Route", "<sip:10.0.0.9;lr>", "----" },
	{ "Contact", "<sip:a@10.0.0.9>", "----" },
	{ "Call-ID", "x@10.0.0.9", "----" },
	{ "From", "<sip:a@10.0.0.9>;tag=1", "----" },
	{ "To", "<sip:a@10.0.0.9>", "----" },
	{ "CSeq", "1 MESSAGE", "----" },
	{ "Max-Forwards", "7", "----" },
	{ "Content-Length", "0", "----" },
	{ "Path", "<sip:10.0.0.9>", "----" },
	{ "Service-Route", "<sip:10.0.0.9>", "----" },
	{ "P-Asserted-Identity", "<sip:a@10.0.0.9>", "----" }, /* asserted.h */
	{ "P-Preferred-Identity", "<sip:a@10.0.0.9>", "----" },
	{ "Remote-Party-ID", "<sip:a@10.0.0.9>", "---=" },
	{ "Privacy", "id", "----" }, /* asserted.h */
	{ "P-Access-Network-Info", "x", "-=-=" },
	{ "P-Visited-Network-ID", "x", "-=-=" },
	{ "P-Charging-Vector", "icid-value=1;icid-generated-at=10.0.0.9;orig-ioi=a", "-~-=" },
	{ "P-Charging-Function-Addresses", "ccf=10.0.0.9", "---=" },
	{ "P-Called-Party-ID", "<sip:a@10.0.0.9>", "-~-=" },
	{ "P-Associated-URI", "<sip:a@10.0.0.9>, <tel:+4930>", "-~-=" },
	{ "P-User-Database", "<aaa://10.0.0.9>", "---=" },
	{ "P-Served-User", "<sip:a@10.0.0.9>;sescase=orig", "-~-=" },
	{ "P-Profile-Key", "<sip:a@10.0.0.9>", "-~-=" },
	{ "P-Media-Authorization", "00", "-=-=" },
	{ "P-Early-Media", "supported", "-=-=" },
	{ "P-DCS-Billing-Info", "10.0.0.9", "---=" },
	{ "Cellular-Network-Info", "x", "-=-=" },
	{ "History-Info", "<sip:a@10.0.0.9>;index=1", "--==" }, /* diverted.h */
	{ "Diversion", "<sip:a@10.0.0.9>", "--==" },            /* diverted.h */
	{ "Refer-To", "<sip:c@10.0.0.9>", "~~==" },
	{ "Referred-By", "<sip:c@10.0.0.9>", "~~==" },
	{ "Replaces", "x@10.0.0.9;to-tag=1;from-tag=2", "----" },           /* crossing.h */
	{ "Join", "x@10.0.0.9;to-tag=1;from-tag=2", "----" },               /* crossing.h */
	{ "Target-Dialog", "x@10.0.0.9;local-tag=1;remote-tag=2", "----" }, /* crossing.h */
	{ "Refer-Sub", "false", "====" },
	{ "In-Reply-To", "x@10.0.0.9", "--==" },
	{ "Alert-Info", "<http://10.0.0.9/ring>", "--==" },
	{ "Call-Info", "<http://10.0.0.9/a.png>;purpose=icon", "--==" },
	{ "Error-Info", "<sip:10.0.0.9>", "~~==" },
	{ "Warning", "399 10.0.0.9 \"x\"", "~~==" },
	{ "Server", "Inside/1.0", "--==" },
	{ "User-Agent", "Inside/1.0", "--==" },
	{ "Organization", "Inside", "--==" },
	{ "Reason", "Q.850;cause=16", "====" },
	{ "Allow", "INVITE, REGISTER", "~~==" },
	{ "Supported", "replaces, gruu", "~~==" },
	{ "Require", "norefersub, timer", "~~==" },
	{ "Proxy-Require", "privacy", "----" },
	{ "Unsupported", "foo", "====" },
	{ "Accept", "application/sdp", "====" },
	{ "Accept-Encoding", "gzip", "====" },
	{ "Accept-Language", "de", "====" },
	{ "Content-Type", "text/plain", "====" },
	{ "Content-Encoding", "gzip", "====" },
	{ "Content-Disposition", "session", "====" },
	{ "Content-Language", "de", "====" },
	{ "MIME-Version", "1.0", "====" },
	{ "Content-ID", "<a@10.0.0.9>", "--==" },
	{ "Subject", "lunch", "====" },
	{ "Priority", "urgent", "====" },
	{ "Date", "Sat, 13 Nov 2010 23:29:00 GMT", "====" },
	{ "Timestamp", "54", "====" },
	{ "Expires", "60", "====" },
	{ "Min-Expires", "60", "====" },
	{ "Min-SE", "90", "----" },
	{ "Session-Expires", "1800;refresher=uac", "----" },
	{ "RSeq", "1", "----" },
	{ "RAck", "1 1 INVITE", "----" },
	{ "Event", "dialog", "====" },
	{ "Subscription-State", "active;expires=60", "====" },
	{ "SIP-ETag", "x", "====" },
	{ "SIP-If-Match", "x", "====" },
	{ "Allow-Events", "presence", "====" },
	{ "Retry-After", "5", "====" },
	{ "Accept-Contact", "*;audio", "====" },
	{ "Reject-Contact", "*;video", "====" },
	{ "Request-Disposition", "no-fork", "====" },
	{ "Max-Breadth", "60", "====" },
	{ "Info-Package", "dtmf", "====" },
	{ "Recv-Info", "dtmf", "====" },
	{ "WWW-Authenticate", "Digest realm=\"a\"", "----" },
	{ "Proxy-Authenticate", "Digest realm=\"a\"", "----" },
	{ "Authorization", "Digest username=\"a\"", "----" },
	{ "Proxy-Authorization", "Digest username=\"a\"", "----" },
	{ "Authentication-Info", "nextnonce=\"a\"", "----" },
	{ "Identity", "x", "--==" },
	{ "Identity-Info", "<http://10.0.0.9>", "--==" },
	{ "Geolocation", "<cid:a@10.0.0.9>", "--==" },
	{ "Geolocation-Routing", "no", "--==" },
	{ "Session-ID", "0123", "====" },
	{ "Reply-To", "<sip:a@10.0.0.9>", "--==" },
	{ "Answer-Mode", "Auto", "--==" },
	{ "Security-Client", "tls", "--==" },
	{ "X-Asterisk-Host", "10.0.0.9", "--==" },
	{ "X-nat", "10.0.0.9", "--==" },
};

/* The list of CALLS.md 4.16, header by header, and what becomes of each between hidden sides, hidden ones that trust
 * each other, transparent ones, and both: "-" does not cross, "=" crosses as it is, "~" crosses changed. */
static void the_list(void **state)
{
	static const struct topology_way ways[4] = {
		{ .host = { "us", 2 } },
		{ .host = { "us", 2 }, .trusted = true },
		{ .host = { "us", 2 }, .transparent = true },
		{ .host = { "us", 2 }, .transparent = true, .trusted = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fates) / sizeof(*fates) * 4; i++) {
		const char *name = fates[i / 4].name, *out;
		char in[256], fate = fates[i / 4].fate[i % 4];

		snprintf(in, sizeof(in), "%s: %s\r\n", name, fates[i / 4].value);
		out = crossing_by(&ways[i % 4], in, true);
		if (fate != (out[0] == '\0' ? '-' : strcmp(in, out) == 0 ? '=' : '~'))
			fail_msg("%s, way %zu, not '%c': \"%s\"", name, i % 4, fate, out);
		if (!ways[i % 4].transparent && strstr(out, "10.0.0.9"))
			fail_msg("%s, way %zu, leaks: \"%s\"", name, i % 4, out);
	}
}

static void emergency_calls_tell_where_they_come_from(void **state)
{
	static const struct topology_way way = { .host = { "us", 2 }, .emergency = true };
	static const char lines[] = "Geolocation: <https://lis.example/1>, <cid:a@us>\r\nGeolocation-Routing: yes\r\n";

	(void)state;
	assert_string_equal(crossing_by(&way, lines, false), lines);
	assert_string_equal(crossing(lines, false), "");
}

static void who_is_anonymous_tells_nothing_of_himself(void **state)
{
	static const struct topology_way way = { .host = { "us", 2 }, .transparent = true, .anonymous = true };

	(void)state;
	assert_string_equal(crossing_by(&way,
					"Subject: x\r\nOrganization: x\r\nUser-Agent: x\r\nServer: x\r\n"
					"Reply-To: <sip:a@b>\r\nCall-Info: <urn:x>\r\nIn-Reply-To: x\r\nReason: r\r\n",
					false),
			    "Reason: r\r\n");
}

static const struct {
	const char *in, *out;
} crossings[] = {
	/* of the leg: written from its own state */
	{ "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\r\n", NULL },
	{ "Record-Route: <sip:10.0.0.9;lr>\r\n", NULL },
	{ "Route: <sip:10.0.0.9;lr>\r\n", NULL },
	{ "Contact: <sip:a@10.0.0.9>\r\n", NULL },
	{ "Call-ID: x@10.0.0.9\r\n", NULL },
	{ "From: <sip:a@10.0.0.9>;tag=1\r\n", NULL },
	{ "To: <sip:a@10.0.0.9>\r\n", NULL },
	{ "CSeq: 1 MESSAGE\r\n", NULL },
	{ "Max-Forwards: 7\r\n", NULL },
	{ "Content-Length: 0\r\n", NULL },
	{ "Session-Expires: 1800;refresher=uac\r\n", NULL },
	{ "Min-SE: 90\r\n", NULL },
	{ "RSeq: 1\r\n", NULL },
	{ "RAck: 1 1 INVITE\r\n", NULL },
	/* of the side it came from */
	{ "Path: <sip:10.0.0.9>\r\n", NULL },
	{ "Service-Route: <sip:10.0.0.9>\r\n", NULL },
	{ "P-Asserted-Identity: <sip:a@10.0.0.9>\r\n", NULL },
	{ "P-Preferred-Identity: <sip:a@10.0.0.9>\r\n", NULL },
	{ "Remote-Party-ID: <sip:a@10.0.0.9>\r\n", NULL },
	{ "P-Access-Network-Info: x\r\n", NULL },
	{ "P-Associated-URI: <sip:a@10.0.0.9>\r\n", NULL },
	{ "P-Called-Party-ID: <sip:a@10.0.0.9>\r\n", NULL },
	{ "P-Charging-Vector: icid-value=1\r\n", NULL },
	{ "P-Charging-Function-Addresses: ccf=10.0.0.9\r\n", NULL },
	{ "P-Early-Media: sendrecv\r\n", NULL },
	{ "P-Media-Authorization: 00\r\n", NULL },
	{ "P-Profile-Key: <sip:a@b>\r\n", NULL },
	{ "P-Served-User: <sip:a@b>\r\n", NULL },
	{ "P-User-Database: <aaa://b>\r\n", NULL },
	{ "P-Visited-Network-ID: x\r\n", NULL },
	{ "Cellular-Network-Info: x\r\n", NULL },
	{ "History-Info: <sip:a@10.0.0.9>;index=1\r\n", NULL },
	{ "Diversion: <sip:a@10.0.0.9>\r\n", NULL },
	{ "Replaces: x@10.0.0.9;to-tag=1;from-tag=2\r\n", NULL },
	{ "Join: x@10.0.0.9;to-tag=1;from-tag=2\r\n", NULL },
	{ "Target-Dialog: x@10.0.0.9;local-tag=1;remote-tag=2\r\n", NULL },
	{ "In-Reply-To: x@10.0.0.9\r\n", NULL },
	{ "Reply-To: <sip:a@10.0.0.9>\r\n", NULL },
	{ "Alert-Info: <http://10.0.0.9/ring>, <urn:alert:x>\r\n", "Alert-Info: <urn:alert:x>\r\n" },
	{ "Call-Info: <http://10.0.0.9/a.png>;purpose=icon\r\nCall-Info: <sip:10.0.0.9>\r\n",
	  "Call-Info: <sip:us>\r\n" },
	{ "Error-Info: <sip:busy@10.0.0.9>, <http://10.0.0.9>\r\n", "Error-Info: <sip:busy@us>\r\n" },
	{ "Warning: 305 10.0.0.9 \"x, 10.0.0.9\", 399 a \"y\"\r\n",
	  "Warning: 305 us \"Incompatible media format\", 399 us \"Miscellaneous warning\"\r\n" },
	{ "Warning: x 10.0.0.9 \"x\"\r\n", NULL },
	{ "Server: Inside/1.0\r\n", NULL },
	{ "User-Agent: Inside/1.0\r\n", NULL },
	{ "Organization: Inside\r\n", NULL },
	{ "Authorization: Digest username=\"a\"\r\n", NULL },
	{ "Proxy-Authorization: Digest username=\"a\"\r\n", NULL },
	{ "WWW-Authenticate: Digest realm=\"a\"\r\n", NULL },
	{ "Proxy-Authenticate: Digest realm=\"a\"\r\n", NULL },
	{ "Authentication-Info: nextnonce=\"a\"\r\n", NULL },
	{ "Identity: x\r\n", NULL },
	{ "Identity-Info: <http://10.0.0.9>\r\n", NULL },
	{ "Geolocation: <cid:a@10.0.0.9>\r\n", NULL },
	{ "Geolocation-Routing: no\r\n", NULL },
	{ "Proxy-Require: privacy\r\n", NULL },
	{ "Content-ID: <a@10.0.0.9>\r\n", NULL },
	{ "Answer-Mode: Auto\r\n", NULL },
	{ "Security-Client: tls\r\n", NULL },
	/* not known */
	{ "X-Asterisk-Host: 10.0.0.9\r\n", NULL },
	{ "X-nat: 10.0.0.9\r\n", NULL },
	/* made for the other side, or harmless */
	{ "Reason: Q.850;cause=16\r\n", "Reason: Q.850;cause=16\r\n" },
	{ "Allow: INVITE, BYE\r\n", "Allow: INVITE, BYE\r\n" },
	{ "Accept: application/sdp\r\n", "Accept: application/sdp\r\n" },
	{ "Accept-Language: de\r\n", "Accept-Language: de\r\n" },
	{ "Accept-Encoding: gzip\r\n", "Accept-Encoding: gzip\r\n" },
	{ "Accept-Contact: *;audio\r\n", "Accept-Contact: *;audio\r\n" },
	{ "Reject-Contact: *;video\r\n", "Reject-Contact: *;video\r\n" },
	{ "Request-Disposition: no-fork\r\n", "Request-Disposition: no-fork\r\n" },
	{ "Subject: lunch\r\n", "Subject: lunch\r\n" },
	{ "Priority: urgent\r\n", "Priority: urgent\r\n" },
	{ "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n", "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n" },
	{ "Expires: 60\r\n", "Expires: 60\r\n" },
	{ "Min-Expires: 60\r\n", "Min-Expires: 60\r\n" },
	{ "Event: dialog\r\n", "Event: dialog\r\n" },
	{ "Allow-Events: presence\r\n", "Allow-Events: presence\r\n" },
	{ "Subscription-State: active;expires=60\r\n", "Subscription-State: active;expires=60\r\n" },
	{ "SIP-ETag: x\r\n", "SIP-ETag: x\r\n" },
	{ "SIP-If-Match: x\r\n", "SIP-If-Match: x\r\n" },
	{ "Retry-After: 5\r\n", "Retry-After: 5\r\n" },
	{ "Unsupported: foo\r\n", "Unsupported: foo\r\n" },
	{ "Timestamp: 54\r\n", "Timestamp: 54\r\n" },
	{ "Session-ID: 0123\r\n", "Session-ID: 0123\r\n" },
	{ "Max-Breadth: 60\r\n", "Max-Breadth: 60\r\n" },
	{ "Refer-Sub: false\r\n", "Refer-Sub: false\r\n" },
	{ "Info-Package: dtmf\r\n", "Info-Package: dtmf\r\n" },
	{ "Recv-Info: dtmf\r\n", "Recv-Info: dtmf\r\n" },
	/* hosts replaced */
	{ "Refer-To: <sip:c@10.0.0.9:5062;x=1?Replaces=y%4010.0.0.9>\r\n", "Refer-To: <sip:c@us>\r\n" },
	{ "Refer-To: \"In\" <sips:c@10.0.0.9>;p=10.0.0.9\r\n", "Refer-To: <sip:c@us>\r\n" },
	{ "Refer-To: sip:10.0.0.9\r\n", "Refer-To: <sip:us>\r\n" },
	{ "Refer-To: <tel:+4930>\r\n", "Refer-To: <tel:+4930>\r\n" },
	{ "Refer-To: <sip:c@@10.0.0.9>\r\n", "Refer-To: <sip:invalid.invalid>\r\n" },
	{ "Refer-To: <sip:c@10.0.0.9\r\n", NULL },
	{ "Referred-By: <sip:a:secret@10.0.0.9>\r\n", "Referred-By: <sip:a@us>\r\n" },
	/* names as we write them, whatever form they came in */
	{ "s: lunch\r\n", "Subject: lunch\r\n" },
	{ "r: <sip:c@10.0.0.9>\r\n", "Refer-To: <sip:c@us>\r\n" },
	{ "SUBJECT   : lunch\r\n", "Subject: lunch\r\n" },
	/* option tags: those that work across us */
	{ "Supported: timer, 100rel, replaces\r\n", "Supported: replaces\r\n" },
	{ "Supported: 199\r\nk: path, TDIALOG\r\nSupported: norefersub\r\n",
	  "Supported: norefersub, tdialog, 199\r\n" },
	{ "Supported: 100rel, outbound, gruu, histinfo\r\n", NULL },
	{ "Supported:\r\n", NULL },
	{ "Require: norefersub, timer, replaces, 100rel\r\n", "Require: norefersub\r\n" },
	{ "Require: timer\r\n", NULL },
	/* methods: those that we let through */
	{ "Allow: BYE, REGISTER, INVITE, x\r\n", "Allow: INVITE, BYE\r\n" },
	{ "Allow: INVITE\r\nSubject: x\r\nAllow: PRACK\r\n", "Allow: INVITE, PRACK\r\nSubject: x\r\n" },
	{ "Allow: REGISTER\r\n", NULL },
	{ "Allow:\r\n", NULL },
	/* one line each, for a next hop that reads folds otherwise */
	{ "Subject: a\r\n b\r\n", "Subject: a   b\r\n" },
	{ "Reason: SIP;cause=200,\r\n\tQ.850;cause=16\r\n", "Reason: SIP;cause=200,  \tQ.850;cause=16\r\n" },
	{ "Subject: a\r\n Via: SIP/2.0/UDP evil\r\n", "Subject: a   Via: SIP/2.0/UDP evil\r\n" },
	/* all lines of a kind, in order */
	{ "Reason: a\r\nSubject: x\r\nReason: b\r\n", "Reason: a\r\nSubject: x\r\nReason: b\r\n" },
};

/* Between hidden sides, letter by letter; an absent expectation: does not cross. */
static void header_by_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(crossings) / sizeof(*crossings); i++) {
		const char *out = crossing(crossings[i].in, false);

		if (strcmp(out, crossings[i].out ? crossings[i].out : "") != 0)
			fail_msg("\"%s\" crosses as \"%s\"", crossings[i].in, out);
	}
}

/* Between hidden sides only what was thought about. */
static void what_may_cross(void **state)
{
	static const struct topology_way open = { .transparent = true, .trusted = true };
	unsigned n = 0, all = 0;

	(void)state;
	assert_false(topology_may_cross(SIP_HDR_OTHER, &hidden));
	assert_false(topology_may_cross(SIP_HDR_VIA, &open));
	assert_true(topology_may_cross(SIP_HDR_REFER_TO, &hidden));
	assert_true(topology_may_cross(SIP_HDR_SUPPORTED, &hidden));
	for (int h = 0; h < SIP_HDR_N; h++) {
		n += topology_may_cross((enum sip_hdr)h, &hidden);
		all += topology_may_cross((enum sip_hdr)h, &open);
	}
	assert_int_equal(n, 38);
	assert_int_equal(all, 64);
}

/* The caller's own lines stand first; what they say is not said twice. */
static void own_lines_come_first(void **state)
{
	static const struct {
		const char *own, *original, *out;
	} cases[] = {
		{ "", "Subject: x\r\n", "Subject: x\r\n" },
		{ "Subject: y\r\n", "Subject: x\r\nReason: r\r\n", "Subject: y\r\nReason: r\r\n" },
		{ "Refer-To: <sip:c@us?Replaces=o>\r\n", "r: <sip:c@10.0.0.9>\r\nReferred-By: <sip:a@10.0.0.9>\r\n",
		  "Refer-To: <sip:c@us?Replaces=o>\r\nReferred-By: <sip:a@us>\r\n" },
		{ "Supported: timer\r\n", "Supported: replaces\r\nk: 199\r\n", "Supported: timer\r\n" },
		{ "Diversion: <sip:b@us>\r\n", "Diversion: <sip:b@10.0.0.9>\r\n", "Diversion: <sip:b@us>\r\n" },
		{ "Content-Type: a/b\r\n", "Content-Type: c/d\r\n", "Content-Type: a/b\r\n" },
		{ "X: Subject: y\r\n", "Subject: x\r\n", "X: Subject: y\r\nSubject: x\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[TEXT_MAX];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct sip_msg m;
		struct span text = original(cases[i].original, "", &m);

		writer_str(&w, cases[i].own);
		topology_lines_write(&w, &m, &hidden, (struct span){ 0 }, true);
		out[w.n] = '\0';
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%s%s:\n%s", cases[i].own, cases[i].original, out);
		guard_free(text);
	}
}

/* So it is with names that we do not know, where these cross. */
static void own_lines_of_unknown_name(void **state)
{
	const struct topology_way way = { .host = hidden.host, .transparent = true };
	char out[TEXT_MAX];
	struct writer w = writer_over(out, sizeof(out) - 1);
	struct sip_msg m;
	struct span text = original("x-way : 2\r\nX-Ways: 3\r\n", "", &m);

	(void)state;
	writer_str(&w, "X-Way: 1\r\n");
	topology_lines_write(&w, &m, &way, (struct span){ 0 }, false);
	out[w.n] = '\0';
	assert_string_equal(out, "X-Way: 1\r\nX-Ways: 3\r\n");
	guard_free(text);
}

/* What the operator keeps back does not cross, in whatever form it came, between whatever sides. */
static void what_is_kept_back(void **state)
{
	static const char *const drop[] = { "subject", "X-Way" };
	static const struct {
		bool transparent;
		const char *original, *out;
	} cases[] = {
		{ false, "Subject: x\r\nReason: r\r\n", "Reason: r\r\n" },
		{ false, "s: x\r\nSUBJECT: y\r\nReason: r\r\n", "Reason: r\r\n" },
		{ true, "x-way: 1\r\nX-Ways: 2\r\ns: x\r\n", "X-Ways: 2\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct topology_way way = {
			.host = hidden.host, .transparent = cases[i].transparent, .drop = drop, .ndrop = 2
		};
		char out[TEXT_MAX];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct sip_msg m;
		struct span text = original(cases[i].original, "", &m);

		topology_lines_write(&w, &m, &way, (struct span){ 0 }, false);
		out[w.n] = '\0';
		assert_string_equal(out, cases[i].out);
		guard_free(text);
	}
	assert_false(topology_is_dropped(SPAN("Subject"), NULL, 0));
}

/* Nor what the operator adds, where headers that nobody knows cross. */
static void what_stands_in_its_place(void **state)
{
	static const struct topology_way open = { .host = { "us", 2 }, .transparent = true };
	char out[TEXT_MAX];
	struct writer w = writer_over(out, sizeof(out) - 1);
	struct sip_msg m;
	struct span text = original("x-class: 1\r\nX-Classes: 2\r\nX-Class : 3\r\n", "", &m);

	(void)state;
	writer_str(&w, "X-Class: 9\r\n");
	topology_lines_write(&w, &m, &open, (struct span){ 0 }, false);
	out[w.n] = '\0';
	assert_string_equal(out, "X-Class: 9\r\nX-Classes: 2\r\n");
	guard_free(text);
}

static void option_tags_of_a_leg(void **state)
{
	static const struct {
		const char *lines; /* the original: NULL is none */
		enum sip_hdr hdr;
		uint32_t own;
		const char *out;
	} cases[] = {
		{ NULL, SIP_HDR_SUPPORTED, 0, "" },
		{ NULL, SIP_HDR_SUPPORTED, OPTION_BIT(OPTION_TIMER), "Supported: timer\r\n" },
		{ "Supported: replaces, 100rel\r\n", SIP_HDR_SUPPORTED, OPTION_BIT(OPTION_TIMER),
		  "Supported: timer, replaces\r\n" },
		{ "Supported: replaces, timer\r\n", SIP_HDR_SUPPORTED, TOPOLOGY_TAGS_OURS,
		  "Supported: 100rel, timer, replaces\r\n" },
		{ "Require: replaces\r\n", SIP_HDR_REQUIRE, 0, "" },
		{ "Require: norefersub\r\n", SIP_HDR_REQUIRE, OPTION_BIT(OPTION_100REL),
		  "Require: 100rel, norefersub\r\n" },
		{ "Supported: replaces\r\n", SIP_HDR_REQUIRE, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[256];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct span text = { 0 };
		struct sip_msg m;

		if (cases[i].lines)
			text = original(cases[i].lines, "", &m);
		topology_tags_write(&w, cases[i].lines ? &m : NULL, cases[i].hdr, cases[i].own);
		out[w.n] = '\0';
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%zu: %s", i, out);
		guard_free(text);
	}
}

/* What describes a body crosses with one, and not without. */
static void headers_of_the_body(void **state)
{
	static const char lines[] = "Content-Disposition: session\r\nMIME-Version: 1.0\r\nContent-Language: de\r\n"
				    "Content-Encoding: gzip\r\nContent-Type: text/plain\r\n";

	(void)state;
	assert_string_equal(crossing(lines, true),
			    "Content-Disposition: session\r\nMIME-Version: 1.0\r\n"
			    "Content-Language: de\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\n");
	assert_string_equal(crossing(lines, false), "");
	assert_string_equal(crossing("Subject: x\r\n", true), "Subject: x\r\n");
}

static struct topology_request request_of(const char *route, const char *contact, struct span body)
{
	return (struct topology_request){
		.method = SPAN("INVITE"),
		.uri = SPAN("sip:b@203.0.113.9"),
		.via = SPAN("SIP/2.0/UDP us;branch=z9hG4bK9;rport"),
		.from = SPAN("<sip:a@us>;tag=f"),
		.to = SPAN("<sip:b@them>"),
		.call_id = SPAN("ours"),
		.cseq = 2147483648U,
		.contact = span_str(contact),
		.route = span_str(route),
		.max_forwards = 69,
		.lines = SPAN("Reason: SIP\r\n"),
		.body = body,
	};
}

#define START "INVITE sip:b@203.0.113.9 SIP/2.0\r\nVia: SIP/2.0/UDP us;branch=z9hG4bK9;rport\r\n"
#define NAMES                                                                                                          \
	"Max-Forwards: 69\r\nFrom: <sip:a@us>;tag=f\r\nTo: <sip:b@them>\r\nCall-ID: ours\r\nCSeq: 2147483648 "         \
	"INVITE\r\n"

static void whole_requests(void **state)
{
	static const struct {
		const char *name, *lines, *inside; /* the original: NULL is none */
		const char *route, *contact;
		struct span body;
		const char *out;
	} cases[] = {
		{ "from nothing", NULL, "", NULL, NULL, { 0 }, START NAMES "Reason: SIP\r\nContent-Length: 0\r\n\r\n" },
		{ "Route and Contact",
		  NULL,
		  "",
		  "<sip:p;lr>",
		  "<sip:x@us>",
		  { 0 },
		  START "Route: <sip:p;lr>\r\n" NAMES
			"Contact: <sip:x@us>\r\nReason: SIP\r\nContent-Length: 0\r\n\r\n" },
		{ "the original's body",
		  "Content-Type: text/plain\r\nContent-Length: 2\r\nSubject: s\r\n",
		  "hi",
		  NULL,
		  NULL,
		  { 0 },
		  START NAMES "Reason: SIP\r\nSubject: s\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi" },
		{ "another body",
		  "Content-Type: application/sdp\r\nContent-Length: 2\r\n",
		  "hi",
		  NULL,
		  NULL,
		  { "v=0", 3 },
		  START NAMES "Reason: SIP\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0" },
		{ "no body",
		  "Content-Type: application/sdp\r\nContent-Length: 2\r\n",
		  "hi",
		  NULL,
		  NULL,
		  { "", 0 },
		  START NAMES "Reason: SIP\r\nContent-Length: 0\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct topology_request r = request_of(cases[i].route, cases[i].contact, cases[i].body);
		char out[TEXT_MAX];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct span text = { 0 };
		struct sip_msg m;

		if (cases[i].lines)
			text = original(cases[i].lines, cases[i].inside, &m);
		topology_request_write(&w, cases[i].lines ? &m : NULL, &hidden, &r);
		out[w.n] = '\0';
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%s:\n%s", cases[i].name, out);
		guard_free(text);
	}
}

static void without_room_the_writer_fails(void **state)
{
	struct topology_request r = request_of("<sip:p;lr>", "<sip:x@us>", SPAN("body"));
	char out[TEXT_MAX];
	struct writer w = writer_over(out, sizeof(out));
	uint32_t whole;

	(void)state;
	topology_request_write(&w, NULL, &hidden, &r);
	whole = w.n;
	assert_false(w.failed);
	for (uint32_t room = 0; room < whole; room++) {
		w = writer_over(out, room);
		topology_request_write(&w, NULL, &hidden, &r);
		assert_true(w.failed);
	}
}

static void demanded_extensions(void **state)
{
	static const struct {
		const char *lines, *unsupported;
	} cases[] = {
		{ "", "" },
		{ "Require: timer\r\n", "" },
		{ "Require: Timer, 100rel, replaces, norefersub\r\n", "" },
		{ "Require: path\r\n", "path" },
		{ "Require: tdialog\r\n", "tdialog" }, /* of a REFER only */
		{ "Require: join, precondition\r\n", "" },
		{ "Proxy-Require: timer\r\nRequire: gruu\r\n", "gruu" },
		{ "Require: timer\r\nRequire: sec-agree\r\n", "sec-agree" },
		{ "Proxy-Require: privacy\r\n", "privacy" },
		{ "Require:\r\n", "" },
		{ "Supported: 100rel\r\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m;
		struct span text = original(cases[i].lines, "", &m), tag = topology_unsupported(&m);

		if (!span_eq(tag, span_str(cases[i].unsupported)))
			fail_msg("%s: \"%.*s\"", cases[i].lines, SPAN_ARG(tag));
		guard_free(text);
	}
}

static void uris_and_parties(void **state)
{
	static const struct {
		int (*write)(struct writer *w, struct span in, struct span host);
		const char *in, *out; /* NULL: refused */
	} cases[] = {
		{ topology_uri_write, "sip:a@10.0.0.9:5062;transport=tcp?x=y", "sip:a@us" },
		{ topology_uri_write, "sips:a:secret@inside.example", "sip:a@us" },
		{ topology_uri_write, "sip:inside.example", "sip:us" },
		{ topology_uri_write, "tel:+4930", "tel:+4930" },
		{ topology_uri_write, "sip:anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid" },
		{ topology_uri_write, "sip:a@", NULL },
		{ topology_party_write, "Al <sip:a@10.0.0.9>;tag=1", "Al <sip:a@us>" },
		{ topology_party_write, "\"A \\\" l\" <sip:a@10.0.0.9>;tag=1", "\"A \\\" l\" <sip:a@us>" },
		{ topology_party_write, "sip:a@10.0.0.9;tag=1", "<sip:a@us>" },
		{ topology_party_write, "A\r\n l <sip:a@10.0.0.9>", "A   l <sip:a@us>" },
		{ topology_party_write, "<sip:a@10.0.0.9", NULL },
		{ topology_party_write, "<sip:@>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[256];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct span in = guard_span(span_str(cases[i].in));
		int failed = cases[i].write(&w, in, SPAN("us"));

		out[w.n] = '\0';
		if (failed != (cases[i].out ? 0 : -1) || (!failed && strcmp(out, cases[i].out) != 0))
			fail_msg("\"%s\": %d \"%s\"", cases[i].in, failed, out);
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list),
		cmocka_unit_test(emergency_calls_tell_where_they_come_from),
		cmocka_unit_test(who_is_anonymous_tells_nothing_of_himself),
		cmocka_unit_test(header_by_header),
		cmocka_unit_test(what_may_cross),
		cmocka_unit_test(own_lines_come_first),
		cmocka_unit_test(own_lines_of_unknown_name),
		cmocka_unit_test(what_is_kept_back),
		cmocka_unit_test(what_stands_in_its_place),
		cmocka_unit_test(option_tags_of_a_leg),
		cmocka_unit_test(headers_of_the_body),
		cmocka_unit_test(whole_requests),
		cmocka_unit_test(without_room_the_writer_fails),
		cmocka_unit_test(demanded_extensions),
		cmocka_unit_test(uris_and_parties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
