/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alg/conf/config.h"
#include "alg/conf/help.h"

enum { CONFIG_MAX = 16 << 20, LINE_MAX_BYTES = 2048 };

struct sheet {
	const char *file;
	unsigned n;
};

static void tell(void *ctx, const struct conf_problem *p)
{
	struct sheet *sheet = ctx;
	char line[LINE_MAX_BYTES];
	struct writer w = writer_over(line, sizeof(line));

	conf_problem_write(&w, sheet->file, p);
	printf("%.*s\n", (int)w.n, line);
	sheet->n++;
}

/* The file's bytes, to be freed; absent, with a message, when that fails. */
static struct span read_file(const char *file)
{
	FILE *f = fopen(file, "r");
	char *text = f ? malloc(CONFIG_MAX) : NULL;
	size_t n;

	if (!text) {
		fprintf(stderr, "sbcctl: cannot read %s: %s\n", file, strerror(errno));
		if (f)
			fclose(f);
		return (struct span){ 0 };
	}
	n = fread(text, 1, CONFIG_MAX, f);
	if (ferror(f) || n == CONFIG_MAX) {
		fprintf(stderr, "sbcctl: cannot read %s: %s\n", file, ferror(f) ? strerror(errno) : "it is too large");
		free(text);
		text = NULL;
	}
	fclose(f);
	return span_of(text, text ? n : 0);
}

int check_config(const char *file)
{
	struct sheet sheet = { .file = file };
	struct span text = read_file(file);
	struct config *c;
	int status;

	if (!span_is_set(text))
		return 1;
	c = conf_load(text, file, tell, &sheet);
	if (c)
		printf("%s: sound: %u realm%s, %u trunk%s, %u route%s\n", file, c->nrealm, c->nrealm == 1 ? "" : "s",
		       c->ntrunk, c->ntrunk == 1 ? "" : "s", c->nroute, c->nroute == 1 ? "" : "s");
	else
		printf("%u problem%s\n", sheet.n, sheet.n == 1 ? "" : "s");
	status = c ? 0 : 1;
	conf_free(c);
	free((char *)(uintptr_t)text.p);
	return status;
}

int check_keys(int markdown)
{
	char *text = malloc(HELP_SIZE_MAX);
	struct writer w = writer_over(text, text ? HELP_SIZE_MAX : 0);

	conf_help(&w, markdown ? HELP_MARKDOWN : HELP_TEXT);
	fwrite(text, 1, w.n, stdout);
	free(text);
	return w.failed;
}
