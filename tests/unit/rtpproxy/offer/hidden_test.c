/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/hidden.h"

#include "tests/unit/rtpproxy/rig.h"

#define TEXT(port) "m=text " port " RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"

#define RIG_TEXT_REFUSED "m=text 0 RTP/AVP 98\r\n"

/* The m-lines of what a side is shown: "audio+ video-", open and refused. */
static const char *lines(const struct rig *g)
{
	static char text[256];
	struct writer w = writer_over(text, sizeof(text) - 1);
	struct span left = g->answer.sdp;

	for (unsigned i = 0; i < SDP_MEDIA_MAX; i++) {
		const uint32_t m = span_search(left, SPAN("\nm="));

		if (m == left.n)
			break;
		left = span_from(left, m + 3);
		writer_put(&w, span_slice(left, 0, span_find(left, ' ')));
		writer_str(&w, rig_port_of(g, i) ? "+ " : "- ");
	}
	text[w.n] = '\0';
	return text;
}

#define assert_lines(g, expected)                                                                                      \
	do {                                                                                                           \
		assert_ok(g);                                                                                          \
		assert_string_equal(lines(g), expected);                                                               \
	} while (0)

/* The called side makes an offer. */
static void offer_back(struct rig *g, const char *call, const char *sdp, const char *flags)
{
	g->flags = flags;
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = call,
				     .from = "B",
				     .to = "A",
				     .sdp = sdp,
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	g->flags = NULL;
}

static void answer_back(struct rig *g, const char *call, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = call,
				     .from = "B",
				     .to = "A",
				     .sdp = sdp,
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
}

static void offer_hiding(struct rig *g, const char *media)
{
	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", media), "sdp-media-remove=[video]");
}

static void a_kind_is_not_shown_and_comes_back_refused(void **state)
{
	struct rig *g = *state;
	int port;

	offer_hiding(g, RIG_VIDEO("4002") RIG_AUDIO("4000") RIG_VIDEO("4004") TEXT("4006"));
	assert_lines(g, "audio+ text+ ");
	port = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") TEXT("0")));
	assert_lines(g, "video- audio+ video- text- ");
	assert_true(rig_has(g->answer.sdp, "m=video 0 RTP/AVP 0\r\n"));
	assert_addr(&rig_spec(g, RIG_LAN, port)->expected, "10.0.0.50:6000");
	assert_int_equal(relay_ports_used(&g->relay), 2);
	rig_delete(g, "c");
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* Both sides keep their numbers of m-lines, whoever makes the next offer. */
static void lines_stay_hidden_from_offer_to_offer(void **state)
{
	struct rig *g = *state;
	int port;

	offer_hiding(g, RIG_AUDIO("4000") RIG_VIDEO("4002"));
	port = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ video- ");

	/* Again, without a word of it. */
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_lines(g, "audio+ ");
	assert_int_equal(rig_port_of(g, 0), port);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ video- ");

	/* The other way, with a line more. */
	offer_back(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") TEXT("6002")), NULL);
	assert_lines(g, "audio+ video- text+ ");
	answer_back(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("0") TEXT("4006")));
	assert_lines(g, "audio+ text+ ");
	assert_int_equal(rig_port_of(g, 0), port);

	/* And back, with a video line more, that may be shown. */
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("0") TEXT("4006") RIG_VIDEO("4008")));
	assert_lines(g, "audio+ text+ video+ ");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") TEXT("6002") RIG_VIDEO("6004")));
	assert_lines(g, "audio+ video- text+ video+ ");
	assert_int_equal(relay_ports_used(&g->relay), 6);
}

