/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/request.h"

#include <netinet/in.h>

#include "sbc/firewall/upstream.h"

/* How long who says hello has to ask for what shall be open; how often it is looked for holes that silence closed. */
enum { SWEEP_MS = 10 * 1000, PURGE_MS = 10 * 1000 };

static struct hole *own_hole(const struct firewall *f, uint64_t id)
{
	return book_hole(&f->book, f->instance, id);
}

/* Left by another instance, or not asked for again. What ends by time was opened by hand: it may well outlive who was
 * asked for it. */
static bool is_left(const struct firewall *f, const struct hole *h)
{
	return h->instance != f->instance || (!h->confirmed && !h->ends_ms);
}

static void close_left(struct turn *t)
{
	enum { AT_ONCE = 256 };
	struct firewall *f = t->firewall;
	struct hole *found[AT_ONCE], *h;
	unsigned n;

	do {
		uint32_t pos = 0;

		for (n = 0; n < AT_ONCE && (h = table_next(&f->book.by_id, &pos));)
			if (is_left(f, h))
				found[n++] = h;
		for (unsigned i = 0; i < n; i++) {
			turn_close(t, found[i]);
			book_remove(&f->book, found[i]);
		}
	} while (n == AT_ONCE);
}

void request_sweep(struct turn *t)
{
	struct firewall *f = t->firewall;

	if (f->sweep_ms == 0 || t->now < f->sweep_ms)
		return;
	f->sweep_ms = 0;
	turn_commit(t); /* what this turn opened is the kernel's, or is nothing, before any is closed */
	close_left(t);
}

/* What is open stays for a while: calls outlive who was asked for their holes, and he asks again, under other numbers
 * where he is another. */
static enum firewall_result take_hello(struct turn *t, const struct firewall_request *r)
{
	struct firewall *f = t->firewall;
	uint32_t pos = 0;
	struct hole *h;

	if (r->name.n == 0)
		return FIREWALL_REFUSED;
	f->instance = book_instance(r->name);
	f->sweep_ms = t->now + SWEEP_MS;
	while ((h = table_next(&f->book.by_id, &pos)))
		h->confirmed = false;
	return FIREWALL_DONE;
}

static bool is_sound(const struct firewall_hole *h)
{
	return (h->protocol == IPPROTO_UDP || h->protocol == IPPROTO_TCP) && addr_is_set(&h->ours) && h->ours.port &&
	       (!addr_is_set(&h->peer) || h->peer.family == h->ours.family) && (h->idle_s || h->lifetime_s);
}

/* Its sets are there, or will be. */
static bool kind_ensure(struct turn *t, const struct firewall_hole *h)
{
	struct firewall *f = t->firewall;
	struct kind k = kind_of(h);

	for (unsigned i = 0; i < f->sets.nkind; i++)
		if (kind_same(&f->sets.kinds[i], &k))
			return true;
	if (f->sets.nkind == FIREWALL_KINDS_MAX)
		return false;
	f->sets.kinds[f->sets.nkind++] = k;
	return true;
}

static void close_one(struct turn *t, struct hole *h)
{
	turn_close(t, h);
	book_remove(&t->firewall->book, h);
}

/* Where the book is full, what silence closed makes room: only the kernel knows. */
static void make_room(struct turn *t)
{
	struct firewall *f = t->firewall;

	if (f->book.by_id.count < BOOK_HOLES_MAX || t->now < f->purge_ms + PURGE_MS)
		return;
	turn_commit(t);
	f->purge_ms = t->now;
	firewall_recall(f, t->now);
}

/* Adding alone would not refresh what is there: it is deleted first. */
static enum firewall_result open_one(struct turn *t, const struct firewall_hole *want)
{
	struct firewall *f = t->firewall;
	struct hole *old, *h;

	make_room(t);
	old = book_hole(&f->book, f->instance, want->id);
	if (!kind_ensure(t, want))
		return FIREWALL_FULL;
	if (old)
		close_one(t, old);
	/* The port leads to whoever asked for it last. */
	old = book_hole_like(&f->book, want);
	if (old)
		close_one(t, old);
	h = book_add(&f->book, want, f->instance, t->now);
	if (!h)
		return FIREWALL_FULL;
	turn_open(t, h);
	return FIREWALL_DONE;
}

static enum firewall_result take_open(struct turn *t, const struct firewall_request *r)
{
	return is_sound(&r->hole) ? open_one(t, &r->hole) : FIREWALL_REFUSED;
}

