/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/overload.h"

void overload_init(struct overload *o, uint64_t now)
{
	*o = (struct overload){ .turn_ms = now, .step_ms = now, .share = 2 * OVERLOAD_WHOLE };
}

/* A queue that empties now and then only levels bursts out. One that never does grows to what the kernel holds, and
 * everything in it is late: what counts is how long it was not empty. But not how long nobody ran to empty it: who was
 * stopped for a moment, or hears nothing for one, finds many at once, and is through with them soon. */
static void lag_turn(struct overload_lag *l, uint64_t took_ms, bool is_on)
{
	if (!is_on)
		l->ms = 0;
	else if (l->is_on)
		l->ms += (uint32_t)(took_ms < OVERLOAD_TURN_MS ? took_ms : OVERLOAD_TURN_MS);
	l->is_on = is_on;
}

void overload_turn(struct overload *o, uint64_t now, bool sockets, bool relay)
{
	uint64_t steps = (now - o->step_ms) / OVERLOAD_STEP_MS, most = 2 * OVERLOAD_WHOLE;

	lag_turn(&o->sockets, now - o->turn_ms, sockets);
	lag_turn(&o->relay, now - o->turn_ms, relay);
	o->turn_ms = now;
	if (steps == 0)
		return;
	o->step_ms = now;
	if (o->sockets.ms >= OVERLOAD_PATIENCE_MS || o->relay.ms >= OVERLOAD_RELAY_PATIENCE_MS) {
		/* Strangers at once, others by degrees. */
		o->share = (o->share > OVERLOAD_WHOLE ? OVERLOAD_WHOLE : o->share) * 7 / 8;
		if (o->share < OVERLOAD_FLOOR)
			o->share = OVERLOAD_FLOOR;
	} else {
		/* Turns are rare when there is little to do: the time counts, not they. */
		steps = steps < most ? steps * OVERLOAD_GROWTH + o->share : most;
		o->share = (uint32_t)(steps < most ? steps : most);
	}
}

static uint32_t share_of(const struct overload *o, enum overload_who who)
{
	if (who == OVERLOAD_KNOWN)
		return o->share < OVERLOAD_WHOLE ? o->share : OVERLOAD_WHOLE;
	return o->share > OVERLOAD_WHOLE ? o->share - OVERLOAD_WHOLE : 0;
}

/* Evenly spread, not by chance: of a quarter each fourth. */
bool overload_admit(struct overload *o, enum overload_who who)
{
	o->due[who] += share_of(o, who);
	if (o->due[who] < OVERLOAD_WHOLE) {
		o->turned_away++;
		return false;
	}
	o->due[who] -= OVERLOAD_WHOLE;
	return true;
}

unsigned overload_retry_s(const struct overload *o)
{
	return OVERLOAD_RETRY_FIRST_S + (unsigned)(o->turned_away % OVERLOAD_RETRY_SPREAD_S);
}
