/* SPDX-License-Identifier: BSD-3-Clause */
/* What Prometheus reads of connections. */
#include "tests/unit/sbc/wires.h"

static char text[65536];

static void expect(const char *line)
{
	struct writer w = writer_over(text, sizeof(text) - 1);

	stream_write_metrics(wires.s, &w);
	assert_false(w.failed);
	text[w.n] = '\0';
	if (!strstr(text, line))
		fail_msg("no \"%s\" in\n%s", line, text);
}

static void counted(void **state)
{
	int fd;

	(void)state;
	wires_conf(CONF_TCP);
	wires_open();
	expect("\nsbc_connections{realm=\"internet\",transport=\"tcp\"} 0\n");
	fd = wires_client(1);
	wires_put(fd, WIRES_BYE("1"));
	expect("\nsbc_connections{realm=\"internet\",transport=\"tcp\"} 1\n");
	expect("\nsbc_connections{realm=\"lan\",transport=\"tcp\"} 0\n");
	expect("\nsbc_connections_total{by=\"peer\"} 1\n");
	close(fd);
	wires_settle();
	expect("\nsbc_connections{realm=\"internet\",transport=\"tcp\"} 0\n");
	expect("\nsbc_connection_ends_total{reason=\"closed-by-peer\"} 1\n");
	expect("\nsbc_tls_handshakes_total 0\n");
	assert_null(strstr(text, "sbc_certificate_expiry_seconds")); /* there is none */
	wires_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(counted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
