/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/challenges.h"
#include "tests/unit/guard.h"

#define WWW(text)   "WWW-Authenticate: " text "\r\n"
#define PROXY(text) "Proxy-Authenticate: " text "\r\n"

/* The nonces of what is chosen, "p" before those of proxies. */
static void what_is_chosen(void **state)
{
	static const struct {
		const char *name, *lines, *realm, *expected;
	} cases[] = {
		{ "nothing", "", NULL, "" },
		{ "one", WWW("Digest realm=a, nonce=1"), NULL, "1 " },
		{ "another scheme", WWW("Basic realm=a"), NULL, "" },
		{ "the strongest",
		  WWW("Digest realm=a, nonce=1, algorithm=SHA-256")
			  WWW("Digest realm=a, nonce=2, algorithm=SHA-512-256")
				  WWW("Digest realm=a, nonce=3, algorithm=MD5"),
		  NULL, "2 " },
		{ "the first of equals",
		  WWW("Digest realm=a, nonce=1") WWW("Digest realm=a, nonce=2, algorithm=MD5-sess"), NULL, "1 " },
		{ "not what we lack",
		  WWW("Digest realm=a, nonce=1") WWW("Digest realm=a, nonce=2, algorithm=AKAv1-MD5")
			  WWW("Digest realm=a, nonce=3, algorithm=SHA-256, qop=other"),
		  NULL, "1 " },
		{ "each realm", WWW("Digest realm=a, nonce=1") WWW("Digest realm=b, nonce=2"), NULL, "1 2 " },
		{ "several in one line", WWW("Basic realm=a, Digest realm=a, nonce=1, Digest realm=b, nonce=2"), NULL,
		  "1 2 " },
		{ "proxies apart", PROXY("Digest realm=a, nonce=1") WWW("Digest realm=a, nonce=2"), NULL, "2 p1 " },
		{ "the realm that is wanted", WWW("Digest realm=a, nonce=1") WWW("Digest realm=b, nonce=2"), "b",
		  "2 " },
		{ "no other realm", WWW("Digest realm=a, nonce=1"), "b", "" },
		{ "realms are compared with case", WWW("Digest realm=A, nonce=1"), "a", "" },
		{ "no more than so many",
		  WWW("Digest realm=a, nonce=1") WWW("Digest realm=b, nonce=2") WWW("Digest realm=c, nonce=3")
			  WWW("Digest realm=d, nonce=4") WWW("Digest realm=e, nonce=5")
				  WWW("Digest realm=d, nonce=6, algorithm=SHA-256"),
		  NULL, "1 2 3 6 " },
		{ "malformed ones are passed over", WWW("Digest realm=a") WWW("Digest") WWW("Digest realm=b, nonce=2"),
		  NULL, "2 " },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct challenge all[CHALLENGES_MAX];
		char text[1024], got[128];
		struct writer t = writer_over(text, sizeof(text)), w = writer_over(got, sizeof(got));
		struct sip_msg m;
		struct span in;
		unsigned n;

		writer_str(&t, "SIP/2.0 401 Unauthorized\r\n");
		writer_str(&t, cases[i].lines);
		writer_str(&t, "\r\n");
		in = guard_span(writer_done(&t));
		assert_int_equal(sip_msg_index(in, &m), SIP_OK);
		n = challenges_choose(&m, cases[i].realm ? span_str(cases[i].realm) : (struct span){ 0 }, all);
		for (unsigned k = 0; k < n; k++)
			writer_format(&w, "%s%.*s ", all[k].proxy ? "p" : "", SPAN_ARG(all[k].digest.nonce));
		if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
