/* SPDX-License-Identifier: BSD-3-Clause */
/* Of the program that goes to interfaces: it is loaded, and attached nowhere. Needs root; without it only what is not
 * there can be looked for. */
#include "rtpproxy/path/progmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "rtpproxy/bpf/media.h"

extern const char _binary_steer_bpf_o_start[], _binary_steer_bpf_o_end[];

struct bench {
	struct bpf_object *object;
	int program;
};

static void bench_open(struct bench *b)
{
	const size_t n = (size_t)(_binary_steer_bpf_o_end - _binary_steer_bpf_o_start);

	b->object = bpf_object__open_mem(_binary_steer_bpf_o_start, n, NULL);
	assert_non_null(b->object);
	if (bpf_object__load(b->object)) {
		bpf_object__close(b->object);
		if (geteuid() == 0)
			fail_msg("natsbc_steer cannot be loaded");
		skip();
	}
	b->program = bpf_program__fd(bpf_object__find_program_by_name(b->object, "natsbc_steer"));
}

static int descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Each name leads to its own, as the loader knows them. */
static void a_map_is_found_by_its_name(void **state)
{
	static const char *const names[] = { "media", "open", "banned_v4", "dropped", "shortcut", "xsks_map" };
	struct bench b;
	(void)state;

	bench_open(&b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct bpf_map *map = bpf_object__find_map_by_name(b.object, names[i]);
		struct bpf_map_info ours = { 0 }, theirs = { 0 };
		uint32_t len = sizeof(ours);
		const int fd = progmap_open(b.program, names[i]);

		if (!map || fd < 0)
			fail_msg("%s: not found", names[i]);
		assert_int_equal(bpf_obj_get_info_by_fd(fd, &ours, &len), 0);
		len = sizeof(theirs);
		assert_int_equal(bpf_obj_get_info_by_fd(bpf_map__fd(map), &theirs, &len), 0);
		assert_int_equal(ours.id, theirs.id);
		close(fd);
	}
	bpf_object__close(b.object);
}

static void the_one_value_is_stored(void **state)
{
	struct media_ranges ranges = { .n = 1 }, read = { 0 };
	const uint32_t key = 0;
	struct bench b;
	int fd;
	(void)state;

	bench_open(&b);
	ranges.range[0] = (struct media_range){ .first = 20000, .last = 20009, .ether = 0x0800 };
	assert_int_equal(progmap_put(b.program, "media", &ranges), 0);
	fd = progmap_open(b.program, "media");
	assert_int_equal(bpf_map_lookup_elem(fd, &key, &read), 0);
	assert_memory_equal(&read, &ranges, sizeof(read));
	close(fd);
	bpf_object__close(b.object);
}

/* Whoever asks in vain is left with no descriptor more than before. */
static void what_is_not_there(void **state)
{
	const uint64_t value = 0;
	struct bench b;
	int before;
	(void)state;

	bench_open(&b);
	before = descriptors();
	assert_int_equal(progmap_open(b.program, "medi"), -1);
	assert_int_equal(progmap_open(b.program, "nothing"), -1);
	assert_int_equal(progmap_put(b.program, "nothing", &value), -1);
	assert_int_equal(progmap_put(b.program, "media", &(struct media_ranges){ 0 }), 0);
	assert_int_equal(descriptors(), before);
	bpf_object__close(b.object);
}

static void what_is_no_program_has_none(void **state)
{
	(void)state;
	assert_int_equal(progmap_open(-1, "media"), -1);
	assert_int_equal(progmap_open(STDIN_FILENO, "media"), -1);
	assert_int_equal(progmap_put(-1, "media", "x"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_found_by_its_name),
		cmocka_unit_test(the_one_value_is_stored),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(what_is_no_program_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
