/* SPDX-License-Identifier: BSD-3-Clause */
/* mos.h: how a call sounds, judged from the network's figures by the E-model (ITU-T G.107), simplified.
 *
 * R = 93.2 - Id - Ie,eff: the default of all that the network does not show (noise, levels, echo, room), less
 *   Id      = 0.024 d + 0.11 (d - 177.3) beyond 177.3 ms: the delay d from mouth to ear, without echo;
 *   Ie,eff  = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl): the codec (G.113), and the loss Ppl in percent.
 * MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6.
 *
 * Limits: the voice itself is not looked at; loss after us is not in it, nor what the listener's jitter buffer throws
 * away; narrow-band scale, so wide-band codecs end at 4.4 as well; the best there is, is 4.41. */
#ifndef NATSBC_RTP_MOS_H
#define NATSBC_RTP_MOS_H

#include "alg/rtp/impairment.h"
#include "alg/rtp/measure.h"

struct mos_input {
	uint8_t codec;       /* number in the table of impairments */
	double loss_percent; /* Ppl */
	double burst;        /* BurstR: mean run of lost packets against that of random loss; 1: random */
	double delay_ms;     /* mouth to ear */
};

double mos_rating(const struct mos_input *in); /* R, 0 to 100 */
double mos_of_rating(double rating);           /* 1 to 4.5 */

/* Both at once. */
double mos_of(const struct mos_input *in);

/* BurstR of lost packets in so many gaps, out of so many that were due; 1 to 2, where the model holds. */
double mos_burst(uint32_t expected, uint32_t lost, uint32_t gaps);

/* Mouth to ear, from what the network shows: half the round trip, a jitter buffer of twice the jitter, and a frame of
 * 20 ms with as much for encoding and playing. */
double mos_delay(double round_trip_ms, double jitter_ms);

#endif
