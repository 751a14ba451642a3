/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/problem.h"

#include <stdlib.h>

void problem_add(struct problems *all, int line, int column, struct span path, struct span text)
{
	struct problem *p;
	char *copy;

	all->found++;
	if (all->n == PROBLEM_MAX)
		return;
	p = calloc(1, sizeof(*p) + path.n + 1 + text.n + 1);
	if (!p)
		return; /* counted: the configuration is refused all the same */
	copy = (char *)(p + 1);
	if (path.n)
		memcpy(copy, path.p, path.n);
	if (text.n)
		memcpy(copy + path.n + 1, text.p, text.n);
	p->told = (struct conf_problem){ line, column, copy, copy + path.n + 1 };
	p->order = all->found;
	all->list[all->n++] = p;
}

static int in_file_order(const void *a, const void *b)
{
	const struct problem *x = *(struct problem *const *)a, *y = *(struct problem *const *)b;

	if (x->told.line != y->told.line)
		return x->told.line < y->told.line ? -1 : 1;
	if (x->told.column != y->told.column)
		return x->told.column < y->told.column ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void problem_tell(struct problems *all, conf_report_fn *report, void *ctx)
{
	struct conf_problem rest = { 0, 0, "", "there are more problems: mend these first" };

	if (!report)
		return;
	if (all->n)
		qsort(all->list, all->n, sizeof(all->list[0]), in_file_order);
	for (unsigned i = 0; i < all->n; i++)
		report(ctx, &all->list[i]->told);
	if (all->found > all->n)
		report(ctx, &rest);
}

void problem_free(struct problems *all)
{
	for (unsigned i = 0; i < all->n; i++)
		free(all->list[i]);
	all->n = 0;
}
