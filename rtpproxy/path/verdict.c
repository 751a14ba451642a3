/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/verdict.h"

static const char *const names[VERDICT_N] = {
	[VERDICT_NONE] = "undecided",
	[VERDICT_HANDED] = "handed_over", /* from a worker to the one that has its port, or its way out */
	[VERDICT_SENT] = "sent",
	[VERDICT_TO_KERNEL] = "to_kernel", /* not media: on to the kernel's end of a device */
	[VERDICT_FROM_KERNEL] = "from_kernel",
	[VERDICT_COPIED] = "only_copied", /* there is no other side, but copies of it left: see burst_copy.h */
	[VERDICT_SHORT] = "drop_short",
	[VERDICT_NOT_IP] = "drop_not_ip",
	[VERDICT_IP_HEADER] = "drop_ip_header",
	[VERDICT_IP_CHECKSUM] = "drop_ip_checksum",
	[VERDICT_FRAGMENT] = "drop_fragment",
	[VERDICT_NOT_UDP] = "drop_not_udp",
	[VERDICT_UDP_LENGTH] = "drop_udp_length",
	[VERDICT_NOT_OURS] = "drop_not_ours",     /* not one of our addresses and media ports */
	[VERDICT_NO_SESSION] = "drop_no_session", /* a media port that no session has */
	[VERDICT_STREAM_OFF] = "drop_stream_off", /* refused in the SDP */
	[VERDICT_NOT_RTP] = "drop_not_rtp",
	[VERDICT_STUN] = "drop_stun",
	[VERDICT_DTLS] = "drop_dtls",
	[VERDICT_MAIL] = "to_control",            /* STUN and DTLS that a port takes */
	[VERDICT_MAIL_RATE] = "drop_mail_rate",   /* more of that than a port takes, or than control keeps up with */
	[VERDICT_WRONG_PORT] = "drop_wrong_port", /* RTP at an RTCP port */
	[VERDICT_EARLY] = "drop_early",           /* before that side's SDP was known */
	[VERDICT_SOURCE] = "drop_source",         /* from somebody who may not speak */
	[VERDICT_NO_KEYS] = "drop_no_keys",       /* SRTP that comes, or is to leave, before its keys are known */
	[VERDICT_NOT_AUTHENTIC] = "drop_not_authentic", /* not sealed with the key of its port, or damaged */
	[VERDICT_REPLAYED] = "drop_replayed",           /* sealed, but heard already, or too late to tell */
	[VERDICT_BANNED] = "drop_banned",               /* and by no kernel program before: see plane.c */
	[VERDICT_NO_PEER] = "drop_no_peer",             /* accepted, but there is no other side yet */
	[VERDICT_NO_TARGET] = "drop_no_target",         /* the other side's address is not known yet */
	[VERDICT_NO_ROUTE] = "drop_no_route",           /* no route or no neighbour towards it */
	[VERDICT_NO_CHECKSUM] = "drop_no_checksum",     /* IPv6 without a UDP checksum: nobody may take it */
	[VERDICT_TOO_LONG] = "drop_too_long", /* for the interface that it leaves by; a router would say so by ICMP */
	[VERDICT_RTCP] = "drop_rtcp",         /* names in it that cannot be told apart from the rest */
	[VERDICT_BLOCKED] = "drop_blocked",   /* by a command: block media, block DTMF */
	[VERDICT_FEEDBACK] = "drop_feedback", /* nothing but RTCP feedback, which not both sides have negotiated */
	[VERDICT_UNSEALED] = "drop_unsealed", /* a number that was sealed already: not again with another content */
	[VERDICT_KEY_SPENT] = "drop_key_used_up", /* the key that it is to be sealed with has sealed all that one may */
	[VERDICT_CIRCLE] = "drop_circle",         /* from port to port of ours, or from echo to echo: too often */
	[VERDICT_NO_MEMORY] = "drop_no_memory",   /* a copy for a listener: none was free */
	[VERDICT_QUEUE_FULL] = "drop_queue_full",
	[VERDICT_WORKER_FULL] = "drop_worker_full", /* the worker that has its port, or its way out, does not keep up */
};

const char *verdict_name(enum verdict v)
{
	return v < VERDICT_N ? names[v] : "unknown";
}
