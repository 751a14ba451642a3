/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/print.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 256, COLUMN_MAX = 32, PATH_MAX_BYTES = 128 };

/* C0, DEL, and C1 as UTF-8 writes it. */
static void defuse(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			*p = '?';
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}

/* What a terminal shows of s: characters, not bytes. */
static int width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* The member that "a.realm" leads to; NULL where there is none. A name may hold dots itself. */
static const json_t *member(const json_t *v, const char *path)
{
	char name[PATH_MAX_BYTES];
	const char *dot = strchr(path, '.');
	const json_t *whole = json_object_get(v, path);

	if (whole || !dot)
		return whole;
	snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
	return member(json_object_get(v, name), dot + 1);
}

static void append(char cell[CELL_MAX], const char *s)
{
	size_t n = strlen(cell);

	snprintf(cell + n, CELL_MAX - n, "%s", s);
}

static void seconds_write(double s, char cell[CELL_MAX])
{
	long long all = (long long)s;

	if (all >= 3600)
		snprintf(cell, CELL_MAX, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
	else
		snprintf(cell, CELL_MAX, "%lld:%02lld", all / 60, all % 60);
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
	if (kind == PRINT_SECONDS && json_is_number(v)) {
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

void print_table(const json_t *rows, const struct print_column *columns)
{
	int widths[COLUMN_MAX + 1];
	char cell[CELL_MAX];
	const json_t *row;
	size_t n;

	for (int i = 0; columns[i].title; i++) {
		widths[i] = width(columns[i].title);
		json_array_foreach((json_t *)rows, n, row)
		{
			cell_write(member(row, columns[i].path), columns[i].kind, cell);
			if (width(cell) > widths[i])
				widths[i] = width(cell);
		}
	}
	for (int i = 0; columns[i].title; i++)
		cell_print(columns[i].title, widths[i], !columns[i + 1].title);
	putchar('\n');
	json_array_foreach((json_t *)rows, n, row) row_print(row, columns, widths);
}

/* Calls each(ctx, path, value) for every value below v that is not an object itself. */
typedef void leaf_fn(void *ctx, const char *path, const json_t *v);

static void leaves(const json_t *v, const char *path, leaf_fn *each, void *ctx)
{
	char below[PATH_MAX_BYTES];
	const char *key;
	json_t *m;

	if (!json_is_object(v)) {
		each(ctx, path, v);
		return;
	}
	json_object_foreach((json_t *)v, key, m)
	{
		snprintf(below, sizeof(below), "%s%s%s", path, path[0] ? "." : "", key);
		leaves(m, below, each, ctx);
	}
}

struct titles {
	char text[COLUMN_MAX][PATH_MAX_BYTES];
	int n;
};

static void title_add(void *ctx, const char *path, const json_t *v)
{
	struct titles *t = ctx;

	(void)v;
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
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row) leaves(row, "", title_add, &titles);
	for (int c = 0; c < titles.n; c++)
		columns[c] = (struct print_column){ titles.text[c], titles.text[c], PRINT_PLAIN };
	print_table(rows, columns);
}

static void leaf_measure(void *ctx, const char *path, const json_t *v)
{
	int *widest = ctx;

	(void)v;
	if (width(path) > *widest)
		*widest = width(path);
}

static void leaf_print(void *ctx, const char *path, const json_t *v)
{
	char cell[CELL_MAX];

	cell_write(v, PRINT_PLAIN, cell);
	cell_print(path, *(int *)ctx, false);
	printf("%s\n", cell);
}

void print_list(const json_t *object)
{
	int widest = 0;

	leaves(object, "", leaf_measure, &widest);
	leaves(object, "", leaf_print, &widest);
}
