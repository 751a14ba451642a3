/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/nics.h"

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <stdio.h>

#include "rtpproxy/path/handover.h"
#include "rtpproxy/path/pool.h"

/* DPDK's own needs; the packets of a device that reads memory itself come from there too, page by page. */
enum { EAL_MEGABYTES = 32, WORKER_MEGABYTES = 8, DEVICE_MBUFS = 16384, DEVICE_MEGABYTES = 48 };

static struct nics_want *want_of(struct nics *n, const char *interface)
{
	for (unsigned i = 0; i < n->nwant; i++)
		if (strcmp(n->want[i].interface, interface) == 0)
			return &n->want[i];
	if (n->nwant == NICS_MAX)
		return NULL;
	snprintf(n->want[n->nwant].interface, IF_NAMESIZE, "%s", interface);
	return &n->want[n->nwant++];
}

static void range_add(struct nics_want *w, const struct conf_realm *r)
{
	struct media_range *range = &w->ranges.range[w->ranges.n];

	if (w->ranges.n == MEDIA_RANGE_MAX || r->media_first == 0)
		return;
	memcpy(range->host, r->address.ip, sizeof(range->host));
	range->first = r->media_first;
	range->last = r->media_last;
	range->ether = r->address.family == ADDR_V6 ? 0x86dd : 0x0800;
	w->ranges.n++;
}

static int realm_plan(struct nics *n, const struct conf_realm *r, struct netview *v, char *error, size_t error_size)
{
	char interface[IF_NAMESIZE], text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct nics_want *want;

	if (r->interface) {
		snprintf(interface, sizeof(interface), "%s", r->interface);
	} else if (netview_interface(v, &r->address, interface) < 0) {
		addr_write_host(&w, &r->address, false);
		snprintf(error, error_size, "realms.%s.address: no interface of this machine has %.*s", r->name,
			 (int)w.n, text);
		return -1;
	}
	want = want_of(n, interface);
	if (!want) {
		snprintf(error, error_size, "realm %s: more than %d interfaces", r->name, NICS_MAX - 1);
		return -1;
	}
	range_add(want, r);
	return 0;
}

/* Kinds to try, by what relay.port says. */
struct preference {
	const char *word;
	enum nic_kind kind[2];
	unsigned n;
};

static const struct preference preferences[] = {
	{ "auto", { NIC_AF_XDP, NIC_AF_PACKET }, 2 },
	{ "af_xdp", { NIC_AF_XDP }, 1 },
	{ "af_packet", { NIC_AF_PACKET }, 1 },
};

/* NULL: a device of DPDK's. */
static const struct preference *preference_of(const char *word)
{
	for (size_t i = 0; i < sizeof(preferences) / sizeof(preferences[0]); i++)
		if (strcmp(preferences[i].word, word) == 0)
			return &preferences[i];
	return NULL;
}

int nics_plan(struct nics *n, const struct config *c, struct netview *v, char *error, size_t error_size)
{
	struct nics_want *lo;

	*n = (struct nics){ .lo = if_nametoindex("lo") };
	/* The interface that the addresses are for comes with the device. */
	for (unsigned i = 0; i < c->nrealm && preference_of(c->relay.port); i++)
		if (realm_plan(n, &c->realms[i], v, error, error_size) < 0)
			return -1;
	lo = want_of(n, "lo");
	if (!lo)
		return 0;
	/* What this host sends to any of its own addresses takes lo. */
	lo->ranges.n = 0;
	for (unsigned i = 0; i < c->nrealm; i++)
		range_add(lo, &c->realms[i]);
	return 0;
}

/* For the larger one of both kinds; and what is on its way between workers, of which not all are slow at once. */
static unsigned mbufs(const struct nics *n, unsigned workers)
{
	unsigned queues = 0;

	for (unsigned i = 0; i < n->nwant; i++)
		queues += RTE_MAX(nic_queues(n->want[i].interface), workers);
	return queues * NIC_QUEUE_MBUFS + (workers > 1 ? workers * 2 * HANDOVER_WAITING : 0);
}

static void nic_report(const struct nics *n, unsigned i, plane_log_fn *log, void *log_ctx)
{
	const struct nic *nic = &n->open[i];
	char line[160];

	snprintf(line, sizeof(line), "media: %s by %s%s%s%s, %u queue%s",
		 nic->interface[0] ? nic->interface : nic->device, nic_kind_name(nic->kind), nic->mode ? " (" : "",
		 nic->mode ? nic->mode : "", nic->mode ? ")" : "", nic->queues, nic->queues == 1 ? "" : "s");
	log(log_ctx, 2, line);
}

