/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void no_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	fail_msg("%s: %s", p->path, p->text);
}

static const char *rules(const char *json, char text[RULES_MAX])
{
	struct config *c = conf_load(span_str(json), "sbc.json", no_problem, NULL);
	struct rules_interfaces interfaces = { .name = { "eth1", "eth2" } };
	struct writer w = writer_over(text, RULES_MAX);

	assert_non_null(c);
	rules_write(&w, c, &interfaces);
	writer_byte(&w, '\0');
	assert_false(w.failed);
	conf_free(c);
	return text;
}

static char text[RULES_MAX];

static void what_is_configured_is_in_the_table(void **state)
{
	static const char json[] =
		"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"networks\":[\"10.0.0.0/8\",\"2001:db8::/32\"],"
		"\"media\":{\"ports\":\"10000-10099\"}},\"six\":{\"address\":\"2001:db8::5\",\"listen\":[\"udp:5070\","
		"\"ws:80\"],\"media\":{\"ports\":\"20000-20099\"}}},"
		"\"pinholes\":{\"forward\":[\"lan:30000-30099\",\"six:5004\"]}}";
	static const char *const lines[] = {
		"add table inet natsbc\ndelete table inet natsbc\ntable inet natsbc {\n",
		"\tchain sip_lan {\n\t\tjump bans\n\t\tip saddr 10.0.0.0/8 return\n\t\tip6 saddr 2001:db8::/32 return\n"
		"\t\tcounter drop comment \"not of realms.lan.networks\"\n\t}\n",
		"\tchain sip_six {\n\t\tjump bans\n\t}\n",
		"\t\tip daddr 10.0.0.5 udp dport 5060 jump sip_lan\n",
		"\t\tip daddr 10.0.0.5 tcp dport 5060 jump sip_lan\n",
		"\t\tip daddr 10.0.0.5 udp dport 10000-10099 jump media\n",
		"\t\tip6 daddr 2001:db8::5 udp dport 5070 jump sip_six\n",
		"\t\tip6 daddr 2001:db8::5 tcp dport 80 jump sip_six\n",
		"\t\tip6 daddr 2001:db8::5 udp dport 20000-20099 jump media\n",
		"\tchain media {\n\t\tjump bans\n\t\tjump holes\n\t\tcounter drop",
		"\t\toifname \"eth1\" meta l4proto { tcp, udp } th dport 30000-30099 jump forwarded\n",
		"\t\toifname \"eth2\" meta l4proto { tcp, udp } th dport 5004-5004 jump forwarded\n",
	};

	(void)state;
	rules(json, text);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s", lines[i]);
}

static void nothing_is_forwarded_unasked(void **state)
{
	(void)state;
	rules("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}}}", text);
	assert_null(strstr(text, "hook forward"));
	assert_non_null(strstr(text, "hook input"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_configured_is_in_the_table),
		cmocka_unit_test(nothing_is_forwarded_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
