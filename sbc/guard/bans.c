/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/bans.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { HOSTS, NETWORKS };

static struct span key_of(const struct ban *ban)
{
	return span_of(&ban->name, sizeof(ban->name));
}

static const char *prefix_text(const struct prefix *p, char text[ADDR_TEXT_MAX])
{
	struct writer w = writer_over(text, ADDR_TEXT_MAX - 1);

	addr_write_host(&w, &p->base, false);
	if (p->bits != (p->base.family == ADDR_V4 ? 32 : 128))
		writer_format(&w, "/%u", p->bits);
	text[w.n] = '\0';
	return text;
}

int bans_init(struct bans *b, struct core *core, const struct hash_key *key)
{
	*b = (struct bans){ .core = core, .key = key };
	b->rows = calloc(BANS_ROWS, sizeof(*b->rows));
	return b->rows ? table_init(&b->hosts, BANS_MAX, NULL) : -1;
}

static void tell(struct bans *b, struct ban *ban, uint32_t seconds)
{
	for (unsigned i = 0; i < b->nenforcer; i++)
		b->enforcer[i].enforce(b->enforcer[i].ctx, &ban->whom, seconds);
}

/* ----- the list ----- */

static struct ban_list *list_of(struct bans *b, const struct ban *ban)
{
	return &b->list[ban->name ? HOSTS : NETWORKS];
}

static void unlink_ban(struct bans *b, struct ban *ban)
{
	struct ban_list *l = list_of(b, ban);

	*(ban->prev ? &ban->prev->next : &l->first) = ban->next;
	*(ban->next ? &ban->next->prev : &l->last) = ban->prev;
	ban->next = ban->prev = NULL;
	l->n--;
}

static void append(struct bans *b, struct ban *ban)
{
	struct ban_list *l = list_of(b, ban);

	ban->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = ban;
	l->last = ban;
	l->n++;
}

static void change(struct bans *b, const struct ban *ban)
{
	if (b->changed)
		b->changed(b->changed_ctx, ban->row);
}

static void drop(struct bans *b, struct ban *ban)
{
	unlink_ban(b, ban);
	b->rows[ban->row] = NULL;
	b->free_row = ban->row;
	change(b, ban);
	if (ban->name)
		table_del(&b->hosts, key_of(ban));
	free(ban);
}

static void forget(struct bans *b, struct ban *ban)
{
	wheel_del(&b->core->wheel, &ban->timer);
	drop(b, ban);
}

/* The wheel stands still by now, and others who were on it are gone already. */
void bans_fini(struct bans *b)
{
	for (unsigned i = 0; i < 2; i++)
		while (b->list[i].first)
			drop(b, b->list[i].first);
	table_fini(&b->hosts);
	free(b->rows);
	b->rows = NULL;
}

static bool is_same(const struct prefix *a, const struct prefix *b)
{
	return a->bits == b->bits && a->base.family == b->base.family && addr_same_prefix(&a->base, &b->base, a->bits);
}

static bool is_host(const struct prefix *p)
{
	return p->bits == (p->base.family == ADDR_V4 ? 32 : 64);
}

static struct ban *find(const struct bans *b, const struct prefix *whom)
{
	uint64_t name = is_host(whom) ? origin_host(b->key, &whom->base) : 0;

	if (name)
		return table_find(&b->hosts, span_of(&name, sizeof(name)));
	for (struct ban *ban = b->list[NETWORKS].first; ban; ban = ban->next)
		if (is_same(&ban->whom, whom))
			return ban;
	return NULL;
}

/* ----- ends ----- */

static void on_forgotten(struct timer *t, void *ctx, uint64_t now)
{
	struct ban *ban = (struct ban *)(void *)((char *)t - offsetof(struct ban, timer));

	(void)ctx, (void)now;
	forget(ban->home, ban);
}

static void end(struct bans *b, struct ban *ban)
{
	uint64_t now = core_now(b->core);

	ban->over = true;
	b->count--;
	wheel_add(&b->core->wheel, &ban->timer, now + 1000ULL * BAN_MEMORY_S, on_forgotten);
}

