/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ARG_MAX_N = 40, ARG_LEN = 256 };

struct arguments {
	int n;
	char *v[ARG_MAX_N + 1];
	char text[ARG_MAX_N][ARG_LEN];
};

__attribute__((format(printf, 2, 3))) static void arguments_add(struct arguments *a, const char *format, ...)
{
	va_list list;

	if (a->n == ARG_MAX_N)
		return;
	va_start(list, format);
	vsnprintf(a->text[a->n], ARG_LEN, format, list);
	va_end(list);
	a->v[a->n] = a->text[a->n];
	a->n++;
}

static unsigned free_megabytes(const char *size, unsigned page_kb)
{
	char path[96], line[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%s/free_hugepages", size);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	return (unsigned)(strtoul(line, NULL, 10) * page_kb / 1024);
}

static bool hugepages_suffice(unsigned megabytes)
{
	return free_megabytes("2048kB", 2048) >= megabytes + 2 ||
	       free_megabytes("1048576kB", 1048576) >= megabytes + 1024;
}

/* "0@(0,1,5)": a thread of DPDK's that floats over all processors we may use. */
static void cpus_write(char *out, size_t size)
{
	cpu_set_t set;
	size_t n = 0;

	CPU_ZERO(&set);
	(void)sched_getaffinity(0, sizeof(set), &set);
	out[0] = '\0';
	for (int i = 0; i < CPU_SETSIZE && n + 8 < size; i++)
		if (CPU_ISSET(i, &set))
			n += (size_t)snprintf(out + n, size - n, "%s%d", n ? "," : "", i);
}

/* "0@(0,1),1@0,2@1": control wherever it likes, then the workers. */
static void lcores_write(char *out, size_t size, const struct eal_ask *ask)
{
	char cpus[100];
	size_t n;

	cpus_write(cpus, sizeof(cpus));
	n = (size_t)snprintf(out, size, "--lcores=0@(%s)", cpus);
	for (unsigned i = 0; i < ask->workers && n < size; i++) {
		const unsigned lcore = EAL_WORKER_LCORE + i;

		if (ask->cores)
			n += (size_t)snprintf(out + n, size - n, ",%u@%u", lcore, ask->cores[i]);
		else
			n += (size_t)snprintf(out + n, size - n, ",%u@(%s)", lcore, cpus);
	}
}

/* DPDK answers a processor that it does not have with a page about its options. */
static bool cores_are_there(const struct eal_ask *ask, char *error, size_t error_size)
{
	cpu_set_t set;
	char cpus[100];

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set))
		return true;
	for (unsigned i = 0; ask->cores && i < ask->workers; i++) {
		if (ask->cores[i] < CPU_SETSIZE && CPU_ISSET(ask->cores[i], &set))
			continue;
		cpus_write(cpus, sizeof(cpus));
		snprintf(error, error_size, "relay.cores: there is no processor %u, or it may not be used: have %s",
			 ask->cores[i], cpus);
		return false;
	}
	return true;
}

static void arguments_of(struct arguments *a, const struct eal_ask *ask, bool huge)
{
	char lcores[ARG_LEN];

	lcores_write(lcores, sizeof(lcores), ask);
	arguments_add(a, "rtpproxy");
	arguments_add(a, "--no-telemetry");
	arguments_add(a, "--no-shconf");
	arguments_add(a, "--iova-mode=va");
	arguments_add(a, "--file-prefix=natsbc-%d", (int)getpid());
	arguments_add(a, "--log-level=%s", ask->debug ? "*:info" : "*:critical");
	if (!ask->pci)
		arguments_add(a, "--no-pci");
	arguments_add(a, "%s", lcores);
	/* DPDK takes --in-memory for huge pages only. */
	if (huge) {
		arguments_add(a, "--in-memory");
	} else {
		arguments_add(a, "--no-huge");
		arguments_add(a, "-m");
		arguments_add(a, "%u", ask->megabytes);
	}
	for (unsigned i = 0; i < ask->nmore; i++)
		arguments_add(a, "%s", ask->more[i]);
}

int eal_start(const struct eal_ask *ask, char *error, size_t error_size)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct arguments *a;
	int result;

	if (!cores_are_there(ask, error, error_size))
		return -1;
	a = calloc(1, sizeof(*a));
	if (!a) {
		snprintf(error, error_size, "out of memory");
		return -1;
	}
	/* Packet memory shared with the kernel counts as locked. */
	(void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
	arguments_of(a, ask, hugepages_suffice(ask->megabytes));
	result = rte_eal_init(a->n, a->v);
	free(a);
	if (result < 0) {
		snprintf(error, error_size, "DPDK does not start: %s", rte_strerror(rte_errno));
		return -1;
	}
	/* DPDK makes a directory for what several processes share; we share nothing, so it is empty. */
	(void)rmdir(rte_eal_get_runtime_dir());
	return 0;
}

void eal_stop(void)
{
	(void)rte_eal_cleanup();
}
