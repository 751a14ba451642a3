/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/rtpproxy/receiver.h"

static struct rte_mempool *packets;

struct stage {
	struct capture c;
	char dir[40], error[256];
	char path[CAPTURE_FILES + 1][64];
};

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	snprintf(s->dir, sizeof(s->dir), "/tmp/natsbc-capture-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	for (unsigned i = 0; i <= CAPTURE_FILES; i++)
		snprintf(s->path[i], sizeof(s->path[i]), "%s/%u.pcapng", s->dir, i);
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	capture_fini(&s->c);
	for (unsigned i = 0; i <= CAPTURE_FILES; i++)
		unlink(s->path[i]);
	assert_int_equal(rmdir(s->dir), 0);
	free(s);
	return 0;
}

static void begin_file(struct stage *s, uint32_t session, uint64_t limit)
{
	if (capture_begin(&s->c, session, s->path[session - 1], limit, s->error, sizeof(s->error)))
		fail_msg("%s", s->error);
}

/* A packet that says its name is taken for the session; what capture_take() says. */
static bool take(struct stage *s, uint32_t session, const char *name, uint32_t length)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(packets);
	bool wake;

	assert_non_null(m);
	m->port = 0;
	memset(rte_pktmbuf_append(m, 200), '.', 200);
	memcpy(rte_pktmbuf_mtod(m, char *), name, strlen(name));
	wake = capture_take(&s->c, session, SINK_FILE, m, length);
	rte_pktmbuf_free(m);
	return wake;
}

static size_t file_read(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return 0;
	n = fread(text, 1, size, f);
	fclose(f);
	return n;
}

static bool file_has(const char *path, const char *name)
{
	char text[65536];
	const size_t n = file_read(path, text, sizeof(text));

	return memmem(text, n, name, strlen(name)) != NULL;
}

