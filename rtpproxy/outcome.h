/* SPDX-License-Identifier: BSD-3-Clause */
/* outcome.h: every way that a control command can end: the counter's name and the error text that clients compare. */
#ifndef NATSBC_RTPPROXY_OUTCOME_H
#define NATSBC_RTPPROXY_OUTCOME_H

enum outcome {
	OUTCOME_OK,
	OUTCOME_BAD_DATA,
	OUTCOME_NO_COMMAND,
	OUTCOME_UNKNOWN_COMMAND,
	OUTCOME_NOT_BUILT,
	OUTCOME_NO_CALL_ID,
	OUTCOME_NO_FROM_TAG,
	OUTCOME_NO_TO_TAG,
	OUTCOME_TEXT_TOO_LONG,
	OUTCOME_NO_SDP,
	OUTCOME_BAD_SDP,
	OUTCOME_INCOMPLETE_SDP,
	OUTCOME_REWRITE_FAILED,
	OUTCOME_SESSIONS_FULL,
	OUTCOME_PORTS_FULL,
	OUTCOME_NO_MEMORY,
	OUTCOME_UNKNOWN_CALL,
	OUTCOME_UNKNOWN_TAGS,
	OUTCOME_NOT_FOUND, /* delete only */
	OUTCOME_UNKNOWN_REALM,
	OUTCOME_NO_USABLE_MEDIA,
	OUTCOME_TARGET_LOOPBACK,
	OUTCOME_TARGET_LINK_LOCAL,
	OUTCOME_TARGET_MULTICAST,
	OUTCOME_TARGET_OURSELVES,
	OUTCOME_ANSWER_TOO_LONG,
	OUTCOME_N
};

/* "ports-full" */
const char *outcome_name(enum outcome o);

/* What error-reason says: "Ran out of ports". */
const char *outcome_reason(enum outcome o);

#endif
