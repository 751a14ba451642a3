/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/turn.h"

/* Its number, from 1. */
static uint32_t step_add(struct turn *t, enum step_what what)
{
	if (t->nstep == TURN_STEPS)
		turn_commit(t);
	t->step[t->nstep].what = what;
	return ++t->nstep;
}

static void hole_step(struct turn *t, enum step_what what, struct hole *h)
{
	uint32_t n = step_add(t, what);

	if (what == STEP_OPEN)
		h->step = n;
	t->step[n - 1].hole = *h;
	t->step[n - 1].kind = kind_of(&h->said);
}

static void ban_step(struct turn *t, enum step_what what, struct ban *b)
{
	uint32_t n = step_add(t, what);

	if (what == STEP_BAN)
		b->step = n;
	t->step[n - 1].ban = *b;
}

void turn_open(struct turn *t, struct hole *h)
{
	hole_step(t, STEP_OPEN, h);
}

void turn_close(struct turn *t, struct hole *h)
{
	if (h->step)
		t->step[h->step - 1].what = STEP_NOTHING;
	else
		hole_step(t, STEP_CLOSE, h);
}

void turn_ban(struct turn *t, struct ban *b)
{
	ban_step(t, STEP_BAN, b);
}

void turn_unban(struct turn *t, struct ban *b)
{
	if (b->step)
		t->step[b->step - 1].what = STEP_NOTHING;
	else
		ban_step(t, STEP_UNBAN, b);
}

void turn_result(struct turn *t, unsigned client, const struct firewall_request *r, enum firewall_result result)
{
	t->pending[t->nanswer++] = (struct turn_answer){ client, r->seq, r->verb, result };
}

bool turn_has_room(const struct turn *t, unsigned n)
{
	return t->nanswer + n <= TURN_REQUESTS && t->nstep + 3 * n <= TURN_STEPS;
}

/* One kind after the other, so that elements of one set are one command. */
static void holes_write(struct turn *t, struct script *s, enum step_what what,
			void (*write)(struct script *s, const struct hole *h))
{
	const struct firewall *f = t->firewall;

	for (unsigned k = 0; k < f->sets.nkind; k++)
		for (unsigned i = 0; i < t->nstep; i++)
			if (t->step[i].what == what && kind_same(&t->step[i].kind, &f->sets.kinds[k]))
				write(s, &t->step[i].hole);
}

static void bans_write(struct turn *t, struct script *s, enum step_what what,
		       void (*write)(struct script *s, const struct ban *b))
{
	for (unsigned i = 0; i < t->nstep; i++)
		if (t->step[i].what == what)
			write(s, &t->step[i].ban);
}

static void kinds_write(struct turn *t, struct script *s)
{
	const struct firewall *f = t->firewall;

	for (unsigned k = f->nmade; k < f->sets.nkind; k++)
		script_kind(s, &f->sets.kinds[k]);
}

static bool *ban_kind(struct firewall *f, const struct ban *b)
{
	return &f->sets.ban_kinds[b->whom.base.family == ADDR_V6][b->whom.bits];
}

/* Not noted yet: it may fail, and be tried again. */
static void ban_kinds_write(struct turn *t, struct script *s)
{
	bool made[2][129];

	memcpy(made, t->firewall->sets.ban_kinds, sizeof(made));
	for (unsigned i = 0; i < t->nstep; i++) {
		const struct ban *b = &t->step[i].ban;

		if (t->step[i].what != STEP_BAN || made[b->whom.base.family == ADDR_V6][b->whom.bits])
			continue;
		script_ban_kind(s, &b->whom);
		made[b->whom.base.family == ADDR_V6][b->whom.bits] = true;
	}
}

static int try(struct turn *t, bool careful)
{
	struct script s;
	const char *text;

	script_begin(&s, t->text, sizeof(t->text), t->now);
	kinds_write(t, &s);
	ban_kinds_write(t, &s);
	if (careful) {
		holes_write(t, &s, STEP_CLOSE, script_hole_touch);
		bans_write(t, &s, STEP_UNBAN, script_ban_touch);
	}
	holes_write(t, &s, STEP_CLOSE, script_hole_delete);
	bans_write(t, &s, STEP_UNBAN, script_ban_delete);
	holes_write(t, &s, STEP_OPEN, script_hole_add);
	bans_write(t, &s, STEP_BAN, script_ban_add);
	text = script_end(&s);
	return text ? nft_run(t->firewall->nft, text) : -1;
}

/* What silence closed in the meantime is not there to be deleted: the first try says so, the second one is careful.
 * What is still wrong then is mostly that somebody took the table away. */
static int carry_out(struct turn *t)
{
	struct firewall *f = t->firewall;

	if (try(t, false) == 0 || try(t, true) == 0)
		return 0;
	firewall_log(f, 1, "a transaction failed: %s", nft_error(f->nft));
	return nft_table_is_there(f->nft) == 0 ? firewall_restore(f, t->now) : -1;
}

/* The holes and bans of the turn are the kernel's now, or never were. */
static void settle(struct turn *t, bool failed)
{
	struct firewall *f = t->firewall;

	for (unsigned i = 0; i < t->nstep; i++) {
		const struct turn_step *s = &t->step[i];
		struct hole *h = s->what == STEP_OPEN ? book_hole(&f->book, s->hole.instance, s->hole.said.id) : NULL;
		struct ban *b = s->what == STEP_BAN ? book_ban(&f->book, &s->ban.whom) : NULL;

		if (h)
			h->step = 0;
		if (b)
			b->step = 0;
		if (b && !failed)
			*ban_kind(f, b) = true;
		if (h && failed)
			book_remove(&f->book, h);
		if (b && failed)
			book_ban_remove(&f->book, b);
	}
	f->unsure |= failed;
	if (failed)
		f->sets.nkind = f->nmade;
	f->nmade = f->sets.nkind;
}

void turn_commit(struct turn *t)
{
	bool failed = t->nstep && carry_out(t);

	settle(t, failed);
	for (unsigned i = 0; i < t->nanswer; i++) {
		const struct turn_answer *p = &t->pending[i];
		struct firewall_answer a = { .seq = p->seq, .verb = p->verb, .result = p->result, .last = true };

		if (failed && a.result == FIREWALL_DONE)
			a.result = FIREWALL_FAILED;
		t->answer(t->ctx, p->client, &a);
	}
	t->nstep = t->nanswer = 0;
}