static int want_open(struct nics *n, const struct nics_want *w, const struct preference *p, plane_log_fn *log,
		     void *log_ctx, char *error, size_t error_size)
{
	char line[256];

	for (unsigned i = 0; i < p->n; i++) {
		if (nic_open(&n->open[n->nopen], w->interface, p->kind[i], n->nopen, n->workers, &w->ranges, n->pool,
			     error, error_size) == 0) {
			nic_report(n, n->nopen++, log, log_ctx);
			return 0;
		}
		if (i + 1 < p->n) {
			snprintf(line, sizeof(line), "media: %s: no af_xdp (%.160s): trying %s", w->interface, error,
				 nic_kind_name(p->kind[i + 1]));
			log(log_ctx, 1, line);
		}
	}
	return -1;
}

unsigned nics_megabytes(const struct config *c)
{
	const unsigned workers = (plane_workers(c) - 1) * WORKER_MEGABYTES;

	return EAL_MEGABYTES + workers + (preference_of(c->relay.port) ? 0 : DEVICE_MEGABYTES);
}

/* What the kernel's end of the device is called. */
static const char *kernel_name(const struct config *c)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (c->realms[i].interface)
			return c->realms[i].interface;
	return "natsbc0";
}

/* A device of DPDK's takes the place of all interfaces but lo. */
static int device_open(struct nics *n, const struct config *c, plane_log_fn *log, void *log_ctx, char *error,
		       size_t error_size)
{
	if (nic_open_device(&n->open[NICS_DEVICE], c->relay.port, n->workers, n->device_pool, error, error_size) < 0)
		return -1;
	nic_report(n, n->nopen++, log, log_ctx);
	if (nic_open_kernel(&n->open[NICS_KERNEL], kernel_name(c), &n->open[NICS_DEVICE], n->device_pool, error,
			    error_size) < 0)
		return -1;
	nic_report(n, n->nopen++, log, log_ctx);
	return 0;
}

bool nics_has_device(const struct nics *n)
{
	return n->nopen > NICS_KERNEL && n->open[NICS_DEVICE].kind == NIC_DEVICE;
}

static bool is_lo(const struct nics_want *w)
{
	return strcmp(w->interface, "lo") == 0;
}

int nics_open(struct nics *n, const struct config *c, plane_log_fn *log, void *log_ctx, char *error, size_t error_size)
{
	const struct preference *p = preference_of(c->relay.port);
	char line[256];
	int result = 0;

	n->workers = plane_workers(c);
	n->pool = pool_create("media", mbufs(n, n->workers));
	if (!p)
		n->device_pool = rte_pktmbuf_pool_create("device", DEVICE_MBUFS, 256, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
							 SOCKET_ID_ANY);
	if (!n->pool || (!p && !n->device_pool)) {
		snprintf(error, error_size, "no memory for packets: %s", rte_strerror(rte_errno));
		return -1;
	}
	if (!p)
		result = device_open(n, c, log, log_ctx, error, error_size);
	for (unsigned i = 0; result == 0 && i < n->nwant; i++) {
		const struct nics_want *w = &n->want[i];

		if (!p && !is_lo(w))
			continue;
		result = want_open(n, w, p ? p : &preferences[0], log, log_ctx, error, error_size);
		if (result < 0 && is_lo(w)) {
			snprintf(line, sizeof(line), "media: peers on this host are not served: %.180s", error);
			log(log_ctx, 1, line);
			result = 0;
		}
	}
	if (result < 0)
		nics_close(n);
	return result;
}

void nics_close(struct nics *n)
{
	while (n->nopen)
		nic_close(&n->open[--n->nopen]);
	rte_mempool_free(n->pool);
	rte_mempool_free(n->device_pool);
	n->pool = n->device_pool = NULL;
}

int nics_find(const struct nics *n, unsigned ifindex)
{
	for (unsigned i = 0; i < n->nopen; i++) {
		if (n->open[i].ifindex == ifindex)
			return (int)i;
		/* By the kernel's end, or by what the kernel has put on top of it. */
		if (n->open[i].kind == NIC_DEVICE && ifindex != n->lo)
			return (int)i;
	}
	return -1;
}

void nics_open_port(struct nics *n, const struct addr *own, bool open)
{
	for (unsigned i = 0; i < n->nopen; i++)
		doors_set(&n->open[i].doors, own, open);
}

int nics_ban(struct nics *n, const struct prefix *whom, bool banned)
{
	int result = 0;

	for (unsigned i = 0; i < n->nopen; i++)
		if ((banned ? doors_ban : doors_unban)(&n->open[i].doors, whom) < 0)
			result = -1;
	return result;
}

void nics_dropped(const struct nics *n, uint64_t counts[MEDIA_DROP_N])
{
	memset(counts, 0, sizeof(uint64_t) * MEDIA_DROP_N);
	for (unsigned i = 0; i < n->nopen; i++)
		doors_count(&n->open[i].doors, counts);
}
