/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/bindings.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/base/table.h"

struct binding_user {
	struct binding *first;
	struct binding_user *next_free;
	uint8_t count, name_len;
	char name[BINDING_USER_MAX];
};

struct watcher {
	binding_watch_fn *fn;
	void *ctx;
};

/* Bindings and users live at fixed places, all taken at start. */
struct bindings {
	struct binding *place;
	struct binding_user *user;
	struct binding **at_flow;  /* buckets, a power of two */
	struct binding **at_token; /* as many */
	struct binding *free;      /* linked by next */
	struct binding_user *free_user;
	struct table by_user;
	struct wheel *wheel;
	struct hash_key key;
	uint32_t capacity, count, mask;
	uint64_t text_bytes;
	struct watcher watcher[BINDINGS_WATCHERS];
	unsigned nwatcher;
};

const char *binding_event_name(enum binding_event e)
{
	static const char *const names[] = {
#define X(id, name) [BINDING_##id] = name,
		BINDING_EVENT_TABLE(X)
#undef X
	};

	return names[e];
}

/* --- the whole table ------------------------------------------------------------------------ */

static uint32_t power_of_two(uint32_t least)
{
	uint32_t n = 1;

	while (n < least && n < 1U << 31)
		n *= 2;
	return n;
}

static void bindings_chain_free(struct bindings *t)
{
	for (uint32_t i = t->capacity; i-- > 0;) {
		t->place[i].number = i;
		t->place[i].home = t;
		t->place[i].next = t->free;
		t->free = &t->place[i];
		t->user[i].next_free = t->free_user;
		t->free_user = &t->user[i];
	}
}

struct bindings *bindings_new(uint32_t capacity, const struct hash_key *key, struct wheel *wheel)
{
	struct bindings *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->capacity = capacity;
	t->key = *key;
	t->wheel = wheel;
	t->mask = power_of_two(capacity) - 1;
	t->place = calloc(capacity, sizeof(*t->place));
	t->user = calloc(capacity, sizeof(*t->user));
	t->at_flow = calloc(t->mask + 1U, sizeof(struct binding *));
	t->at_token = calloc(t->mask + 1U, sizeof(struct binding *));
	if (!t->place || !t->user || !t->at_flow || !t->at_token || table_init(&t->by_user, capacity, key)) {
		t->capacity = 0;
		bindings_free(t);
		return NULL;
	}
	bindings_chain_free(t);
	return t;
}

void bindings_free(struct bindings *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->capacity; i++) {
		wheel_del(t->wheel, &t->place[i].expiry);
		free(t->place[i].text);
	}
	table_fini(&t->by_user);
	free(t->at_flow);
	free(t->at_token);
	free(t->user);
	free(t->place);
	free(t);
}

int bindings_watch(struct bindings *t, binding_watch_fn *fn, void *ctx)
{
	if (t->nwatcher == BINDINGS_WATCHERS)
		return -1;
	t->watcher[t->nwatcher++] = (struct watcher){ fn, ctx };
	return 0;
}

static void bindings_tell(struct bindings *t, struct binding *b, enum binding_event e, uint64_t now)
{
	for (unsigned i = 0; i < t->nwatcher; i++)
		t->watcher[i].fn(t->watcher[i].ctx, b, e, now);
}

uint32_t bindings_count(const struct bindings *t)
{
	return t->count;
}

uint32_t bindings_capacity(const struct bindings *t)
{
	return t->capacity;
}

size_t bindings_bytes(const struct bindings *t)
{
	return sizeof(*t) + t->capacity * (sizeof(*t->place) + sizeof(*t->user)) +
	       2 * (t->mask + 1U) * sizeof(struct binding *) + table_bytes(&t->by_user) + t->text_bytes;
}

/* --- finding -------------------------------------------------------------------------------- */

struct span binding_user_name(const struct binding *b)
{
	return span_of(b->owner->name, b->owner->name_len);
}

struct binding *bindings_find(const struct bindings *t, struct span user)
{
	const struct binding_user *u = table_find(&t->by_user, user);

	return u ? u->first : NULL;
}

uint32_t bindings_count_of(const struct bindings *t, struct span user)
{
	const struct binding_user *u = table_find(&t->by_user, user);

	return u ? u->count : 0;
}

struct binding *bindings_get(const struct bindings *t, struct binding_handle h)
{
	struct binding *b = h.number < t->capacity ? &t->place[h.number] : NULL;

	return b && b->used && b->generation == h.generation ? b : NULL;
}

struct binding *bindings_at_place(const struct bindings *t, uint32_t number)
{
	return number < t->capacity && t->place[number].used ? &t->place[number] : NULL;
}

struct binding *bindings_next(const struct bindings *t, uint32_t *pos)
{
	while (*pos < t->capacity) {
		struct binding *b = &t->place[(*pos)++];

		if (b->used)
			return b;
	}
	return NULL;
}

/* --- by flow -------------------------------------------------------------------------------- */

static struct binding **flow_bucket(const struct bindings *t, const struct flow *f)
{
	unsigned char bytes[sizeof(f->peer.ip) + 5];

