/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/firewall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sbc/firewall/recall.h"
#include "sbc/firewall/script.h"

enum { LOG_LINE_MAX = 512 };

void firewall_log(struct firewall *f, int level, const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	f->log(f->log_ctx, level, line);
}

/* Which kinds the holes of the book are of. */
static void kinds_find(struct firewall *f)
{
	uint32_t pos = 0;
	struct hole *h;

	f->nkind = 0;
	while ((h = table_next(&f->book.by_id, &pos))) {
		struct kind k = kind_of(&h->said);
		unsigned i = 0;

		while (i < f->nkind && !kind_same(&f->kinds[i], &k))
			i++;
		if (i == f->nkind && f->nkind < FIREWALL_KINDS_MAX)
			f->kinds[f->nkind++] = k;
	}
}

/* One kind after the other: elements of one set are one command. */
static void holes_write(struct firewall *f, struct script *s)
{
	kinds_find(f);
	for (unsigned i = 0; i < f->nkind; i++) {
		uint32_t pos = 0;
		struct hole *h;

		script_kind(s, &f->kinds[i]);
		while ((h = table_next(&f->book.by_id, &pos))) {
			struct kind k = kind_of(&h->said);

			if (kind_same(&k, &f->kinds[i]))
				script_hole_add(s, h);
		}
	}
}

static void bans_write(struct firewall *f, struct script *s)
{
	uint32_t pos = 0;
	struct ban *b;

	memset(f->ban_kinds, 0, sizeof(f->ban_kinds));
	while ((b = table_next(&f->book.bans, &pos))) {
		bool *made = &f->ban_kinds[b->whom.base.family == ADDR_V6][b->whom.bits];

		if (b->ends_ms <= s->now)
			continue;
		if (!*made)
			script_ban_kind(s, &b->whom);
		*made = true;
		script_ban_add(s, b);
	}
}

int firewall_make(struct firewall *f, uint64_t now)
{
	uint32_t room = RULES_MAX + (FIREWALL_KINDS_MAX + 256 + f->book.by_id.count) * SCRIPT_HOLE_MAX +
			f->book.bans.count * 128;
	char *buffer = malloc(room);
	struct script s;
	const char *text;
	int failed = -1;

	if (!buffer) {
		firewall_log(f, 0, "no memory for the text of the table");
		return -1;
	}
	script_begin(&s, buffer, room, now);
	rules_write(&s.w, f->conf, &f->interfaces);
	holes_write(f, &s);
	bans_write(f, &s);
	text = script_end(&s);
	if (text)
		failed = nft_run(f->nft, text);
	if (failed)
		firewall_log(f, 0, "the kernel does not take the table: %s",
			     text ? nft_error(f->nft) : "it is too large");
	free(buffer);
	f->unsure = failed;
	return failed;
}

int firewall_restore(struct firewall *f, uint64_t now)
{
	uint32_t pos = 0;
	struct hole *h;

	while ((h = table_next(&f->book.by_id, &pos)))
		h->left_s = h->said.idle_s;
	return firewall_make(f, now);
}

int firewall_start(struct firewall *f, uint64_t now)
{
	int there = nft_table_is_there(f->nft);
	json_t *table;
	unsigned strange;

	if (there < 0) {
		firewall_log(f, 0, "the kernel's nf_tables cannot be asked: %s", nft_error(f->nft));
		return -1;
	}
	table = there ? nft_table(f->nft) : NULL;
	if (table) {
		strange = recall_table(&f->book, table, true, now);
		firewall_log(f, 2, "table inet natsbc was there: %u pinholes and %u bans stay", f->book.by_id.count,
			     f->book.bans.count);
		if (strange)
			firewall_log(f, 1, "%u elements in it were not ours, and are gone", strange);
	}
	json_decref(table);
	return firewall_make(f, now);
}

int firewall_recall(struct firewall *f, uint64_t now)
{
	json_t *table = nft_table(f->nft);

	if (!table) {
		firewall_log(f, 1, "table inet natsbc cannot be read: %s", nft_error(f->nft));
		return -1;
	}
	recall_table(&f->book, table, false, now);
	json_decref(table);
	return 0;
}

void firewall_check(struct firewall *f, uint64_t now)
{
	int there = nft_table_is_there(f->nft);

	if (there == 0) {
		firewall_log(f, 1, "somebody removed table inet natsbc: making it anew");
		firewall_restore(f, now);
	} else if (there == 1 && f->unsure && firewall_recall(f, now) == 0) {
		firewall_make(f, now);
	}
}

void firewall_remove(struct firewall *f)
{
	if (nft_run(f->nft, "add table inet natsbc\ndelete table inet natsbc\n"))
		firewall_log(f, 0, "table inet natsbc stays: %s", nft_error(f->nft));
}
