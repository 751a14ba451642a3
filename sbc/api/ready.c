/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/ready.h"

const char *ready_why_not(const struct engine *e)
{
	if (e->draining)
		return "It is about to end, and takes no new calls.";
	if (!e->relay.last_answer)
		return "The media relay has not answered yet: does rtpproxy run?";
	if (!e->relay.reachable)
		return "The media relay does not answer: does rtpproxy run?";
	if (e->ncall >= e->core.conf->limits.calls)
		return "There are as many calls as limits.calls allows.";
	return NULL;
}
