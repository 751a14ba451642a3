/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/job.h"

#include "tests/unit/rtpproxy/rig.h"

#define SDP "v=0\r\no=- 77 1 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n" RIG_AUDIO("4000")

static void warnings_stand_in_a_row(void **state)
{
	char room[64];
	struct job j = { .warning = writer_over(room, sizeof(room)) };

	(void)state;
	job_warn(&j, "one", (struct span){ 0 });
	assert_true(span_eq(writer_done(&j.warning), SPAN("one")));
	job_warn(&j, "two", SPAN("with a name"));
	job_warn(&j, "three", SPAN(""));
	assert_true(span_eq(writer_done(&j.warning), SPAN("one; two: with a name; three")));
}

/* Half a warning is none; those that fit are told. */
static void what_does_not_fit_is_left_out_whole(void **state)
{
	char room[16];
	struct job j = { .warning = writer_over(room, sizeof(room)) };

	(void)state;
	job_warn(&j, "first", (struct span){ 0 });
	job_warn(&j, "too", SPAN("long for it"));
	assert_false(j.warning.failed);
	assert_true(span_eq(writer_done(&j.warning), SPAN("first")));
	job_warn(&j, "last", (struct span){ 0 });
	assert_true(span_eq(writer_done(&j.warning), SPAN("first; last")));
}

static void a_description_is_there_and_sound_or_says_what_it_is(void **state)
{
	static const struct {
		const char *shows, *sdp;
		enum outcome outcome;
	} cases[] = {
		{ "sound", SDP, OUTCOME_OK },
		{ "none", NULL, OUTCOME_NO_SDP },
		{ "empty", "", OUTCOME_NO_SDP },
		{ "no description", "hello", OUTCOME_BAD_SDP },
		{ "a line that is none", SDP "nonsense\r\n", OUTCOME_BAD_SDP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ng_request q = { .sdp = span_str(cases[i].sdp) };
		const struct job j = { .request = &q };
		struct sdp sdp;

		if (job_sdp(&j, &sdp) != cases[i].outcome)
			fail_msg("%s: %u", cases[i].shows, job_sdp(&j, &sdp));
		if (cases[i].outcome == OUTCOME_OK)
			assert_int_equal(sdp.nmedia, 1);
	}
}

static struct session *found(struct rig *g, const char *call)
{
	const struct ng_request q = { .call_id = span_str(call) };
	const struct job j = { .relay = &g->relay,
			       .request = &q,
			       .call_hash = table_hash(&g->relay.sessions, q.call_id) };

	return job_session(&j);
}

static void a_session_is_found_by_its_call(void **state)
{
	struct rig *g = *state;

	rig_call(g, "one");
	rig_call(g, "two");
	assert_true(span_eq(found(g, "one")->call_id, SPAN("one")));
	assert_true(span_eq(found(g, "two")->call_id, SPAN("two")));
	assert_null(found(g, "On"));
	assert_null(found(g, "ONE"));
	rig_delete(g, "one");
	assert_null(found(g, "one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings_stand_in_a_row),
		cmocka_unit_test(what_does_not_fit_is_left_out_whole),
		cmocka_unit_test(a_description_is_there_and_sound_or_says_what_it_is),
		cmocka_unit_test_setup_teardown(a_session_is_found_by_its_call, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
