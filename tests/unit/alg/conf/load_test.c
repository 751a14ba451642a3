/* SPDX-License-Identifier: BSD-3-Clause */
#include <glob.h>

#include "tests/unit/alg/conf/config_case.h"
#include "tests/unit/alg/conf/config_files.h"

static char json[CONFIG_FILE_MAX], expected[CONFIG_FILE_MAX], found[CONFIG_FILE_MAX];

/* All files below conf load without a word. */
static void shipped(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob("conf/examples/*.json", 0, NULL, &files), 0);
	assert_int_equal(glob("conf/sbc.json", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct config_sheet sheet = { files.gl_pathv[i], writer_over(found, sizeof(found)) };
		struct config *c = conf_load(config_file_read(sheet.file, json), sheet.file, config_sheet_add, &sheet);

		if (!c)
			print_error("%.*s", SPAN_ARG(writer_done(&sheet.w)));
		assert_non_null(c);
		conf_free(c);
	}
	globfree(&files);
}

/* tests/conf/NAME.json gives exactly the lines of tests/conf/NAME.ok; an empty one means that it loads. */
static void golden(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob("tests/conf/*.json", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *file = files.gl_pathv[i];
		struct config_sheet sheet = { strrchr(file, '/') + 1, writer_over(found, sizeof(found)) };
		struct config *c = conf_load(config_file_read(file, json), file, config_sheet_add, &sheet);
		char ok[256];
		struct span want;

		snprintf(ok, sizeof(ok), "%.*s.ok", (int)(strlen(file) - 5), file);
		want = config_file_read(ok, expected);
		assert_true(span_is_set(want));
		if (!span_eq(want, writer_done(&sheet.w)))
			print_error("%s: found\n%.*s", file, SPAN_ARG(writer_done(&sheet.w)));
		assert_true(span_eq(want, writer_done(&sheet.w)));
		assert_int_equal(c != NULL, want.n == 0);
		conf_free(c);
	}
	globfree(&files);
}

