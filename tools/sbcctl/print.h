/* SPDX-License-Identifier: BSD-3-Clause */
/* print.h: JSON from the API as tables and lists for people. Texts in it may come from strangers' phones: characters
 * that would steer a terminal are shown as '?'. */
#ifndef NATSBC_SBCCTL_PRINT_H
#define NATSBC_SBCCTL_PRINT_H

#include <jansson.h>
#include <stdio.h>

enum print_kind { PRINT_PLAIN, PRINT_SECONDS /* as 1:02:03 */, PRINT_SELDOM /* only where a row has it */ };

/* One column, ended by title NULL. */
struct print_column {
	const char *title;
	const char *path; /* "a.realm", "peers.0.host" */
	enum print_kind kind;
};

/* rows: an array of objects. */
void print_table(const json_t *rows, const struct print_column *columns);

/* With a line for each element of the list that a row has as the member of that name; columns see the element there. */
void print_table_each(const json_t *rows, const char *list, const struct print_column *columns);

/* With a column for each member that any row has, nested ones as above. */
void print_table_all(const json_t *rows);

/* One line for each member, nested ones as above. */
void print_list(const json_t *object);

/* A text that may be long or hostile. */
void print_text(FILE *to, const char *s);

/* The same, longer, and a line end. */
void print_sentence(FILE *to, const char *s);

#endif
