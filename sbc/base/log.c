/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Bytes of the UTF-8 character at p, 0 where there is none. Its shape is enough here: what a terminal acts upon are the
 * bytes below blank, DEL, and 0x80 to 0x9f, as bytes or as characters (C2 80 to C2 9F). */
static unsigned char_len(const unsigned char *p)
{
	unsigned n = p[0] < 0x80                   ? 1
		     : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
		     : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
		     : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
						   : 0;

	for (unsigned i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (p[0] < 0x20 || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0))
		return 0;
	return n;
}

/* What a stranger sent may be in the line: no line breaks, no escape sequences. */
static void make_harmless(char *line)
{
	while (*line) {
		unsigned n = char_len((const unsigned char *)line);

		if (n == 0)
			*line = '?';
		line += n ? n : 1;
	}
}

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
	make_harmless(line);
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
