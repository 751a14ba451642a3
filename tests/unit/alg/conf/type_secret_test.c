/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define AT    "trunks.pbx.auth.password: "
#define WHERE AT "a secret does not stand in this file; write where it is: \"file:PATH\", \"env:NAME\" or \"cred:NAME\""

static void secrets(void **state)
{
	static const struct config_case cases[] = {
		{ "\"file:/run/secret\"", "" },
		{ "\"env:SIP_PASSWORD1\"", "" },
		{ "\"cred:carrier.password\"", "" },
		{ "\"hunter2\"", WHERE },
		{ "\"\"", WHERE },
		{ "\"File:x\"", WHERE },
		{ "12345", AT "expected \"file:PATH\", \"env:NAME\" or \"cred:NAME\", found a number" },
		{ "\"file:\"", AT "\"\" is not the path of a file" },
		{ "\"env:\"", AT "\"\" is not the name of an environment variable" },
		{ "\"env:1A\"", AT "\"1A\" is not the name of an environment variable" },
		{ "\"env:A=B\"", AT "\"A=B\" is not the name of an environment variable" },
		{ "\"cred:../x\"", AT "\"../x\" is not the name of a credential" },
		{ "\"cred:..\"", AT "\"..\" is not the name of a credential" },
		{ "\"cred:\"", AT "\"\" is not the name of a credential" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases,
			 "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"trunks\":{\"pbx\":{\"realm\":\"lan\","
			 "\"peers\":[\"10.0.0.20\"],\"auth\":{\"user\":\"a\",\"password\":",
			 "}}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
