/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apireply.h"

#include "tests/unit/sbc/api/asked.h"

/* Keeps nothing: what is told now may be another thing a moment later. */
static void says(const char *text, const char *status, const char *type)
{
	char line[64];

	assert_int_equal(strncmp(text, status, strlen(status)), 0);
	assert_non_null(strstr(text, "\r\nCache-Control: no-store\r\n"));
	snprintf(line, sizeof(line), "\r\nContent-Type: %s\r\n", type);
	assert_non_null(strstr(text, line));
}

static void with_text(struct evhttp_request *req, void *ctx)
{
	(void)ctx;
	apireply_text(req, HTTP_SERVUNAVAIL, "text/x-test", SPAN("not\0now"));
}

static void with_json(struct evhttp_request *req, void *ctx)
{
	apireply_ok(req, ctx);
}

static void with_problem(struct evhttp_request *req, void *ctx)
{
	(void)ctx;
	apireply_problem(req, APIREPLY_CONFLICT, "Full", "There is \"no\" room.");
}

static void text_goes_out_as_it_is(void **state)
{
	const char *text = asked("/", with_text, NULL), *body = strstr(text, "\r\n\r\n");

	(void)state;
	says(text, "HTTP/1.1 503 ", "text/x-test");
	assert_non_null(strstr(text, "\r\nContent-Length: 7\r\n"));
	assert_memory_equal(body + 4, "not\0now", 8);
}

static void json_is_taken(void **state)
{
	json_t *j = json_pack("{s:i}", "n", 1);
	const char *text;

	(void)state;
	json_incref(j);
	text = asked("/", with_json, j);
	says(text, "HTTP/1.1 200 ", "application/json");
	assert_string_equal(strstr(text, "\r\n\r\n") + 4, "{\n  \"n\": 1\n}");
	assert_int_equal(j->refcount, 1);
	json_decref(j);
}

/* What could not be made for want of memory. */
static void no_json(void **state)
{
	(void)state;
	assert_int_equal(strncmp(asked("/", with_json, NULL), "HTTP/1.1 500 ", 13), 0);
}

/* RFC 9457 3.1. */
static void why_not(void **state)
{
	const char *text = asked("/", with_problem, NULL);
	json_t *j = json_loads(strstr(text, "\r\n\r\n") + 4, 0, NULL);

	(void)state;
	says(text, "HTTP/1.1 409 ", "application/problem+json");
	assert_string_equal(json_string_value(json_object_get(j, "type")), "about:blank");
	assert_string_equal(json_string_value(json_object_get(j, "title")), "Full");
	assert_int_equal(json_integer_value(json_object_get(j, "status")), 409);
	assert_string_equal(json_string_value(json_object_get(j, "detail")), "There is \"no\" room.");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_goes_out_as_it_is),
		cmocka_unit_test(json_is_taken),
		cmocka_unit_test(no_json),
		cmocka_unit_test(why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
