/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/forwards.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int place_of(const struct forwards *f, uint32_t session)
{
	for (int i = 0; session && f->n && i < FORWARDS_MAX; i++)
		if (f->session[i] == session)
			return i;
	return -1;
}

static int place_free(const struct forwards *f)
{
	for (int i = 0; i < FORWARDS_MAX; i++)
		if (f->at[i].state == FORWARDER_FREE)
			return i;
	return -1;
}

/* Told once, until it is there again. */
static void lost(struct forwards *f, int why)
{
	char line[256];

	if (!f->out_of_reach && f->log) {
		snprintf(line, sizeof(line), "media: the receiver of forwarded calls, %.120s, is gone: %s", f->to,
			 strerror(why));
		f->log(f->log_ctx, 1, line);
	}
	f->out_of_reach = true;
}

/* It is there: so other calls go there again, too. */
static void reached(struct forwards *f, uint64_t now)
{
	if (f->out_of_reach && f->log)
		f->log(f->log_ctx, 2, "media: the receiver of forwarded calls is there again");
	f->out_of_reach = false;
	for (unsigned i = 0; i < FORWARDS_MAX; i++)
		if (f->at[i].state == FORWARDER_GONE)
			(void)forwarder_again(&f->at[i], f->to, now);
}

static enum datapath_forwarding gone(const struct forwards *f, int why, char *error, size_t error_size)
{
	snprintf(error, error_size, "cannot forward to %.120s (relay.forward-to): %s", f->to, strerror(why));
	return DATAPATH_FORWARD_GONE;
}

/* A connection, or one that may yet come about; of a receiver that was out of reach the last time only one that stands.
 */
static enum datapath_forwarding connect_to(struct forwards *f, struct forwarder *at, const char *name, uint64_t now,
					   char *error, size_t error_size)
{
	const bool waits = now >= f->pause;
	struct forwarder new;

	if (f->out_of_reach && !waits)
		return gone(f, ETIMEDOUT, error, error_size);
	if (forwarder_open(&new, f->to, name, waits ? FORWARDS_WAIT_MS : 0, now) < 0) {
		f->out_of_reach = true;
		return gone(f, errno, error, error_size);
	}
	if (waits && new.state == FORWARDER_CONNECTING)
		f->pause = now + FORWARDS_PAUSE_MS;
	if (new.state == FORWARDER_CONNECTING && f->out_of_reach) {
		forwarder_close(&new);
		return gone(f, ETIMEDOUT, error, error_size);
	}
	f->n += at->state == FORWARDER_FREE;
	forwarder_close(at);
	*at = new;
	if (new.state == FORWARDER_FLOWS)
		reached(f, now);
	return DATAPATH_FORWARDED;
}

enum datapath_forwarding forwards_begin(struct forwards *f, uint32_t session, const char *name, uint64_t now,
					char *error, size_t error_size)
{
	int place = place_of(f, session);
	enum datapath_forwarding how;

	if (place >= 0 && f->at[place].state != FORWARDER_GONE)
		return DATAPATH_FORWARDED;
	if (place < 0)
		place = place_free(f);
	if (place < 0) {
		snprintf(error, error_size, "%d calls are being forwarded already", FORWARDS_MAX);
		return DATAPATH_FORWARDS_FULL;
	}
	how = connect_to(f, &f->at[place], name, now, error, error_size);
	if (how == DATAPATH_FORWARDED)
		f->session[place] = session;
	return how;
}

static void turn(struct forwards *f, unsigned place, uint64_t now)
{
	struct forwarder *at = &f->at[place];
	const enum forwarder_state before = at->state, after = forwarder_turn(at, now);

	if (before == FORWARDER_CONNECTING && after == FORWARDER_FLOWS)
		reached(f, now);
	if (before != FORWARDER_GONE && after == FORWARDER_GONE)
		lost(f, at->why);
	f->n -= after == FORWARDER_FREE;
}

void forwards_turn(struct forwards *f, uint64_t now)
{
	for (unsigned i = 0; f->n && i < FORWARDS_MAX; i++)
		if (f->at[i].state != FORWARDER_FREE)
			turn(f, i, now);
}

void forwards_end(struct forwards *f, uint32_t session, uint64_t now)
{
	const int place = place_of(f, session);

	if (place < 0)
		return;
	f->session[place] = 0;
	forwarder_end(&f->at[place], now);
	turn(f, (unsigned)place, now);
}

void forwards_put(struct forwards *f, uint32_t session, struct rte_mbuf *m)
{
	const int place = place_of(f, session);
	const uint64_t before = place < 0 ? 0 : f->at[place].dropped;

	if (place < 0)
		return;
	forwarder_put(&f->at[place], m);
	f->dropped += f->at[place].dropped - before;
}

bool forwards_look(const struct forwards *f, uint32_t session, struct datapath_forward *out)
{
	static const char *const states[] = {
		[FORWARDER_FREE] = "gone",
		[FORWARDER_CONNECTING] = "connecting",
		[FORWARDER_FLOWS] = "flows",
		[FORWARDER_GONE] = "gone",
	};
	const int place = place_of(f, session);
	const struct forwarder *at = &f->at[place < 0 ? 0 : place];

	if (place < 0)
		return false;
	*out = (struct datapath_forward){ states[at->state], at->packets, at->bytes, at->dropped };
	return true;
}

void forwards_close(struct forwards *f)
{
	for (unsigned i = 0; i < FORWARDS_MAX; i++) {
		if (f->at[i].state == FORWARDER_FLOWS)
			(void)forwarder_turn(&f->at[i], f->at[i].until);
		forwarder_close(&f->at[i]);
		f->session[i] = 0;
	}
	f->n = 0;
}
