/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/netview.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "alg/base/table.h"
#include "rtpproxy/rtnl.h"

enum { ASK_AGAIN_MS = 1000, REFRESH_MS = 30000, LISTEN_MAX = 32768, READS_MAX = 64 };

enum { IDLE_MS = 10000 };

/* What a way is found by. No padding: it is hashed as bytes. */
struct way_key {
	uint8_t from[16], to[16];
	uint8_t from_family, to_family;
};

struct way_entry {
	struct way way; /* first: what callers hold points here */
	struct way_key key;
	struct addr next; /* the neighbour; ADDR_NONE where none is needed */
	uint32_t refs;
	uint64_t asked_ms;
	struct way_entry *next_way, **link;
	struct way_entry *idle_older, *idle_newer; /* while nobody holds it */
	uint64_t idle_ms;                          /* since then */
};

struct netview {
	struct mnl_socket *ask, *listen;
	struct table ways;
	struct way_entry *all;    /* the same in a row: the table has room for many more than there are */
	struct way_entry *recent; /* asked for last; the ports of a call ask for the same one by turns */
	netview_changed_fn *changed;
	void *ctx;
	struct way_entry *idle_oldest, *idle_newest;
	uint32_t nidle;
	uint64_t now; /* of the last call that told */
	bool stale;   /* routes have changed: look all ways up again */
};

struct netview *netview_open(uint32_t capacity, netview_changed_fn *changed, void *ctx, char *error, size_t error_size)
{
	struct netview *v = calloc(1, sizeof(*v));
	struct hash_key key;

	if (!v) {
		snprintf(error, error_size, "out of memory");
		return NULL;
	}
	v->changed = changed;
	v->ctx = ctx;
	v->ask = rtnl_open();
	v->listen = rtnl_listen();
	if (!v->ask || !v->listen || getrandom(&key, sizeof(key), 0) != sizeof(key) ||
	    table_init(&v->ways, capacity + NETVIEW_IDLE_MAX, &key) < 0) {
		snprintf(error, error_size, "cannot ask the kernel for routes (rtnetlink): %s", strerror(errno));
		netview_close(v);
		return NULL;
	}
	return v;
}

void netview_close(struct netview *v)
{
	struct way_entry *e;

	while ((e = v->all)) {
		v->all = e->next_way;
		free(e);
	}
	table_fini(&v->ways);
	if (v->ask)
		mnl_socket_close(v->ask);
	if (v->listen)
		mnl_socket_close(v->listen);
	free(v);
}

int netview_fd(const struct netview *v)
{
	return mnl_socket_get_fd(v->listen);
}

/* --- one way ---------------------------------------------------------------------------------------------- */

static bool usable(const struct rtnl_neighbour *n)
{
	return n->has_mac && n->state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP);
}

static void neighbour_ask(struct netview *v, struct way_entry *e, uint64_t now)
{
	e->asked_ms = now;
	rtnl_neighbour_use(v->ask, e->way.ifindex, &e->next);
}

/* Route and neighbour as the kernel has them now. */
static struct way way_look_up(struct netview *v, struct way_entry *e, uint64_t now)
{
	struct way w = { .from = e->way.from, .to = e->way.to };
	struct rtnl_neighbour n;
	struct rtnl_route r;

	e->next = (struct addr){ 0 };
	if (rtnl_route_get(v->ask, &w.from, &w.to, &r) < 0)
		return w;
	w.ifindex = r.ifindex;
	w.local = r.local;
	if (r.local) {
		/* The kernel names the interface that holds the address; the packet takes lo. */
		w.ifindex = if_nametoindex("lo");
		w.state = WAY_READY;
		return w;
	}
	e->next = addr_is_set(&r.gateway) ? r.gateway : w.to;
	e->way.ifindex = w.ifindex;
	if (rtnl_neighbour_get(v->ask, w.ifindex, &e->next, &n) == 0 && usable(&n)) {
		memcpy(w.mac, n.mac, sizeof(w.mac));
		w.state = WAY_READY;
		if (n.state & NUD_STALE)
			neighbour_ask(v, e, now);
		return w;
	}
	w.state = WAY_RESOLVING;
	neighbour_ask(v, e, now);
	return w;
}

