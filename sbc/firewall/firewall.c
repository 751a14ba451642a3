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
static void kinds_find(const struct firewall *f, struct firewall_sets *sets)
{
	uint32_t pos = 0;
	struct hole *h;

	while ((h = table_next(&f->book.by_id, &pos))) {
		struct kind k = kind_of(&h->said);
		unsigned i = 0;

		while (i < sets->nkind && !kind_same(&sets->kinds[i], &k))
			i++;
		if (i == sets->nkind && sets->nkind < FIREWALL_KINDS_MAX)
			sets->kinds[sets->nkind++] = k;
	}
}

/* One kind after the other: elements of one set are one command. */
static void holes_write(const struct firewall *f, struct firewall_sets *sets, struct script *s)
{
	kinds_find(f, sets);
	for (unsigned i = 0; i < sets->nkind; i++) {
		uint32_t pos = 0;
		struct hole *h;

		script_kind(s, &sets->kinds[i]);
		while ((h = table_next(&f->book.by_id, &pos))) {
			struct kind k = kind_of(&h->said);

			if (kind_same(&k, &sets->kinds[i]))
				script_hole_add(s, h);
		}
	}
}

static void bans_write(const struct firewall *f, struct firewall_sets *sets, struct script *s)
{
	uint32_t pos = 0;
	struct ban *b;

	while ((b = table_next(&f->book.bans, &pos))) {
		bool *made = &sets->ban_kinds[b->whom.base.family == ADDR_V6][b->whom.bits];

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
	struct firewall_sets sets = { 0 };
	struct script s;
	const char *text;
	int failed = -1;

	if (!buffer) {
		firewall_log(f, 0, "no memory for the text of the table");
		return -1;
	}
	script_begin(&s, buffer, room, now);
	rules_write(&s.w, f->conf, &f->interfaces);
	holes_write(f, &sets, &s);
	bans_write(f, &sets, &s);
	text = script_end(&s);
	if (text)
		failed = nft_run(f->nft, text);
	if (failed)
		firewall_log(f, 0, "the kernel does not take the table: %s",
			     text ? nft_error(f->nft) : "it is too large");
	free(buffer);
	f->unsure = failed;
	if (failed)
		return -1;
	f->sets = sets;
	f->nmade = sets.nkind;
	return 0;
}

int firewall_restore(struct firewall *f, uint64_t now)
{
	uint32_t pos = 0;
	struct hole *h;

	while ((h = table_next(&f->book.by_id, &pos)))
		h->left_s = h->said.idle_s;
	return firewall_make(f, now);
}

static void adopt(struct firewall *f, uint64_t now)
{
	json_t *table = nft_table(f->nft);
	struct recall r;

	recall_begin(&r, &f->book, true, now);
	recall_take(&r, table);
	recall_end(&r);
	json_decref(table);
	firewall_log(f, 2, "table inet natsbc was there: %u pinholes and %u bans stay", f->book.by_id.count,
		     f->book.bans.count);
	if (r.strange)
		firewall_log(f, 1, "%u elements in it were not ours, and are gone", r.strange);
}

int firewall_start(struct firewall *f, uint64_t now)
{
	int there = nft_table_is_there(f->nft);

	if (there < 0) {
		firewall_log(f, 0, "the kernel's nf_tables cannot be asked: %s", nft_error(f->nft));
		return -1;
	}
	if (there)
		adopt(f, now);
	return firewall_make(f, now);
}

/* Set by set: bans may be many, and are not asked for. */
static int kind_recall(struct firewall *f, struct recall *r, const struct kind *k)
{
	for (enum kind_set set = 0; set < KIND_SET_N; set++) {
		char name[SCRIPT_SET_MAX];
		struct writer w = writer_over(name, sizeof(name));
		json_t *told;

		if (!kind_has(k, set))
			continue;
		kind_name(&w, k, set);
		writer_byte(&w, '\0');
		told = nft_set(f->nft, name);
		if (!told) {
			firewall_log(f, 1, "set %s cannot be read: %s", name, nft_error(f->nft));
			return -1;
		}
		recall_take(r, told);
		json_decref(told);
	}
	return 0;
}

int firewall_recall(struct firewall *f, uint64_t now)
{
	struct recall r;

	recall_begin(&r, &f->book, false, now);
	for (unsigned i = 0; i < f->nmade; i++)
		if (kind_recall(f, &r, &f->sets.kinds[i]))
			return -1;
	recall_end(&r);
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
