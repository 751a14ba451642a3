/* SPDX-License-Identifier: BSD-3-Clause */
/* codec_policy.h: which codecs of a stream the other side is shown, and in which order (CALLS.md O6). */
#ifndef NATSBC_SDP_CODEC_POLICY_H
#define NATSBC_SDP_CODEC_POLICY_H

#include "alg/sdp/payload_plan.h"

enum codec_wish {
	CODEC_HIDE,  /* not shown */
	CODEC_SPARE, /* shown, though all others are hidden */
	CODEC_FIRST, /* the same, before others, in the order of the rules */
};

/* NAME, NAME/CLOCK or NAME/CLOCK/CHANNELS, or "all": each codec of an audio stream; "full": each of any stream. */
struct codec_rule {
	enum codec_wish wish;
	struct span name;
};

/* Is it NAME, NAME/CLOCK or NAME/CLOCK/CHANNELS? */
bool codec_policy_names(struct span name, const struct sdp_codec *c);

/* Takes formats out of the plan and moves others to its front. A codec that is hidden by its name is hidden, whatever
 * spares it. What repeats a codec goes with it. What accompanies speech only (telephone-event, CN, …) does not stay
 * alone: then nothing is left. Not given plans stay as they are. */
void codec_policy_apply(const struct codec_rule *rules, unsigned nrule, bool audio, const struct sdp_codec *list,
			unsigned n, struct payload_plan *plan);

#endif
