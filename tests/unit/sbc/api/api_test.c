/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/api.h"

#include <signal.h>

#include "tests/unit/sbc/apibench.h"

/* ----- the tests ----- */

static void every_path(void **state)
{
	static const struct {
		const char *path, *key;
	} cases[] = {
		{ "/api/v1/health", "status" },
		{ "/api/v1/status", "uptime_s" },
		{ "/api/v1/status?pretty", "uptime_s" },
		{ "/api/v1/calls", "calls" },
		{ "/api/v1/registrations", "registrations" },
		{ "/api/v1/realms", "realms" },
		{ "/api/v1/trunks", "trunks" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = answer(ask("GET", cases[i].path));
		json_t *j;

		if (status_of(text) != 200)
			fail_msg("%s: %s", cases[i].path, text);
		assert_non_null(strstr(text, "\r\nContent-Type: application/json\r\n"));
		assert_non_null(strstr(text, "\r\nCache-Control: no-store\r\n"));
		j = body_of(text);
		assert_non_null(json_object_get(j, cases[i].key));
		json_decref(j);
	}
	for (int i = 0; i < 2; i++) {
		const char *text = answer(ask("GET", i ? "/metrics" : "/api/v1/metrics"));

		assert_int_equal(status_of(text), 200);
		assert_non_null(strstr(text, "\r\nContent-Type: text/plain; version=0.0.4"));
		assert_non_null(strstr(text, "\nsbc_calls{state=\"up\"} 0\n"));
		assert_non_null(strstr(text, "\nsbc_connections{realm=\"lan\",transport=\"tcp\"} 0\n"));
	}
}

static void readiness(const char *why)
{
	const char *text = answer(ask("GET", "/api/v1/ready"));

	assert_int_equal(status_of(text), why ? 503 : 200);
	assert_non_null(strstr(text, why ? why : "\"ready\""));
}

static void ready(void **state)
{
	struct engine *e = bench.e;
	const uint32_t ncall = e->ncall;

	(void)state;
	e->relay.last_answer = 0;
	e->relay.reachable = false;
	readiness("has not answered yet");
	e->relay.last_answer = 1;
	readiness("does not answer");
	e->relay.reachable = true;
	readiness(NULL);
	e->ncall = e->core.conf->limits.calls;
	readiness("limits.calls");
	e->ncall = ncall;
	e->draining = true;
	readiness("takes no new calls");
	e->draining = false;
	readiness(NULL);
}

/* RFC 9457 bodies; 405 names what is allowed (RFC 9110 15.5.6). */
static void what_is_not_there(void **state)
{
	static const struct {
		const char *method, *path;
		unsigned status;
		const char *allow;
	} cases[] = {
		{ "GET", "/", 404, NULL },
		{ "GET", "/api/v1/status/", 404, NULL },
		{ "GET", "/api/v1/statu", 404, NULL },
		{ "GET", "/api/v1/calls/", 404, NULL },
		{ "GET", "/api/v1/calls/nosuchcall00", 404, NULL },
		{ "GET", "/api/v1/calls/a/b", 404, NULL },
		{ "GET", "/api/v1/calls/..%2f", 404, NULL },
		{ "DELETE", "/api/v1/calls/nosuchcall00", 404, NULL },
		{ "POST", "/api/v1/calls/nosuchcall00/capture", 404, NULL },
		{ "POST", "/api/v1/calls/nosuchcall00/capture?payload", 400, NULL },
		{ "DELETE", "/api/v1/calls/nosuchcall00/capture", 404, NULL },
		{ "GET", "/api/v1/calls/nosuchcall00/capture", 405, "POST, DELETE" },
		{ "DELETE", "/api/v1/status", 405, "GET" },
		{ "POST", "/api/v1/status", 405, "GET" },
		{ "PUT", "/api/v1/calls/nosuchcall00", 405, "GET, DELETE" },
		{ "DELETE", "/", 404, NULL },
		{ "POST", "/api/v1/trunks/nosuch/disable", 404, NULL },
		{ "POST", "/api/v1/trunks//disable", 404, NULL },
		{ "POST", "/api/v1/trunks/a/b/disable", 404, NULL },
		{ "GET", "/api/v1/trunks/carrier/disable", 405, "POST" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = answer(ask(cases[i].method, cases[i].path));
		char allow[64];
		json_t *j;

		if (status_of(text) != cases[i].status)
			fail_msg("%s %s: %s", cases[i].method, cases[i].path, text);
		assert_non_null(strstr(text, "\r\nContent-Type: application/problem+json\r\n"));
		snprintf(allow, sizeof(allow), "\r\nAllow: %s\r\n", cases[i].allow ? cases[i].allow : "");
		assert_int_equal(strstr(text, "\r\nAllow: ") != NULL, cases[i].allow != NULL);
		if (cases[i].allow)
			assert_non_null(strstr(text, allow));
		j = body_of(text);
		assert_int_equal(json_integer_value(json_object_get(j, "status")), cases[i].status);
		json_decref(j);
	}
}

static struct call *a_call(char *what, size_t size)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	snprintf(what, size, "/api/v1/calls/%s", c->id);
	bench_forget(&bench);
	return c;
}

/* Who asks for one that ended with its relay hears so. */
static void a_call_that_was_not_set_up_again(void **state)
{
	const char *text;

	(void)state;
	lostcalls_add(&bench.e->lostcalls, "nosuchcall00", SPAN("a"), SPAN("b"), SPAN("no ports"), 1700000000);
	text = answer(ask("GET", "/api/v1/calls/nosuchcall00"));
	assert_int_equal(status_of(text), 404);
	bench_expect(span_str(text), "Its media was lost with the relay, and could not be set up again: no ports");
	text = answer(ask("GET", "/api/v1/calls/nosuchcall01"));
	bench_expect(span_str(text), "No call with this id is in progress");
}

/* Waits until the server has asked the relay. */
static void wait_for(const char *question)
{
	for (int i = 0; i < TURNS && !bench.nasked; i++) {
		turn();
		poll(NULL, 0, 1);
	}
	assert_int_equal(bench.nasked, 1);
	bench_expect(bench.asked[0].text, question);
}

static void wait_for_question(void)
{
	wait_for("7:command5:query");
}

/* One call is answered when the relay said what it knows; if it says nothing, without. */
static void one_call(void **state)
{
	(void)state;
	for (int silent = 0; silent < 2; silent++) {
		char what[64];
		struct call *c;
		json_t *j, *media;
		int fd;

		if (silent) {
			assert_int_equal(close_api(NULL), 0);
			assert_int_equal(open_api(NULL), 0);
		}
		c = a_call(what, sizeof(what));
		fd = ask("GET", what);
		wait_for_question();
		if (silent)
			bench_pass(&bench, 4000);
		else
			bench_relay(&bench, 0, "ok", "");
		j = body_of(answer(fd));
		assert_string_equal(json_string_value(json_object_get(j, "id")), c->id);
		assert_string_equal(json_string_value(json_object_get(j, "state")), "up");
		media = json_object_get(j, "media");
		if (silent)
			assert_true(json_is_null(media));
		else
			assert_string_equal(json_string_value(json_object_get(media, "result")), "ok");
		json_decref(j);
	}
}

static void the_call_ends_meanwhile(void **state)
{
	char what[64];
	int fd;

	(void)state;
	a_call(what, sizeof(what));
	fd = ask("GET", what);
	wait_for_question();
	engine_shutdown(bench.e);
	bench_answer_byes(&bench);
	assert_null(bench.e->calls);
	bench_relay(&bench, 0, "ok", "");
	assert_int_equal(status_of(answer(fd)), 404);
}

static void the_client_goes_away_meanwhile(void **state)
{
	char what[64];

	(void)state;
	a_call(what, sizeof(what));
	close(ask("GET", what));
	for (int i = 0; i < 20; i++)
		turn();
	if (bench.nasked)
		bench_relay(&bench, 0, "ok", "");
	turn();
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/health"))), 200);
}

/* The program ends while a client waits for the relay. */
static void the_server_goes_away_meanwhile(void **state)
{
	char what[64];
	int fd;

	(void)state;
	a_call(what, sizeof(what));
	fd = ask("GET", what);
	wait_for_question();
	api_close(api);
	api = NULL;
	bench_relay(&bench, 0, "ok", "");
	close(fd);
}

static void hanging_up(void **state)
{
	char what[64];
	const char *text;
	json_t *j;

	(void)state;
	a_call(what, sizeof(what));
	text = answer(ask("DELETE", what));
	assert_int_equal(status_of(text), 200);
	j = body_of(text);
	assert_string_equal(json_string_value(json_object_get(j, "state")), "over");
	json_decref(j);
	assert_int_equal(bench_count(&bench, COUNT_CALL_OPERATOR), 1);
	assert_int_equal(bench.nsent, 2);
	for (unsigned i = 0; i < 2; i++)
		bench_expect(bench.sent[i].text, "BYE ");
	assert_int_equal(status_of(answer(ask("DELETE", what))), 404);
	assert_int_equal(status_of(answer(ask("GET", what))), 404);
}

static void relay_says(const char *keys)
{
	struct span asked = bench.asked[0].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

	engine_relay_receive(bench.e, bench_text(&bench, "%.*s d%se", SPAN_ARG(cookie), keys),
			     core_now(&bench.e->core));
}

/* The relay's file is told, or why there is none. */
static void capturing(void **state)
{
	static const struct {
		const char *method, *query, *question;
		const char *answer; /* of the relay; NULL: it says nothing */
		unsigned status;
		const char *key, *value; /* of our answer */
	} cases[] = {
		{ "POST", "", "15:start-recording", "6:result2:ok4:file7:/x/y.pc", 200, "file", "/x/y.pc" },
		{ "POST", "?no-payload", "10:no-payload", "6:result2:ok4:file7:/x/y.pc", 200, "capture", "on" },
		{ "DELETE", "", "14:stop-recording", "6:result2:ok", 200, "capture", "off" },
		{ "POST", "", "15:start-recording", "6:result5:error12:error-reason9:Disk full", 409, "detail",
		  "Disk full." },
		{ "POST", "", "15:start-recording", NULL, 503, "title", "No answer" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char what[64], where[96];
		const char *text;
		json_t *j;
		int fd;

		if (i) {
			assert_int_equal(close_api(NULL), 0);
			assert_int_equal(open_api(NULL), 0);
		}
		a_call(what, sizeof(what));
		snprintf(where, sizeof(where), "%s/capture%s", what, cases[i].query);
		fd = ask(cases[i].method, where);
		wait_for(cases[i].question);
		if (cases[i].answer)
			relay_says(cases[i].answer);
		else
			bench_pass(&bench, 4000);
		text = answer(fd);
		assert_int_equal(status_of(text), cases[i].status);
		j = body_of(text);
		assert_string_equal(json_string_value(json_object_get(j, cases[i].key)), cases[i].value);
		json_decref(j);
	}
}

/* Without media there is nothing to capture, and a page in a browser captures nothing. */
static void not_capturing(void **state)
{
	char what[64], text[256];
	struct call *c;
	int fd, n;

	(void)state;
	c = a_call(what, sizeof(what));
	fd = client();
	n = snprintf(text, sizeof(text),
		     "POST %s/capture HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: http://evil.example\r\n\r\n",
		     what);
	assert_int_equal(send(fd, text, (size_t)n, 0), n);
	assert_int_equal(status_of(answer(fd)), 403);
	c->media = false;
	strcat(what, "/capture");
	assert_int_equal(status_of(answer(ask("POST", what))), 409);
	assert_int_equal(bench.nasked, 0);
	c->media = true;
}

static bool is_disabled(void)
{
	json_t *j = body_of(answer(ask("GET", "/api/v1/trunks")));
	bool is = json_is_true(json_object_get(json_array_get(json_object_get(j, "trunks"), 0), "disabled"));

	json_decref(j);
	return is;
}

/* The operator takes a trunk out of use, and puts it back. */
static void trunk_out_of_use(void **state)
{
	struct trunk_target place;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(status_of(answer(ask("POST", "/api/v1/trunks/carrier/disable"))), 200);
		assert_int_equal(trunks_targets(&bench.e->trunks, 0, &place, 1), 0);
		assert_int_equal(trunks_last_resort(&bench.e->trunks, 0, &place, 1), 0);
		assert_true(is_disabled());
	}
	assert_int_equal(status_of(answer(ask("POST", "/api/v1/trunks/carrier/enable"))), 200);
	assert_false(is_disabled());
	assert_int_equal(trunks_targets(&bench.e->trunks, 0, &place, 1), 1);
}

/* Nor can a web page do that, which the operator's browser happens to show. */
static void not_for_web_pages(void **state)
{
	static const char text[] = "POST /api/v1/trunks/carrier/disable HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
				   "Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n";
	struct trunk_target place;
	int fd = client();

	(void)state;
	assert_int_equal(send(fd, text, sizeof(text) - 1, 0), sizeof(text) - 1);
	assert_int_equal(status_of(answer(fd)), 403);
	assert_int_equal(trunks_targets(&bench.e->trunks, 0, &place, 1), 1);
}

/* Whoever sends too much is refused; the next one is served. */
static void too_much(void **state)
{
	static char large[200000];

	(void)state;
	memset(large, 'x', sizeof(large));
	for (int body = 0; body < 2; body++) {
		int fd = client(), n;
		char head[128];
		const char *text;

		n = body ? snprintf(head, sizeof(head),
				    "POST /api/v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n")
			 : snprintf(head, sizeof(head), "GET /api/v1/health HTTP/1.1\r\nX: ");
		assert_int_equal(send(fd, head, (size_t)n, 0), n);
		assert_true(send(fd, large, 70000, MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
		text = answer(fd);
		if (status_of(text) != 0 && status_of(text) != 413 && status_of(text) != 400)
			fail_msg("%s", text);
		assert_int_equal(status_of(answer(ask("GET", "/api/v1/health"))), 200);
	}
}

/* Only its owner and group may ask. */
static void the_socket_is_not_for_all(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
}

static struct api *another(const char *at)
{
	struct conf_api conf = { .socket = at };

	error[0] = '\0';
	return api_open(&loop, &conf, error, sizeof(error));
}

/* What a killed one left behind is taken over; what somebody listens on, or what is no socket, is left alone. */
static void names_that_are_taken(void **state)
{
	char other[96], too_long[200];
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct api *second;
	FILE *f;
	int fd;

	(void)state;
	assert_null(another(path));
	assert_non_null(strstr(error, "Is another sbc running?"));
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/health"))), 200);

	snprintf(other, sizeof(other), "%s/file", folder);
	f = fopen(other, "we");
	assert_non_null(f);
	fclose(f);
	assert_null(another(other));
	assert_non_null(strstr(error, "no socket"));
	assert_int_equal(unlink(other), 0);

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	memcpy(un.sun_path, other, strlen(other) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	second = another(other);
	assert_non_null(second);
	api_close(second);
	assert_int_equal(access(other, F_OK), -1);

	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[0] = '/';
	too_long[sizeof(too_long) - 1] = '\0';
	assert_null(another(too_long));
	assert_non_null(strstr(error, "longer than a socket path can be"));
	assert_null(another("/nonexistent/folder/api.sock"));
	assert_non_null(strstr(error, "No such file or directory"));
}

static void a_port_that_is_taken(void **state)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct conf_api conf = { 0 };

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&sa, &conf.http), 0);
	assert_null(api_open(&loop, &conf, error, sizeof(error)));
	assert_non_null(strstr(error, "api.http: cannot listen on 127.0.0.1:"));
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_api, close_api)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_path),
		TEST(ready),
		TEST(what_is_not_there),
		TEST(one_call),
		TEST(the_call_ends_meanwhile),
		TEST(the_client_goes_away_meanwhile),
		TEST(the_server_goes_away_meanwhile),
		TEST(a_call_that_was_not_set_up_again),
		TEST(hanging_up),
		TEST(capturing),
		TEST(not_capturing),
		TEST(trunk_out_of_use),
		TEST(not_for_web_pages),
		TEST(too_much),
		TEST(the_socket_is_not_for_all),
		TEST(names_that_are_taken),
		TEST(a_port_that_is_taken),
	};

	signal(SIGPIPE, SIG_IGN); /* as the program does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
