/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/protection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD  "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define UFRAG "a=ice-ufrag:abcd\r\n"
#define KEY   "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
#define MUX   "a=rtcp-mux\r\n"

static void at_a_glance(void **state)
{
	static const struct {
		const char *name, *sdp;
		enum protection_kind kind;
		const char *profile;
		bool ice, mux;
	} cases[] = {
		{ "nothing", "", PROTECTION_NONE, "", false, false },
		{ "no stream", HEAD, PROTECTION_NONE, "", false, false },
		{ "plain", HEAD "m=audio 4000 RTP/AVP 0\r\n", PROTECTION_NONE, "RTP/AVP", false, false },
		{ "with feedback", HEAD "m=audio 4000 RTP/AVPF 0\r\n", PROTECTION_NONE, "RTP/AVPF", false, false },
		{ "keys along", HEAD "m=audio 4000 RTP/AVP 0\r\n" KEY, PROTECTION_OSRTP, "RTP/AVP", false, false },
		{ "keys", HEAD "m=audio 4000 RTP/SAVP 0\r\n" KEY, PROTECTION_SDES, "RTP/SAVP", false, false },
		{ "keys that are missing", HEAD "m=audio 4 RTP/SAVPF 0\r\n", PROTECTION_SDES, "RTP/SAVPF", false,
		  false },
		{ "a handshake", HEAD "m=audio 4 UDP/TLS/RTP/SAVP 0\r\n", PROTECTION_DTLS, "UDP/TLS/RTP/SAVP", false,
		  false },
		{ "a browser", HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" UFRAG MUX, PROTECTION_DTLS,
		  "UDP/TLS/RTP/SAVPF", true, true },
		{ "ufrag of all", HEAD UFRAG "m=audio 9 RTP/AVP 0\r\n", PROTECTION_NONE, "RTP/AVP", true, false },
		{ "the first stream counts", HEAD "m=audio 4 RTP/AVP 0\r\nm=video 6 RTP/SAVP 99\r\n" KEY UFRAG MUX,
		  PROTECTION_NONE, "RTP/AVP", false, false },
		{ "a refused one does not", HEAD "m=audio 0 RTP/AVP 0\r\n" KEY UFRAG MUX "m=video 6 RTP/SAVP 99\r\n",
		  PROTECTION_SDES, "RTP/SAVP", false, false },
		{ "nor does a fax", HEAD "m=image 4 udptl t38\r\n" KEY "m=audio 6 RTP/AVP 0\r\n", PROTECTION_NONE,
		  "RTP/AVP", false, false },
		{ "lines end as they like", "v=0\nm=audio 4 RTP/SAVP 0\na=rtcp-mux\na=crypto:", PROTECTION_SDES,
		  "RTP/SAVP", false, true },
		{ "no key of that name", HEAD "m=audio 4 RTP/AVP 0\r\na=cryptox:1\r\na=rtcp-mux-only\r\n",
		  PROTECTION_NONE, "RTP/AVP", false, false },
		{ "a broken m-line", "m=\r\nm=audio\r\na=\r\na\r\n\r\nm=audio 4 RTP/SAVP 0", PROTECTION_SDES,
		  "RTP/SAVP", false, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span sdp = guard_span(span_str(cases[i].sdp));
		struct protection p;

		protection_read(sdp, &p);
		if (p.kind != cases[i].kind || !span_eq(p.profile, span_str(cases[i].profile)) ||
		    p.ice != cases[i].ice || p.mux != cases[i].mux)
			fail_msg("%s: %d %.*s %d %d", cases[i].name, (int)p.kind, SPAN_ARG(p.profile), p.ice, p.mux);
		guard_free(sdp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_a_glance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