	memcpy(bytes, f->peer.ip, sizeof(f->peer.ip));
	memcpy(bytes + sizeof(f->peer.ip), &f->peer.port, sizeof(f->peer.port));
	bytes[sizeof(bytes) - 3] = f->peer.family;
	bytes[sizeof(bytes) - 2] = f->realm;
	bytes[sizeof(bytes) - 1] = f->listen;
	return &t->at_flow[siphash(&t->key, bytes, sizeof(bytes)) & t->mask];
}

static struct binding *flow_first(struct binding *b, const struct flow *flow)
{
	while (b && !flow_eq(&b->facts.flow, flow))
		b = b->flow_next;
	return b;
}

struct binding *bindings_at_flow(const struct bindings *t, const struct flow *flow)
{
	return flow_first(*flow_bucket(t, flow), flow);
}

struct binding *bindings_at_flow_next(const struct binding *b)
{
	return flow_first(b->flow_next, &b->facts.flow);
}

static void flow_link(struct bindings *t, struct binding *b)
{
	struct binding **bucket = flow_bucket(t, &b->facts.flow);

	b->flow_next = *bucket;
	b->flow_at = bucket;
	if (b->flow_next)
		b->flow_next->flow_at = &b->flow_next;
	*bucket = b;
}

static void flow_unlink(struct binding *b)
{
	*b->flow_at = b->flow_next;
	if (b->flow_next)
		b->flow_next->flow_at = b->flow_at;
}

uint32_t bindings_flow_closed(struct bindings *t, const struct flow *flow, uint64_t now)
{
	const struct flow gone = *flow; /* the caller's may be in a binding */
	struct binding *b;
	uint32_t n = 0;

	while ((b = bindings_at_flow(t, &gone))) {
		bindings_drop(t, b, BINDING_CLOSED, now);
		n++;
	}
	return n;
}

/* --- by token ------------------------------------------------------------------------------- */

static struct binding **token_bucket(const struct bindings *t, struct span token)
{
	return &t->at_token[siphash(&t->key, token.p, token.n) & t->mask];
}

struct binding *bindings_at_token(const struct bindings *t, struct span token)
{
	struct binding *b = token.n ? *token_bucket(t, token) : NULL;

	while (b && !span_eq(b->facts.token, token))
		b = b->token_next;
	return b;
}

static void token_link(struct bindings *t, struct binding *b)
{
	struct binding **bucket = token_bucket(t, b->facts.token);

	if (!b->facts.token.n)
		return;
	b->token_next = *bucket;
	*bucket = b;
}

static void token_unlink(struct bindings *t, struct binding *b)
{
	struct binding **at = token_bucket(t, b->facts.token);

	if (!b->facts.token.n)
		return;
	while (*at != b)
		at = &(*at)->token_next;
	*at = b->token_next;
}

/* --- by user -------------------------------------------------------------------------------- */

static struct binding_user *user_take(struct bindings *t, struct span name)
{
	struct binding_user *u = table_find(&t->by_user, name);

	if (u)
		return u;
	u = t->free_user; /* there are as many as bindings, so one is free when a binding is */
	t->free_user = u->next_free;
	*u = (struct binding_user){ .name_len = (uint8_t)name.n };
	memcpy(u->name, name.p, name.n);
	table_add(&t->by_user, span_of(u->name, u->name_len), u);
	return u;
}

/* By falling q, then what was registered last: those restored come in no order. */
static bool goes_before(const struct binding *a, const struct binding *b)
{
	return a->facts.q > b->facts.q || (a->facts.q == b->facts.q && a->refreshed > b->refreshed);
}

static void user_link(struct binding_user *u, struct binding *b)
{
	struct binding **at = &u->first;

	while (*at && goes_before(*at, b))
		at = &(*at)->next;
	b->next = *at;
	*at = b;
	b->owner = u;
	u->count++;
}

static void user_unlink(struct binding *b)
{
	struct binding **at = &b->owner->first;

	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	b->owner->count--;
}

static void user_release(struct bindings *t, struct binding_user *u)
{
	if (u->count)
		return;
	table_del(&t->by_user, span_of(u->name, u->name_len));
	u->next_free = t->free_user;
	t->free_user = u;
}

/* --- changing ------------------------------------------------------------------------------- */

static void binding_expire(struct timer *timer, void *ctx, uint64_t now)
{
	struct binding *b = (struct binding *)(void *)((char *)timer - offsetof(struct binding, expiry));

	(void)ctx;
	bindings_drop(b->home, b, BINDING_EXPIRED, now);
}

static uint64_t texts_length(const struct binding_facts *f)
{
	return (uint64_t)f->contact.n + f->call_id.n + f->instance.n + f->path.n + f->token.n + f->service_route.n +
	       f->associated.n + f->gruu.n;
}

bool binding_fits(struct span user, const struct binding_facts *f)
{
	return user.n > 0 && user.n <= BINDING_USER_MAX && texts_length(f) <= BINDING_TEXT_MAX;
}

