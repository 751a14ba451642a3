/* SPDX-License-Identifier: BSD-3-Clause */
/* The program that goes to DPDK as a file is the one that it expects; no interface is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bpf/libbpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rtpproxy/bpf/media.h"
#include "rtpproxy/path/steer.h"

static void what_is_in_the_file(void **state)
{
	const int fd = steer_file();
	struct bpf_object *o;
	struct bpf_program *p;
	struct bpf_map *ranges;
	struct stat about;
	char *text;
	(void)state;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &about), 0);
	text = malloc((size_t)about.st_size);
	assert_non_null(text);
	assert_int_equal(pread(fd, text, (size_t)about.st_size, 0), about.st_size);
	o = bpf_object__open_mem(text, (size_t)about.st_size, NULL);
	assert_non_null(o);
	/* DPDK looks for this name, and steer_detach() for the program's. */
	assert_non_null(bpf_object__find_map_by_name(o, "xsks_map"));
	p = bpf_object__find_program_by_name(o, "natsbc_steer");
	assert_non_null(p);
	assert_string_equal(bpf_program__section_name(p), "xdp");
	ranges = bpf_object__find_map_by_name(o, "media");
	assert_non_null(ranges);
	assert_int_equal(bpf_map__value_size(ranges), sizeof(struct media_ranges));
	bpf_object__close(o);
	free(text);
	close(fd);
}

/* There is no interface 0. */
static void nothing_is_attached_to_nothing(void **state)
{
	char name[16];
	(void)state;

	assert_null(steer_mode(0));
	assert_int_equal(steer_program(0), -1);
	assert_int_equal(steer_detach(0, name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_the_file),
		cmocka_unit_test(nothing_is_attached_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
