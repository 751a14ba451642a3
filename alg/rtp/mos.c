/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/mos.h"

static const double DEFAULT_R = 93.2, DELAY_KNEE_MS = 177.3, ENDS_MS = 40.0, BURST_MAX = 2.0;

static double delay_impairment(double ms)
{
	return 0.024 * ms + (ms > DELAY_KNEE_MS ? 0.11 * (ms - DELAY_KNEE_MS) : 0.0);
}

/* G.107 7.5 */
static double loss_impairment(const struct mos_input *in)
{
	const struct impairment *c = impairment_of(in->codec);
	const double loss = in->loss_percent;

	return c->ie + (95.0 - c->ie) * loss / (loss / in->burst + c->bpl_10 / 10.0);
}

double mos_rating(const struct mos_input *in)
{
	const double r = DEFAULT_R - delay_impairment(in->delay_ms) - loss_impairment(in);

	return r > 0.0 ? r : 0.0;
}

double mos_of_rating(double r)
{
	double mos;

	if (r <= 0.0)
		return 1.0;
	if (r >= 100.0)
		return 4.5;
	mos = 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6;
	/* The polynomial dips below 1 for small R. */
	return mos > 1.0 ? mos : 1.0;
}

double mos_of(const struct mos_input *in)
{
	return mos_of_rating(mos_rating(in));
}

double mos_burst(uint32_t expected, uint32_t lost, uint32_t gaps)
{
	double ratio;

	if (!expected || !lost || !gaps || lost >= expected)
		return 1.0;
	/* Random loss p has runs of 1 / (1 - p). */
	ratio = (double)lost / gaps * (1.0 - (double)lost / expected);
	if (ratio < 1.0)
		return 1.0;
	return ratio < BURST_MAX ? ratio : BURST_MAX;
}

double mos_delay(double round_trip_ms, double jitter_ms)
{
	return round_trip_ms / 2.0 + 2.0 * jitter_ms + ENDS_MS;
}
