/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/os/configfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg/os/hostaddr.h"

char *configfile_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *text;

	if (!f)
		return NULL;
	text = malloc(CONFIGFILE_MAX);
	*size = text ? fread(text, 1, CONFIGFILE_MAX, f) : 0;
	if (text && (ferror(f) || !feof(f))) {
		free(text);
		text = NULL;
		errno = ferror(f) ? errno : EFBIG;
	}
	fclose(f);
	return text;
}

static void problem_print(void *ctx, const struct conf_problem *p)
{
	char line[1024];
	struct writer w = writer_over(line, sizeof(line));

	conf_problem_write(&w, ctx, p);
	fprintf(stderr, "%.*s\n", (int)w.n, line);
}

struct config *configfile_load(const char *program, const char *path)
{
	size_t size = 0;
	char *text = configfile_read(path, &size);
	struct addr main_address;
	struct config *c;

	if (!text) {
		fprintf(stderr, "%s: cannot read %s: %s\n", program, path, strerror(errno));
		return NULL;
	}
	c = conf_load(span_of(text, size), path, problem_print, (void *)(uintptr_t)path);
	free(text);
	if (!c)
		return NULL;
	hostaddr_find(&main_address);
	if (conf_resolve_auto(c, &main_address) == 0)
		return c;
	fprintf(stderr, "%s: %s: an address \"auto\" collides with another realm here\n", program, path);
	conf_free(c);
	return NULL;
}
