/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewallbans.h"

#include <stdlib.h>

/* Lives until it is answered: what is banned is known to bans. */
struct firewallban {
	struct firewalllink_item item; /* the first member */
	struct firewallban *next, **link;
	struct prefix whom;
	uint64_t until; /* ms; 0: lifted */
};

static void ban_free(struct firewallbans *f, struct firewallban *b)
{
	firewalllink_forget(f->firewall, &b->item);
	*b->link = b->next;
	if (b->next)
		b->next->link = b->link;
	f->n--;
	free(b);
}

static bool ban_write(void *ctx, struct firewalllink_item *i, struct firewall_request *out)
{
	const struct firewallbans *f = ctx;
	const struct firewallban *b = (const struct firewallban *)i;
	uint64_t now = core_now(f->firewall->core), left = b->until > now ? (b->until - now + 999) / 1000 : 1;

	out->verb = b->until ? FIREWALL_BAN : FIREWALL_UNBAN;
	out->ban.whom = b->whom;
	if (b->until)
		out->ban.seconds = left < FIREWALL_SECONDS_MAX ? (uint32_t)left : FIREWALL_SECONDS_MAX;
	return true;
}

static void warn(struct firewallbans *f, const struct firewallban *b, enum firewall_result result)
{
	struct core *core = f->firewall->core;
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	addr_write_host(&w, &b->whom.base, false);
	log_warn(&core->log, "sbc-firewall did not %s %.*s/%u: %s. Here it is so all the same, and it is asked again",
		 b->until ? "ban" : "let in", SPAN_ARG(writer_done(&w)), b->whom.bits, firewalllink_reason(result));
}

/* What is lifted is over when it is, at the latest. */
static bool is_over(const struct firewallbans *f, const struct firewallban *b)
{
	return f->n > FIREWALLBANS_LIFTED || (b->until && b->until <= core_now(f->firewall->core));
}

static void ban_answered(void *ctx, struct firewalllink_item *i, const struct firewall_answer *a)
{
	struct firewallbans *f = ctx;
	struct firewallban *b = (struct firewallban *)i;

	if (a->result == FIREWALL_DONE || a->result == FIREWALL_NO_SUCH || is_over(f, b))
		ban_free(f, b);
	else if (firewalllink_tell_later(f->firewall, i, a->result))
		warn(f, b, a->result);
}

static const struct firewalllink_kind kind = { ban_write, ban_answered };

/* What was refused and waits to be told again would undo what is told now. */
static void forget_refused(struct firewallbans *f, const struct prefix *whom)
{
	struct firewallban *next;

	for (struct firewallban *b = f->firewall->later ? f->first : NULL; b; b = next) {
		next = b->next;
		if (b->item.later && b->whom.bits == whom->bits && addr_same_host(&b->whom.base, &whom->base))
			ban_free(f, b);
	}
}

/* While it is away, only what it must forget is kept for it. */
static void enforce(void *ctx, const struct prefix *whom, uint32_t seconds)
{
	struct firewallbans *f = ctx;
	bool away = f->firewall->state != FIREWALLLINK_UP;
	struct firewallban *b;

	if (away && (seconds || f->n == FIREWALLBANS_LIFTED))
		return;
	forget_refused(f, whom);
	b = calloc(1, sizeof(*b));
	if (!b)
		return;
	b->item.kind = &kind;
	b->item.ctx = f;
	b->whom = *whom;
	b->until = seconds ? core_now(f->firewall->core) + 1000ULL * seconds : 0;
	b->next = f->first;
	if (b->next)
		b->next->link = &b->next;
	b->link = &f->first;
	f->first = b;
	f->n++;
	firewalllink_tell(f->firewall, &b->item);
}

int firewallbans_init(struct firewallbans *f, struct firewalllink *firewall, struct bans *bans)
{
	const struct bans_enforcer us = { enforce, f };

	*f = (struct firewallbans){ .firewall = firewall, .bans = bans };
	return firewall->state == FIREWALLLINK_OFF ? 0 : bans_enforce_by(bans, &us);
}

void firewallbans_fini(struct firewallbans *f)
{
	while (f->first)
		ban_free(f, f->first);
}

/* First what is lifted: some of it may be banned again. */
void firewallbans_again(struct firewallbans *f)
{
	const struct bans_enforcer us = { enforce, f };
	struct firewallban *next;

	for (struct firewallban *b = f->first; b; b = next) {
		next = b->next;
		if (b->until)
			ban_free(f, b);
		else
			firewalllink_tell(f->firewall, &b->item);
	}
	bans_tell(f->bans, &us);
}
