/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apiparam.h"

#include "sbc/api/apireply.h"
#include "tests/unit/sbc/api/asked.h"

/* What is read out of one request; the last of them tells what it was. */
struct reading {
	enum { TEXT, ADDRESS, PORT, SECONDS, WORD } what;
	char got[64];
};

static bool reading_take(struct reading *r, struct evhttp_request *req)
{
	static const char *const words[] = { "udp", "tcp" };
	char text[8];
	struct span s;
	struct addr a;
	uint32_t seconds;
	int word;

	switch (r->what) {
	case TEXT:
		s = apiparam_text(req, "x", text, sizeof(text));
		snprintf(r->got, sizeof(r->got), "%s%.*s", span_is_set(s) ? "=" : "absent", (int)s.n, s.n ? s.p : "");
		return true;
	case ADDRESS:
	case PORT:
		if (!apiparam_address(req, "x", r->what == PORT, &a))
			return false;
		if (addr_is_set(&a))
			addr_text(&a, r->got);
		return true;
	case SECONDS:
		if (!apiparam_seconds(req, "x", 3600, &seconds))
			return false;
		snprintf(r->got, sizeof(r->got), "%u", seconds);
		return true;
	case WORD:
		word = apiparam_word(req, "x", words);
		if (word >= 0)
			snprintf(r->got, sizeof(r->got), "%d", word);
		return word >= 0;
	}
	return false;
}

/* Who refuses has answered; else it is for us to do so. */
static void take(struct evhttp_request *req, void *ctx)
{
	if (reading_take(ctx, req))
		apireply_text(req, HTTP_OK, "text/plain", SPAN("taken"));
}

/* got NULL: it is refused, and the answer says that. */
static void read_as(int what, const char *query, const char *got, const char *says)
{
	struct reading r = { .what = what };
	char target[128];
	const char *text;

	snprintf(target, sizeof(target), "/%s", query);
	text = asked(target, take, &r);
	if (!strstr(text, got ? "HTTP/1.1 200 " : "HTTP/1.1 400 ") || strcmp(r.got, got ? got : "") != 0 ||
	    !strstr(text, says))
		fail_msg("%s: read as '%s', told\n%s", query, r.got, text);
}

static void texts(void **state)
{
	static const struct {
		const char *query, *got;
	} cases[] = {
		{ "", "absent" },
		{ "?", "absent" },
		{ "?y=1", "absent" },
		{ "?x=", "=" },
		{ "?x=1", "=1" },
		{ "?y=2&x=1", "=1" },
		{ "?x=1&x=2", "=1" },
		{ "?x=%41+b", "=A b" },
		{ "?x=1234567", "=1234567" },
		{ "?x=12345678", "=" },
		{ "?x=%31234567", "=1234567" },
		{ "?x=1&broken", "absent" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		read_as(TEXT, cases[i].query, cases[i].got, "taken");
}

static void addresses(void **state)
{
	static const char port[] = "x is an address and a port, as ", may[] = "x is an address, and a port where ";

	(void)state;
	read_as(ADDRESS, "?x=198.51.100.5", "198.51.100.5:0", "taken");
	read_as(ADDRESS, "?x=198.51.100.5:9000", "198.51.100.5:9000", "taken");
	read_as(ADDRESS, "?x=[2001:db8::5]:9000", "[2001:db8::5]:9000", "taken");
	read_as(ADDRESS, "", "", "taken");
	read_as(ADDRESS, "?x=", NULL, may);
	read_as(ADDRESS, "?x=localhost", NULL, may);
	read_as(ADDRESS, "?x=224.0.0.1:9000", NULL, may);
	read_as(PORT, "?x=198.51.100.5:9000", "198.51.100.5:9000", "taken");
	read_as(PORT, "?x=198.51.100.5", NULL, port);
	read_as(PORT, "?x=0.0.0.0:9000", NULL, port);
	read_as(PORT, "", NULL, port);
}

static void seconds(void **state)
{
	static const char says[] = "x says how long: from 1s to 3600s, as 10m";

	(void)state;
	read_as(SECONDS, "?x=1s", "1", "taken");
	read_as(SECONDS, "?x=10m", "600", "taken");
	read_as(SECONDS, "?x=1h", "3600", "taken");
	read_as(SECONDS, "?x=3601s", NULL, says);
	read_as(SECONDS, "?x=999ms", NULL, says);
	read_as(SECONDS, "?x=10", NULL, says);
	read_as(SECONDS, "", NULL, says);
}

static void word(void **state)
{
	(void)state;
	read_as(WORD, "", "0", "taken");
	read_as(WORD, "?x=udp", "0", "taken");
	read_as(WORD, "?x=tcp", "1", "taken");
	read_as(WORD, "?x=", NULL, "x is udp or tcp.");
	read_as(WORD, "?x=UDP", NULL, "x is udp or tcp.");
	read_as(WORD, "?x=udpudpudpudpudpu", NULL, "x is udp or tcp.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(addresses),
		cmocka_unit_test(seconds),
		cmocka_unit_test(word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