static void shape(void **state)
{
	static const struct config_case cases[] = {
		{ "", "'[' or '{' expected near end of file. The file is empty" },
		{ "[]", "expected an object in { }, found a list" },
		{ "{}", "\"realms\" is missing" },
		{ "{\"realms\":{}}", "realms: one at least is needed" },
		{ "{\"realms\":{\"//\":{}}}", "realms: one at least is needed" },
		{ "{\"realms\":[]}", "realms: expected an object in { }, found a list" },
		{ "{\"realms\":{\"a\":1}}", "realms.a: expected an object in { }, found a number" },
		{ "{\"realms\":{\"a\":{}}}", "realms.a: \"address\" is missing" },
		{ "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}},\"routes\":{}}",
		  "routes: expected a list in [ ], found an object" },
		{ "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}},\"trunks\":{},\"routes\":[]}", "" },
		{ "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}},\"$schema\":\"x\",\"//\":\"comment\",\"//cdr\":{}}",
		  "" },
		{ "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}},\"log\":{},\"log\":{}}",
		  "duplicate object key near '\"log\"'. A key, or a name, is there once in its { }" },
		{ "{\"realms\":{\"a b\":{\"address\":\"10.0.0.5\"}}}",
		  "realms.a?b: a name is 1 to 32 letters, digits, \"-\", \"_\" or \".\"" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, " ", "");
}

static void limits(void **state)
{
	static const struct {
		const char *key, *element, *rest, *says;
		unsigned max;
	} cases[] = {
		{ "\"realms\":{", "\"r%u\":{\"address\":\"10.0.0.%u\"}", "}",
		  ": realms: at most 16 are possible, found 17\n", 16 },
		{ "\"realms\":{\"lan\":{\"address\":\"10.9.9.9\"}},\"trunks\":{",
		  "\"t%u\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.1:%u\"]}", "}",
		  ": trunks: at most 256 are possible, found 257\n", 256 },
		{ "\"realms\":{\"lan\":{\"address\":\"10.9.9.9\"}},"
		  "\"trunks\":{\"t\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.1\"]}},\"routes\":[",
		  "{\"send\":[\"t\"],\"to-number\":\"%u %u\"}", "]",
		  ": routes: at most 1024 are possible, found 1025\n", 1024 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned n = cases[i].max; n <= cases[i].max + 1; n++) {
			struct writer w = writer_over(json, sizeof(json));
			struct config_sheet sheet = { "f", writer_over(found, sizeof(found)) };
			struct config *c;

			writer_format(&w, "{%s", cases[i].key);
			for (unsigned j = 1; j <= n; j++) {
				char element[80];

				writer_str(&w, j > 1 ? "," : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
				snprintf(element, sizeof(element), cases[i].element, j, j);
#pragma GCC diagnostic pop
				writer_str(&w, element);
			}
			writer_format(&w, "%s}", cases[i].rest);
			c = conf_load(writer_done(&w), "f", config_sheet_add, &sheet);
			assert_int_equal(c != NULL, n == cases[i].max);
			if (!c)
				assert_true(span_search(writer_done(&sheet.w), span_str(cases[i].says)) < sheet.w.n);
			conf_free(c);
		}
	}
}

static void defaults(void **state)
{
	struct config *c = conf_load(SPAN("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{}}}}"),
				     "/etc/natsbc/sbc.json", NULL, NULL);
	char text[ADDR_TEXT_MAX];
	const struct conf_realm *r;

	(void)state;
	assert_non_null(c);
	r = &c->realms[0];
	assert_string_equal(c->node, "natsbc");
	assert_string_equal(c->file, "/etc/natsbc/sbc.json");
	assert_null(r->interface);
	assert_int_equal(r->nnetwork, 0);
	assert_int_equal(r->nlisten, 2);
	assert_int_equal(r->listen[0].transport, CONF_UDP);
	assert_int_equal(r->listen[0].port, 5060);
	assert_int_equal(r->listen[1].transport, CONF_TCP);
	assert_int_equal(r->listen[1].port, 5060);
	assert_null(r->tls.cert);
	assert_int_equal(r->nws_origin, 0);
	assert_int_equal(r->refer, CONF_REFER_PASS);
	assert_int_equal(r->forks, CONF_FORKS_SINGLE);
	assert_int_equal(r->timer.mode, CONF_TIMER_PASS);
	assert_int_equal(r->timer.expires_s, 1800);
	assert_int_equal(r->timer.min_s, 90);
	assert_int_equal(r->media_first, 10000);
	assert_int_equal(r->media_last, 29999);
	assert_int_equal(r->dscp[CONF_KIND_AUDIO], 46);
	assert_int_equal(r->signalling_dscp, 40);
	assert_int_equal(r->latch, CONF_LATCH_AUTO);
	assert_int_equal(r->media_keepalive_ms, 15000);
	assert_true(r->phones.present);
	assert_string_equal(r->phones.home, "local");
	assert_int_equal(r->phones.home_trunk, -1);
	assert_string_equal(r->phones.users, "/etc/natsbc/users.json");
	assert_int_equal(r->phones.ndomain, 0);
	assert_int_equal(r->phones.nat, CONF_NAT_AUTO);
	assert_int_equal(r->phones.keepalive_ms, 30000);
	assert_int_equal(r->phones.ping, CONF_PING_OPTIONS);
	assert_int_equal(r->phones.expires_udp_s, 60);
	assert_int_equal(r->phones.expires_stream_s, 600);
	assert_int_equal(r->phones.fork, CONF_FORK_PARALLEL);
	assert_int_equal(r->phones.calls_per_user, 8);
	assert_int_equal(c->relay.nng, 1);
	assert_string_equal(c->relay.ng[0], "unix:/run/natsbc/ng.sock");
	assert_string_equal(c->relay.port, "auto");
	assert_int_equal(c->relay.ncore, 0);
	assert_int_equal(c->relay.idle_latency_us, 250);
	assert_int_equal(c->relay.sessions, 4000);
	assert_int_equal(c->relay.silence_timeout_ms, 60000);
	assert_int_equal(c->relay.held_timeout_ms, 3600000);
	assert_int_equal(c->relay.delete_delay_ms, 30000);
	assert_int_equal(c->relay.ndirection, 0);
	assert_int_equal(c->relay.lease_ms, 60000);
	assert_int_equal(c->relay.neal, 0);
	assert_int_equal(c->limits.calls, 2000);
	assert_int_equal(c->limits.registrations, 10000);
	assert_int_equal(c->limits.transactions, 28000);
	assert_int_equal(c->limits.ring_timeout_ms, 180000);
	assert_int_equal(c->limits.max_duration_ms, 0);
	assert_int_equal(c->limits.connections, 30000);
	assert_int_equal(c->limits.connections_per_source, 1000);
	assert_int_equal(c->limits.branches, 10);
	assert_int_equal(c->limits.udp_max, 1300);
	assert_int_equal(c->dns.nserver, 0);
	assert_int_equal(c->dns.timeout_ms, 2000);
	assert_int_equal(c->dns.tries, 2);
	assert_int_equal(c->dns.stale_s, 3600);
	assert_string_equal(c->api.socket, "/run/natsbc/api.sock");
	assert_string_equal(addr_text(&c->api.http, text), "127.0.0.1:8080");
	assert_int_equal(c->log.level, 2);
	conf_free(c);
}

static void defaults_of_trunks(void **state)
{
	struct config *c = conf_load(SPAN("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},"
					  "\"trunks\":{\"t\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}}}"),
				     "sbc.json", NULL, NULL);
	const struct conf_trunk *t;

	(void)state;
	assert_non_null(c);
	t = &c->trunks[0];
	assert_int_equal(t->order, CONF_ORDER_PRIORITY);
	assert_int_equal(t->transport, CONF_WANT_UDP);
	assert_null(t->verify.ca);
	assert_false(t->verify.off);
	assert_int_equal(t->probe_ms, 30000);
	assert_int_equal(t->hunt_ms, 4000);
	assert_int_equal(t->max_calls, 0);
	assert_int_equal(t->refer, CONF_REFER_PASS);
	assert_int_equal(t->rel, CONF_REL_PASS);
	assert_int_equal(t->forks, CONF_FORKS_SINGLE);
	assert_int_equal(t->early, CONF_EARLY_LAST);
	assert_int_equal(t->ringback, CONF_RINGBACK_KEEP);
	assert_int_equal(t->redirect, CONF_REDIRECT_RECURSE);
	assert_int_equal(t->diversion, CONF_DIVERSION_NONE);
	assert_int_equal(t->timer.mode, CONF_TIMER_PASS);
	assert_int_equal(t->timer.expires_s, 1800);
	assert_int_equal(t->timer.min_s, 90);
	conf_free(c);
}

/* Every text is kept behind the configuration, in room that is reckoned before. */
static void there_is_room_for_texts(void **state)
{
	static char file[4096];
	struct writer w = writer_over(json, sizeof(json));
	struct config_sheet sheet = { "f", writer_over(found, sizeof(found)) };
	struct config *c;

	(void)state;
	memset(file, 'a', sizeof(file) - 1);
	file[0] = file[2000] = '/';
	writer_str(&w, "{\"realms\":{");
	for (unsigned i = 0; i < CONF_REALM_MAX; i++) {
		writer_format(&w,
			      "%s\"r%u\":{\"address\":\"10.0.0.%u\",\"phones\":{},\"tls\":{\"cert\":\"c\","
			      "\"key\":\"k\",\"ca\":\"a\",\"client\":\"require\",\"more\":[",
			      i ? "," : "", i, i + 1);
		for (unsigned j = 0; j < CONF_SNI_MAX; j++)
			writer_format(&w, "%s{\"names\":[\"n\"],\"cert\":\"c\",\"key\":\"k\"}", j ? "," : "");
		writer_str(&w, "]}}");
	}
	writer_str(&w, "},\"trunks\":{");
	for (unsigned i = 0; i < CONF_TRUNK_MAX; i++)
		writer_format(&w, "%s\"t%u\":{\"realm\":\"r0\",\"peers\":[\"p%u\"],\"verify\":{\"ca\":\"a\"}}",
			      i ? "," : "", i, i);
	writer_str(&w, "}}");
	c = conf_load(writer_done(&w), file, config_sheet_add, &sheet);
	if (!c)
		print_error("%.*s", SPAN_ARG(writer_done(&sheet.w)));
	assert_non_null(c);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped),
		cmocka_unit_test(golden),
		cmocka_unit_test(shape),
		cmocka_unit_test(limits),
		cmocka_unit_test(defaults),
		cmocka_unit_test(defaults_of_trunks),
		cmocka_unit_test(there_is_room_for_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
