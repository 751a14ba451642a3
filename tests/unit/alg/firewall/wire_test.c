/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/firewall/wire.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static struct addr at(const char *text)
{
	struct addr a = { 0 };

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static struct prefix net(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_str(text), &p), 0);
	return p;
}

static void hole_show(struct writer *w, const struct firewall_hole *h)
{
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	writer_format(w, "%llu [%.*s] %d %u %s < %s %u %u", (unsigned long long)h->id, SPAN_ARG(h->owner), h->direction,
		      h->protocol, addr_text(&h->ours, a), addr_text(&h->peer, b), h->idle_s, h->lifetime_s);
}

static void map_show(struct writer *w, const struct firewall_map *m)
{
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	writer_format(w, "%u %s %s %u", m->protocol, addr_text(&m->ours, a), addr_text(&m->outside, b), m->seconds);
}

static const char *request_show(const struct firewall_request *r, char text[512])
{
	struct writer w = writer_over(text, 512);
	char a[ADDR_TEXT_MAX];

	writer_format(&w, "%d %u ", r->verb, r->seq);
	if (r->verb == FIREWALL_HELLO)
		writer_put(&w, r->name);
	else if (r->verb <= FIREWALL_CLOSE || r->verb == FIREWALL_LIST)
		hole_show(&w, &r->hole);
	else if (r->verb <= FIREWALL_UNBAN)
		writer_format(&w, "%s/%u %u", addr_text(&r->ban.whom.base, a), r->ban.whom.bits, r->ban.seconds);
	else
		map_show(&w, &r->map);
	writer_byte(&w, '\0');
	assert_false(w.failed);
	return text;
}

/* One of each verb, all members in use. */
static unsigned requests_make(struct firewall_request out[16])
{
	struct firewall_hole hole = { .id = 0x0123456789abcdef,
				      .owner = SPAN("a84b4c76e66710@pc33.example.com"),
				      .direction = FIREWALL_FORWARD,
				      .protocol = IPPROTO_TCP,
				      .ours = at("[2001:db8::5]:65535"),
				      .peer = at("[2001:db8::7]:1"),
				      .idle_s = FIREWALL_SECONDS_MAX,
				      .lifetime_s = 1 };
	struct firewall_hole plain = {
		.id = 1, .protocol = IPPROTO_UDP, .ours = at("198.51.100.5:20000"), .idle_s = 30
	};
	struct firewall_map map = {
		.protocol = IPPROTO_UDP, .ours = at("10.0.0.5:5060"), .outside = at("203.0.113.9:5061"), .seconds = 120
	};
	unsigned n = 0;

	out[n++] = (struct firewall_request){ FIREWALL_HELLO, 1, .name = SPAN("edge1/4711") };
	out[n++] = (struct firewall_request){ FIREWALL_OPEN, 0xffffffff, .hole = hole };
	out[n++] = (struct firewall_request){ FIREWALL_NARROW, 3, .hole = hole };
	out[n++] = (struct firewall_request){ FIREWALL_CLOSE, 4, .hole = plain };
	out[n++] = (struct firewall_request){ FIREWALL_BAN, 5, .ban = { net("192.0.2.0/24"), 3600 } };
	out[n++] = (struct firewall_request){ FIREWALL_UNBAN, 6, .ban = { net("2001:db8::/128"), 0 } };
	out[n++] = (struct firewall_request){ FIREWALL_LIST, 7, .hole = { .owner = SPAN("x") } };
	out[n++] = (struct firewall_request){ FIREWALL_MAP, 8, .map = map };
	out[n++] = (struct firewall_request){ FIREWALL_UNMAP, 9, .map = map };
	out[n++] = (struct firewall_request){ FIREWALL_PUBLIC, 10, .map = { .ours = at("10.0.0.5") } };
	return n;
}

