/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/dial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alg/base/writer.h"

static const struct dial_order five = {
	.id = 1, .duration = 480, .step = 160, .ratio = 1, .event = 5, .volume = 10, .payload_type = 101
};

/* "seq/timestamp:duration", with "!" where it is marked and "E" where it ends. */
static void packet_show(struct writer *w, const uint8_t p[DIAL_LEN])
{
	struct rtp_header h;
	struct rtp_event e = { 0 };

	assert_int_equal(rtp_parse(p, DIAL_LEN, false, &h), 0);
	assert_int_equal(rtp_event_parse(p + h.header_len, DIAL_LEN - h.header_len, &e), 0);
	assert_int_equal(h.payload_type, 101);
	assert_int_equal(e.event, 5);
	assert_int_equal(e.volume, 10);
	writer_format(w, "%s%u/%u:%u%s ", h.marker ? "!" : "", h.seq, h.timestamp, e.duration, e.end ? "E" : "");
}

struct step {
	uint16_t seq;
	uint32_t timestamp;
	uint32_t ssrc;
};

static void it_replaces_what_the_side_sends(void **state)
{
	static const struct {
		const char *name, *sent;
		struct dial_order order;
		struct step steps[6];
		unsigned n;
	} cases[] = {
		{ "20 ms packets",
		  "!7/1000:160 8/1000:320 9/1000:480E 10/1000:480E 11/1000:480E ",
		  five,
		  { { 7, 1000, 1 }, { 8, 1160, 1 }, { 9, 1320, 1 }, { 10, 1480, 1 }, { 11, 1640, 1 } },
		  5 },
		{ "30 ms packets, one is lost",
		  "!7/1000:160 9/1000:480E 10/1000:480E 11/1000:480E ",
		  five,
		  { { 7, 1000, 1 }, { 9, 1480, 1 }, { 10, 1720, 1 }, { 11, 1960, 1 } },
		  4 },
		{ "one comes late: it says what was said",
		  "!7/1000:160 9/1000:480E 8/1000:480E 10/1000:480E ",
		  five,
		  { { 7, 1000, 1 }, { 9, 1480, 1 }, { 8, 1160, 1 }, { 10, 1640, 1 } },
		  4 },
		{ "another source goes on",
		  "!7/1000:160 900/1000:320 901/1000:480E 902/1000:480E 903/1000:480E ",
		  five,
		  { { 7, 1000, 1 }, { 900, 77, 2 }, { 901, 237, 2 }, { 902, 397, 2 }, { 903, 557, 2 } },
		  5 },
		{ "the clock of the voice is not that of the event",
		  "!7/4294967000:160 8/4294967000:320E 9/4294967000:320E 10/4294967000:320E ",
		  { .id = 1, .duration = 320, .step = 960, .ratio = 6, .event = 5, .volume = 10, .payload_type = 101 },
		  { { 7, 4294967000, 1 }, { 8, 664, 1 }, { 9, 1624, 1 }, { 10, 2584, 1 } },
		  4 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct dial_last heard = { .ssrc = 1, .seq = 6, .timestamp = 840 };
		struct dial d = { 0 };
		char text[256];
		struct writer w = writer_over(text, sizeof(text));
		uint8_t p[DIAL_LEN];

		dial_begin(&d, &cases[i].order, &heard);
		for (unsigned k = 0; k < cases[i].n; k++) {
			const struct rtp_header h = { .ssrc = cases[i].steps[k].ssrc,
						      .seq = cases[i].steps[k].seq,
						      .timestamp = cases[i].steps[k].timestamp };
			const bool over = dial_replace(&d, &h, 20 * k, p);

			packet_show(&w, p);
			assert_int_equal(over, !d.active);
		}
		if (!span_starts(writer_done(&w), span_str(cases[i].sent)) || w.n != strlen(cases[i].sent))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&w)));
	}
}

/* Asked every 20 ms from `from` on, until it is over. */
static void make(struct dial *d, uint64_t from, struct writer *w)
{
	uint8_t p[DIAL_LEN];

	for (uint64_t now = from; d->active && now < from + 1000; now += 20) {
		if (!dial_is_due(d, now))
			continue;
		dial_make(d, now, p);
		packet_show(w, p);
	}
}

static void it_fills_a_silence(void **state)
{
	const struct dial_last heard = { .at_ms = 1000, .ssrc = 1, .seq = 6, .timestamp = 840 };
	struct dial d = { 0 };
	struct dial_order again = five;
	char text[512];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	dial_begin(&d, &five, &heard);
	assert_false(dial_is_due(&d, 1040));
	/* 5 steps after the last packet, its timestamp is so much ahead. */
	make(&d, 1100, &w);
	/* The next one goes on behind that. */
	again.id = 2;
	dial_begin(&d, &again, &heard);
	make(&d, 1240, &w);
	assert_true(span_eq(writer_done(&w), SPAN("!7/1640:160 8/1640:320 9/1640:480E 10/1640:480E 11/1640:480E "
						  "!12/2760:160 13/2760:320 14/2760:480E 15/2760:480E 16/2760:480E ")));
}

static void a_side_that_speaks_is_not_spoken_over(void **state)
{
	const struct dial_last heard = { .at_ms = 1000, .ssrc = 1, .seq = 6, .timestamp = 840 };
	const struct rtp_header h = { .ssrc = 1, .seq = 7, .timestamp = 1000 };
	uint8_t p[DIAL_LEN];
	struct dial d = { 0 };

	(void)state;
	dial_begin(&d, &five, &heard);
	dial_replace(&d, &h, 1020, p);
	assert_false(dial_is_due(&d, 1060));
	assert_true(dial_is_due(&d, 1080));
	dial_make(&d, 1080, p);
	assert_true(dial_is_due(&d, 1100));
	dial_replace(&d, &h, 1100, p);
	assert_false(dial_is_due(&d, 1140));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_replaces_what_the_side_sends),
		cmocka_unit_test(it_fills_a_silence),
		cmocka_unit_test(a_side_that_speaks_is_not_spoken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