static void on_end(struct timer *t, void *ctx, uint64_t now)
{
	struct ban *ban = (struct ban *)(void *)((char *)t - offsetof(struct ban, timer));
	char text[ADDR_TEXT_MAX];

	(void)ctx, (void)now;
	log_info(&ban->home->core->log, "ban of %s is over: %llu messages were dropped", prefix_text(&ban->whom, text),
		 (unsigned long long)ban->dropped);
	/* Enforcers count for themselves: their bans run out with ours. */
	end(ban->home, ban);
}

static void lift(struct bans *b, struct ban *ban)
{
	char text[ADDR_TEXT_MAX];

	log_info(&b->core->log, "ban of %s lifted", prefix_text(&ban->whom, text));
	ban->strikes = 0;
	end(b, ban);
	change(b, ban);
	tell(b, ban, 0);
}

bool bans_lift(struct bans *b, const struct prefix *whom)
{
	struct ban *ban = find(b, whom);

	if (!ban || ban->over)
		return false;
	lift(b, ban);
	return true;
}

void bans_lift_within(struct bans *b, const struct prefix *network)
{
	for (unsigned i = 0; i < 2; i++)
		for (struct ban *ban = b->list[i].first; ban; ban = ban->next)
			if (!ban->over && ban->whom.bits >= network->bits && prefix_has(network, &ban->whom.base))
				lift(b, ban);
}

/* ----- begin ----- */

/* The oldest gives way. */
static void make_room(struct bans *b)
{
	struct ban *oldest = b->list[HOSTS].first;

	b->count -= !oldest->over;
	forget(b, oldest);
}

/* There is one: as many as bans can be. */
static uint32_t find_row(const struct bans *b)
{
	uint32_t row = b->free_row;

	while (b->rows[row])
		row = (row + 1) % BANS_ROWS;
	return row;
}

static struct ban *make(struct bans *b, const struct prefix *whom)
{
	struct ban *ban;

	if (is_host(whom) && b->list[HOSTS].n == BANS_MAX)
		make_room(b);
	if (!is_host(whom) && b->list[NETWORKS].n == BANS_WIDE_MAX)
		return NULL;
	ban = calloc(1, sizeof(*ban));
	if (!ban)
		return NULL;
	*ban = (struct ban){ .home = b, .whom = *whom, .over = true };
	if (is_host(whom)) {
		ban->name = origin_host(b->key, &whom->base);
		if (table_add(&b->hosts, key_of(ban), ban)) {
			free(ban);
			return NULL;
		}
	}
	ban->row = find_row(b);
	b->rows[ban->row] = ban;
	append(b, ban);
	return ban;
}

/* Twice the evil, longer away. What anybody could have forged under another's address never costs that one much. */
static uint32_t length(const struct ban *ban, uint32_t seconds, const struct bans_reason *reason)
{
	uint64_t s = seconds;

	if (reason->why == EVIDENCE_BY_HAND)
		return seconds;
	for (unsigned i = 1; i < ban->strikes && s < BAN_MOST_S; i++)
		s *= BAN_STRIKE_FACTOR;
	if (reason->forged && s > BAN_FORGERY_S)
		s = BAN_FORGERY_S;
	return (uint32_t)(s < BAN_MOST_S ? s : BAN_MOST_S);
}

static void describe_sample(struct ban *ban, struct span sample)
{
	uint32_t n = sample.n < BAN_SAMPLE_MAX ? sample.n : BAN_SAMPLE_MAX;

	for (uint32_t i = 0; i < n; i++)
		ban->sample[i] = sample.p[i] >= ' ' && sample.p[i] < 0x7f ? sample.p[i] : '?';
	ban->sample[n] = '\0';
}

static void describe(struct ban *ban, const struct bans_reason *reason)
{
	ban->why = reason->why;
	ban->forged = reason->forged;
	snprintf(ban->realm, sizeof(ban->realm), "%s", reason->realm ? reason->realm : "");
	describe_sample(ban, reason->sample);
}

