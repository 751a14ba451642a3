/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/exits.h"

#include <stdio.h>
#include <unistd.h>

#include "rtpproxy/path/steer.h"

_Static_assert((int)MEDIA_EXIT_MAX >= (int)NICS_MAX, "each interface has a number");

/* Programs in the kernel's own packet path are no faster than sockets; peers on this host are few. */
static bool may_forward(const struct nics *n, const struct nic *nic)
{
	return nic->kind == NIC_AF_XDP && nic->ifindex != n->lo && nic->mode && strcmp(nic->mode, "native") == 0;
}

void exits_close(struct exits *e)
{
	if (!e->begun)
		return;
	for (unsigned i = 0; i < NICS_MAX; i++)
		if (e->map[i] >= 0)
			close(e->map[i]);
	xdpfeatures_close(&e->ask);
	e->begun = false;
}

static bool sends(const struct exits *e, const struct nic *nic)
{
	const enum xdpfeatures told = xdpfeatures_of(&e->ask, nic->ifindex);

	return told == XDPFEATURES_SENDS || (told == XDPFEATURES_UNTOLD && e->trust);
}

/* Once each time that it turns out to be so. */
static void refusal_report(struct exits *e, const struct nics *n, unsigned i, plane_log_fn *log, void *log_ctx)
{
	char line[200];

	if (e->refused[i])
		return;
	e->refused[i] = true;
	snprintf(line, sizeof(line),
		 "media: %s does not send what programs forward (of a veth the other end needs GRO): what leaves by it "
		 "goes through the worker",
		 n->open[i].interface);
	log(log_ctx, 2, line);
}

/* What leaves by interfaces as they are now. True: by one at least. */
static bool exits_find(struct exits *e, const struct nics *n, struct media_exit exit[MEDIA_EXIT_MAX], plane_log_fn *log,
		       void *log_ctx)
{
	bool any = false;

	memset(exit, 0, MEDIA_EXIT_MAX * sizeof(exit[0]));
	for (unsigned i = 0; i < n->nopen; i++) {
		const struct nic *nic = &n->open[i];

		if (!may_forward(n, nic))
			continue;
		if (!sends(e, nic)) {
			refusal_report(e, n, i, log, log_ctx);
			continue;
		}
		any = true;
		e->refused[i] = false;
		exit[i].ifindex = nic->ifindex;
		exit[i].frame_max = (uint16_t)(FRAME_ETHER + nic->mtu);
		memcpy(exit[i].mac, nic->mac, sizeof(exit[i].mac));
	}
	return any;
}

/* The program of an interface gets the table. */
static bool nic_join(struct exits *e, const struct nics *n, const struct flow_table *t, int lines, unsigned i)
{
	const struct nic *nic = &n->open[i];
	const int program = steer_program(nic->ifindex);

	if (program < 0)
		return false;
	e->told[i] = shortcut_begin(t, &nic->doors.ranges);
	e->map[i] = shortcut_join(program, lines, &e->told[i]);
	close(program);
	return e->map[i] >= 0;
}

void exits_open(struct exits *e, const struct config *c, const struct nics *n, struct flow_table *t, plane_log_fn *log,
		void *log_ctx)
{
	struct media_exit exit[MEDIA_EXIT_MAX];
	int lines;

	*e = (struct exits){ .trust = c->relay.in_driver == CONF_IN_DRIVER_ALWAYS };
	memset(e->map, -1, sizeof(e->map));
	if (c->relay.in_driver == CONF_IN_DRIVER_OFF)
		return;
	xdpfeatures_open(&e->ask);
	lines = exits_find(e, n, exit, log, log_ctx) ? shortcut_share(t) : -1;
	for (unsigned i = 0; lines >= 0 && i < n->nopen; i++)
		if (may_forward(n, &n->open[i]))
			e->begun |= nic_join(e, n, t, lines, i);
	if (lines >= 0)
		close(lines);
	if (e->begun)
		exits_tick(e, n, log, log_ctx);
	else
		xdpfeatures_close(&e->ask);
}

void exits_tick(struct exits *e, const struct nics *n, plane_log_fn *log, void *log_ctx)
{
	struct media_exit exit[MEDIA_EXIT_MAX];

	if (!e->begun)
		return;
	(void)exits_find(e, n, exit, log, log_ctx);
	for (unsigned i = 0; i < n->nopen; i++) {
		if (e->map[i] < 0 || memcmp(e->told[i].exit, exit, sizeof(exit)) == 0)
			continue;
		memcpy(e->told[i].exit, exit, sizeof(exit));
		(void)shortcut_tell(e->map[i], &e->told[i]);
	}
}
