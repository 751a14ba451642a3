/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/store.h"

#include <pthread.h>
#include <stdlib.h>

#include "sbc/store/bankeep.h"
#include "sbc/store/callkeep.h"
#include "sbc/store/database.h"

enum { STORE_TEXT = 512 * 1024, STORE_CALL_TEXT = 1024 * 1024 };

/* What goes to the thread and what comes back. Of one of the two at a time: see struct store's busy. */
struct batch {
	unsigned n;
	struct record record[STORE_BATCH];
	uint32_t place[STORE_BATCH]; /* of the binding that the record is about */
	char text[STORE_TEXT];       /* of the records */
	unsigned ncall;
	struct database_call call[CALLKEEP_BATCH];
	char call_text[STORE_CALL_TEXT];
	unsigned nban;
	struct banrecord ban[BANKEEP_BATCH];
	/* what became of it */
	enum database_end end;
	bool anew; /* the file has nothing in it, not even this */
	char why[DATABASE_WHY_MAX];
	char moved[DATABASE_PATH_MAX]; /* where a bad file is now; "" none */
};

struct store {
	struct store_conf conf;
	struct store_keeping keeping;
	struct timer timer;
	/* Changed bindings wait in a ring, each once however often it changes: full is nothing to fear. */
	uint32_t capacity, head, nmarked;
	uint32_t *ring;
	bool *marked;
	uint32_t *slot_of; /* the row of each place; no two have the same */
	bool up, pending;  /* pending: a batch is out whose end is not known here */
	uint64_t retry_at;
	struct callkeep *calls; /* NULL: none are kept */
	struct bankeep *bans;   /* the same */
	char instance[DATABASE_INSTANCE_MAX];
	struct database file; /* the thread's, once there is one */
	struct batch *batch;
	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock; /* of these two */
	bool busy, ending;    /* busy: batch is the thread's */
	pthread_cond_t changed;
};

/* --- the file ------------------------------------------------------------------------------- */

static void file_why(struct store *s, struct batch *b)
{
	if (b->end)
		memcpy(b->why, s->file.why, sizeof(b->why));
}

/* A bad file makes room for a new one; why it was bad stays said. */
static void file_replace(struct store *s, struct batch *b)
{
	memcpy(b->why, s->file.why, sizeof(b->why));
	database_close(&s->file);
	if (database_move(&s->file, s->conf.path, s->conf.wall(), b->moved)) {
		b->moved[0] = '\0';
		b->end = DATABASE_FAILED;
	} else {
		b->end = database_open(&s->file, s->conf.path);
	}
	b->anew = !b->end;
	file_why(s, b);
}

static void file_open(struct store *s, struct batch *b)
{
	b->end = database_open(&s->file, s->conf.path);
	file_why(s, b);
	if (b->end == DATABASE_BROKEN)
		file_replace(s, b);
}

/* Opened late, it has what some other run left: that is older than what is in memory. */
static void file_open_late(struct store *s, struct batch *b)
{
	file_open(s, b);
	if (b->end || b->anew)
		return;
	b->end = database_empty(&s->file);
	b->anew = !b->end;
	file_why(s, b);
	if (b->end == DATABASE_BROKEN)
		file_replace(s, b);
	else if (b->end)
		database_close(&s->file);
}

static void batch_write(struct store *s, struct batch *b)
{
	b->end = DATABASE_OK;
	b->anew = false;
	b->why[0] = b->moved[0] = '\0';
	if (s->file.handle && database_was_removed(&s->file))
		database_close(&s->file);
	if (!s->file.handle) {
		file_open_late(s, b);
		return;
	}
	b->end = database_write(&s->file, &(struct database_batch){ .record = b->record,
								    .call = b->call,
								    .ban = b->ban,
								    .nrecord = b->n,
								    .ncall = b->ncall,
								    .nban = b->nban });
	file_why(s, b);
	if (b->end == DATABASE_BROKEN)
		file_replace(s, b);
}

