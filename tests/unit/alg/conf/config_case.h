/* SPDX-License-Identifier: BSD-3-Clause */
/* config_case.h: tables of {JSON text, what conf_load says of it}. */
#ifndef NATSBC_TESTS_CONFIG_CASE_H
#define NATSBC_TESTS_CONFIG_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/conf/config.h"
#include "tests/unit/guard.h"

struct config_case {
	const char *json;
	const char *says; /* "PATH: TEXT" of each problem, with "; " between; "" where there is none */
};

struct config_says {
	char text[4096];
	struct writer w;
};

static inline void config_case_report(void *ctx, const struct conf_problem *p)
{
	struct config_says *says = ctx;

	writer_format(&says->w, "%s%s%s%s", says->w.n ? "; " : "", p->path, p->path[0] ? ": " : "", p->text);
}

/* Around each text stand before and after: one key is tried in an otherwise sound configuration. */
static inline void config_cases_run(const struct config_case *cases, size_t n, const char *before, const char *after)
{
	for (size_t i = 0; i < n; i++) {
		struct config_says says = { .w = { 0 } };
		char text[4096];
		int len = snprintf(text, sizeof(text), "%s%s%s", before, cases[i].json, after);
		struct span guarded = guard_span(span_of(text, (size_t)len));
		struct config *c;

		assert_in_range(len, 1, sizeof(text) - 1);
		says.w = writer_over(says.text, sizeof(says.text) - 1);
		c = conf_load(guarded, "/etc/natsbc/sbc.json", config_case_report, &says);
		assert_string_equal(says.text, cases[i].says);
		assert_int_equal(c != NULL, cases[i].says[0] == '\0');
		conf_free(c);
		guard_free(guarded);
	}
}

#define CONFIG_CASES_RUN(cases, before, after)                                                                         \
	config_cases_run(cases, sizeof(cases) / sizeof((cases)[0]), before, after)

#endif
