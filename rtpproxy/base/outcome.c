/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/base/outcome.h"

/* Kamailio and OpenSIPS compare some of these literally: they try another relay, or give up. */
static const struct {
	const char *name, *reason;
} outcomes[OUTCOME_N] = {
	[OUTCOME_OK] = { "ok", "" },
	[OUTCOME_BAD_DATA] = { "bad-data", "Invalid NG data format" },
	[OUTCOME_NO_COMMAND] = { "no-command", "Dictionary contains no key \"command\"" },
	[OUTCOME_UNKNOWN_COMMAND] = { "unknown-command", "Unrecognized command" },
	[OUTCOME_NOT_BUILT] = { "not-built", "Not built into this relay: " },
	[OUTCOME_NO_CAPTURE] = { "no-capture", "Cannot capture: the relay's log says why" },
	[OUTCOME_NO_FORWARDER] = { "no-forwarder", "Nobody to forward to: the configuration has no relay.forward-to" },
	[OUTCOME_FORWARDER_GONE] = { "forwarder-gone",
				     "Who relay.forward-to names cannot be reached: the relay's log says why" },
	[OUTCOME_NO_DIGIT] = { "no-digit", "No digit in message: \"code\"" },
	[OUTCOME_NO_EVENTS] = { "no-events", "The other side has no telephone-event: digits cannot be dialled" },
	[OUTCOME_NO_PREFIX] = { "no-prefix", "No prefix in message that could be banned" },
	[OUTCOME_BANS_FULL] = { "bans-full", "Ran out of room for bans" },
	[OUTCOME_UNKNOWN_LISTENER] = { "unknown-listener", "No listener with that to-tag in this call" },
	[OUTCOME_LISTENERS_LOST] = { "listeners-lost",
				     "No listener with that to-tag: the relay was started anew since and knows none" },
	[OUTCOME_NOT_PUBLISHED] = { "not-published", "That call has two sides: who publishes needs another call-id" },
	[OUTCOME_NO_SOURCE] = { "no-source", "No side of the call named that has media to listen to" },
	[OUTCOME_LISTENERS_FULL] = { "listeners-full", "Too many listen to that side of the call" },
	[OUTCOME_UNKNOWN_TEMPLATE] = { "unknown-template", "Unknown template: " },
	[OUTCOME_NO_CALL_ID] = { "no-call-id", "No call-id in message" },
	[OUTCOME_NO_FROM_TAG] = { "no-from-tag", "No from-tag in message" },
	[OUTCOME_NO_TO_TAG] = { "no-to-tag", "No to-tag in message" },
	[OUTCOME_NO_OWNER] = { "no-owner", "No owner in message" },
	[OUTCOME_TEXT_TOO_LONG] = { "text-too-long", "Call-id, tag, branch, owner or label too long" },
	[OUTCOME_NO_SDP] = { "no-sdp", "No SDP body in message" },
	[OUTCOME_BAD_SDP] = { "bad-sdp", "Failed to parse SDP" },
	[OUTCOME_INCOMPLETE_SDP] = { "incomplete-sdp", "Incomplete SDP specification" },
	[OUTCOME_REWRITE_FAILED] = { "rewrite-failed", "Error rewriting SDP" },
	[OUTCOME_SESSIONS_FULL] = { "sessions-full", "Parallel session limit reached" },
	[OUTCOME_PORTS_FULL] = { "ports-full", "Ran out of ports" },
	[OUTCOME_NOT_RESUMED] = { "not-resumed", "The ports that the call had cannot be had again" },
	[OUTCOME_OTHER_WORKERS] = { "other-workers",
				    "Ports of several workers cannot talk with each other, see relay.cores" },
	[OUTCOME_NO_MEMORY] = { "no-memory", "Out of memory" },
	[OUTCOME_UNKNOWN_CALL] = { "unknown-call", "Unknown call-id" },
	[OUTCOME_UNKNOWN_TAGS] = { "unknown-tags", "Neither tag belongs to this call" },
	[OUTCOME_SAME_SIDE] = { "same-side", "Both tags are of one side, which cannot be connected to itself" },
	[OUTCOME_NOT_FOUND] = { "not-found", "Call-ID not found or tags didn't match" },
	[OUTCOME_UNKNOWN_REALM] = { "unknown-realm", "Unknown realm in direction" },
	[OUTCOME_NO_REALM_OF_FAMILY] = { "no-realm-of-family", "No realm has an address of that family" },
	[OUTCOME_NOT_ENCRYPTED] = { "not-encrypted", "Media in the clear where it must be encrypted" },
	[OUTCOME_ENCRYPTED] = { "encrypted", "SRTP where media must be in the clear" },
	[OUTCOME_NO_USABLE_KEY] = { "no-usable-key", "SRTP without keys that can be used" },
	[OUTCOME_NO_USABLE_MEDIA] = { "no-usable-media",
				      "No stream that can be relayed: RTP, SRTP, udptl, UDP/BFCP and udp are" },
	[OUTCOME_NO_USABLE_CODEC] = { "no-usable-codec", "No codec left that may be used between these realms" },
	[OUTCOME_NO_USABLE_KIND] = { "no-usable-kind", "Media of that kind do not cross between these realms" },
	[OUTCOME_TARGET_LOOPBACK] = { "target-loopback", "SDP address is loopback" },
	[OUTCOME_TARGET_LINK_LOCAL] = { "target-link-local", "SDP address is link-local" },
	[OUTCOME_TARGET_MULTICAST] = { "target-multicast", "SDP address is multicast" },
	[OUTCOME_TARGET_BROADCAST] = { "target-broadcast", "SDP address is broadcast" },
	[OUTCOME_TARGET_RESERVED] = { "target-reserved", "SDP address is nobody's" },
	[OUTCOME_TARGET_METADATA] = { "target-metadata", "SDP address is where clouds tell secrets to who asks" },
	[OUTCOME_TARGET_OURSELVES] = { "target-ourselves", "SDP address is one of our own ports" },
	[OUTCOME_ANSWER_TOO_LONG] = { "answer-too-long", "Answer does not fit a datagram" },
};

const char *outcome_name(enum outcome o)
{
	return o < OUTCOME_N ? outcomes[o].name : "unknown";
}

const char *outcome_reason(enum outcome o)
{
	return o < OUTCOME_N ? outcomes[o].reason : "";
}
