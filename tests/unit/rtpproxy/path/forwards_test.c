/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/forwards.h"

#include "tests/unit/rtpproxy/receiver.h"

static struct receiver_pools pools;

enum { NOW = 1000 };

struct stage {
	struct forwards f;
	struct receiver r;
	char log[256], error[256];
	unsigned lines;
};

static void note(void *ctx, int level, const char *line)
{
	struct stage *s = ctx;

	snprintf(s->log, sizeof(s->log), "%d %s", level, line);
	s->lines++;
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	receiver_open(&s->r);
	s->f.to = s->r.to;
	s->f.log = note;
	s->f.log_ctx = s;
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	forwards_close(&s->f);
	receiver_close(&s->r);
	free(s);
	return 0;
}

static void put(struct stage *s, uint32_t session, const char *name)
{
	struct rte_mbuf *m = receiver_copy(&pools, name);

	forwards_put(&s->f, session, m);
	rte_pktmbuf_free(m);
}

static enum datapath_forwarding start(struct stage *s, uint32_t session, const char *name, uint64_t now)
{
	return forwards_begin(&s->f, session, name, now, s->error, sizeof(s->error));
}

static int started(struct stage *s, uint32_t session, const char *name)
{
	if (start(s, session, name, NOW) != DATAPATH_FORWARDED)
		fail_msg("%s", s->error);
	return receiver_accept(&s->r);
}

static void looks(struct stage *s, uint32_t session, const char *state, unsigned packets, unsigned dropped)
{
	struct datapath_forward is;

	assert_true(forwards_look(&s->f, session, &is));
	assert_string_equal(is.state, state);
	assert_int_equal(is.packets, packets);
	assert_int_equal(is.dropped, dropped);
}

static void each_call_has_its_stream(void **state)
{
	struct stage *s = *state;
	struct received one = received_new(), two = received_new();
	const int fd[2] = { started(s, 1, "call-1"), started(s, 2, "call-2") };

	put(s, 1, "of one");
	put(s, 2, "of two");
	put(s, 3, "of nobody");
	put(s, 1, "of one");
	forwards_turn(&s->f, NOW);
	looks(s, 1, "flows", 2, 0);
	forwards_end(&s->f, 1, NOW);
	put(s, 1, "too late");
	forwards_end(&s->f, 2, NOW);
	forwards_end(&s->f, 2, NOW);
	received_read_to_its_end(&one, fd[0]);
	received_read_to_its_end(&two, fd[1]);
	assert_int_equal(received_packets(&one, "call-1"), 2);
	assert_int_equal(received_packets(&two, "call-2"), 1);
	assert_false(received_has(&one, "of two") || received_has(&one, "too late") || received_has(&two, "of nobody"));
	assert_int_equal(s->f.n, 0);
	assert_int_equal(s->lines, 0);
	received_free(&one);
	received_free(&two);
	close(fd[0]);
	close(fd[1]);
}

static void begun_twice_it_goes_on(void **state)
{
	struct stage *s = *state;
	struct received one = received_new();
	const int fd = started(s, 1, "call-1");

	put(s, 1, "before");
	assert_int_equal(start(s, 1, "call-1", NOW), DATAPATH_FORWARDED);
	put(s, 1, "after");
	assert_int_equal(s->f.n, 1);
	forwards_end(&s->f, 1, NOW);
	received_read_to_its_end(&one, fd);
	assert_int_equal(received_packets(&one, "call-1"), 2);
	received_free(&one);
	close(fd);
}

/* The next call that begins brings the others back. */
static void a_receiver_that_went_and_came_again(void **state)
{
	struct stage *s = *state;
	struct received got = received_new();
	char wanted[256];
	int fd[2] = { started(s, 1, "call-1"), started(s, 2, "call-2") };

	close(fd[0]);
	close(fd[1]);
	put(s, 1, "lost");
	put(s, 2, "lost");
	forwards_turn(&s->f, NOW);
	looks(s, 1, "gone", 1, 0);
	put(s, 1, "dropped");
	looks(s, 1, "gone", 1, 1);
	assert_int_equal(s->f.dropped, 1);
	assert_int_equal(s->lines, 1); /* of both */
	snprintf(wanted, sizeof(wanted), "1 media: the receiver of forwarded calls, %s, is gone: Broken pipe", s->r.to);
	assert_string_equal(s->log, wanted);
	receiver_close(&s->r);
	assert_int_equal(start(s, 3, "call-3", NOW), DATAPATH_FORWARD_GONE);
	snprintf(wanted, sizeof(wanted), "cannot forward to %s (relay.forward-to): No such file or directory", s->r.to);
	assert_string_equal(s->error, wanted);
	receiver_open(&s->r);
	assert_int_equal(start(s, 3, "call-3", NOW), DATAPATH_FORWARDED);
	assert_string_equal(s->log, "2 media: the receiver of forwarded calls is there again");
	close(receiver_accept(&s->r));
	fd[0] = receiver_accept(&s->r);
	looks(s, 1, "flows", 1, 1);
	looks(s, 2, "flows", 1, 0);
	put(s, 1, "again");
	forwards_turn(&s->f, NOW);
	received_read(&got, fd[0]);
	assert_int_equal(received_packets(&got, "call-1"), 1);
	received_free(&got);
	close(fd[0]);
}

