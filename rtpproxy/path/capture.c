/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_pcapng.h>
#include <rte_ring_elem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What travels on the ring. */
struct capture_item {
	struct rte_mbuf *m;
	uint32_t session, to; /* enum sink */
};

/* At the first file: most relays never capture anything. */
static int memory_take(struct capture *c)
{
	if (c->ring)
		return 0;
	c->pool = rte_pktmbuf_pool_create("captures", CAPTURE_WAITING - 1, 0, 0,
					  (uint16_t)rte_pcapng_mbuf_size(CAPTURE_BYTES), SOCKET_ID_ANY);
	if (!c->pool)
		return -1;
	c->ring = rte_ring_create_elem("captures", sizeof(struct capture_item), CAPTURE_WAITING, SOCKET_ID_ANY,
				       RING_F_SC_DEQ);
	if (c->ring)
		return 0;
	rte_mempool_free(c->pool);
	c->pool = NULL;
	return -1;
}

static struct capture_file *file_of(struct capture *c, uint32_t session)
{
	for (unsigned i = 0; i < CAPTURE_FILES; i++)
		if (c->file[i].session == session)
			return &c->file[i];
	return NULL;
}

/* Its directory is made where it is missing; nobody else may read what people say. */
static int file_make(const char *path)
{
	char directory[4096];
	const char *slash = strrchr(path, '/');

	if (slash && (size_t)(slash - path) < sizeof(directory)) {
		memcpy(directory, path, (size_t)(slash - path));
		directory[slash - path] = '\0';
		(void)mkdir(directory, 0700);
	}
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int capture_begin(struct capture *c, uint32_t session, const char *path, uint64_t limit, char *error, size_t error_size)
{
	struct capture_file *f = file_of(c, session);
	int fd;

	if (f)
		return 0;
	f = file_of(c, 0);
	if (!f) {
		snprintf(error, error_size, "%d calls are being captured already", CAPTURE_FILES);
		return -1;
	}
	if (memory_take(c) < 0) {
		snprintf(error, error_size, "no memory for captured packets: %s", rte_strerror(rte_errno));
		return -1;
	}
	fd = file_make(path);
	if (fd < 0) {
		snprintf(error, error_size, "cannot write %.200s: %s", path, strerror(errno));
		return -1;
	}
	f->writer = rte_pcapng_fdopen(fd, NULL, NULL, "natsbc", NULL);
	if (!f->writer) {
		snprintf(error, error_size, "cannot begin %.200s", path);
		close(fd);
		return -1;
	}
	*f = (struct capture_file){ .session = session, .writer = f->writer, .limit = limit };
	return 0;
}

static void file_close(struct capture_file *f)
{
	rte_pcapng_close(f->writer);
	*f = (struct capture_file){ 0 };
}

void capture_end(struct capture *c, uint32_t session)
{
	struct capture_file *f = session ? file_of(c, session) : NULL;

	if (!f)
		return;
	capture_drain(c);
	file_close(f);
}

static void file_put(struct capture *c, uint32_t session, struct rte_mbuf *m)
{
	struct capture_file *f = file_of(c, session);
	ssize_t n;

	if (!f || f->bytes + rte_pktmbuf_pkt_len(m) > f->limit)
		return;
	n = rte_pcapng_write_packets(f->writer, &m, 1);
	if (n > 0) {
		f->packets++;
		f->bytes += (uint64_t)n;
	}
}

enum datapath_forwarding capture_forward(struct capture *c, uint32_t session, const char *name, uint64_t now,
					 char *error, size_t error_size)
{
	if (memory_take(c) == 0)
		return forwards_begin(&c->forwards, session, name, now, error, error_size);
	snprintf(error, error_size, "no memory for forwarded packets: %s", rte_strerror(rte_errno));
	return DATAPATH_FORWARDS_FULL;
}

void capture_forward_end(struct capture *c, uint32_t session, uint64_t now)
{
	capture_drain(c);
	forwards_end(&c->forwards, session, now);
}

static void item_write(struct capture *c, const struct capture_item *item)
{
	if (item->to == SINK_FILE)
		file_put(c, item->session, item->m);
	else
		forwards_put(&c->forwards, item->session, item->m);
	rte_pktmbuf_free(item->m);
}

void capture_drain(struct capture *c)
{
	struct capture_item item;

	for (unsigned i = 0; c->ring && i < CAPTURE_WAITING; i++) {
		if (rte_ring_sc_dequeue_elem(c->ring, &item, sizeof(item)) < 0)
			break;
		item_write(c, &item);
	}
}

void capture_fini(struct capture *c)
{
	capture_drain(c);
	for (unsigned i = 0; i < CAPTURE_FILES; i++)
		if (c->file[i].session)
			file_close(&c->file[i]);
	forwards_close(&c->forwards);
	rte_ring_free(c->ring);
	rte_mempool_free(c->pool);
	*c = (struct capture){ 0 };
}

bool capture_take(struct capture *c, uint32_t session, enum sink to, const struct rte_mbuf *m, uint32_t length)
{
	struct capture_item item = { .session = session, .to = to };

	item.m = rte_pcapng_copy(m->port, 0, m, c->pool, length < CAPTURE_BYTES ? length : CAPTURE_BYTES,
				 rte_get_tsc_cycles(), RTE_PCAPNG_DIRECTION_IN);
	if (item.m && rte_ring_mp_enqueue_elem(c->ring, &item, sizeof(item)) == 0)
		return rte_ring_count(c->ring) == CAPTURE_WAKE;
	__atomic_fetch_add(&c->dropped[to], 1, __ATOMIC_RELAXED);
	rte_pktmbuf_free(item.m);
	return false;
}
