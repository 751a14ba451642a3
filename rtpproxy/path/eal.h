/* SPDX-License-Identifier: BSD-3-Clause */
/* eal.h: starting DPDK: memory, threads, quiet. */
#ifndef NATSBC_RTPPROXY_EAL_H
#define NATSBC_RTPPROXY_EAL_H

#include <stdbool.h>
#include <stddef.h>

enum { EAL_WORKER_LCORE = 1 };

struct eal_ask {
	unsigned megabytes;    /* of huge pages where so many are free, else of ordinary memory */
	unsigned workers;      /* threads, on lcores from EAL_WORKER_LCORE on */
	const unsigned *cores; /* one for each; NULL: wherever the kernel puts them */
	bool debug;
	bool pci;                /* look for devices that are bound to DPDK */
	const char *const *more; /* options from the configuration, passed on as they are */
	unsigned nmore;
};

/* Once per process. 0, or -1 with the reason in error. */
int eal_start(const struct eal_ask *ask, char *error, size_t error_size);
void eal_stop(void);

#endif
