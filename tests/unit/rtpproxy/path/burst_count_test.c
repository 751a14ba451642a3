/* SPDX-License-Identifier: BSD-3-Clause */
/* What is counted, measured and captured of packets that come. */
#include "tests/unit/rtpproxy/burst_stage.h"
#include "tests/unit/rtpproxy/receiver.h"

static void counts(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	const uint32_t out = flow_index(&s->flows, (struct own_port){ TRUNKS, 20000 });
	const uint32_t early = flow_index(&s->flows, (struct own_port){ PHONES, 10004 });
	const uint32_t lost = flow_index(&s->flows, (struct own_port){ PHONES, 10006 });
	struct port_stats stats;

	for (int i = 0; i < 3; i++)
		put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	put(s, TRUNK, "192.0.2.1:10000", SPAN(RTP));
	put(s, PHONE, "192.0.2.1:10000", SPAN("hello"));
	put(s, PHONE, "192.0.2.1:10004", SPAN(RTP));
	put(s, PHONE, "192.0.2.1:10006", SPAN(RTP));
	run(s);
	flow_stats(&s->flows, in, 1, &stats);
	assert_int_equal(stats.rx_packets, 3);
	assert_int_equal(stats.rx_bytes, 3 * (sizeof(RTP) - 1));
	assert_int_equal(stats.refused_packets, 1);
	assert_int_equal(stats.malformed_packets, 1);
	assert_int_equal(stats.ssrc, 0x01020304);
	assert_int_equal(stats.last_rx_ms, 1000);
	flow_stats(&s->flows, out, 1, &stats);
	assert_int_equal(stats.tx_packets, 3);
	assert_int_equal(stats.tx_bytes, 3 * (sizeof(RTP) - 1));
	flow_stats(&s->flows, early, 1, &stats);
	assert_int_equal(stats.rx_packets, 1);
	assert_int_equal(stats.unsent_packets, 0); /* nobody is known yet */
	flow_stats(&s->flows, lost, 1, &stats);
	assert_int_equal(stats.unsent_packets, 1); /* no route */
}

/* What is accepted is measured, and nothing else: not RTCP on the same port, not what a stranger sends. */
static void quality(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	char rtp[] = RTP;
	struct port_stats stats;

	rtp[1] = (char)(0x80 | 8);
	for (rtp[3] = 1; rtp[3] < 10; rtp[3]++)
		if (rtp[3] != 4)
			put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	put(s, PHONE, "192.0.2.1:10000", SPAN(RTCP));
	rtp[3] = 20;
	put(s, "198.51.100.8:4000", "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	run(s);
	flow_stats(&s->flows, in, 1, &stats);
	assert_int_equal(stats.quality.expected, 9);
	assert_int_equal(stats.quality.lost, 1);
	assert_int_equal(stats.quality.highest, 9);
	assert_int_equal(stats.quality.marked, 8);
	assert_int_equal(stats.payload_type, 8);
}

static unsigned captured(const char *path, bool headers)
{
	char file[65536];
	FILE *f = fopen(path, "r");
	const size_t n = f ? fread(file, 1, sizeof(file), f) : 0;
	unsigned found = 0;

	assert_non_null(f);
	fclose(f);
	assert_memory_equal(file, "\x0a\x0d\x0d\x0a", 4); /* a section header */
	for (size_t i = 0; i + 12 < n; i++)
		found += memcmp(file + i, headers ? RTP : "voice", headers ? 12 : 5) == 0;
	return found;
}

/* All that comes to the ports of a captured session, whoever sent it; with the payload or without. */
static void capturing(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	struct capture capture = { 0 };
	char path[] = "/tmp/natsbc-capture-XXXXXX", error[256];

	assert_int_equal(close(mkstemp(path)), 0);
	unlink(path);
	s->path.capture = &capture;
	assert_int_equal(capture_begin(&capture, 1, path, 1 << 20, error, sizeof(error)), 0);
	assert_int_equal(capture_begin(&capture, 2, path, 1 << 20, error, sizeof(error)), -1); /* is there already */
	for (int i = 0; i < LEARN_CONFIRM; i++) {
		s->flows.slow[in].capture = i == 0 ? CAPTURE_HEADERS : i < 3 ? CAPTURE_WHOLE : CAPTURE_NONE;
		put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
		s->b.mbuf[0]->port = 0;
		run(s);
		rte_pktmbuf_free(s->b.mbuf[0]);
		s->path.nic[1].n = 0;
		s->b.n = 0;
	}
	capture_end(&capture, 1);
	assert_int_equal(captured(path, true), 3);
	assert_int_equal(captured(path, false), 2);
	assert_int_equal(capture.dropped[SINK_FILE], 0);
	capture_fini(&capture);
	unlink(path);
}

/* Headers for the file and all for who gets what is forwarded: each what it asks for. */
static void capturing_and_forwarding(void **state)
{
	struct stage *s = *state;
	const struct port_spec wish = { .capture = CAPTURE_HEADERS, .forward = CAPTURE_WHOLE };
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	char path[] = "/tmp/natsbc-capture-XXXXXX", error[256];
	struct received got = received_new();
	struct capture capture = { 0 };
	struct receiver r;
	int fd;

	assert_int_equal(close(mkstemp(path)), 0);
	unlink(path);
	receiver_open(&r);
	capture.forwards.to = r.to;
	s->path.capture = &capture;
	assert_int_equal(capture_begin(&capture, 1, path, 1 << 20, error, sizeof(error)), 0);
	assert_int_equal(capture_forward(&capture, 1, "call-1", 0, error, sizeof(error)), DATAPATH_FORWARDED);
	fd = receiver_accept(&r);
	s->flows.slow[in].capture = sinks_of(&wish);
	put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	s->b.mbuf[0]->port = 0;
	run(s);
	rte_pktmbuf_free(s->b.mbuf[0]);
	capture_forward_end(&capture, 1, 0);
	capture_end(&capture, 1);
	assert_int_equal(captured(path, true), 1);
	assert_int_equal(captured(path, false), 0);
	received_read_to_its_end(&got, fd);
	assert_int_equal(received_packets(&got, "call-1"), 1);
	assert_true(received_has(&got, "voice"));
	capture_fini(&capture);
	received_free(&got);
	close(fd);
	receiver_close(&r);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(counts),
		BURST_TEST(quality),
		BURST_TEST(capturing),
		BURST_TEST(capturing_and_forwarding),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
