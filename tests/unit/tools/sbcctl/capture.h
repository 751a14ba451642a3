/* SPDX-License-Identifier: BSD-3-Clause */
/* capture.h: what a function prints on standard output, as a text. */
#ifndef NATSBC_TESTS_CAPTURE_H
#define NATSBC_TESTS_CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct capture {
	FILE *real;
	char *text; /* once ended: NUL-terminated, freed with free() */
	size_t n;
};

/* Nothing may be asserted before capture_end(): cmocka would print into the text. */
static inline void capture_begin(struct capture *c)
{
	fflush(stdout);
	c->real = stdout;
	stdout = open_memstream(&c->text, &c->n);
	if (!stdout)
		abort();
}

static inline void capture_end(struct capture *c)
{
	fclose(stdout);
	stdout = c->real;
}

#endif
