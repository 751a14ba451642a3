/* SPDX-License-Identifier: BSD-3-Clause */
/* capture.h: packets of single calls, as they arrive at our ports, into files, or to who they are forwarded to: copied
 * by the worker, written by control. What is written too slowly is dropped and counted; the call does not wait. */
#ifndef NATSBC_RTPPROXY_CAPTURE_H
#define NATSBC_RTPPROXY_CAPTURE_H

/* As in worker.h. */
#define RTE_USE_C11_MEM_MODEL
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <stddef.h>

#include "rtpproxy/path/forwards.h"
#include "rtpproxy/path/sink.h"

enum {
	CAPTURE_FILES = 16,     /* calls at once */
	CAPTURE_WAITING = 2048, /* packets that may wait for the writer */
	CAPTURE_WAKE = 512,     /* so many waiting wake it */
	CAPTURE_BYTES = 2048,   /* of one packet, at most */
};

struct capture_file {
	uint32_t session; /* 0: free */
	void *writer;     /* the library's */
	uint64_t packets, bytes, limit;
};

struct capture {
	struct rte_ring *ring;    /* NULL until the first file is opened */
	struct rte_mempool *pool; /* of the copies */
	struct capture_file file[CAPTURE_FILES];
	struct forwards forwards;
	uint64_t dropped[SINK_N]; /* by workers: no room; relaxed */
};

/* Begins a file for the session; what follows an earlier one of the same goes there, too. 0, or -1 with the reason. */
int capture_begin(struct capture *c, uint32_t session, const char *path, uint64_t limit, char *error,
		  size_t error_size);

/* The session's file is closed; nothing happens where it has none. */
void capture_end(struct capture *c, uint32_t session);

/* The same of a stream to forwards.to: see there. */
enum datapath_forwarding capture_forward(struct capture *c, uint32_t session, const char *name, uint64_t now,
					 char *error, size_t error_size);
void capture_forward_end(struct capture *c, uint32_t session, uint64_t now);

/* Writes what waits. */
void capture_drain(struct capture *c);

/* Ends all. The worker must have stopped. */
void capture_fini(struct capture *c);

/* The worker's side: a copy of the first length bytes of m. True where the writer is to be woken. */
bool capture_take(struct capture *c, uint32_t session, enum sink to, const struct rte_mbuf *m, uint32_t length);

#endif