static bool way_eq(const struct way *a, const struct way *b)
{
	return a->state == b->state && a->ifindex == b->ifindex && a->local == b->local &&
	       memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

static void way_renew(struct netview *v, struct way_entry *e, const struct way *w)
{
	const bool same = way_eq(&e->way, w);

	e->way = *w;
	if (!same && e->refs)
		v->changed(v->ctx, &e->way);
}

static struct way_key key_of(const struct addr *from, const struct addr *to)
{
	struct way_key k = { .from_family = from->family, .to_family = to->family };

	memcpy(k.from, from->ip, 16);
	memcpy(k.to, to->ip, 16);
	return k;
}

static void way_join(struct netview *v, struct way_entry *e)
{
	e->next_way = v->all;
	e->link = &v->all;
	if (e->next_way)
		e->next_way->link = &e->next_way;
	v->all = e;
}

static void way_leave(struct netview *v, struct way_entry *e)
{
	*e->link = e->next_way;
	if (e->next_way)
		e->next_way->link = e->link;
	if (v->recent == e)
		v->recent = NULL;
}

static struct way_entry *way_find(const struct netview *v, const struct way_key *key)
{
	if (v->recent && memcmp(&v->recent->key, key, sizeof(*key)) == 0)
		return v->recent;
	return table_find(&v->ways, span_of(key, sizeof(*key)));
}

static void way_forget(struct netview *v, struct way_entry *e)
{
	(void)table_del(&v->ways, span_of(&e->key, sizeof(e->key)));
	way_leave(v, e);
	free(e);
}

static void idle_leave(struct netview *v, struct way_entry *e)
{
	*(e->idle_older ? &e->idle_older->idle_newer : &v->idle_oldest) = e->idle_newer;
	*(e->idle_newer ? &e->idle_newer->idle_older : &v->idle_newest) = e->idle_older;
	e->idle_older = e->idle_newer = NULL;
	v->nidle--;
}

static void idle_join(struct netview *v, struct way_entry *e)
{
	e->idle_ms = v->now;
	e->idle_older = v->idle_newest;
	*(v->idle_newest ? &v->idle_newest->idle_newer : &v->idle_oldest) = e;
	v->idle_newest = e;
	v->nidle++;
}

static void idle_forget_oldest(struct netview *v)
{
	struct way_entry *e = v->idle_oldest;

	idle_leave(v, e);
	way_forget(v, e);
}

/* What became of it while nobody held it is known; but nobody has asked again for a neighbour that does not answer. */
static bool way_is_known(const struct netview *v, const struct way_entry *e, uint64_t now)
{
	if (v->stale || e->way.state == WAY_NONE)
		return false;
	return e->way.state == WAY_READY || now - e->asked_ms < ASK_AGAIN_MS;
}

static const struct way *way_take(struct netview *v, struct way_entry *e, uint64_t now)
{
	v->recent = e;
	if (e->refs++ > 0)
		return &e->way;
	idle_leave(v, e);
	if (!way_is_known(v, e, now))
		e->way = way_look_up(v, e, now);
	return &e->way;
}

const struct way *netview_get(struct netview *v, const struct addr *from, const struct addr *to, uint64_t now)
{
	const struct way_key key = key_of(from, to);
	struct way_entry *e = way_find(v, &key);

	v->now = now;
	if (e)
		return way_take(v, e, now);
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->key = key;
	e->refs = 1;
	e->way.from = *from;
	e->way.to = *to;
	e->way.from.port = e->way.to.port = 0;
	if (v->idle_oldest && v->ways.count == v->ways.capacity)
		idle_forget_oldest(v);
	if (table_add(&v->ways, span_of(&e->key, sizeof(e->key)), e) < 0) {
		free(e);
		return NULL;
	}
	way_join(v, e);
	v->recent = e;
	e->way = way_look_up(v, e, now);
	return &e->way;
}

void netview_put(struct netview *v, const struct way *w)
{
	struct way_entry *e = (struct way_entry *)(uintptr_t)w;

	if (--e->refs > 0)
		return;
	idle_join(v, e);
	if (v->nidle > NETVIEW_IDLE_MAX)
		idle_forget_oldest(v);
}

uint32_t netview_idle(const struct netview *v)
{
	return v->nidle;
}

/* --- news ------------------------------------------------------------------------------------------------- */

static void neighbour_changed(struct netview *v, const struct rtnl_neighbour *n)
{
	struct way w;

	for (struct way_entry *e = v->all; e; e = e->next_way) {
		if (e->way.ifindex != n->ifindex || !addr_same_host(&e->next, &n->host))
			continue;
		w = e->way;
		/* One that is being asked for again keeps its address until it is known to be gone. */
		if (usable(n)) {
			memcpy(w.mac, n->mac, sizeof(w.mac));
			w.state = WAY_READY;
		} else if (n->state & NUD_FAILED || n->state == NUD_NONE) {
			w.state = WAY_RESOLVING;
		}
		way_renew(v, e, &w);
	}
}

static int news_take(const struct nlmsghdr *h, void *ctx)
{
	struct netview *v = ctx;
	struct rtnl_neighbour n;

	switch (h->nlmsg_type) {
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		if (rtnl_neighbour_parse(h, &n) == 0)
			neighbour_changed(v, &n);
		break;
	default:
		v->stale = true;
	}
	return MNL_CB_OK;
}

static void look_all_up(struct netview *v, uint64_t now)
{
	struct way before, w;

	v->stale = false;
	while (v->idle_oldest)
		idle_forget_oldest(v);
	for (struct way_entry *e = v->all; e; e = e->next_way) {
		before = e->way;
		w = way_look_up(v, e, now);
		e->way = before;
		way_renew(v, e, &w);
	}
}

void netview_read(struct netview *v, uint64_t now)
{
	_Alignas(8) char news[LISTEN_MAX];
	ssize_t n;

	(void)now;
	for (int i = 0; i < READS_MAX; i++) {
		n = mnl_socket_recvfrom(v->listen, news, sizeof(news));
		/* Too much at once: something was lost, so everything may be different. */
		if (n < 0 && errno == ENOBUFS) {
			v->stale = true;
			continue;
		}
		if (n <= 0)
			break;
		(void)mnl_cb_run(news, (size_t)n, 0, 0, news_take, v);
	}
}

void netview_tick(struct netview *v, uint64_t now)
{
	uint64_t patience;

	v->now = now;
	while (v->idle_oldest && now - v->idle_oldest->idle_ms >= IDLE_MS)
		idle_forget_oldest(v);
	/* A route that comes or goes is often one of many: once a second is soon enough, and bounds the work. */
	if (v->stale)
		look_all_up(v, now);
	for (struct way_entry *e = v->all; e; e = e->next_way) {
		if (!addr_is_set(&e->next) || e->refs == 0)
			continue;
		patience = e->way.state == WAY_READY ? REFRESH_MS : ASK_AGAIN_MS;
		if (now - e->asked_ms >= patience)
			neighbour_ask(v, e, now);
	}
}

/* --- addresses -------------------------------------------------------------------------------------------- */

int netview_interface(struct netview *v, const struct addr *a, char name[IF_NAMESIZE])
{
	/* All of 127/8 is on lo, though only 127.0.0.1 is listed. */
	const unsigned ifindex = addr_is_loopback(a) ? if_nametoindex("lo") : rtnl_address_interface(v->ask, a);

	return ifindex && if_indextoname(ifindex, name) ? 0 : -1;
}
