/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/association.h"

static void half_drop(struct association_half *h)
{
	endpoint_free(h->end);
	*h = (struct association_half){ 0 };
}

static void half_send(struct association_half *h, const struct association_way *way)
{
	uint8_t out[ENDPOINT_DATAGRAM_MAX];
	size_t n;

	while ((n = endpoint_give(h->end, out)) > 0)
		way->send(way->ctx, &h->source, out, n);
}

/* The alert that says so has been sent. */
static void half_fail(struct association *a, struct association_half *h, const struct association_way *way,
		      const char *why)
{
	way->counters->failed++;
	way->counters->impostors += endpoint_is_impostor(h->end);
	a->why = why;
	half_drop(h);
}

/* True: it has given the keys. All others were strangers', or are over. */
static bool half_settle(struct association *a, struct association_half *h, const struct association_way *way)
{
	half_send(h, way);
	if (endpoint_state(h->end) == ENDPOINT_FAILED)
		half_fail(a, h, way, endpoint_why(h->end));
	if (!h->end || h->done || endpoint_keys(h->end, &a->ours, &a->theirs))
		return false;
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		if (&a->half[i] != h)
			half_drop(&a->half[i]);
	h->done = true;
	h->since = way->now;
	a->proved = h->source;
	a->why = NULL;
	way->counters->done++;
	return true;
}

/* The one under way first. */
static struct association_half *half_with(struct association *a, const struct addr *source)
{
	struct association_half *found = NULL;

	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++) {
		struct association_half *h = &a->half[i];

		if (h->end && addr_eq(&h->source, source) && (!found || found->done))
			found = h;
	}
	return found;
}

/* Is `a` to be given up rather than b? The oldest of the worst, and what has given the keys last of all. */
static bool is_worse(const struct association_half *a, const struct association_half *b)
{
	if (!a->end != !b->end)
		return !a->end;
	if (a->done != b->done)
		return b->done;
	return a->rank != b->rank ? a->rank < b->rank : a->since < b->since;
}

/* NULL: all that are there fit better. */
static struct association_half *half_room(struct association *a, uint8_t rank)
{
	struct association_half *worst = &a->half[0];

	for (unsigned i = 1; i < ASSOCIATION_HALVES; i++)
		if (is_worse(&a->half[i], worst))
			worst = &a->half[i];
	if (worst->end && worst->rank > rank)
		return NULL;
	half_drop(worst);
	return worst;
}

/* True: one more may begin. */
static bool way_spend(const struct association_way *way)
{
	if (!*way->left) {
		way->counters->deferred++;
		return false;
	}
	--*way->left;
	way->counters->begun++;
	return true;
}

void association_call(struct association *a, const struct association_way *way, const struct addr *to)
{
	struct association_half *h;

	a->called = way->now;
	if (!way_spend(way))
		return;
	h = half_room(a, UINT8_MAX);
	if (h)
		*h = (struct association_half){
			.end = endpoint_client(way->who, way->peer),
			.source = *to,
			.rank = UINT8_MAX,
			.since = way->now,
		};
	if (h && h->end)
		half_settle(a, h, way);
}

/* Somebody begins, or would like to. */
static struct endpoint *guest_greet(const struct association_way *way, const struct association_guest *guest,
				    const uint8_t *bytes, size_t n)
{
	uint8_t out[ENDPOINT_DATAGRAM_MAX];
	struct writer reply = writer_over(out, sizeof(out));
	struct endpoint *e;

	if (guest->checked) {
		e = endpoint_server(way->who, way->peer);
		if (e)
			endpoint_take(e, bytes, n);
		return e;
	}
	e = endpoint_greet(way->who, way->peer, guest->cookie, bytes, n, &reply);
	if (!e && reply.n)
		way->send(way->ctx, &guest->source, out, reply.n);
	return e;
}

static bool association_begin(struct association *a, const struct association_way *way,
			      const struct association_guest *guest, const uint8_t *bytes, size_t n)
{
	struct association_half *h;
	struct endpoint *e;

	if (!*way->left) {
		way->counters->deferred++;
		return false;
	}
	e = guest_greet(way, guest, bytes, n);
	h = e ? half_room(a, guest->rank) : NULL;
	if (!h) {
		endpoint_free(e);
		return false;
	}
	way_spend(way);
	*h = (struct association_half){ .end = e, .source = guest->source, .rank = guest->rank, .since = way->now };
	return half_settle(a, h, way);
}

bool association_take(struct association *a, const struct association_way *way, const struct association_guest *guest,
		      const uint8_t *bytes, size_t n)
{
	struct association_half *h = half_with(a, &guest->source);
	const bool hello = endpoint_is_hello(bytes, n);

	/* Who begins anew has lost what there was: he is heard, and what there is stays until he has proved himself. */
	if (h && guest->away && !h->done)
		return false;
	if (h && !(h->done && hello)) {
		endpoint_take(h->end, bytes, n);
		return half_settle(a, h, way);
	}
	return hello && guest->may_begin && association_begin(a, way, guest, bytes, n);
}

void association_tick(struct association *a, const struct association_way *way)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++) {
		struct association_half *h = &a->half[i];

		if (!h->end)
			continue;
		if (h->done && (endpoint_is_over(h->end) || way->now - h->since >= ASSOCIATION_KEEP_MS)) {
			half_drop(h);
		} else if (!h->done && way->now - h->since >= ASSOCIATION_PATIENCE_MS) {
			half_fail(a, h, way, "no end in 30 s");
		} else if (!h->done) {
			endpoint_tick(h->end);
			half_settle(a, h, way);
		}
	}
}

bool association_is_busy(const struct association *a)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		if (a->half[i].end && !a->half[i].done)
			return true;
	return false;
}

bool association_is_idle(const struct association *a)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		if (a->half[i].end)
			return false;
	return true;
}

void association_end(struct association *a, const struct association_way *way)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++) {
		struct association_half *h = &a->half[i];

		if (!h->end)
			continue;
		endpoint_close(h->end);
		half_send(h, way);
	}
	association_forget(a);
}

void association_abandon(struct association *a)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		if (!a->half[i].done)
			half_drop(&a->half[i]);
}

void association_forget(struct association *a)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		half_drop(&a->half[i]);
}
