/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/help.h"

#include "alg/conf/type.h"

enum { INDENT = 8, WIDTH = 100 };

static struct span type_of(const struct key *k)
{
	static const struct span kinds[] = {
		[KEY_OBJECT] = { "object", 6 },
		[KEY_NOTED] = { "object", 6 },
		[KEY_MAP] = { "objects by name", 15 },
		[KEY_LIST] = { "list of objects", 15 },
	};

	return k->kind == KEY_VALUE ? span_str(k->type->name) : kinds[k->kind];
}

static void default_write(struct writer *w, const struct key *k)
{
	if (k->required)
		writer_str(w, "required");
	else if (k->preset)
		writer_format(w, "`%s`", k->preset);
	else if (k->otherwise)
		writer_str(w, k->otherwise);
}

/* Without the marks of code. */
static void plain_write(struct writer *w, struct span text)
{
	for (uint32_t i = 0; i < text.n; i++)
		if (text.p[i] != '`')
			writer_byte(w, text.p[i]);
}

/* In lines that fit. */
static void wrapped_write(struct writer *w, struct span text)
{
	uint32_t column = 0, n;

	for (; text.n; text = span_from(text, n + 1)) {
		n = span_find(text, ' ');
		if (column && column + 1 + n > WIDTH - INDENT) {
			writer_byte(w, '\n');
			column = 0;
		}
		writer_format(w, "%*s", column ? 1 : INDENT, "");
		plain_write(w, span_slice(text, 0, n));
		column += 1 + n;
	}
	writer_byte(w, '\n');
}

static void text_write(struct writer *w, const struct key *k)
{
	char unset[128];
	struct writer d = writer_over(unset, sizeof(unset));

	default_write(&d, k);
	writer_format(w, "%s (%.*s)\n", k->path, SPAN_ARG(type_of(k)));
	wrapped_write(w, span_str(k->help));
	if (d.n == 0)
		return;
	writer_format(w, "%*s%s", INDENT, "", k->required ? "" : "default: ");
	plain_write(w, span_of(unset, d.n));
	writer_byte(w, '\n');
}

static void markdown_write(struct writer *w, const struct key *k)
{
	writer_format(w, "| `%s` | %.*s | ", k->path, SPAN_ARG(type_of(k)));
	default_write(w, k);
	writer_format(w, " | %s |\n", k->help);
}

void conf_help(struct writer *w, enum help_format format)
{
	if (format == HELP_MARKDOWN)
		writer_str(w, "| key | type | default | meaning |\n|---|---|---|---|\n");
	for (const struct key *k = schema; k->path; k++) {
		if (format == HELP_MARKDOWN)
			markdown_write(w, k);
		else
			text_write(w, k);
	}
}