static void each_call_has_its_file(void **state)
{
	struct stage *s = *state;
	struct stat st;
	char head[4];

	begin_file(s, 1, 1 << 20);
	begin_file(s, 2, 1 << 20);
	take(s, 1, "first of one", 200);
	take(s, 2, "first of two", 200);
	take(s, 1, "second of one", 200);
	take(s, 3, "of nobody", 200);
	capture_end(&s->c, 1);
	take(s, 1, "too late", 200);
	capture_end(&s->c, 2);
	assert_int_equal(file_read(s->path[0], head, sizeof(head)), sizeof(head));
	assert_memory_equal(head, "\x0a\x0d\x0d\x0a", 4); /* a section header of pcapng */
	assert_true(file_has(s->path[0], "first of one") && file_has(s->path[0], "second of one"));
	assert_true(file_has(s->path[1], "first of two"));
	assert_false(file_has(s->path[0], "of two") || file_has(s->path[1], "of one"));
	assert_false(file_has(s->path[0], "of nobody") || file_has(s->path[1], "of nobody"));
	assert_false(file_has(s->path[0], "too late"));
	/* What people say is nobody else's to read. */
	assert_int_equal(stat(s->path[0], &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* All copies are free again. */
	capture_drain(&s->c);
	assert_int_equal(rte_mempool_in_use_count(s->c.pool), 0);
	assert_int_equal(s->c.dropped[SINK_FILE], 0);
}

static void its_folder_is_made(void **state)
{
	struct stage *s = *state;
	struct stat st;
	char folder[64], path[96];

	snprintf(folder, sizeof(folder), "%s/folder", s->dir);
	snprintf(path, sizeof(path), "%s/a.pcapng", folder);
	assert_int_equal(capture_begin(&s->c, 1, path, 1000, s->error, sizeof(s->error)), 0);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	capture_end(&s->c, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void begun_twice_it_goes_on(void **state)
{
	struct stage *s = *state;

	begin_file(s, 1, 1 << 20);
	take(s, 1, "before", 200);
	assert_int_equal(capture_begin(&s->c, 1, s->path[1], 1 << 20, s->error, sizeof(s->error)), 0);
	take(s, 1, "after", 200);
	capture_end(&s->c, 1);
	assert_true(file_has(s->path[0], "before") && file_has(s->path[0], "after"));
	assert_int_equal(access(s->path[1], F_OK), -1);
}

static void it_ends_at_its_limit(void **state)
{
	struct stage *s = *state;
	struct stat st;

	begin_file(s, 1, 1000);
	for (unsigned i = 0; i < 10; i++)
		take(s, 1, i < 3 ? "early" : "late", 200);
	capture_drain(&s->c);
	assert_in_range(s->c.file[0].packets, 3, 5);
	assert_in_range(s->c.file[0].bytes, 600, 1000 + 200);
	capture_end(&s->c, 1);
	assert_int_equal(stat(s->path[0], &st), 0);
	assert_in_range(st.st_size, 600, 2000);
	assert_true(file_has(s->path[0], "early"));
}

static void headers_alone(void **state)
{
	struct stage *s = *state;

	begin_file(s, 1, 1 << 20);
	take(s, 1, "header and speech", 10);
	capture_end(&s->c, 1);
	assert_true(file_has(s->path[0], "header and"));
	assert_false(file_has(s->path[0], "header and speech"));
}

static void what_cannot_be_begun(void **state)
{
	struct stage *s = *state;
	char wanted[128];

	for (uint32_t session = 1; session <= CAPTURE_FILES; session++)
		begin_file(s, session, 1000);
	assert_int_equal(capture_begin(&s->c, 99, s->path[CAPTURE_FILES], 1000, s->error, sizeof(s->error)), -1);
	snprintf(wanted, sizeof(wanted), "%d calls are being captured already", CAPTURE_FILES);
	assert_string_equal(s->error, wanted);
	capture_end(&s->c, 1);
	/* No file that was there before is touched, nor what a link leads to. */
	assert_int_equal(capture_begin(&s->c, 99, s->path[0], 1000, s->error, sizeof(s->error)), -1);
	snprintf(wanted, sizeof(wanted), "cannot write %s: File exists", s->path[0]);
	assert_string_equal(s->error, wanted);
	assert_int_equal(symlink("/dev/null", s->path[CAPTURE_FILES]), 0);
	assert_int_equal(capture_begin(&s->c, 99, s->path[CAPTURE_FILES], 1000, s->error, sizeof(s->error)), -1);
	assert_int_equal(unlink(s->path[CAPTURE_FILES]), 0);
	/* The place stays free for who comes then. */
	assert_int_equal(capture_begin(&s->c, 99, s->path[CAPTURE_FILES], 1000, s->error, sizeof(s->error)), 0);
}

static void a_writer_that_is_late(void **state)
{
	struct stage *s = *state;
	unsigned taken = 0, wakes = 0;

	begin_file(s, 1, 1 << 30);
	while (!s->c.dropped[SINK_FILE]) {
		assert_true(taken < 2 * CAPTURE_WAITING);
		wakes += take(s, 1, "x", 200);
		taken++;
	}
	assert_int_equal(wakes, 1); /* at CAPTURE_WAKE, and not again */
	assert_int_equal(taken, CAPTURE_WAITING);
	capture_drain(&s->c);
	assert_int_equal(s->c.file[0].packets, CAPTURE_WAITING - 1);
	/* There is room again. */
	take(s, 1, "x", 200);
	assert_int_equal(s->c.dropped[SINK_FILE], 1);
	capture_end(&s->c, 1);
}

/* Copies for who gets what is forwarded are counted apart from those for files. */
static void a_receiver_beside_a_file(void **state)
{
	struct stage *s = *state;
	struct received got = received_new();
	struct receiver r;
	struct rte_mbuf *m;
	int fd;

	receiver_open(&r);
	s->c.forwards.to = r.to;
	begin_file(s, 1, 1 << 20);
	assert_int_equal(capture_forward(&s->c, 1, "call-1", 0, s->error, sizeof(s->error)), DATAPATH_FORWARDED);
	fd = receiver_accept(&r);
	take(s, 1, "for the file", 200);
	m = rte_pktmbuf_alloc(packets);
	m->port = 0;
	memcpy(rte_pktmbuf_append(m, 16), "for the receiver", 16);
	capture_take(&s->c, 1, SINK_RECEIVER, m, 16);
	capture_forward_end(&s->c, 1, 0);
	received_read_to_its_end(&got, fd);
	assert_int_equal(received_packets(&got, "call-1"), 1);
	assert_true(received_has(&got, "for the receiver"));
	/* Of nobody now. */
	while (!s->c.dropped[SINK_RECEIVER])
		capture_take(&s->c, 1, SINK_RECEIVER, m, 16);
	rte_pktmbuf_free(m);
	assert_int_equal(s->c.dropped[SINK_FILE], 0);
	capture_end(&s->c, 1);
	assert_true(file_has(s->path[0], "for the file"));
	assert_false(file_has(s->path[0], "for the receiver"));
	received_free(&got);
	close(fd);
	receiver_close(&r);
}

static void no_memory_before_the_first_file(void **state)
{
	struct stage *s = *state;

	capture_drain(&s->c);
	capture_end(&s->c, 0);
	capture_end(&s->c, 5);
	assert_null(s->c.ring);
	begin_file(s, 1, 1000);
	assert_non_null(s->c.ring);
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 64, .workers = 1 };
	char error[256];

	(void)state;
	if (eal_start(&ask, error, sizeof(error)) < 0) {
		print_error("%s\n", error);
		return -1;
	}
	packets = pool_create("test", 1024);
	return packets ? 0 : -1;
}

static int dpdk_end(void **state)
{
	(void)state;
	if (rte_mempool_in_use_count(packets) != 0)
		return -1;
	rte_mempool_free(packets);
	eal_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_memory_before_the_first_file, begin, end),
		cmocka_unit_test_setup_teardown(each_call_has_its_file, begin, end),
		cmocka_unit_test_setup_teardown(its_folder_is_made, begin, end),
		cmocka_unit_test_setup_teardown(begun_twice_it_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(it_ends_at_its_limit, begin, end),
		cmocka_unit_test_setup_teardown(headers_alone, begin, end),
		cmocka_unit_test_setup_teardown(what_cannot_be_begun, begin, end),
		cmocka_unit_test_setup_teardown(a_writer_that_is_late, begin, end),
		cmocka_unit_test_setup_teardown(a_receiver_beside_a_file, begin, end),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}
