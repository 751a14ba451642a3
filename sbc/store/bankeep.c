/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/bankeep.h"

#include <stdlib.h>

static void append(struct bankeep *k, uint32_t row)
{
	if (k->marked[row])
		return;
	k->marked[row] = true;
	k->ring[(k->head + k->nchanged++) % BANS_ROWS] = row;
}

void bankeep_mark(struct bankeep *k, uint32_t row)
{
	append(k, row);
	if (k->wake)
		k->wake(k->ctx);
}

static void on_changed(void *ctx, uint32_t row)
{
	bankeep_mark(ctx, row);
}

struct bankeep *bankeep_new(struct bans *bans, int64_t (*wall)(void))
{
	struct bankeep *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->bans = bans;
	k->wall = wall;
	bans->changed = on_changed;
	bans->changed_ctx = k;
	return k;
}

void bankeep_free(struct bankeep *k)
{
	if (k)
		k->bans->changed = NULL;
	free(k);
}

unsigned bankeep_pack(struct bankeep *k, struct banrecord *out)
{
	const struct moment m = { core_now(k->bans->core), k->wall() };

	for (k->nout = 0; k->nchanged && k->nout < BANKEEP_BATCH; k->nout++) {
		uint32_t row = k->ring[k->head];

		banrecord_of(&out[k->nout], k->bans->rows[row], &m);
		out[k->nout].row = row;
		k->out[k->nout] = row;
		k->marked[row] = false;
		k->head = (k->head + 1) % BANS_ROWS;
		k->nchanged--;
	}
	return k->nout;
}

void bankeep_written(struct bankeep *k, bool done)
{
	for (unsigned i = 0; i < k->nout && !done; i++)
		append(k, k->out[i]);
	k->nout = 0;
}

void bankeep_all(struct bankeep *k)
{
	for (uint32_t i = 0; i < BANS_ROWS; i++)
		if (k->bans->rows[i])
			append(k, i);
}