static void one_that_is_gone_begins_anew(void **state)
{
	struct stage *s = *state;
	struct received got = received_new();
	int fd = started(s, 1, "call-1");

	close(fd);
	put(s, 1, "lost");
	forwards_turn(&s->f, NOW);
	fd = started(s, 1, "call-1");
	assert_int_equal(s->f.n, 1);
	put(s, 1, "again");
	forwards_end(&s->f, 1, NOW);
	assert_int_equal(s->f.n, 0);
	received_read_to_its_end(&got, fd);
	assert_int_equal(received_packets(&got, "call-1"), 1);
	received_free(&got);
	close(fd);
}

static void more_than_there_is_room_for(void **state)
{
	struct stage *s = *state;

	for (uint32_t session = 1; session <= FORWARDS_MAX; session++)
		assert_int_equal(start(s, session, "call", NOW), DATAPATH_FORWARDED);
	assert_int_equal(start(s, 999, "call", NOW), DATAPATH_FORWARDS_FULL);
	assert_string_equal(s->error, "256 calls are being forwarded already");
	forwards_end(&s->f, 7, NOW);
	forwards_turn(&s->f, NOW);
	assert_int_equal(start(s, 999, "call", NOW), DATAPATH_FORWARDED);
	assert_int_equal(s->f.n, FORWARDS_MAX);
}

/* Who did not answer the last time is believed once he does; and is not waited for each time. */
static void who_does_not_answer(void **state)
{
	struct stage *s = *state;
	uint32_t session = 0;
	struct datapath_forward is;

	receiver_close(&s->r);
	receiver_open_tcp(&s->r, AF_INET, 0);
	do
		assert_int_equal(start(s, ++session, "call", NOW), DATAPATH_FORWARDED);
	while (forwards_look(&s->f, session, &is) && strcmp(is.state, "flows") == 0);
	looks(s, session, "connecting", 0, 0);
	assert_int_equal(s->f.pause, NOW + FORWARDS_PAUSE_MS);
	/* However many begin meanwhile: none of them is waited for. */
	assert_int_equal(start(s, 77, "call", NOW + FORWARDS_PAUSE_MS - 1), DATAPATH_FORWARDED);
	looks(s, 77, "connecting", 0, 0);
	assert_int_equal(s->f.pause, NOW + FORWARDS_PAUSE_MS);
	forwards_turn(&s->f, NOW + FORWARDER_CONNECT_MS);
	looks(s, session, "gone", 0, 0);
	assert_int_equal(s->lines, 1);
	assert_int_equal(start(s, 99, "call", NOW), DATAPATH_FORWARD_GONE);
	assert_int_equal(s->f.pause, NOW + FORWARDS_PAUSE_MS);
	assert_int_equal(start(s, 99, "call", NOW + FORWARDS_PAUSE_MS - 1), DATAPATH_FORWARD_GONE);
	assert_int_equal(s->f.pause, NOW + FORWARDS_PAUSE_MS);
	assert_int_equal(start(s, 99, "call", NOW + FORWARDS_PAUSE_MS), DATAPATH_FORWARD_GONE);
	assert_int_equal(s->f.pause, NOW + 2 * FORWARDS_PAUSE_MS);
}

static int dpdk_begin(void **state)
{
	(void)state;
	return receiver_dpdk_begin(&pools);
}

static int dpdk_end(void **state)
{
	(void)state;
	return receiver_dpdk_end(&pools);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(each_call_has_its_stream),
		TEST(begun_twice_it_goes_on),
		TEST(a_receiver_that_went_and_came_again),
		TEST(one_that_is_gone_begins_anew),
		TEST(more_than_there_is_room_for),
		TEST(who_does_not_answer),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
