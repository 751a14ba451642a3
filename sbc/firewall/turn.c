/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/turn.h"

static struct turn_step *step_add(struct turn *t, enum step_what what)
{
	struct turn_step *s;

	if (t->nstep == TURN_STEPS)
		turn_commit(t);
	s = &t->step[t->nstep++];
	s->what = what;
	return s;
}

void turn_kind(struct turn *t, const struct kind *k)
{
	step_add(t, STEP_KIND)->kind = *k;
}

void turn_open(struct turn *t, const struct hole *h)
{
	step_add(t, STEP_OPEN)->hole = *h;
}

void turn_close(struct turn *t, const struct hole *h)
{
	step_add(t, STEP_CLOSE)->hole = *h;
}

void turn_ban(struct turn *t, const struct ban *b)
{
	bool *made = &t->firewall->ban_kinds[b->whom.base.family == ADDR_V6][b->whom.bits];

	if (!*made)
		step_add(t, STEP_BAN_KIND)->ban = *b;
	*made = true;
	step_add(t, STEP_BAN)->ban = *b;
}

void turn_unban(struct turn *t, const struct ban *b)
{
	step_add(t, STEP_UNBAN)->ban = *b;
}

void turn_result(struct turn *t, unsigned client, const struct firewall_request *r, enum firewall_result result)
{
	t->pending[t->nanswer++] = (struct turn_answer){ client, r->seq, r->verb, result };
}

bool turn_has_room(const struct turn *t, unsigned n)
{
	return t->nanswer + n <= TURN_REQUESTS && t->nstep + 4 * n <= TURN_STEPS;
}

static void step_write(struct script *s, const struct turn_step *step, bool careful)
{
	switch (step->what) {
	case STEP_KIND:
		script_kind(s, &step->kind);
		break;
	case STEP_OPEN:
		script_hole_add(s, &step->hole);
		break;
	case STEP_CLOSE:
		script_hole_delete(s, &step->hole, careful);
		break;
	case STEP_BAN_KIND:
		script_ban_kind(s, &step->ban.whom);
		break;
	case STEP_BAN:
		script_ban_add(s, &step->ban);
		break;
	case STEP_UNBAN:
		script_ban_delete(s, &step->ban, careful);
	}
}

static int try(struct turn *t, bool careful)
{
	struct script s;
	const char *text;

	script_begin(&s, t->text, sizeof(t->text), t->now);
	for (unsigned i = 0; i < t->nstep; i++)
		step_write(&s, &t->step[i], careful);
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

static void kind_forget(struct firewall *f, const struct kind *k)
{
	for (unsigned i = 0; i < f->nkind; i++)
		if (kind_same(&f->kinds[i], k)) {
			f->kinds[i] = f->kinds[--f->nkind];
			return;
		}
}

static void undo(struct turn *t)
{
	struct firewall *f = t->firewall;

	f->unsure = true;
	for (unsigned i = 0; i < t->nstep; i++) {
		const struct turn_step *s = &t->step[i];
		struct hole *h = s->what == STEP_OPEN ? book_hole(&f->book, s->hole.said.id) : NULL;
		struct ban *b = s->what == STEP_BAN ? book_ban(&f->book, &s->ban.whom) : NULL;

		if (h)
			book_remove(&f->book, h);
		if (b)
			book_ban_remove(&f->book, b);
		if (s->what == STEP_KIND)
			kind_forget(f, &s->kind);
		if (s->what == STEP_BAN_KIND)
			f->ban_kinds[s->ban.whom.base.family == ADDR_V6][s->ban.whom.bits] = false;
	}
}

void turn_commit(struct turn *t)
{
	bool failed = t->nstep && carry_out(t);

	if (failed)
		undo(t);
	for (unsigned i = 0; i < t->nanswer; i++) {
		const struct turn_answer *p = &t->pending[i];
		struct firewall_answer a = { .seq = p->seq, .verb = p->verb, .result = p->result, .last = true };

		if (failed && a.result == FIREWALL_DONE)
			a.result = FIREWALL_FAILED;
		t->answer(t->ctx, p->client, &a);
	}
	t->nstep = t->nanswer = 0;
}
