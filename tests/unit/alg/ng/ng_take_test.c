/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_take.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/ng/bencode.h"
#include "tests/unit/guard.h"

static const char *const wishes[] = { "strip", "mask", "except", "offer", "ignore", "transcode", "accept" };

/* What is set, as text that can be compared at a glance. */
static void request_show(struct writer *w, const struct ng_request *r)
{
	const struct {
		const char *name;
		struct span value;
	} texts[] = {
		{ "label", r->label },         { "command", r->command_name }, { "transport", r->transport },
		{ "digits", r->digits },       { "from", r->direction[0] },    { "to", r->direction[1] },
		{ "interface", r->interface },
	};
	char text[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (span_is_set(texts[i].value))
			writer_format(w, " %s=%.*s", texts[i].name, SPAN_ARG(texts[i].value));
	if (span_is_set(r->command_name))
		writer_format(w, " command-is=%d", (int)r->command);
	if (addr_is_set(&r->address))
		writer_format(w, " address=%s", addr_host_text(&r->address, text));
	if (addr_is_set(&r->received_from))
		writer_format(w, " source=%s", addr_host_text(&r->received_from, text));
	if (r->limit)
		writer_format(w, " limit=%u", r->limit);
	if (r->volume)
		writer_format(w, " volume=%u", r->volume);
	if (r->family)
		writer_format(w, " family=%d", (int)r->family);
	if (r->has_dscp)
		writer_format(w, " dscp=%d", (int)r->dscp);
	if (r->has_delete_delay)
		writer_format(w, " delay=%u", r->delete_delay_s);
	if (r->latch)
		writer_format(w, " latch=%d/%d", (int)r->latch, r->latch_bits);
	writer_format(w, "%s%s", r->trust_address ? " trust" : "", r->fatal ? " fatal" : "");
	for (unsigned i = 0; i < r->ncodec; i++)
		writer_format(w, " %s:%.*s", wishes[r->codec[i].wish], SPAN_ARG(r->codec[i].name));
	for (unsigned i = 0; i < r->nfrom_tag; i++)
		writer_format(w, " heard=%.*s", SPAN_ARG(r->from_tags[i]));
	for (unsigned i = 0; i < r->nunknown; i++)
		writer_format(w, " ?%.*s", SPAN_ARG(r->unknown[i]));
	for (unsigned i = 0; i < r->nunmet; i++)
		writer_format(w, " !%.*s", SPAN_ARG(r->unmet[i]));
}

static const struct ng_flag fruits[] = {
	NG_FLAG_ON("apple", trust_address),
	NG_FLAG_ON("pear", fatal),
	NG_FLAG_UNMET("quince"),
	NG_FLAG_MET("sloe"),
	NG_FLAG_END,
};

#define OF(member) offsetof(struct ng_request, member)

static const struct take_case {
	const char *name;
	ng_take_fn *take;
	uint16_t offset;
	struct span value; /* bencode */
	int result;
	const char *shown;
} cases[] = {
	{ "text", ng_take_text, OF(label), SPAN("3:abc"), 0, " label=abc" },
	{ "a number is text, too", ng_take_text, OF(label), SPAN("i-12e"), 0, " label=-12" },
	{ "a list is no text", ng_take_text, OF(label), SPAN("l3:abce"), -1, "" },
	{ "a number", ng_take_u32, OF(limit), SPAN("i4294967295e"), 0, " limit=4294967295" },
	{ "a number as text", ng_take_u32, OF(limit), SPAN("2:12"), 0, " limit=12" },
	{ "too large", ng_take_u32, OF(limit), SPAN("i4294967296e"), -1, "" },
	{ "below 0", ng_take_u32, OF(limit), SPAN("i-1e"), -1, "" },
	{ "no number at all", ng_take_u32, OF(limit), SPAN("le"), -1, "" },
	{ "a host", ng_take_host, OF(address), SPAN("9:192.0.2.1"), 0, " address=192.0.2.1" },
	{ "an IPv6 host", ng_take_host, OF(address), SPAN("13:[2001:db8::1]"), 0, " address=2001:db8::1" },
	{ "a name is no host of ours", ng_take_host, OF(address), SPAN("9:a.example"), 0, " ?key" },
	{ "a number is no host", ng_take_host, OF(address), SPAN("i1e"), -1, "" },
	{ "nothing to be done", ng_take_met, 0, SPAN("i1e"), 0, "" },
	{ "nothing that can be done", ng_take_unmet, 0, SPAN("i1e"), 0, " !key" },
	{ "IPv4", ng_take_family, 0, SPAN("3:IP4"), 0, " family=4" },
	{ "IPv6 by another name", ng_take_family, 0, SPAN("5:inet6"), 0, " family=6" },
	{ "no family", ng_take_family, 0, SPAN("3:IPX"), 0, " ?key" },
	{ "a number is no family", ng_take_family, 0, SPAN("i4e"), 0, " ?key" },
	{ "a profile in our spelling", ng_take_transport, 0, SPAN("8:rtp/avpf"), 0, " transport=RTP/AVPF" },
	{ "a profile by a name", ng_take_transport, 0, SPAN("6:WebRTC"), 0, " transport=UDP/TLS/RTP/SAVPF" },
	{ "no profile", ng_take_transport, 0, SPAN("3:UDP"), 0, " ?key" },
	{ "expedited forwarding", ng_take_tos, 0, SPAN("i184e"), 0, " dscp=46" },
	{ "ECN is not ours to set", ng_take_tos, 0, SPAN("3:187"), 0, " dscp=46" },
	{ "as it is", ng_take_tos, 0, SPAN("i-1e"), 0, "" },
	{ "more than a byte", ng_take_tos, 0, SPAN("i256e"), 0, " ?key" },
	{ "at once", ng_take_delay, 0, SPAN("i0e"), 0, " delay=0" },
	{ "in a while", ng_take_delay, 0, SPAN("2:30"), 0, " delay=30" },
	{ "as configured", ng_take_delay, 0, SPAN("i-1e"), 0, "" },
	{ "no delay", ng_take_delay, 0, SPAN("4:soon"), 0, " ?key" },
	{ "digits", ng_take_digits, 0, SPAN("4:12*A"), 0, " digits=12*A" },
	{ "a digit by its event", ng_take_digits, 0, SPAN("i11e"), 0, " digits=#" },
	{ "the last of them", ng_take_digits, 0, SPAN("i15e"), 0, " digits=D" },
	{ "no digit any more", ng_take_digits, 0, SPAN("i16e"), 0, " ?key" },
	{ "none below", ng_take_digits, 0, SPAN("i-1e"), 0, " ?key" },
	{ "so loud", ng_take_some, OF(volume), SPAN("i8e"), 0, " volume=8" },
	{ "so loud, as others put it", ng_take_some, OF(volume), SPAN("i-8e"), 0, " volume=8" },
	{ "loud", ng_take_some, OF(volume), SPAN("4:loud"), 0, " ?key" },
	{ "whom to learn", ng_take_latching, 0, SPAN("9:sig-ip/24"), 0, " latch=3/24" },
	{ "whom to learn, in unknown words", ng_take_latching, 0, SPAN("6:anyone"), 0, " ?key" },
	{ "whom to learn is a word", ng_take_latching, 0, SPAN("i1e"), -1, "" },
	{ "a command", ng_take_command, OF(command_name), SPAN("5:Offer"), 0, " command=Offer command-is=1" },
	{ "a command is a word", ng_take_command, OF(command_name), SPAN("le"), -1, "" },
};

static const struct take_case lists[] = {
	{ "from one realm to another", ng_take_direction, 0, SPAN("l3:lan3:nete"), 0, " from=lan to=net" },
	{ "from one realm", ng_take_direction, 0, SPAN("3:lan"), 0, " from=lan" },
	{ "three realms", ng_take_direction, 0, SPAN("l1:a1:b1:ce"), 0, " from=a to=b ?key" },
	{ "realms have names", ng_take_direction, 0, SPAN("l1:ai1ee"), -1, " from=a" },
	{ "no realm", ng_take_direction, 0, SPAN("i1e"), -1, "" },
	{ "one realm", ng_take_interface, 0, SPAN("3:lan"), 0, " interface=lan" },
	{ "more than one realm", ng_take_interface, 0, SPAN("l3:lane"), 0, "" },
	{ "who is to be heard", ng_take_tags, 0, SPAN("l1:a2:bbe"), 0, " heard=a heard=bb" },
	{ "one of them", ng_take_tags, 0, SPAN("1:a"), 0, " heard=a" },
	{ "tags are words", ng_take_tags, 0, SPAN("l1:ai1ee"), 0, " heard=a ?key" },
	{ "no tags", ng_take_tags, 0, SPAN("d1:a1:be"), 0, " ?key" },
	{ "family and host", ng_take_received, 0, SPAN("l3:IP49:192.0.2.1e"), 0, " source=192.0.2.1" },
	{ "host alone", ng_take_received, 0, SPAN("9:192.0.2.1"), 0, " source=192.0.2.1" },
	{ "no message at hand", ng_take_received, 0, SPAN("le"), 0, "" },
	{ "family without a host", ng_take_received, 0, SPAN("l3:IP4e"), -1, "" },
	{ "a host that is a number", ng_take_received, 0, SPAN("l3:IP4i1ee"), -1, "" },
	{ "a host that is none", ng_take_received, 0, SPAN("1:x"), 0, " ?key" },
	{ "a word", ng_take_words, 0, SPAN("5:apple"), 0, " trust" },
	{ "words", ng_take_words, 0, SPAN("l4:PEAR5:applee"), 0, " trust fatal" },
	{ "a word that cannot be met", ng_take_words, 0, SPAN("l6:quince4:sloee"), 0, " !key" },
	{ "a word of no meaning", ng_take_words, 0, SPAN("l3:fige"), 0, " ?key" },
	{ "no words", ng_take_words, 0, SPAN("d1:a1:be"), 0, " ?key" },
	{ "flags", ng_take_flags, 0, SPAN("l13:trust-address5:fatale"), 0, " trust fatal" },
	{ "a flag", ng_take_flags, 0, SPAN("5:fatal"), 0, " fatal" },
	{ "a flag that nobody knows", ng_take_flags, 0, SPAN("l3:fige"), 0, " ?fig" },
	{ "flags are words", ng_take_flags, 0, SPAN("l5:fatali1ee"), -1, " fatal" },
	{ "flags are a list", ng_take_flags, 0, SPAN("de"), -1, "" },
	{ "one codec", ng_take_codec, 0, SPAN("10:strip-G722"), 0, " strip:G722" },
	{ "codecs", ng_take_codec, 0, SPAN("l10:STRIP-G72210:offer-PCMAe"), 0, " strip:G722 offer:PCMA" },
	{ "codecs by wish", ng_take_codec, 0, SPAN("d5:offerl4:PCMA4:opuse4:mask3:alle"), 0,
	  " offer:PCMA offer:opus mask:all" },
	{ "other names of wishes", ng_take_codec, 0, SPAN("l11:consume-lpc7:set-lpc9:accept-aee"), 0,
	  " accept:lpc ignore:lpc accept:ae" },
	{ "a wish without a codec", ng_take_codec, 0, SPAN("l5:strip6:strip-e"), 0, " ?key ?key" },
	{ "no wish of a codec", ng_take_codec, 0, SPAN("l9:love-G722e"), 0, " ?key" },
	{ "no wish of codecs", ng_take_codec, 0, SPAN("d4:lovel4:G722ee"), 0, " ?key" },
	{ "a codec is a word", ng_take_codec, 0, SPAN("d5:stripi1ee"), 0, " ?key" },
	{ "no codec", ng_take_codec, 0, SPAN("i1e"), 0, " ?key" },
};

static void take(const struct take_case *c, struct ng_request *r, struct span bencode, int result)
{
	const struct ng_key key = { SPAN("key"), c->take, c->offset, false, false, fruits };
	struct ng_value v;
	uint32_t at = 0;

	assert_int_equal(bencode_take(bencode, &at, &v), 0);
	assert_int_equal(at, bencode.n);
	if (c->take(r, &key, &v) != result)
		fail_msg("%s: result", c->name);
}

static void run(const struct take_case *c, size_t n)
{
	for (; n > 0; c++, n--) {
		struct span bencode = guard_span(c->value);
		struct ng_request r = { 0 };
		char text[512];
		struct writer w = writer_over(text, sizeof(text));

		take(c, &r, bencode, c->result);
		request_show(&w, &r);
		if (!span_eq(writer_done(&w), span_str(c->shown)))
			fail_msg("%s:%.*s", c->name, SPAN_ARG(writer_done(&w)));
		guard_free(bencode);
	}
}

static void single_values(void **state)
{
	(void)state;
	run(cases, sizeof(cases) / sizeof(cases[0]));
}

static void lists_of_values(void **state)
{
	(void)state;
	run(lists, sizeof(lists) / sizeof(lists[0]));
}

/* An operator's word stands against what the client adds of its own accord. */
static void the_source_that_was_said_first(void **state)
{
	static const struct take_case received = { .name = "received", .take = ng_take_received };
	struct ng_request r = { 0 };
	char text[ADDR_TEXT_MAX];

	(void)state;
	take(&received, &r, SPAN("9:192.0.2.9"), 0);
	take(&received, &r, SPAN("l3:IP49:192.0.2.1e"), 0);
	assert_string_equal(addr_host_text(&r.received_from, text), "192.0.2.9");
	take(&received, &r, SPAN("9:192.0.2.7"), 0);
	assert_string_equal(addr_host_text(&r.received_from, text), "192.0.2.7");
}

static void more_codecs_than_fit(void **state)
{
	static const struct take_case codec = { .name = "codec", .take = ng_take_codec };
	struct ng_request r = { 0 };

	(void)state;
	for (unsigned i = 0; i < NG_CODEC_MAX; i++)
		take(&codec, &r, SPAN("10:strip-G722"), 0);
	assert_int_equal(r.ncodec, NG_CODEC_MAX);
	assert_int_equal(r.nunknown, 0);
	take(&codec, &r, SPAN("10:strip-PCMA"), 0);
	assert_int_equal(r.ncodec, NG_CODEC_MAX);
	assert_int_equal(r.nunknown, 1);
}

static void wishes_have_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		assert_true(span_eq(ng_codec_wish_name((enum ng_codec_wish)i), span_str(wishes[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_values),
		cmocka_unit_test(lists_of_values),
		cmocka_unit_test(the_source_that_was_said_first),
		cmocka_unit_test(more_codecs_than_fit),
		cmocka_unit_test(wishes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
