/* SPDX-License-Identifier: BSD-3-Clause */
/* config_files.h: reading the configuration files that tests look at. Tests run in the top folder of the tree. */
#ifndef NATSBC_TESTS_CONFIG_FILES_H
#define NATSBC_TESTS_CONFIG_FILES_H

#include <stdio.h>

#include "alg/conf/config.h"

enum { CONFIG_FILE_MAX = 1 << 20 };

/* The bytes of the file in buf; absent where it cannot be read or is too large. */
static inline struct span config_file_read(const char *path, char buf[CONFIG_FILE_MAX])
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return (struct span){ 0 };
	n = fread(buf, 1, CONFIG_FILE_MAX, f);
	fclose(f);
	return n < CONFIG_FILE_MAX ? span_of(buf, n) : (struct span){ 0 };
}

/* A conf_report_fn: appends "FILE:LINE:COLUMN: PATH: TEXT\n" to the sheet. */
struct config_sheet {
	const char *file;
	struct writer w;
};

static inline void config_sheet_add(void *ctx, const struct conf_problem *p)
{
	struct config_sheet *sheet = ctx;

	conf_problem_write(&sheet->w, sheet->file, p);
	writer_byte(&sheet->w, '\n');
}

#endif