static void *writer_run(void *arg)
{
	struct store *s = arg;

	pthread_mutex_lock(&s->lock);
	while (s->busy || !s->ending) {
		if (!s->busy) {
			pthread_cond_wait(&s->changed, &s->lock);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		batch_write(s, s->batch);
		pthread_mutex_lock(&s->lock);
		s->busy = false;
		pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- what has changed ----------------------------------------------------------------------- */

static void store_due(struct timer *timer, void *ctx, uint64_t now);

static void mark(struct store *s, uint32_t place)
{
	if (s->marked[place])
		return;
	s->marked[place] = true;
	s->ring[(s->head + s->nmarked) % s->capacity] = place;
	s->nmarked++;
}

static void mark_all(struct store *s)
{
	for (uint32_t i = 0; i < s->capacity; i++)
		if (bindings_at_place(s->keeping.bindings, i))
			mark(s, i);
}

/* Fills the batch, the longest waiting first. */
static void pack(struct store *s, struct batch *b)
{
	const struct moment m = { core_now(s->keeping.core), s->conf.wall() };
	struct writer w = writer_over(b->text, sizeof(b->text));

	for (b->n = 0; s->nmarked && b->n < STORE_BATCH; b->n++) {
		uint32_t place = s->ring[s->head];
		const struct binding *binding = bindings_at_place(s->keeping.bindings, place);
		struct record *r = &b->record[b->n];

		*r = (struct record){ .gone = true };
		if (binding) {
			record_of(r, binding, s->keeping.core->conf, &m);
			if (record_keep(r, &w))
				return; /* the text is full: it is the next batch's first */
		}
		r->slot = s->slot_of[place];
		b->place[b->n] = place;
		s->marked[place] = false;
		s->head = (s->head + 1) % s->capacity;
		s->nmarked--;
	}
}

static void pack_calls(struct store *s, struct batch *b)
{
	struct writer w = writer_over(b->call_text, sizeof(b->call_text));

	b->ncall = s->calls ? callkeep_pack(s->calls, b->call, &w) : 0;
}

/* Beside the bindings: what is not in the file as it is now. */
static uint32_t others_waiting(const struct store *s)
{
	return (s->calls ? s->calls->nchanged : 0) + (s->bans ? s->bans->nchanged : 0);
}

/* Something waits to be written. */
static bool is_behind(const struct store *s)
{
	return s->nmarked || others_waiting(s);
}

static void hand_over(struct store *s)
{
	pack(s, s->batch);
	pack_calls(s, s->batch);
	s->batch->nban = s->bans ? bankeep_pack(s->bans, s->batch->ban) : 0;
	s->pending = true;
	pthread_mutex_lock(&s->lock);
	s->busy = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* --- what became of it ---------------------------------------------------------------------- */

static void tell_moved(const struct store *s, const struct batch *b)
{
	if (b->moved[0])
		log_error(&s->conf.log, "store: %s: %s: it was moved aside to %s, and a new one is made", s->conf.path,
			  b->why, b->moved);
}

static void tell_state(struct store *s, const struct batch *b)
{
	bool up = b->end == DATABASE_OK;

	if (up && !s->up)
		log_warn(&s->conf.log, "store: %s: it is written again", s->conf.path);
	if (!up && s->up)
		log_error(
			&s->conf.log,
			"store: %s: %s: what is registered and called from now on is lost when the program ends, until "
			"that is mended (tried again every %d s; \"store\": {\"local\"} in the configuration)",
			s->conf.path, b->why, STORE_RETRY_MS / 1000);
	s->up = up;
}

/* The batch is back. */
static void take_back(struct store *s)
{
	struct core *core = s->keeping.core;
	struct batch *b = s->batch;

	s->pending = false;
	tell_moved(s, b);
	tell_state(s, b);
	if (b->anew)
		mark_all(s);
	if (b->anew || b->end)
		for (unsigned i = 0; i < b->n; i++)
			mark(s, b->place[i]);
	if (s->calls)
		callkeep_written(s->calls, !b->anew && !b->end);
	if (s->calls && b->anew)
		callkeep_all(s->calls);
	if (s->bans)
		bankeep_written(s->bans, !b->anew && !b->end);
	if (s->bans && b->anew)
		bankeep_all(s->bans);
	if (!b->end)
		return;
	core_count(core, COUNT_STORE_FAILED);
	s->retry_at = core_now(core) + STORE_RETRY_MS;
}

static bool is_busy(struct store *s)
{
	bool busy;

	pthread_mutex_lock(&s->lock);
	busy = s->busy;
	pthread_mutex_unlock(&s->lock);
	return busy;
}

static void store_turn(struct store *s, uint64_t now)
{
	uint64_t next = now + STORE_DELAY_MS;

	if (is_busy(s)) {
		if (s->nmarked >= STORE_BATCH)
			core_count(s->keeping.core, COUNT_STORE_BEHIND);
	} else {
		if (s->pending)
			take_back(s);
		if (!is_behind(s))
			return;
		if (!s->up && now < s->retry_at)
			next = s->retry_at;
		else
			hand_over(s);
		if (s->up && is_behind(s))
			next = now + STORE_NEXT_MS;
	}
	wheel_add(&s->keeping.core->wheel, &s->timer, next, store_due);
}

static void store_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct store *s = (struct store *)(void *)((char *)timer - offsetof(struct store, timer));

	(void)ctx;
	store_turn(s, now);
}

static void on_binding(void *ctx, struct binding *b, enum binding_event e, uint64_t now)
{
	struct store *s = ctx;

	(void)e;
	mark(s, b->number);
	if (s->nmarked == STORE_BATCH && s->up)
		store_turn(s, now);
	else if (!timer_runs(&s->timer))
		wheel_add(&s->keeping.core->wheel, &s->timer, now + STORE_DELAY_MS, store_due);
}

/* Calls or bans have changed. */
static void on_other(void *ctx)
{
	struct store *s = ctx;
	struct core *core = s->keeping.core;

	if (!timer_runs(&s->timer))
		wheel_add(&core->wheel, &s->timer, core_now(core) + STORE_DELAY_MS, store_due);
}

/* --- bringing back -------------------------------------------------------------------------- */

struct bringing {
	struct store *s;
	struct moment moment;
	uint32_t *place_of; /* of slots */
	bool *had;          /* slots that hold a record */
	uint32_t n[RECORD_END_N], unknown;
};

/* The binding at that place has the slot from now on; who had it gets the other. */
static void slot_give(struct bringing *g, uint32_t place, uint32_t slot)
{
	uint32_t *slot_of = g->s->slot_of, other = g->place_of[slot], old = slot_of[place];

	slot_of[place] = slot;
	slot_of[other] = old;
	g->place_of[slot] = place;
	g->place_of[old] = other;
}

static void bring_back(void *ctx, const struct record *r)
{
	struct bringing *g = ctx;
	const struct store_keeping *k = &g->s->keeping;
	struct binding *b;
	enum record_end end = record_restore(r, k->bindings, k->core->conf, &g->moment, &b);

	g->had[r->slot] = true;
	if (end == RECORD_RESTORED) {
		slot_give(g, b->number, r->slot);
		if (!k->known(k->ctx, b)) {
			bindings_drop(k->bindings, b, BINDING_DROPPED, g->moment.now);
			g->unknown++;
			return;
		}
	}
	g->n[end]++;
}

static void tell_brought(const struct bringing *g)
{
	char text[256];
	struct writer w = writer_over(text, sizeof(text));

	for (unsigned i = 0; i < RECORD_END_N; i++)
		if (g->n[i] || i == RECORD_RESTORED)
			writer_format(&w, "%s%u %s", i ? ", " : "", g->n[i], record_end_name((enum record_end)i));
	if (g->unknown)
		writer_format(&w, ", %u of users that are no more", g->unknown);
	log_info(&g->s->conf.log, "store: %s: registrations: %.*s", g->s->conf.path, SPAN_ARG(writer_done(&w)));
}

/* What is read before it proves bad is good. */
static void read_all(struct bringing *g)
{
	struct store *s = g->s;
	struct batch *b = s->batch;

	b->anew = false;
	b->moved[0] = '\0';
	b->end = database_read(&s->file, s->capacity, bring_back, g);
	file_why(s, b);
	if (b->end == DATABASE_BROKEN)
		file_replace(s, b);
	tell_moved(s, b);
	tell_state(s, b);
	tell_brought(g);
	if (b->anew)
		mark_all(s);
	for (uint32_t i = 0; i < s->capacity && !b->anew; i++)
		if (g->had[s->slot_of[i]] && !bindings_at_place(s->keeping.bindings, i))
			mark(s, i);
}

static int bring_all_back(struct store *s)
{
	struct bringing g = { .s = s, .moment = { core_now(s->keeping.core), s->conf.wall() } };

	g.place_of = calloc(s->capacity, sizeof(*g.place_of));
	g.had = calloc(s->capacity, sizeof(*g.had));
	if (g.place_of && g.had) {
		memcpy(g.place_of, s->slot_of, s->capacity * sizeof(*g.place_of));
		if (s->file.handle)
			read_all(&g);
	}
	free(g.place_of);
	free(g.had);
	return g.place_of && g.had ? 0 : -1;
}

/* --- opening and closing -------------------------------------------------------------------- */

struct store *store_open(const struct store_conf *conf)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s || !(s->batch = calloc(1, sizeof(*s->batch)))) {
		free(s);
		return NULL;
	}
	s->conf = *conf;
	s->up = true;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	file_open(s, s->batch);
	tell_moved(s, s->batch);
	if (s->batch->end == DATABASE_LOCKED) {
		log_error(&conf->log,
			  "store: %s: another program has it open: this one runs without, and what is registered here "
			  "is lost when it ends. Stop the other and start this one again, or give each its own "
			  "store.local",
			  conf->path);
		store_close(s);
		return NULL;
	}
	if (s->file.handle)
		database_instance(&s->file, s->instance);
	tell_state(s, s->batch);
	return s;
}

int store_keep(struct store *s, const struct store_keeping *k)
{
	s->keeping = *k;
	s->capacity = bindings_capacity(k->bindings);
	s->ring = calloc(s->capacity, sizeof(*s->ring));
	s->marked = calloc(s->capacity, sizeof(*s->marked));
	s->slot_of = calloc(s->capacity, sizeof(*s->slot_of));
	if (!s->ring || !s->marked || !s->slot_of)
		return -1;
	for (uint32_t i = 0; i < s->capacity; i++)
		s->slot_of[i] = i;
	if (bring_all_back(s) || bindings_watch(k->bindings, on_binding, s))
		return -1;
	s->threaded = pthread_create(&s->thread, NULL, writer_run, s) == 0;
	if (!s->threaded)
		return -1;
	wheel_add(&k->core->wheel, &s->timer, core_now(k->core) + STORE_DELAY_MS, store_due);
	return 0;
}

/* More of the file was read, to that end. */
static void take_read(struct store *s, enum database_end end)
{
	struct batch *b = s->batch;

	b->anew = false;
	b->moved[0] = '\0';
	b->end = end;
	file_why(s, b);
	if (b->end == DATABASE_BROKEN)
		file_replace(s, b);
	tell_moved(s, b);
	tell_state(s, b);
	if (!b->anew)
		return;
	mark_all(s);
	if (s->bans)
		bankeep_all(s->bans);
	on_other(s);
}

void store_keep_calls(struct store *s, struct callkeep *calls, database_call_fn *fn, void *ctx)
{
	s->calls = calls;
	calls->wake = on_other;
	calls->ctx = s;
	if (s->file.handle)
		take_read(s, database_read_calls(&s->file, fn, ctx));
}

void store_keep_bans(struct store *s, struct bankeep *bans, database_ban_fn *fn, void *ctx)
{
	s->bans = bans;
	bans->wake = on_other;
	bans->ctx = s;
	if (s->file.handle)
		take_read(s, database_read_bans(&s->file, fn, ctx));
}

const char *store_instance(const struct store *s)
{
	return s->instance;
}

/* A failure is the last try. */
static void write_rest(struct store *s)
{
	for (bool failed = false; !failed;) {
		pthread_mutex_lock(&s->lock);
		while (s->busy)
			pthread_cond_wait(&s->changed, &s->lock);
		pthread_mutex_unlock(&s->lock);
		if (s->pending) {
			take_back(s);
			failed = !s->up;
		}
		if (!is_behind(s))
			return;
		if (!failed)
			hand_over(s);
	}
	log_warn(&s->conf.log, "store: %s: the last state of %u registrations and %u calls and bans is not in it",
		 s->conf.path, s->nmarked, others_waiting(s));
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->threaded) {
		wheel_del(&s->keeping.core->wheel, &s->timer);
		write_rest(s);
		pthread_mutex_lock(&s->lock);
		s->ending = true;
		pthread_cond_broadcast(&s->changed);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	database_close(&s->file);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s->ring);
	free(s->marked);
	free(s->slot_of);
	free(s->batch);
	free(s);
}

struct store_state store_state(const struct store *s)
{
	uint32_t out = s->pending ? s->batch->n + s->batch->ncall + s->batch->nban : 0;

	return (struct store_state){ .up = s->up, .waiting = s->nmarked + others_waiting(s) + out };
}

size_t store_bytes(const struct store *s)
{
	return sizeof(*s) + sizeof(*s->batch) +
	       s->capacity * (sizeof(*s->ring) + sizeof(*s->marked) + sizeof(*s->slot_of));
}
