/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/print.h"

#include <string.h>

#include "tests/unit/tools/sbcctl/capture.h"

static const struct print_column columns[] = {
	{ "ID", "id", PRINT_PLAIN },        { "A PEER", "a.peer", PRINT_PLAIN }, { "TIME", "s", PRINT_SECONDS },
	{ "ERROR", "error", PRINT_SELDOM }, { NULL, NULL, PRINT_PLAIN },
};

static void print_columns(const json_t *v)
{
	print_table(v, columns);
}

struct print_case {
	const char *name, *json, *expected;
};

static void cases_run(void (*print)(const json_t *v), const struct print_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *v = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct capture c;

		print_message("%s\n", cases[i].name);
		assert_non_null(v);
		capture_begin(&c);
		print(v);
		capture_end(&c);
		assert_string_equal(c.text, cases[i].expected);
		free(c.text);
		json_decref(v);
	}
}

#define CASES_RUN(print, cases) cases_run(print, cases, sizeof(cases) / sizeof((cases)[0]))

static void tables(void **state)
{
	static const struct print_case cases[] = {
		{ "as wide as the widest",
		  "[{\"id\":\"longer than "
		  "ID\",\"a\":{\"peer\":\"x\"},\"s\":5},{\"id\":1,\"a\":{\"peer\":\"yy\"},\"s\":6}]",
		  "ID              A PEER  TIME\n"
		  "longer than ID  x       0:05\n"
		  "1               yy      0:06\n" },
		{ "what is not there", "[{\"id\":null},{\"a\":7},[],\"text\"]",
		  "ID  A PEER  TIME\n-   -       -\n-   -       -\n-   -       -\n-   -       -\n" },
		{ "a name with a dot in it", "[{\"a.peer\":\"whole\",\"a\":{\"peer\":\"parts\"}}]",
		  "ID  A PEER  TIME\n-   whole   -\n" },
		{ "lists", "[{\"id\":[1,\"b\",null,true],\"a\":{\"peer\":[]}}]",
		  "ID             A PEER  TIME\n1, b, -, true          -\n" },
		{ "a column that only some rows need", "[{\"id\":1},{\"id\":2,\"error\":\"it is broken\"}]",
		  "ID  A PEER  TIME  ERROR\n1   -       -     -\n2   -       -     it is broken\n" },
		{ "nor rows that say that there is none", "[{\"id\":1,\"error\":null}]",
		  "ID  A PEER  TIME\n1   -       -\n" },
		{ "no rows", "[]", "ID  A PEER  TIME\n" },
		{ "characters are counted, not bytes", "[{\"id\":\"J\\u00f6rg \\u20ac\",\"s\":1}]",
		  "ID      A PEER  TIME\nJ\u00f6rg \u20ac  -       0:01\n" },
	};

	(void)state;
	CASES_RUN(print_columns, cases);
}

static void seconds(void **state)
{
	static const struct print_case cases[] = {
		{ "none", "[{\"s\":0}]", "ID  A PEER  TIME\n-   -       0:00\n" },
		{ "below an hour", "[{\"s\":3599.9}]", "ID  A PEER  TIME\n-   -       59:59\n" },
		{ "an hour", "[{\"s\":3600}]", "ID  A PEER  TIME\n-   -       1:00:00\n" },
		{ "days", "[{\"s\":360061}]", "ID  A PEER  TIME\n-   -       100:01:01\n" },
		{ "below zero", "[{\"s\":-5}]", "ID  A PEER  TIME\n-   -       -5\n" },
		{ "more than can be", "[{\"s\":1e300}]", "ID  A PEER  TIME\n-   -       1e300\n" },
		{ "a text", "[{\"s\":\"soon\"}]", "ID  A PEER  TIME\n-   -       soon\n" },
	};

	(void)state;
	CASES_RUN(print_columns, cases);
}

