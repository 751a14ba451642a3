/* SPDX-License-Identifier: BSD-3-Clause */
/* problem.h: the findings of one check, collected to be told in the order of the file. */
#ifndef NATSBC_CONF_PROBLEM_H
#define NATSBC_CONF_PROBLEM_H

#include "alg/conf/config.h"

/* Beyond these a last entry says that there are more. */
enum { PROBLEM_MAX = 200 };

struct problem {
	struct conf_problem told; /* its texts lie behind it, in the same piece */
	unsigned order;           /* of discovery: breaks ties */
};

struct problems {
	struct problem *list[PROBLEM_MAX];
	unsigned n;     /* in the list */
	unsigned found; /* in all */
};

/* Copies both texts. */
void problem_add(struct problems *all, int line, int column, struct span path, struct span text);

/* Sorts and tells. */
void problem_tell(struct problems *all, conf_report_fn *report, void *ctx);
void problem_free(struct problems *all);

#endif
