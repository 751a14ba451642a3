/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/shield.h"

void shield_arm(struct shield *s, const struct srtp_key *ours, const struct srtp_key *theirs)
{
	s->ours = *ours;
	s->theirs = *theirs;
}

void shield_spec(const struct shield *s, const struct shield *across, struct port_spec *spec)
{
	spec->sealed_across = across && across->kind != SHIELD_NONE;
	if (!s || s->kind == SHIELD_NONE)
		return;
	spec->awaits_keys = s->ours.suite == SRTP_SUITE_NONE || s->theirs.suite == SRTP_SUITE_NONE;
	if (spec->awaits_keys)
		return;
	spec->opens = s->theirs;
	spec->seals = s->ours;
}