static void tables_of_all(void **state)
{
	static const struct print_case cases[] = {
		{ "a column for each member that any row has", "[{\"b\":1,\"a\":2},{\"c\":3}]",
		  "b  a  c\n1  2  -\n-  -  3\n" },
		{ "nested", "[{\"n\":{\"x\":{\"y\":1}},\"l\":[\"p\",\"q\"]}]", "n.x.y  l\n1      p, q\n" },
		{ "lists of objects, each by its number",
		  "[{\"peers\":[{\"host\":\"h1\",\"up\":true},{\"host\":\"h2\"}]},{\"peers\":[]}]",
		  "peers.0.host  peers.0.up  peers.1.host\n"
		  "h1            true        h2\n"
		  "-             -           -\n" },
		{ "names with dots", "[{\"voice.example\":{\"x.y\":{\"z\":1}}}]", "voice.example.x.y.z\n1\n" },
		{ "a number that is no number", "[{\"l\":[[1]],\"l.x\":2}]", "l.0  l.x\n1    2\n" },
		{ "no rows", "[]", "\n" },
		{ "rows without members", "[{}]", "\n\n" },
	};

	(void)state;
	CASES_RUN(print_table_all, cases);
}

static void print_peers(const json_t *v)
{
	static const struct print_column peers[] = { { "NAME", "name", PRINT_PLAIN },
						     { "PEER", "peers.host", PRINT_PLAIN },
						     { NULL, NULL, PRINT_PLAIN } };

	print_table_each(v, "peers", peers);
}

static void tables_of_each(void **state)
{
	static const struct print_case cases[] = {
		{ "a line for each element",
		  "[{\"name\":\"t\",\"peers\":[{\"host\":\"h1\"},{\"host\":\"h2\"}]},"
		  "{\"name\":\"u\",\"peers\":[{\"host\":\"h3\"}]}]",
		  "NAME  PEER\nt     h1\nt     h2\nu     h3\n" },
		{ "no element, no list, no object", "[{\"name\":\"t\",\"peers\":[]},{\"name\":\"u\"},5]",
		  "NAME  PEER\n" },
		{ "elements that are no objects", "[{\"name\":\"t\",\"peers\":[null,\"x\"]}]",
		  "NAME  PEER\nt     -\nt     -\n" },
	};

	(void)state;
	CASES_RUN(print_peers, cases);
}

static void lists(void **state)
{
	static const struct print_case cases[] = {
		{ "one line each", "{\"state\":\"up\",\"calls\":3,\"share\":0.25}",
		  "state  up\ncalls  3\nshare  0.25\n" },
		{ "nested", "{\"a\":{\"realm\":\"lan\",\"none\":null},\"long name\":[1,2]}",
		  "a.realm    lan\na.none     -\nlong name  1, 2\n" },
		{ "each stream of a call", "{\"media\":[{\"streams\":[{\"port\":1},{\"port\":2}]}]}",
		  "media.0.streams.0.port  1\nmedia.0.streams.1.port  2\n" },
		{ "nothing", "{}", "" },
		{ "no object", "5", "  5\n" },
	};

	(void)state;
	CASES_RUN(print_list, cases);
}

/* What a stranger may put into a User-Agent or a tag. */
static void hostile(void **state)
{
	static const struct print_case cases[] = {
		{ "escape", "{\"k\":\"a\\u001b[2Jb\"}", "k  a?[2Jb\n" },
		{ "line ends and tabs", "{\"k\":\"a\\r\\n\\tb\"}", "k  a???b\n" },
		{ "bell, backspace, DEL", "{\"k\":\"\\u0007\\b\\u007f\"}", "k  ???\n" },
		{ "C1", "{\"k\":\"a\\u009b2Jb\"}", "k  a?2Jb\n" },
		{ "the last of C1, and the first that is harmless", "{\"k\":\"\\u009f\\u00a1\"}", "k  ?\u00a1\n" },
		{ "writing backwards", "{\"k\":\"\\u202egnp.exe\\u2066\"}", "k  ?gnp.exe?\n" },
		{ "what cannot be seen", "{\"k\":\"a\\u200bb\\ufeff\\udb40\\udc41\"}", "k  a?b??\n" },
		{ "line separator", "{\"k\":\"a\\u2028b\"}", "k  a?b\n" },
		{ "beyond the first plane", "{\"k\":\"\\ud83d\\ude00\"}", "k  \U0001f600\n" },
		{ "in a name", "{\"\\u001b]0;x\\u0007\":1}", "?]0;x?  1\n" },
		{ "in a list", "{\"k\":[\"\\u001b\",\"\\n\"]}", "k  ?, ?\n" },
		{ "a percent sign", "{\"k%n\":\"%s%n\"}", "k%n  %s%n\n" },
	};
	static const struct print_case rows[] = {
		{ "in a title", "[{\"\\u001b[1m\":\"\\u001b[0m\"}]", "?[1m\n?[0m\n" },
	};

	(void)state;
	CASES_RUN(print_list, cases);
	CASES_RUN(print_table_all, rows);
}

