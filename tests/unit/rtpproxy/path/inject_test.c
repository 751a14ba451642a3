/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/inject.h"

#include "tests/unit/rtpproxy/burst_stage.h"

#define PING "\x80\xc9\x00\x01\x00\x00\x00\x01"

static uint32_t port(const struct stage *s, uint8_t realm, uint16_t number)
{
	return flow_index(&s->flows, (struct own_port){ realm, number });
}

static void queue(struct stage *s, uint8_t realm, uint16_t number)
{
	s->path.nic[0].pool = s->path.nic[1].pool = pool;
	inject_queue(&s->path, port(s, realm, number), (const uint8_t *)PING, sizeof(PING) - 1);
}

static void sent_from_the_port_to_where_its_media_goes(void **state)
{
	struct stage *s = *state;
	struct frame f;
	const uint8_t *p;
	struct addr to;

	queue(s, TRUNKS, 20000);
	assert_int_equal(s->path.nic[0].n, 0);
	assert_int_equal(s->path.nic[1].n, 1);
	p = rte_pktmbuf_mtod(s->path.nic[1].mbuf[0], const uint8_t *);
	assert_int_equal(frame_parse(p, s->path.nic[1].mbuf[0]->pkt_len, &f), FRAME_OK);
	assert_memory_equal(p, "\x02\0\0\0\0\x09\x02\0\0\0\0\x01", 12);
	assert_int_equal(__builtin_bswap16(frame_source_port(p, &f)), 20000);
	to = addr(TRUNK);
	assert_int_equal(__builtin_bswap16(frame_destination_port(p, &f)), to.port);
	assert_memory_equal(p + 30, to.ip, 4);
	assert_int_equal(f.payload_len, sizeof(PING) - 1);
	assert_memory_equal(p + frame_payload(&f), PING, sizeof(PING) - 1);
	rte_pktmbuf_free(s->path.nic[1].mbuf[0]);
}

static void what_leads_nowhere_is_not_sent(void **state)
{
	static const struct {
		const char *what;
		uint8_t realm;
		uint16_t number;
	} cases[] = {
		{ "a port of no session", PHONES, 10050 },
		{ "nobody known yet", TRUNKS, 20002 },
		{ "no hardware address yet", TRUNKS, 20004 },
		{ "one that is off", PHONES, 10010 },
	};
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		queue(s, cases[i].realm, cases[i].number);
		if (s->path.nic[0].n + s->path.nic[1].n)
			fail_msg("%s", cases[i].what);
	}
}

static void an_interface_without_packets_of_its_own_sends_none(void **state)
{
	struct stage *s = *state;

	inject_queue(&s->path, port(s, TRUNKS, 20000), (const uint8_t *)PING, sizeof(PING) - 1);
	assert_int_equal(s->path.nic[1].n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(sent_from_the_port_to_where_its_media_goes),
		BURST_TEST(what_leads_nowhere_is_not_sent),
		BURST_TEST(an_interface_without_packets_of_its_own_sends_none),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
