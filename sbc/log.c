/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void log_line(const struct log *l, enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	if (level > l->level || !l->write)
		return;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	/* What a stranger sent may be in here: no line breaks, no escape sequences. */
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	l->write(l->ctx, level, line);
}

void log_to_stderr(void *ctx, enum log_level level, const char *line)
{
	static const char *const word[] = { "error", "warning", "info", "debug" };
	static const int priority[] = { 3, 4, 6, 7 }; /* sd-daemon(3) */

	(void)ctx;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "sbc %s: %s\n", word[level], line);
	else
		fprintf(stderr, "<%d>sbc %s: %s\n", priority[level], word[level], line);
}
