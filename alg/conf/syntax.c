/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/syntax.h"

#include <string.h>

struct span syntax_text(struct span file)
{
	return span_from(file, span_starts(file, SPAN("\xef\xbb\xbf")) ? 3 : 0);
}

/* Where the piece begins that the parser stumbled over: it says "… near 'PIECE'", and how far it has read. */
static uint32_t piece_begin(struct span text, const json_error_t *error)
{
	uint32_t at = error->position < 0 ? 0 : (uint32_t)error->position;
	const char *near = strstr(error->text, " near '"), *end = strrchr(error->text, '\'');
	uint32_t n = near ? (uint32_t)(end - near - strlen(" near '")) : 0;

	at = at < text.n ? at : text.n;
	return n <= at ? at - n : 0;
}

/* The last byte before `at` that is not blank; NUL where there is none. */
static char before(struct span text, uint32_t at)
{
	while (at && strchr(" \t\r\n", text.p[at - 1]))
		at--;
	return at ? text.p[at - 1] : '\0';
}

static const char *grammar_hint(struct span text, const json_error_t *error)
{
	uint32_t at = piece_begin(text, error);
	char c = at < text.n ? text.p[at] : '\0', last = before(text, at);

	if (c == '/' || c == '#')
		return ". A comment is a member: \"//\": \"text\",";
	if (c == '\'')
		return ". Texts and keys stand between \" and \"";
	if ((c == '}' || c == ']') && last == ',')
		return ". No comma stands behind the last member";
	if ((c == '"' || c == '{' || c == '[') && last != ',' && last != ':' && last != '{' && last != '[')
		return ". A comma is missing before it";
	if (strstr(error->text, "invalid escape"))
		return ". Each backslash of an expression is written twice: \"^\\\\+49\"";
	return "";
}

const char *syntax_hint(struct span text, const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_premature_end_of_input:
		return before(text, text.n) ? ". A } or ] is missing above" : ". The file is empty";
	case json_error_duplicate_key:
		return ". A key, or a name, is there once in its { }";
	case json_error_invalid_utf8:
		return ". The file must be UTF-8";
	case json_error_invalid_syntax:
		return grammar_hint(text, error);
	default:
		return "";
	}
}
