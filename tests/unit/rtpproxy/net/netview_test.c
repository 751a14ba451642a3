/* SPDX-License-Identifier: BSD-3-Clause */
/* Ways on this host alone: what is kept, shared and given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/net/netview.h"

enum { ROOM = 4 };

static void count(void *ctx, const struct way *w)
{
	unsigned *changes = ctx;

	(void)w;
	(*changes)++;
}

static struct addr addr(const char *text)
{
	struct addr a = { 0 };

	if (addr_parse_host(span_str(text), &a) < 0)
		fail_msg("%s", text);
	return a;
}

static struct netview *view_open(unsigned *changes)
{
	char error[128] = "";
	struct netview *v = netview_open(ROOM, count, changes, error, sizeof(error));

	if (!v)
		fail_msg("%s", error);
	return v;
}

static void way_to_this_host(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	const struct addr own = addr("127.0.0.1"), peer = addr("127.0.0.2");
	const struct way *w = netview_get(v, &own, &peer, 1000);
	(void)state;

	assert_non_null(w);
	assert_int_equal(w->state, WAY_READY);
	assert_true(w->local);
	assert_int_equal(w->ifindex, if_nametoindex("lo"));
	assert_true(addr_same_host(&w->to, &peer));
	netview_tick(v, 100000);
	netview_read(v, 100000);
	assert_int_equal(changes, 0);
	netview_put(v, w);
	netview_close(v);
}

/* Ports make no difference; each asking must be paid for before a way is forgotten. */
static void ways_are_shared(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	struct addr own = addr("127.0.0.1"), peer = addr("127.0.0.2");
	const struct way *first = netview_get(v, &own, &peer, 0), *w;
	(void)state;

	own.port = 5060;
	peer.port = 4000;
	assert_ptr_equal(netview_get(v, &own, &peer, 0), first);
	assert_ptr_not_equal(netview_get(v, &peer, &own, 0), first);
	netview_put(v, first);
	assert_ptr_equal(netview_get(v, &own, &peer, 0), first);
	netview_put(v, first);
	netview_put(v, first);
	w = netview_get(v, &own, &peer, 0);
	assert_non_null(w);
	assert_int_equal(w->to.port, 0);
	netview_close(v); /* what is not given back is freed */
}

/* What nobody holds is kept for the next call, for a while. */
static void a_way_is_found_again(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	const struct addr own = addr("127.0.0.1"), peer = addr("127.0.0.2");
	const struct way *w = netview_get(v, &own, &peer, 1000);
	(void)state;

	netview_put(v, w);
	netview_tick(v, 2000);
	assert_ptr_equal(netview_get(v, &own, &peer, 2000), w);
	assert_int_equal(w->state, WAY_READY);
	netview_put(v, w);
	netview_tick(v, 3600000);
	assert_int_equal(netview_idle(v), 0);
	netview_close(v);
}

/* However many peers come and go: as many are held as there is room for, and no more than so many are kept. */
static void kept_ways_take_no_room(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	const struct addr own = addr("127.0.0.1");
	struct addr peer = addr("127.1.0.1");
	const struct way *w;
	(void)state;

	for (unsigned i = 0; i < 2 * NETVIEW_IDLE_MAX; i++) {
		peer.ip[2] = (uint8_t)(i >> 8);
		peer.ip[3] = (uint8_t)i;
		w = netview_get(v, &own, &peer, 0);
		assert_non_null(w);
		netview_put(v, w);
	}
	assert_int_equal(netview_idle(v), NETVIEW_IDLE_MAX);
	peer.ip[1] = 2;
	for (unsigned i = 0; i < ROOM; i++) {
		peer.ip[3] = (uint8_t)i;
		assert_non_null(netview_get(v, &own, &peer, 0));
	}
	netview_close(v);
}

static void room_ends_and_comes_back(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	const struct addr own = addr("127.0.0.1");
	const struct way *last = NULL, *w;
	struct addr peer = addr("127.0.1.1");
	unsigned n = 0;
	(void)state;

	while ((w = netview_get(v, &own, &peer, 0)) && n < 2 * (NETVIEW_IDLE_MAX + ROOM)) {
		last = w;
		n++;
		if (++peer.ip[3] == 0)
			peer.ip[2]++;
	}
	assert_in_range(n, ROOM, NETVIEW_IDLE_MAX + ROOM);
	netview_put(v, last);
	assert_non_null(netview_get(v, &own, &peer, 0));
	netview_close(v);
}

static void interfaces(void **state)
{
	unsigned changes = 0;
	struct netview *v = view_open(&changes);
	const struct addr own = addr("127.0.0.1"), far = addr("192.0.2.77");
	struct addr all_of_lo = addr("127.9.9.9");
	char name[IF_NAMESIZE] = "";
	(void)state;

	assert_int_equal(netview_interface(v, &own, name), 0);
	assert_string_equal(name, "lo");
	name[0] = '\0';
	assert_int_equal(netview_interface(v, &all_of_lo, name), 0);
	assert_string_equal(name, "lo");
	assert_int_equal(netview_interface(v, &far, name), -1);
	netview_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(way_to_this_host),         cmocka_unit_test(ways_are_shared),
		cmocka_unit_test(a_way_is_found_again),     cmocka_unit_test(kept_ways_take_no_room),
		cmocka_unit_test(room_ends_and_comes_back), cmocka_unit_test(interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