static void what_is_asked_arrives(void **state)
{
	static char bytes[WIRE_REQUESTS_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct firewall_request sent[16], got;
	unsigned n = requests_make(sent);
	char a[512], b[512];
	struct span packet;
	uint32_t seq;

	(void)state;
	assert_int_equal(n, FIREWALL_VERB_N);
	for (unsigned i = 0; i < n; i++)
		wire_request_write(&w, &sent[i]);
	packet = guard_span(writer_done(&w));
	assert_int_equal(wire_requests(packet), n);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(wire_request_read(packet, i, &got, &seq), 0);
		assert_int_equal(seq, sent[i].seq);
		assert_string_equal(request_show(&got, a), request_show(&sent[i], b));
	}
	guard_free(packet);
}

static void what_is_answered_arrives(void **state)
{
	static char bytes[WIRE_ANSWERS_MAX];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct firewall_request r[16];
	struct firewall_answer sent[3], got;
	struct span packet;
	char a[512], b[512];

	(void)state;
	requests_make(r);
	sent[0] =
		(struct firewall_answer){ .seq = 9, .verb = FIREWALL_CLOSE, .result = FIREWALL_NO_SUCH, .last = true };
	sent[1] = (struct firewall_answer){
		.seq = 10, .verb = FIREWALL_LIST, .hole = r[1].hole, .packets = UINT64_MAX, .bytes = 7, .expires_s = 29
	};
	sent[2] = (struct firewall_answer){ .seq = 11, .verb = FIREWALL_MAP, .last = true, .map = r[7].map };
	sent[2].router = at("10.0.0.1");
	sent[2].language = FIREWALL_ROUTER_NATPMP;
	sent[2].why = SPAN("it does not allow that");
	for (unsigned i = 0; i < 3; i++)
		wire_answer_write(&w, &sent[i]);
	packet = guard_span(writer_done(&w));
	assert_int_equal(wire_answers(packet), 3);
	for (unsigned i = 0; i < 3; i++) {
		struct writer one = writer_over(a, sizeof(a)), two = writer_over(b, sizeof(b));

		assert_int_equal(wire_answer_read(packet, i, &got), 0);
		assert_int_equal(got.seq, sent[i].seq);
		assert_int_equal(got.verb, sent[i].verb);
		assert_int_equal(got.result, sent[i].result);
		assert_int_equal(got.last, sent[i].last);
		if (i == 1) {
			assert_true(got.packets == UINT64_MAX && got.bytes == 7 && got.expires_s == 29);
			hole_show(&one, &got.hole);
			hole_show(&two, &sent[i].hole);
		} else if (i == 2) {
			map_show(&one, &got.map);
			map_show(&two, &sent[i].map);
			assert_true(addr_eq(&got.router, &sent[i].router) && got.language == sent[i].language);
			assert_true(span_eq(got.why, sent[i].why));
		}
		assert_true(span_eq(writer_done(&one), writer_done(&two)));
	}
	guard_free(packet);
}

static void a_packet_holds_a_batch_and_no_more(void **state)
{
	static char bytes[WIRE_REQUESTS_MAX + WIRE_REQUEST];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct firewall_request r = { .verb = FIREWALL_CLOSE };

	(void)state;
	for (unsigned i = 0; i < FIREWALL_BATCH; i++)
		wire_request_write(&w, &r);
	assert_int_equal(wire_requests(writer_done(&w)), FIREWALL_BATCH);
	wire_request_write(&w, &r);
	assert_true(w.failed);
}

static void texts_that_are_too_long_are_not_written(void **state)
{
	static char bytes[WIRE_REQUESTS_MAX], text[FIREWALL_OWNER_MAX + 1];
	struct writer w = writer_over(bytes, sizeof(bytes));
	struct firewall_request r = { .verb = FIREWALL_OPEN, .hole.owner = span_of(text, FIREWALL_OWNER_MAX) };

	(void)state;
	wire_request_write(&w, &r);
	assert_false(w.failed);
	r.hole.owner = span_of(text, sizeof(text));
	wire_request_write(&w, &r);
	assert_true(w.failed);
}

