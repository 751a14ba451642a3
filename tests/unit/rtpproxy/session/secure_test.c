/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/session/secure.h"

/* A side waits with what a relay before this one had told it of its keys, and nothing else does. */
static void who_must_be_told_anew(void **state)
{
	static const struct {
		const char *name;
		struct stream m;
		bool has_ice, waits;
	} cases[] = {
		{ "SRTP",
		  { .lost = true, .port = 20000, .now = { .known = true, .shield = SHIELD_SDES } },
		  false,
		  true },
		{ "DTLS",
		  { .lost = true, .port = 20000, .now = { .known = true, .shield = SHIELD_DTLS } },
		  false,
		  true },
		{ "ICE alone", { .lost = true, .port = 20000, .now = { .known = true } }, true, true },
		{ "in the clear", { .lost = true, .port = 20000, .now = { .known = true } }, false, false },
		{ "told here", { .port = 20000, .now = { .known = true, .shield = SHIELD_SDES } }, true, false },
		{ "without a port", { .lost = true, .now = { .known = true, .shield = SHIELD_SDES } }, true, false },
		{ "not described", { .lost = true, .port = 20000, .now = { .shield = SHIELD_SDES } }, true, false },
		{ "refused",
		  { .lost = true, .port = 20000, .now = { .known = true, .refused = true, .shield = SHIELD_SDES } },
		  true,
		  false },
	};

	struct terms checks = { .ice.said = true };

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream m[2] = { { 0 }, cases[i].m };
		struct leg near = { .stream = m, .nstream = 2 };
		const struct session s = { .near = &near };

		if (cases[i].has_ice) {
			assert_non_null(secure_make(&m[1]));
			m[1].secure->ice.us.ufrag[0] = 'u';
			m[1].now.terms = &checks;
		}
		if (secure_waits(&m[1]) != cases[i].waits || secure_leg_waits(&near) != cases[i].waits ||
		    secure_session_waits(&s) != cases[i].waits)
			fail_msg("%s", cases[i].name);
		near.nstream = 1;
		assert_false(secure_leg_waits(&near));
		secure_free(m[1].secure);
	}
	assert_false(secure_leg_waits(NULL));
}

/* It is made once, and what was there stays. */
static void a_stream_has_one(void **state)
{
	struct stream m = { 0 };
	struct secure *first = secure_make(&m);

	(void)state;
	assert_non_null(first);
	assert_false(secure_is_muxed(&m));
	first->mux.on = true;
	assert_ptr_equal(secure_make(&m), first);
	assert_true(secure_is_muxed(&m));
	secure_free(m.secure);
	secure_free(NULL);
	m.secure = NULL;
	assert_false(secure_is_muxed(&m));
}

/* Nothing passes until the side has been told keys that are new: the old ones must not be used again (RFC 3711 9.1). */
static void who_waits_is_not_spoken_to(void **state)
{
	struct stream m = { .port = 20000, .now = { .known = true, .shield = SHIELD_SDES } };
	struct port_spec spec = { .kind = STREAM_RTP };
	struct shield *s = &secure_make(&m)->shield;

	(void)state;
	s->kind = SHIELD_SDES;
	s->theirs.suite = s->ours.suite = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80;
	secure_spec(&m, &spec);
	assert_false(spec.awaits_keys);
	assert_int_equal(spec.opens.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	assert_int_equal(spec.seals.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	m.lost = true;
	secure_spec(&m, &spec);
	assert_true(spec.awaits_keys);
	assert_int_equal(spec.opens.suite, SRTP_SUITE_NONE);
	assert_int_equal(spec.seals.suite, SRTP_SUITE_NONE);
	secure_free(m.secure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_must_be_told_anew),
		cmocka_unit_test(a_stream_has_one),
		cmocka_unit_test(who_waits_is_not_spoken_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
