/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/print.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 256, COLUMN_MAX = 64, SENTENCE_MAX = 1024, PATH_MAX_BYTES = 256 };

/* Controls; and what changes the order of the characters around it, or cannot be seen. */
static const struct {
	uint32_t first, last;
} steering[] = {
	{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x61c, 0x61c },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

/* The number of the character at s (not its end). Returns its bytes; 0: it is no UTF-8. */
static int character(const char *s, uint32_t *code)
{
	unsigned char c = (unsigned char)*s;
	int n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	*code = n == 1 ? c : c & (0x7fU >> n);
	for (int i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return n;
}

static bool is_steering(uint32_t code)
{
	for (size_t i = 0; i < sizeof(steering) / sizeof(steering[0]); i++)
		if (code >= steering[i].first && code <= steering[i].last)
			return true;
	return false;
}

/* Puts a '?' for each character that would steer a terminal, and for each byte of what is none. */
static void defuse(char *s)
{
	char *to = s;

	while (*s) {
		uint32_t code;
		int n = character(s, &code);

		if (n == 0 || is_steering(code)) {
			*to++ = '?';
			s += n ? n : 1;
			continue;
		}
		memmove(to, s, (size_t)n);
		to += n;
		s += n;
	}
	*to = '\0';
}

/* What a terminal shows of s: characters, not bytes. */
static int width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* The member of that name, or the element of that number. */
static const json_t *below(const json_t *v, const char *name)
{
	char *end;
	size_t i;

	if (!json_is_array(v))
		return json_object_get(v, name);
	i = strtoul(name, &end, 10);
	return *name && !*end ? json_array_get(v, i) : NULL;
}

/* What "a.realm" or "peers.0.host" leads to; NULL where there is nothing. A name may hold dots itself. */
static const json_t *member(const json_t *v, const char *path)
{
	char name[PATH_MAX_BYTES];
	const json_t *found = below(v, path);

	for (const char *dot = strchr(path, '.'); dot && !found; dot = strchr(dot + 1, '.')) {
		snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
		if (below(v, name))
			found = member(below(v, name), dot + 1);
	}
	return found;
}

/* What does not fit ends in dots. */
static void append(char cell[CELL_MAX], const char *s)
{
	size_t n = strlen(cell);

	if ((size_t)snprintf(cell + n, CELL_MAX - n, "%s", s) >= CELL_MAX - n)
		strcpy(cell + CELL_MAX - 4, "...");
}

static void seconds_write(double s, char cell[CELL_MAX])
{
	long long all = (long long)s;

	if (all >= 3600)
		snprintf(cell, CELL_MAX, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
	else
		snprintf(cell, CELL_MAX, "%lld:%02lld", all / 60, all % 60);
}

/* Fit to be shown as hours, minutes and seconds. */
static bool is_duration(const json_t *v)
{
	return json_is_number(v) && json_number_value(v) >= 0 && json_number_value(v) < 1e12;
}

static void scalar_write(const json_t *v, char cell[CELL_MAX])
{
	char *text;

	if (!v || json_is_null(v)) {
		append(cell, "-");
		return;
	}
	if (json_is_string(v)) {
		append(cell, json_string_value(v));
		return;
	}
	text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
	append(cell, text ? text : "?");
	free(text);
}

static void cell_write(const json_t *v, enum print_kind kind, char cell[CELL_MAX])
{
	const json_t *element;
	size_t i;

	cell[0] = '\0';
	if (kind == PRINT_SECONDS && is_duration(v)) {
		seconds_write(json_number_value(v), cell);
	} else if (json_is_array(v)) {
		json_array_foreach((json_t *)v, i, element)
		{
			append(cell, i ? ", " : "");
			scalar_write(element, cell);
		}
	} else {
		scalar_write(v, cell);
	}
	defuse(cell);
}

/* Titles may come from the answer, too. */
static void title_write(const char *title, char cell[CELL_MAX])
{
	cell[0] = '\0';
	append(cell, title);
	defuse(cell);
}

static void cell_print(const char *cell, int to, bool last)
{
	printf("%s%*s", cell, last ? 0 : to - width(cell) + 2, "");
}

static void row_print(const json_t *row, const struct print_column *columns, const int *widths)
{
	char cell[CELL_MAX];

	for (int i = 0; columns[i].title; i++) {
		cell_write(member(row, columns[i].path), columns[i].kind, cell);
		cell_print(cell, widths[i], !columns[i + 1].title);
	}
	putchar('\n');
}

static bool has_any(const json_t *rows, const struct print_column *column)
{
	const json_t *row;
	size_t n;

	json_array_foreach((json_t *)rows, n, row)
	{
		const json_t *v = member(row, column->path);

		if (v && !json_is_null(v))
			return true;
	}
	return false;
}

void print_table(const json_t *rows, const struct print_column *all)
{
	struct print_column columns[COLUMN_MAX + 1] = { 0 };
	int widths[COLUMN_MAX + 1] = { 0 }, shown = 0;
	char cell[CELL_MAX];
	const json_t *row;
	size_t n;

	for (; all->title && shown < COLUMN_MAX; all++)
		if (all->kind != PRINT_SELDOM || has_any(rows, all))
			columns[shown++] = *all;

	for (int i = 0; columns[i].title; i++) {
		title_write(columns[i].title, cell);
		widths[i] = width(cell);
		json_array_foreach((json_t *)rows, n, row)
		{
			cell_write(member(row, columns[i].path), columns[i].kind, cell);
			if (width(cell) > widths[i])
				widths[i] = width(cell);
		}
	}
	for (int i = 0; columns[i].title; i++) {
		title_write(columns[i].title, cell);
		cell_print(cell, widths[i], !columns[i + 1].title);
	}
	putchar('\n');
	json_array_foreach((json_t *)rows, n, row) row_print(row, columns, widths);
}

void print_table_each(const json_t *rows, const char *list, const struct print_column *columns)
{
	json_t *lines = json_array(), *element;
	const json_t *row;
	size_t i, k;

	json_array_foreach((json_t *)rows, i, row)
	{
		json_array_foreach(json_object_get(row, list), k, element)
		{
			json_t *line = json_copy((json_t *)row);

			json_object_set(line, list, element);
			json_array_append_new(lines, line);
		}
	}
	print_table(lines, columns);
	json_decref(lines);
}

/* Told every value below v that has nothing below itself; a list of plain values is one. */
typedef void leaf_fn(void *ctx, const char *path, const json_t *v);

struct walk {
	leaf_fn *each;
	void *ctx;
};

static bool has_below(const json_t *v)
{
	const json_t *element;
	size_t i;

	json_array_foreach((json_t *)v, i, element)
	{
		if (json_is_object(element) || json_is_array(element))
			return true;
	}
	return json_is_object(v);
}

static void leaves(const struct walk *w, const char *path, const json_t *v);

static void leaves_of(const struct walk *w, const char *path, const char *name, const json_t *v)
{
	char whole[PATH_MAX_BYTES];

	snprintf(whole, sizeof(whole), "%s%s%s", path, path[0] ? "." : "", name);
	leaves(w, whole, v);
}

static void leaves(const struct walk *w, const char *path, const json_t *v)
{
	const char *key;
	char number[24];
	json_t *m;
	size_t i;

	if (!has_below(v)) {
		w->each(w->ctx, path, v);
		return;
	}
	json_object_foreach((json_t *)v, key, m) leaves_of(w, path, key, m);
	json_array_foreach((json_t *)v, i, m)
	{
		snprintf(number, sizeof(number), "%zu", i);
		leaves_of(w, path, number, m);
	}
}

struct titles {
	char text[COLUMN_MAX][PATH_MAX_BYTES];
	int n;
};

static void title_add(void *ctx, const char *path, const json_t *v)
{
	struct titles *t = ctx;

	if (json_is_array(v) && json_array_size(v) == 0)
		return; /* in other rows there may be objects in it, with columns of their own */
	for (int i = 0; i < t->n; i++)
		if (strcmp(t->text[i], path) == 0)
			return;
	if (t->n < COLUMN_MAX)
		snprintf(t->text[t->n++], PATH_MAX_BYTES, "%s", path);
}

void print_table_all(const json_t *rows)
{
	struct print_column columns[COLUMN_MAX + 1] = { 0 };
	struct titles titles = { .n = 0 };
	const struct walk walk = { title_add, &titles };
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row) leaves(&walk, "", row);
	for (int c = 0; c < titles.n; c++)
		columns[c] = (struct print_column){ titles.text[c], titles.text[c], PRINT_PLAIN };
	print_table(rows, columns);
}

static void leaf_measure(void *ctx, const char *path, const json_t *v)
{
	char label[CELL_MAX];
	int *widest = ctx;

	(void)v;
	title_write(path, label);
	if (width(label) > *widest)
		*widest = width(label);
}

static void leaf_print(void *ctx, const char *path, const json_t *v)
{
	char cell[CELL_MAX];

	title_write(path, cell);
	cell_print(cell, *(int *)ctx, false);
	cell_write(v, PRINT_PLAIN, cell);
	printf("%s\n", cell);
}

void print_list(const json_t *object)
{
	int widest = 0;
	const struct walk measure = { leaf_measure, &widest }, print = { leaf_print, &widest };

	leaves(&measure, "", object);
	leaves(&print, "", object);
}

void print_text(FILE *to, const char *s)
{
	char cell[CELL_MAX];

	title_write(s, cell);
	fputs(cell, to);
}

void print_sentence(FILE *to, const char *s)
{
	char text[SENTENCE_MAX];

	snprintf(text, sizeof(text), "%s", s);
	defuse(text);
	fprintf(to, "%s\n", text);
}