/* One character more than fits: the text ends in dots, and no character is cut in two without a mark. */
static void long_texts(void **state)
{
	static const struct {
		const char *name, *unit;
		size_t units, bytes;
		const char *end;
	} cases[] = {
		{ "fits", "x", 255, 255, "xxx" },
		{ "does not fit", "x", 256, 255, "x..." },
		{ "far too long", "x", 100000, 255, "x..." },
		{ "two bytes each", "\u00f6", 200, 255, "\u00f6..." },
		{ "three bytes each", "\u20ac", 100, 255, "\u20ac..." },
		{ "four bytes each, the last cut", "\U0001f600", 64, 255, "..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t one = strlen(cases[i].unit), all = one * cases[i].units;
		char *text = malloc(all + 1), *out;
		struct capture c;
		json_t *v;

		assert_non_null(text);
		for (size_t k = 0; k < cases[i].units; k++)
			memcpy(text + k * one, cases[i].unit, one + 1);
		v = json_pack("{s:s}", "k", text);
		print_message("%s\n", cases[i].name);
		assert_non_null(v);
		capture_begin(&c);
		print_list(v);
		capture_end(&c);
		assert_memory_equal(c.text, "k  ", 3);
		out = c.text + 3;
		out[strcspn(out, "\n")] = '\0';
		assert_true(strlen(out) <= cases[i].bytes);
		assert_string_equal(out + strlen(out) - strlen(cases[i].end), cases[i].end);
		free(c.text);
		free(text);
		json_decref(v);
	}
}

/* As deep as the parser lets it be, and more members than there can be columns. */
static void deep_and_wide(void **state)
{
	enum { DEEP = 2000, WIDE = 200 };
	char *text = malloc(DEEP * 8);
	json_t *deep, *wide = json_object();
	struct capture c;
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < DEEP; i++)
		n += (size_t)sprintf(text + n, "{\"k\":");
	text[n++] = '1';
	memset(text + n, '}', DEEP);
	text[n + DEEP] = '\0';
	deep = json_loads(text, 0, NULL);
	assert_non_null(deep);
	for (int i = 0; i < WIDE; i++) {
		char name[16];

		sprintf(name, "m%d", i);
		json_object_set_new(wide, name, json_integer(i));
	}
	json_object_set_new(wide, "deep", deep);
	wide = json_pack("[o]", wide);
	capture_begin(&c);
	print_table_all(wide);
	print_list(json_array_get(wide, 0));
	capture_end(&c);
	assert_memory_equal(c.text, "m0  m1  m2  ", 12);
	assert_non_null(strstr(c.text, "\nm199 "));
	free(c.text);
	free(text);
	json_decref(wide);
}

static void texts(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = { { "", "" }, { "No such call", "No such call" }, { "\033[31m\xff\xc3", "?[31m??" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture c;

		capture_begin(&c);
		print_text(stdout, cases[i].in);
		capture_end(&c);
		assert_string_equal(c.text, cases[i].expected);
		free(c.text);
	}
}

static void sentences(void **state)
{
	struct capture c;
	char longer[3000];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	capture_begin(&c);
	print_sentence(stdout, "What \033[31m it\nis.");
	print_sentence(stdout, longer);
	capture_end(&c);
	assert_memory_equal(c.text, "What ?[31m it?is.\nxxx", 21);
	assert_in_range(strlen(c.text), 500, 1100);
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),         cmocka_unit_test(seconds),       cmocka_unit_test(tables_of_all),
		cmocka_unit_test(tables_of_each), cmocka_unit_test(lists),         cmocka_unit_test(hostile),
		cmocka_unit_test(long_texts),     cmocka_unit_test(deep_and_wide), cmocka_unit_test(texts),
		cmocka_unit_test(sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
