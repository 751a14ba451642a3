/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/metrics.h"

#include <string.h>

#include "tests/unit/sbc/bench.h"

static struct bench bench;
static char text[65536];

static struct span written(void)
{
	struct writer w = writer_over(text, sizeof(text));

	metrics_write(bench.e, &w);
	assert_false(w.failed);
	return writer_done(&w);
}

#define NAME_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:"
#define NAME       NAME_FIRST "0123456789"

/* {name="value",…}: the length, 0 where there is none or it is broken. */
static size_t labels_len(const char *s)
{
	const char *at = s;

	if (*at != '{')
		return 0;
	do {
		size_t n = strspn(++at, NAME);

		if (n == 0 || at[n] != '=' || at[n + 1] != '"')
			return 0;
		at += n + 2;
		while (*at && *at != '"' && *at != '\n')
			at += at[0] == '\\' && at[1] ? 2 : 1;
		if (*at++ != '"')
			return 0;
	} while (*at == ',');
	return *at == '}' ? (size_t)(at + 1 - s) : 0;
}

/* Prometheus' text format 0.0.4, line by line: HELP, TYPE, then the samples of that metric, each name once. */
static void every_line_is_of_the_format(void **state)
{
	struct span all;
	char metric[128] = "", *line, *save;
	unsigned samples = 0, metrics = 0;
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	all = written();
	assert_int_equal(all.p[all.n - 1], '\n');
	text[all.n] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[128], kind[16], *rest;
		size_t n;

		if (sscanf(line, "# HELP %127s", name) == 1) {
			assert_true(strlen(line) > strlen("# HELP ") + strlen(name) + 1);
			continue;
		}
		if (sscanf(line, "# TYPE %127s %15s", name, kind) == 2) {
			assert_true(!strcmp(kind, "gauge") || !strcmp(kind, "counter"));
			assert_string_not_equal(name, metric);
			snprintf(metric, sizeof(metric), "%s", name);
			assert_non_null(strchr(NAME_FIRST, name[0]));
			assert_true(!strncmp(name, "sbc_", 4) || !strcmp(name, "process_start_time_seconds"));
			metrics++;
			continue;
		}
		n = strspn(line, NAME);
		if (n != strlen(metric) || strncmp(line, metric, n) != 0)
			fail_msg("not of %s: %s", metric, line);
		n += line[n] == '{' ? labels_len(line + n) : 0;
		if (line[n] != ' ')
			fail_msg("labels: %s", line);
		strtoull(line + n + 1, &rest, 10);
		assert_ptr_not_equal(rest, line + n + 1);
		assert_int_equal(*rest, '\0');
		samples++;
	}
	assert_in_range(metrics, 9, 100);
	assert_true(samples > COUNT_N);
	bench_close(&bench);
}

static void what_they_say(void **state)
{
	static const char *const expected[] = {
		"\nsbc_calls{state=\"setup\"} 0\n",
		"\nsbc_calls{state=\"up\"} 1\n",
		"\nsbc_registrations{realm=\"lan\",nat=\"no\"} 1\n",
		"\nsbc_registrations{realm=\"lan\",nat=\"yes\"} 0\n",
		"\nsbc_registrations{realm=\"internet\",nat=\"no\"} 0\n",
		"\nsbc_dialogs 2\n",
		"\nsbc_relay_up 1\n",
		"\nsbc_relay_waiting 0\n",
		"\nsbc_relay_streams_total{found=\"one-way\"} 0\n",
		"\nsbc_relay_packets_total{found=\"lost\"} 9\n",
		"\nsbc_events_total{event=\"call-answered\"} 1\n",
		"\nsbc_events_total{event=\"loop\"} 0\n",
		"\nsbc_trunk_up{trunk=\"carrier\",peer=\"203.0.113.99\",address=\"203.0.113.99:5060\",transport="
		"\"UDP\"} 1\n",
		"\nsbc_trunk_probe_rtt_seconds{trunk=\"carrier\",peer=\"203.0.113.99\",address=\"203.0.113.99:5060\","
		"transport=\"UDP\"} 1.042\n",
		"\nsbc_relay_dropped_total{found=\"closed-port\"} 8\n",
		"\nsbc_relay_forwarded_total{found=\"in-driver\"} 7\n",
		"sbc_build_info{version=\"" NATSBC_VERSION "\"} 1\n",
	};
	struct trunk_place *peer;
	struct span ok;
	char line[64];

	(void)state;
	bench_open(&bench, BENCH_CONF);
	assert_true(span_search(written(), SPAN("sbc_trunk_probe_rtt")) >= written().n); /* not asked yet */
	peer = (struct trunk_place *)(uintptr_t)trunks_next(&bench.e->trunks, 0, NULL);
	peer->status = 200;
	peer->rtt_ms = 1042;
	snprintf(line, sizeof(line), "\nprocess_start_time_seconds %lld\n", (long long)bench_wall());
	bench_expect(written(), line);
	bench_call(&bench, &ok);
	relaytotals_take(&bench.e->relay.totals,
			 SPAN("d7:packetsd4:losti9ee7:droppedd11:closed-porti8ee9:forwardedd9:in-driveri7eee"));
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		bench_expect(written(), expected[i]);
	bench_close(&bench);
}

static void without_room_the_writer_fails(void **state)
{
	struct writer w = writer_over(text, 100);

	(void)state;
	bench_open(&bench, BENCH_CONF);
	metrics_write(bench.e, &w);
	assert_true(w.failed);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_of_the_format),
		cmocka_unit_test(what_they_say),
		cmocka_unit_test(without_room_the_writer_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