/* RFC 3264 8: what was there once cannot go away. */
static void a_line_that_was_shown_is_refused_instead(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_int_equal(relay_ports_used(&g->relay), 4);
	offer_hiding(g, RIG_AUDIO("4000") RIG_VIDEO("4002"));
	assert_lines(g, "audio+ video- ");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	assert_lines(g, "audio+ video- ");
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

static void an_offer_that_is_taken_back_hid_nothing(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	offer_hiding(g, RIG_AUDIO("4000") RIG_VIDEO("4002"));
	assert_lines(g, "audio+ ");
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c" });
	assert_ok(g);
	offer_back(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") TEXT("6002")), NULL);
	assert_lines(g, "audio+ text+ ");
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c" });
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_lines(g, "audio+ video+ ");
}

/* Groups lose their names; the caller's BUNDLE is answered with what is left of it. */
static void groups_are_of_what_is_shown(void **state)
{
	struct rig *g = *state;

	offer_hiding(g, "a=group:LS a v\r\na=group:FID v\r\na=group:BUNDLE a v\r\n" RIG_AUDIO("4000") "a=mid:a\r\n" //
		     RIG_VIDEO("4002") "a=mid:v\r\n");
	assert_lines(g, "audio+ ");
	assert_true(rig_has(g->answer.sdp, "a=group:LS a\r\n"));
	assert_false(rig_has(g->answer.sdp, "FID"));
	assert_false(rig_has(g->answer.sdp, "mid:v"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ video- ");
	assert_true(rig_has(g->answer.sdp, "a=group:BUNDLE a\r\n"));
}

static void kinds_without_a_name_are_others(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") "m=whale 4002 RTP/AVP 96\r\n"),
		       "sdp-media-remove=other");
	assert_lines(g, "audio+ ");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ whale- ");
}

static void a_call_of_nothing_else_is_refused(void **state)
{
	struct rig *g = *state;

	offer_hiding(g, RIG_VIDEO("4002"));
	assert_refused(g, "Media of that kind do not cross between these realms");
	assert_int_equal(relay_sessions(&g->relay), 0);
}

/* An answer that is too short, and one that is too long. */
static void answers_that_do_not_fit(void **state)
{
	struct rig *g = *state;
	char media[4096] = "";

	offer_hiding(g, RIG_AUDIO("4000") TEXT("4006") RIG_VIDEO("4002"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ text- video- ");
	rig_delete(g, "c");

	offer_hiding(g, RIG_AUDIO("4000") RIG_VIDEO("4002"));
	for (unsigned i = 0; i < SDP_MEDIA_MAX; i++)
		strcat(media, "m=audio 0 RTP/AVP 0\r\n");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", media));
	assert_refused(g, "Failed to parse SDP");
}

/* ----- a side that comes later than the other (O3) ----- */

/* Somebody is called for B of session "old", and says this first; B hears it. */
static void offer_to_known(struct rig *g, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "new",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.9", media),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.9",
				     .stands = { "", "old B" } });
}

static void begin_old(struct rig *g)
{
	rig_offer(g, "old", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "old", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_ok(g);
}

static void who_is_known_keeps_its_lines(void **state)
{
	static const struct {
		const char *offer, *heard, *answer, *told;
	} cases[] = {
		{ RIG_AUDIO("5000"), "audio+ video- ", RIG_AUDIO("6000") RIG_VIDEO("0"), "audio+ " },
		{ RIG_VIDEO("5000"), "audio- video+ ", RIG_AUDIO("0") RIG_VIDEO("6002"), "video+ " },
		{ RIG_AUDIO("5000") RIG_VIDEO("5002"), "audio+ video+ ", RIG_AUDIO("6000") RIG_VIDEO("6002"),
		  "audio+ video+ " },
		{ RIG_VIDEO("5000") RIG_AUDIO("5002"), "audio- video+ audio+ ",
		  RIG_AUDIO("0") RIG_VIDEO("6002") RIG_AUDIO("6004"), "video+ audio+ " },
		{ RIG_AUDIO("5000") TEXT("5002"), "audio+ video- text+ ", RIG_AUDIO("6000") RIG_VIDEO("0") TEXT("0"),
		  "audio+ text- " },
	};
	struct rig *g = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin_old(g);
		offer_to_known(g, cases[i].offer);
		assert_lines(g, cases[i].heard);
		rig_answer(g, "new", rig_sdp(g, "10.0.0.50", cases[i].answer));
		assert_lines(g, cases[i].told);
		/* Again, as it came first: nothing has moved. */
		rig_offer(g, "new", rig_sdp(g, "198.51.100.9", cases[i].offer));
		assert_lines(g, cases[i].heard);
		rig_answer(g, "new", rig_sdp(g, "10.0.0.50", cases[i].answer));
		assert_lines(g, cases[i].told);
		rig_delete(g, "new");
		rig_delete(g, "old");
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

/* What only one of them has comes to the other when it is opened, and an offer that fails changes nothing. */
static void a_line_comes_when_it_is_opened(void **state)
{
	struct rig *g = *state;

	begin_old(g);
	offer_to_known(g, RIG_AUDIO("5000"));
	rig_answer(g, "new", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	offer_back(g, "new", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")), NULL);
	assert_lines(g, "audio+ ");
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "new" });
	offer_back(g, "new", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")), NULL);
	assert_lines(g, "audio+ video+ ");
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "new" });
	rig_offer(g, "new", rig_sdp(g, "198.51.100.9", RIG_AUDIO("5000")));
	assert_lines(g, "audio+ video- ");
	rig_answer(g, "new", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	assert_lines(g, "audio+ ");
	/* Its own new line is in the place of the one that the other has. */
	rig_offer(g, "new", rig_sdp(g, "198.51.100.9", RIG_AUDIO("5000") RIG_VIDEO("5002")));
	assert_lines(g, "audio+ video+ ");
	rig_answer(g, "new", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_lines(g, "audio+ video+ ");
}

/* The relay is another one, and hears how many lines each side was told of. */
static void resumed_sides_keep_their_lines(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_VIDEO("4000") RIG_TEXT_REFUSED),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7",
				     .resume = { "5 1 20000 0", "6 1 0 20000 0" } });
	assert_lines(g, "audio- video+ text- ");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("0") RIG_VIDEO("6000") RIG_TEXT_REFUSED));
	assert_lines(g, "video+ text- ");
	rig_delete(g, "c");
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "d",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("0")),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7",
				     .resume = { "5 1 20010 0", "6 1 20010" } });
	assert_lines(g, "audio+ ");
	rig_answer(g, "d", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_lines(g, "audio+ video- ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kind_is_not_shown_and_comes_back_refused),
		TEST(lines_stay_hidden_from_offer_to_offer),
		TEST(a_line_that_was_shown_is_refused_instead),
		TEST(an_offer_that_is_taken_back_hid_nothing),
		TEST(groups_are_of_what_is_shown),
		TEST(kinds_without_a_name_are_others),
		TEST(a_call_of_nothing_else_is_refused),
		TEST(answers_that_do_not_fit),
		TEST(who_is_known_keeps_its_lines),
		TEST(a_line_comes_when_it_is_opened),
		TEST(resumed_sides_keep_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