static enum firewall_result take_narrow(struct turn *t, const struct firewall_request *r)
{
	struct hole *old = own_hole(t->firewall, r->hole.id), copy;
	struct firewall_hole want;

	if (!old)
		return FIREWALL_NO_SUCH;
	copy = *old; /* old is gone before its owner is read */
	want = copy.said;
	want.owner = hole_owner(&copy);
	want.peer = r->hole.peer;
	if (!addr_is_set(&want.peer))
		return FIREWALL_REFUSED;
	if (copy.ends_ms) {
		if (copy.ends_ms <= t->now)
			return FIREWALL_NO_SUCH;
		want.lifetime_s = (uint32_t)((copy.ends_ms - t->now + 999) / 1000);
	}
	return is_sound(&want) ? open_one(t, &want) : FIREWALL_REFUSED;
}

static enum firewall_result take_close(struct turn *t, const struct firewall_request *r)
{
	struct hole *h = own_hole(t->firewall, r->hole.id);

	if (!h)
		return FIREWALL_NO_SUCH;
	close_one(t, h);
	return FIREWALL_DONE;
}

static enum firewall_result take_ban(struct turn *t, const struct firewall_request *r)
{
	struct book *book = &t->firewall->book;
	struct ban *old = book_ban(book, &r->ban.whom), *b;

	if (r->ban.whom.bits == 0 || r->ban.seconds == 0)
		return FIREWALL_REFUSED;
	if (old)
		turn_unban(t, old);
	b = book_ban_add(book, &r->ban.whom, t->now + 1000ull * r->ban.seconds);
	if (!b)
		return FIREWALL_FULL;
	turn_ban(t, b);
	return FIREWALL_DONE;
}

static enum firewall_result take_unban(struct turn *t, const struct firewall_request *r)
{
	struct ban *b = book_ban(&t->firewall->book, &r->ban.whom);

	if (!b)
		return FIREWALL_NO_SUCH;
	turn_unban(t, b);
	book_ban_remove(&t->firewall->book, b);
	return FIREWALL_DONE;
}

/* By silence or by time. */
static uint32_t expires_in(const struct hole *h, uint64_t now)
{
	uint64_t life = h->ends_ms > now ? (h->ends_ms - now + 999) / 1000 : 0;

	return h->ends_ms && (life < h->left_s || !h->said.idle_s) ? (uint32_t)life : h->left_s;
}

/* Written one answer late: only then is it known which is the last. */
static void take_list(struct turn *t, unsigned client, const struct firewall_request *r)
{
	struct firewall *f = t->firewall;
	struct firewall_answer a = { .seq = r->seq, .verb = r->verb, .result = FIREWALL_NO_SUCH };
	uint32_t pos = 0;
	struct hole *h;

	turn_commit(t);
	if (firewall_recall(f, t->now)) {
		a.result = FIREWALL_FAILED;
		a.last = true;
		t->answer(t->ctx, client, &a);
		return;
	}
	while ((h = table_next(&f->book.by_id, &pos))) {
		if (h->instance != f->instance || (r->hole.owner.n && !span_eq(r->hole.owner, hole_owner(h))))
			continue;
		if (a.result == FIREWALL_DONE)
			t->answer(t->ctx, client, &a);
		a.result = FIREWALL_DONE;
		a.hole = h->said;
		a.hole.owner = hole_owner(h);
		a.packets = h->packets;
		a.bytes = h->bytes;
		a.expires_s = expires_in(h, t->now);
	}
	a.last = true;
	t->answer(t->ctx, client, &a);
}

void request_take(struct turn *t, unsigned client, bool greeted, const struct firewall_request *r)
{
	static enum firewall_result (*const takers[FIREWALL_VERB_N])(struct turn *, const struct firewall_request *) = {
		[FIREWALL_HELLO] = take_hello, [FIREWALL_OPEN] = take_open, [FIREWALL_NARROW] = take_narrow,
		[FIREWALL_CLOSE] = take_close, [FIREWALL_BAN] = take_ban,   [FIREWALL_UNBAN] = take_unban,
	};

	/* Who only wants to know what address we have needs no name. */
	if (!greeted && r->verb != FIREWALL_HELLO && r->verb != FIREWALL_PUBLIC)
		turn_result(t, client, r, FIREWALL_REFUSED);
	else if (r->verb == FIREWALL_LIST)
		take_list(t, client, r);
	else if (takers[r->verb])
		turn_result(t, client, r, takers[r->verb](t, r));
	else /* the others are for the router */
		upstream_take(t->upstream, client, r, t->now);
}
