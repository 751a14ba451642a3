/* SPDX-License-Identifier: BSD-3-Clause */
/* DPDK starts once in a process: each case has one of its own. */
#include "rtpproxy/path/eal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process says that has started: 0, or the line of the check that failed. */
#define CHECK(what)                                                                                                    \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			return __LINE__;                                                                               \
	} while (0)

static int in_child(int (*what)(void))
{
	int said[2], line = -1, status;
	pid_t pid;

	assert_int_equal(pipe(said), 0);
	pid = fork();
	if (pid == 0) {
		line = what();
		if (write(said[1], &line, sizeof(line)) != (ssize_t)sizeof(line))
			_exit(2);
		_exit(line ? 1 : 0);
	}
	close(said[1]);
	if (read(said[0], &line, sizeof(line)) != (ssize_t)sizeof(line))
		line = -1;
	close(said[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (line > 0)
		fail_msg("line %d", line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int start(const struct eal_ask *ask)
{
	char error[256] = "";

	if (eal_start(ask, error, sizeof(error)) == 0)
		return 0;
	fprintf(stderr, "%s\n", error);
	return -1;
}

static unsigned cpus_allowed(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	return sched_getaffinity(0, sizeof(set), &set) ? 0 : (unsigned)CPU_COUNT(&set);
}

static int three_workers(void)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 3 };
	const unsigned cpus = cpus_allowed();
	unsigned lcore, n = 0;

	CHECK(start(&ask) == 0);
	CHECK(rte_lcore_count() == 4);
	CHECK(rte_get_main_lcore() == 0);
	RTE_LCORE_FOREACH_WORKER(lcore)
	{
		const rte_cpuset_t set = rte_lcore_cpuset(lcore);

		CHECK(lcore == EAL_WORKER_LCORE + n++);
		CHECK((unsigned)CPU_COUNT(&set) == cpus); /* wherever the kernel puts them */
	}
	CHECK(n == 3);
	eal_stop();
	return 0;
}

static int workers_with_cores(void)
{
	cpu_set_t allowed;
	unsigned core = 0;
	struct eal_ask ask = { .megabytes = 32, .workers = 1, .cores = &core };
	rte_cpuset_t set;

	CPU_ZERO(&allowed);
	CHECK(sched_getaffinity(0, sizeof(allowed), &allowed) == 0);
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed))
			core = i; /* the last one: not what would come by itself */
	CHECK(start(&ask) == 0);
	set = rte_lcore_cpuset(EAL_WORKER_LCORE);
	CHECK(CPU_COUNT(&set) == 1 && CPU_ISSET(core, &set));
	set = rte_lcore_cpuset(0);
	CHECK(CPU_COUNT(&set) == CPU_COUNT(&allowed)); /* control is not held there */
	return 0;
}

/* Told in our words, before DPDK prints a page of its own. */
static int a_core_that_is_not_there(void)
{
	unsigned cores[] = { 0, CPU_SETSIZE - 1, CPU_SETSIZE };
	char error[256] = "";
	cpu_set_t allowed;

	CPU_ZERO(&allowed);
	CHECK(sched_getaffinity(0, sizeof(allowed), &allowed) == 0);
	for (unsigned i = 0; i < CPU_SETSIZE && !CPU_ISSET(cores[0], &allowed); i++)
		cores[0] = i;
	CHECK(!CPU_ISSET(cores[1], &allowed));
	for (unsigned i = 1; i < 3; i++) {
		const unsigned of[] = { cores[0], cores[i] };
		const struct eal_ask ask = { .megabytes = 32, .workers = 2, .cores = of };
		char begin[64];

		snprintf(begin, sizeof(begin), "relay.cores: there is no processor %u, ", cores[i]);
		CHECK(eal_start(&ask, error, sizeof(error)) == -1);
		CHECK(strncmp(error, begin, strlen(begin)) == 0);
	}
	return 0;
}

/* Memory is there, and nothing is left in the file system. */
static int memory_without_traces(void)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
	void *p;

	CHECK(start(&ask) == 0);
	p = rte_malloc(NULL, 16 << 20, 64);
	CHECK(p);
	rte_free(p);
	CHECK(access(rte_eal_get_runtime_dir(), F_OK) != 0);
	return 0;
}

static int options_of_the_operator(void)
{
	static const char *const more[] = { "--vdev=net_ring0", "--vdev=net_ring1" };
	const struct eal_ask ask = { .megabytes = 32, .workers = 1, .more = more, .nmore = 2 };

	CHECK(start(&ask) == 0);
	CHECK(rte_eth_dev_count_avail() == 2);
	return 0;
}

static int nothing_but_what_is_asked_for(void)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };

	CHECK(start(&ask) == 0);
	CHECK(rte_eth_dev_count_avail() == 0);
	return 0;
}

static int an_option_that_is_none(void)
{
	static const char *const more[] = { "--no-such-option" };
	const struct eal_ask ask = { .megabytes = 32, .workers = 1, .more = more, .nmore = 1 };
	char error[256] = "";

	CHECK(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr)); /* DPDK tells its usage */
	CHECK(eal_start(&ask, error, sizeof(error)) == -1);
	CHECK(strncmp(error, "DPDK does not start: ", 21) == 0);
	CHECK(error[21]);
	return 0;
}

static void workers(void **state)
{
	(void)state;
	assert_int_equal(in_child(three_workers), 0);
	assert_int_equal(in_child(workers_with_cores), 0);
	assert_int_equal(in_child(a_core_that_is_not_there), 0);
}

static void memory(void **state)
{
	(void)state;
	assert_int_equal(in_child(memory_without_traces), 0);
}

static void options(void **state)
{
	(void)state;
	assert_int_equal(in_child(options_of_the_operator), 0);
	assert_int_equal(in_child(nothing_but_what_is_asked_for), 0);
	assert_int_equal(in_child(an_option_that_is_none), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workers),
		cmocka_unit_test(memory),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
