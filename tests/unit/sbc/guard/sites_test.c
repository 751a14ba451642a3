/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/sites.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct hash_key key = { 7, 8 };

static struct flow flow(const char *peer, uint32_t connection)
{
	struct flow f = { .connection = connection };

	assert_int_equal(addr_parse(span_str(peer), 5060, &f.peer), 0);
	return f;
}

static uint64_t flow_name(const struct flow *f)
{
	return origin_flow(origin_host(&key, &f->peer), f);
}

static void counts_by_host_and_by_flow(void **state)
{
	struct flow a = flow("192.0.2.1:1000", 0), b = flow("192.0.2.1:2000", 0), c = flow("192.0.2.1:2000", 7);
	struct sites s;

	(void)state;
	assert_int_equal(sites_init(&s, 8, &key), 0);
	sites_put(&s, 0, &a);
	sites_put(&s, 1, &b);
	sites_put(&s, 2, &b);
	sites_put(&s, 3, &c);
	assert_int_equal(sites_count(&s, origin_host(&key, &a.peer)), 4);
	assert_int_equal(sites_count(&s, flow_name(&a)), 1);
	assert_int_equal(sites_count(&s, flow_name(&b)), 2);
	assert_int_equal(sites_count(&s, flow_name(&c)), 1);
	sites_put(&s, 0, &b); /* moved */
	assert_int_equal(sites_count(&s, flow_name(&a)), 0);
	assert_int_equal(sites_count(&s, flow_name(&b)), 3);
	for (uint32_t i = 0; i < 4; i++)
		sites_drop(&s, i);
	sites_drop(&s, 0);
	assert_int_equal(sites_count(&s, origin_host(&key, &a.peer)), 0);
	sites_fini(&s);
}

/* Many come and go: what is counted stays right, wherever the slots moved. */
static void stays_right_when_crowded(void **state)
{
	enum { N = 500 };
	struct flow at = flow("10.0.0.0:5060", 0);
	struct sites s;

	(void)state;
	assert_int_equal(sites_init(&s, N, &key), 0);
	for (uint32_t round = 0; round < 4; round++) {
		for (uint32_t i = 0; i < N; i++) {
			at.peer.ip[2] = (uint8_t)(i >> 8);
			at.peer.ip[3] = (uint8_t)i;
			at.peer.port = (uint16_t)(1 + round);
			sites_put(&s, i, &at);
		}
		for (uint32_t i = round; i < N; i += 3)
			sites_drop(&s, i);
		for (uint32_t i = 0; i < N; i++) {
			at.peer.ip[2] = (uint8_t)(i >> 8);
			at.peer.ip[3] = (uint8_t)i;
			assert_int_equal(sites_count(&s, flow_name(&at)), i < round || (i - round) % 3 != 0);
			assert_int_equal(sites_count(&s, origin_host(&key, &at.peer)),
					 i < round || (i - round) % 3 != 0);
		}
	}
	sites_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_host_and_by_flow),
		cmocka_unit_test(stays_right_when_crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