static void other_packets_are_told(void **state)
{
	static const struct {
		const char *name;
		unsigned n;
		unsigned at;
		char byte; /* put there */
	} cases[] = {
		{ "nothing", 0, 0, 0 },
		{ "less than a head", 3, 0, 'f' },
		{ "a head alone", WIRE_HEAD, 0, 'f' },
		{ "a record that is cut off", WIRE_HEAD + WIRE_REQUEST - 1, 0, 'f' },
		{ "a byte too many", WIRE_HEAD + WIRE_REQUEST + 1, 0, 'f' },
		{ "other letters", WIRE_HEAD + WIRE_REQUEST, 1, 'x' },
		{ "another version", WIRE_HEAD + WIRE_REQUEST, 2, 2 },
		{ "answers", WIRE_HEAD + WIRE_REQUEST, 3, 'a' },
	};
	static char bytes[WIRE_REQUESTS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = writer_over(bytes, sizeof(bytes));
		struct firewall_request r = { .verb = FIREWALL_CLOSE };
		struct span packet;

		wire_request_write(&w, &r);
		wire_request_write(&w, &r);
		bytes[cases[i].at] = cases[i].byte ? cases[i].byte : bytes[cases[i].at];
		packet = guard_span(span_of(bytes, cases[i].n));
		if (wire_requests(packet) != -1)
			fail_msg("%s: taken for requests", cases[i].name);
		guard_free(packet);
	}
}

/* Where the members of a hole stand in its record. */
enum { AT_VERB = WIRE_HEAD, AT_DIRECTION = 17, AT_IDLE = 19, AT_FAMILY = 27, AT_IP = 30, AT_OWNER = 65 };

static void records_that_make_no_sense_are_told(void **state)
{
	static const struct {
		const char *name;
		enum firewall_verb verb;
		unsigned at;
		uint8_t byte;
		int result;
	} cases[] = {
		{ "as it was written", FIREWALL_OPEN, AT_VERB, FIREWALL_OPEN, 0 },
		{ "a verb that is none", FIREWALL_OPEN, AT_VERB, FIREWALL_VERB_N, -1 },
		{ "a direction that is none", FIREWALL_OPEN, AT_DIRECTION, FIREWALL_DIRECTION_N, -1 },
		{ "years", FIREWALL_OPEN, AT_IDLE, 1, -1 },
		{ "a family that is none", FIREWALL_OPEN, AT_FAMILY, 5, -1 },
		{ "no family, yet an address", FIREWALL_OPEN, AT_FAMILY, ADDR_NONE, -1 },
		{ "bytes behind an IPv4 address", FIREWALL_OPEN, AT_IP + 4, 1, -1 },
		{ "an owner too long", FIREWALL_OPEN, AT_OWNER, FIREWALL_OWNER_MAX + 1, -1 },
		{ "a ban of nobody", FIREWALL_BAN, WIRE_HEAD + 5, ADDR_NONE, -1 },
		{ "33 bits of IPv4", FIREWALL_BAN, WIRE_HEAD + 24, 33, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char bytes[WIRE_HEAD + WIRE_REQUEST];
		struct writer w = writer_over(bytes, sizeof(bytes));
		struct firewall_request r = { .verb = cases[i].verb, .seq = 77 }, got;
		struct span packet;
		uint32_t seq = 0;

		if (r.verb == FIREWALL_BAN)
			r.ban = (struct firewall_ban){ net("192.0.2.0/24"), 60 };
		else
			r.hole = (struct firewall_hole){ .ours = at("192.0.2.1:20000"), .owner = SPAN("call") };
		wire_request_write(&w, &r);
		bytes[cases[i].at] = (char)cases[i].byte;
		packet = guard_span(writer_done(&w));
		if (wire_request_read(packet, 0, &got, &seq) != cases[i].result || seq != 77)
			fail_msg("%s", cases[i].name);
		guard_free(packet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_arrives),
		cmocka_unit_test(what_is_answered_arrives),
		cmocka_unit_test(a_packet_holds_a_batch_and_no_more),
		cmocka_unit_test(texts_that_are_too_long_are_not_written),
		cmocka_unit_test(other_packets_are_told),
		cmocka_unit_test(records_that_make_no_sense_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