struct ban *bans_add(struct bans *b, const struct prefix *whom, uint32_t seconds, const struct bans_reason *reason)
{
	struct ban *ban = find(b, whom);
	uint64_t now = core_now(b->core);
	char text[ADDR_TEXT_MAX];

	if (!ban && !(ban = make(b, whom)))
		return NULL;
	if (ban->over) {
		b->count++;
		ban->since = now;
		ban->dropped = 0;
		unlink_ban(b, ban);
		append(b, ban);
	}
	ban->over = false;
	if (ban->strikes < UINT8_MAX)
		ban->strikes++;
	describe(ban, reason);
	seconds = length(ban, seconds, reason);
	ban->until = now + 1000ULL * seconds;
	wheel_add(&b->core->wheel, &ban->timer, ban->until, on_end);
	b->total[ban->why]++;
	log_warn(&b->core->log, "banned %s for %u s: %s%s%s%s%s", prefix_text(whom, text), seconds,
		 evidence_name(ban->why), ban->realm[0] ? " in realm " : "", ban->realm,
		 ban->sample[0] ? ", last: " : "", ban->sample);
	change(b, ban);
	tell(b, ban, seconds);
	return ban;
}

int bans_restore(struct bans *b, uint32_t row, const struct ban *what)
{
	bool full = b->list[HOSTS].n == BANS_MAX;
	struct ban *ban;

	if (row >= BANS_ROWS || b->rows[row] || find(b, &what->whom) || (is_host(&what->whom) && full))
		return -1;
	b->free_row = row;
	ban = make(b, &what->whom);
	if (!ban)
		return -1;
	ban->why = what->why;
	ban->forged = what->forged;
	ban->strikes = what->strikes;
	ban->since = what->since;
	ban->until = what->until;
	ban->dropped = what->dropped;
	memcpy(ban->realm, what->realm, sizeof(ban->realm));
	describe_sample(ban, span_str(what->sample));
	ban->over = what->over;
	b->count += !ban->over;
	if (ban->over)
		wheel_add(&b->core->wheel, &ban->timer, ban->until + 1000ULL * BAN_MEMORY_S, on_forgotten);
	else
		wheel_add(&b->core->wheel, &ban->timer, ban->until, on_end);
	return 0;
}

/* ----- asking ----- */

struct ban *bans_of(const struct bans *b, const struct addr *a, uint64_t name)
{
	struct ban *ban;

	if (b->count == 0)
		return NULL;
	ban = table_find_hashed(&b->hosts, span_of(&name, sizeof(name)), name);
	if (ban && !ban->over)
		return ban;
	for (ban = b->list[NETWORKS].first; ban; ban = ban->next)
		if (!ban->over && prefix_has(&ban->whom, a))
			return ban;
	return NULL;
}

const struct ban *bans_next(const struct bans *b, const struct ban *last)
{
	bool networks = last && !last->name;
	const struct ban *ban = last ? last->next : b->list[HOSTS].first;

	for (;; ban = b->list[NETWORKS].first, networks = true) {
		while (ban && ban->over)
			ban = ban->next;
		if (ban || networks)
			return ban;
	}
}

uint32_t ban_left_s(const struct ban *ban, uint64_t now)
{
	return ban->until > now ? (uint32_t)((ban->until - now + 999) / 1000) : 0;
}

void bans_tell(const struct bans *b, const struct bans_enforcer *who)
{
	const struct ban *ban = NULL;

	while ((ban = bans_next(b, ban)))
		who->enforce(who->ctx, &ban->whom, ban_left_s(ban, core_now(b->core)));
}

int bans_enforce_by(struct bans *b, const struct bans_enforcer *who)
{
	if (b->nenforcer == BANS_ENFORCERS)
		return -1;
	b->enforcer[b->nenforcer++] = *who;
	bans_tell(b, who);
	return 0;
}