static struct span agent_cut(const struct binding_facts *f)
{
	uint32_t left = BINDING_TEXT_MAX - (uint32_t)texts_length(f);

	return span_slice(f->agent, 0, left < BINDING_AGENT_MAX ? left : BINDING_AGENT_MAX);
}

static struct span text_keep(struct writer *w, struct span s)
{
	struct span kept = span_of(w->p + w->n, s.n);

	writer_put(w, s);
	return span_is_set(s) ? kept : s;
}

/* Facts with their texts all in one place, for they may lie in the very text that is to be overwritten. */
struct staged {
	struct binding_facts facts;
	uint32_t n;
	char text[BINDING_TEXT_MAX];
};

enum { BINDING_TEXTS = 9 };

static void texts_of(struct binding_facts *f, struct span *part[BINDING_TEXTS])
{
	struct span *const all[BINDING_TEXTS] = { &f->contact, &f->call_id,       &f->instance,   &f->path, &f->agent,
						  &f->token,   &f->service_route, &f->associated, &f->gruu };

	memcpy(part, all, sizeof(all));
}

static void facts_stage(struct staged *to, const struct binding_facts *f)
{
	struct writer w = writer_over(to->text, sizeof(to->text));
	struct span *part[BINDING_TEXTS];

	to->facts = *f;
	to->facts.agent = agent_cut(f);
	texts_of(&to->facts, part);
	for (unsigned i = 0; i < BINDING_TEXTS; i++)
		*part[i] = text_keep(&w, *part[i]);
	to->n = w.n;
}

/* room: of staged->n bytes, in place of the text that there is; NULL: that one serves. */
static void facts_keep(struct bindings *t, struct binding *b, const struct staged *staged, char *room)
{
	struct span *part[BINDING_TEXTS];

	if (room) {
		free(b->text);
		t->text_bytes += staged->n - b->room;
		b->text = room;
		b->room = (uint16_t)staged->n;
	}
	b->facts = staged->facts;
	texts_of(&b->facts, part);
	for (unsigned i = 0; i < BINDING_TEXTS; i++)
		if (span_is_set(*part[i]))
			part[i]->p = b->text + (part[i]->p - staged->text);
	if (staged->n)
		memcpy(b->text, staged->text, staged->n);
}

static void binding_take(struct bindings *t, uint64_t since)
{
	struct binding *b = t->free;

	t->free = b->next;
	t->count++;
	b->used = true;
	b->since = since;
	b->generation++;
	if (b->generation == 0)
		b->generation = 1;
}

/* The event to tell: what this put does. */
static enum binding_event put_event(const struct binding *old, const struct binding_facts *facts)
{
	if (!old)
		return BINDING_ADDED;
	return flow_eq(&old->facts.flow, &facts->flow) ? BINDING_REFRESHED : BINDING_MOVED;
}

/* When it is told, and the times of the binding. */
struct putting {
	enum binding_event event;
	uint64_t since, refreshed, now;
};

static struct binding *binding_place(struct bindings *t, struct span user, struct binding *old,
				     const struct binding_facts *facts, const struct putting *p)
{
	struct binding *b = old ? old : t->free;
	struct binding_user *u;
	struct staged staged;
	char *room = NULL;

	if (!binding_fits(user, facts))
		return NULL;
	if (!old && (!t->free || bindings_count_of(t, user) >= BINDINGS_PER_USER))
		return NULL;
	facts_stage(&staged, facts);
	if (staged.n > b->room && !(room = malloc(staged.n)))
		return NULL;
	if (old) {
		u = old->owner;
		user_unlink(old);
		flow_unlink(old);
		token_unlink(t, old);
	} else {
		u = user_take(t, user);
		binding_take(t, p->since);
	}
	facts_keep(t, b, &staged, room);
	b->refreshed = p->refreshed;
	user_link(u, b);
	flow_link(t, b);
	token_link(t, b);
	wheel_add(t->wheel, &b->expiry, b->facts.expires_at, binding_expire);
	bindings_tell(t, b, p->event, p->now);
	return b;
}

struct binding *bindings_put(struct bindings *t, struct span user, struct binding *old,
			     const struct binding_facts *facts, uint64_t now)
{
	const struct putting p = { put_event(old, facts), now, now, now };

	return binding_place(t, user, old, facts, &p);
}

struct binding *bindings_restore(struct bindings *t, struct span user, const struct binding_facts *facts,
				 uint64_t since, uint64_t refreshed, uint64_t now)
{
	const struct putting p = { BINDING_RESTORED, since, refreshed, now };

	return binding_place(t, user, NULL, facts, &p);
}

void bindings_drop(struct bindings *t, struct binding *b, enum binding_event why, uint64_t now)
{
	bindings_tell(t, b, why, now);
	wheel_del(t->wheel, &b->expiry);
	flow_unlink(b);
	token_unlink(t, b);
	user_unlink(b);
	user_release(t, b->owner);
	b->owner = NULL;
	b->used = false;
	b->next = t->free;
	t->free = b;
	t->count--;
}
